"""What two people write at once, or one person in two tabs: the second save is refused, and nothing that was typed is lost."""

from itertools import product

import pytest
from assertions import filled, parse, words
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse
from edit_forms import CHIEF, HERS, HIS, KINDS, PUBLISHING, WRITING, snippet

from pages.models import ContactPage, KeyFigure, Message

pytestmark = pytest.mark.django_db

JSON = {"accept": "application/json"}
CASES = [
    pytest.param(kind, role, act, marks=[] if role == PUBLISHING and act == acts[-1] else pytest.mark.exhaustive)
    for kind, (*_, roles) in KINDS.items()
    for role, acts in roles.items()
    for act in acts
]
BARRED = [(kind, role) for kind, role in product(KINDS, (PUBLISHING, WRITING, CHIEF)) if role not in KINDS[kind][3]]


@pytest.fixture(autouse=True)
def message():
    return Message.objects.create(subject="autre", text="Bonjour.", email="a@example.org")


def member(name, role, **fields):
    """A browser of a member of the staff."""
    user = User.objects.create_user(name, is_superuser=role == CHIEF, **fields)
    if role != CHIEF:
        user.groups.add(Group.objects.get(name=role))
    client = Client()
    client.force_login(user)
    return client


def open_form(client, kind):
    address, *_ = KINDS[kind]
    return address(), filled(client.get(address()))


def send(client, address, fields, act="", **options):
    return client.post(address, fields | ({act: "1"} if act else {}), **options)


@pytest.mark.parametrize(("kind", "role", "act"), CASES)
def test_the_second_save_is_refused_and_both_texts_are_kept(kind, role, act):
    _, name, stored, _ = KINDS[kind]
    lea, paul = member("lea", role, first_name="Léa", last_name="Martin"), member("paul", role)
    (address, hers), (_, his) = open_form(lea, kind), open_form(paul, kind)
    assert send(lea, address, hers | {name: HERS}, act).status_code == 302
    answer = send(paul, address, his | {name: HIS}, act)
    assert answer.status_code == 200
    assert stored() == HERS
    page = parse(answer)
    refusal = page.select_one(".messages .error")
    assert "Pas encore enregistré. Léa Martin a enregistré une autre version le" in words(refusal)
    assert filled(answer)[name] == HIS
    assert HERS in words(refusal) if kind == "message" else HERS in lea.get(refusal.a["href"]).content.decode()
    # To send it again without that button is refused again.
    assert send(paul, address, filled(answer), act).status_code == 200
    assert stored() == HERS
    button = refusal.button
    assert button["form"] == page.select_one("form[data-edit-form]")["id"]
    assert button["name"] == act
    assert send(paul, button["formaction"], filled(answer), act).status_code == 302
    assert stored() == HIS
    if kind == "page" and act == "action-publish":
        assert ContactPage.objects.get().introduction == HIS


@pytest.mark.parametrize(("kind", "role"), BARRED)
def test_who_may_not_save_is_told_nothing(kind, role):
    _, name, stored, _ = KINDS[kind]
    address, fields = open_form(member("chef", CHIEF), kind)
    before, answer = stored(), send(member("lea", role), address, fields | {name: HERS})
    assert (answer.status_code, answer["Location"], stored()) == (302, reverse("wagtailadmin_home"), before)


def test_a_page_that_a_colleague_has_submitted_is_locked_and_what_was_typed_stays_on_the_screen():
    lea, paul = member("lea", WRITING), member("paul", WRITING)
    (address, hers), (_, his) = open_form(lea, "page"), open_form(paul, "page")
    assert send(lea, address, hers | {"introduction": HERS}, "action-submit").status_code == 302
    answer = send(paul, address, his | {"introduction": HIS}, "action-submit")
    assert "verrouillée" in words(parse(answer).select_one(".messages .error"))
    assert (filled(answer)["introduction"], KINDS["page"][2]()) == (HIS, HERS)


@pytest.mark.parametrize("kind", ["page", "figure", "message"])
def test_two_tabs_of_one_account_are_two_editors(kind):
    _, name, stored, _ = KINDS[kind]
    lea = member("lea", PUBLISHING)
    (address, one), (_, other) = open_form(lea, kind), open_form(lea, kind)
    send(lea, address, one | {name: HERS})
    answer = send(lea, address, other | {name: HIS})
    assert "Une autre version a été enregistrée avec votre compte" in words(parse(answer).select_one(".messages .error"))
    assert stored() == HERS


@pytest.mark.parametrize("kind", ["page", "figure", "message"])
def test_a_form_that_is_sent_twice_is_saved(kind):
    """The answer to the first may have been lost."""
    _, name, stored, _ = KINDS[kind]
    lea = member("lea", PUBLISHING)
    address, fields = open_form(lea, kind)
    assert [send(lea, address, fields | {name: HERS}).status_code for _ in range(2)] == [302, 302]
    assert stored() == HERS


def test_a_third_save_between_the_refusal_and_the_button_is_told_too():
    lea, paul = member("lea", PUBLISHING), member("paul", PUBLISHING)
    (address, hers), (_, his) = open_form(lea, "page"), open_form(paul, "page")
    send(lea, address, hers | {"introduction": HERS}, "action-publish")
    refused = send(paul, address, his | {"introduction": HIS}, "action-publish")
    address, again = open_form(lea, "page")
    send(lea, address, again | {"introduction": "Encore Léa."}, "action-publish")
    button = parse(refused).select_one(".messages .error button")
    answer = send(paul, button["formaction"], filled(refused), "action-publish")
    assert "Pas encore enregistré." in words(parse(answer).select_one(".messages .error"))
    assert ContactPage.objects.get().introduction == "Encore Léa."


def test_a_form_that_was_opened_before_the_first_version_is_old_too():
    figure = KeyFigure.objects.create(label_singular="jardin", label_plural="jardins")
    lea, paul = member("lea", PUBLISHING), member("paul", PUBLISHING)
    address = snippet("keyfigure", figure.pk)
    hers, his = filled(lea.get(address)), filled(paul.get(address))
    assert send(lea, address, hers | {"explanation": HERS}).status_code == 302
    assert send(paul, address, his | {"explanation": HIS}).status_code == 200
    figure.refresh_from_db()
    assert figure.explanation == HERS


def test_an_autosave_does_not_bar_who_made_it():
    """Its answer is on its way, or lost, while the form is sent."""
    lea = member("lea", PUBLISHING)
    address, fields = open_form(lea, "page")
    assert lea.post(address, fields | {"introduction": "Texte"}, headers=JSON).json()["success"]
    assert lea.post(address, fields | {"introduction": "Texte de"}, headers=JSON).json()["success"]
    assert send(lea, address, fields | {"introduction": HERS}, "action-publish").status_code == 302
    assert ContactPage.objects.get().introduction == HERS


def test_an_autosave_that_comes_after_its_form_was_sent_changes_nothing():
    lea = member("lea", PUBLISHING)
    address, fields = open_form(lea, "page")
    for act in ("", "action-publish"):
        send(lea, address, fields | {"introduction": HERS}, act)
        late = lea.post(address, fields | {"introduction": "Texte"}, headers=JSON)
        assert (late.status_code, late.json()["error_code"]) == (400, "invalid_revision")
        assert KINDS["page"][2]() == HERS


def test_an_autosave_of_a_colleague_bars_the_other():
    lea, paul = member("lea", PUBLISHING), member("paul", PUBLISHING)
    (address, hers), (_, his) = open_form(lea, "page"), open_form(paul, "page")
    assert lea.post(address, hers | {"introduction": HERS}, headers=JSON).json()["success"]
    assert not paul.post(address, his | {"introduction": HIS}, headers=JSON).json()["success"]
    answer = send(paul, address, his | {"introduction": HIS}, "action-publish")
    assert "lea a enregistré une autre version" in words(parse(answer).select_one(".messages .error"))
    assert KINDS["page"][2]() == HERS


def test_autosaves_of_one_form_are_one_line_of_the_history():
    lea = member("lea", PUBLISHING)
    address, fields = open_form(lea, "page")
    for text in ("Texte", "Texte de", HERS):
        lea.post(address, fields | {"introduction": text}, headers=JSON)
    page = parse(lea.get(reverse("wagtailadmin_pages:history", args=[ContactPage.objects.get().pk])))
    assert len([row for row in page.select("main tbody tr") if "lea" in words(row)]) == 1


@pytest.mark.parametrize("number", ["", *(pytest.param(odd, marks=pytest.mark.exhaustive) for odd in ("999999", "abc", "-1", "9" * 30))])
def test_a_version_that_nobody_was_given_is_an_old_one(number):
    lea, paul = member("lea", PUBLISHING), member("paul", PUBLISHING)
    for kind in ("page", "figure"):
        _, name, stored, _ = KINDS[kind]
        (address, hers), (_, his) = open_form(lea, kind), open_form(paul, kind)
        send(lea, address, hers | {name: HERS})
        ids = {"loaded_revision_id": number, "overwrite_revision_id": number, "form_key": number}
        assert send(paul, address, his | {name: HIS} | ids).status_code == 200
        assert stored() == HERS


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "kind", ["page", "message", *(pytest.param(kind, marks=pytest.mark.exhaustive) for kind in ("figure", "organisation"))]
)
def test_of_many_saves_at_the_same_moment_one_is_stored(kind, at_once):
    _, name, stored, _ = KINDS[kind]
    waiting, answers = [], []
    for n in range(4):
        client = member(f"membre{n}", PUBLISHING)
        address, fields = open_form(client, kind)
        waiting.append((client, fields | {name: f"Texte {n}."}))

    def save():
        client, fields = waiting.pop()
        answers.append((send(client, address, fields).status_code, fields[name]))

    at_once(4, save)
    assert sorted(code for code, _ in answers) == [200, 200, 200, 302]
    assert stored() == dict(answers)[302]
