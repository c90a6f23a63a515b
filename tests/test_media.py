"""Uploads: who may see them, and the headers that keep a file from acting as a page."""

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from examples import picture

from pages.models import SiteDocument, SiteImage

pytestmark = pytest.mark.django_db


def test_a_picture_is_served_with_its_own_safe_headers(client):
    image = picture()
    for address in (image.file.url, image.get_rendition("width-320|format-webp").url):
        response = client.get(address)
        assert response.status_code == 200
        assert response["Content-Type"].startswith("image/")
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert not response.get("Content-Disposition", "").startswith("attachment")


def test_a_file_that_is_no_picture_is_only_offered_as_a_download(client):
    default_storage.save("images/page.html", ContentFile(b"<script>alert(1)</script>"))
    default_storage.save("images/drawing.svg", ContentFile(b"<svg xmlns='http://www.w3.org/2000/svg'/>"))
    for name in ("page.html", "drawing.svg"):
        response = client.get(f"/media/images/{name}")
        assert response["Content-Disposition"] == "attachment"
        assert "sandbox" in response["Content-Security-Policy"]


def test_documents_go_through_wagtail_which_checks_who_may_read_them(client):
    document = SiteDocument.objects.create(title="Charte", file=ContentFile(b"texte", name="charte.txt"))
    assert client.get(document.file.url).status_code == 404
    for way_round in ("images/../", "/", "./", "images/..//", "Documents/../"):
        assert client.get(f"/media/{way_round}{document.file.name}").status_code == 404
    response = client.get(document.url)
    assert response.status_code == 200
    assert "attachment" in response["Content-Disposition"]


def test_a_picture_that_did_not_change_stays_a_picture(client):
    response = client.get(picture().file.url, headers={"if-modified-since": "Fri, 01 Jan 2100 00:00:00 GMT"})
    assert response.status_code == 304
    assert "Content-Disposition" not in response


def test_hidden_files_are_not_served(client):
    default_storage.save(".secret", ContentFile(b"secret"))
    default_storage.save("images/.secret", ContentFile(b"secret"))
    assert client.get("/media/.secret").status_code == client.get("/media/images/.secret").status_code == 404


def test_nothing_outside_the_media_folder_is_served(client, tmp_path):
    (tmp_path / "secret.txt").write_text("secret")
    for address in ("/media/../secret.txt", "/media/%2e%2e/secret.txt", "/media//../secret.txt", f"/media/{tmp_path}/secret.txt"):
        assert client.get(address).status_code == 404


def test_a_recognisable_person_needs_a_named_consent():
    from django.core.exceptions import ValidationError

    with pytest.raises(ValidationError, match="qui a donné son accord"):
        SiteImage(title="Portrait", people="recognisable").clean()
    SiteImage(title="Portrait", people="recognisable", consent_by="La personne").clean()
