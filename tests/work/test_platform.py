"""Posts of « Les emplois de l’inclusion », from a server that answers as its public code says, and as it should not."""

import gzip
import json
import threading
import time
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import time_machine
from assertions import links, parse, words
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from examples import offer

from pages.models import JobsPage, Organisation, PlatformPost, Prescriber
from pages.work import platform
from regie.operations import worker

pytestmark = pytest.mark.django_db

WORK, SIREN = "/travailler-a-la-regie/", "732829320"
POST = {
    "id": 12201,
    "rome": "Maintenance des bâtiments et des locaux (I1203)",
    "appellation_modifiee": "",
    "recrutement_ouvert": "True",
    "type_contrat": "CDD d’insertion",
    "nombre_postes_ouverts": 2,
    "lieu": {"nom": "Belfort", "departement": "90", "code_postaux": ["90000"], "code_insee": "90010"},
}
OTHER = POST | {
    "id": 12202,
    "appellation_modifiee": "<b>Peintre</b> & plaquiste",
    "lieu": None,
    "nombre_postes_ouverts": 1,
    "type_contrat": "",
}
CLOSED = POST | {"id": 12203, "recrutement_ouvert": "False"}
OURS = {"siret": f"{SIREN}00012", "type": "ACI", "postes": [POST, CLOSED]}
OURS_TOO = {"siret": f"{SIREN}00012", "type": "EI", "postes": [OTHER]}
STRANGER = {"siret": "00000000000000", "type": "ACI", "postes": [POST | {"id": 1}]}


class Platform(ThreadingHTTPServer):
    """The answers by address, those that were asked for, and by whom. An answer is a value for JSON, bytes, or a function of the handler."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server_port}"
        self.answers, self.asked, self.agents = {}, [], set()


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path)
        self.server.agents.add(self.headers["User-Agent"])
        answer = self.server.answers[self.path]
        if callable(answer):
            answer(self)
        else:
            self.reply(200, answer if isinstance(answer, bytes) else json.dumps(answer).encode())

    def reply(self, status, body, **headers):
        self.send_response(status)
        for name, value in {"Content-Length": len(body), **headers}.items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


@pytest.fixture
def server(monkeypatch):
    server = Platform()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setattr(platform, "PLATFORM", server.address)
    monkeypatch.setattr(platform, "PAUSE", 0)
    Organisation.objects.update(siren="732 829 320", address="1 rue de l’Exemple\n90000 Belfort")
    JobsPage.objects.update(shows_platform=True)
    yield server
    server.shutdown()
    server.server_close()


POST_ADDRESS = "https://emplois.inclusion.beta.gouv.fr/company/job_description/12201/card"
FIRST = "/api/v1/siaes/?departement=90"


def answer(*structures, following=None):
    return {"count": len(structures), "next": following, "previous": None, "results": list(structures)}


def test_the_open_posts_of_the_siren_are_shown_and_found(client, server):
    second = f"{server.address}{FIRST}&page=2"
    server.answers = {FIRST: answer(OURS, STRANGER, following=second), f"{FIRST}&page=2": answer(OURS_TOO)}
    with time_machine.travel(datetime(2026, 11, 30, 12, tzinfo=UTC)):
        worker.run_pass()
        assert server.asked == [FIRST, f"{FIRST}&page=2"]
        assert server.agents == {"http://127.0.0.1:8000/"}
        section = parse(client.get(WORK)).select_one(".posts")
        assert [words(item) for item in section.select("li")] == [
            "<b>Peintre</b> & plaquiste (autre site) Encore ouvert le 30 novembre",
            "Maintenance des bâtiments et des locaux (autre site) CDD d’insertion · 2 postes · Belfort Encore ouvert le 30 novembre",
        ]
        assert links(section)[1][1] == POST_ADDRESS
        assert "Laissez votre numéro à la Régie." in words(section)
        assert WORK in [address for _, address in links(parse(client.get("/recherche/?q=plaquiste")).main)]
        assert "plaquiste" not in str(parse(client.get(WORK)).select("script[type='application/ld+json']"))
        worker.run_pass()
        assert len(server.asked) == 2  # once a day
    server.answers[FIRST] = answer(OURS)
    with time_machine.travel(datetime(2026, 12, 1, 12, tzinfo=UTC)):
        worker.run_pass()
        assert [post.pk for post in PlatformPost.objects.all()] == [12201]


def test_nothing_is_read_where_staff_have_not_asked_for_it_or_have_not_said_who_they_are(server):
    JobsPage.objects.update(shows_platform=False)
    worker.run_pass()
    JobsPage.objects.update(shows_platform=True)
    Organisation.objects.update(address="1 rue de l’Exemple")
    worker.run_pass()
    Organisation.objects.update(siren="", address="90000 Belfort")
    worker.run_pass()
    assert server.asked == []


def test_posts_are_shown_where_staff_wrote_no_sentence_for_no_offer(client, server):
    server.answers = {FIRST: answer(OURS)}
    JobsPage.objects.update(no_offer="")
    worker.run_pass()
    main = parse(client.get(WORK)).main
    assert main.select_one(".posts")
    assert [each for each in main.select("p") if not words(each)] == []


def test_a_post_stays_three_days_while_the_platform_is_away(client, server):
    server.answers = {FIRST: answer(OURS)}
    with time_machine.travel(datetime(2026, 11, 30, 12, tzinfo=UTC)):
        worker.run_pass()
    server.answers = {FIRST: lambda handler: handler.reply(500, b"")}
    for day, is_shown in ((1, True), (2, True), (3, False)):
        with time_machine.travel(datetime(2026, 12, day, 12, tzinfo=UTC)):
            worker.run_pass()
            assert ("Maintenance" in words(parse(client.get(WORK)).main)) is is_shown


def hang(handler):
    handler.send_response(200)
    handler.end_headers()
    for _ in range(100):
        handler.wfile.write(b" ")
        time.sleep(0.05)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda handler: handler.reply(500, b"{}"),
        lambda handler: handler.reply(429, b"{}", Retry_After=3600),
        lambda handler: handler.reply(302, b"", Location="/api/v1/elsewhere/"),
        lambda handler: handler.reply(200, gzip.compress(b" " * 10_000_000), Content_Encoding="gzip"),
        hang,
        b"<!DOCTYPE html><title>Maintenance</title>",
        [],
        {"results": None, "next": None},
        answer({"type": "ACI", "postes": []}),
        answer({"siret": f"{SIREN}00012", "postes": [{"id": 1}]}),
        answer({"siret": f"{SIREN}00012", "postes": [POST | {"id": "<b>"}]}),
    ],
    ids=["500", "429", "redirect", "10 MB", "hanging", "no JSON", "no object", "no results", "no SIRET", "no field", "an odd number"],
)
def test_an_odd_answer_changes_nothing_and_is_told_to_the_volunteer(server, monkeypatch, caplog, wrong):
    PlatformPost.objects.create(number=7, title="Un poste", posts=1, read_on=date(2026, 1, 1))
    server.answers = {FIRST: wrong}
    monkeypatch.setattr(worker, "PLATFORM_TIMEOUT", 1)
    began = time.monotonic()
    worker.run_pass()
    assert time.monotonic() - began < 4 if wrong is hang else server.asked == [FIRST]
    assert [post.title for post in PlatformPost.objects.all()] == ["Un poste"]
    assert [record.getMessage() for record in caplog.records] == ["read_platform failed."]


def test_what_is_new_or_missing_there_is_no_fault(server, caplog):
    fields = {"id": 12201, "rome": "Maçonnerie (F1703)", "recrutement_ouvert": "True", "nouveau": {"champ": 1}}
    server.answers = {FIRST: answer({"siret": f"{SIREN}00012", "postes": [fields], "nouveau": 1}) | {"nouveau": 1}}
    worker.run_pass()
    (post,) = PlatformPost.objects.all()
    assert (post.title, post.contract, post.posts, post.place) == ("Maçonnerie", "", 1, "")
    assert caplog.records == []


def test_no_more_than_twenty_pages_are_read_and_none_elsewhere(server, caplog):
    pages = {n: f"{FIRST}&page={n}" for n in range(2, 32)}
    server.answers = {FIRST: answer(following=f"{server.address}{pages[2]}")}
    server.answers |= {pages[n]: answer(following=f"{server.address}{pages[n + 1]}") for n in range(2, 31)}
    worker.run_pass()
    assert len(server.asked) == platform.MAX_PAGES
    assert caplog.records
    JobsPage.objects.update(platform_read_on=None)
    server.asked.clear()
    server.answers = {FIRST: answer(OURS, following="http://127.0.0.1:1/api/v1/siaes/")}
    worker.run_pass()
    assert (server.asked, PlatformPost.objects.count()) == ([FIRST], 1)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_way_in_begins_early_on_a_small_phone(visit):
    """Numbers of a page with three bodies that send people, two offers, and three posts of the platform."""
    Organisation.objects.update(phone="03 84 00 00 00")
    jobs = JobsPage.objects.get()
    jobs.application = [("step", {"title": title, "text": "Une phrase."}) for title in ("Appelez ou écrivez", "Venez à l’accueil")]
    jobs.prescribers = [
        Prescriber(title="France Travail", audience="Si vous y êtes inscrite ou inscrit.", phone="39 49", address="1 rue de l’Exemple"),
        Prescriber(
            title="Mission locale",
            audience="Si vous avez moins de 26 ans.",
            phone="03 84 00 00 00",
            opening_hours="Le lundi, de 9 h à 12 h",
        ),
        Prescriber(title="Un centre social"),
    ]
    jobs.shows_platform = True
    jobs.save_revision().publish()
    for title in ("Agente ou agent de propreté", "Peintre en bâtiment (F/H)"):
        offer(title, date(2100, 1, 31), hours=26, length="4 mois", at_minimum_wage=True, place="Les Glacis")
    for number, title in enumerate(("Agente ou agent d’entretien des espaces verts", "Maintenance des bâtiments et des locaux", "Peintre")):
        fields = {"contract": "CDD d’insertion", "posts": 2, "place": "Belfort"} if number else {"posts": 1}
        PlatformPost.objects.create(number=number, title=title, read_on=timezone.localdate(), **fields)
    page = visit(360)
    page.goto(WORK)
    assert page.locator("#entrer").evaluate("e => e.getBoundingClientRect().top + scrollY") < 1600
    assert page.evaluate("document.documentElement.scrollHeight") <= 5900


def test_an_offer_names_its_twin(client, server):
    server.answers = {FIRST: answer(OURS, OURS_TOO)}
    worker.run_pass()
    page = offer(platform_url=POST_ADDRESS)
    text = words(parse(client.get(WORK)).main)
    assert "plaquiste" in text
    assert "Maintenance" not in text
    assert ("Répondre sur Les emplois de l’inclusion (autre site)", POST_ADDRESS) in links(parse(client.get(page.url)).main)


def test_staff_hear_once_after_three_days_of_a_telephone_or_an_address_that_differ_there(admin, server):
    Organisation.objects.update(phone="03 84 00 00 00", email="accueil@example.org")
    same = {"telephone": "+33384000000", "courriel": "Accueil@example.org"}
    server.answers = {FIRST: answer(OURS | same, STRANGER | {"telephone": "0384111111"})}
    client, screen, name = admin("Publication"), reverse("wagtailadmin_home"), "Les emplois de l’inclusion"

    def read(day):
        with time_machine.travel(datetime(2026, 11, day, 12, tzinfo=UTC)):
            worker.run_pass()
            return words(parse(client.get(screen)).select_one(".to-review"))

    assert name not in read(1)
    server.answers = {FIRST: answer(OURS | {"telephone": "03.84.22.22.22", "courriel": ""}, OURS_TOO | {"courriel": "autre@example.org"})}
    assert name not in read(2)
    assert name not in read(4)
    remarks = read(5)
    assert "ce site de l’État donne 03.84.22.22.22, autre@example.org, et pas le téléphone ou l’e-mail d’ici" in remarks
    assert remarks.count(name) == 1
    Organisation.objects.update(phone="03 84 22 22 22", email="autre@example.org")
    assert name not in read(6)


def test_only_the_address_of_a_post_is_taken(client):
    for address in ("https://emplois.inclusion.beta.gouv.fr/", "https://www.example.org/company/job_description/1/card"):
        with pytest.raises(ValidationError, match="Collez l’adresse"):
            offer(platform_url=address)
