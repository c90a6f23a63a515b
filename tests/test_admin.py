"""The admin as each staff group finds it: in French, with what it may do and nothing that the site does not use."""

import json
import re
from html import unescape

import pytest
from django.urls import reverse
from wagtail.models import Page, get_page_models

from pages.models import District, HomePage, KeyFigure, Organisation
from tests.conftest import UNSEEDED

pytestmark = pytest.mark.django_db

WRITING, PUBLISHING = "Rédaction", "Publication"


def menu(client):
    """The names in the admin's menu, as its sidebar gets them."""
    text = client.get("/admin/").content.decode()
    props = json.loads(re.search(r'id="wagtail-sidebar-props"[^>]*>(.*?)</script>', text, re.S)[1])
    found = re.findall(r'"label": "([^"]+)"', json.dumps(props, ensure_ascii=False))
    return [label for label in found if label != "Rechercher"]


def test_the_menu_of_a_writer(admin):
    shown = menu(admin(WRITING))
    assert shown[:2] == ["Pages", "Chiffres clés"]
    assert not {"L’organisation", "Quartiers", "Réglages", "Fragments", "Aide"} & set(shown)


def test_the_menu_of_a_publisher(admin):
    assert menu(admin(PUBLISHING))[:4] == ["Pages", "Chiffres clés", "L’organisation", "Quartiers"]


@pytest.mark.parametrize(
    ("group", "address", "status"),
    [
        (WRITING, reverse("wagtailsnippets_pages_keyfigure:list"), 200),
        (WRITING, reverse("wagtailsnippets_pages_keyfigure:add"), 302),
        (WRITING, reverse("wagtailsnippets_pages_organisation:edit", args=[1]), 302),
        (WRITING, reverse("wagtailsnippets_pages_district:add"), 302),
        (WRITING, reverse("wagtailimages:add_multiple"), 200),
        (PUBLISHING, reverse("wagtailsnippets_pages_keyfigure:add"), 200),
        (PUBLISHING, reverse("wagtailsnippets_pages_organisation:edit", args=[1]), 200),
        (PUBLISHING, reverse("wagtailsnippets_pages_organisation:add"), 302),
        (PUBLISHING, reverse("wagtailsnippets_pages_organisation:delete", args=[1]), 302),
        (PUBLISHING, reverse("wagtailsnippets_pages_district:add"), 200),
        (PUBLISHING, reverse("wagtailusers_users:index"), 302),
    ],
)
def test_what_each_group_may_open(admin, group, address, status):
    assert admin(group).get(address).status_code == status


def test_writers_submit_and_publishers_publish(staff):
    page = HomePage.objects.get()
    assert not page.permissions_for_user(staff(WRITING)).can_publish()
    assert page.permissions_for_user(staff(PUBLISHING)).can_publish()
    assert page.get_workflow().name == "Relecture par Publication"


def test_the_entry_of_the_organisation_opens_its_form(admin):
    client = admin(PUBLISHING)
    edit = reverse("wagtailsnippets_pages_organisation:edit", args=[1])
    assert client.get(reverse("wagtailsnippets_pages_organisation:list")).headers["location"] == edit
    Organisation.objects.all().delete()
    assert client.get(reverse("wagtailsnippets_pages_organisation:list")).headers["location"] == edit
    assert Organisation.objects.count() == 1


def to_complete(client):
    text = unescape(client.get("/admin/").content.decode())
    return re.search(r'<section class="[^"]*to-complete.*?</section>', text, re.S)[0]


def test_staff_are_told_what_is_missing_and_led_to_the_very_field(admin):
    missing = to_complete(admin(PUBLISHING))
    for words in ("Chiffre clé « salariés »", "Chiffre clé « actions de formation", "Téléphone", "Horaires", "#id_phone"):
        assert words in missing
    assert "expérience" not in missing


def test_nothing_missing_is_said_so(admin):
    KeyFigure.objects.update(since_year=2000)
    Organisation.objects.update(phone="03 84 00 00 00", email="a@example.org", address="Belfort", opening_hours="Le lundi")
    assert "Tout est rempli." in to_complete(admin(PUBLISHING))


def test_writers_are_told_of_figures_only(admin):
    missing = to_complete(admin(WRITING))
    assert "Chiffre clé « salariés »" in missing
    assert "#id_phone" not in missing


def test_djangos_own_admin_is_not_mounted(admin):
    client = admin(PUBLISHING)
    for address in ("/django-admin/", "/admin/auth/user/", "/admin/pages/keyfigure/"):
        assert client.get(address).status_code == 404


@pytest.mark.parametrize("page_type", [model for model in get_page_models() if model is not Page], ids=lambda model: model.__name__)
def test_every_page_type_has_a_form_in_french_and_a_preview(admin, page_type):
    client = admin(PUBLISHING)
    page = page_type.objects.first()
    if page is None:
        page = page_type(**UNSEEDED[page_type])
        HomePage.objects.get().add_child(instance=page)
        page.save_revision()
    form = client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    labels = re.findall(r'<label class="w-field__label"[^>]*>\s*([^<]+?)\s*<', form)
    assert labels
    english = {"Title", "Slug", "Text", "Introduction text", "Nav title", "Body", "Heading", "Seo title", "Show in menus", "Label", "Year"}
    assert not english & set(labels)
    preview = page.make_preview_request(client.get("/admin/").wsgi_request)
    assert preview.status_code == 200
    assert page.title.split()[0] in preview.content.decode()


@pytest.mark.parametrize("known", [True, False])
def test_a_key_figure_has_a_preview(admin, known):
    figure = KeyFigure.objects.get(slug="ans-dexperience" if known else "salaries")
    text = figure.make_preview_request(admin(WRITING).get("/admin/").wsgi_request).content.decode()
    assert ("ans d’expérience" in text) is known
    assert ("à compléter" in text) is not known


@pytest.mark.parametrize("model", [KeyFigure, District, Organisation])
def test_snippets_have_a_history(admin, model):
    thing = model.objects.first()
    namespace = f"wagtailsnippets_pages_{model._meta.model_name}"
    assert admin(PUBLISHING).get(reverse(f"{namespace}:history", args=[thing.pk])).status_code == 200


def test_pages_are_listed_in_the_order_of_the_site(admin):
    about = Page.objects.get(slug="qui-sommes-nous")
    text = admin(PUBLISHING).get(reverse("wagtailadmin_explore", args=[about.pk])).content.decode()
    titles = ["L’histoire de la Régie", "Notre vocation", "Les 3 forces de la Régie", "Notre mission", "Notre réseau"]
    places = [text.index(title) for title in titles]
    assert places == sorted(places)


def test_nothing_in_the_admin_leads_to_another_host_by_itself(admin):
    client = admin(PUBLISHING)
    for address in ("/admin/", "/admin/login/", reverse("wagtailadmin_explore_root"), reverse("wagtailadmin_account")):
        text = client.get(address).content.decode()
        assert not re.findall(r'(?:src|srcset|action)="(?:https?:)?//[^"]+', text)
        assert "releases.wagtail.org" not in text
        assert "gravatar" not in text
