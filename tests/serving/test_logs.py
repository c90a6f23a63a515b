"""Lines of the log: one for each request that reaches Django, with a number, and nothing that is personal."""

import json
import logging
import sys

import pytest
from cached_site import CachedSite
from django.core.wsgi import get_wsgi_application

from regie.serving.logs import JsonFormatter, LoggedRequests

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture
def lines(caplog):
    """Runs `act` and returns what is logged, as it is written."""

    def run(act):
        caplog.clear()
        with caplog.at_level(logging.INFO):
            caplog.handler.setFormatter(JsonFormatter())
            act()
        return [json.loads(line) for line in caplog.text.splitlines()]

    return run


@pytest.fixture
def site():
    return CachedSite(LoggedRequests(get_wsgi_application()))


def test_a_request_has_a_number_and_a_line_without_its_query(site, lines):
    answers = []
    (line,) = lines(lambda: answers.append(site.get("/recherche/?q=cancer", user_agent="Somebody", x_real_ip="192.0.2.7")))
    assert {name: line[name] for name in ("level", "method", "path", "status")} == {
        "level": "INFO",
        "method": "GET",
        "path": "/recherche/",
        "status": 200,
    }
    assert line["request"] == answers[0].headers["x-request-id"]
    assert not any(word in json.dumps(line) for word in ("cancer", "Somebody", "192.0.2.7"))


def test_copies_carry_no_number_and_have_no_line(site, lines):
    site.get("/")
    assert lines(lambda: [site.get("/") for _ in range(3)]) == []
    assert "x-request-id" not in site.get("/").headers


def test_a_visitor_can_tell_which_request_failed(site, lines, monkeypatch):
    def fail(*args):
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr("pages.visits.navigation.get_main_pages", fail)
    answers = []
    found = lines(lambda: answers.append(site.get("/")))
    assert answers[0].status == 500
    number = answers[0].headers["x-request-id"]
    assert f"donnez ce numéro : {number}" in answers[0].content.decode()
    assert any("broken on purpose" in line.get("error", "") and line["request"] == number for line in found)


@pytest.mark.parametrize(
    ("message", "written"),
    [
        ("Invalid request from ip=192.0.2.7: Invalid HTTP Header: 'X: jean@example.org'", "Invalid request"),
        ("Error handling request GET /recherche/?q=cancer", "Error handling request GET /recherche/"),
        ("Error handling request GET /recherche?q=cancer", "Error handling request GET /recherche"),
        ("Starting gunicorn 27", "Starting gunicorn 27"),
    ],
)
def test_what_others_log_of_a_person_is_left_out(message, written):
    record = logging.LogRecord("gunicorn.error", logging.WARNING, "", 1, message, (), None)
    assert json.loads(JsonFormatter().format(record))["message"] == written


def test_values_of_a_row_are_left_out_of_a_traceback():
    words = "null value in column x\nDETAIL: Failing row contains (I am ill,\njean@example.org)."
    try:
        try:
            raise ValueError(words)
        except ValueError as error:
            raise OSError("it failed") from error
    except OSError:
        record = logging.LogRecord("a", logging.ERROR, "", 1, "x", (), sys.exc_info())
    written = json.loads(JsonFormatter().format(record))["error"]
    assert "null value in column x" in written
    assert written.endswith("OSError: it failed")
    assert "jean" not in written
    assert "ill" not in written


def test_a_refused_message_is_one_line_without_what_was_written(client, lines):
    found = lines(lambda: client.post("/contact/", {"subject": "autre", "text": "Bonjour à tous", "phone": "12"}))
    (line,) = [line for line in found if line["logger"].startswith("pages")]
    assert line["message"] == "A message was refused: 422 phone"


def test_a_refused_host_is_one_line_that_names_it(site, lines):
    line, _ = lines(lambda: site.get("/", host="evil.example"))
    assert "'evil.example'. You may need to add 'evil.example' to ALLOWED_HOSTS" in line["message"]
    assert "error" not in line
