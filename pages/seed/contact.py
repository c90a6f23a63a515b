"""« Contacter la Régie » and the pages that the law asks for."""

from ..models import ContactPage, LegalPage
from .building import published


def make_contact_page(home):
    return published(
        home,
        ContactPage,
        title="Contacter la Régie",
        nav_title="Contact",
        slug="contact",
        search_description="Une question sur l’emploi, les travaux ou la vie de quartier ? Écrivez à la Régie des Quartiers de Belfort avec ce formulaire de contact.",
        introduction="Posez votre question à la Régie.",
        form_help="Choisissez un sujet et écrivez votre message. Puis dites comment vous répondre : votre téléphone ou votre adresse e-mail, un seul suffit.",
    )


LEGAL_PAGES = (
    {
        "kind": "notice",
        "title": "Mentions légales",
        "slug": "mentions-legales",
        "search_description": "Qui publie le site de la Régie des Quartiers de Belfort, qui l’héberge et comment utiliser ses contenus : les informations légales.",
        "introduction": "Cette page dit qui publie ce site, qui l’héberge et comment vous pouvez utiliser ses contenus.",
    },
    {
        "kind": "privacy",
        "title": "Données personnelles",
        "slug": "donnees-personnelles",
        "search_description": "Quelles données le site de la Régie des Quartiers de Belfort utilise, pourquoi, combien de temps, et comment exercer vos droits.",
        "introduction": "Cette page explique quelles données vous concernant sont utilisées, pourquoi et pendant combien de temps.",
    },
    {
        "kind": "accessibility",
        "title": "Déclaration d’accessibilité",
        "nav_title": "Accessibilité",
        "slug": "accessibilite",
        "search_description": "Déclaration d’accessibilité du site de la Régie des Quartiers de Belfort : état du site, moyens de signaler un problème, voies de recours.",
        "introduction": "Cette page dit où en est l’accessibilité de ce site et comment signaler un problème.",
    },
)


def make_legal_pages(home):
    for fields in LEGAL_PAGES:
        published(home, LegalPage, **fields)
