"""What staff paste from a word processor or a mail into a text."""

import json
import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from pages.models import NewsIndexPage

pytestmark = [pytest.mark.browser, pytest.mark.exhaustive, pytest.mark.django_db(transaction=True)]

WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><meta name=Generator content="Microsoft Word 15"></head><body>
<p class=MsoNormal>Bonjour à tous,<o:p></o:p></p><h1>Fête de quartier<o:p></o:p></h1><p class=MsoNormal>Elle a lieu <b>samedi</b>.</p>
<ul><li>Un repas</li><li>Des jeux</li></ul>
<table class=MsoTableGrid border=1><tr><td><p>Heure</p></td><td><p>Quoi</p></td></tr><tr><td><p>14 h</p></td><td><p>Jeux</p></td></tr></table>
<p class=MsoNormal>À bientôt</p></body></html>"""
MAIL = """<div dir="ltr"><div>Bonjour,</div><div><br></div><div><div style="font-size:large">Fête de quartier</div><div>Elle a lieu samedi.</div></div>
<table><tbody><tr><td><div>Un lien : <a href="https://example.org/">le programme</a></div><div>À bientôt</div></td></tr></tbody></table></div>"""
PASTE = """([html, text]) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/html", html);
    clipboardData.setData("text/plain", text);
    const event = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
    document.querySelector(".public-DraftEditor-content").dispatchEvent(event);
}"""


@pytest.fixture
def paste(as_member):
    """Pastes into a new text, and returns its blocks."""
    page = as_member("Publication")
    site = page.url.split("/admin")[0]
    page.goto(f"{site}{reverse('wagtailadmin_pages:add', args=['pages', 'newspage', NewsIndexPage.objects.get().pk])}")
    page.locator(".c-sf-add-button").first.click()
    page.get_by_role("option", name="Texte").first.click()
    page.locator(".public-DraftEditor-content").first.click()

    def run(html):
        page.evaluate(PASTE, [html, "le texte seul"])
        expect(page.locator("input[name=body-0-value]")).to_have_value(re.compile("À bientôt|bient\\\\u00f4t"))
        return json.loads(page.locator("input[name=body-0-value]").input_value())

    return run


def get_lines(content):
    return [block["text"] for block in content["blocks"]]


def test_a_text_from_word_keeps_its_lines_and_its_table(paste):
    content = paste(WORD)
    assert get_lines(content) == [
        "Bonjour à tous,",
        "Fête de quartier",
        "Elle a lieu samedi.",
        "Un repas",
        "Des jeux",
        "Heure – Quoi",
        "14 h – Jeux",
        "À bientôt",
    ]
    assert [block["type"] for block in content["blocks"]][3:5] == ["unordered-list-item"] * 2
    assert [style["style"] for style in content["blocks"][1]["inlineStyleRanges"]] == ["BOLD"]


def test_a_mail_keeps_its_lines_and_its_links(paste):
    content = paste(MAIL)
    assert get_lines(content) == ["Bonjour,", "Fête de quartier", "Elle a lieu samedi.", "Un lien : le programme", "À bientôt"]
    assert [entity["data"]["url"] for entity in content["entityMap"].values()] == ["https://example.org/"]


def test_nothing_that_is_pasted_is_loaded(paste, page):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    paste(f'<div><img src="/admin/never.png"><p>Un texte</p></div>{MAIL}')
    assert not [url for url in asked if "never" in url]
    expect(page.get_by_text("L’image n’a pas été collée : ajoutez un bloc « Image ».")).to_be_visible()


def test_a_text_without_a_picture_says_nothing_of_pictures(paste, page):
    paste(MAIL)
    assert page.get_by_text("L’image n’a pas été collée").count() == 0
