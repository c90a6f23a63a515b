"""Accounts of staff: who gets in, who is kept out, and when a session ends."""

import logging
import re
from base64 import b32decode
from contextlib import ExitStack
from datetime import timedelta

import pytest
from assertions import parse, words
from cached_site import CachedSite
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from examples import PASSWORD

from pages.models import HomePage, NetworkPage
from regie.accounts import login
from regie.accounts.attempts import MAX_ATTEMPTS, MAX_IN_NETWORK, Attempt
from regie.accounts.login import BROWSER_COOKIE
from regie.mail.outbox import OutgoingMail

pytestmark = pytest.mark.django_db

LOGIN, CODE, SECOND_FACTOR, ADMIN = "/admin/login/", "/admin/login/code/", "/admin/account/code/", "/admin/"
NAVIGATION = {"accept": "text/html", "sec-fetch-dest": "document"}


@pytest.fixture
def clock(time_machine):
    time_machine.move_to(timezone.now())
    return time_machine


@pytest.fixture
def lea(staff):
    user = staff("Publication")
    user.email = "lea@example.org"
    user.save()
    return user


def log_in(client, name="publication", password=PASSWORD, address="203.0.113.1", **fields):
    return client.post(LOGIN, {"username": name, "password": password, **fields}, REMOTE_ADDR=address)


def is_in(client):
    return client.get(ADMIN, headers=NAVIGATION).status_code == 200


@pytest.mark.postgresql
def test_the_name_may_be_written_in_capitals_as_phones_do(client, lea):
    field = parse(client.get(LOGIN)).select_one("[name=username]")
    assert (field.get("autocapitalize"), field.get("autocomplete"), field.get("maxlength")) == ("none", "username", "150")
    assert log_in(client, "Publication").status_code == 302
    assert is_in(client)


def test_of_two_names_that_differ_in_capitals_alone_the_one_that_is_written_counts(client, lea):
    User.objects.create_user("PUBLICATION", password="un autre mot de passe")
    assert log_in(client, "PUBLICATION").status_code == 200
    assert log_in(client, "publication").status_code == 302


# Guessing


@pytest.mark.postgresql
def test_thirty_wrong_passwords_lock_the_name_for_that_address_and_nobody_else(client, lea, staff, caplog, clock):
    staff("Rédaction")
    with caplog.at_level(logging.WARNING, "regie.accounts.login"):
        answers = [log_in(client, password="faux").status_code for _ in range(30)]
    assert answers == [200] * MAX_ATTEMPTS + [429] * (30 - MAX_ATTEMPTS)
    assert len([record for record in caplog.records if record.name.startswith("regie")]) == 30
    assert "publication" not in caplog.text
    assert "203.0.113.1" not in caplog.text
    refused = log_in(client)
    assert (refused.status_code, is_in(client)) == (429, False)
    assert "Trop d’essais. Attendez un quart d’heure" in words(parse(refused))
    assert log_in(Client(), "rédaction").status_code == 302
    assert log_in(Client(), address="203.0.113.2").status_code == 302
    clock.shift(timedelta(minutes=14))
    assert log_in(client).status_code == 429
    clock.shift(timedelta(minutes=2))
    assert log_in(client).status_code == 302


def test_whoever_goes_on_does_not_keep_the_name_locked(client, lea, clock):
    for _ in range(MAX_ATTEMPTS):
        log_in(client, password="faux")
    for _ in range(4):
        clock.shift(timedelta(minutes=4))
        status = log_in(client, password="faux").status_code
    assert status == 200


def test_a_right_password_forgets_the_wrong_ones(client, lea):
    for _ in range(3):
        for _ in range(MAX_ATTEMPTS - 1):
            log_in(client, password="faux")
        assert log_in(Client()).status_code == 302
    assert not Attempt.objects.exists()


def test_a_network_that_tries_many_names_is_refused(client, lea):
    answers = [log_in(client, f"nom{n}", address=f"2001:db8:1:{n:x}::1").status_code for n in range(MAX_IN_NETWORK + 1)]
    assert answers == [200] * MAX_IN_NETWORK + [429]
    assert log_in(client, address="2001:db8:1:ffff::1").status_code == 429
    assert log_in(client, address="2001:db8:2::1").status_code == 302


def test_nobody_can_lock_a_colleague_out_of_the_browser_that_she_uses(client, lea):
    log_in(client)
    client.post(reverse("wagtailadmin_logout"))
    for _ in range(MAX_ATTEMPTS):
        log_in(Client(), password="faux")
    assert log_in(Client()).status_code == 429
    assert log_in(client).status_code == 302


def test_a_network_that_is_refused_keeps_no_known_browser_out(client, lea):
    log_in(client)
    client.post(reverse("wagtailadmin_logout"))
    for n in range(MAX_IN_NETWORK + 1):
        log_in(Client(), f"nom{n}")
    assert log_in(Client()).status_code == 429
    assert log_in(client).status_code == 302


def test_few_passwords_wait_for_each_other(client, lea):
    with ExitStack() as stack:
        for _ in range(4):
            stack.enter_context(login.places)
        assert log_in(client).status_code == 429
    assert log_in(client).status_code == 302


def test_an_open_session_does_not_help_to_guess_the_password(client, lea):
    log_in(client)
    said = []
    for n in range(MAX_ATTEMPTS + 1):
        data = {"password-old_password": f"faux{n}", "password-new_password1": "a", "password-new_password2": "b"}
        said.append("Trop d’essais" in words(parse(client.post("/admin/account/", data, follow=True))))
    assert said == [False] * MAX_ATTEMPTS + [True]


def test_a_link_ends_no_session(client, lea):
    log_in(client)
    answer = client.get(reverse("wagtailadmin_logout"))
    assert (answer.status_code, "sessionid" in answer.cookies, is_in(client)) == (405, False, True)


def test_an_invented_browser_changes_nothing(client, lea):
    for n in range(MAX_ATTEMPTS + 1):
        client.cookies[BROWSER_COOKIE] = f"eyJuYW1lIjoiYSJ9:1:{n}"
        status = log_in(client, password="faux").status_code
    assert status == 429


@pytest.mark.parametrize("behind", [True, False])
def test_the_front_server_says_who_it_is(client, lea, settings, behind):
    settings.BEHIND_PROXY = behind
    for n in range(MAX_ATTEMPTS + 1):
        data = {"username": "publication", "password": "faux"}
        status = client.post(LOGIN, data, headers={"x-real-ip": f"203.0.113.{n}", "x-forwarded-for": f"198.51.100.{n}"}).status_code
    assert (status == 200) is behind


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_many_passwords_at_the_same_time_are_no_more_than_one_after_the_other(staff, at_once):
    staff("Publication")
    statuses = []
    at_once(MAX_ATTEMPTS + 8, lambda: statuses.append(log_in(Client(), password="faux").status_code))
    assert len(statuses) == MAX_ATTEMPTS + 8
    assert 0 < statuses.count(200) <= MAX_ATTEMPTS


@pytest.mark.parametrize("name", ["publication", "personne", "inactif"])
def test_the_answer_and_its_work_are_the_same_for_every_name(client, lea, name, settings):
    """The work is the hashes of passwords, of which each takes a quarter of a second in production."""
    settings.PASSWORD_HASHERS = ["test_accounts.CountingHasher"]
    User.objects.create_user("inactif", password=PASSWORD, is_active=False)

    def ask(name, password):
        CountingHasher.number = 0
        return words(parse(log_in(client, name, password))).replace(name, "…"), CountingHasher.number

    assert ask(name, PASSWORD if name == "inactif" else "faux") == ask("quelqu-un-d-autre", "faux")
    assert CountingHasher.number


class CountingHasher(MD5PasswordHasher):
    number = 0

    def encode(self, *args):
        CountingHasher.number += 1
        return super().encode(*args)


def test_what_counts_failures_names_nobody_and_is_erased_after_a_day(client, lea, clock):
    log_in(client, password="faux")
    stored = str(Attempt.objects.values().get())
    assert "publication" not in stored
    assert "203.0.113" not in stored
    call_command("run_due")
    assert Attempt.objects.exists()
    clock.shift(timedelta(days=1, minutes=1))
    call_command("run_due")
    assert not Attempt.objects.exists()


# A new browser


def test_a_login_in_a_new_browser_is_told_by_mail_once(client, lea):
    log_in(client)
    mail = OutgoingMail.objects.get()
    assert mail.recipient == "lea@example.org"
    assert "il a servi dans un nouveau navigateur" in mail.body
    assert "/admin/account/" in mail.body
    client.post(reverse("wagtailadmin_logout"))
    log_in(client)
    assert OutgoingMail.objects.count() == 1
    log_in(Client())
    assert OutgoingMail.objects.count() == 2
    assert "publication" not in client.cookies[BROWSER_COOKIE].value


def test_without_an_address_nobody_is_told(client, staff):
    staff("Rédaction")
    assert log_in(client, "rédaction").status_code == 302
    assert not OutgoingMail.objects.exists()


def test_cookies_are_for_the_admin_and_for_no_script(client, lea, settings):
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    cookies = log_in(client).cookies
    for name in (BROWSER_COOKIE, "sessionid"):
        assert (cookies[name]["secure"], cookies[name]["httponly"], cookies[name]["samesite"]) == (True, True, "Lax")
    assert cookies[BROWSER_COOKIE]["path"] == ADMIN


def test_the_login_leads_where_staff_wanted_to_go_and_to_no_other_site(client, lea):
    assert log_in(Client(), next="/admin/pages/").headers["location"] == "/admin/pages/"
    for target in ("https://evil.example/", "//evil.example/", "/\\evil.example/"):
        assert log_in(Client(), next=target).headers["location"] == ADMIN


# The second factor


def read_key(client):
    """The key of a new device, for which who has a session writes the password again."""
    page = parse(client.get(SECOND_FACTOR))
    if page.select_one("[name=password]"):
        page = parse(client.post(SECOND_FACTOR, {"password": PASSWORD}))
    return page.select_one(".login-steps code").text


def code_of(client_or_key, later=0):
    """The code that an app shows after it has read the key of the page."""
    key = read_key(client_or_key) if isinstance(client_or_key, Client) else client_or_key
    totp = TOTP(b32decode(key), 30, 0, 6, 0)
    totp.time = timezone.now().timestamp() + later
    return f"{totp.token():06d}"


def protect(client):
    """Adds the second factor to the account of the client: its key, and the recovery codes."""
    key = read_key(client)
    page = parse(client.post(SECOND_FACTOR, {"code": code_of(key)}))
    codes = [code.text for code in page.select(".recovery-codes code")]
    assert len(set(codes)) == 10
    return key, codes


@pytest.fixture
def protected(client, lea, clock):
    """The key and recovery codes of an account with a second factor, a minute later."""
    log_in(client)
    found = protect(client)
    clock.shift(timedelta(minutes=1))
    return found


def test_a_wrong_code_adds_no_second_factor(client, lea):
    log_in(client)
    key = read_key(client)
    for wrong in ("000000", "abcdef"):
        again = parse(client.post(SECOND_FACTOR, {"code": wrong}))
        assert "Ce code n’est pas le bon" in words(again)
        assert not again.select(".qr-code, .login-steps")  # the phone has it already, and somebody else must not have it
    assert not TOTPDevice.objects.exists()
    assert log_in(Client()).headers["location"] == ADMIN
    client.post(SECOND_FACTOR, {"code": code_of(key)})
    assert TOTPDevice.objects.get().confirmed


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_code_that_is_sent_twice_at_once_adds_one_second_factor(staff, at_once):
    staff("Publication")
    client, pages = Client(), []
    log_in(client)
    code = code_of(client)

    def send():
        browser = Client()
        browser.cookies = client.cookies
        pages.append(browser.post(SECOND_FACTOR, {"code": code}))

    at_once(3, send)
    assert TOTPDevice.objects.count() == 1
    assert sum(bool(parse(page).select(".recovery-codes")) for page in pages if page.status_code == 200) == 1


@pytest.mark.parametrize(("password", "said"), [("", "Remplissez cette case."), ("faux", "Votre mot de passe n’est pas le bon")])
def test_an_open_session_does_not_suffice_to_add_one(client, lea, password, said):
    log_in(client)
    assert not parse(client.get(SECOND_FACTOR)).select(".qr-code, .login-steps")
    answer = parse(client.post(SECOND_FACTOR, {"password": password}))
    assert said in words(answer)
    assert not answer.select(".qr-code, .login-steps")
    assert not TOTPDevice.objects.exists()


def test_a_key_is_good_in_the_session_that_shows_it_until_the_form_opens_again(client, lea):
    log_in(client)
    other = Client()
    log_in(other)
    first, theirs, second = read_key(client), read_key(other), read_key(client)
    assert len({first, theirs, second}) == 3
    other.post(SECOND_FACTOR, {"code": code_of(second)})
    client.post(SECOND_FACTOR, {"code": code_of(first)})
    assert not TOTPDevice.objects.exists()
    client.post(SECOND_FACTOR, {"code": code_of(second)})
    assert TOTPDevice.objects.get().confirmed


def test_to_add_a_second_factor_ends_all_other_sessions(client, lea, staff):
    colleague, other = Client(), Client()
    colleague.force_login(staff("Rédaction"))
    log_in(other)
    log_in(client)
    protect(client)
    assert [is_in(each) for each in (client, other, colleague)] == [True, False, True]


def test_who_knows_the_password_of_an_account_that_must_add_one_is_told_by_mail(client, settings):
    settings.REQUIRE_SECOND_FACTOR = True
    get_user_model().objects.create_superuser("chef", "chef@example.org", PASSWORD)
    log_in(client, "chef")
    assert "connaît votre mot de passe" in OutgoingMail.objects.get(recipient="chef@example.org").subject


def test_what_somebody_began_in_a_browser_is_not_there_for_who_logs_in_next(client, lea, settings):
    settings.REQUIRE_SECOND_FACTOR = True
    chief = get_user_model().objects.create_superuser("chef", "chef@example.org", PASSWORD)
    log_in(client, "chef")
    key = read_key(client)
    log_in(client)
    client.post(SECOND_FACTOR, {"code": code_of(key)})
    assert not TOTPDevice.objects.exists()
    assert is_in(client)
    assert client.get(reverse("wagtailadmin_account")).context["user"] != chief


def test_the_database_has_no_recovery_code_that_opens(client, protected):
    _, codes = protected
    stored = set(StaticToken.objects.values_list("token", flat=True))
    assert len(stored) == 10
    assert not stored & set(codes)
    client.post(reverse("wagtailadmin_logout"))
    log_in(client)
    client.post(CODE, {"code": stored.pop()})
    assert not is_in(client)
    client.post(CODE, {"code": codes[0]})
    assert is_in(client)


def test_a_device_that_was_added_meanwhile_stays_the_only_one(client, lea):
    log_in(client)
    key = read_key(client)
    TOTPDevice.objects.create(user=lea, name="un autre")
    client.post(SECOND_FACTOR, {"code": code_of(key)})
    assert TOTPDevice.objects.get().name == "un autre"


def test_what_happens_to_the_second_factor_is_told_by_mail(client, protected, clock):
    key, _ = protected
    client.post(SECOND_FACTOR, {"code": code_of(key)})
    clock.shift(timedelta(minutes=1))
    client.post(SECOND_FACTOR, {"code": code_of(key), "remove": "1"})
    said = [mail.subject.partition(" : ")[2] for mail in OutgoingMail.objects.order_by("pk")][1:]
    assert said == ["le code du téléphone est ajouté", "de nouveaux codes de secours sont faits", "le code du téléphone est enlevé"]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_the_page_opened_many_times_at_once_still_opens(staff, at_once):
    staff("Publication")
    clients = [Client() for _ in range(6)]
    for each in clients:
        each.force_login(User.objects.get())
    waiting = iter(clients)
    at_once(6, lambda: next(waiting).get(SECOND_FACTOR))
    assert {each.get(SECOND_FACTOR).status_code for each in clients} == {200}


def test_the_page_shows_a_square_that_contains_the_key(client, lea):
    log_in(client)
    page = parse(client.post(SECOND_FACTOR, {"password": PASSWORD}))
    assert page.select_one(".qr-code[role=img][aria-label] svg")
    assert re.fullmatch("[A-Z2-7]{32}", page.select_one(".login-steps code").text)


def test_with_a_second_factor_the_password_alone_opens_nothing(protected):
    NetworkPage.objects.get().view_restrictions.create(restriction_type="login")
    other = Client()
    assert log_in(other, next="/admin/pages/").headers["location"] == CODE
    for address in (ADMIN, "/admin/account/", SECOND_FACTOR, "/qui-sommes-nous/reseau/", "/admin/api/main/pages/"):
        assert other.get(address).status_code in {302, 403}, address
    assert other.post(CODE, {"code": "123456"}).status_code == 200
    assert not is_in(other)
    answer = other.post(CODE, {"code": f" {code_of(protected[0])[:3]} {code_of(protected[0])[3:]} "})
    assert answer.headers["location"] == "/admin/pages/"
    assert is_in(other)


@pytest.mark.postgresql
def test_a_code_is_good_once(protected):
    code = code_of(protected[0])
    for status in (302, 200):
        other = Client()
        log_in(other)
        assert other.post(CODE, {"code": code}).status_code == status


def test_a_recovery_code_opens_once(protected):
    for code, status in ((protected[1][0], 302), (protected[1][0], 200), (protected[1][1].upper(), 302)):
        other = Client()
        log_in(other)
        assert other.post(CODE, {"code": code}).status_code == status


def test_codes_are_not_guessed_from_many_addresses(protected):
    OutgoingMail.objects.all().delete()
    answers = []
    for n in range(MAX_ATTEMPTS + 1):
        other = Client()
        log_in(other, address=f"203.0.113.{n}")
        answers.append(other.post(CODE, {"code": "000000"}, REMOTE_ADDR=f"203.0.113.{n}").status_code)
    assert answers == [200] * MAX_ATTEMPTS + [429]
    assert ["essaie des codes" in mail.subject for mail in OutgoingMail.objects.all()] == [True]


def test_who_takes_too_long_begins_anew(protected, clock):
    other = Client()
    log_in(other)
    clock.shift(timedelta(minutes=11))
    assert other.post(CODE, {"code": code_of(protected[0])}).headers["location"] == LOGIN
    assert not is_in(other)


def test_nobody_without_a_password_is_asked_for_a_code(client):
    assert client.get(CODE).headers["location"] == client.get(SECOND_FACTOR).headers["location"] == LOGIN


def test_new_recovery_codes_and_no_second_factor_any_more_take_a_code(client, protected, clock):
    key, codes = protected
    assert "Ce code n’est pas le bon" in words(parse(client.post(SECOND_FACTOR, {"code": "000000", "remove": "1"})))
    page = parse(client.post(SECOND_FACTOR, {"code": code_of(key)}))
    assert "Vos anciens codes ne marchent plus" in words(page)
    new = [code.text for code in page.select(".recovery-codes code")]
    assert len(set(new)) == 10
    assert not set(new) & set(codes)
    clock.shift(timedelta(minutes=1))
    removed = client.post(SECOND_FACTOR, {"code": code_of(key), "remove": "1"}, follow=True)
    assert "le site ne demande plus de code pour votre compte" in words(parse(removed))
    assert log_in(Client()).headers["location"] == ADMIN


@pytest.mark.postgresql
def test_an_administrator_must_have_one_where_the_site_says_so(client, lea, settings, clock):
    settings.REQUIRE_SECOND_FACTOR = True
    get_user_model().objects.create_superuser("chef", password=PASSWORD)
    assert log_in(Client()).headers["location"] == ADMIN  # who is no administrator
    answer = log_in(client, "chef", next="/admin/pages/")
    assert answer.headers["location"] == SECOND_FACTOR
    assert not is_in(client)
    assert "demande aux administrateurs" in words(parse(client.get(SECOND_FACTOR)))
    key, _ = protect(client)
    assert is_in(client)
    clock.shift(timedelta(minutes=1))
    assert 'name="remove"' not in client.get(SECOND_FACTOR).content.decode()
    client.post(SECOND_FACTOR, {"code": code_of(key), "remove": "1"})
    assert TOTPDevice.objects.filter(confirmed=True).exists()


def test_an_operator_takes_away_the_second_factor_of_a_lost_phone(protected, capsys):
    call_command("reset_second_factor", "publication")
    assert log_in(Client()).headers["location"] == ADMIN
    call_command("reset_second_factor", "publication")
    assert capsys.readouterr().out == "The second factor of publication is removed.\npublication has no second factor.\n"
    with pytest.raises(CommandError, match="no account named personne"):
        call_command("reset_second_factor", "personne")


def test_the_account_leads_to_it_and_asks_for_no_portrait(client, lea):
    log_in(client)
    page = client.get("/admin/account/").content.decode()
    assert SECOND_FACTOR in page
    assert "avatar-avatar" not in page


# The end of a session


def test_the_sessions_of_a_deactivated_account_do_not_come_back_with_it(client, lea, staff):
    other = Client()
    other.force_login(staff("Rédaction"))
    log_in(client)
    for is_active in (False, True):
        User.objects.filter(pk=lea.pk).update(is_active=is_active)
        call_command("run_due")
    assert [is_in(client), is_in(other)] == [False, True]


def look_away(client, address):
    """What Wagtail's scripts send while nobody is there."""
    page = HomePage.objects.get()
    if address == "ping":
        return client.post(f"/admin/editing-sessions/ping/pages/sitepage/{page.pk}/1/", headers={"accept": "*/*"})
    if address == "preview":
        return client.post(f"/admin/pages/{page.pk}/edit/preview/", {"title": page.title, "slug": page.slug}, headers={"accept": "*/*"})
    return client.get(f"/admin/pages/{page.pk}/edit/preview/", headers=NAVIGATION | {"sec-fetch-dest": "iframe"})


@pytest.mark.parametrize("address", ["ping", "preview", "frame"])
def test_a_session_ends_twelve_hours_after_the_last_page(client, lea, clock, address):
    log_in(client)
    assert is_in(client)
    for _ in range(3):
        clock.shift(timedelta(hours=5))
        look_away(client, address)
    assert not is_in(client)


def test_a_new_password_ends_the_other_sessions(client, lea):
    other = Client()
    for each in (client, other):
        log_in(each)
    new = "quatre-mots-bien-longs"
    fields = {"password-old_password": PASSWORD, "password-new_password1": new, "password-new_password2": new}
    fields |= {"name_email-first_name": "Léa", "name_email-last_name": "E", "name_email-email": "lea@example.org"}
    fields |= {"theme-theme": "system", "theme-contrast": "system", "theme-density": "default", "theme-keyboard_shortcuts": "on"}
    assert client.post("/admin/account/", fields).status_code == 302
    assert (is_in(client), is_in(other)) == (True, False)


def test_visitors_pages_do_not_read_the_session():
    assert "vary" not in CachedSite().get_anew("/").headers or "Cookie" not in CachedSite().get_anew("/").headers["vary"]


# Passwords


@pytest.mark.parametrize(
    ("password", "is_good"),
    [
        ("Soleil-2026-x", True),
        ("soleil-2026", False),
        ("chevalrougetablepain", True),
        ("chevalrouge", False),
        ("Abcdef123456", False),
        ("aA1!aA1!aA1!aA1!", False),
        ("1234567890123456789012345", True),
        ("12345678901234567890", False),
        ("été-à-Belfort-90", True),
    ],
)
def test_a_password_is_as_hard_to_guess_as_the_cnil_asks(password, is_good):
    if is_good:
        validate_password(password)
    else:
        with pytest.raises(ValidationError, match="trop facile"):
            validate_password(password)


def test_the_rule_is_read_before_the_password_is_written(admin_client):
    assert "Plusieurs mots à la suite" in admin_client.get(reverse("wagtailusers_users:add")).content.decode()
