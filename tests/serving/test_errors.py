"""Malformed requests get a plain French answer, never a 500."""

import errno

import pytest
from assertions import parse, words
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import InterfaceError, OperationalError, ProgrammingError
from django.template import Context, Template
from django.test import Client
from examples import png
from wagtail.models import get_page_models

from pages.models import ContactPage
from pages.visits.navigation import get_navigation

pytestmark = pytest.mark.django_db

ADDRESSES = [
    "/",
    "/qui-sommes-nous/",
    "/qui-sommes-nous/histoire/",
    "/travailler-a-la-regie/",
    "/plan-du-site/",
    "/chiffres-cles.csv",
    "/chiffres-cles.json",
    "/sitemap.xml",
    "/robots.txt",
    "/.well-known/security.txt",
]


@pytest.mark.parametrize(
    "address",
    ["/pas-de-page/", "/%00", "/qui-sommes-nous/%00/", "/media/%00", "/media/", "/media/..%2f..%2fmanage.py", "/documents/1/x.pdf"],
)
def test_an_unknown_address_says_so_in_french(client, address):
    response = client.get(address)
    assert response.status_code == 404
    assert "Cette page n’existe pas" in response.content.decode()


@pytest.mark.parametrize("start", ["/", "/media/", "/qui-sommes-nous/", "/documents/1/"])
def test_a_very_long_address_is_refused(client, start):
    assert 400 <= client.get(f"{start}{'a' * 10_000}/", follow=True).status_code < 500


def test_an_unknown_host_is_refused_in_french(client):
    response = client.get("/", headers={"host": "evil.example.com"})
    assert response.status_code == 400
    assert "Cette adresse n’est pas lisible" in response.content.decode()


@pytest.mark.parametrize("address", ADDRESSES)
def test_unused_parameters_are_ignored(client, address):
    without = client.get(address).content
    for query in ("x=%00", "x=" + "a" * 5000, "page=%F0%28", "%00=1", "utm_source=<script>"):
        assert client.get(f"{address}?{query}").content == without, query


@pytest.mark.postgresql
@pytest.mark.parametrize("cookie", ["sessionid=\x01\x02", "sessionid=" + "a" * 4000, "=;;=,", "csrftoken=é", 'a="'])
def test_a_malformed_cookie_is_ignored(client, cookie):
    for address in ("/", "/admin/login/"):
        assert client.get(address, headers={"cookie": cookie}).status_code == 200


@pytest.mark.parametrize("address", ADDRESSES)
def test_visitors_get_no_cookie_and_the_same_bytes(client, address):
    anonymous = client.get(address)
    assert not anonymous.cookies
    assert "Cookie" not in anonymous.get("Vary", "")
    member = Client()
    member.force_login(User.objects.create_user("lecteur"))  # staff get a link to the form of the page besides: test_opening.py
    assert member.get(address).content == anonymous.content


@pytest.mark.parametrize("method", ["post", "put", "delete"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_pages_are_read_and_nothing_else(client, address, method):
    assert getattr(client, method)(address).status_code == 405
    assert getattr(Client(enforce_csrf_checks=True), method)(address).status_code in {403, 405}


@pytest.mark.parametrize("page_type", [model for model in get_page_models() if model is not ContactPage], ids=lambda model: model.__name__)
def test_every_page_type_but_contact_refuses_a_post(client, page_type):
    """They need no check for forged posts, which `regie.serving.csrf` leaves to the contact form."""
    assert page_type.allowed_http_method_names() == ["GET", "HEAD", "OPTIONS"]
    page = page_type.objects.live().filter(depth__gt=1).exact_type(page_type).first()
    if page:
        assert client.post(page.url, {"text": "Bonjour"}).status_code == 405


def test_a_misspelt_page_type_in_a_template_is_an_error(rf):
    for wrong in ("navigation.unique.contactpag", "navigation.unique.contact_page"):
        with pytest.raises(LookupError):
            Template(f"{{% if {wrong} %}}x{{% endif %}}").render(Context({"navigation": get_navigation(rf.get("/"))}))


def test_a_failure_of_the_site_gets_a_page_that_stands_alone(client, monkeypatch):
    def fail(*args):
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr("pages.visits.navigation.get_main_pages", fail)
    client.raise_request_exception = False
    response = client.get("/")
    assert response.status_code == 500
    assert "Le site a rencontré un problème" in response.content.decode()
    assert "broken on purpose" not in response.content.decode()


def test_who_may_not_see_something_is_told_in_french(client, monkeypatch):
    def refuse(*args):
        raise PermissionDenied

    monkeypatch.setattr("pages.models.ContactPage.serve", refuse)
    response = client.get("/contact/")
    assert response.status_code == 403
    assert words(parse(response).h1) == "Vous n’avez pas accès à cette page"


def test_a_form_post_that_cannot_be_checked_is_refused_in_french():
    response = Client(enforce_csrf_checks=True).post("/admin/login/", {"username": "x", "password": "y"})
    assert response.status_code == 403
    assert "Votre envoi n’a pas pu être vérifié" in response.content.decode()


def test_pages_are_compressed(client):
    response = client.get("/", headers={"accept-encoding": "gzip"})
    assert response["Content-Encoding"] == "gzip"
    assert len(response.content) < len(client.get("/").content) / 2


def test_staff_are_told_that_the_disk_is_full(admin_client, monkeypatch):
    def fail(*args, **kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    admin_client.raise_request_exception = False
    monkeypatch.setattr("regie.operations.storage.WholeFileStorage._save", fail)
    picture = SimpleUploadedFile("a.png", png(9, 9))
    response = admin_client.post("/admin/images/multiple/add/", {"files[]": picture}, headers={"x-requested-with": "XMLHttpRequest"})
    assert (response.status_code, response.reason_phrase) == (507, "Le disque du serveur est plein")
    assert "Votre fichier n’est pas enregistré" in response.content.decode()


@pytest.mark.parametrize(("error", "status"), [(OperationalError, 503), (InterfaceError, 503), (ProgrammingError, 500)])
def test_a_database_that_is_away_is_no_fault_of_the_site(client, monkeypatch, error, status):
    def fail(*args, **kwargs):
        raise error("the database is away")

    client.raise_request_exception = False
    monkeypatch.setattr("django.db.backends.utils.CursorWrapper.execute", fail)
    response = client.get("/qui-sommes-nous/")
    assert response.status_code == status
    assert ("Le site est en pause" in response.content.decode()) is (status == 503)
    assert response.get("Retry-After") == ("60" if status == 503 else None)
