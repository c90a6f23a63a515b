"""A forgotten password, the first one of an account, and mails about reviews."""

import re
from datetime import timedelta

import pytest
from assertions import filled, links, parse, words
from django.contrib.auth.models import Group, User
from django.contrib.messages import get_messages
from django.core import mail
from django.core.mail import send_mail
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice
from examples import PASSWORD, news

from pages.models import NewsIndexPage, NewsPage
from regie.mail.outbox import OutgoingMail
from regie.serving import logs

pytestmark = pytest.mark.django_db

LOGIN, FORGOTTEN = "/admin/login/", "/admin/password_reset/"
NEW = "cinq-pommes-dans-un-panier"


@pytest.fixture(autouse=True)
def mails(settings):
    settings.EMAIL_HOST = "mail.example.org"
    settings.DELIVERY_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    return mail.outbox


@pytest.fixture
def lea(staff):
    user = staff("Publication")
    user.username, user.email, user.first_name, user.last_name = "lea", "lea@example.org", "Léa", "Martin"
    user.save()
    return user


def ask(client, account, **kwargs):
    return client.post(FORGOTTEN, {"email": account}, follow=True, **kwargs)


def find_link(text):
    return re.search(r"https?://[^/\s]+(/admin/password_reset/confirm/\S+)", text)[1]


def choose(client, link, password=NEW):
    form = client.get(link, follow=True)
    return client.post(form.redirect_chain[-1][0], {"new_password1": password, "new_password2": password}, follow=True)


def test_a_forgotten_password_is_replaced_by_mail(client, lea, mails):
    assert ("Mot de passe oublié ?", FORGOTTEN) in links(parse(client.get(LOGIN)))
    answer = ask(client, "lea")
    assert "Si ce compte existe" in words(parse(answer).main)
    call_command("run_due")
    (letter,) = mails
    assert letter.to == ["lea@example.org"]
    assert "« lea »" in letter.body
    assert "pendant 3 jours" in letter.body
    assert not OutgoingMail.objects.exists()
    link = find_link(letter.body)
    assert words(parse(choose(client, link)).main) == "Votre mot de passe est enregistré Entrer"
    lea.refresh_from_db()
    assert lea.check_password(NEW)
    told = OutgoingMail.objects.get()
    assert (told.recipient, "il a un nouveau mot de passe" in told.body) == ("lea@example.org", True)
    again = parse(Client().get(link, follow=True)).main
    assert not again.select("input[type=password]")
    assert FORGOTTEN in dict(links(again)).values()


def test_a_weak_password_is_not_taken_by_a_link(client, lea, mails):
    ask(client, "lea")
    call_command("run_due")
    answer = choose(client, find_link(mails[0].body), "azerty")
    assert "trop facile à deviner" in words(parse(answer).main)
    lea.refresh_from_db()
    assert lea.check_password(PASSWORD)


def test_a_link_ends_after_three_days(client, lea, mails, time_machine):
    time_machine.move_to(timezone.now())
    ask(client, "lea")
    call_command("run_due")
    link = find_link(mails[0].body)
    time_machine.shift(timedelta(days=3, seconds=-60))
    assert parse(Client().get(link, follow=True)).select("input[type=password]")
    time_machine.shift(timedelta(minutes=2))
    assert not parse(Client().get(link, follow=True)).select("input[type=password]")


@pytest.mark.parametrize("account", ["LEA", "lea@example.org", "Lea@Example.org"])
def test_name_and_address_are_both_known_in_any_case(client, lea, mails, account):
    ask(client, account)
    call_command("run_due")
    assert [letter.to for letter in mails] == [["lea@example.org"]]


def test_two_accounts_with_one_address_get_a_link_each(client, lea, mails):
    User.objects.create_user("lea2", "lea@example.org")
    ask(client, "lea@example.org")
    call_command("run_due")
    assert not OutgoingMail.objects.exists()
    assert {re.search("« (.*?) »", letter.body)[1] for letter in mails} == {"lea", "lea2"}
    assert len({letter.extra_headers["Message-ID"] for letter in mails}) == 2


def test_nobody_who_is_gone_has_no_address_or_does_not_exist_gets_a_mail(client, mails):
    User.objects.create_user("parti", "parti@example.org", is_active=False)
    User.objects.create_user("sans-adresse")
    for account in ("parti", "sans-adresse", "personne"):
        ask(client, account)
    call_command("run_due")
    assert (mails, OutgoingMail.objects.count()) == ([], 0)


def test_three_links_at_most_in_a_quarter_of_an_hour_whoever_asks(client, lea, mails):
    for number in range(10):
        answer = ask(Client(REMOTE_ADDR=f"203.0.113.{number}"), "lea")
        assert (answer.status_code, "Si ce compte existe" in words(parse(answer).main)) == (200, True)
    assert OutgoingMail.objects.count() == 3
    for number in range(200):
        ask(client, f"personne-{number}", REMOTE_ADDR="203.0.113.99")
    assert OutgoingMail.objects.count() <= 3 + 60
    assert client.post(LOGIN, {"username": "lea", "password": PASSWORD}, REMOTE_ADDR="203.0.113.99").status_code == 302


def test_six_links_at_most_in_a_day_whatever_was_typed(client, lea, mails, time_machine):
    time_machine.move_to(timezone.now())
    for _ in range(4):
        for account in ("lea", "lea@example.org"):
            ask(client, account)
        time_machine.shift(timedelta(minutes=20))
    assert OutgoingMail.objects.count() == 6
    time_machine.shift(timedelta(days=1))
    ask(client, "lea")
    assert OutgoingMail.objects.count() == 7


def test_whoever_asks_for_her_link_does_not_keep_her_from_getting_one_in_her_browser(client, lea, mails):
    client.post(LOGIN, {"username": "lea", "password": PASSWORD})
    client.post(reverse("wagtailadmin_logout"))
    for number in range(10):
        ask(Client(REMOTE_ADDR=f"203.0.113.{number}"), "lea" if number % 2 else "lea@example.org")
    before = OutgoingMail.objects.filter(subject__contains="mot de passe").count()
    ask(client, "lea@example.org")
    assert OutgoingMail.objects.filter(subject__contains="mot de passe").count() == before + 1


def test_no_token_is_logged_and_a_link_that_was_opened_waits_for_a_quarter_of_an_hour(client, lea, mails, monkeypatch):
    ask(client, "lea")
    call_command("run_due")
    link = find_link(mails[0].body)
    lines = []
    monkeypatch.setattr(logs.logger, "info", lambda text, facts, **kwargs: lines.append(text % facts))
    application = logs.LoggedRequests(lambda environ, start: start("200 OK", []) or [])
    application({"REQUEST_METHOD": "GET", "PATH_INFO": link}, lambda *args: None)
    assert lines[0].startswith("GET /admin/password_reset/confirm/ 200")
    opened = Client()
    opened.get(link)
    assert opened.session.get_expiry_age() <= 900


def test_a_mail_leaves_the_outbox_when_its_link_has_ended(client, lea, mails, settings, time_machine):
    time_machine.move_to(timezone.now())
    settings.DELIVERY_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    ask(client, "lea")
    waiting = OutgoingMail.objects.get()
    link, kept = find_link(waiting.body), timezone.now() + timedelta(days=60)
    send_mail("Un autre", "", None, ["lea@example.org"])
    OutgoingMail.objects.update(next_try=kept)  # the mail server is away
    time_machine.shift(timedelta(days=3, seconds=-60))
    call_command("run_due")
    assert OutgoingMail.objects.filter(pk=waiting.pk).exists()
    assert "new_password1" in Client().get(link, follow=True).content.decode()
    time_machine.shift(timedelta(seconds=120))
    call_command("run_due")
    assert OutgoingMail.objects.get().subject == "Un autre"
    assert "new_password1" not in Client().get(link, follow=True).content.decode()


def test_a_login_that_waits_for_its_code_ends_with_the_password(client, lea, mails):
    TOTPDevice.objects.create(user=lea, confirmed=True)
    thief = Client()
    assert thief.post(LOGIN, {"username": "lea", "password": PASSWORD}).url == "/admin/login/code/"
    assert thief.get("/admin/login/code/").status_code == 200
    ask(client, "lea")
    call_command("run_due")
    choose(client, find_link(mails[0].body))
    assert thief.get("/admin/login/code/").status_code == 302


def test_an_open_session_does_not_change_the_address_for_links(admin, client):
    member = admin("Publication")
    user = User.objects.get()
    page = parse(member.get(reverse("wagtailadmin_account")))
    assert not page.select("[name$=email]")
    member.post(
        reverse("wagtailadmin_account"), {"name_email-first_name": "A", "name_email-last_name": "B", "name_email-email": "x@example.org"}
    )
    user.refresh_from_db()
    assert user.email == ""


def test_without_a_mail_server_it_says_whom_to_ask(client, lea, settings):
    settings.EMAIL_HOST = ""
    assert ("Mot de passe oublié ?", FORGOTTEN) in links(parse(client.get(LOGIN)))
    for answer in (client.get(FORGOTTEN), ask(client, "lea")):
        page = parse(answer).main
        assert "une personne qui administre le site" in words(page)
        assert not page.select("form")
    assert not OutgoingMail.objects.exists()


def test_a_link_does_not_replace_the_second_factor(client, lea, mails):
    TOTPDevice.objects.create(user=lea, confirmed=True)
    ask(client, "lea")
    call_command("run_due")
    choose(client, find_link(mails[0].body))
    assert client.post(LOGIN, {"username": "lea", "password": NEW}).url == "/admin/login/code/"


NEW_USER = {"username": "paul", "email": "paul@example.org", "first_name": "Paul", "last_name": "Girard"}


def test_a_new_account_may_publish_and_chooses_its_password(client, admin_client, mails):
    address = reverse("wagtailusers_users:add")
    form = filled(admin_client.get(address))
    publication = Group.objects.get(name="Publication")
    assert form["groups"] in ([str(publication.pk)], str(publication.pk))
    assert admin_client.post(address, form | NEW_USER).status_code == 302
    paul = User.objects.get(username="paul")
    assert (list(paul.groups.all()), paul.has_usable_password()) == ([publication], False)
    call_command("run_due")
    (letter,) = mails
    assert (letter.to, "Bonjour Paul" in letter.body, "nom d’utilisateur : paul" in letter.body) == (["paul@example.org"], True, True)
    choose(client, find_link(letter.body))
    assert client.post(LOGIN, {"username": "paul", "password": NEW}).status_code == 302


@pytest.mark.parametrize("taken", [{"username": "LEA"}, {"username": "lea@example.org"}, {"email": "Lea@example.org"}])
def test_a_new_account_takes_nobodys_name_or_address(admin_client, lea, mails, taken):
    refused = admin_client.post(reverse("wagtailusers_users:add"), NEW_USER | taken)
    assert set(refused.context["form"].errors) == set(taken)
    other = User.objects.create_user("paul", "paul@example.org", first_name="Paul", last_name="Girard")
    fields = NEW_USER | {"is_active": "on"}
    refused = admin_client.post(reverse("wagtailusers_users:edit", args=[other.pk]), fields | taken)
    assert set(refused.context["form"].errors) == set(taken)
    assert admin_client.post(reverse("wagtailusers_users:edit", args=[other.pk]), fields).status_code == 302
    assert not OutgoingMail.objects.exists()


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_an_account_that_is_sent_twice_at_once_is_made_once(settings, at_once):
    settings.EMAIL_HOST = "127.0.0.1"
    chief, answers, names = User.objects.create_superuser("chef"), [], iter(["paul", "PAUL", "Paul", "paul"])

    def send():
        member = Client()
        member.force_login(chief)
        answers.append(member.post(reverse("wagtailusers_users:add"), NEW_USER | {"username": next(names)}).status_code)

    at_once(4, send)
    assert sorted(answers) == [200, 200, 200, 302]
    assert User.objects.filter(email=NEW_USER["email"]).count() == 1


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_accounts_do_not_take_one_name_at_once(at_once):
    chief, answers = User.objects.create_superuser("chef"), []
    fields = {key: NEW_USER[key] for key in ("first_name", "last_name")} | {"is_active": "on"}
    names = iter([(User.objects.create_user(f"u{n}", f"u{n}@example.org"), name) for n, name in enumerate(["noemie", "NOEMIE"])])

    def rename():
        user, name = next(names)
        member = Client()
        member.force_login(chief)
        posted = fields | {"username": name, "email": user.email}
        answers.append(member.post(reverse("wagtailusers_users:edit", args=[user.pk]), posted).status_code)

    at_once(2, rename)
    assert sorted(answers) == [200, 302]


def test_an_administrator_may_still_give_a_password(client, admin_client, mails, settings):
    address = reverse("wagtailusers_users:add")
    given = {"password1": NEW, "password2": NEW}
    assert admin_client.post(address, NEW_USER | given).status_code == 302
    assert User.objects.get(username="paul").check_password(NEW)
    assert not OutgoingMail.objects.exists()
    settings.EMAIL_HOST = ""
    refused = admin_client.post(address, NEW_USER | {"username": "anna"})
    assert "password1" in refused.context["form"].errors
    assert not User.objects.filter(username="anna").exists()


# Reviews


@pytest.fixture
def submitted(staff, lea):
    """An article that Rédaction has submitted."""
    writer = staff("Rédaction")
    writer.first_name, writer.last_name, writer.email = "Anna", "Petit", "anna@example.org"
    writer.save()
    article = news("Une fête d’été & plus")
    article.unpublish()
    article.save_revision(user=writer)
    client = Client()
    client.force_login(writer)
    address = reverse("wagtailadmin_pages:edit", args=[article.pk])
    answer = client.post(address, filled(client.get(address)) | {"body-count": "0", "action-submit": "1"})
    assert answer.status_code == 302
    return article


def told(answer):
    return [words(str(message)).replace("&amp;", "&") for message in get_messages(answer.wsgi_request)]


def get_actions(client, article):
    page = parse(client.get(reverse("wagtailadmin_pages:edit", args=[article.pk])))
    return [words(button) for button in page.select("footer button, footer a.button") if words(button)]


def test_a_reviewer_is_told_in_french_and_has_two_answers(client, submitted, lea, mails):
    call_command("run_due")
    (letter,) = mails
    assert (letter.to, letter.subject) == (["lea@example.org"], "À relire : « Une fête d’été & plus »")
    assert "Anna Petit a écrit « Une fête d’été & plus » et vous demande de relire." in letter.body
    assert reverse("wagtailadmin_pages:edit", args=[submitted.pk]) in letter.body
    client.force_login(lea)
    edit = reverse("wagtailadmin_pages:edit", args=[submitted.pk])
    assert "Anna Petit vous demande de relire cette page." in words(parse(client.get(edit)))
    actions = get_actions(client, submitted)
    assert actions[0] == "Publier"
    assert actions.count("Publier") == 1
    assert "Renvoyer avec un mot" in actions
    assert not [action for action in actions if "pprouver" in action]
    first = words(parse(client.get(reverse("wagtailadmin_home"))).main)
    assert "Renvoyer avec un mot" in first
    assert "pprouver" not in first


def act(client, article, **fields):
    address = reverse("wagtailadmin_pages:edit", args=[article.pk])
    return client.post(address, filled(client.get(address)) | {"body-count": "0"} | fields)


def test_publishing_ends_the_review_and_tells_the_writer(client, submitted, lea, mails):
    client.force_login(lea)
    answer = act(client, submitted, **{"action-workflow-action": "1", "workflow-action-name": "approve"})
    (message,) = [message for message in told(answer) if "est relue, et publiée." in message]
    assert "Voir la page" in message
    assert any("Copier l’annonce" in each for each in told(answer))
    assert NewsPage.objects.get(pk=submitted.pk).live
    OutgoingMail.objects.filter(recipient=lea.email).delete()  # that there is something to review
    call_command("run_due")
    assert [(letter.to, letter.subject) for letter in mails] == [(["anna@example.org"], "Relue : « Une fête d’été & plus »")]
    assert submitted.url in mails[0].body


def test_a_page_goes_back_with_a_word(client, submitted, lea, mails):
    client.force_login(lea)
    state = NewsPage.objects.get(pk=submitted.pk).current_workflow_task_state
    address = reverse("wagtailadmin_pages:workflow_action", args=[submitted.pk, "reject", state.pk])
    modal = client.get(address).json()["html"]
    assert "Renvoyer" in modal
    client.post(address, {"comment": "Il manque l’heure & le lieu."})
    assert not NewsPage.objects.get(pk=submitted.pk).live
    OutgoingMail.objects.filter(recipient=lea.email).delete()  # that there is something to review
    call_command("run_due")
    (letter,) = mails
    assert (letter.to, letter.subject) == (["anna@example.org"], "À reprendre : « Une fête d’été & plus »")
    assert "Son mot : « Il manque l’heure & le lieu. »" in letter.body
    assert "Léa Martin a relu" in letter.body
    writer = User.objects.get(email="anna@example.org")
    client.force_login(writer)
    first = words(parse(client.get(reverse("wagtailadmin_home"))).main)
    assert "Vos pages en relecture" in first
    assert f"{submitted.title} : à reprendre. Léa Martin vous écrit : « Il manque l’heure & le lieu. »" in first
    page = parse(client.get(reverse("wagtailadmin_pages:edit", args=[submitted.pk])))
    assert "Léa Martin a renvoyé cette page. « Il manque l’heure & le lieu. »" in words(page)
    assert get_actions(client, submitted)[0] == "Renvoyer en relecture"


def test_the_large_button_of_a_writer_sends_the_page_for_review(admin):
    page = parse(admin("Rédaction").get(reverse("wagtailadmin_pages:add", args=["pages", "newspage", NewsIndexPage.objects.get().pk])))
    assert words(page.select_one("footer button[type=submit]")) == "Envoyer en relecture"
