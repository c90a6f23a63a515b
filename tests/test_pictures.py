"""Pictures that staff give: every shape sits well, small or large, and light."""

import re

import pytest
from examples import picture

from pages.models import HomePage, StandardPage

SHAPES = {"landscape": (1600, 900), "portrait": (900, 2400), "tiny": (60, 40), "huge": (6000, 4000)}


def page_with(image, slug):
    value = {"image": image.pk, "decorative": False, "alt_text": "Ce que montre l’image"}
    page = StandardPage(title="Une page", slug=slug, picture=image)
    page.body = StandardPage._meta.get_field("body").stream_block.to_python([{"type": "picture", "value": value}])
    HomePage.objects.get().add_child(instance=page)
    return page


def tags(client, page):
    return re.findall(r"<img[^>]*>", client.get(page.url).content.decode())


@pytest.mark.django_db
@pytest.mark.parametrize("shape", SHAPES)
def test_a_picture_comes_in_the_sizes_that_it_has(client, shape):
    width, height = SHAPES[shape]
    head, block = tags(client, page_with(picture(size=(width, height), description="Une façade", credit="Une photographe"), "une"))
    assert 'alt="Une façade"' in head
    assert 'fetchpriority="high"' in head
    assert "lazy" not in head
    assert 'alt="Ce que montre l’image"' in block
    assert 'loading="lazy"' in block
    assert f'width="{width}"' in block
    assert f'height="{height}"' in block
    widths = [int(found) for found in re.findall(r"(\d+)w", block)]
    assert widths == sorted({min(size, width) for size in (400, 800, 1200)}) or (widths == [] and width < 400)
    assert all(".webp" in address for address in re.findall(r'src="([^"]+)"', head + block))


@pytest.mark.django_db
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


@pytest.mark.django_db
def test_the_focal_point_stays_in_the_head_of_a_page(client):
    image = picture(size=(1000, 3000), focal_point_x=500, focal_point_y=2900, focal_point_width=100, focal_point_height=100)
    tags(client, page_with(image, "une"))
    assert image.renditions.filter(filter_spec="fill-480x320|format-webp").get().focal_point_key != ""


@pytest.mark.django_db
def test_a_picture_marked_as_decoration_is_not_read_out(client):
    image = picture(description="Une façade")
    page = page_with(image, "une")
    page.body = StandardPage._meta.get_field("body").stream_block.to_python(
        [{"type": "picture", "value": {"image": image.pk, "decorative": True, "alt_text": ""}}]
    )
    page.save()
    assert 'alt=""' in tags(client, page)[1]


@pytest.mark.browser
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.parametrize("width", [320, 1440])
def test_every_shape_sits_well(visit, transactional_db, width):
    pages = {shape: page_with(picture(size=size, credit="Une photographe"), shape) for shape, size in SHAPES.items()}
    window = visit(width)
    for shape, page in pages.items():
        window.goto(page.url, wait_until="networkidle")
        window.mouse.wheel(0, 20_000)
        window.wait_for_load_state("networkidle")
        for place in (".page-head img", ".prose img"):
            box = window.locator(place).bounding_box()
            assert box["x"] >= 0, (shape, place)
            assert box["x"] + box["width"] <= width, (shape, place)
            assert 20 < box["height"] <= 0.86 * 800, (shape, place)
        if shape == "tiny":
            assert window.locator(".prose img").bounding_box()["width"] == 60
