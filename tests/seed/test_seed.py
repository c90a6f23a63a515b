"""The starting content is added once, through the models, and never changes a site that has content."""

import re
from io import StringIO

import pytest
from admin_crawl import crawl
from assertions import links, parse, words
from django.core.management import call_command
from django.core.management.base import CommandError
from wagtail.models import PageLogEntry, Revision, Site, get_page_models

from pages.models import District, GlossaryTerm, HomePage, KeyFigure, Organisation, SitePage
from pages.seed import seed

pytestmark = pytest.mark.django_db


def test_a_second_seed_changes_nothing_and_says_so():
    HomePage.objects.update(heading="Un autre titre")
    before = (SitePage.objects.count(), Revision.objects.count(), KeyFigure.objects.count())
    out = StringIO()
    call_command("seed", stdout=out)
    assert "nothing was changed" in out.getvalue()
    assert (SitePage.objects.count(), Revision.objects.count(), KeyFigure.objects.count()) == before
    assert HomePage.objects.get().heading == "Un autre titre"


def test_the_seed_works_on_a_tree_that_was_emptied():
    SitePage.objects.get(depth=1).get_children().delete()
    for model in (KeyFigure, District, Organisation):
        model.objects.all().delete()
    assert seed()
    assert Site.objects.get(is_default_site=True).root_page.specific == HomePage.objects.get()


def test_what_was_kept_of_an_earlier_site_stays():
    HomePage.objects.get().delete()
    Organisation.objects.update(phone="03 84 00 00 00")
    District.objects.filter(is_seat=True).update(is_seat=False)
    assert seed()
    assert Organisation.get().phone == "03 84 00 00 00"
    assert (District.objects.count(), KeyFigure.objects.count()) == (4, 3)


def get_missing(*names):
    out = StringIO()
    call_command("seed", "--missing", *names, stdout=out)
    return out.getvalue()


def test_what_a_site_lacks_is_listed_and_only_what_is_named_is_added():
    SitePage.objects.get(slug="vie-de-quartier").specific.delete()
    SitePage.objects.get(slug="nos-activites").specific.delete()
    jobs = SitePage.objects.get(slug="travailler-a-la-regie")
    GlossaryTerm.objects.filter(term__in=["ACI", "SIREN"]).delete()
    lists = ["  /nos-activites/\n", "  /nos-activites/proprete-des-espaces-exterieurs/\n", "  /vie-de-quartier/\n", "  ACI\n", "  SIREN\n"]
    before, log = (SitePage.objects.count(), Revision.objects.count()), PageLogEntry.objects.count()
    assert all(line in get_missing() for line in lists)
    assert (SitePage.objects.count(), Revision.objects.count()) == before
    get_missing("/nos-activites/proprete-des-espaces-exterieurs/", "ACI")
    assert not SitePage.objects.get(slug="proprete-des-espaces-exterieurs").live
    assert not SitePage.objects.get(slug="nos-activites").live  # without which it has no place
    assert not PageLogEntry.objects.filter(page__in=SitePage.objects.filter(first_published_at=None)).exists()
    assert PageLogEntry.objects.count() == log
    assert GlossaryTerm.objects.filter(term__in=["ACI", "SIREN"]).count() == 1
    assert SitePage.objects.count() == before[0] + 2
    assert SitePage.objects.get(pk=jobs.pk).latest_revision_id == jobs.latest_revision_id
    assert [line in get_missing() for line in lists] == [False, False, True, False, True]
    with pytest.raises(CommandError, match="Nothing is missing of this name: ACI"):
        get_missing("SIREN", "ACI")
    assert "  SIREN\n" in get_missing()  # all or nothing


def test_the_site_of_another_regie_is_offered_words_alone():
    Organisation.objects.update(name="Régie de l’Exemple")
    SitePage.objects.get(slug="vie-de-quartier").specific.delete()
    assert "lacks nothing" in get_missing()


def test_wagtails_welcome_page_has_given_way():
    assert [page.specific_class for page in SitePage.objects.filter(depth=2)] == [HomePage]


def test_every_page_made_is_live_renders_and_has_a_first_revision(client):
    pages = SitePage.objects.filter(depth__gt=1)
    assert {model for model in get_page_models() if model.max_count == 1} <= {page.specific_class for page in pages}
    for page in pages:
        assert page.live
        assert page.latest_revision
        assert client.get(page.url).status_code == 200


def test_every_snippet_made_has_a_first_revision():
    for model in (KeyFigure, District, Organisation):
        assert all(thing.latest_revision for thing in model.objects.all())


def test_every_page_has_a_description_of_the_right_length():
    for page in SitePage.objects.filter(depth__gt=1):
        assert 120 <= len(page.search_description) <= 155, page.title


def test_doors_wait_for_their_pages(client):
    titles = ["Je cherche un travail", "J’habite le quartier", "Je suis une collectivité ou un bailleur", "Je suis un partenaire"]
    assert [words(door) for door in parse(client.get("/")).select(".doors b")] == titles
    SitePage.objects.get(slug="travailler-a-la-regie").unpublish()
    page = parse(client.get("/"))
    assert [words(door) for door in page.select(".doors b")] == titles[1:]
    assert not page.select(".door-lit")
    assert "Je cherche un travail" not in words(page)


def test_the_first_door_is_lit_and_stands_in_the_first_screen_once_it_is_open(client):
    home = HomePage.objects.get()
    doors = list(home.doors.all())
    doors[0].target = SitePage.objects.get(slug="vocation")
    home.doors = doors
    home.save_revision().publish()
    page = parse(client.get("/")).main
    assert [words(link) for link in page.select(".hero a.button[href='/qui-sommes-nous/vocation/']")] == ["Je cherche un travail"]
    assert len(page.select(".door-lit")) == 1
    doors[0].target.unpublish()
    assert "Je cherche un travail" not in client.get("/").content.decode()


@pytest.mark.postgresql
def test_prepare_makes_one_administrator_and_never_resets_the_password(django_user_model):
    out = StringIO()
    call_command("prepare_local", stdout=out)
    password = re.search(r"Password: (\S+)", out.getvalue())[1]
    again = StringIO()
    call_command("prepare_local", stdout=again)
    assert again.getvalue() == ""
    assert django_user_model.objects.get(is_superuser=True).check_password(password)


def test_items_of_pages_are_numbered():
    from django.apps import apps
    from wagtail.models import Orderable

    for model in apps.get_app_config("pages").get_models():
        if issubclass(model, Orderable):
            assert not model.objects.filter(sort_order=None).exists(), model


OF_BELFORT = re.compile("belfort|glacis|pépinière|résidences|parant|territoire habitat|\\b1990\\b|mouvement des régies", re.IGNORECASE)


@pytest.fixture
def started(db):
    """A site of another régie, as `start_site` makes it."""
    SitePage.objects.get(depth=1).get_children().delete()
    for model in (KeyFigure, District, Organisation, GlossaryTerm):
        model.objects.all().delete()
    Revision.objects.all().delete()
    call_command("start_site", "Régie de l’Exemple", stdout=StringIO())


def test_another_regie_starts_with_one_command_and_without_anything_of_belfort(started, client, admin):
    waiting, seen = ["/"], set()
    while waiting:
        address = waiting.pop()
        if address in seen or not address.startswith("/"):
            continue
        seen.add(address)
        answer = client.get(address)
        assert answer.status_code == 200, address
        text = answer.content.decode(errors="ignore")
        assert not OF_BELFORT.search(text), (address, OF_BELFORT.search(text))
        if answer["Content-Type"].startswith("text/html"):
            page = parse(answer)
            assert not page.select(".town"), address
            assert all(words(heading) for heading in page.select("h1, h2, h3")), address
            waiting += [link.split("#")[0] for _, link in links(page)]
    assert {page.url for page in SitePage.objects.public().filter(depth__gt=1)} <= seen | {"/agenda/", "/actualites/"}
    assert not any(OF_BELFORT.search(str(revision.content)) for revision in Revision.objects.all())
    panel = parse(admin("Publication").get("/admin/")).select_one(".to-complete")
    assert words(panel.h3) == "Avant d’ouvrir"
    assert len(panel.select("h3 + ul li")) == 9


@pytest.mark.postgresql
def test_a_site_is_started_once(started):
    for remove in (lambda: None, HomePage.objects.get().delete):
        remove()
        out = StringIO()
        call_command("start_site", "Une autre", stdout=out)
        assert "nothing was changed" in out.getvalue()
    for name in (" ", "a" * 121):
        with pytest.raises(CommandError, match="1 to 120"):
            call_command("start_site", name)
    assert Organisation.get().name == "Régie de l’Exemple"


@pytest.mark.exhaustive
def test_the_admin_of_another_regie_names_nothing_of_belfort(started, admin_client):
    for status, address in crawl(admin_client, each_type=True).values():
        if status == 200:
            text = admin_client.get(address).content.decode(errors="ignore")
            assert not OF_BELFORT.search(text), (address, OF_BELFORT.search(text))
