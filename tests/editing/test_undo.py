"""Taking a page down can be undone with one click; deleting one cannot, and is for administrators, a month later."""

from datetime import timedelta

import pytest
from assertions import filled, links, parse, words
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from examples import event, news
from wagtail.models import PageLogEntry, get_page_models

from pages.models import (
    AboutPage,
    ContactPage,
    EventIndexPage,
    EventPage,
    HomePage,
    LegalPage,
    NewsPage,
    SimplePage,
    SitePage,
    StandardPage,
)

pytestmark = pytest.mark.django_db
PUBLISHING, WRITING = "Publication", "Rédaction"


def url(name, page):
    return reverse(f"wagtailadmin_pages:{name}", args=[page.pk])


def take_down(client, page):
    return client.post(url("unpublish", page), follow=True)


def one_click(client, answer):
    """What the button of a message does: its script posts to this address."""
    return client.post(parse(answer).select_one(".messages .success [data-w-action-url-value]")["data-w-action-url-value"], follow=True)


def test_a_page_is_taken_down_and_put_back_with_one_click_each(admin, client):
    page = event("Nettoyage de printemps")
    member = admin(PUBLISHING)
    edit = parse(member.get(url("edit", page)))
    assert ("Retirer du site", f"{url('unpublish', page)}") in [(text, to.partition("?")[0]) for text, to in links(edit)]
    answer = take_down(member, page)
    assert "« Nettoyage de printemps (samedi 10 avril 2100) » n’est plus sur le site." in words(parse(answer).select_one(".messages"))
    visit = client.get(page.url)
    assert visit.status_code == 404
    text = words(parse(visit).main)
    assert "Cette page n’est plus sur le site" in text
    assert "Nettoyage" not in text
    assert "est de nouveau sur le site" in words(parse(one_click(member, answer)).select_one(".messages"))
    assert "Nettoyage de printemps" in words(parse(client.get(page.url)).main)


def test_what_is_put_back_is_what_visitors_have_read(admin, client):
    page, member = news(title="Une actualité", introduction="Un premier texte."), admin(PUBLISHING)
    member.post(url("edit", page), filled_page(member, page, introduction="Le texte publié.") | {"action-publish": "1"})
    member.post(url("edit", page), filled_page(member, page, introduction="Un brouillon."))
    answer = take_down(member, page)
    one_click(member, answer)
    assert "Le texte publié." in words(parse(client.get(page.url)).main)
    page.refresh_from_db()
    assert page.has_unpublished_changes
    assert page.get_latest_revision_as_object().introduction == "Un brouillon."


def filled_page(client, page, **fields):
    return filled(client.get(url("edit", page))) | {"body-count": "0"} | fields


def test_what_had_ended_stays_when_it_is_put_back(admin, client):
    page, member = news(title="Une actualité"), admin(PUBLISHING)
    page.expire_at = timezone.now() + timedelta(hours=1)
    page.save_revision(user=User.objects.get()).publish(user=User.objects.get())
    SitePage.objects.filter(pk=page.pk).update(expire_at=timezone.now() - timedelta(hours=1))
    assert "n’est plus sur le site" in words(parse(client.get(page.url)).main)
    SitePage.objects.get(pk=page.pk).specific.unpublish(set_expired=True)
    member.post(reverse("put_back", args=[page.pk]))
    assert client.get(page.url).status_code == 200


@pytest.mark.parametrize("is_first", [True, False])
def test_what_came_out_on_its_date_is_put_back_and_not_a_draft(admin, client, time_machine, is_first):
    time_machine.move_to(timezone.now())
    page, member = news(title="Une actualité", introduction="Un ancien texte."), admin(PUBLISHING)
    user = User.objects.get()
    if is_first:
        SitePage.objects.filter(pk=page.pk).update(live=False, first_published_at=None)
        page.refresh_from_db()
    else:
        page.save_revision(user=user).publish(user=user)
    page.introduction, page.go_live_at = "Le texte prévu.", timezone.now() + timedelta(minutes=1)
    page.save_revision(user=user).publish(user=user)
    time_machine.shift(timedelta(minutes=2))
    call_command("run_due")
    assert "Le texte prévu." in words(parse(client.get(page.url)).main)
    member.post(url("edit", page), filled_page(member, page, introduction="Un brouillon.", go_live_at=""))
    one_click(member, take_down(member, page))
    assert "Le texte prévu." in words(parse(client.get(page.url)).main)


def test_an_autosave_does_not_write_over_what_was_published(admin, client, staff):
    """Else what was approved would be another text when the page is put back."""
    page = news(title="Une actualité", introduction="Un texte.")
    writer, member = Client(), admin(PUBLISHING)
    writer.force_login(staff(WRITING))
    address, accept = url("edit", page), {"accept": "application/json"}
    fields = filled(writer.get(address)) | {"body-count": "0"}
    saved = writer.post(address, fields | {"introduction": "Le texte relu."}, headers=accept).json()
    NewsPage.objects.get().get_latest_revision().publish(user=User.objects.get(username="publication"))
    more = writer.post(address, fields | {"introduction": "Jamais relu.", "overwrite_revision_id": saved["revision_id"]}, headers=accept)
    assert more.json()["success"]
    assert more.json()["revision_id"] != saved["revision_id"]
    one_click(member, take_down(member, page))
    assert "Le texte relu." in words(parse(client.get(page.url)).main)


def test_the_pages_below_are_put_back_too(admin, client):
    above, member = (
        SitePage.objects.get(slug="contact").get_parent().add_child(instance=StandardPage(title="Au-dessus", slug="dessus")),
        admin(PUBLISHING),
    )
    below, draft = (above.add_child(instance=SimplePage(title=title, slug=title)) for title in ("simple", "retire"))
    for page in (above, below, draft):
        page.save_revision().publish()
    draft.unpublish()
    answer = member.post(url("unpublish", above), {"include_descendants": "on"}, follow=True)
    one_click(member, answer)
    assert [SitePage.objects.get(pk=page.pk).live for page in (above, below, draft)] == [True, True, False]


def test_an_address_that_was_taken_meanwhile_is_said(admin):
    page, member = news(title="Une actualité", slug="nouvelle"), admin(PUBLISHING)
    page.save_revision().publish()
    answer = take_down(member, page)
    SitePage.objects.filter(pk=page.pk).update(slug="autre", url_path="/home/actualites/autre/")
    news(title="Une autre", slug="nouvelle")
    assert "La page n’est pas remise" in words(parse(one_click(member, answer)).select_one(".messages"))


def test_an_address_that_only_a_draft_has_is_not_told(admin, client):
    page, member = news(title="Une actualité"), admin(PUBLISHING)
    page.save_revision().publish()
    take_down(member, page)
    member.post(url("edit", page), filled_page(member, page, slug="fusion-secrete"))
    assert SitePage.objects.get(pk=page.pk).url.endswith("/fusion-secrete/")
    assert "Cette page n’existe pas" in words(parse(client.get("/actualites/fusion-secrete/")).main)


@pytest.mark.parametrize("way", ["end", "privacy"])
def test_publication_takes_down_no_page_of_the_skeleton_in_another_way(admin, client, way):
    page, member = ContactPage.objects.get(), admin(PUBLISHING)
    if way == "end":
        end = (timezone.localtime() + timedelta(days=1)).strftime("%Y-%m-%d %H:%M")
        answer = member.post(url("edit", page), filled_page(member, page, expire_at=end) | {"action-publish": "1"})
        assert "seule une personne qui administre le site peut la retirer" in str(answer.context["form"].errors["expire_at"])
    else:
        member.post(url("set_privacy", page), {"restriction_type": "login", "password": "", "groups": []})
    page.refresh_from_db()
    assert (page.expire_at, page.view_restrictions.exists()) == (None, False)


def test_a_page_of_the_skeleton_that_is_private_is_said_too(admin):
    ContactPage.objects.get().view_restrictions.create(restriction_type="login")
    assert "Ouvrez-la à tous." in words(parse(admin(PUBLISHING).get("/admin/")).select_one(".to-review"))


@pytest.mark.parametrize("address", ["/agenda/jamais/", "/agenda/un-brouillon/", "/agenda/une-page-privee/"])
def test_other_addresses_say_that_there_is_no_page(client, address):
    event("Un brouillon", slug="un-brouillon").unpublish()
    SitePage.objects.filter(slug="un-brouillon").update(first_published_at=None)
    private = event("Une page privée", slug="une-page-privee")
    private.unpublish()
    private.view_restrictions.create(restriction_type="login")
    assert "Cette page n’existe pas" in words(parse(client.get(address)).main)


SKELETON = [model for model in get_page_models() if model.max_count is not None]


def test_the_skeleton_is_what_exists_once():
    assert {HomePage, ContactPage, LegalPage, AboutPage, EventIndexPage} <= set(SKELETON)
    assert not {EventPage, NewsPage} & set(SKELETON)


@pytest.mark.parametrize(
    "model",
    [pytest.param(model, marks=[] if model in (HomePage, LegalPage) else pytest.mark.exhaustive, id=model.__name__) for model in SKELETON],
)
def test_only_administrators_take_down_a_page_of_the_skeleton_and_the_first_screen_says_so(client, staff, model):
    page = model.objects.first()
    client.force_login(staff(PUBLISHING))
    assert "Retirer du site" not in words(parse(client.get(url("edit", page))))
    take_down(client, page)
    client.post(f"{reverse('wagtail_bulk_action', args=['pages', 'sitepage', 'unpublish'])}?id={page.pk}")
    assert model.objects.first().live
    review = "les visiteurs ne la voient pas, et les autres pages ont besoin d’elle."
    assert review not in words(parse(client.get("/admin/")))
    client.force_login(User.objects.create_superuser("chef"))
    take_down(client, page)
    assert not model.objects.get(pk=page.pk).live
    client.force_login(User.objects.get(username="publication"))
    text = words(parse(client.get("/admin/")).select_one(".to-review"))
    assert f"{page.title} : {review}" in text
    client.post(reverse("put_back", args=[page.pk]))
    assert model.objects.get(pk=page.pk).live


def test_a_missing_legal_page_or_contact_page_is_said(admin):
    client = admin(PUBLISHING)
    LegalPage.objects.filter(kind="privacy").delete()
    ContactPage.objects.all().delete()
    text = words(parse(client.get("/admin/")).select_one(".to-review"))
    assert "Page de contact : il n’y en a pas" in text
    assert "la loi demande cette page" in text


def may_delete(user, page):
    return SitePage.objects.get(pk=page.pk).specific.permissions_for_user(user).can_delete()


@pytest.mark.parametrize("group", [PUBLISHING, WRITING])
def test_a_page_that_visitors_have_read_is_deleted_by_administrators_a_month_after_it_was_taken_down(client, staff, group, time_machine):
    time_machine.move_to(timezone.now())
    page, user, chief = news(title="Une actualité"), staff(group), User.objects.create_superuser("chef")
    page.owner = user
    page.save()
    assert (may_delete(user, page), may_delete(chief, page)) == (False, False)
    client.force_login(chief)
    take_down(client, page)
    assert (may_delete(user, page), may_delete(chief, page)) == (False, False)
    time_machine.shift(timedelta(days=30, minutes=1))
    assert (may_delete(user, page), may_delete(chief, page)) == (False, True)
    client.force_login(chief)
    assert "Supprimer" in words(parse(client.get(url("edit", page))))
    client.post(url("delete", page))
    assert not NewsPage.objects.exists()


def test_a_page_that_was_put_back_and_taken_down_again_waits_again(client, time_machine):
    time_machine.move_to(timezone.now())
    page, chief = news(title="Une actualité"), User.objects.create_superuser("chef")
    client.force_login(chief)
    take_down(client, page)
    time_machine.shift(timedelta(days=29))
    client.force_login(chief)
    client.post(reverse("put_back", args=[page.pk]))
    take_down(client, page)
    time_machine.shift(timedelta(days=2))
    assert not may_delete(chief, page)
    assert PageLogEntry.objects.filter(page=page.pk, action="wagtail.unpublish").count() == 2


def test_nobody_deletes_a_page_with_another_below_it_that_visitors_read(client):
    chief, page = User.objects.create_superuser("chef"), SitePage.objects.get(slug="agenda")
    event("Une fête")
    SitePage.objects.filter(pk=page.pk).update(live=False)
    assert not may_delete(chief, page)


def test_a_draft_of_ones_own_is_deleted(staff, client):
    user, other = staff(PUBLISHING), staff(WRITING)
    drafts = [
        EventIndexPage.objects.get().add_child(
            instance=EventPage(title="Essai", slug=f"essai{n}", live=False, owner=owner, first_day=timezone.localdate())
        )
        for n, owner in enumerate((user, other))
    ]
    assert [may_delete(user, draft) for draft in drafts] == [True, False]
    assert [may_delete(other, draft) for draft in drafts] == [False, True]
    client.force_login(user)
    client.post(url("delete", drafts[0]))
    assert [page.title for page in EventPage.objects.all()] == ["Essai"]


def test_who_may_not_publish_puts_nothing_back(admin, client):
    page = news(title="Une actualité")
    page.unpublish()
    assert admin(WRITING).post(reverse("put_back", args=[page.pk])).status_code == 302
    assert client.get(reverse("put_back", args=[page.pk])).status_code in {302, 405}
    assert not NewsPage.objects.get().live
