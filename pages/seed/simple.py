"""The simple versions of three pages: one idea a line, twelve words at most."""

from ..models import District, SimplePage
from .building import call, paragraph, published
from .site import NETWORK_SITE


def topic(heading, pictogram, *sentences, items=(), after=()):
    """Returns a heading, sentences of a line each, a list, and sentences after it."""
    points = f"<ul>{''.join(f'<li>{item}</li>' for item in items)}</ul>" if items else ""
    return ("topic", {"heading": heading, "pictogram": pictogram, "text": paragraph(*sentences) + points + paragraph(*after)})


def make_simple_page(above, **fields):
    return published(above, SimplePage, slug="version-simple", nav_title="Version simple", **fields)


def make_simple_pages(home, jobs, about):
    """Makes the three pages, that of the home page last, as it leads to the two others."""
    simple_jobs = make_simple_page(
        jobs,
        title="Travailler à la Régie, version simple",
        search_description="Travailler à la Régie des Quartiers de Belfort, avec des phrases courtes : qui peut y travailler, comment se former, comment demander.",
        body=[
            topic(
                "Comment demander un travail ?",
                "phone",
                "Vous pouvez demander vous-même.",
                "Laissez votre numéro, en bas de cette page.",
                "Le CV n’est pas obligatoire pour écrire.",
            ),
            topic(
                "Qui peut travailler à la Régie ?",
                "people",
                "La Régie peut accueillir des personnes de deux façons.",
                "Le but, c’est l’insertion.",
                "L’insertion aide à trouver sa place et un travail.",
            ),
            topic(
                "Reprendre le travail",
                "broom",
                "La Régie a un Atelier Chantier d’Insertion.",
                "Il accueille des femmes et des hommes.",
                "Ils ont beaucoup de mal à trouver un emploi.",
                "Ils y reprennent un travail utile à tout le monde.",
                "Par exemple : prendre soin des espaces extérieurs.",
            ),
            topic(
                "Apprendre un métier du bâtiment",
                "tool",
                "La Régie a aussi une Entreprise d’Insertion.",
                "Elle accueille des personnes qui ont un peu de savoir-faire.",
                "Ou bien ces personnes ont un projet clair.",
                "Elles apprennent un métier du second-œuvre.",
                "Le second-œuvre, c’est aménager et finir un bâtiment.",
            ),
            topic(
                "Comment se former ?",
                "book",
                "La Régie construit des formations pour chaque personne.",
                "Des organismes locaux y participent.",
                "Certaines formations servent à apprendre une langue.",
                "D’autres servent à apprendre un métier.",
                "Toute l’équipe apprend à protéger sa santé au travail.",
                "Elle apprend aussi la sécurité et le droit du travail.",
            ),
            topic(
                "Quelle aide ?",
                "people",
                "La Régie accompagne chaque personne.",
                "Beaucoup d’organismes y participent.",
                "On cherche des solutions à ce qui bloque.",
                "La Régie aide aussi à préparer un projet de travail.",
            ),
            topic(
                "Comment est le travail ?",
                "tool",
                "La Régie veut des conditions de travail décentes.",
                "Décentes veut dire correctes.",
                "Une question sur le salaire ou les horaires ?",
                "Posez-la à la Régie.",
            ),
            topic(
                "Décider avec la Régie",
                "people",
                "Les habitantes et les habitants peuvent aussi participer aux décisions.",
                "Ils prennent alors des responsabilités dans l’association.",
            ),
        ],
    )
    simple_about = make_simple_page(
        about,
        title="Qui sommes-nous ? Version simple",
        search_description="L’histoire, le but, les forces et la mission de la Régie des Quartiers de Belfort, avec des phrases courtes et des mots simples.",
        body=[
            topic(
                "L’histoire de la Régie",
                "calendar",
                "La Régie est née en 1990.",
                "Elle était alors au 14 rue Parant.",
                "Ce n’est plus son adresse.",
                "Des quartiers de Belfort avaient des difficultés.",
                items=(
                    "Beaucoup de personnes en difficulté vivaient aux mêmes endroits.",
                    "Beaucoup de jeunes et de femmes étaient au chômage.",
                    "Les espaces extérieurs étaient difficiles à entretenir.",
                    "Les lieux s’abîmaient vite.",
                    "La vie des quartiers manquait d’énergie.",
                ),
                after=(
                    "La Régie a d’abord nettoyé le quartier des Glacis.",
                    "Ce travail a créé de nombreux emplois pour les habitants.",
                    "Puis, pas à pas, elle a ajouté une autre activité.",
                ),
            ),
            topic(
                "Les locaux de la Régie",
                "door",
                "En 2007, on a démoli deux tours de la rue Parant.",
                "La Régie a préparé de nouveaux locaux.",
                "Elle a acheté 20 garages dans son immeuble d’aujourd’hui.",
                "Elle y a créé des bureaux et des locaux techniques.",
                "Tout l’immeuble a été remis en bon état.",
                "Territoire Habitat était partenaire de ces travaux.",
            ),
            topic(
                "Le but de la Régie",
                "people",
                "Le but : que les habitants prennent leur place dans la ville.",
                "La Régie veut aussi redonner vie aux quartiers.",
                "Une entreprise classique rend un service.",
                "La Régie fait trois choses de plus.",
                items=(
                    "Elle fait attention au quartier et aide à se parler.",
                    "Elle crée des liens entre les personnes.",
                    "Elle aide des personnes à trouver leur place et un travail.",
                ),
            ),
            topic(
                "Les 3 forces de la Régie",
                "broom",
                "La Régie veut améliorer le quartier, avec les habitants.",
                "Elle aide de deux façons à aller vers l’emploi.",
                "Elle participe à la vie du quartier et à ses événements.",
            ),
            topic(
                "La mission de la Régie",
                "people",
                "La Régie travaille dans des quartiers, près des habitants.",
                "Elle fait un travail de qualité.",
                "Elle aide des personnes à avancer vers l’emploi.",
                "Les habitants peuvent travailler à la Régie.",
                "Ils peuvent aussi y prendre des responsabilités.",
            ),
            topic(
                "Le réseau de la Régie",
                "people",
                "La Régie est membre du Mouvement des Régies.",
                "C’est un réseau national.",
                "La Régie a choisi de suivre la Charte Nationale.",
                "Une charte est un texte avec des règles et des valeurs.",
            ),
            ("call", {"label": "Voir le site du Mouvement des Régies", "page": None, "subject": "", "url": NETWORK_SITE}),
        ],
    )
    make_simple_page(
        home,
        title="La Régie des Quartiers de Belfort, version simple",
        search_description="La Régie des Quartiers de Belfort avec des phrases courtes et des mots simples : qui elle est, ce qu’elle fait, où, et pour qui.",
        body=[
            topic(
                "Qui est la Régie ?",
                "people",
                "La Régie des Quartiers de Belfort est une association.",
                "Elle existe depuis 1990.",
                "Elle travaille avec les habitantes et les habitants.",
            ),
            topic(
                "Vous cherchez un travail ?",
                "door",
                "La Régie peut accueillir des personnes qui cherchent un travail.",
                "Elle forme les personnes qu’elle emploie.",
                "Elle les accompagne aussi.",
            ),
            call("Lire « Travailler à la Régie », version simple", simple_jobs),
            topic(
                "Que fait la Régie ?",
                "broom",
                "Elle prend soin des espaces extérieurs.",
                "Elle fait des travaux dans les bâtiments.",
                "Elle aide des personnes à retrouver un emploi.",
                "Elle participe à la vie du quartier.",
            ),
            topic(
                "Où travaille la Régie ?",
                "place",
                "La Régie travaille dans des quartiers de Belfort.",
                items=District.objects.all(),
                after=("Son siège est aux Glacis.", "Le siège, c’est l’adresse officielle."),
            ),
            topic("Vous voulez en savoir plus ?", "book", "Lisez d’où vient la Régie et ce qu’elle veut."),
            call("Lire « Qui sommes-nous ? », version simple", simple_about),
        ],
    )
