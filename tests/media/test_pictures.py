"""Pictures of all shapes: their layout, sizes and weight."""

import json
import re
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.images import ImageFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from examples import event, news, picture
from PIL import Image
from snapshot import pages_alone, scroll_through, windows

from pages.media.renditions import SHARED_SIZE, SIZES
from pages.models import HomePage, StandardPage

pytestmark = pytest.mark.django_db

SHAPES = {"landscape": (1600, 900), "portrait": (900, 2400), "tiny": (60, 40)}


def page_with(image, slug):
    value = {"image": image.pk, "decorative": False, "alt_text": "Ce que montre l’image"}
    page = StandardPage(title="Une page", slug=slug, picture=image)
    page.body = StandardPage._meta.get_field("body").stream_block.to_python([{"type": "picture", "value": value}])
    HomePage.objects.get().add_child(instance=page)
    return page


def tags(client, page):
    return re.findall(r"<img[^>]*>", client.get(page.url).content.decode())


@pytest.mark.parametrize("shape", SHAPES)
def test_a_picture_comes_in_the_sizes_that_it_has(client, shape):
    width, height = SHAPES[shape]
    head, block = tags(client, page_with(picture(size=(width, height), description="Une façade", credit="Une photographe"), "une"))
    assert 'alt="Une façade"' in head
    assert 'fetchpriority="high"' in head
    assert "lazy" not in head
    assert 'alt="Ce que montre l’image"' in block
    assert 'loading="lazy"' in block
    assert ['class="upright"' in tag for tag in (head, block)] == [shape == "portrait"] * 2
    assert f'width="{min(width, 1200)}"' in block
    assert f'height="{min(height, height * 1200 // width)}"' in block
    widths = [int(found) for found in re.findall(r"(\d+)w", block)]
    assert widths == sorted({min(size, width) for size in (400, 800, 1200)}) or (widths == [] and width < 400)
    assert [address.rpartition(".")[2] for address in re.findall(r' src="([^"]+)"', head + block)] == ["webp", "webp"]


def test_a_photograph_taken_upright_keeps_its_shape(client):
    file = BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held upright: turn a quarter
    Image.new("RGB", (1600, 1200)).save(file, "JPEG", exif=exif)
    image = picture(file=ImageFile(file, name="upright.jpg"))
    assert 'height="1600"' in tags(client, page_with(image, "une"))[1]
    assert 'width="1200"' in tags(client, page_with(image, "autre"))[1]


@pytest.mark.parametrize("content", [None, b"", b"\x89PNG\r\n\x1a\n cut off", "half"])
def test_a_page_whose_picture_is_lost_or_damaged_is_shown_without_it(client, admin_client, content):
    image = picture(size=(900, 600))
    page = page_with(image, "une")
    file = Path(image.file.path)
    whole = file.read_bytes()
    file.unlink()
    if content is not None:
        file.write_bytes(whole[: len(whole) // 2] if content == "half" else content)
    answer = client.get(page.url)
    assert answer.status_code == 200
    assert "/media/" not in answer.content.decode()
    assert admin_client.get(f"/admin/images/{image.pk}/").status_code == 200


def test_what_is_shared_is_the_pages_own_picture_else_the_sites_drawing(client, settings):
    home = HomePage.objects.get()
    shared = re.compile(r'<meta property="og:image" content="([^"]+)">')
    assert shared.search(client.get("/").content.decode())[1] == f"{settings.SITE_URL}/static/img/share.png"
    home.picture = picture(size=(1600, 900))
    home.save()
    address = shared.search(client.get("/").content.decode())[1]
    assert address.startswith(f"{settings.SITE_URL}/media/images/")
    assert address.endswith(".jpg")
    assert client.get(address.removeprefix(settings.SITE_URL)).status_code == 200


def painted(size, colour, box, **fields):
    """A red picture with a box of another colour."""
    file = BytesIO()
    drawing = Image.new("RGB", size, "red")
    drawing.paste(colour, box)
    drawing.save(file, "PNG")
    return picture(file=ImageFile(file, name="painted.png"), **fields)


def shown(image, spec):
    with image.get_rendition(spec).file.open() as file:
        return Image.open(file).convert("RGB")


CORNER = {"focal_point_x": 30, "focal_point_y": 20, "focal_point_width": 20, "focal_point_height": 20}
FOCUS = {"focal_point_x": 500, "focal_point_y": 2850, "focal_point_width": 300, "focal_point_height": 300}


def test_the_focal_point_stays_in_a_picture_that_is_cropped():
    tall = painted((1000, 3000), "lime", (0, 2700, 1000, 3000), **FOCUS)
    assert shown(tall, SHARED_SIZE).getpixel((500, 400))[1] > 200
    wide = painted((3000, 1000), "lime", (2700, 0, 3000, 1000), **{**FOCUS, "focal_point_x": 2850, "focal_point_y": 500})
    assert shown(wide, SIZES["list"][1]).getpixel((470, 160))[1] > 200


@pytest.mark.parametrize("size", [(1000, 1500), (900, 1600), (600, 640)])
def test_an_upright_picture_without_a_focal_point_keeps_its_upper_third_when_it_is_cropped(size):
    width, height = size
    head = painted(size, "lime", (0, height // 10, width, height // 3))  # the rest of the upper third is the air above it
    assert not head.has_focal_point()
    cropped = shown(head, SHARED_SIZE)
    greens = [cropped.getpixel((cropped.width // 2, y))[1] > 128 for y in range(cropped.height)]
    scale = cropped.width / width
    assert sum(greens) == pytest.approx((height // 3 - height // 10) * scale, abs=4)


@pytest.mark.parametrize("size", [(400, 600), (600, 400), (60, 40), (40, 60), pytest.param((3000, 4000), marks=pytest.mark.exhaustive)])
@pytest.mark.parametrize("focus", [{}, CORNER])
def test_an_upright_picture_is_whole_where_visitors_see_it_on_the_site(size, focus):
    image = picture(size=size, **focus)
    ratio = size[0] / size[1]
    for use in ("head", "block", "list", "comparison"):
        for rendition in image.get_renditions(*image.get_sizes(use)).values():
            is_whole = rendition.width / rendition.height == pytest.approx(ratio, rel=0.02)
            assert is_whole or (ratio > 1 and use in {"list", "comparison"}), (use, rendition.width, rendition.height)


def test_a_picture_marked_as_decoration_is_not_read_out(client):
    image = picture(description="Une façade")
    page = page_with(image, "une")
    page.body = StandardPage._meta.get_field("body").stream_block.to_python(
        [{"type": "picture", "value": {"image": image.pk, "decorative": True, "alt_text": ""}}]
    )
    page.save()
    assert 'alt=""' in tags(client, page)[1]


# The shown picture in its box: whether it sticks out, how high it is, and how much of the file is cut away.
BOXES = """selector => [...document.querySelectorAll(selector)].map(image => {
  const box = image.getBoundingClientRect(), style = getComputedStyle(image);
  const cut = style.objectFit === 'cover' ? Math.abs(image.naturalWidth / image.naturalHeight - box.width / box.height) : 0;
  const stretched = style.objectFit === 'fill' && Math.abs(box.width / box.height - image.naturalWidth / image.naturalHeight) > .05;
  return {left: box.left, right: box.right, height: box.height, cut, stretched, loaded: image.naturalWidth > 0}
})"""


@pytest.mark.browser
@pytest.mark.parametrize("focus", [{}, pytest.param(CORNER, marks=pytest.mark.exhaustive)])
def test_every_shape_sits_well(browser, focus):
    """In the head of a page, a list, the home page, a text and on a poster; what is shared is tested above."""
    sizes = {"landscape": (1300, 730), "portrait": (500, 1330), "tiny": (60, 40), "camera": (2000, 1500)}
    pages = ["/", "/actualites/"]
    for shape, size in sizes.items():
        image = picture(size=size, credit="Une photographe", **focus)
        block = {"type": "picture", "value": {"image": image.pk, "decorative": False, "alt_text": "Ce que montre l’image"}}
        pages.append(news(f"Une nouvelle {shape}", timezone.localdate(), picture=image, body=json.dumps([block])).url)
        pages.append(f"{event(f'Une fête {shape}', picture=image).url}?affiche=simple")
    with windows(browser, pages_alone(pages)) as open_window:
        window = open_window(320)
        for address in pages:
            for width in (1440,) if "affiche" in address else (320, 1440):
                window.set_viewport_size({"width": width, "height": 800})
                window.goto(address)
                scroll_through(window)
                boxes = window.evaluate(BOXES, "main img")
                assert len(boxes) == (1 if "affiche" in address or address == "/" else len(sizes) if address == "/actualites/" else 2), (
                    address
                )
                for box in boxes:
                    assert box["loaded"], address
                    assert box["left"] >= 0, address
                    assert box["right"] <= width, address
                    assert 20 < box["height"] <= 0.86 * 800, address
                    assert not box["cut"], address
                    assert not box["stretched"], address
                if "tiny" in address and "affiche" not in address:
                    assert window.locator(".prose img").bounding_box()["width"] == 60


def test_every_icon_that_a_page_or_the_manifest_names_is_there_in_its_size(client, settings):
    names = re.findall(r'<link rel="(?:icon|apple-touch-icon)" href="/static/([^"]+)"', client.get("/").content.decode())
    manifest = client.get("/manifest.webmanifest").json()
    assert len(names) == 3
    assert manifest["name"] == "Régie des Quartiers de Belfort"
    for icon in manifest["icons"]:
        path = settings.BASE_DIR / "static" / icon["src"].removeprefix("/static/")
        assert "{}x{}".format(*Image.open(path).size) == icon["sizes"]
    for name in [*names, "img/share.png"]:
        assert (settings.BASE_DIR / "static" / name).is_file()


def test_pictures_can_be_added_from_their_own_menu(admin):
    client = admin("Publication")
    file = BytesIO()
    Image.new("RGB", (40, 30), "#c4614a").save(file, "PNG")
    upload = SimpleUploadedFile("rue.png", file.getvalue(), "image/png")
    response = client.post(
        "/admin/images/multiple/add/", {"files[]": upload, "title": "Une rue"}, headers={"x-requested-with": "XMLHttpRequest"}
    )
    assert response.status_code == 200
    assert response.json()["success"]
    assert "Reconnaît-on" in response.json()["form"]


def test_renditions_are_made_at_publication(django_capture_on_commit_callbacks):
    image = picture(size=(1600, 1200))
    body = json.dumps([{"type": "picture", "value": {"image": image.pk, "alt_text": "Une rue", "decorative": False}}])
    page = HomePage.objects.get().add_child(instance=StandardPage(title="Une page", picture=image, body=body, live=False))
    assert not image.renditions.exists()
    with django_capture_on_commit_callbacks(execute=True):
        page.save_revision().publish()
    assert {*SIZES["head"], *SIZES["block"]} <= set(image.renditions.values_list("filter_spec", flat=True))
