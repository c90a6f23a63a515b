"""The blocks of free prose: each shows an example in the admin, renders, and keeps its rules."""

import pytest
from django.core.exceptions import ValidationError
from examples import picture
from wagtail.models import Page

from pages.blocks import CallBlock, ProseBlock
from pages.models import HomePage, SiteDocument, StandardPage

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

PROSE = ProseBlock()
NAMES = list(PROSE.child_blocks)
HEADING = {"text": "Un titre", "level": "2"}
SUBHEADING = {"text": "Un sous-titre", "level": "3"}


@pytest.fixture(autouse=True)
def files():
    from django.core.files.base import ContentFile

    picture(credit="Une photographe", description="Une rue vide")
    SiteDocument.objects.create(title="Plan", file=ContentFile(b"texte", name="plan.txt"), language="ar")


@pytest.mark.parametrize("name", NAMES)
def test_a_block_says_in_french_what_it_is_and_shows_an_example(admin, name):
    block = PROSE.child_blocks[name]
    assert block.label != name.capitalize()
    assert block.meta.description.endswith(".")
    response = admin("Rédaction").get(f"/admin/block-preview/?id={block.definition_prefix}")
    assert response.status_code == 200
    body = response.content.decode().partition("<main")[2]
    assert len(body) > 200


def page_with(*body):
    page = StandardPage(title="Une page libre", slug="libre", body=list(body))
    HomePage.objects.get().add_child(instance=page)
    page.save_revision().publish()
    return page


def test_a_page_with_every_block_renders_each(client):
    page_with(*((name, block.get_preview_value()) for name, block in PROSE.child_blocks.items()))
    text = " ".join(client.get("/libre/").content.decode().split())
    for words in (
        "<h2>Comment nous trouver ?</h2>",
        'alt="Une rue vide"',
        "Photo : Une photographe",
        "<blockquote>",
        'href="https://www.example.org/"',
        'hreflang="ar"',
        "(TXT, 5",
        '<th scope="col">Jour</th>',
        "<summary>Faut-il un rendez-vous ?</summary>",
        '<ol class="steps">',
    ):
        assert words in text, words
    assert "style=" not in text


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
    value = CallBlock().to_python({"label": "Aller", "page": Page.objects.last().pk if page else None, "url": url})
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
    assert 'class="button" href="/libre/"' in client.get("/autre/").content.decode()
    target.unpublish()
    assert 'class="button"' not in client.get("/autre/").content.decode()


def test_rich_text_offers_little():
    from pages.blocks import ParagraphBlock

    assert ParagraphBlock().field.widget.features == ["bold", "italic", "link", "document-link", "ul", "ol"]
