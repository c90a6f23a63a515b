"""Pages to look at and to measure: one address a page type, from the starting content, and a site with everything filled."""

import json
from datetime import date
from io import BytesIO

from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from PIL import Image as PillowImage
from wagtail.models import get_page_models

from pages.models import FigureValue, HomePage, KeyFigure, Organisation, SiteDocument, SiteImage, SocialLink, StandardPage

LONG_TITLE = "Une page au titre interminable, avec intercommunalité, incompréhensiblement et d’autres mots"[:90]
NOWHERE = "/pas-de-page/"


def picture(title="Une rue", size=(640, 480), **fields):
    file = BytesIO()
    PillowImage.new("RGB", size, "#c4614a").save(file, "PNG")
    file.seek(0)
    return SiteImage.objects.create(**{"title": title, "file": ImageFile(file, name="rue.png"), "people": "none"} | fields)


def every_block():
    """One block of each kind, as values of a ProseBlock."""
    document = SiteDocument.objects.create(title="La charte", file=ContentFile(b"texte", name="charte.txt"))
    columns = [{"type": "text", "heading": heading} for heading in ("Jour", "Matin", "Après-midi")]
    rows = [{"values": [day, "de 9 h à 12 h", "de 14 h à 17 h"]} for day in ("Lundi", "Mardi", "Mercredi")]
    image = {"image": picture(credit="La Régie").pk, "decorative": False, "alt_text": "Une façade rouge"}
    return [
        {
            "type": "paragraph",
            "value": "<p>Un texte avec <b>du gras</b> et <a href='https://example.org/'>un lien</a> et <a href='mailto:contact@example.org'>une adresse</a>.</p><ul><li>Un point</li><li>Deux</li></ul>",
        },
        {"type": "heading", "value": {"text": "Un titre", "level": "2"}},
        {"type": "picture", "value": image},
        {"type": "heading", "value": {"text": "Un sous-titre", "level": "3"}},
        {"type": "quotation", "value": {"text": "Des mots exacts, sur plus d’une ligne quand l’écran est petit.", "source": "Un document"}},
        {"type": "table", "value": {"columns": columns, "rows": rows, "caption": "Un tableau"}},
        {"type": "steps", "value": [{"title": "D’abord", "text": "Une chose."}, {"title": "Ensuite", "text": "Une autre."}]},
        {"type": "details", "value": {"question": "Une question ?", "answer": "<p>Sa réponse.</p>"}},
        {"type": "details", "value": {"question": "Une autre question ?", "answer": "<p>Sa réponse.</p>"}},
        {"type": "download", "value": document.pk},
        {"type": "call", "value": {"label": "Voir un autre site", "page": None, "url": "https://example.org/"}},
    ]


def fill():
    """Fills what staff have to fill in: more on a page is harder to get right."""
    organisation = Organisation.get()
    organisation.phone, organisation.email = "03 84 00 00 00", "contact@example.org"
    organisation.address, organisation.opening_hours = "1 rue de l’Exemple\n90000 Belfort", "Du lundi au vendredi, de 9 h à 12 h"
    organisation.notice, organisation.notice_until = "Fermé les 24 et 25 décembre.", date(2100, 1, 1)
    organisation.map_url = "https://example.org/plan"
    organisation.social_links = [SocialLink(name="Un réseau social", url="https://example.org/regie")]
    organisation.save()
    for figure, first in zip(KeyFigure.objects.filter(since_year=None), (2016, 2023), strict=True):
        figure.values = [FigureValue(year=year, number=(year - 2010) * 7, source="Un bilan") for year in range(first, 2026)]
        figure.save()
    home = HomePage.objects.get()
    doors = list(home.doors.all())
    for door in doors[:3]:
        page = StandardPage(title=door.title, nav_title=door.title[:24], show_in_menus=True, introduction="Une phrase.")
        door.target = home.add_child(instance=page)
    home.doors = doors
    activities = list(home.activities.all())
    for activity in activities:
        activity.target = doors[0].target
    home.activities = activities
    home.save()
    for title in ("Vie de quartier", "Actualités", "Agenda", "Contact"):
        above = home.add_child(instance=StandardPage(title=title, show_in_menus=True))
    for title in ("Mentions légales", "Données personnelles", "Accessibilité : non conforme"):
        home.add_child(instance=StandardPage(title=title))
    above.add_child(
        instance=StandardPage(
            title="Une page libre", slug="libre", introduction="Elle a un bloc de chaque sorte.", body=json.dumps(every_block())
        )
    )
    photograph = picture(size=(1600, 1200), credit="Une photographe", description="Une façade")
    above.add_child(instance=StandardPage(title=LONG_TITLE, slug="longue", picture=photograph, introduction="Une introduction. " * 8))


def addresses():
    """One address a page type, by the type's name, and one where there is no page."""
    found = {"NotFound": NOWHERE}
    for model in get_page_models():
        page = model.objects.live().filter(depth__gt=1).first() if hasattr(model, "facade") else None
        if page:
            found[model.__name__] = page.url
    if "/contact/libre/" in {page.url for page in StandardPage.objects.all()}:
        found |= {"StandardPage": "/contact/libre/", "LongPage": "/contact/longue/"}
    return found
