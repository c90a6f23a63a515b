"""« Nos activités » and « Collectivités et bailleurs ». The source lists no single service: those lists stay empty."""

from ..models import BuyersPage, Reason, ServicePage, ServicesIndexPage
from .building import call, published, section, titled_items


def make_services_page(home):
    return published(
        home,
        ServicesIndexPage,
        title="Nos activités",
        slug="nos-activites",
        search_description="Propreté des espaces extérieurs et second-œuvre du bâtiment : les deux domaines de travail de la Régie des Quartiers de Belfort.",
        introduction="La Régie travaille dans deux domaines : la propreté des espaces extérieurs et le second-œuvre du bâtiment.",
        text="<p>Ces activités améliorent le cadre de vie, par exemple dans les logements, les immeubles, les équipements publics du quartier ou les espaces extérieurs. Elles s’appuient sur les habitantes et habitants. La Régie paie les impôts commerciaux sur tout ce qu’elle fait.</p>",
    )


def make_cleaning_page(services):
    return published(
        services,
        ServicePage,
        title="Propreté des espaces extérieurs",
        nav_title="Propreté",
        slug="proprete-des-espaces-exterieurs",
        search_description="Rendre propre le quartier des Glacis a créé de nombreux emplois. La Régie des Quartiers de Belfort entretient aujourd’hui des espaces extérieurs.",
        introduction="La Régie prend soin des espaces extérieurs, avec des personnes qui vivent dans les quartiers.",
        big_word="Dehors",
        summary="Une activité du secteur non marchand, dit d’utilité sociale.",
        drawing="tongs",
        body=[
            *section(
                "L’activité des débuts",
                "La Régie a commencé par rendre propre le quartier des Glacis. Beaucoup d’habitantes et d’habitants y ont trouvé un emploi. Ensuite, une autre activité économique est venue compléter celle-ci, dans le quartier et au-delà.",
            ),
            *section(
                "Une réponse à un besoin",
                "Lors de sa création, entretenir les espaces extérieurs était difficile et les dégâts allaient vite. La Régie devait aider à y remédier.",
            ),
            *section(
                "Une activité d’utilité sociale",
                "Cette activité appartient au secteur non marchand, dit « d’utilité sociale ». Elle est utile à la collectivité.",
            ),
        ],
    )


def make_building_page(services, jobs):
    return published(
        services,
        ServicePage,
        title="Second-œuvre du bâtiment",
        nav_title="Second-œuvre",
        slug="second-oeuvre-du-batiment",
        search_description="La Régie des Quartiers de Belfort réalise des travaux de second-œuvre du bâtiment. Des personnes s’y qualifient, au sein de son Entreprise d’Insertion.",
        introduction="La Régie réalise des travaux de second-œuvre, c’est-à-dire d’aménagement et de finition des bâtiments.",
        big_word="Dedans",
        summary="Une activité du secteur marchand.",
        drawing="level",
        body=[
            *section("Qu’est-ce que le second-œuvre ?", "Ce sont les travaux qui viennent après la structure du bâtiment."),
            *section(
                "Une activité du secteur marchand",
                "Ces travaux relèvent du secteur marchand : ils sont vendus à des clients. La Régie paie pour cela les impôts commerciaux, comme pour toutes ses activités.",
            ),
            *section(
                "Un lieu pour se qualifier",
                "L’Entreprise d’Insertion (EI) de la Régie accueille des personnes qui ont déjà quelques compétences. Elle accueille aussi celles qui ont un projet clair dans ce domaine. Ces personnes y gagnent en qualification.",
            ),
            call("Travailler à la Régie", jobs),
        ],
    )


def make_buyers_page(home):
    return published(
        home,
        BuyersPage,
        title="Collectivités et bailleurs",
        slug="collectivites-et-bailleurs",
        search_description="Collectivités, bailleurs : cinq raisons de choisir la Régie des Quartiers de Belfort pour vos travaux de propreté ou de second-œuvre.",
        introduction="En choisissant la Régie, vous confiez votre marché à une association qui emploie et forme des habitants des quartiers.",
        reasons_heading="Cinq raisons de choisir la Régie",
        reasons=titled_items(
            Reason,
            (
                "Un travail de qualité",
                "La Régie sait gérer des marchés et bien faire le travail demandé. C’est ce qui la rend crédible. Elle sait aussi créer et faire vivre des services, toujours plus proches des besoins des habitantes et habitants.",
            ),
            (
                "Une équipe au cœur des quartiers",
                "La Régie est présente dans des quartiers « politique de la ville », aidés en priorité par l’État et les collectivités. Ce sont les Glacis, où se trouve son siège, les Résidences, Le Mont/Pépinière et Belfort Nord.",
            ),
            (
                "Un cadre de vie entretenu avec les habitants",
                "La Régie entretient par exemple des logements, des immeubles, des équipements publics et des espaces extérieurs. Elle s’appuie sur les personnes qui y vivent. Agir ainsi aide aussi les habitants à devenir plus responsables, chacun et ensemble.",
            ),
            (
                "Une démarche d’insertion",
                "La Régie pratique l’insertion par l’activité économique (IAE) : conditions de travail décentes, formations, aide au projet professionnel.",
            ),
            (
                "Des liens dans le quartier",
                "Les habitantes et habitants deviennent acteurs de services de proximité, et des liens se recréent. La Régie joue aussi un rôle actif dans les événements qui marquent la vie du quartier.",
            ),
        ),
        activities_heading="Dans quels domaines ?",
        activities_text="La Régie intervient dans la propreté des espaces extérieurs et dans le second-œuvre du bâtiment. Au service technique, elle ajoute la veille et la médiation, le lien social et l’insertion.",
        contact_heading="Parlons de votre projet",
        contact_text="Vous préparez un marché ou un chantier ? Décrivez votre besoin dans le formulaire de contact.",
    )
