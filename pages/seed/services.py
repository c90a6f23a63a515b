"""« Nos activités » and « Collectivités et bailleurs ». The source lists no single service: those lists stay empty."""

from ..models import BuyersPage, Reason, ServicePage, ServicesIndexPage
from .building import call, published, section, titled_items


def make_services_page(home):
    return published(
        home,
        ServicesIndexPage,
        title="Nos activités",
        slug="nos-activites",
        search_description="Propreté des espaces extérieurs et second-œuvre du bâtiment : les deux grands secteurs d’activité de la Régie des Quartiers de Belfort.",
        introduction="La Régie travaille dehors et dedans. Elle a deux grands secteurs d’activité : la propreté des espaces extérieurs et le second-œuvre du bâtiment.",
        text="<p>Ces activités visent à rendre meilleur le cadre de vie. Pour cela, la Régie s’appuie sur les habitantes et habitants. Elle prend soin par exemple :</p><ul><li>des logements et des immeubles ;</li><li>des équipements publics du quartier ;</li><li>des espaces extérieurs.</li></ul><p>La Régie est soumise aux impôts commerciaux pour tout ce qu’elle fait.</p>",
    )


def make_cleaning_page(services, jobs):
    return published(
        services,
        ServicePage,
        title="Propreté des espaces extérieurs",
        nav_title="Propreté",
        slug="proprete-des-espaces-exterieurs",
        search_description="La propreté du quartier des Glacis a créé de nombreux emplois. La Régie des Quartiers de Belfort entretient aujourd’hui des espaces extérieurs.",
        introduction="La Régie prend soin des espaces extérieurs, avec des personnes qui vivent dans les quartiers.",
        big_word="Dehors",
        summary="Une activité non marchande, dite d’utilité sociale.",
        drawing="tongs",
        body=[
            *section(
                "L’activité des débuts",
                "La Régie a commencé par la propreté du quartier des Glacis. Ce travail a créé de nombreux emplois pour les habitants. Ensuite, la Régie a ajouté une autre activité, dans le quartier et ailleurs.",
            ),
            *section(
                "Une réponse à un besoin",
                "Quand la Régie est née, les espaces extérieurs étaient difficiles à entretenir. Les lieux s’abîmaient vite. La Régie devait y répondre.",
            ),
            *section(
                "Une activité d’utilité sociale",
                "Cette activité est non marchande. On la dit « d’utilité sociale », c’est-à-dire utile à tout le monde.",
            ),
            *section(
                "Un cadre de vie meilleur",
                "Les activités de la Régie visent à améliorer le cadre de vie. L’entretien des espaces extérieurs du quartier en fait partie.",
            ),
            *section(
                "Vous avez une question de propreté ?",
                "Le ménage d’une cage d’escalier, le nettoyage d’une cour, une poubelle renversée, des déchets ? Écrivez à la Régie : dites où c’est et ce que vous demandez.",
            ),
            *section("Vous cherchez un travail dans la propreté ?", "Voyez qui peut travailler à la Régie, et comment postuler."),
            call("Travailler à la Régie", jobs),
        ],
    )


def link_cleaning_page(page, contact):
    """Adds the link to a page that comes later in the tree, before the last section."""
    page.body.insert(len(page.body) - 3, call("Écrire au sujet de la propreté", contact, "quartier"))
    page.save_revision(log_action=True).publish()


def make_building_page(services, jobs):
    return published(
        services,
        ServicePage,
        title="Second-œuvre du bâtiment",
        nav_title="Second-œuvre",
        slug="second-oeuvre-du-batiment",
        search_description="La Régie des Quartiers de Belfort réalise des travaux de second-œuvre du bâtiment. Des personnes y apprennent un métier, dans son Entreprise d’Insertion.",
        introduction="La Régie réalise des travaux de second-œuvre, c’est-à-dire d’aménagement et de finition des bâtiments.",
        big_word="Dedans",
        summary="Une activité marchande : ces travaux sont vendus.",
        drawing="level",
        body=[
            *section(
                "Qu’est-ce que le second-œuvre ?", "Ce sont les travaux que l’on fait une fois que la structure du bâtiment est construite."
            ),
            *section(
                "Un cadre de vie meilleur",
                "Les activités de la Régie visent à améliorer le cadre de vie. Elle entretient par exemple des logements, des immeubles et des équipements publics du quartier.",
            ),
            *section(
                "Une activité marchande",
                "Ces travaux sont vendus à des clients : c’est une activité du secteur marchand. La Régie est soumise aux impôts commerciaux, ici comme dans toutes ses activités.",
            ),
            *section(
                "Un lieu pour apprendre un métier",
                "L’Entreprise d’Insertion (EI) de la Régie accueille des personnes qui ont déjà quelques compétences, ou un projet clair dans ce secteur. Elle les aide à se qualifier, c’est-à-dire à apprendre un métier.",
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
        introduction="En choisissant la Régie, vous confiez votre marché à une association qui emploie et forme des habitantes et habitants des quartiers.",
        reasons_heading="Cinq raisons de choisir la Régie",
        reasons=titled_items(
            Reason,
            (
                "Un travail de qualité",
                "La Régie sait gérer des marchés et bien faire le travail demandé. C’est ce qui la rend crédible. Elle sait aussi créer et faire vivre des services, toujours plus proches des besoins des habitants.",
            ),
            (
                "Une équipe au cœur des quartiers",
                "La Régie travaille au cœur de quartiers « politique de la ville » de Belfort. Elle est présente aux Glacis, où se trouve son siège social, aux Résidences, au Mont/Pépinière et à Belfort Nord.",
            ),
            (
                "Un cadre de vie entretenu avec les habitants",
                "La Régie entretient par exemple des logements, des immeubles, des équipements publics et des espaces extérieurs. Elle s’appuie sur les personnes qui y vivent. Prendre soin du quartier devient ainsi la responsabilité de chacun, et de tous ensemble.",
            ),
            (
                "Une démarche d’insertion",
                "La Régie est conventionnée comme Atelier Chantier d’Insertion (ACI) et comme Entreprise d’Insertion (EI).",
                "Elle pratique l’insertion par l’activité économique (IAE) : conditions de travail décentes, formations, aide au projet professionnel.",
            ),
            (
                "Des liens dans le quartier",
                "Les habitants deviennent acteurs de services de proximité, pour recréer des liens. La Régie joue aussi un rôle actif dans les événements qui font la vie du quartier.",
            ),
        ),
        activities_heading="Pour quels travaux ?",
        activities_text="La Régie intervient dans la propreté des espaces extérieurs et dans le second-œuvre du bâtiment. Au service technique, elle ajoute la veille et la médiation, le lien social et l’insertion.",
        contact_heading="Parlons de votre projet",
        contact_text="Vous préparez un marché ou un chantier ? Pour un devis, un prix, des références ou une question sur les clauses d’insertion, écrivez à la Régie.",
    )
