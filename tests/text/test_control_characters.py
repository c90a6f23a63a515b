"""What staff type or paste has no control characters once it is stored: no feed and no download ends with an error."""

import csv
import io
import json

import pytest
from assertions import filled, parse
from django.apps import apps
from django.db import models
from django.urls import reverse
from edit_forms import snippet
from examples import event, fill_organisation, news, offer, picture
from lxml import etree
from openpyxl import load_workbook
from wagtail.models import PageLogEntry

from pages.models import GlossaryTerm, Message, NewsIndexPage, NewsPage, Organisation

pytestmark = pytest.mark.django_db

BAD = "\x01\x0b\ufffe"


def spoil(client, address):
    """Posts a form with the characters in the middle of each text in it, but for numbers, days and what else has a form of its own."""
    answer = client.get(address)
    fields = filled(answer) | dict.fromkeys(("body-count", "application-count", "action-publish"), "0")
    texts = {element["name"] for element in parse(answer).select("form[data-edit-form] :is(input[type=text], textarea)")}
    spoilt = {name: f"Un{BAD}mot {fields[name]}" for name in texts & set(fields) - {"slug", "go_live_at"} if "__prefix__" not in name}
    while (answer := client.post(address, fields | spoilt)).status_code == 200:
        wrong = set(answer.context["form"].errors)
        assert wrong & set(spoilt), wrong
        spoilt = {name: text for name, text in spoilt.items() if name not in wrong}
    return spoilt


def stored_texts():
    for model in apps.get_app_config("pages").get_models():
        names = [field.name for field in model._meta.fields if isinstance(field, models.CharField | models.TextField)]
        for row in model.objects.values(*names):
            yield from ((model.__name__, name, str(value)) for name, value in row.items())


@pytest.fixture
def spoilt(admin):
    fill_organisation()
    Organisation.objects.update(vat_number="")
    client = admin("Publication")
    pages = [event("Une fête"), news("Un repas"), offer("Un poste"), NewsIndexPage.objects.get()]
    addresses = [reverse("wagtailadmin_pages:edit", args=[page.pk]) for page in pages]
    addresses += [snippet("organisation"), snippet("glossaryterm", GlossaryTerm.objects.first().pk)]
    for address in addresses:
        assert len(spoil(client, address)) > 1, address
    return client


def test_nothing_that_is_stored_has_them(spoilt):
    assert [text for text in stored_texts() if set(BAD) & set(text[2])] == []
    assert NewsPage.objects.get().title.startswith("Un mot")  # a line break of Word is a space


def test_a_pasted_paragraph_has_none(admin):
    client, page = admin("Publication"), news("Un repas")
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    block = {"key": "a", "text": f"Un{BAD}mot", "type": "unstyled", "depth": 0, "inlineStyleRanges": [], "entityRanges": []}
    text = json.dumps({"blocks": [block], "entityMap": {}})
    posted = {
        "body-count": "1",
        "body-0-type": "paragraph",
        "body-0-order": "0",
        "body-0-deleted": "",
        "body-0-id": "",
        "body-0-value": text,
    }
    assert client.post(address, filled(client.get(address)) | posted | {"action-publish": "1"}).status_code == 302
    stored = NewsPage.objects.get().body[0].value.source
    assert "Un mot" in stored
    assert not set(BAD) & set(stored)


def test_the_words_of_a_picture_have_none(admin):
    client, page, image = admin("Publication"), news("Un repas"), picture()
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    block = {"body-count": "1", "body-0-type": "picture", "body-0-order": "0", "body-0-deleted": "", "body-0-id": ""}
    posted = block | {"body-0-value-image": str(image.pk), "body-0-value-alt_text": f"Un{BAD}mot", "action-publish": "1"}
    assert client.post(address, filled(client.get(address)) | posted | {"body-0-value-alt_text": "\u200b"}).status_code == 200
    assert client.post(address, filled(client.get(address)) | posted).status_code == 302
    assert NewsPage.objects.get().body[0].value.contextual_alt_text == "Un mot"


@pytest.mark.parametrize("text", ["\u200b \u200b", "\u2060\u00a0\u2060", "\u0080"])
def test_a_text_of_what_nobody_sees_is_no_text(admin, client, text):
    staff, page = admin("Publication"), news("Un repas")
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    answer = staff.post(address, filled(staff.get(address)) | {"title": text, "body-count": "0", "action-publish": "1"})
    assert answer.status_code == 200
    assert "title" in answer.context["form"].errors
    assert client.post("/contact/", {"subject": "autre", "text": text * 3, "email": f"a@example.org {text}"}).status_code == 422
    assert client.post("/contact/", {"subject": "autre", "text": "Bonjour.", "email": f"a@example.org {text}"}).status_code == 303


def test_a_table_has_none(admin):
    client, page = admin("Publication"), news("Un repas")
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    cell = {"cell-0-0": f"Mar{BAD}di"}
    column = {"column-0-type": "text", "column-0-order": "0", "column-0-deleted": "", "column-0-heading": f"Jo{BAD}ur"}
    row = {"row-count": "1", "row-0-order": "0", "row-0-deleted": ""}
    table = {"caption": f"Hor{BAD}aires", "column-count": "1"} | column | row | cell
    block = {"body-count": "1", "body-0-type": "table", "body-0-order": "0", "body-0-deleted": "", "body-0-id": ""}
    posted = block | {f"body-0-value-{name}": text for name, text in table.items()}
    assert client.post(address, filled(client.get(address)) | posted | {"action-publish": "1"}).status_code == 302
    stored = NewsPage.objects.get().body[0].value
    texts = [stored.caption, stored.columns[0]["heading"], *next(iter(stored.rows)).__iter__()]
    assert not set(BAD) & set("".join(map(str, texts)))
    assert stored.caption == "Hor aires"


def test_what_was_stored_before_can_be_downloaded(admin):
    news("Un repas").save_revision(log_action=True)
    PageLogEntry.objects.update(label="\x01=mot")
    client = admin("Publication")
    answer = client.get(exports()[0], {"export": "xlsx"})
    assert "'=mot" in str(list(load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active.values))
    assert "\"'=mot" in b"".join(client.get(exports()[0], {"export": "csv"}).streaming_content).decode()


FEEDS = ["/actualites.atom", "/sitemap.xml"]


@pytest.mark.parametrize("address", FEEDS)
def test_feeds_can_be_read(spoilt, client, address):
    assert "Un mot" in "".join(etree.fromstring(client.get(address).content).itertext()) or address == "/sitemap.xml"


@pytest.mark.parametrize("address", ["/agenda.ics", "/agenda/une-fete/", "/recherche/?q=mot", "/"])
def test_other_outlets_answer(spoilt, client, address):
    assert client.get(address, follow=True).status_code == 200


def exports():
    return [reverse(name) for name in ("wagtailadmin_reports:site_history", "wagtailadmin_reports:aging_pages", "message:index")]


@pytest.mark.parametrize("number", range(len(exports())))
def test_downloads_can_be_opened_and_run_no_formula(spoilt, number):
    """As a French spreadsheet program reads them: a mark of UTF-8, and semicolons."""
    Message.objects.create(subject="autre", name="=1+1", text="Bonjour.")
    news("=1+1").save_revision(log_action=True).publish()
    address = exports()[number]
    sheet = load_workbook(io.BytesIO(b"".join(spoilt.get(address, {"export": "xlsx"}).streaming_content))).active
    content = b"".join(spoilt.get(address, {"export": "csv"}).streaming_content)
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    assert len(rows) == sheet.max_row > 1
    assert {len(row) for row in rows} == {sheet.max_column}
    assert any("'=1+1" in cell for row in rows for cell in row)
    assert not any(cell.startswith("=") for row in rows for cell in row)


@pytest.mark.parametrize("address", ["/admin/pages/?q=%00", "/admin/images/?q=a%00b", "/admin/bulk/pages/sitepage/publish/?id=%00"])
def test_a_nul_in_an_address_of_the_admin_is_refused(admin, address):
    assert admin("Publication").get(address).status_code == 400


def test_a_nul_in_a_cookie_of_the_admin_is_refused(client):
    assert client.get("/admin/", headers={"cookie": r'sessionid="\000\000"'}).status_code == 400
