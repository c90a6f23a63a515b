"""Example pages for tests: one of each page type from the starting content, and a site with all fields filled."""

import json
import re
import zlib
from datetime import date, time, timedelta
from decimal import Decimal
from io import BytesIO

from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.utils import timezone
from PIL import Image as PillowImage
from wagtail.models import get_page_models

from pages.models import (
    Comparison,
    District,
    EventIndexPage,
    EventPage,
    FigureValue,
    HomePage,
    JobOfferPage,
    JobsPage,
    KeyFigure,
    LanguagePage,
    LegalPage,
    NetworkPage,
    NewsIndexPage,
    NewsPage,
    Organisation,
    Partner,
    PlatformPost,
    Prescriber,
    Recipient,
    ServicePage,
    ServiceTask,
    SiteDocument,
    SiteImage,
    SitePage,
    SocialLink,
    StandardPage,
)
from pages.seed.building import in_order

LONG_TITLE = "Une page au titre interminable, avec intercommunalité, incompréhensiblement et d’autres mots"[:90]
DESCRIPTION = (
    "Une description d’exemple pour une page, assez longue pour remplir les deux lignes que montre une liste de résultats de recherche."
)
NOWHERE, CLOSED = "/pas-de-page/", "/travailler-a-la-regie/close/"
ORGANISATION_TEXTS = [
    "directions",
    "vat_number",
    "publication_director",
    "made_by",
    "photo_credits",
    "data_contact",
    "data_officer",
    "hosting_country",
    "not_accessible",
    "exempted",
    "out_of_scope",
    "accessibility_plan",
    "transfer_safeguards",
    "test_tools",
    "pages_tested",
]


PASSWORD = "un-mot-de-passe-long"
# Page types that the starting content has no page of, with the fields that one needs.
EXAMPLE_FIELDS = {
    StandardPage: {"title": "Une page libre"},
    LanguagePage: {"title": "Une autre langue", "language": "ar", "read_by": "Une personne"},
    NewsPage: {"title": "Une actualité"},
    EventPage: {"title": "Un événement", "first_day": date(2100, 1, 31)},
    JobOfferPage: {"title": "Une offre", "contract": "cdd", "last_day": date(2100, 1, 31)},
}


def picture(title="Une rue", size=(640, 480), **fields):
    file = BytesIO()
    PillowImage.new("RGB", size, "#c4614a").save(file, "PNG")
    file = ImageFile(file, name="rue.png")
    return SiteImage.objects.create(**{"title": title, "file": file, "people": "none"} | fields)


def portrait(**fields):
    """The picture of somebody with a consent for a year."""
    today = timezone.localdate()
    consent = {"consent_by": "Une personne", "consent_on": today, "consent_until": today + timedelta(days=365)}
    return picture(
        **{"title": "Un portrait", "description": "Le visage d’une personne", "size": (600, 800), "people": "recognisable", **consent}
        | fields
    )


def gallery():
    """Photos of four shapes."""
    sizes = ((640, 480), (480, 640), (900, 300), (500, 500))
    return [{"photo": picture(f"Photo {size}", size, description="Une rue").pk, "text": "Ce que l’on voit ici."} for size in sizes]


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
        {"type": "gallery", "value": gallery()},
        {"type": "quotation", "value": {"text": "Des mots exacts, sur plus d’une ligne quand l’écran est petit.", "source": "Un document"}},
        {"type": "table", "value": {"columns": columns, "rows": rows, "caption": "Un tableau"}},
        {"type": "steps", "value": [{"title": "D’abord", "text": "Une chose."}, {"title": "Ensuite", "text": "Une autre."}]},
        {"type": "details", "value": {"question": "Une question ?", "answer": "<p>Sa réponse.</p>"}},
        {"type": "details", "value": {"question": "Une autre question ?", "answer": "<p>Sa réponse.</p>"}},
        {"type": "download", "value": document.pk},
        {"type": "people", "value": [{"name": "Une personne", "role": "Son travail", "photo": image["image"], "agrees": True}]},
        {"type": "face", "value": {"photo": portrait().pk, "name": "Prénom", "text": "Une phrase sur son travail."}},
        {"type": "documents", "value": [{"title": "Un rapport", "date": "2026-01-31", "file": document.pk}]},
        {"type": "call", "value": {"label": "Voir un autre site", "page": None, "subject": "", "url": "https://example.org/"}},
    ]


def fill():
    """Fills in the fields that the starting content leaves empty, as full pages are harder to lay out."""
    fill_organisation()
    for figure, first in zip(KeyFigure.objects.filter(since_year=None), (2016, 2023), strict=True):
        figure.values = [FigureValue(year=year, number=(year - 2010) * 7, source="Un bilan") for year in range(first, 2026)]
        figure.save()
    fill_jobs()
    fill_services()
    home = HomePage.objects.get()
    fill_life()
    fill_languages()
    network = NetworkPage.objects.get()
    network.partners = in_order(
        Partner(name="Un organisme", url="https://www.example.org/", logo=picture(size=(600, 300)), mention="Une phrase demandée."),
        Partner(name="Un autre organisme"),
        Partner(name="Un fonds européen", is_european_union=True, mention="Ce projet d’exemple est cofinancé par un fonds."),
    )
    network.save()
    for page in (EventPage.objects.get(slug="pleine"), NewsPage.objects.get(slug="image-0"), JobOfferPage.objects.first()):
        page.funders = network.partners.all()
        page.save()
    above = home.add_child(instance=StandardPage(title="Infos pratiques", search_description=DESCRIPTION))
    above.add_child(
        instance=StandardPage(
            title="Une page libre",
            slug="libre",
            search_description=DESCRIPTION,
            introduction="Elle a un bloc de chaque sorte.",
            body=json.dumps(every_block()),
            funders=network.partners.all(),
        )
    )
    above.add_child(
        instance=StandardPage(
            title=LONG_TITLE,
            slug="longue",
            search_description=DESCRIPTION,
            picture=picture(size=(1600, 1200), credit="Une photographe", description="Une façade"),
            introduction="Une introduction. " * 8,
        )
    )


def fill_organisation():
    organisation = Organisation.get()
    for name in ORGANISATION_TEXTS:
        setattr(organisation, name, "Un texte d’exemple")
    organisation.phone, organisation.sms_phone, organisation.email = "03 84 00 00 00", "06 00 00 00 00", "contact@example.org"
    organisation.address, organisation.opening_hours = "1 rue de l’Exemple\n90000 Belfort", "Du lundi au vendredi, de 9 h à 12 h"
    organisation.notice, organisation.notice_until = "Fermé les 24 et 25 décembre.", date(2100, 1, 1)
    organisation.map_url = "https://example.org/plan"
    organisation.siren, organisation.rna = "732829320", "W000000000"
    organisation.host = "Un hébergeur\n2 rue de l’Exemple, 90000 Belfort\n01 99 00 00 00"
    organisation.statement_date, organisation.article_47 = date(2026, 11, 1), True
    organisation.social_links = [SocialLink(name="Un réseau social", url="https://example.org/regie")]
    organisation.recipients = [Recipient(email="accueil@example.org")]
    organisation.save()


def without_explanations(html):
    """The `html` of a page without the links to explained words, which may stand in any sentence, and what keeps words together."""
    return re.sub(r'<a class="term"[^>]*>(.*?)</a>', r"\1", re.sub(r'<span class="nb">([^<]*)</span>', r"\1", html))


def offer(title="Agente ou agent de propreté", last_day=date(2100, 1, 31), **fields):
    page = JobOfferPage(title=title, contract="cddi", last_day=last_day, search_description=DESCRIPTION, **fields)
    return JobsPage.objects.get().add_child(instance=page)


def closed_offer(title, **fields):
    """An offer whose last day has passed since it was published."""
    page = offer(title, **fields)
    page.last_day = date(2020, 1, 31)
    page.save(clean=False)
    return page


def fill_jobs():
    jobs = JobsPage.objects.get()
    steps = [{"title": title, "text": "Une phrase."} for title in ("D’abord", "Ensuite")]
    jobs.application = json.dumps([{"type": "step", "value": step} for step in steps])
    jobs.prescribers = [
        Prescriber(title="Un organisme", audience="Une phrase.", phone="39 49", address="1 rue de l’Exemple", opening_hours="Le lundi"),
        Prescriber(title="Un autre organisme"),
    ]
    jobs.shows_platform = jobs.notifies = True
    jobs.save()
    for number, facts in ((12201, {"contract": "CDD d’insertion", "posts": 2, "place": "Belfort"}), (12202, {"posts": 1})):
        PlatformPost.objects.create(number=number, title=f"Poste {number} d’un site de l’État", read_on=timezone.localdate(), **facts)
    full = offer(
        platform_url="https://emplois.inclusion.beta.gouv.fr/company/job_description/1/card",
        hours=Decimal("26"),
        wage_from=Decimal("1500"),
        wage_to=Decimal("1650.50"),
        wage_unit="MONTH",
        length="Quatre mois",
        posts=2,
        sent_by="Un organisme d’exemple",
        place="1 rue de l’Exemple, 90000 Belfort",
        start="Dès que possible",
        introduction="Une phrase sur le travail, pour un exemple.",
        drawing="broom",
        audience="<p>Une phrase sur les personnes qui peuvent répondre.</p><ul><li>Un point</li><li>Deux</li></ul>",
        application="<p>Une phrase sur la façon de répondre.</p>",
        body=json.dumps([{"type": "paragraph", "value": "<p>Une phrase sur le travail.</p><ul><li>Un geste</li><li>Un autre</li></ul>"}]),
    )
    full.districts = District.objects.all()[:2]
    full.save()
    offer("Une offre au titre interminable pour une personne polyvalente du second-œuvre", date(2100, 2, 28))
    closed_offer("Une offre close", slug="close")


def stored(parent, page):
    """`page`, published under `parent`, as the database has it; without a revision, which takes three times as long."""
    page.first_published_at = page.last_published_at = timezone.now()
    parent.add_child(instance=page)
    page.refresh_from_db()
    return page


def event(title="Nettoyage de printemps", first_day=date(2100, 4, 10), **fields):
    return stored(
        EventIndexPage.objects.get(), EventPage(**{"title": title, "first_day": first_day, "introduction": "Une phrase."} | fields)
    )


def news(title="Une fête au quartier", day=None, **fields):
    """An article of `day`, else of a month ago: it is recent, so that menus and the home page show it."""
    day = day or timezone.localdate() - timedelta(days=30)
    return stored(NewsIndexPage.objects.get(), NewsPage(**{"title": title, "date": day, "introduction": "Une phrase."} | fields))


def fill_life():
    """Events to come and past, news with pictures of all shapes and without."""
    body = json.dumps([{"type": "paragraph", "value": "<p>Une phrase sur la médiation.</p><ul><li>Un point</li><li>Un autre</li></ul>"}])
    full = event(
        slug="pleine",
        state="rescheduled",
        start_time=time(14),
        end_time=time(17, 30),
        place="Place de l’Exemple, 1 rue de l’Exemple",
        audience="Tout le monde",
        is_free=True,
        registration="Par téléphone, avant le 1er avril",
        access="L’entrée est de plain-pied",
        body=body,
        picture=picture(size=(600, 900), description="Une cour", credit="La Régie"),
    )
    full.districts = District.objects.all()[:2]
    full.save()
    event(
        "Une fête au titre interminable, avec tout ce que le quartier compte d’associations", date(2100, 5, 29), last_day=date(2100, 5, 31)
    )
    event("Un repas annulé", date(2100, 6, 1), start_time=time(18), state="cancelled")
    event("Une fête passée", date(2020, 5, 29), slug="passee", start_time=time(18), end_time=time(0))
    for n, size in enumerate([(1200, 800), (600, 900)]):
        news(f"Une nouvelle avec image, numéro {n}", body=body, slug=f"image-{n}", picture=picture(size=size, description="Une rue"))
    news("Une nouvelle au titre interminable, sans image, pour voir comment la liste se comporte", date(2025, 12, 1))


ARABIC = {
    "title": "ريجي الأحياء",
    "language": "ar",
    "what_title": "ما هي الريجي؟",
    "what_text": "الريجي جمعية تعمل مع السكان.\nتعتني بالأماكن الخارجية.",
    "work_title": "كيف أعمل؟",
    "work_text": "اترك رقم هاتفك.",
    "place_title": "أين ومتى؟",
    "place_text": "تعالوا إلى مقر الجمعية.",
    "call_title": "كيف أتصل؟",
    "call_text": "اتصلوا بهذا الرقم:",
}
TURKISH = {
    "title": "Régie nedir?",
    "language": "tr",
    "what_title": "Régie nedir?",
    "what_text": "Régie bir dernektir: mahalleliyle birlikte çalışır.",
    "work_title": "Nasıl çalışabilirim?",
    "work_text": "Telefon numaranızı bırakın.",
    "place_title": "Nerede ve ne zaman?",
    "place_text": "Derneğin merkezine gelin.",
    "call_title": "Nasıl arayabilirim?",
    "call_text": "Bu numarayı arayın.",
}


def fill_languages():
    for fields in (ARABIC, TURKISH):
        HomePage.objects.get().add_child(instance=LanguagePage(slug=fields["language"], read_by="Une personne", **fields))


def fill_services():
    service = ServicePage.objects.first()
    service.tasks = in_order(*(ServiceTask(title=f"Un service numéro {n}", text="<p>Une phrase.</p>") for n in range(3)))
    service.audience, service.area = "Les bailleurs et les communes", "Dans les quartiers"
    pictures = [picture(size=size, description="Une cour", credit="La Régie") for size in ((1200, 900), (600, 900))]
    service.comparisons = [Comparison(place="Une cour", before=pictures[0], after=pictures[1], sort_order=0)]
    document = SiteDocument.objects.create(title="La plaquette", file=ContentFile(b"texte", name="plaquette.txt"))
    service.downloads = [("download", document)]
    service.save()


# One page of each type, by the name of its model, and some that are harder to get right or are no page.
NAMES = sorted(
    {model.__name__ for model in get_page_models() if model not in (SitePage, LegalPage)}
    | {f"{kind.title()}Page" for kind in LegalPage.Kind.values}
    | {"NotFound", "SiteMap", "BuyerContact", "Search", "Glossary", "LongPage", "ClosedOffer"}
)
# Pages of NAMES in another state: made of the same parts, so that only their HTML is checked.
OTHERS = ("/recherche/", "/recherche/?q=zzqx", "/actualites/?quartier=les-glacis", "/agenda/?quand=passes", "/agenda/passee/")


def addresses():
    """The addresses of those of NAMES that there are."""
    found = {"NotFound": NOWHERE, "SiteMap": "/plan-du-site/", "BuyerContact": "/contact/?sujet=marche"}
    found |= {"Search": "/recherche/?q=emploi", "Glossary": "/glossaire/"}
    for model in get_page_models():
        page = model.objects.live().filter(depth__gt=1).first() if model.__name__ in NAMES else None
        if page:
            found[model.__name__] = page.url
    found |= {f"{page.kind.title()}Page": page.url for page in LegalPage.objects.all()}
    if StandardPage.objects.filter(slug="libre"):
        found |= {"StandardPage": "/infos-pratiques/libre/", "LongPage": "/infos-pratiques/longue/", "ClosedOffer": CLOSED}
    return found


def rendition(image):
    return image.get_rendition("width-320|format-webp")


def png(width, height, *chunks):
    """A PNG file of one colour, with further chunks (W3C PNG, 5.3)."""

    def chunk(name, content):
        return len(content).to_bytes(4, "big") + name + content + zlib.crc32(name + content).to_bytes(4, "big")

    lines = zlib.compressobj(9)
    content = b"".join(lines.compress(bytes(1 + (width + 7) // 8)) for _ in range(height)) + lines.flush()
    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([1, 0, 0, 0, 0])
    parts = [chunk(b"IHDR", header), *(chunk(*each) for each in chunks), chunk(b"IDAT", content), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def flat(form, size, **options):
    file = BytesIO()
    PillowImage.new("RGB", size, "#c4614a").save(file, form, **options)
    return file.getvalue()
