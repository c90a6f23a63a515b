"""What staff have typed, or chosen, outlives the end of their session and a form that is refused."""

from datetime import timedelta

import pytest
from assertions import filled, parse, words
from bs4 import BeautifulSoup
from django.conf import settings
from django.contrib.auth.models import User
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from examples import PASSWORD, flat
from wagtail.documents import get_document_model
from wagtail.models import UploadedFile

from pages.models import ContactPage, KeyFigure, Message, SiteImage

pytestmark = pytest.mark.django_db

JSON = {"accept": "application/json"}
ORIGIN = {"origin": "http://testserver"}
PING = reverse("session_ping")
SCRIPT = {"x-requested-with": "XMLHttpRequest"}


@pytest.fixture
def lea(admin):
    """A browser of a member of the staff, which checks forms as the server does."""
    admin("Publication")
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.get())
    return client


def make_message():
    return reverse("message:edit", args=[Message.objects.create(subject="autre", text="Bonjour.", email="a@example.org").pk])


WHERE = {
    "page": (lambda: reverse("wagtailadmin_pages:edit", args=[ContactPage.objects.get().pk]), "introduction"),
    "figure": (lambda: reverse("wagtailsnippets_pages_keyfigure:edit", args=[KeyFigure.objects.first().pk]), "explanation"),
    "message": (make_message, "note"),
}
STORED = {
    "page": lambda: ContactPage.objects.get().get_latest_revision_as_object().introduction,
    "figure": lambda: KeyFigure.objects.first().explanation,
    "message": lambda: Message.objects.get().note,
}


@pytest.mark.parametrize("kind", WHERE)
def test_what_is_sent_after_the_end_of_a_session_is_saved_after_the_next_login(lea, kind):
    address, name = WHERE[kind]
    address = address()
    fields = filled(lea.get(address)) | {name: "« Texte » de <Léa>\nen deux lignes"}
    lea.cookies.pop("sessionid")
    answer = lea.post(address, fields, headers=ORIGIN)
    page = parse(answer)
    assert answer.status_code == 403
    assert "Votre session est finie. Ce que vous avez écrit est gardé dans cette page" in words(page.main)
    assert page.select_one("main a[target=_blank]")["href"] == reverse("wagtailadmin_login")
    form = page.select_one("main form")
    assert not form.has_attr("action")
    kept = {field["name"]: field["value"] for field in form.select("input[type=hidden]")}
    assert kept == fields
    # In another tab, which changes the token of the forms that are open.
    login = filled_login(lea)
    assert lea.post(reverse("wagtailadmin_login"), login, headers=ORIGIN).status_code == 302
    assert lea.post(address, kept, headers=ORIGIN).status_code == 302
    assert STORED[kind]().replace("\r\n", "\n") == "« Texte » de <Léa>\nen deux lignes"


def filled_login(client):
    page = parse(client.get(reverse("wagtailadmin_login")))
    return {"csrfmiddlewaretoken": page.select_one("[name=csrfmiddlewaretoken]")["value"], "username": "publication", "password": PASSWORD}


@pytest.mark.parametrize("headers", [ORIGIN, {}])
def test_the_words_of_a_form_with_a_file_come_back(lea, headers):
    add = reverse("wagtailimages:add")
    fields = filled_page(lea.get(add)) | {"title": "Une « rue »", "people": "none"}
    lea.cookies.pop("sessionid")
    page = parse(lea.post(add, fields | {"file": picture()}, headers=headers))
    assert page.select_one("main input[name=title]")["value"] == "Une « rue »"
    assert "Un fichier choisi n’est pas gardé" in words(page.main)


def test_an_autosave_after_the_end_of_a_session_says_so(lea):
    address, fields = WHERE["page"][0](), {"introduction": "x"}
    lea.cookies.pop("sessionid")
    answer = lea.post(address, fields, headers=JSON | ORIGIN)
    assert (answer.status_code, answer.json()["success"]) == (403, False)
    assert "Votre session est finie." in answer.json()["error_message"]


@pytest.mark.parametrize("path", ["login/", "account/", "users/new/", "logout/"])
def test_forms_with_passwords_are_never_shown_again(client, path):
    answer = client.post(f"/admin/{path}", {"password": "secret-de-lea", "username": "lea"})
    assert "secret-de-lea" not in answer.content.decode()
    assert answer.status_code in {200, 302}


def test_what_another_site_sends_is_not_shown_again(client):
    answer = client.post(WHERE["page"][0](), {"introduction": "x"}, headers={"origin": "https://ailleurs.example"})
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, reverse("wagtailadmin_login"))


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, 403),
        ({"origin": "http://testserver"}, 302),
        ({"origin": "null"}, 403),
        ({"origin": "https://ailleurs.example"}, 403),
        ({"origin": "http://testserver.ailleurs.example"}, 403),
        ({"origin": "http://testserver:81"}, 403),
        ({"origin": "https://ailleurs.example", "host": "ailleurs.example"}, 400),
    ],
)
def test_a_form_needs_a_token_unless_the_browser_names_this_site(lea, headers, code):
    address = WHERE["figure"][0]()
    fields = filled(lea.get(address)) | {"csrfmiddlewaretoken": "a" * 64, "explanation": "Autre"}
    answer = lea.post(address, fields, headers=headers)
    assert answer.status_code == code
    assert (STORED["figure"]() == "Autre") is (code == 302)


def test_open_forms_ask_whether_the_session_lasts_and_do_not_prolong_it(lea, time_machine):
    time_machine.move_to(timezone.now())
    script = parse(lea.get(WHERE["page"][0]())).select_one("script[data-ping]")
    assert (script["data-ping"], script["data-login"]) == (PING, reverse("wagtailadmin_login"))
    for _ in range(3):
        assert lea.get(PING, headers=SCRIPT).status_code == 204
        time_machine.shift(timedelta(seconds=settings.SESSION_COOKIE_AGE / 2 - 600))
    assert lea.get(PING, headers=SCRIPT).status_code == 403


# Files


def filled_page(answer):
    fields = parse(answer).select("main form [name]")
    return {field["name"]: field.get("value") or "" for field in fields if field.get("type") != "file"}


def picture(name="photo.png"):
    return SimpleUploadedFile(name, flat("PNG", (40, 30)))


@pytest.mark.parametrize("group", ["Publication", "Rédaction"])
def test_a_refused_form_keeps_the_chosen_picture(admin, group):
    client, add = admin(group), reverse("wagtailimages:add")
    fields = filled_page(client.get(add)) | {"title": "Une rue"}
    refused = client.post(add, fields | {"people": "", "file": picture()})
    assert "people" in refused.context["form"].errors
    assert "Le fichier « photo.png » est gardé" in words(parse(refused).main)
    assert not parse(refused).select_one("[name=file]").has_attr("required")
    again = filled_page(refused) | {"title": "Une rue", "people": "none"}
    assert client.post(add, again).status_code == 302
    image = SiteImage.objects.get()
    assert (image.title, image.width, image.height) == ("Une rue", 40, 30)
    assert not UploadedFile.objects.exists()
    assert default_storage.listdir("wagtail_uploads")[1] == []


def test_another_file_takes_the_place_of_the_kept_one(admin):
    client, add = admin("Publication"), reverse("wagtailimages:add")
    refused = client.post(add, filled_page(client.get(add)) | {"title": "Une rue", "people": "", "file": picture()})
    other = SimpleUploadedFile("autre.png", flat("PNG", (50, 50)))
    again = client.post(add, filled_page(refused) | {"people": "", "file": other})
    again = client.post(add, filled_page(again) | {"people": ""})
    assert len(default_storage.listdir("wagtail_uploads")[1]) == UploadedFile.objects.count() == 1
    assert "« autre.png » est gardé" in words(parse(again).main)
    client.post(add, filled_page(again) | {"people": "none"})
    assert SiteImage.objects.get().width == 50


def test_a_file_that_another_account_has_sent_is_not_used(admin, staff):
    client, add = admin("Publication"), reverse("wagtailimages:add")
    client.post(add, filled_page(client.get(add)) | {"title": "Une rue", "people": "", "file": picture()})
    kept = UploadedFile.objects.get().pk
    client.force_login(staff("Rédaction"))
    for number in (kept, "9" * 30, "9" * 5000, "x", "-1"):
        answer = client.post(add, filled_page(client.get(add)) | {"title": "Une rue", "people": "none", "chosen_file": number})
        assert "file" in answer.context["form"].errors
    assert not SiteImage.objects.exists()


def test_a_chosen_file_that_is_gone_is_asked_for_again(admin):
    client, add = admin("Publication"), reverse("wagtailimages:add")
    refused = client.post(add, filled_page(client.get(add)) | {"title": "Une rue", "people": "", "file": picture()})
    default_storage.delete(UploadedFile.objects.get().file.name)
    answer = client.post(add, filled_page(refused) | {"people": "none"})
    assert "file" in answer.context["form"].errors
    assert filled_page(answer)["title"] == "Une rue"


def test_a_damaged_picture_is_not_kept(admin):
    client, add = admin("Publication"), reverse("wagtailimages:add")
    damaged = SimpleUploadedFile("photo.png", flat("PNG", (40, 30))[:60])
    answer = client.post(add, filled_page(client.get(add)) | {"title": "", "people": "", "file": damaged})
    assert "est gardé" not in answer.content.decode()
    assert not UploadedFile.objects.exists()


def test_a_new_file_of_a_picture_is_kept_while_its_form_is_refused(admin):
    client = admin("Publication")
    image = SiteImage.objects.create(title="Une rue", file=picture("vieille.png"), people="none")
    edit = reverse("wagtailimages:edit", args=[image.pk])
    other = SimpleUploadedFile("neuve.png", flat("PNG", (50, 50)))
    refused = client.post(edit, filled_page(client.get(edit)) | {"title": "", "people": "none", "file": other})
    assert "« neuve.png » est gardé" in words(parse(refused).main)
    assert client.post(edit, filled_page(refused) | {"title": "La rue", "people": "none"}).status_code == 302
    image.refresh_from_db()
    assert (image.title, image.width) == ("La rue", 50)


def test_a_refused_form_keeps_the_chosen_document(admin):
    client, add = admin("Publication"), reverse("wagtaildocs:add")
    document = SimpleUploadedFile("statuts.pdf", b"%PDF-1.4 content")
    refused = client.post(add, filled_page(client.get(add)) | {"title": "", "file": document})
    assert "« statuts.pdf » est gardé" in words(parse(refused).main)
    assert client.post(add, filled_page(refused) | {"title": "Statuts"}).status_code == 302
    stored = get_document_model().objects.get()
    assert (stored.title, stored.file.read()) == ("Statuts", b"%PDF-1.4 content")


def test_the_chooser_of_a_page_keeps_the_chosen_picture(admin):
    client, create = admin("Publication"), reverse("wagtailimages_chooser:create")
    fields = {"image-chooser-upload-title": "Une rue", "image-chooser-upload-people": "", "image-chooser-upload-chosen_file": ""}
    refused = client.post(create, fields | {"image-chooser-upload-file": picture()}, headers=SCRIPT).json()
    assert "« photo.png » est gardé" in refused["htmlFragment"]
    kept = BeautifulSoup(refused["htmlFragment"], "lxml").select_one("[name=image-chooser-upload-chosen_file]")["value"]
    again = fields | {"image-chooser-upload-people": "none", "image-chooser-upload-chosen_file": kept}
    assert client.post(create, again, headers=SCRIPT).json()["step"] in {"chosen", "select_format"}
    assert SiteImage.objects.get().title == "Une rue"
