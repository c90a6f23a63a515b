"""An empty site for another régie: the pages that every régie needs, in neutral words, and none of its facts."""

from ..models import (
    AboutPage,
    ContactPage,
    EventIndexPage,
    FiguresPage,
    HomeDoor,
    HomePage,
    JobsPage,
    KeyFigure,
    LegalPage,
    NewsIndexPage,
    Organisation,
)
from .building import in_order, published, saved, section
from .contact import LEGAL_PAGES
from .jobs import NO_OFFER


def make_blank_site(root, name):
    """Makes the organisation, its key figures without values, and the pages. Returns the home page."""
    saved(Organisation(name=name, short_name="la Régie"))
    for number, (one, many) in enumerate((("salarié", "salariés"), ("action de formation", "actions de formation"))):
        saved(KeyFigure(label_singular=one, label_plural=many, sort_order=number))
    home = published(root, HomePage, title=name, nav_title="Accueil", slug="home", heading=name[:90])
    jobs = published(
        home,
        JobsPage,
        title="Travailler à la Régie",
        slug="travailler-a-la-regie",
        introduction="Vous cherchez un travail ? Posez votre question à la Régie.",
        body=section(
            "Une candidature, un CV, un stage ?",
            "Pour postuler ou demander un stage, écrivez à la Régie. Le CV n’est pas obligatoire pour écrire.",
        ),
        no_offer=NO_OFFER,
    )
    published(home, NewsIndexPage, title="Actualités", slug="actualites", introduction="Voici les nouvelles de la Régie.")
    published(home, EventIndexPage, title="Agenda", slug="agenda", introduction="Voici les événements à venir.")
    about = published(home, AboutPage, title="Qui sommes-nous ?", slug="qui-sommes-nous", introduction=f"{name} : qui nous sommes.")
    published(about, FiguresPage, title="Chiffres clés", slug="chiffres-cles", introduction="Voici la Régie en chiffres.")
    contact = published(
        home, ContactPage, title="Contacter la Régie", nav_title="Contact", slug="contact", introduction="Posez votre question à la Régie."
    )
    for fields in LEGAL_PAGES:
        published(home, LegalPage, **fields | {"search_description": ""})
    home.doors = in_order(
        HomeDoor(title="Je cherche un travail", text="Les offres, et comment demander un travail.", target=jobs, drawing="toolbox"),
        HomeDoor(title="J’ai une question", text="Le téléphone, l’adresse et le formulaire.", target=contact, drawing="greet"),
    )
    home.save_revision(log_action=True).publish()
    return home
