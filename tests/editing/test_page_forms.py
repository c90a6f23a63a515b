"""Writing pages: one form makes one page, copies have a free address, a cancelled schedule is gone."""

import threading
from datetime import timedelta

import pytest
from assertions import parse, versions, words
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from examples import event, news, offer
from wagtail import hooks
from wagtail.contrib.redirects.models import Redirect
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from pages.models import (
    EventIndexPage,
    EventPage,
    HomePage,
    JobOfferPage,
    JobsPage,
    NewsIndexPage,
    NewsPage,
    ServicePage,
    ServicesIndexPage,
    SitePage,
    StandardPage,
)

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

JSON = {"accept": "application/json"}
TYPES = {
    EventPage: (EventIndexPage, {"first_day": "2100-05-01", "state": ""}),
    NewsPage: (NewsIndexPage, {"date": "2026-01-05"}),
    JobOfferPage: (
        JobsPage,
        {"last_day": "2100-05-01", "contract": "cdi", "audience": rich_text("<p>Vous.</p>"), "application": rich_text("<p>Là.</p>")},
    ),
}


def typed(model, title="Une fête", **fields):
    """What the form of a new page of the `model` posts."""
    common = {"title": title, "slug": "une-fete", "introduction": "", "nav_title": "", "seo_title": "", "search_description": ""}
    return nested_form_data({**common, "body": streamfield([]), **TYPES[model][1], **fields})


def form_of(client, model, parent):
    """The address of the form of a new page, and the key that it carries."""
    address = reverse("wagtailadmin_pages:add", args=["pages", model._meta.model_name, parent.pk])
    key = client.get(address).context["form"]["form_key"].value()
    return address, {"form_key": str(key)}


@pytest.mark.parametrize("model", list(TYPES), ids=lambda model: model.__name__)
def test_publishing_while_the_autosave_is_unanswered_makes_one_page(admin, model):
    client = admin("Publication")
    parent = TYPES[model][0].objects.get()
    address, key = form_of(client, model, parent)
    saved = client.post(address, {**typed(model, "Une f"), **key}, headers=JSON).json()
    assert saved["success"]
    again = client.post(address, {**typed(model, "Une fê"), **key}, headers=JSON).json()
    assert (again["pk"], again["url"]) == (saved["pk"], saved["url"])
    assert client.get(again["hydrate_url"]).status_code == 200
    response = client.post(address, {**typed(model), **key, "action-publish": "1"})
    assert response.status_code == 302, response.context["form"].errors
    assert client.post(address, {**typed(model), **key, "action-publish": "1"}).status_code == 302  # a double click
    page = model.objects.get(title="Une fête")
    assert (page.pk, page.live, page.slug) == (saved["pk"], True, "une-fete")
    assert model.objects.child_of(parent).count() == 1


@pytest.mark.parametrize("model", list(TYPES), ids=lambda model: model.__name__)
def test_two_that_have_the_same_title_get_two_addresses(admin, model):
    client, parent = admin("Publication"), TYPES[model][0].objects.get()
    for _ in range(2):
        address, key = form_of(client, model, parent)
        assert client.post(address, {**typed(model), **key, "action-publish": "1"}).status_code == 302
    assert sorted(model.objects.values_list("slug", flat=True)) == ["une-fete", "une-fete-2"]


def test_two_free_pages_with_one_address_are_refused(admin):
    client, home = admin("Publication"), HomePage.objects.get()
    for expected in (302, 200):
        address, key = form_of(client, StandardPage, home)
        response = client.post(address, {**typed(NewsPage), **key, "action-publish": "1"})
        assert response.status_code == expected
    assert "slug" in response.context["form"].errors


def test_an_autosave_that_comes_after_the_publication_changes_nothing(admin):
    client = admin("Publication")
    address, key = form_of(client, EventPage, EventIndexPage.objects.get())
    client.post(address, {**typed(EventPage), **key, "action-publish": "1"})
    late = client.post(address, {**typed(EventPage, "Une f"), **key}, headers=JSON)
    assert late.json()["success"]
    page = EventPage.objects.get()
    assert (page.title, page.draft_title, page.has_unpublished_changes) == ("Une fête", "Une fête", False)


def test_items_below_a_new_page_are_not_doubled(admin):
    client = admin("Publication")
    address, key = form_of(client, ServicePage, ServicesIndexPage.objects.get())
    no_items = dict.fromkeys(("comparisons-TOTAL_FORMS", "comparisons-INITIAL_FORMS"), "0")
    tasks = {"tasks-TOTAL_FORMS": "1", "tasks-INITIAL_FORMS": "0", "tasks-0-title": "Balayer", "tasks-0-text": rich_text("<p>Un mot.</p>")}
    tasks |= {"tasks-0-ORDER": "1", "tasks-0-id": ""}
    common = {"title": "Un service", "slug": "un-service", "body-count": "0", "downloads-count": "0", **no_items, **tasks, **key}
    assert client.post(address, common, headers=JSON).json()["success"]
    response = client.post(address, {**common, "action-publish": "1"})
    assert response.status_code == 302, response.context["form"].errors
    assert [task.title for task in ServicePage.objects.get(slug="un-service").tasks.all()] == ["Balayer"]


@pytest.mark.django_db(transaction=True)
def test_posts_of_one_form_at_the_same_time_make_one_page(client, at_once):
    user = User.objects.create_superuser("chef")
    client.force_login(user)
    parent = EventIndexPage.objects.get()
    address, key = form_of(client, EventPage, parent)
    answers = []

    def publish(**fields):
        one = Client()  # one is not made for several threads
        one.force_login(user)
        response = one.post(address, {**typed(EventPage), **fields, "action-publish": "1"})
        answers.append(response.status_code)

    at_once(4, lambda: publish(**key))
    assert answers == [302] * 4
    assert EventPage.objects.count() == 1
    at_once(4, publish)
    assert answers == [302] * 8
    assert sorted(EventPage.objects.values_list("slug", flat=True)) == ["une-fete", *(f"une-fete-{n}" for n in range(2, 6))]


def test_a_form_may_not_take_the_page_of_somebody_else(admin):
    page = HomePage.objects.get()
    client = admin("Rédaction")
    address = reverse("wagtailadmin_pages:add", args=["pages", "eventpage", EventIndexPage.objects.get().pk])
    client.post(address, {**typed(EventPage), "form_key": str(page.translation_key)})
    assert HomePage.objects.get().title == page.title
    assert EventPage.objects.count() == 1


@pytest.mark.parametrize("make", [event, news, offer])
def test_a_copy_is_made_by_the_address_that_its_form_proposes(admin, make):
    page = make(slug="une-page")
    client = admin("Publication")
    address = reverse("wagtailadmin_pages:copy", args=[page.pk])
    for n in (2, 3):
        form = client.get(address).context["form"]
        data = {name: form[name].value() for name in ("new_title", "new_slug")} | {"new_parent_page": page.get_parent().pk}
        assert client.post(address, data).status_code == 302
        assert SitePage.objects.filter(slug=f"une-page-{n}").exists()


def test_a_page_that_was_never_published_leaves_no_redirect(admin, django_capture_on_commit_callbacks):
    client = admin("Publication")
    address, key = form_of(client, EventPage, EventIndexPage.objects.get())
    edit = client.post(address, {**typed(EventPage), **key}, headers=JSON).json()["url"]

    def rename(slug, **more):
        with django_capture_on_commit_callbacks(execute=True):
            client.post(edit, {**typed(EventPage, slug=slug), **versions(client, edit), **more})

    rename("une-fete-de")
    rename("une-fete-de-quartier")
    assert not Redirect.objects.exists()
    Redirect.objects.create(old_path="/fete", redirect_page=SitePage.objects.get(slug="une-fete-de-quartier"))  # made by staff
    rename("la-fete-de-quartier")
    assert [redirect.old_path for redirect in Redirect.objects.all()] == ["/fete"]
    Redirect.objects.all().delete()
    rename("une-fete-de-quartier", **{"action-publish": "1"})
    rename("la-fete", **{"action-publish": "1"})
    assert [redirect.old_path for redirect in Redirect.objects.all()] == ["/agenda/une-fete-de-quartier"]


def test_a_draft_that_is_moved_leaves_no_redirect_and_a_page_does(admin, django_capture_on_commit_callbacks):
    home = HomePage.objects.get()
    for title in ("Ici", "Là"):
        home.add_child(instance=StandardPage(title=title))
    for live in (False, True):
        slug = f"une-page-{live}".lower()
        SitePage.objects.get(slug="ici").add_child(instance=StandardPage(title="Une page", slug=slug, live=live))
        with django_capture_on_commit_callbacks(execute=True):
            SitePage.objects.get(slug=slug).move(SitePage.objects.get(slug="la"), pos="last-child")
        assert Redirect.objects.filter(old_path=f"/ici/{slug}").exists() is live


def test_each_form_of_a_page_has_a_key_of_its_own_and_leaves_that_of_the_page(admin):
    client, page = admin("Publication"), event()
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    assert len({*(versions(client, edit)["form_key"] for _ in range(2)), str(page.translation_key)}) == 3
    assert client.post(edit, {**typed(EventPage, "Une autre fête"), **versions(client, edit), "action-publish": "1"}).status_code == 302
    assert EventPage.objects.get(translation_key=page.translation_key).title == "Une autre fête"


def planned(moment):
    """What the button of « Publier plus tard… » posts."""
    return {"go_live_at": moment.strftime("%d/%m/%Y à %H h %M"), "action-publish": "later"}


def schedule(client, model=EventPage):
    """A page that is to be published tomorrow, by the form."""
    address, key = form_of(client, model, TYPES[model][0].objects.get())
    client.post(address, {**typed(model), **key, **planned(timezone.localtime() + timedelta(days=1))})
    page = model.objects.get()
    assert (page.live, page.approved_schedule) == (False, True)
    return page, reverse("wagtailadmin_pages:edit", args=[page.pk])


def test_a_scheduled_page_stays_editable(admin):
    client = admin("Publication")
    page, edit = schedule(client)
    assert "Cette version paraîtra le" in client.get(edit).content.decode()
    again = planned(timezone.localtime(page.go_live_at))
    response = client.post(edit, {**typed(EventPage, "Une autre fête"), **versions(client, edit), **again})
    assert response.status_code == 302
    page = EventPage.objects.get()
    assert (page.live, page.approved_schedule) == (False, True)
    assert page.scheduled_revision.as_object().title == "Une autre fête"


def test_a_writer_sees_that_a_page_is_scheduled_and_cannot_cancel_it(admin, client):
    page, edit = schedule(admin("Publication"))
    writer = Client()
    writer.force_login(User.objects.create_user("ecrit"))
    user = User.objects.get(username="ecrit")
    user.groups.add(Group.objects.get(name="Rédaction"))
    text = writer.get(edit).content.decode()
    assert "Cette version paraîtra le" in text
    assert "unschedule" not in text
    assert "Publier plus tard…" not in text
    data = {**typed(EventPage, "Une autre"), "overwrite_revision_id": str(page.scheduled_revision.pk)}
    writer.post(edit, data, headers=JSON)
    assert EventPage.objects.get().approved_schedule


def test_a_cancelled_schedule_does_not_put_off_the_next_publication(admin):
    client = admin("Publication")
    _, edit = schedule(client)
    (cancel,) = [button for button in parse(client.get(edit)).select("button[data-w-action-url-value]") if words(button) == "Annuler"]
    answer = client.post(cancel["data-w-action-url-value"], follow=True)
    assert answer.redirect_chain == [(edit, 302)]
    assert "La publication prévue de « Une fête (samedi 1er mai 2100) » est annulée." in words(parse(answer))
    assert answer.context["form"]["go_live_at"].value() is None
    assert not EventPage.objects.get().approved_schedule
    client.post(edit, {**typed(EventPage), **versions(client, edit), "action-publish": "1"})
    assert EventPage.objects.get().live


@pytest.mark.parametrize(
    ("text", "words_of_error"),
    [
        ("demain", "Écrivez un jour et une heure."),
        ("", "Remplissez cette case."),
        ("1er mars 2020 à 9 h", "déjà passé"),
        ("31 février 2100 à 9h", "une date qui existe"),
        ("0001-01-01 09:00", "Vérifiez l’année"),
    ],
)
def test_a_moment_that_is_wrong_is_said_and_plans_nothing(admin, text, words_of_error):
    client = admin("Publication")
    address, key = form_of(client, EventPage, EventIndexPage.objects.get())
    answer = client.post(address, {**typed(EventPage), **key, "go_live_at": text, "action-publish": "later"})
    assert words_of_error in str(answer.context["form"].errors["go_live_at"])
    assert not EventPage.objects.exists()


def test_who_may_not_publish_plans_nothing(admin):
    """Else the text of a writer would wait, once somebody who publishes has approved it, for a moment that nobody has seen."""
    client = admin("Rédaction")
    address, key = form_of(client, EventPage, EventIndexPage.objects.get())
    client.post(address, {**typed(EventPage), **key, "go_live_at": "31 décembre 2098 à 9 h", "action-publish": "later"})
    assert EventPage.objects.get().get_latest_revision_as_object().go_live_at is None


@pytest.mark.parametrize("act", [{"action-publish": "1"}, {}])
def test_what_was_typed_in_a_window_that_was_closed_plans_nothing(admin, act):
    client = admin("Publication")
    address, key = form_of(client, EventPage, EventIndexPage.objects.get())
    assert client.post(address, {**typed(EventPage), **key, "go_live_at": "demain", **act}).status_code == 302
    page = EventPage.objects.get()
    assert (page.live, page.get_latest_revision_as_object().go_live_at, page.approved_schedule) == (bool(act), None, False)


def test_a_planned_page_that_is_published_appears_at_once_and_a_draft_of_it_leaves_the_plan(admin):
    client = admin("Publication")
    page, edit = schedule(client)
    moment = page.scheduled_revision.approved_go_live_at
    client.post(edit, {**typed(EventPage, "Un brouillon"), **versions(client, edit)})
    page = EventPage.objects.get()
    assert (page.scheduled_revision.approved_go_live_at, page.get_latest_revision_as_object().title) == (moment, "Un brouillon")
    assert "Publier tout de suite" in words(parse(client.get(edit)))
    client.post(edit, {**typed(EventPage, "La fête"), **versions(client, edit), "action-publish": "1"})
    page = EventPage.objects.get()
    assert (page.live, page.title, page.scheduled_revision) == (True, "La fête", None)


def test_a_form_that_was_opened_again_asks_and_makes_no_second_page(admin):
    """The browser's script says so, and sends the key that the form had (`test_staff_browser.py`)."""
    client = admin("Publication")
    address, key = form_of(client, EventPage, EventIndexPage.objects.get())
    client.post(address, {**typed(EventPage), **key, "action-publish": "1"})
    again = client.post(address, {**typed(EventPage, "Une autre fête"), **key, "opened_again": "1", "action-publish": "1"})
    assert "Cette page est déjà enregistrée." in words(parse(again))
    assert EventPage.objects.get().title == "Une fête"


@pytest.mark.parametrize("model", list(TYPES), ids=lambda model: model.__name__)
def test_who_publishes_before_the_address_is_filled_in_gets_one_made_of_the_title(admin, model):
    client = admin("Publication")
    address, key = form_of(client, model, TYPES[model][0].objects.get())
    response = client.post(address, {**typed(model, "Un chœur", slug=""), **key, "action-publish": "1"})
    assert response.status_code == 302, response.context["form"].errors
    page = model.objects.get()
    assert (page.slug, page.live) == ("un-choeur", True)
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    client.post(edit, {**typed(model, "Un autre titre", slug=""), **versions(client, edit), "action-publish": "1"})
    page.refresh_from_db()
    assert (page.title, page.slug) == ("Un autre titre", "un-choeur")


@pytest.mark.django_db(transaction=True)
def test_an_autosave_at_the_time_of_a_publication_does_not_take_it_back(client):
    user = User.objects.create_superuser("chef")
    client.force_login(user)
    address, key = form_of(client, EventPage, EventIndexPage.objects.get())
    saved = client.post(address, {**typed(EventPage, "Une f"), **key}, headers=JSON).json()
    other = Client()
    other.force_login(user)

    def publish():
        other.post(saved["url"], {**typed(EventPage, "Une fête"), **key, "action-publish": "1"})
        connection.close()

    publication = threading.Thread(target=publish)

    def publish_meanwhile(request, page):
        """Staff publish between the moment at which the autosave reads and the one at which it writes."""
        if request.headers.get("accept") == JSON["accept"]:
            publication.start()
            publication.join(timeout=1)

    with hooks.register_temporarily("before_edit_page", publish_meanwhile):
        client.post(saved["url"], {**typed(EventPage, "Une fê"), **key, "overwrite_revision_id": saved["revision_id"]}, headers=JSON)
        publication.join()
    page = EventPage.objects.get()
    assert (page.live, page.title, page.get_latest_revision_as_object().title) == (True, "Une fête", "Une fête")


def test_days_and_hours_are_written_as_people_write_them(admin):
    client, parent = admin("Publication"), EventIndexPage.objects.get()
    address, key = form_of(client, EventPage, parent)
    odd = {"first_day": "31 février 2100", "start_time": "l’après-midi", "action-publish": "1"}
    errors = client.post(address, {**typed(EventPage), **key, **odd}).context["form"].errors
    assert "Par exemple : 12 décembre 2026" in str(errors["first_day"])
    assert "Par exemple : 14 h 30" in str(errors["start_time"])
    client.post(address, {**typed(EventPage), **key, **odd, "first_day": "12 décembre 2100", "start_time": "14 heures"})
    page = EventPage.objects.get()
    assert (str(page.first_day), str(page.start_time)) == ("2100-12-12", "14:00:00")
