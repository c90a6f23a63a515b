"""The first screen: the acts that staff do most, what waits, what is missing, and what may no longer be right."""

from datetime import timedelta

import pytest
from assertions import links, parse, queries, words
from dateutil.relativedelta import relativedelta
from django.contrib.auth.models import Permission, User
from django.urls import reverse
from django.utils import timezone
from examples import event, fill_organisation, news, offer, picture
from wagtail.models import Revision

from pages.models import (
    ContactPage,
    EventIndexPage,
    EventPage,
    FigureValue,
    HistoryPage,
    JobOfferPage,
    KeyFigure,
    Message,
    NewsIndexPage,
    NewsPage,
    Organisation,
    Recipient,
    SimplePage,
    SitePage,
    StandardPage,
    UnknownWord,
)
from regie.mail.outbox import OutgoingMail
from regie.operations.worker import WorkerRun

pytestmark = pytest.mark.django_db

PUBLISHING, WRITING = "Publication", "Rédaction"
FIRST_SCREEN = reverse("wagtailadmin_home")
MAX_QUERIES = 33


def panel(client, name):
    return parse(client.get(FIRST_SCREEN)).select_one(f".{name}")


@pytest.mark.parametrize("group", [PUBLISHING, WRITING])
def test_the_big_acts_come_first_and_each_opens_its_form(admin, group):
    client = admin(group)
    page = parse(client.get(FIRST_SCREEN))
    acts = dict(links(page.select_one(".acts")))
    announce, publish = ("Annoncer", "Publier") if group == PUBLISHING else ("Proposer", "Proposer")
    assert list(acts) == [
        f"{announce} un événement",
        f"{publish} une actualité",
        f"{publish} une offre",
        "Mettre à jour les chiffres",
        "Voir le site",
    ]
    assert {client.get(address).status_code for address in acts.values()} == {200}
    headings = [words(heading) for heading in page.main.select("h1, h2")]
    assert headings[1:4] == ["Ce qui attend", "À revoir", "À compléter"]


def test_a_list_that_is_not_there_is_offered_no_act(admin):
    EventIndexPage.objects.all().delete()
    assert "Annoncer un événement" not in words(panel(admin(PUBLISHING), "acts"))


def test_no_link_of_the_first_screen_leaves_the_site(admin):
    page = parse(admin(PUBLISHING).get(FIRST_SCREEN))
    page.noscript.decompose()  # Wagtail's, for who has no script
    assert [address for _, address in links(page) if address.startswith("http")] == []


def test_lists_are_friendly_when_they_are_empty(admin):
    client = admin(PUBLISHING)
    assert "Pas de nouveau message." in words(panel(client, "waiting"))
    assert "Rien à revoir : tout est à jour." in words(panel(client, "to-review"))


def test_a_writer_without_messages_reads_that_nothing_waits(admin, settings):
    settings.BACKUP_TO = "sftp:a@b:/c"
    WorkerRun.objects.create(pk=1, finished_at=timezone.now(), backed_up_at=timezone.now())
    assert words(panel(admin(WRITING), "waiting")) == "Ce qui attend Rien n’attend."


def test_a_page_with_a_date_and_an_old_message_wait(admin):
    news(title="Le bilan", slug="bilan").save_revision(approved_go_live_at=timezone.now() + timedelta(days=2))
    old = timezone.now() - timedelta(days=8)
    Message.objects.create(subject="autre", text="Bonjour.", created_at=old)
    Message.objects.create(subject="autre", text="Bonjour.", created_at=old, status="doing")
    Message.objects.create(subject="autre", text="Bonjour.", created_at=old, status="answered")
    text = words(panel(admin(PUBLISHING), "waiting"))
    assert "Le bilan : cette page paraîtra le" in text
    assert "2 messages sans réponse depuis plus d’une semaine." in text


def test_who_may_write_no_page_reads_no_title_that_is_planned(client):
    news(title="Un plan secret").save_revision(approved_go_live_at=timezone.now() + timedelta(days=2))
    user = User.objects.create_user("lecteur")
    user.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client.force_login(user)
    assert "secret" not in words(parse(client.get(FIRST_SCREEN)).main)


def test_odd_rows_do_not_take_the_screen_down(admin):
    page = news(title="Une actualité")
    page.save_revision(approved_go_live_at=timezone.now() - timedelta(days=2))
    Revision.objects.filter(object_id=page.pk).update(object_id="999999")
    KeyFigure.objects.first().save_revision(approved_go_live_at=timezone.now() - timedelta(days=2))
    SitePage.objects.filter(content_type__model="simplepage").update(last_published_at=None)
    SitePage.objects.filter(pk=SimplePage.objects.last().pk).update(path="00010009000900010001")
    WorkerRun.objects.create(pk=1, finished_at=timezone.now())
    assert admin(PUBLISHING).get(FIRST_SCREEN).status_code == 200


def age(page, **since):
    SitePage.objects.filter(pk=page.pk).update(last_published_at=timezone.now() - relativedelta(**since))


@pytest.mark.parametrize(
    ("model", "since", "is_asked"),
    [
        (StandardPage, {"months": 13}, True),
        (StandardPage, {"months": 11}, False),
        (HistoryPage, {"months": 35}, False),
        (HistoryPage, {"months": 37}, True),
        (NewsPage, {"years": 9}, False),
        (EventPage, {"years": 9}, False),
    ],
)
def test_a_page_that_nobody_has_changed_for_long_is_asked_about(admin, model, since, is_asked):
    page = {
        StandardPage: lambda: (
            SitePage.objects.get(slug="contact").get_parent().add_child(instance=StandardPage(title="Une page", slug="une"))
        ),
        HistoryPage: HistoryPage.objects.get,
        NewsPage: lambda: news(title="Une page"),
        EventPage: lambda: event("Une page"),
    }[model]()
    age(page, **since)
    assert ("Dit-elle encore vrai ?" in words(panel(admin(PUBLISHING), "to-review"))) is is_asked


def test_one_click_says_that_a_page_is_still_right(admin, time_machine):
    time_machine.move_to(timezone.now())
    client, page = admin(PUBLISHING), HistoryPage.objects.get()
    age(page, years=4)
    form = panel(client, "to-review").select_one("form")
    assert words(form) == "C’est toujours juste"
    answer = client.post(form["action"], follow=True)
    assert "Rien à revoir" in words(parse(answer).select_one(".to-review"))
    time_machine.shift(timedelta(days=3 * 366))
    client.force_login(User.objects.get())
    SitePage.objects.exclude(pk=page.pk).update(last_published_at=timezone.now())
    assert page.title in words(panel(client, "to-review"))


def see_lines(client):
    """The lines that are seen before anything is unfolded, of what waits and what is to be reviewed."""
    page = parse(client.get(FIRST_SCREEN))
    for rest in page.select(".waiting details > :not(summary), .to-review details > :not(summary)"):
        rest.decompose()
    for heading in page.select("h2"):
        heading.decompose()
    lines = page.select(", ".join(f".{panel} > {line}" for panel in ("waiting", "to-review") for line in ("p", "ul > li", "details")))
    return [words(line) for line in lines]


def test_the_first_screen_shows_seven_lines_at_most_with_what_is_false_first(admin, settings):
    """Everything that can wait does so."""
    settings.BACKUP_TO = ""
    fill_organisation()
    organisation = Organisation.get()
    organisation.recipients = [Recipient(email="a@example.org", subject="emploi")]
    organisation.save()
    long_ago = timezone.now() - timedelta(days=30)
    for status in Message.Status.values:
        Message.objects.create(subject="autre", text="Bonjour.", created_at=long_ago, status=status)
    for number in range(3):
        news(title=f"Plus tard {number}", slug=f"tard-{number}").save_revision(approved_go_live_at=timezone.now() + timedelta(days=2))
        OutgoingMail.objects.create(message_id=f"<{number}@b>", recipient="a@example.org", subject="x", body="x", tries=1, error="550")
        offer(f"Offre {number}", last_day=timezone.localdate() + timedelta(days=1), slug=f"offre-{number}")
        picture(title=f"Une personne {number}", people="recognisable")
    for page in HistoryPage.objects.all():
        age(page, years=4)
    ContactPage.objects.update(live=False)
    UnknownWord.objects.create(word="piscine", days=9, last_day=timezone.localdate())
    lines = see_lines(admin(PUBLISHING))
    assert len(lines) <= 8, lines  # the last one is the number of those that are folded
    assert "e-mails en tout attendent" in lines[1]
    assert "les autres pages ont besoin d’elle" in next(line for line in lines if "Plus tard" in line)  # visitors cannot write


def test_a_remark_can_wait_for_thirty_days(admin, time_machine):
    time_machine.move_to(timezone.now())
    offer("Agent de tri", last_day=timezone.localdate() + timedelta(days=2))
    client = admin(PUBLISHING)
    (form,) = panel(client, "to-review").select("form.later")
    assert words(form) == "Plus tard"
    answer = client.post(form["action"], follow=True)
    text = words(parse(answer).select_one(".to-review"))
    assert "1 ligne remise à plus tard : sur cet ordinateur, elle revient au bout de 30 jours." in text
    assert "Agent de tri" not in text
    assert "tout est à jour" not in text
    assert client.cookies[f"plus-tard-{form['action'].split('/')[-2]}"]["max-age"] == 30 * 24 * 3600
    assert client.get(form["action"]).status_code == 405
    JobOfferPage.objects.update(last_day=timezone.localdate() + timedelta(days=1))
    assert "son dernier jour est" in words(panel(client, "to-review"))  # another fact of the same page


def test_who_may_not_publish_is_asked_to_correct_only(admin):
    age(HistoryPage.objects.get(), years=4)
    text = words(panel(admin(WRITING), "to-review"))
    assert "Dit-elle encore vrai ?" in text
    assert "C’est toujours juste" not in text


def test_an_old_figure_and_an_offer_that_ends_are_named(admin):
    today = timezone.localdate()
    figure = KeyFigure.objects.get(slug="salaries")
    figure.values = [FigureValue(year=today.year - 2, number=47)]
    figure.save()
    offer("Agent de tri", last_day=today + timedelta(days=7), slug="tri")
    offer("Jardinière", last_day=today + timedelta(days=8), slug="jardin")
    client = admin(PUBLISHING)
    text = words(panel(client, "to-review"))
    assert (
        f"Chiffre clé « salariés » : le nombre de {today.year - 1} n’est pas écrit : les visiteurs lisent celui de {today.year - 2}."
        in text
    )
    assert "Offre « Agent de tri » : son dernier jour est le" in text
    assert "Jardinière" not in text
    figure.values.add(FigureValue(year=today.year - 1, number=48))
    figure.save()
    assert "Chiffre clé" not in words(panel(client, "to-review"))


@pytest.mark.parametrize("group", [PUBLISHING, WRITING])
def test_queries_of_the_first_screen_do_not_grow_with_pages_and_messages(admin, group):
    client = admin(group)
    fill_organisation()

    def count():
        return len(queries(client, FIRST_SCREEN))

    def add(number, of):
        for n in range(number):
            news(title=f"Actualité {of} {n}", slug=f"actualite-{of}-{n}")
            page = NewsIndexPage.objects.get().get_parent().add_child(instance=StandardPage(title=f"Page {of} {n}", slug=f"page-{of}-{n}"))
            age(page, years=2)
            Message.objects.create(subject="autre", text="Bonjour.", created_at=timezone.now() - timedelta(days=30))

    add(10, "une")
    client.get(FIRST_SCREEN)  # stores the session
    few = count()
    add(30, "deux")
    assert count() == few
    assert few <= MAX_QUERIES


def test_the_first_screen_reads_the_organisation_once(admin):
    assert sum('FROM "pages_organisation"' in sql for sql in queries(admin("Publication"), "/admin/")) == 1
