"""Uploads: who may see them, and the headers that keep a file from acting as a page."""

import re
import resource
import subprocess
import sys
import zlib
from contextlib import ExitStack
from datetime import date
from hashlib import sha1
from io import BytesIO
from pathlib import Path

import pillow_heif
import pytest
import time_machine
from assertions import links, parse, words
from cached_site import CachedSite
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from examples import flat, news, picture, png, rendition
from PIL import Image as PillowImage
from PIL import ImageChops, ImageCms, ImageOps
from wagtail.images.forms import get_image_form
from wagtail.models import Collection, CollectionViewRestriction, UploadedFile

from pages.media.decoder import DAMAGED, RefusedError, prepare
from pages.media.files import RefusedPictureError, places
from pages.media.files import prepare as prepare_apart
from pages.models import SiteDocument, SiteImage

pytestmark = pytest.mark.django_db


def test_a_rendition_is_served_with_its_own_safe_headers(client):
    response = client.get(rendition(picture()).url)
    assert response.status_code == 200
    assert response["Content-Type"].startswith("image/")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Cache-Control"] == "public, max-age=3600, s-maxage=1"
    assert not response.get("Content-Disposition", "").startswith("attachment")


def test_a_rendition_that_was_lost_is_made_again(client):
    image = picture()
    url, file = rendition(image).url, Path(rendition(image).file.path)
    before = file.read_bytes()
    file.unlink()
    assert b"".join(client.get(url)) == before
    file.unlink()
    Path(image.file.path).write_bytes(b"cut off")
    assert client.get(url).status_code == 404
    assert client.get("/media/images/nothing.webp").status_code == 404


def test_originals_parked_uploads_and_strange_files_are_not_served(client, admin_client):
    """They are not public yet: not even staff get the original, as they see renditions."""
    strange = ("wagtail_uploads/photo.jpg", "photo.jpg", "avatar_images/photo.jpg", "imagesque/photo.jpg")
    ways = [picture().file.name, *(default_storage.save(name, ContentFile(b"content")) for name in strange)]
    for way in [*ways, *(f"{before}{ways[0]}" for before in ("images/../", "private/images/../../", "./", "//"))]:
        assert client.get(f"/media/{way}").status_code == admin_client.get(f"/media/{way}").status_code == 404, way


@pytest.mark.parametrize(("name", "shown"), [("a.png", True), ("a.html", False), ("a.svg", False)])
def test_what_is_no_picture_is_a_download(client, name, shown):
    default_storage.save(f"images/{name}", ContentFile(b"<script>alert(1)</script>"))
    response = client.get(f"/media/images/{name}")
    assert (response.status_code, response["Content-Security-Policy"]) == (200, "default-src 'none'; sandbox")
    assert response.get("Content-Disposition", "").startswith("attachment") is not shown


def make_private(images):
    """Moves the `images` to a private collection as the admin does: in bulk, without a signal."""
    collection = Collection.get_first_root_node().add_child(name="Privé")
    restriction = CollectionViewRestriction.objects.create(collection=collection, restriction_type="groups")
    restriction.groups.add(Group.objects.create(name="Conseil"))
    images.update(collection=collection)


def files():
    """The folders of renditions that have files."""
    return {path.parent.relative_to(settings.MEDIA_ROOT).as_posix() for path in Path(settings.MEDIA_ROOT).rglob("*.webp")}


def test_pictures_of_a_private_collection_are_for_staff(client, admin, django_capture_on_commit_callbacks):
    image = picture(size=(1600, 1200), credit="Une photographe", description="Une rue")
    body = [("picture", {"image": image, "decorative": False, "alt_text": "Une rue"})]
    article = news(picture=image, body=body)
    share = re.search(r'og:image" content="[^"]*(/media/[^"]*)', client.get(article.url).content.decode())[1]
    addresses = [rendition(image).url, share]
    assert {client.get(address).status_code for address in addresses} == {200}
    assert files() == {"images"}
    make_private(SiteImage.objects.filter(pk=image.pk))
    for page in (article.url, "/actualites/", "/"):
        text = client.get(page).content.decode()
        assert "/media/" not in text
        assert "Une photographe" not in text
    with django_capture_on_commit_callbacks(execute=True):
        call_command("run_due")
    member = admin("Rédaction")
    assert files() == set()
    assert {member.get(address).status_code for address in addresses} == {404}
    address = rendition(SiteImage.objects.get()).url
    assert files() == {"private/images"}
    response = member.get(address)
    assert (response.status_code, response["Cache-Control"]) == (200, "private, no-store")
    stranger = Client()
    stranger.force_login(User.objects.create_user("sans-acces"))
    assert stranger.get(address).status_code == Client().get(address).status_code == 404
    SiteImage.objects.update(collection=Collection.get_first_root_node())
    with django_capture_on_commit_callbacks(execute=True):
        call_command("run_due")
    assert Client().get(rendition(SiteImage.objects.get()).url).status_code == 200
    assert files() == {"images"}


@pytest.mark.postgresql
def test_an_upload_to_a_private_collection_has_no_public_size(admin_client):
    """Wagtail shows the new picture with the instance that it has just stored."""
    make_private(SiteImage.objects.none())
    image = picture(collection=Collection.objects.get(name="Privé"))
    assert rendition(image).url.startswith("/media/private/images/")


@pytest.mark.django_db(transaction=True)
def test_a_worker_deletes_the_sizes_of_a_picture_as_soon_as_it_knows_that_it_is_private():
    visitor = CachedSite()
    address = rendition(picture()).url
    visitor.read_state()
    assert visitor.get(address).status == 200
    make_private(SiteImage.objects.all())
    visitor.read_state()
    assert visitor.get(address).status == 404
    assert files() == set()


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_many_first_visitors_of_a_picture_make_one_rendition(at_once):
    image = picture()
    at_once(6, lambda: SiteImage.objects.get(pk=image.pk).get_rendition("width-320|format-webp"))
    assert len(list(Path(settings.MEDIA_ROOT).rglob("*.webp"))) == image.renditions.count() == 1


def test_files_are_read_and_nothing_else(client):
    address = rendition(picture()).url
    assert {getattr(client, method)(address).status_code for method in ("post", "put", "delete")} == {405}


def test_documents_go_through_wagtail_which_checks_who_may_read_them(client):
    document = SiteDocument.objects.create(title="Charte", file=ContentFile(b"texte", name="charte.txt"))
    assert client.get(document.file.url).status_code == 404
    for way_round in ("images/../", "/", "./", "images/..//", "Documents/../"):
        assert client.get(f"/media/{way_round}{document.file.name}").status_code == 404
    response = client.get(document.url)
    assert response.status_code == 200
    assert "attachment" in response["Content-Disposition"]
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Cache-Control"] == "public, max-age=3600, s-maxage=1"
    assert "Content-Encoding" not in response
    CollectionViewRestriction.objects.create(collection=document.collection, restriction_type="login")
    assert client.get(document.url).status_code == 302
    client.force_login(User.objects.create_user("membre"))
    assert client.get(document.url)["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("address", ["/_util/authenticate_with_password/1/1/", "/documents/authenticate_with_password/1/"])
def test_there_are_no_forms_for_shared_passwords_and_one_form_to_log_in(client, address):
    assert client.get(address).status_code == client.post(address).status_code == 404
    assert client.get("/_util/login/").headers["location"] == "/admin/login/"


def test_a_picture_that_did_not_change_stays_a_picture(client):
    response = client.get(rendition(picture()).url, headers={"if-modified-since": "Fri, 01 Jan 2100 00:00:00 GMT"})
    assert response.status_code == 304
    assert "Content-Disposition" not in response


@pytest.mark.parametrize("name", ["a" * 300, "a/" * 300, "%00", ".."])
def test_a_name_that_no_file_can_have_is_not_found(client, admin_client, name):
    for folder in ("", "images/", "private/"):
        for visitor in (client, admin_client):
            assert visitor.get(f"/media/{folder}{name}").status_code == 404


def test_nothing_outside_the_media_folder_is_served(client, tmp_path):
    (tmp_path / "secret.txt").write_text("secret")
    for address in ("/media/../secret.txt", "/media/%2e%2e/secret.txt", "/media//../secret.txt", f"/media/{tmp_path}/secret.txt"):
        assert client.get(address).status_code == 404


CONSENT = {"people": "recognisable", "consent_by": "La personne", "consent_on": date(2026, 1, 31)}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"consent_by": ""}, "qui a donné son accord"),
        ({"consent_on": None}, "jour où l’accord a été signé"),
        ({"consent_on": date(2100, 1, 1)}, "pas encore venu"),
        ({"consent_until": date(2026, 1, 29)}, "avant d’être signé"),
        ({"consent_for": "les affiches"}, "ne dit pas"),
    ],
)
def test_a_recognisable_person_needs_a_consent_with_name_and_day(wrong, said):
    SiteImage(title="Portrait", **CONSENT, consent_until=date(2026, 1, 30)).clean()  # signed and withdrawn on one day
    with pytest.raises(ValidationError, match=said):
        SiteImage(title="Portrait", **CONSENT | wrong).clean()


def test_all_that_is_wrong_with_a_consent_is_said_at_once():
    with pytest.raises(ValidationError) as refused:
        SiteImage(title="Portrait", people="recognisable", consent_for="").clean()
    assert set(refused.value.message_dict) == {"consent_by", "consent_on", "consent_for"}


def test_a_picture_leaves_the_site_on_the_day_after_its_consent(client, admin_client, django_capture_on_commit_callbacks):
    image = picture(size=(1600, 1200), credit="Une photographe", description="Une rue", **CONSENT, consent_until=date(2026, 12, 31))
    body = [("picture", {"image": image, "decorative": False, "alt_text": "Une rue"})]
    article = news(picture=image, body=body)
    pages = (article.url, "/actualites/", "/", "/actualites.atom")
    with time_machine.travel("2026-12-31 22:59Z"):  # a minute before midnight in Belfort
        text = "".join(client.get(page).content.decode() for page in pages)
        addresses = {rendition(image).url, *re.findall(r'/media/[^" ]+', text)}
        assert "Une photographe" in text
        assert len(addresses) > 4
        assert {client.get(address).status_code for address in addresses} == {200}
    with time_machine.travel("2026-12-31 23:01Z"):
        text = "".join(client.get(page).content.decode() for page in pages)
        assert "/media/" not in text
        assert "Une photographe" not in text
        with django_capture_on_commit_callbacks(execute=True):
            call_command("run_due")
        assert {client.get(address).status_code for address in addresses} == {404}
        assert files() == set()
        admin_client.force_login(User.objects.get(username="admin"))
        assert admin_client.get(rendition(SiteImage.objects.get()).url).status_code == 200


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"consent_until": date(2026, 10, 1)}, "l’accord est fini"),
        ({"consent_until": date(2026, 12, 24)}, "l’accord finit le 24 décembre 2026"),
        ({"consent_until": date(2026, 12, 31)}, ""),
        ({"consent_on": date(2023, 12, 24)}, "l’accord date du 24 décembre 2023, sans fin"),
        ({"consent_on": date(2023, 12, 31)}, ""),
        ({"people": "none", "consent_until": date(2026, 10, 1)}, ""),
        ({"consent_on": None}, "n’est pas écrit"),
    ],
)
def test_staff_are_told_a_month_before_a_consent_ends_and_after_three_years_without_end(admin, fields, said):
    image = picture("Portrait", **CONSENT | fields)
    with time_machine.travel("2026-11-26 12:00Z"):
        panel = parse(admin("Publication").get("/admin/")).main
    assert ("« Portrait »" in words(panel)) is bool(said)
    assert said in words(panel)
    assert (reverse("wagtailimages:edit", args=[image.pk]) in [address for _, address in links(panel)]) is bool(said)


PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
DEVICE, AUTHOR, PLACE = "AcmePhone", "Anne Photographe", 0x8825
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF><exif:GPSLatitude>47,38N</exif:GPSLatitude></rdf:RDF></x:xmpmeta>'
LOSS = 40  # of 255, of a value that is compressed anew
pillow_heif.register_heif_opener()


def stored_as(data):
    """The bytes that are stored of a picture; `prepare` runs in this process, where a test has no need of the other one."""
    return prepare(data)[1]


def photograph(form, orientation=1, author=AUTHOR, size=(60, 40)):
    """The bytes of a file as a phone makes it: with place, device, author and colour profile."""
    exif = PillowImage.Exif()
    exif[0x010F], exif[0x0112] = DEVICE, orientation
    if author:
        exif[0x013B] = author
    exif.get_ifd(PLACE)[2] = (47.0, 38.0, 15.0)
    noise, file = PillowImage.effect_noise(size, 80).convert("RGB"), BytesIO()
    options = {"exif": exif, "icc_profile": PROFILE, "xmp": XMP, "quality": 90}
    if form == "MPO":
        options |= {"save_all": True, "append_images": [noise.resize((30, 20))]}
    noise.save(file, form, **options)
    return file.getvalue()


def upload(data, name):
    """The picture that the admin's form makes of a file."""
    fields = {"title": "Photo", "people": "none", "consent_for": "ce site", "collection": Collection.objects.get().pk}
    user = User.objects.create_superuser("nadia")
    form = get_image_form(SiteImage)(fields, {"file": SimpleUploadedFile(name, data)}, user=user)
    assert form.is_valid(), form.errors
    return form.save()


@pytest.mark.parametrize("orientation", [1, 6])
@pytest.mark.parametrize("form", ["JPEG", "MPO", "PNG", "WEBP", "HEIF"])
def test_place_and_device_are_taken_out_of_a_stored_picture(form, orientation):
    data = photograph(form, orientation)
    image = upload(data, f"photo.{'heic' if form == 'HEIF' else form.lower()}")
    stored = default_storage.open(image.file.name).read()
    assert DEVICE.encode() in data
    for trace in (DEVICE.encode(), b"GPS", b"47,38N"):
        assert trace not in stored
    with PillowImage.open(BytesIO(data)) as before, PillowImage.open(BytesIO(stored)) as after:
        assert dict(after.getexif()) == {0x013B: AUTHOR}
        assert after.info["icc_profile"] == PROFILE
        upright = ImageOps.exif_transpose(before).convert("RGB")
        assert (image.width, image.height) == upright.size == after.size
        difference = ImageChops.difference(upright, after.convert("RGB")).getextrema()
        assert max(high for _, high in difference) <= LOSS
    image.refresh_from_db()
    assert image.file_size == len(stored)
    assert image.file_hash == sha1(stored).hexdigest()  # noqa: S324 as Wagtail has it


def test_metadata_that_cannot_be_read_is_no_reason_to_refuse_a_picture():
    data = photograph("JPEG", author="")
    place = data.index(b"Exif\0\0") + 6
    stored = stored_as(data[:place] + b"\0" * 8 + data[place + 8 :])
    assert DEVICE.encode() not in stored
    assert PillowImage.open(BytesIO(stored)).size == (60, 40)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_what_is_no_whole_picture_is_refused_in_one_way(form):
    data = photograph(form)
    for broken in (b"", b"GIF89a", b"<svg/>", data[:8], data[: len(data) // 3], data[:-200]):
        with pytest.raises((RefusedError, *DAMAGED)):
            prepare(broken)


@pytest.mark.parametrize("orientation", range(10))
def test_a_picture_is_turned_as_its_orientation_says(orientation):
    data = photograph("JPEG", orientation, size=(64, 48))
    with PillowImage.open(BytesIO(data)) as before, PillowImage.open(BytesIO(stored_as(data))) as after:
        is_turned = 2 <= orientation <= 8
        difference = ImageChops.difference(ImageOps.exif_transpose(before) if is_turned else before, after).getextrema()
        assert max(high for _, high in difference) <= LOSS


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_the_name_of_an_author_keeps_its_accents(form):
    exif, file = PillowImage.Exif(), BytesIO()
    exif[0x013B], exif[0x0112] = "Zoé Müller".encode(), 6
    PillowImage.new("RGB", (6, 4)).save(file, form, exif=exif)
    with PillowImage.open(BytesIO(stored_as(file.getvalue()))) as stored:
        assert stored.getexif()[0x013B].encode("latin-1").decode() == "Zoé Müller"
        assert stored.size == (4, 6)


@pytest.mark.parametrize(
    "segment",
    [b"\xff\xe0\0\x0eJFXX\0\x10secret", b"\xff\xee\0\x08secret", b"\xff\xfe\0\x14ICC_PROFILE\0secret", b"\xff\xf0\0\x08secret"],
)
def test_no_segment_of_a_jpeg_is_kept_but_those_that_are_known(segment):
    data = photograph("JPEG")
    stored = stored_as(data[:2] + segment + data[2:])
    assert b"secret" not in stored
    assert PillowImage.open(BytesIO(stored)).size == (60, 40)


def pixels(data):
    with PillowImage.open(BytesIO(data)) as image:
        return image.convert("RGBA").tobytes()


@pytest.mark.parametrize(
    ("form", "mode", "options"),
    [
        ("JPEG", "RGB", {"restart_marker_rows": 1}),
        ("JPEG", "RGB", {"progressive": True}),
        ("JPEG", "L", {}),
        ("JPEG", "CMYK", {}),
        ("PNG", "P", {"transparency": 3}),
        ("PNG", "RGBA", {}),
        ("PNG", "LA", {}),
        ("WEBP", "RGBA", {"lossless": True}),
        ("WEBP", "RGB", {}),
    ],
)
def test_a_picture_of_any_kind_shows_the_same_afterwards(form, mode, options):
    noise, file = PillowImage.effect_noise((64, 48), 80).convert(mode), BytesIO()
    exif = PillowImage.Exif()
    exif[0x010F] = DEVICE
    if mode in {"RGBA", "LA"}:
        noise.putalpha(PillowImage.linear_gradient("L").resize((64, 48)))
    noise.save(file, form, exif=exif, **options)
    stored = stored_as(file.getvalue())
    assert DEVICE.encode() not in stored
    after, before = pixels(stored), pixels(file.getvalue())
    loss = 0 if form == "PNG" or options.get("lossless") else LOSS
    assert len(after) == len(before)
    assert max(abs(one - other) for one, other in zip(after, before, strict=True)) <= loss


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_names_of_author_and_of_who_has_the_rights_are_kept(form):
    exif, file = PillowImage.Exif(), BytesIO()
    exif[0x013B], exif[0x8298], exif[0x010E] = AUTHOR, "La Régie".encode(), "Une description"
    PillowImage.new("RGB", (60, 40)).save(file, form, exif=exif)
    with PillowImage.open(BytesIO(stored_as(file.getvalue()))) as stored:
        assert set(stored.getexif()) == {0x013B, 0x8298}
        assert stored.getexif()[0x8298].encode("latin-1").decode() == "La Régie"


def test_an_author_named_by_a_press_agency_is_kept():
    """In the records of IPTC (IIM 4.2, 2:80), as Photoshop stores them in a JPEG."""
    record = b"\x1c\x02\x50" + len(AUTHOR).to_bytes(2, "big") + AUTHOR.encode()
    resource = b"8BIM\x04\x04\0\0" + len(record).to_bytes(4, "big") + record + b"\0" * (len(record) % 2)
    content = b"Photoshop 3.0\0" + resource
    data = photograph("JPEG", author="")
    data = data[:2] + b"\xff\xed" + (len(content) + 2).to_bytes(2, "big") + content + data[2:]
    with PillowImage.open(BytesIO(stored_as(data))) as stored:
        assert stored.getexif()[0x013B] == AUTHOR


def test_a_film_behind_a_picture_is_taken_out():
    for form, trailer in (
        ("HEIF", b"\0\0\0\x0empvdsecret"),
        ("PNG", b"\0\0\0\6IDATsecret\0\0\0\0"),
        ("JPEG", b"secret"),
        ("WEBP", b"secret"),
    ):
        stored = stored_as(photograph(form) + trailer)
        assert b"secret" not in stored, form
        assert PillowImage.open(BytesIO(stored)).convert("RGB").size == (60, 40)


def moving(form):
    file = BytesIO()
    first, second = (PillowImage.new("RGB", (9, 9), colour) for colour in ("red", "blue"))
    first.save(file, form, save_all=True, append_images=[second])
    return file.getvalue()


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: png(29_500_000, 2), "29500000 pixels sur 2"),
        (lambda: png(20_001, 1001), "20001 pixels"),
        (lambda: png(2_100, 100), "2100 pixels"),
        (lambda: png(11_000, 11_000), "11000 pixels sur 11000, soit plus de 50 millions"),
        (lambda: flat("WEBP", (6000, 4000), quality=1, method=0), "6000 pixels sur 4000, soit plus de 20 millions"),
        (lambda: flat("WEBP", (6000, 4000), lossless=True, method=0), "6000 pixels sur 4000, soit plus de 20 millions"),
        (lambda: flat("WEBP", (6000, 4000), method=0, exif=b"Exif\0\0"), "6000 pixels sur 4000, soit plus de 20 millions"),
        (lambda: png(9, 9, *[(b"zTXt", b"a\0\0" + zlib.compress(bytes(70_000_000)))] * 2), "abîmée"),
        (lambda: moving("PNG"), "bouge"),
        (lambda: moving("WEBP"), "bouge"),
        (lambda: moving("GIF"), "pas une photo que le site connaît"),
        (lambda: b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "pas une photo que le site connaît"),
        (lambda: b"%PDF-1.7", "pas une photo que le site connaît"),
    ],
)
def test_a_picture_beyond_the_limits_is_refused_with_the_reason(make, said):
    data = make()
    with pytest.raises(RefusedPictureError, match=said):
        prepare_apart(BytesIO(data))


def test_a_large_photograph_is_reduced_by_a_program_that_ends_with_its_memory(tmp_path):
    """It may take 600 MB. Asked in a process that starts nothing else: the system says what all children have taken at most."""
    (tmp_path / "a.jpg").write_bytes(flat("JPEG", (8160, 6120), quality=50))
    script = (
        "import django, io, resource, sys; django.setup(); from PIL import Image; from pages.media.files import prepare\n"
        "extension, stored = prepare(open(sys.argv[1], 'rb'))\n"
        "print(extension, *Image.open(io.BytesIO(stored)).size, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "a.jpg")]
    done = subprocess.run(command, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    extension, *size, memory = done.stdout.split()
    assert (extension, size) == ("jpg", ["2880", "2160"])
    assert int(memory) < 600 * 1024  # kilobytes


def test_few_uploads_wait_for_each_other_and_the_next_is_told_to_come_back():
    data = photograph("JPEG")
    with ExitStack() as stack:
        for _ in range(3):
            stack.enter_context(places)
        with pytest.raises(RefusedPictureError, match="prépare déjà d’autres images"):
            prepare_apart(BytesIO(data))
    assert prepare_apart(BytesIO(data))[0] == "jpg"


def test_nobody_guesses_the_address_of_a_picture(client):
    """Of one that is on no page yet, named by a camera."""
    image = SiteImage(title="Photo", people="none", file=ContentFile(photograph("JPEG"), name="IMG_2041.jpg"))
    image.save()
    address = image.get_rendition("max-165x165").url
    assert client.get(address).status_code == 200
    assert client.get("/media/images/IMG_2041.max-165x165.jpg").status_code == 404
    assert re.search(r"/IMG_2041\.max-165x165\.[0-9a-f]{12}\.jpg$", address)


def test_a_file_that_is_two_things_at_once_is_stored_as_a_picture_alone():
    page = b"<html><script>alert(1)</script>"
    for data in (photograph("JPEG") + page, png(9, 9, (b"tEXt", b"Comment\0" + page)), photograph("WEBP") + page):
        assert b"script" not in stored_as(data)


def test_a_file_is_taken_for_what_it_contains_and_not_for_its_name():
    image = upload(photograph("HEIF"), "photo.png")
    assert image.file.name.endswith("photo.jpg")
    with default_storage.open(image.file.name) as stored:
        assert PillowImage.open(stored).format == "JPEG"


def test_a_disk_that_is_full_leaves_no_part_of_a_file(tmp_path):
    """As a limit to the size of files; Python ignores the signal that comes with it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with pytest.raises(OSError, match="large"):
            default_storage.save("documents/un.txt", ContentFile(b"x" * 5000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()] == []
    assert default_storage.save("documents/un.txt", ContentFile(b"x")) == "documents/un.txt"
    assert default_storage.save("documents/un.txt", ContentFile(b"y")) != "documents/un.txt"


def send(client, name, content, file_name):
    """The first request of the screen for several files: the file alone. Its answer."""
    return client.post(
        reverse(f"{name}:add_multiple"), {"files[]": SimpleUploadedFile(file_name, content)}, headers={"x-requested-with": "XMLHttpRequest"}
    ).json()


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("name", "content", "is_taken"),
    [
        ("a.pdf", b"%PDF-1.7 ...", True),
        ("a.pdf", b"<html><script>alert(1)</script>", False),
        ("a.docx", b"PK\x03\x04...", True),
        ("a.docx", b"%PDF-1.7", False),
        ("a.txt", "Été".encode("utf-16"), True),
        ("a.csv", "Été;1".encode(), True),
        ("a.txt", b"MZ\x90\0\x03\0", False),
        ("a.exe", b"MZ\x90\0\x03\0", False),
    ],
)
def test_a_document_is_what_its_name_says(admin, name, content, is_taken):
    answer = send(admin("Rédaction"), "wagtaildocs", content, name)
    assert answer["success"] is is_taken
    assert SiteDocument.objects.exists() is is_taken


@pytest.mark.parametrize("role", ["Rédaction", "Publication"])
def test_a_document_is_added_by_the_screen_for_several(admin, client, role):
    member = admin(role)
    answer = send(member, "wagtaildocs", b"texte", "charte.txt")
    document = SiteDocument.objects.get(pk=answer["doc_id"])
    prefix = f"doc-{document.pk}"
    fields = {f"{prefix}-title": "La charte", f"{prefix}-language": "ar", f"{prefix}-tags": "", f"{prefix}-collection": "1"}
    assert member.post(reverse("wagtaildocs:edit_multiple", args=[document.pk]), fields).json()["success"]
    document.refresh_from_db()
    assert (document.title, document.language) == ("La charte", "ar")
    assert client.get(document.url).status_code == 200
    assert not UploadedFile.objects.exists()
    assert "xyz" in send(member, "wagtaildocs", b"texte", "charte.xyz")["error_message"]


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "HEIF", "large"])
def test_a_picture_is_added_by_the_screen_for_several_and_seen_by_nobody_before(admin, client, form):
    member = admin("Rédaction")
    data = photograph("PNG", author="", size=(1500, 1200)) if form == "large" else photograph(form, author="")
    assert (len(data) > 2_621_440) is (form == "large")  # Django writes such an upload to disk at once
    answer = send(member, "wagtailimages", data, f"photo.{ {'HEIF': 'heic', 'large': 'png'}.get(form, form.lower()) }")
    parked = UploadedFile.objects.get(pk=answer["uploaded_file_id"])
    assert client.get(f"/media/{parked.file.name}").status_code == 404
    assert DEVICE.encode() not in parked.file.read()
    prefix, address = f"uploaded-image-{parked.pk}", reverse("wagtailimages:create_multiple_from_uploaded_image", args=[parked.pk])
    fields = {f"{prefix}-title": "Une photo", f"{prefix}-tags": "", f"{prefix}-collection": "1", f"{prefix}-description": ""}
    fields |= {f"{prefix}-people": "recognisable", f"{prefix}-consent_by": ""}
    assert not member.post(address, fields).json()["success"]
    consent = {f"{prefix}-consent_by": "La personne", f"{prefix}-consent_on": "2026-01-31", f"{prefix}-consent_for": "ce site"}
    assert member.post(address, fields | consent).json()["success"]
    image = SiteImage.objects.get()
    assert DEVICE.encode() not in default_storage.open(image.file.name).read()
    assert not UploadedFile.objects.exists()
    assert not default_storage.exists(parked.file.name)
    assert client.get(image.file.url).status_code == 404
    assert client.get(rendition(image).url).status_code == 200


def test_the_form_of_a_picture_shows_its_uses_and_takes_them_for_no_change():
    image = picture(size=(600, 900))
    form = get_image_form(SiteImage)
    unchanged = form(
        {"title": image.title, "people": image.people, "consent_for": image.consent_for, "collection": image.collection_id}, instance=image
    )
    assert unchanged["shown"].as_widget().count("<img") == 5
    assert "shown" not in unchanged.changed_data
