"""The admin on a phone: nothing is wider than the screen, and nothing lies over what is filled in."""

import pytest
from django.urls import reverse
from examples import event, news, picture
from PIL import ExifTags, Image
from playwright.sync_api import expect

from pages.models import EventIndexPage, HomePage, Message, NewsIndexPage, SiteImage

pytestmark = [pytest.mark.browser, pytest.mark.exhaustive, pytest.mark.django_db(transaction=True)]

LONG = "Une très longue réunion d’information sur l’entrepreneuriat-et-l’accompagnement-socioprofessionnel"
FILE = "IMG-20261201-WA0012-une-photo-avec-un-nom-vraiment-long-sans-espaces.png"
# What is drawn beyond the right edge, but for what stands there on purpose: panels that are closed, words for screen readers.
WIDE = """() => [...document.querySelectorAll("main *, .modal *, .tippy-box *")].filter((element) => {
  const { right, width } = element.getBoundingClientRect();
  return element.checkVisibility() && width > 0 && right > innerWidth + 1
    && !element.closest(".w-sr-only, .w-breadcrumbs__sublabel, svg, .w-minimap, .form-side, .footer:not(.footer--open) .footer__container, .footer__bulk-actions");
}).map(({ tagName, className }) => `${tagName} ${className}`).slice(0, 5)"""


@pytest.fixture
def phone(as_member):
    page = as_member("Publication")
    page.set_viewport_size({"width": 390, "height": 844})
    return page


def assert_narrow(page, name):
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(500)  # windows slide in
    assert page.evaluate("document.documentElement.scrollWidth") == 390, name
    assert page.evaluate(WIDE) == [], name


def test_no_screen_is_wider_than_a_phone_whatever_its_titles(phone, live_site):
    image = picture(title=FILE)
    article, _ = news(LONG, slug="longue", picture=image), event(LONG, slug="longue")
    article.save_revision()
    pages = ("explore", "edit", "history", "copy", "move", "unpublish")
    numbers = {"explore": article.get_parent().pk}
    names = {name: "wagtailadmin_explore" if name == "explore" else f"wagtailadmin_pages:{name}" for name in pages}
    addresses = [reverse(names[name], args=[numbers.get(name, article.pk)]) for name in pages]
    addresses += [reverse("wagtailimages:edit", args=[image.pk]), reverse("wagtailimages:index"), reverse("wagtaildocs:index")]
    addresses += [
        reverse("message:index"),
        reverse("wagtailadmin_reports:site_history"),
        reverse("wagtailsnippets_pages_glossaryterm:list"),
    ]
    for address in addresses:
        phone.goto(f"{live_site}{address}")
        assert_narrow(phone, address)


def test_the_fold_of_the_rhythm_of_an_event_is_no_wider(phone, live_site):
    phone.goto(f"{live_site}{reverse('wagtailadmin_pages:add', args=['pages', 'eventpage', EventIndexPage.objects.get().pk])}")
    phone.get_by_role("heading", name="Est-ce qu’il se répète ?").click()
    expect(phone.locator("[name=repeats]")).to_be_visible()
    assert_narrow(phone, "rhythm")


def test_a_long_address_of_a_message_is_whole(phone, live_site):
    message = Message.objects.create(subject="autre", text="Bonjour.", email=f"{'une.adresse.' * 4}longue@{'exemple-' * 4}de-domaine.fr")
    phone.goto(f"{live_site}{reverse('message:edit', args=[message.pk])}")
    assert phone.locator(".message dd").first.evaluate("line => line.scrollWidth <= line.clientWidth")


def test_the_button_of_the_menu_lies_over_nothing_once_something_was_said(phone, live_site):
    phone.goto(f"{live_site}{reverse('wagtailadmin_pages:add', args=['pages', 'newspage', NewsIndexPage.objects.get().pk])}")
    phone.get_by_role("button", name="Publier").first.click()
    expect(phone.locator(".messages .error")).to_be_visible()
    box = phone.locator(".sidebar-nav-toggle").bounding_box()
    assert (box["x"], box["y"]) == (0, 0)


def test_windows_and_chosen_files_are_no_wider(phone, live_site, tmp_path):
    Image.new("RGB", (640, 480), "#123456").save(tmp_path / FILE)
    phone.goto(f"{live_site}{reverse('wagtailadmin_pages:add', args=['pages', 'newspage', NewsIndexPage.objects.get().pk])}")
    phone.get_by_role("button", name="Choisir une image").click()
    assert_narrow(phone, "chooser")
    phone.get_by_role("tab", name="Ajouter").click()
    phone.locator(".modal [type=file]").set_input_files(tmp_path / FILE)
    assert_narrow(phone, "chosen file")
    phone.goto(f"{live_site}{reverse('wagtailadmin_pages:add', args=['pages', 'standardpage', HomePage.objects.get().pk])}")
    phone.get_by_role("button", name="Insérer un bloc").first.click()
    assert_narrow(phone, "blocks")


def test_a_refused_upload_shows_its_error_in_sight(phone, live_site, tmp_path):
    (tmp_path / "faux.jpg").write_bytes(b"pas une image")
    phone.goto(f"{live_site}{reverse('wagtailadmin_pages:add', args=['pages', 'newspage', NewsIndexPage.objects.get().pk])}")
    phone.get_by_role("button", name="Choisir une image").click()
    phone.get_by_role("tab", name="Ajouter").click()
    phone.locator(".modal [type=file]").set_input_files(tmp_path / "faux.jpg")
    expect(phone.locator(".modal [name=image-chooser-upload-title]")).to_have_value("faux")  # by a script
    phone.locator(".modal [name=image-chooser-upload-description]").fill("Une façade")
    phone.locator(".modal [name=image-chooser-upload-people]").select_option("none")
    phone.locator(".modal").get_by_role("button", name="Ajouter").click()
    expect(phone.locator(".modal").get_by_text("n’est pas une photo que le site connaît")).to_be_in_viewport()
    assert not SiteImage.objects.exists()


def test_an_upright_photograph_is_upright_while_it_is_added_and_a_wrong_file_gets_one_error(phone, live_site, tmp_path):
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6  # to be turned by a quarter
    Image.new("RGB", (800, 600), "#123456").save(tmp_path / "debout.jpg", exif=exif)
    (tmp_path / "faux.jpg").write_bytes(b"pas une image")
    phone.goto(f"{live_site}{reverse('wagtailimages:add_multiple')}")
    for name in ("debout.jpg", "faux.jpg"):
        phone.locator("[type=file]").first.set_input_files(tmp_path / name)
        expect(phone.locator("#upload-list > li", has_text=name).locator(".status-msg:visible")).not_to_have_count(0)
    expect(phone.locator("#upload-list canvas")).to_have_count(1)
    assert phone.locator("#upload-list canvas").evaluate("canvas => canvas.height > canvas.width")
    errors = phone.locator("#upload-list > li").nth(1).locator("p:visible").all_inner_texts()
    assert errors == ["Ce fichier n’est pas une photo que le site connaît. Envoyez un fichier JPEG, PNG, WebP ou HEIC."]


def test_the_bar_hides_no_field_that_is_filled_in_and_no_new_block(phone, live_site):
    phone.goto(f"{live_site}{reverse('wagtailadmin_pages:add', args=['pages', 'standardpage', HomePage.objects.get().pk])}")
    phone.wait_for_load_state("networkidle")
    bar = phone.locator("form[data-edit-form] .footer")

    def assert_above_the_bar():
        phone.wait_for_timeout(500)
        bottom = phone.evaluate("document.activeElement.getBoundingClientRect().bottom")
        assert bottom <= bar.bounding_box()["y"], phone.evaluate("document.activeElement.outerHTML")

    phone.locator("[name=title]").focus()
    for _ in range(12):
        phone.keyboard.press("Tab")
        if phone.evaluate("document.activeElement.matches('input, textarea')"):
            assert_above_the_bar()
    for _ in range(3):
        phone.get_by_role("button", name="Insérer un bloc").last.click()
        phone.locator(".w-combobox__option", has_text="Titre").first.click()
        phone.wait_for_timeout(300)
        if phone.evaluate("document.activeElement.matches('input, textarea')"):
            assert_above_the_bar()
        else:
            assert phone.locator("[data-streamfield-child] input[type=text]").last.bounding_box()["y"] < bar.bounding_box()["y"]
