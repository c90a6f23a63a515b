"""Uploads: who may see them, and the headers that keep a file from acting as a page."""

import re
from datetime import date
from hashlib import sha1
from io import BytesIO

import pillow_heif
import pytest
import time_machine
from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from examples import news, picture
from PIL import Image as PillowImage
from PIL import ImageChops, ImageCms, ImageOps
from reading import links, parse, words
from wagtail.images.forms import get_image_form
from wagtail.models import Collection, CollectionViewRestriction, UploadedFile

from pages.models import SiteDocument, SiteImage
from pages.models.picture_files import without_metadata

pytestmark = pytest.mark.django_db


def rendition(image):
    return image.get_rendition("width-320|format-webp")


def test_a_rendition_is_served_with_its_own_safe_headers(client):
    response = client.get(rendition(picture()).url)
    assert response.status_code == 200
    assert response["Content-Type"].startswith("image/")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Cache-Control"] == "public, max-age=3600, s-maxage=1"
    assert not response.get("Content-Disposition", "").startswith("attachment")


def test_originals_parked_uploads_and_strange_files_are_not_served(client, admin_client):
    """They are not public yet: not even staff get the original, as they see renditions."""
    strange = ("wagtail_uploads/photo.jpg", "images/photo.jpg", "images/page.html", "photo.jpg")
    ways = [picture().file.name, *(default_storage.save(name, ContentFile(b"content")) for name in strange)]
    for way in [*ways, *(f"{before}{ways[0]}" for before in ("images/../", "avatar_images/../", "./"))]:
        assert client.get(f"/media/{way}").status_code == admin_client.get(f"/media/{way}").status_code == 404, way


def test_a_portrait_of_staff_is_for_staff_and_what_is_no_picture_is_a_download(client, admin_client):
    """A portrait has its metadata still: Wagtail stores it."""
    stranger = Client()
    stranger.force_login(User.objects.create_user("sans-acces"))
    for name, shown in (("a.png", True), ("a.html", False), ("a.svg", False)):
        default_storage.save(f"avatar_images/{name}", ContentFile(b"<script>alert(1)</script>"))
        assert client.get(f"/media/avatar_images/{name}").status_code == 404
        assert stranger.get(f"/media/avatar_images/{name}").status_code == 404
        response = admin_client.get(f"/media/avatar_images/{name}")
        assert (response.status_code, response["Cache-Control"]) == (200, "private, no-store")
        assert (response.get("Content-Disposition") != "attachment") is shown


def make_private(images):
    """Moves the `images` to a private collection as the admin does: in bulk, without a signal."""
    collection = Collection.get_first_root_node().add_child(name="Privé")
    restriction = CollectionViewRestriction.objects.create(collection=collection, restriction_type="groups")
    restriction.groups.add(Group.objects.create(name="Conseil"))
    images.update(collection=collection)


def test_pictures_of_a_private_collection_are_for_staff(client, admin):
    image = picture(size=(1600, 1200), credit="Une photographe", description="Une rue")
    body = [("picture", {"image": image, "decorative": False, "alt_text": "Une rue"})]
    article = news(picture=image, body=body)
    share = re.search(r'og:image" content="[^"]*(/media/[^"]*)', client.get(article.url).content.decode())[1]
    addresses = [rendition(image).url, share]
    assert {client.get(address).status_code for address in addresses} == {200}
    make_private(SiteImage.objects.filter(pk=image.pk))
    for page in (article.url, "/actualites/", "/"):
        text = client.get(page).content.decode()
        assert "/media/" not in text
        assert "Une photographe" not in text
    assert {client.get(address).status_code for address in addresses} == {404}
    member = admin("Rédaction")
    for address in addresses:
        response = member.get(address)
        assert (response.status_code, response["Cache-Control"]) == (200, "private, no-store")


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


def test_a_picture_that_did_not_change_stays_a_picture(client):
    response = client.get(rendition(picture()).url, headers={"if-modified-since": "Fri, 01 Jan 2100 00:00:00 GMT"})
    assert response.status_code == 304
    assert "Content-Disposition" not in response


@pytest.mark.parametrize("name", ["a" * 300, "a/" * 300, "%00", ".."])
def test_a_name_that_no_file_can_have_is_not_found(client, admin_client, name):
    for folder in ("", "images/", "avatar_images/"):
        for visitor in (client, admin_client):
            assert visitor.get(f"/media/{folder}{name}").status_code == 404


def test_hidden_files_are_not_served(client):
    default_storage.save(".secret", ContentFile(b"secret"))
    default_storage.save("images/.secret", ContentFile(b"secret"))
    assert client.get("/media/.secret").status_code == client.get("/media/images/.secret").status_code == 404


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
        ({"consent_until": date(2026, 1, 30)}, "avant d’être signé"),
        ({"consent_for": "les affiches"}, "ne dit pas"),
    ],
)
def test_a_recognisable_person_needs_a_consent_with_name_and_day(wrong, said):
    SiteImage(title="Portrait", **CONSENT, consent_until=date(2026, 1, 31)).clean()
    with pytest.raises(ValidationError, match=said):
        SiteImage(title="Portrait", **CONSENT | wrong).clean()


def test_all_that_is_wrong_with_a_consent_is_said_at_once():
    with pytest.raises(ValidationError) as refused:
        SiteImage(title="Portrait", people="recognisable", consent_for="").clean()
    assert set(refused.value.message_dict) == {"consent_by", "consent_on", "consent_for"}


def test_a_picture_leaves_the_site_on_the_day_after_its_consent(client, admin_client):
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
        assert {client.get(address).status_code for address in addresses} == {404}
        admin_client.force_login(User.objects.get(username="admin"))
        assert {admin_client.get(address).status_code for address in addresses} == {200}


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
pillow_heif.register_heif_opener()


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


@pytest.mark.parametrize("orientation", [1, 6])
@pytest.mark.any_database
@pytest.mark.parametrize("form", ["JPEG", "MPO", "PNG", "WEBP", "HEIF"])
def test_place_and_device_are_taken_out_of_a_stored_picture(form, orientation):
    data = photograph(form, orientation)
    image = SiteImage(title="Photo", people="none", file=ContentFile(data, name=f"photo.{'heic' if form == 'HEIF' else form.lower()}"))
    image.save()
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
        assert max(high for _, high in difference) <= (0 if orientation == 1 else 40)  # turned, it is encoded anew
    image.refresh_from_db()
    assert image.file_size == len(stored)
    assert image.file_hash == sha1(stored).hexdigest()  # noqa: S324 as Wagtail has it


@pytest.mark.parametrize("author", [AUTHOR, ""])
@pytest.mark.any_database
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_a_picture_without_metadata_stays_as_it_is(form, author):
    once = without_metadata(photograph(form, author=author))
    assert DEVICE.encode() not in once
    assert without_metadata(once) == once


@pytest.mark.any_database
def test_metadata_that_cannot_be_read_is_no_reason_to_refuse_a_picture():
    data = photograph("JPEG", author="")
    place = data.index(b"Exif\0\0") + 6
    stored = without_metadata(data[:place] + b"\0" * 8 + data[place + 8 :])
    assert DEVICE.encode() not in stored
    assert PillowImage.open(BytesIO(stored)).size == (60, 40)


@pytest.mark.any_database
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_what_is_no_whole_picture_is_refused_in_one_way(form):
    data = photograph(form)
    for broken in (b"", b"GIF89a", data[:8], data[: len(data) // 3] if form in {"JPEG", "PNG"} else b"RIFF"):
        with pytest.raises(OSError, match=r"(?i)read|identify|ends"):
            without_metadata(broken)


@pytest.mark.any_database
@pytest.mark.parametrize("orientation", range(10))
def test_a_picture_is_turned_as_its_orientation_says_and_not_encoded_anew_without_need(orientation):
    data = photograph("JPEG", orientation, size=(64, 48))
    with PillowImage.open(BytesIO(data)) as before, PillowImage.open(BytesIO(without_metadata(data))) as after:
        is_turned = 2 <= orientation <= 8
        difference = ImageChops.difference(ImageOps.exif_transpose(before) if is_turned else before, after).getextrema()
        assert max(high for _, high in difference) <= (40 if is_turned else 0)


@pytest.mark.any_database
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_the_name_of_an_author_keeps_its_accents(form):
    exif, file = PillowImage.Exif(), BytesIO()
    exif[0x013B], exif[0x0112] = "Zoé Müller".encode(), 6
    PillowImage.new("RGB", (6, 4)).save(file, form, exif=exif)
    with PillowImage.open(BytesIO(without_metadata(file.getvalue()))) as stored:
        assert stored.getexif()[0x013B].encode("latin-1").decode() == "Zoé Müller"
        assert stored.size == (4, 6)


@pytest.mark.any_database
@pytest.mark.parametrize(
    "segment",
    [b"\xff\xe0\0\x0eJFXX\0\x10secret", b"\xff\xee\0\x08secret", b"\xff\xfe\0\x14ICC_PROFILE\0secret", b"\xff\xf0\0\x08secret"],
)
def test_no_segment_of_a_jpeg_is_kept_but_those_that_are_known(segment):
    data = photograph("JPEG")
    stored = without_metadata(data[:2] + segment + data[2:])
    assert b"secret" not in stored
    assert PillowImage.open(BytesIO(stored)).size == (60, 40)


def pixels(data):
    with PillowImage.open(BytesIO(data)) as image:
        return image.convert("RGBA").tobytes()


@pytest.mark.any_database
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
    stored = without_metadata(file.getvalue())
    assert DEVICE.encode() not in stored
    assert pixels(stored) == pixels(file.getvalue())


@pytest.mark.any_database
@pytest.mark.parametrize("author", ["Anne", "Annie"])
def test_the_parts_of_a_webp_file_fill_it_to_its_end(author):
    """RFC 9649, 2.3: a part of an odd number of bytes is followed by a byte of zero, which its size does not count."""
    data = without_metadata(photograph("WEBP", author=author))
    assert int.from_bytes(data[4:8], "little") == len(data) - 8
    place, names = 12, []
    while place < len(data):
        size = int.from_bytes(data[place + 4 : place + 8], "little")
        names.append(data[place : place + 4])
        place += 8 + size + size % 2
    assert place == len(data)
    assert names[0] == b"VP8X"
    assert data[20] & 0x0C == 0x08  # its flags: it has Exif, and no XMP
    assert b"EXIF" in names


@pytest.mark.any_database
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_names_of_author_and_of_who_has_the_rights_are_kept(form):
    exif, file = PillowImage.Exif(), BytesIO()
    exif[0x013B], exif[0x8298], exif[0x010E] = AUTHOR, "La Régie".encode(), "Une description"
    PillowImage.new("RGB", (60, 40)).save(file, form, exif=exif)
    with PillowImage.open(BytesIO(without_metadata(file.getvalue()))) as stored:
        assert set(stored.getexif()) == {0x013B, 0x8298}
        assert stored.getexif()[0x8298].encode("latin-1").decode() == "La Régie"


@pytest.mark.any_database
def test_an_author_named_by_a_press_agency_is_kept():
    """In the records of IPTC (IIM 4.2, 2:80), as Photoshop stores them in a JPEG."""
    record = b"\x1c\x02\x50" + len(AUTHOR).to_bytes(2, "big") + AUTHOR.encode()
    resource = b"8BIM\x04\x04\0\0" + len(record).to_bytes(4, "big") + record + b"\0" * (len(record) % 2)
    content = b"Photoshop 3.0\0" + resource
    data = photograph("JPEG", author="")
    data = data[:2] + b"\xff\xed" + (len(content) + 2).to_bytes(2, "big") + content + data[2:]
    with PillowImage.open(BytesIO(without_metadata(data))) as stored:
        assert stored.getexif()[0x013B] == AUTHOR


@pytest.mark.any_database
def test_a_film_behind_a_picture_is_taken_out():
    for form, trailer in (
        ("HEIF", b"\0\0\0\x0empvdsecret"),
        ("PNG", b"\0\0\0\6IDATsecret\0\0\0\0"),
        ("JPEG", b"secret"),
        ("WEBP", b"secret"),
    ):
        stored = without_metadata(photograph(form) + trailer)
        assert b"secret" not in stored, form
        assert PillowImage.open(BytesIO(stored)).convert("RGB").size == (60, 40)


@pytest.mark.any_database
def test_a_picture_of_many_markers_takes_no_longer_than_another():
    data = photograph("JPEG")
    scan = data.rindex(b"\xff\xd9")
    for filling in (b"\xff\0", b"\xff\xd0", b"\xff"):
        assert len(without_metadata(data[:scan] + filling * 2_000_000 + data[scan:])) > 1_000_000


def send(client, name, content, file_name):
    """The first request of the screen for several files: the file alone. Its answer."""
    return client.post(
        reverse(f"{name}:add_multiple"), {"files[]": SimpleUploadedFile(file_name, content)}, headers={"x-requested-with": "XMLHttpRequest"}
    ).json()


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
