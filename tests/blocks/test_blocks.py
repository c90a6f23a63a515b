"""The blocks of free prose: each shows an example in the admin, renders, and keeps its rules."""

import json
from datetime import date, timedelta

import pytest
from assertions import parse, words
from bs4 import BeautifulSoup
from dateutil.relativedelta import relativedelta
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils import timezone
from examples import gallery, picture, portrait
from wagtail.test.utils.form_data import nested_form_data, streamfield

from pages.blocks.prose import CallBlock, ProseBlock
from pages.models import HomePage, SiteDocument, SiteImage, SitePage, StandardPage, VocationPage

pytestmark = pytest.mark.django_db

PROSE = ProseBlock()
NAMES = list(PROSE.child_blocks)
HEADING = {"text": "Un titre", "level": "2"}
SUBHEADING = {"text": "Un sous-titre", "level": "3"}


@pytest.fixture(autouse=True)
def files():
    from django.core.files.base import ContentFile

    picture(credit="Une photographe", description="Une rue vide")
    SiteDocument.objects.create(title="Plan", file=ContentFile(b"texte", name="plan.txt"), language="ar")


def some_words(value):
    """Words of an example: those of its first text."""
    if isinstance(value, dict):
        value = next((child for child in value.values() if isinstance(child, str) and " " in child), "")
    return words(BeautifulSoup(value, "lxml")).split() if isinstance(value, str) else []


@pytest.mark.parametrize("name", NAMES)
def test_a_block_says_in_french_what_it_is_and_shows_an_example(admin, name):
    block = PROSE.child_blocks[name]
    assert block.label != name.capitalize()
    assert block.meta.description.endswith(".")
    response = admin("Rédaction").get(f"/admin/block-preview/?id={block.definition_prefix}")
    assert response.status_code == 200
    shown = parse(response).main
    assert words(shown) or shown.select("img, hr")
    assert set(words(shown).split()) >= set(some_words(block.get_preview_value()))


def page_with(*body):
    page = StandardPage(title="Une page libre", slug="libre", body=list(body))
    HomePage.objects.get().add_child(instance=page)
    page.save_revision().publish()
    return page


def test_a_page_with_every_block_renders_each(client):
    page_with(*((name, block.get_preview_value()) for name, block in PROSE.child_blocks.items()))
    page = parse(client.get("/libre/")).main
    for selector, text in (
        ("h2", "Comment nous trouver ?"),
        ("figure figcaption", "Photo : Une photographe"),
        ("table thead th[scope=col]", "Jour"),
        ("details summary", "Faut-il un rendez-vous ?"),
    ):
        assert text in [words(thing) for thing in page.select(selector)], selector
    for selector in ("img[alt='Une rue vide']", "blockquote", "a[href='https://www.example.org/']", "ol.steps li"):
        assert page.select(selector), selector
    assert "(TXT, 5" in words(page.select_one("a[hreflang=ar]"))
    assert not page.select("[style]")


def test_quotation_marks_are_not_doubled():
    block = PROSE.child_blocks["quotation"]
    for typed in ("« Bonjour »", "«\xa0Bonjour\xa0»", '"Bonjour"', "Bonjour"):
        assert block.clean({"text": typed, "source": "Un document"})["text"] == "Bonjour"


def test_a_subheading_before_any_heading_is_refused():
    assert PROSE.clean(PROSE.to_python([{"type": "heading", "value": HEADING}, {"type": "heading", "value": SUBHEADING}]))
    with pytest.raises(ValidationError) as refusal:
        PROSE.clean(PROSE.to_python([{"type": "heading", "value": SUBHEADING}, {"type": "heading", "value": HEADING}]))
    assert "avant tout titre" in str(refusal.value.block_errors[0])


@pytest.mark.parametrize(
    ("page", "url", "valid"), [(True, "", True), (False, "https://a.example", True), (True, "https://a.example", False), (False, "", False)]
)
def test_a_button_leads_to_one_place(page, url, valid):
    value = CallBlock().to_python({"label": "Aller", "page": SitePage.objects.last().pk if page else None, "url": url})
    if valid:
        CallBlock().clean(value)
    else:
        with pytest.raises(ValidationError) as refusal:
            CallBlock().clean(value)
        assert "l’une des deux" in str(refusal.value.block_errors["page"])


def test_a_button_to_a_page_that_is_not_published_is_not_shown(client):
    target = page_with()
    HomePage.objects.get().add_child(
        instance=StandardPage(title="Autre", slug="autre", body=[("call", {"label": "Aller", "page": target, "url": ""})])
    )
    assert parse(client.get("/autre/")).select("a.button[href='/libre/']")
    target.unpublish()
    assert not parse(client.get("/autre/")).select("main a.button")


def test_rich_text_keeps_little_of_what_is_pasted(admin):
    """A title or a picture pasted from a word processor is removed from a text, even if a program posts it without the editor."""
    page = StandardPage(title="Une page libre", slug="libre")
    HomePage.objects.get().add_child(instance=page)
    title = {"key": "a", "text": "Un titre", "type": "header-two", "depth": 0, "inlineStyleRanges": [], "entityRanges": []}
    text = {**title, "key": "b", "text": "Un texte", "type": "unstyled"}
    body = streamfield([("paragraph", json.dumps({"blocks": [title, text], "entityMap": {}}))])
    data = nested_form_data({"title": page.title, "slug": "libre", "introduction": "", "nav_title": "", "body": body})
    assert admin("Publication").post(f"/admin/pages/{page.pk}/edit/", {**data, "action-publish": "1"}).status_code == 302
    page.refresh_from_db()
    assert words(BeautifulSoup(str(page.body), "lxml")) == "Un texte"


def test_people_are_shown_with_their_consent_only(client):
    photo = picture(size=(600, 800), description="Une personne")
    person = {"name": "Une personne", "role": "Son travail", "photo": photo.pk, "agrees": True}
    page = page_with({"type": "people", "value": [person, {**person, "name": "Une autre", "photo": None}]})
    shown = parse(client.get(page.url)).select(".people li")
    assert [words(each) for each in shown] == ["Une personneSon travail", "Une autreSon travail"]
    assert [bool(each.img) for each in shown] == [True, False]
    SiteImage.objects.filter(pk=photo.pk).update(people="recognisable", consent_until=date(2020, 1, 1))
    assert parse(client.get(page.url)).select_one(".people img") is None
    block = StandardPage.body.field.stream_block.child_blocks["people"]
    with pytest.raises(ValidationError):
        block.clean(block.to_python([{**person, "agrees": False}]))


def test_documents_have_title_and_date_and_the_newest_comes_first(client):
    files = [SiteDocument.objects.create(title="Fichier", file=ContentFile(b"texte", name=f"f{n}.txt")) for n in range(3)]
    entries = [
        {"title": f"Rapport {year}", "date": f"{year}-06-30", "file": file.pk} for year, file in zip((2024, 2026, 2025), files, strict=True)
    ]
    page = page_with({"type": "documents", "value": entries})
    shown = [words(each) for each in parse(client.get(page.url)).select(".documents li")]
    assert [line.split(" (")[0] for line in shown] == ["Télécharger Rapport 2026", "Télécharger Rapport 2025", "Télécharger Rapport 2024"]
    assert shown[0].endswith("Document du 30 juin 2026")
    files[1].delete()
    assert len(parse(client.get(page.url)).select(".documents li")) == 2


def test_the_day_of_a_document_is_read_as_people_write_it():
    day = PROSE.child_blocks["documents"].child_block.child_blocks["date"]
    assert day.clean("12 décembre 2026") == day.clean("12.12.2026") == date(2026, 12, 12)
    with pytest.raises(ValidationError, match="Par exemple : 12 décembre 2026"):
        day.clean("le 12")


def test_a_face_needs_a_consent_that_ends_within_two_years(client):
    block, today = PROSE.child_blocks["face"], timezone.localdate()
    value = {"name": "", "text": "Une phrase sur son travail."}
    for fields, said in (
        ({"people": "none"}, "avec une fin"),
        ({"consent_until": None}, "avec une fin"),
        ({"consent_until": today + timedelta(days=800)}, "deux ans au plus"),
    ):
        with pytest.raises(ValidationError) as refusal:
            block.clean(block.to_python({**value, "photo": portrait(**fields).pk}))
        assert said in str(refusal.value.block_errors["photo"])
    PROSE.clean_deferred(PROSE.to_python([{"type": "face", "value": {**value, "photo": None}}]))  # a draft
    assert block.get_searchable_content(block.to_python({**value, "photo": None})) == []
    block.clean(block.to_python({**value, "photo": portrait(consent_until=today + relativedelta(years=2)).pk}))
    photo = portrait(description="Une femme rit")
    block.clean(block.to_python({**value, "photo": photo.pk}))
    page = page_with({"type": "face", "value": {**value, "photo": photo.pk}})
    shown = parse(client.get(page.url))
    assert shown.select_one(".face img")["alt"] == "Une femme rit"
    assert "noimageindex" in {each["content"] for each in shown.select("meta[name=robots]")}
    SiteImage.objects.filter(pk=photo.pk).update(consent_until=today - timedelta(days=1))
    assert not parse(client.get(page.url)).select(".face")


def test_photos_stand_together_each_with_its_words_and_without_those_that_visitors_may_not_see(client):
    block, photos = PROSE.child_blocks["gallery"], gallery()
    for number in (2, 12):
        assert block.clean(block.to_python((photos * 4)[:number]))
    for number in (1, 13):
        with pytest.raises(ValidationError):
            block.clean(block.to_python((photos * 4)[:number]))
    gone = portrait(consent_until=timezone.localdate() - timedelta(days=1))
    page = page_with({"type": "gallery", "value": [*photos, {"photo": gone.pk, "text": "Une personne sourit."}]})
    figures = parse(client.get(page.url)).select(".gallery figure")
    assert [(figure.img["alt"], words(figure)) for figure in figures] == [("Une rue", "Ce que l’on voit ici.")] * 4
    assert block.get_searchable_content(block.to_python(photos)) == []
    for figure, size in zip(figures, ((4, 3), (3, 4), (3, 1), (1, 1)), strict=True):
        assert int(figure.img["width"]) / int(figure.img["height"]) == pytest.approx(size[0] / size[1], rel=0.02)
    assert "Un enfant ? Il faut l’accord écrit des deux parents." in block.meta.description


def test_a_page_without_a_face_says_nothing_of_pictures_to_search_engines(client):
    assert "noimageindex" not in client.get(page_with(("paragraph", "<p>Un texte</p>")).url).content.decode()


def test_the_about_page_shows_the_faces_of_its_parts_and_says_so(client):
    vocation = VocationPage.objects.get()
    vocation.body = [("face", {"photo": portrait(), "name": "", "text": "Une phrase."})]
    vocation.save()
    page = client.get("/qui-sommes-nous/").content.decode()
    assert 'class="face"' in page
    assert "noimageindex" in page
