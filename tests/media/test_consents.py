"""How staff ask for the consent of people on pictures, and find the pictures that lack it."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from assertions import links, parse, words
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from examples import fill_organisation, news, picture, portrait, rendition
from PIL import Image
from playwright.sync_api import expect
from wagtail.log_actions import registry

from pages.models import NewsIndexPage, SiteImage
from pages.text.dates import format_day

pytestmark = pytest.mark.django_db


def a_file():
    file = BytesIO()
    Image.new("RGB", (64, 48), "#123456").save(file, "PNG")
    return SimpleUploadedFile("portrait.png", file.getvalue(), "image/png")


INDEX = reverse("wagtailimages:index")


def make_pictures():
    today = timezone.localdate()
    unasked, unsigned = picture("Jamais demandé"), picture("Sans signature")
    SiteImage.objects.filter(pk=unasked.pk).update(people="")
    SiteImage.objects.filter(pk=unsigned.pk).update(people="recognisable")
    signed = {"consent_on": today - timedelta(days=100)}
    portrait(title="Fini", consent_until=today - timedelta(days=1), **signed)
    portrait(title="Bientôt", consent_until=today + timedelta(days=20), **signed)
    portrait(title="Valable", consent_until=today + timedelta(days=200), **signed)
    portrait(title="Sans fin", consent_until=None, **signed)
    portrait(title="Trop vieux", consent_on=today - timedelta(days=3 * 366), consent_until=None)
    picture("Une rue"), picture("De dos", people="far")


def test_pictures_are_found_by_the_name_of_who_agreed(admin):
    make_pictures()
    portrait(title="Le jardin", consent_by="Nadia Exemple")
    found = admin("Publication").get(INDEX, {"q": "nadia"}).context["object_list"]
    assert [image.title for image in found] == ["Le jardin"]


def test_the_first_screen_names_the_pictures_that_are_not_shown_or_soon_will_not_be(admin):
    make_pictures()
    text = words(parse(admin("Publication").get(reverse("wagtailadmin_home"))).main)
    for title in ("Jamais demandé", "Sans signature", "Fini", "Bientôt", "Trop vieux"):
        assert f"Image « {title} »" in text
    assert "Image « Valable »" not in text


def test_the_sheet_to_sign_says_what_for_until_when_and_how_to_change_ones_mind(admin, client):
    fill_organisation()
    staff = admin("Rédaction")
    form = parse(staff.get(reverse("wagtailimages:add")))
    sheet = dict(links(form))["Imprimer la feuille à signer"]
    text = words(parse(staff.get(sheet)))
    for said in (
        "Régie des Quartiers de Belfort",
        "Jusqu’au",
        "Vous pouvez changer d’avis",
        "03 84",
        "les deux parents",
        "Et l’enfant, s’il est d’accord lui aussi",
        "CNIL",
    ):
        assert said in text
    client.logout()
    assert client.get(sheet).status_code == 302


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_sheet_to_sign_is_one_page(as_member):
    fill_organisation()
    page = as_member("Publication")
    page.goto(page.url.split("/admin")[0] + reverse("photo_consent"))
    assert page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n") == 1


def click(client, image, name="La personne ne veut plus"):
    """Presses the button on the form of the picture, if it is there."""
    form = parse(client.get(reverse("wagtailimages:edit", args=[image.pk])))
    addresses = [button["data-w-action-url-value"] for button in form.select("button[data-w-action-url-value]") if words(button) == name]
    return client.post(addresses[0], follow=True) if addresses else None


def test_a_person_who_changes_their_mind_leaves_the_site_with_one_click(admin, client, django_capture_on_commit_callbacks):
    image, street = portrait(title="Le portrait"), picture("Une rue")
    with django_capture_on_commit_callbacks(execute=True):
        pages = [news(f"Page {number}", picture=image) for number in (1, 2)]
    assert rendition(image).file.name.startswith("images/")
    staff = admin("Publication")
    assert click(staff, street) is None
    answer = click(staff, image)
    said = words(parse(answer).select_one(".messages"))
    assert "Retirez-la de ces pages." in said
    assert "L’accord est fini. Le site ne montre plus « Le portrait ». Elle était ici : Page " in said
    leads = {address for _, address in links(parse(answer).select_one(".messages"))}
    assert leads == {reverse("wagtailadmin_pages:edit", args=[page.pk]) for page in pages}
    image.refresh_from_db()
    assert image.consent_until == timezone.localdate() - timedelta(days=1)
    assert not image.renditions.filter(file__startswith="images/").exists()
    assert "<img" not in str(parse(client.get(pages[0].url)).main)
    assert f"Ne veut plus depuis le {format_day(timezone.localdate(), 'j F Y')}. Avant : ce site" == image.consent_for
    form = parse(staff.get(reverse("wagtailimages:edit", args=[image.pk])))
    assert words(form.select_one(".picture-uses")) == "Rien : un accord manque ou est fini, ou la collection est privée."
    assert click(staff, image) is None
    assert registry.get_logs_for_instance(image).first().action == "wagtail.edit"


@pytest.mark.parametrize("search", ["", "?q=photo"])
def test_the_chooser_offers_no_picture_whose_consent_has_ended(admin, search):
    staff, image = admin("Publication"), portrait(title="Photo du portrait")
    picture("Photo de la rue"), portrait(title="Photo à compléter", consent_by="")
    click(staff, image)
    results = parse(staff.get(reverse("wagtailimages_chooser:choose_results") + search))
    assert {words(each) for each in results.select(".image-choice h3")} == {"Photo de la rue", "Photo à compléter"}


def test_an_earlier_end_stays_and_pictures_without_people_get_none(admin):
    staff, ended = admin("Publication"), date(2020, 1, 1)
    for fields, until in (({"people": "recognisable", "consent_until": ended}, ended), ({}, None), ({"people": "far"}, None)):
        image = picture(**fields)
        assert staff.post(reverse("end_consent", args=[image.pk]), follow=True).status_code == 200
        image.refresh_from_db()
        assert image.consent_until == until
    assert staff.get(reverse("end_consent", args=[image.pk])).status_code == 405


def test_nobody_ends_a_consent_without_the_right_to_change_the_picture(client):
    image = portrait()
    user = User.objects.create_user("sans-droits")
    user.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client.force_login(user)
    client.post(reverse("end_consent", args=[image.pk]))
    image.refresh_from_db()
    assert image.consent_until > timezone.localdate()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_consent_is_asked_for_only_if_somebody_can_be_recognised(as_member):
    page = as_member("Publication")
    site = page.url.split("/admin")[0]
    page.goto(f"{site}{reverse('wagtailimages:add')}")
    consent = page.locator("[name=consent_by]")
    expect(consent).not_to_be_visible()
    page.locator("[name=people]").select_option("recognisable")
    expect(consent).to_be_visible()
    page.locator("[name=people]").select_option("far")
    expect(consent).not_to_be_visible()


@pytest.mark.browser
@pytest.mark.exhaustive
@pytest.mark.django_db(transaction=True)
def test_a_phone_takes_a_picture_in_the_chooser(as_member, tmp_path):
    member = as_member("Publication")
    site, cookies = member.url.split("/admin")[0], member.context.cookies()
    phone = member.context.browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, locale="fr-FR")
    phone.add_cookies(cookies)
    page = phone.new_page()
    page.goto(f"{site}{reverse('wagtailadmin_pages:add', args=['pages', 'newspage', NewsIndexPage.objects.get().pk])}")
    page.get_by_role("button", name="Choisir une image").first.click()
    page.get_by_role("tab", name="Ajouter").click()
    page.evaluate(
        "document.addEventListener('click', ({ target }) => target.type === 'file' && (window.how = target.getAttribute('capture')))"
    )
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Prendre une photo").click()
    assert page.evaluate("window.how") == "environment"
    Image.new("RGB", (640, 480), "#123456").save(tmp_path / "photo.png")
    chooser.value.set_files(tmp_path / "photo.png")
    expect(page.locator(".modal [name$=title]")).to_have_value("photo")  # Wagtail's script takes it from the file
    page.locator("[name$=people]").select_option("none")
    page.get_by_role("button", name="Ajouter").click()
    expect(page.locator(".modal")).to_have_count(0, timeout=20_000)
    assert SiteImage.objects.filter(title="photo").exists()
    phone.close()


def test_the_days_of_a_consent_are_written_as_people_say_them(admin):
    client = admin("Publication")
    fields = {"title": "Un portrait", "people": "recognisable", "consent_by": "Une personne", "consent_for": "ce site", "file": a_file()}
    client.post(reverse("wagtailimages:add"), fields | {"consent_on": "20 novembre 2025", "consent_until": "1.12.2099"})
    image = SiteImage.objects.get()
    assert (image.consent_on, image.consent_until) == (date(2025, 11, 20), date(2099, 12, 1))
    refused = client.post(reverse("wagtailimages:add"), fields | {"consent_on": "hier", "file": a_file()})
    (said,) = refused.context["form"].errors["consent_on"]
    assert said.startswith("Écrivez une date qui existe")
