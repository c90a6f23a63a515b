"""The home page."""

from ..models import HomeActivity, HomeDoor, HomePage, SitePage
from .building import in_order, published

# Each door with the address of its page below the home page, and its drawing.
DOORS = [
    ("Je cherche un travail", "Reprendre un travail, se former, avancer avec un accompagnement.", "travailler-a-la-regie/", "toolbox"),
    (
        "J’habite le quartier",
        "Deux façons de participer : par le travail, ou par des responsabilités dans l’association.",
        "vie-de-quartier/",
        "greet",
    ),
    (
        "Je suis une collectivité ou un bailleur",
        "La Régie sait gérer un marché et livrer un travail de qualité.",
        "collectivites-et-bailleurs/",
        "plan",
    ),
    (
        "Je suis un partenaire",
        "De nombreux organismes travaillent avec la Régie, membre d’un réseau national.",
        "qui-sommes-nous/reseau/",
        "meet",
    ),
]

# The page behind each activity.
ACTIVITIES = ["nos-activites/proprete-des-espaces-exterieurs/", "nos-activites/second-oeuvre-du-batiment/"]


def make_home_page(root):
    return published(
        root,
        HomePage,
        title="Régie des Quartiers de Belfort",
        nav_title="Accueil",
        slug="home",
        seo_title="Régie des Quartiers de Belfort : emploi et vie de quartier",
        search_description="À Belfort, la Régie des Quartiers crée des emplois, entretient les quartiers et participe à leur vie, avec leurs habitantes et habitants.",
        heading="Prendre soin du quartier, c’est un travail.",
        introduction="La Régie des Quartiers de Belfort est une association née en 1990. Elle crée des emplois et prend soin du cadre de vie avec les habitantes et habitants.",
        doors_heading="Par où entrer ?",
        doors=in_order(*(HomeDoor(title=title, text=text, drawing=drawing) for title, text, _, drawing in DOORS)),
        activities_heading="Nos activités",
        activities=in_order(
            HomeActivity(
                short_title="Dehors",
                drawing="tongs",
                title="Propreté des espaces extérieurs",
                text="La Régie prend soin des espaces extérieurs. Cette activité est dite d’utilité sociale : elle est utile à tout le monde.",
            ),
            HomeActivity(
                short_title="Dedans",
                drawing="level",
                title="Second-œuvre du bâtiment",
                text="La Régie fait des travaux d’aménagement et de finition des bâtiments.",
            ),
        ),
        about_text="Une entreprise classique fournit un service. La Régie fait plus : elle veille sur la vie du quartier, aide à se parler, crée du lien et aide à l’insertion.",
        districts_heading="Où agissons-nous ?",
        districts_text="La Régie agit au cœur de quartiers « politique de la ville ». L’État et les collectivités y travaillent en priorité pour réduire les inégalités.",
        network_heading="Un réseau national",
        network_text="La Régie fait partie d’un réseau national : le Mouvement des Régies.",
        shows_town=True,
        contact_heading="Une question, un projet ?",
        contact_text="Écrivez à la Régie avec le formulaire de contact.",
    )


def link_ways_in(page):
    """Opens the doors and links the activities, as their pages exist by now."""
    for name, addresses in (("doors", [address for _, _, address, _ in DOORS]), ("activities", ACTIVITIES)):
        items = list(getattr(page, name).all())
        for item, address in zip(items, addresses, strict=True):
            item.target = SitePage.objects.get(url_path=f"{page.url_path}{address}")
        setattr(page, name, items)
    page.save_revision(log_action=True).publish()
