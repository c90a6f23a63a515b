"""« Qui sommes-nous ? » and its six parts."""

from ..models import (
    AboutPage,
    AddedMission,
    CharterTheme,
    FiguresPage,
    Finding,
    HistoryPage,
    Milestone,
    MissionPage,
    NetworkPage,
    Statement,
    Strength,
    StrengthsPage,
    VocationPage,
)
from .building import in_order, paragraph, published, section, titled_items
from .site import NETWORK_SITE


def make_about_page(home):
    return published(
        home,
        AboutPage,
        title="Qui sommes-nous ?",
        slug="qui-sommes-nous",
        search_description="Histoire, chiffres clés, vocation, forces, mission et réseau : découvrez ce qu’est la Régie des Quartiers de Belfort et ce qui l’anime.",
        introduction="La Régie des Quartiers de Belfort est une association qui agit depuis 1990 avec les habitantes et habitants des quartiers.",
        text="<p>Une Régie de Quartier emploie des habitantes et habitants et prend soin de leur cadre de vie. Elle fait aussi vivre les liens entre les personnes. Ces pages disent d’où vient la Régie, ce qu’elle veut et comment elle travaille.</p>",
    )


def make_history_page(about):
    return published(
        about,
        HistoryPage,
        title="L’histoire de la Régie",
        nav_title="Histoire",
        slug="histoire",
        search_description="Créée en 1990 pour répondre aux difficultés de quartiers de Belfort, la Régie a grandi pas à pas. Voici les grandes étapes de son histoire.",
        introduction="La Régie est née en 1990 pour répondre à des difficultés dans des quartiers de Belfort.",
        milestones=in_order(
            Milestone(
                label="1990",
                year=1990,
                title="La création de la Régie",
                text="<p>La Régie des Quartiers naît en 1990 et s’installe alors au 14 rue Parant. Sa création s’inscrit dans un programme public, le Développement Social des Quartiers (DSQ).</p>",
            ),
            Milestone(
                label="D’abord",
                title="Une première activité génératrice d’emplois",
                text=paragraph(
                    "Tout commence par la propreté du quartier des Glacis. Ce travail crée de nombreux emplois pour les habitants. Pendant longtemps, la Régie se consacre surtout à la gestion urbaine de ce quartier.",
                    "Puis, pas à pas et avec prudence, elle développe une autre activité économique, en complément. Cette activité crée aussi des emplois, dans le quartier et ailleurs.",
                ),
            ),
            Milestone(
                label="Ensuite",
                title="Les deux grands secteurs d’activités",
                text=paragraph(
                    "C’est dans deux grands secteurs que la Régie renforce son action. La propreté des espaces extérieurs est une activité non marchande, dite « d’utilité sociale ». Le second-œuvre du bâtiment est une activité marchande.",
                    "La Régie est soumise aux impôts commerciaux pour toutes ses activités.",
                ),
            ),
            Milestone(
                label="2007",
                year=2007,
                title="Un projet de relogement",
                garages=20,
                text=paragraph(
                    "En 2007, on démolit deux tours, aux 12 et 14 rue Parant. La Régie s’était installée au 14 en 1990. Elle saisit l’occasion pour se reloger dans des lieux mieux adaptés à son organisation et à ses missions.",
                    "Elle achète 20 garages, dans le bâtiment où elle se trouve aujourd’hui. Elle y crée des bureaux et des locaux techniques. En même temps, on réhabilite l’immeuble entier, en partenariat avec Territoire Habitat.",
                ),
            ),
        ),
        findings_heading="Pourquoi créer une Régie ?",
        findings_introduction="Cinq constats avaient été faits dans des quartiers de la « politique de la ville ». La Régie devait y répondre.",
        findings=titled_items(
            Finding,
            ("Des précarités concentrées", "Beaucoup de situations fragiles étaient réunies aux mêmes endroits."),
            ("Des mécanismes d’exclusion", "Le chômage touchait fortement les jeunes et les femmes."),
            ("Des espaces extérieurs difficiles à entretenir", "Garder ces espaces en bon état posait problème."),
            ("Des dégradations rapides", "Les lieux s’abîmaient vite, car l’entretien de tous les jours tardait."),
            ("Une vie sociale à ranimer", "La vie des quartiers avait besoin d’un nouvel élan."),
        ),
    )


def make_figures_page(about):
    return published(
        about,
        FiguresPage,
        title="Chiffres clés",
        slug="chiffres-cles",
        search_description="Les chiffres clés de la Régie des Quartiers de Belfort, année après année, chacun avec une phrase qui explique ce qu’il compte.",
        introduction="Voici la Régie en chiffres.",
    )


def make_vocation_page(about):
    return published(
        about,
        VocationPage,
        title="Notre vocation",
        nav_title="Vocation",
        slug="vocation",
        search_description="La vocation de la Régie des Quartiers de Belfort : un projet citoyen d’abord, le développement local, et trois missions ajoutées au service.",
        introduction="La Régie veut avant tout ouvrir l’accès à la citoyenneté aux habitantes et habitants des quartiers.",
        body=[
            *section("Un projet citoyen", "Avoir accès à la citoyenneté, c’est pouvoir prendre sa place dans la vie commune."),
            *section(
                "Un projet appuyé sur l’économie",
                "La Régie avance avec une activité économique. Elle s’attaque à un sujet large, qui touche à tout : redonner vie aux territoires et leur faire toute leur place dans la ville. Voilà pourquoi une Régie travaille d’abord au développement local.",
            ),
        ],
        missions_heading="Trois missions de plus qu’une entreprise classique",
        missions_introduction="Une entreprise classique fournit un service technique. À ce service, la Régie ajoute trois missions.",
        missions=titled_items(
            AddedMission,
            (
                "La veille et la médiation",
                "Veiller, c’est faire attention à ce qui se passe dans le quartier. La médiation aide des personnes en désaccord à se parler.",
            ),
            (
                "Le lien social et la citoyenneté active",
                "La Régie développe les relations entre les personnes et encourage chacune à prendre part à la vie commune.",
            ),
            (
                "L’insertion sociale et professionnelle",
                "La Régie aide des personnes à trouver ou à retrouver une place dans la société et dans le travail.",
            ),
        ),
    )


def point(text, title=""):
    return ("point", {"title": title, "text": text})


def make_strengths_page(about):
    return published(
        about,
        StrengthsPage,
        title="Les 3 forces de la Régie",
        nav_title="Forces",
        slug="forces",
        search_description="Améliorer le cadre de vie avec les habitants, ouvrir deux voies vers l’emploi, prendre part à la vie du quartier : les 3 forces de la Régie.",
        introduction="La Régie agit avec les habitantes et habitants, ouvre deux voies vers l’emploi et prend part à la vie du quartier.",
        strengths=in_order(
            Strength(
                title="Améliorer le cadre de vie avec les habitants",
                text="<p>Les activités de la Régie visent à améliorer le cadre de vie. Pour cela, la Régie s’appuie sur les personnes qui habitent le quartier. Prendre soin du quartier devient ainsi la responsabilité de chacun, et de tous ensemble.</p>",
                details_heading="Ce que la Régie entretient, par exemple",
                details=[
                    point("les logements ;"),
                    point("les immeubles ;"),
                    point("les équipements publics du quartier ;"),
                    point("les espaces extérieurs."),
                ],
                drawing="broom",
                short_title="Agir avec les habitants",
                short_text="La Régie veut améliorer le cadre de vie. Elle s’appuie sur les personnes qui vivent là.",
            ),
            Strength(
                title="Ouvrir deux voies vers l’emploi",
                text="<p>La Régie a une double forme : elle est conventionnée comme Atelier Chantier d’Insertion (ACI) et comme Entreprise d’Insertion (EI). Elle peut donc accueillir des personnes aux parcours très différents.</p>",
                details_heading="Deux voies, des formations et un accompagnement",
                details=[
                    point(
                        "Des femmes et des hommes très éloignés de l’emploi reprennent une activité, dite d’utilité sociale.",
                        "Reprendre le travail",
                    ),
                    point(
                        "D’autres personnes ont déjà quelques compétences, ou un projet clair dans le second-œuvre du bâtiment. L’Entreprise d’Insertion les aide à se qualifier, c’est-à-dire à apprendre un métier.",
                        "Apprendre un métier du bâtiment",
                    ),
                    point(
                        "La Régie et des organismes locaux construisent des formations pour chaque personne : cours de langue, formations qualifiantes. Tout le personnel apprend aussi à mieux connaître la santé, la sécurité et le droit du travail.",
                        "Se former",
                    ),
                    point(
                        "La Régie a un accompagnement pour chaque personne, avec de nombreux organismes extérieurs. Le but : aider à franchir les obstacles à l’emploi.",
                        "Avancer avec un accompagnement",
                    ),
                ],
                drawing="toolbox",
                short_title="Ouvrir deux voies vers l’emploi",
                short_text="À la Régie, des personnes reprennent le travail. D’autres apprennent un métier du bâtiment.",
            ),
            Strength(
                title="Prendre part à la vie sociale du quartier",
                text="<p>Avec la Régie, les habitants deviennent acteurs de services de proximité. Le but : recréer des liens entre les personnes. La Régie tient aussi un rôle actif dans tous les événements qui rythment la vie du quartier.</p>",
                drawing="talk",
                short_title="Participer à la vie du quartier",
                short_text="La Régie joue un rôle actif dans les événements du quartier. Elle veut recréer des liens entre les personnes.",
            ),
        ),
    )


def make_mission_page(about):
    return published(
        about,
        MissionPage,
        title="Notre mission",
        nav_title="Mission",
        slug="mission",
        search_description="Proximité, économie, insertion, participation : la mission de la Régie des Quartiers de Belfort, expliquée en quatre idées simples.",
        introduction="La mission de la Régie tient en quatre idées : être proche, bien travailler, aider à l’insertion et faire participer.",
        statements=titled_items(
            Statement,
            (
                "Un outil de proximité",
                "La Régie travaille au cœur de quartiers « politique de la ville » de Belfort. Elle est présente aux Glacis, où se trouve son siège social, aux Résidences, au Mont/Pépinière et à Belfort Nord.",
            ),
            (
                "Une intervention économique",
                "La Régie est crédible et reconnue parce qu’elle sait gérer des marchés et livrer un travail de qualité. Elle sait aussi lancer et faire vivre des services, toujours plus proches de ce dont les habitants ont besoin.",
            ),
            (
                "Une démarche d’insertion",
                "C’est l’insertion par l’activité économique (IAE). Elle s’appuie sur des conditions de travail décentes, une aide pour bâtir son projet professionnel et une politique de formation.",
            ),
            (
                "Un lieu de vie animé par les habitants",
                "Les habitants participent à la Régie de deux façons. Des personnes y sont salariées. Des personnes prennent des responsabilités dans les instances de l’association.",
            ),
        ),
    )


def make_network_page(about):
    return published(
        about,
        NetworkPage,
        title="Notre réseau",
        nav_title="Réseau",
        slug="reseau",
        search_description="La Régie des Quartiers de Belfort est membre du Mouvement des Régies et adhère à la Charte Nationale. Découvrez ce que dit cette charte.",
        introduction="La Régie n’est pas seule : elle est membre, au niveau national, du Mouvement des Régies.",
        text="<p>La Régie adhère aussi à la Charte Nationale des Régies de Quartier. Cette charte donne aux Régies un mode d’adhésion clair. Les Régies de Quartier et les Régies de Territoire se lancent dans une aventure collective.</p>",
        charter_heading="Ce que dit la charte",
        charter_introduction="La charte compte neuf articles. Elle parle surtout de l’approche d’une Régie de Quartier, à la fois économique et sociale.",
        themes=titled_items(
            CharterTheme,
            (
                "Des exigences pour agir",
                "La charte demande de travailler dans un territoire, d’aider à l’insertion de personnes en difficulté et de créer du lien social.",
            ),
            ("La participation des habitants", "Les habitants prennent part au projet."),
            ("Une façon d’être partenaires", "La charte décrit comment travailler avec la ville, le bailleur et d’autres partenaires."),
            ("Une économie solidaire", "Le projet a ses racines dans l’économie solidaire, qui fait passer les personnes avant le profit."),
        ),
        link_label="Voir le site du Mouvement des Régies",
        link_url=NETWORK_SITE,
    )


PARTS = [make_history_page, make_figures_page, make_vocation_page, make_strengths_page, make_mission_page, make_network_page]
