"""« Ouvrir le site »: until phone or e-mail, director, host and a recipient are there, search engines are kept away."""

import re
from html import unescape

import pytest
from assertions import links, menu, parse, to_complete, versions, words
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import DatabaseError
from django.forms import model_to_dict
from django.urls import reverse
from examples import fill_organisation

from pages.models import HomePage, Organisation, Recipient, SitePage
from regie.operations import checks
from regie.operations.checks import check_opening
from regie.operations.rights import PUBLISHING, WRITING

pytestmark = pytest.mark.django_db

ADDRESSES = ["/", "/travailler-a-la-regie/", "/contact/", "/pas-de-page/", "/plan-du-site/"]
FORM = reverse("wagtailsnippets_pages_organisation:edit", args=[1])
# Each field that search engines wait for, with a way to empty it.
NEEDED = {
    "phone and e-mail": lambda: Organisation.objects.update(phone="", email=""),
    "director": lambda: Organisation.objects.update(publication_director=""),
    "host": lambda: Organisation.objects.update(host=""),
    "recipient": lambda: Recipient.objects.all().delete(),
}


def robots(client, address="/"):
    return [tag["content"] for tag in parse(client.get(address)).select("meta[name=robots]")]


def posted(**changes):
    """The fields of the form as a browser posts it, with what is stored and `changes`."""
    fields = {name: value or "" for name, value in model_to_dict(Organisation.get()).items()}
    formsets = {f"{name}-{part}_FORMS": 0 for name in ("recipients", "social_links") for part in ("TOTAL", "INITIAL", "MIN_NUM")}
    return fields | formsets | {"recipients-MAX_NUM_FORMS": "", "social_links-MAX_NUM_FORMS": ""} | changes


def post(client, address, fields, **options):
    """Sends the form, as it is now, with these fields."""
    return client.post(address, fields | versions(client, address), **options)


def with_recipient(email, subject=""):
    return {"recipients-TOTAL_FORMS": "1", "recipients-0-email": email, "recipients-0-subject": subject, "recipients-0-ORDER": "1"}


def kept_recipient():
    pk = Recipient.objects.get().pk
    return with_recipient("a@example.org") | {"recipients-INITIAL_FORMS": "1", "recipients-0-id": str(pk)}


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_page_is_indexed_before_the_site_is_ready(client, address):
    assert robots(client, address) == ["noindex"]
    fill_organisation()
    assert robots(client, address) == []


@pytest.mark.parametrize("empty", NEEDED.values(), ids=NEEDED)
def test_noindex_comes_back_with_each_field_that_is_emptied(client, empty):
    fill_organisation()
    empty()
    assert robots(client) == ["noindex"]
    (warning,) = check_opening()
    assert "," not in warning.hint.partition("names it: ")[2]


@pytest.mark.parametrize("field", ["phone", "email"])
def test_a_phone_or_an_address_suffices(client, field):
    fill_organisation()
    Organisation.objects.update(**{field: ""})
    assert robots(client) == []


def test_the_search_is_never_indexed(client):
    fill_organisation()
    assert robots(client, "/recherche/?q=emploi") == ["noindex"]


def test_deployment_is_warned_until_the_site_is_ready(monkeypatch):
    with pytest.raises(SystemCheckError, match="The site is not ready"):
        call_command("check", "--deploy", "--database=default", "--fail-level=WARNING")
    fill_organisation()
    assert check_opening() == []

    def away():
        raise DatabaseError

    monkeypatch.setattr(Organisation, "get", away)
    assert not [each for each in checks.run() if each.id == "pages.W001"]


def test_staff_see_on_each_page_that_the_site_is_in_preparation(client, staff):
    anyone = client.get("/")
    assert "Site en préparation" not in words(parse(anyone))
    assert "Cookie" not in anyone.get("Vary", "")
    client.force_login(staff(WRITING))
    for address in ADDRESSES:
        assert "Site en préparation" in words(parse(client.get(address)))
    fill_organisation()
    assert "Site en préparation" not in words(parse(client.get("/")))


@pytest.mark.parametrize("group", [PUBLISHING, pytest.param(WRITING, marks=pytest.mark.exhaustive)])
def test_staff_who_are_logged_in_come_from_each_page_to_its_form(client, staff, group):
    fill_organisation()
    pages = {page.url: page.pk for page in SitePage.objects.live().filter(depth__gt=1)}
    anyone = {address: client.get(address) for address in pages}
    assert len(anyone) > 15
    client.force_login(staff(group))
    for address, before in anyone.items():
        assert "Modifier cette page" not in words(parse(before))
        assert "Cookie" not in before.get("Vary", "")
        page = parse(client.get(address))
        edit = dict(links(page))["Modifier cette page"]
        assert edit == reverse("wagtailadmin_pages:edit", args=[pages[address]])
        page.select_one("[aria-label='Pour l’équipe']").decompose()
        assert words(page).split() == words(parse(before)).split(), address
    for view in ("search", "site_map", "glossary"):
        assert "Modifier cette page" not in words(parse(client.get(reverse(view))))


def test_who_has_an_account_without_rights_on_pages_reads_what_visitors_read(client):
    fill_organisation()
    client.force_login(User.objects.create_user("directrice"))
    assert "Modifier cette page" not in words(parse(client.get("/")))


def test_a_preview_is_what_visitors_will_see(admin):
    page = HomePage.objects.get()
    page.save_revision()
    preview = admin(PUBLISHING).get(reverse("wagtailadmin_pages:view_draft", args=[page.pk]))
    assert "Prendre soin du quartier" in words(parse(preview))
    assert "Site en préparation" not in words(parse(preview))
    assert "Modifier cette page" not in words(parse(preview))


def test_the_form_has_a_place_in_the_menu_until_the_site_is_ready(admin):
    client = admin(PUBLISHING)
    assert menu(client)[0] == "Ouvrir le site"
    tabs = [words(tab) for tab in parse(client.get(FORM)).select("[role=tab]")]
    assert [re.sub(r" \(.*", "", tab) for tab in tabs] == ["L’essentiel", "Annonce", "Le reste"]
    assert "montrent le site tant que ces quatre choses sont remplies" in words(parse(client.get(FORM)).main)
    fill_organisation()
    assert menu(client)[0] == "Pages"
    assert words(parse(client.get(FORM)).select_one("[role=tab]")).startswith("L’essentiel")


def test_writers_cannot_open_the_site(admin):
    client = admin(WRITING)
    assert client.get(FORM).status_code == 302
    assert post(client, FORM, posted(phone="0384000000")).status_code == 302
    assert Organisation.get().phone == ""


def test_the_form_can_be_saved_half_filled_and_says_what_is_missing(admin):
    client = admin(PUBLISHING)
    page = post(client, FORM, posted(phone="0384000000"), follow=True)
    assert Organisation.get().phone == "03 84 00 00 00"
    text = words(unescape(page.content.decode()))
    assert "il manque : la directrice ou le directeur de la publication, l’hébergeur, une personne qui reçoit les messages" in text
    assert robots(client) == ["noindex"]


def test_the_last_field_opens_the_site(admin):
    client = admin(PUBLISHING)
    fields = posted(email="contact@example.org", publication_director="Une personne", host="Un hébergeur")
    assert "Le site est ouvert" not in post(client, FORM, fields, follow=True).content.decode()
    page = post(client, FORM, fields | with_recipient("accueil@example.org"), follow=True)
    assert "Le site est ouvert" in page.content.decode()
    assert Recipient.get_emails("emploi") == ["accueil@example.org"]
    assert robots(client) == []
    assert Organisation.get().latest_revision.user.username == PUBLISHING.lower()


def test_a_site_without_an_organisation_can_be_opened(admin):
    client = admin(PUBLISHING)
    Organisation.objects.all().delete()
    for name, address in links(parse(client.get("/admin/")).select_one(".to-complete details")):
        assert client.get(address.split("#")[0]).status_code in {200, 302}, name
    Organisation.objects.all().delete()
    assert client.get(reverse("wagtailsnippets_pages_organisation:list"), follow=True).status_code == 200


def test_what_is_missing_stands_in_two_groups(admin):
    client = admin(PUBLISHING)
    panel = parse(client.get("/admin/")).select_one(".to-complete[aria-labelledby=to-complete]")
    first = panel.select_one("h3 + ul")
    assert words(panel.h3) == "Avant d’ouvrir"
    assert len(first.select("li")) == 9
    for name, address in links(first):
        address, _, field = address.partition("#")
        assert not field or parse(client.get(address, follow=True)).select(f"[id='{field}']"), name
    assert panel.details
    assert not panel.details.has_attr("open")
    assert "SIREN" in words(panel.details)
    fill_organisation()
    panel = parse(client.get("/admin/")).select_one(".to-complete[aria-labelledby=to-complete]")
    assert words(panel.h3) == "D’abord"
    assert len(links(panel.select_one("h3 + ul"))) == 2


def test_a_host_needs_three_lines(admin):
    client = admin(PUBLISHING)
    Organisation.objects.update(host="Un hébergeur, 1 rue de l’Exemple")
    assert "Hébergeur du site</a> : la loi demande son nom, son adresse et son téléphone" in to_complete(client)
    Organisation.objects.update(host="Un hébergeur\n1 rue de l’Exemple\n1007")
    assert "Hébergeur du site" not in to_complete(client)


@pytest.fixture
def publisher(admin):
    """A client who may change the organisation of a site that is open."""
    client = admin(PUBLISHING)
    fill_organisation()
    Organisation.objects.update(vat_number="", rna="")
    Recipient.objects.all().delete()
    facts = {"phone": "0384000000", "publication_director": "Une personne", "host": "Un hébergeur"}
    post(client, FORM, posted(**facts) | with_recipient("a@example.org"))
    assert Organisation.get().is_ready
    return client


@pytest.mark.parametrize(
    ("emptied", "question"),
    [
        ({"publication_director": ""}, "Sans ce nom, le site disparaît de Google. Vous changez de présidente ? Écrivez le nouveau nom."),
        ({"host": " "}, "Sans l’hébergeur, le site disparaît de Google."),
        ({"phone": "", "email": ""}, "Sans un téléphone ou une adresse e-mail, le site disparaît de Google."),
        ({"recipients-0-DELETE": "on"}, "Sans une personne qui reçoit les messages, le site disparaît de Google."),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_who_empties_what_keeps_the_site_open_is_asked_and_keeps_it_with_the_first_button(publisher, emptied, question):
    before, fields = Organisation.get().directions, posted(directions="Sonnez deux fois.") | kept_recipient() | emptied
    page = parse(post(publisher, FORM, fields))
    assert question in words(page)
    assert (Organisation.get().is_ready, Organisation.get().directions) == (True, before)
    keep, close = page.select(".second-save button")
    assert words(keep) == "Le garder"
    assert "Enregistré." in words(parse(post(publisher, keep["formaction"], fields, follow=True)))
    assert (Organisation.get().is_ready, Organisation.get().directions) == (True, "Sonnez deux fois.")
    text = words(parse(post(publisher, close["formaction"], fields, follow=True)))
    assert "les moteurs de recherche ne montrent plus le site. Il manque :" in text
    assert not Organisation.get().is_ready
    assert "Site en préparation" in to_complete(publisher)


def test_a_new_name_or_person_in_the_place_of_the_old_one_needs_no_question(publisher):
    new = {"recipients-1-email": "b@example.org", "recipients-1-subject": "", "recipients-1-ORDER": "2", "recipients-TOTAL_FORMS": "2"}
    deleted = {"recipients-0-DELETE": "on"}
    fields = posted(publication_director="Une autre personne") | kept_recipient() | deleted | new
    assert post(publisher, FORM, fields).status_code == 302
    assert (Organisation.get().is_ready, Recipient.objects.get().email) == (True, "b@example.org")


def test_an_earlier_version_of_the_organisation_can_be_looked_at(admin):
    client = admin(PUBLISHING)
    post(client, FORM, posted(phone="0384000000"))
    first = Organisation.get().revisions.order_by("pk").first()
    page = parse(client.get(reverse("wagtailsnippets_pages_organisation:revisions_revert", args=[1, first.pk])))
    assert page.select_one("[name=phone]").get("value", "") == ""


def test_the_history_shows_each_change_of_the_organisation(admin):
    client, address = admin(PUBLISHING), reverse("wagtailsnippets_pages_organisation:history", args=[1])
    before = len(parse(client.get(address)).select("main tbody tr"))
    for phone in ("0384000000", "0384000001"):
        post(client, FORM, posted(phone=phone))
    assert len(parse(client.get(address)).select("main tbody tr")) == before + 2


def test_a_form_with_a_mistake_says_that_nothing_is_lost(admin):
    answer = post(admin(PUBLISHING), FORM, posted(phone="12", address="1 rue de l’Exemple"))
    text = words(unescape(answer.content.decode()))
    assert "Rien n’est encore enregistré : corrigez ce qui est en rouge. Ce que vous avez écrit est toujours là." in text
    assert "1 rue de l’Exemple" in text
