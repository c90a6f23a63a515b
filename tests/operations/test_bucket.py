"""Uploads in a bucket of S3: the site serves them, copies contain them, and nothing is left on the machine."""

import urllib.request

import pytest
from botocore.exceptions import ClientError
from bucket_server import KEYS, BucketServer
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage, storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse
from examples import picture, png, rendition
from wagtail.models import Collection

from pages.models import SiteImage
from regie.operations import checks
from regie.operations.backups import get_local, make_backup

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def server():
    made = BucketServer()
    yield made
    made.stop()


@pytest.fixture(autouse=True)
def bucket(server, settings, monkeypatch, tmp_path):
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    settings.MEDIA_ROOT = tmp_path / "nothing"
    settings.S3_BUCKET, settings.S3_ENDPOINT = server.variables["S3_BUCKET"], server.address
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": "regie.operations.bucket.BucketStorage"}}
    storage = storages["default"]
    yield
    assert not settings.MEDIA_ROOT.exists() or not list(settings.MEDIA_ROOT.rglob("*"))
    for name in storage.list_all():
        storage.delete(name)


def test_an_upload_goes_to_the_bucket_and_the_site_serves_its_sizes(client, admin_client, server):
    form = {
        "title": "Une rue",
        "description": "Une rue",
        "file": SimpleUploadedFile("rue.png", png(800, 600)),
        "people": "none",
        "collection": Collection.objects.get().pk,
    }
    assert admin_client.post(reverse("wagtailimages:add"), form).status_code == 302
    image = SiteImage.objects.get()
    address = rendition(image).url
    assert address.startswith("/media/images/")
    response = client.get(address)
    content = b"".join(response)
    assert (response.status_code, response["Content-Type"]) == (200, "image/webp")
    assert client.get(address, headers={"if-modified-since": response["Last-Modified"]}).status_code == 304
    default_storage.delete(address.removeprefix("/media/"))
    assert b"".join(client.get(address)) == content  # made again
    assert client.get(f"/media/{image.file.name}").status_code == client.get("/media/images/nothing.webp").status_code == 404
    for name in default_storage.list_all():  # nobody may read the bucket beside the site
        with pytest.raises(urllib.error.HTTPError):
            urllib.request.urlopen(f"{server.address}/site/{name}")  # noqa: S310


def test_a_copy_contains_the_uploads_and_brings_them_back(quick_copies):
    image = picture()
    rendition(image)
    before = {name: default_storage.open(name).read() for name in default_storage.list_all()}
    assert len(before) == 2
    make_backup("backup")
    default_storage.delete(image.file.name)
    default_storage.save("documents/new.pdf", ContentFile(b"new"))
    (copy,) = get_local().get_backups()
    call_command("restore", copy.name, yes=True, verbosity=0)
    assert {name: default_storage.open(name).read() for name in default_storage.list_all()} == before


def test_an_upload_that_the_bucket_refuses_stops_the_copy(monkeypatch, tmp_path):
    """Taken for one that was deleted meanwhile, it would be missing in silence."""
    default_storage.save("original_images/a.png", ContentFile(b"a"))
    with pytest.raises(FileNotFoundError):
        default_storage.copy_to(tmp_path / "b.png", "original_images/b.png")

    def refuse(*args, **kwargs):
        raise ClientError({"ResponseMetadata": {"HTTPStatusCode": 403}, "Error": {}}, "GetObject")

    monkeypatch.setattr(storages["default"].bucket, "download_file", refuse)
    with pytest.raises(ClientError):
        make_backup("backup")


def test_folders_that_a_console_makes_are_no_uploads():
    storages["default"].bucket.put_object(Key="images/")
    assert default_storage.list_all() == []
    storages["default"].delete("images/")


def test_a_bucket_that_is_away_is_a_fault(settings):
    assert checks.check_uploads() == []
    settings.S3_ENDPOINT = "http://127.0.0.1:9"
    settings.STORAGES = dict(settings.STORAGES)  # made anew
    assert [each.id for each in checks.check_uploads()] == ["pages.E003"]
