"""What visitors and staff get while the database is away: an answer at once, with what they wrote."""

import json
import threading
from datetime import UTC, datetime

import pytest
from assertions import parse, words
from cached_site import CachedSite, make_environ
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.mail import send_mail
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import OperationalError, connection
from django.test import Client, RequestFactory
from django.utils import timezone
from wagtail.models import Collection

from pages.models import Organisation
from regie.mail.outbox import OutgoingMail
from regie.operations import checks
from regie.operations.worker import WorkerRun
from regie.serving.errors import database_away
from regie.serving.health import Health

pytestmark = [pytest.mark.django_db(transaction=True)]  # connections are closed

MESSAGE = {"subject": "emploi", "text": "Bonjour <à> tous", "phone": "06 12 34 56 78", "place": "Belfort", "website": "x"}


def away(*args, **kwargs):
    raise OperationalError("away")


@pytest.fixture
def out(monkeypatch):
    """A client of Django while the database is away, as the page cache asks it."""
    organisation = Organisation(phone="03 84 00 00 01")
    monkeypatch.setattr("django.db.backends.utils.CursorWrapper.execute", away)
    return Client(raise_request_exception=False, **{"regie.is_away": True, "regie.organisation": organisation})


def test_a_message_is_shown_again_with_the_telephone_number(out):
    answer = out.post("/contact/?sujet=emploi", MESSAGE)
    assert (answer.status_code, answer["Retry-After"], answer["Cache-Control"]) == (503, "60", "no-store")
    page = parse(answer)
    form = page.select_one("form")
    assert not form.has_attr("action")
    assert form.select_one("[checked]")["value"] == "emploi"
    assert form.textarea.text.strip() == "Bonjour <à> tous"
    assert {field["name"]: field.get("value") for field in form.select("input:not([type=radio])")} == {
        "phone": "06 12 34 56 78",
        "email": None,
        "place": "Belfort",
    }
    assert page.select_one("a[href^='tel:']")["href"] == "tel:+33-3-84-00-00-01"


def test_a_fault_that_comes_in_the_middle_of_a_request_loses_nothing_either(client, monkeypatch):
    client.raise_request_exception = False
    monkeypatch.setattr("django.db.backends.utils.CursorWrapper.execute", away)
    answer = client.post("/contact/", MESSAGE)
    assert answer.status_code == 503
    assert words(parse(answer).h1) == "Votre message n’est pas parti"
    assert "Bonjour &lt;à&gt; tous" in answer.content.decode()


def test_staff_can_post_again_what_they_wrote(out):
    posted = {"title": 'Fête "d’été"', "places": ["a", "b"], "csrfmiddlewaretoken": "t"}
    answer = out.post("/admin/pages/3/edit/?next=1", posted)
    form = parse(answer).form
    assert answer.status_code == 503
    assert not form.has_attr("action")  # it is posted where it was
    fields = [(field["name"], field["value"]) for field in form.select("input")]
    assert sorted(fields) == [("csrfmiddlewaretoken", "t"), ("places", "a"), ("places", "b"), ("title", 'Fête "d’été"')]


@pytest.mark.parametrize("address", ["/admin/login/", "/admin/account/", "/admin/users/new/", "/admin/login/code/"])
def test_passwords_are_never_repeated(out, address):
    answer = out.post(address, {"password": "un secret"})
    assert answer.status_code == 503
    assert "un secret" not in answer.content.decode()


def test_what_another_site_posts_is_not_repeated(out):
    answer = out.post("/contact/", MESSAGE, headers={"sec-fetch-site": "cross-site"})
    assert "Bonjour" not in answer.content.decode()


def test_what_cannot_be_read_is_a_plain_page():
    request = RequestFactory().post("/contact/", "x", content_type="multipart/form-data; boundary=x", CONTENT_LENGTH="9000000")
    assert words(parse(database_away(request)).h1) == "Le site est en pause"


def test_no_request_waits_for_a_database_that_is_known_to_be_away(monkeypatch):
    default_storage.save("images/a.png", ContentFile(b"x"))
    site = CachedSite()
    site.get("/contact/")
    monkeypatch.setattr("django.db.backends.utils.CursorWrapper.execute", away)
    site.read_state()
    queries = []
    with connection.execute_wrapper(lambda execute, *arguments: queries.append(arguments)):
        assert (site.get("/contact/").status, site.get("/contact/").headers["age"]) == (200, "0")
        assert site.get("/recherche/?q=emploi").status == 503
        assert site.get("/media/images/a.png").status == 200
    assert queries == []


@pytest.fixture
def ask():
    """The parts of the answer of /-/ready, with its status."""
    site = CachedSite()

    def run():
        application = Health(None, site.cache.reader)
        started = []
        (body,) = application(make_environ("/-/ready"), lambda *arguments: started.append(arguments))
        return int(started[0][0][:3]), json.loads(body)

    run.site = site
    return run


def test_the_site_says_what_is_wrong_with_it(ask, settings, monkeypatch):
    settings.BACKUP_TO = "elsewhere"
    WorkerRun.objects.create(finished_at=timezone.now(), backed_up_at=timezone.now())
    assert ask() == (200, {"ready": True, "found": {}})
    send_mail("x", "y", None, ["a@example.org"])
    OutgoingMail.objects.update(created_at=datetime(2026, 1, 1, tzinfo=UTC))
    WorkerRun.objects.all().delete()
    late = {
        checks.LATE_MAIL: "A mail waits since 2026-01-01T00:00:00+00:00.",
        checks.NO_TASKS: "The last pass of run_due: never.",
        checks.LATE_BACKUP: "The last backup at BACKUP_TO: never.",
    }
    assert ask() == (200, {"ready": True, "found": late})
    with monkeypatch.context() as patch:
        patch.setattr("regie.operations.checks.get_migrations", lambda: {("pages", "9999_later")})
        assert (ask()[0], ask()[1]["found"]["pages.E002"]) == (503, "The database lacks 9999_later of pages.")
    with monkeypatch.context() as patch:
        patch.setattr("regie.operations.checks.MIN_SPACE", 10**18)
        assert (ask()[0], "pages.E004" in ask()[1]["found"]) == (503, True)
    settings.MEDIA_ROOT.parent.joinpath("a file").touch()
    settings.MEDIA_ROOT = settings.MEDIA_ROOT.parent / "a file"
    assert (ask()[0], ask()[1]["found"]["pages.E003"]) == (503, "Uploads cannot be written: FileExistsError")


def test_what_must_be_right_is_asked_by_one_command(settings, capsys):
    settings.BACKUP_TO = "elsewhere"
    with pytest.raises(SystemCheckError) as found:
        call_command("check", "--deploy", "--database=default", "--fail-level=WARNING")
    for said in (checks.NO_TASKS, checks.LATE_BACKUP, "pages.W001"):
        assert said in str(found.value)
    call_command("check", "--fail-level=WARNING")  # no other command is stopped by it, nor asks a database for it


def test_the_site_says_that_its_database_is_away(ask, monkeypatch):
    monkeypatch.setattr("django.db.backends.utils.CursorWrapper.execute", away)
    assert ask() == (503, {"ready": False, "found": {checks.DATABASE_AWAY: "The database is away: OperationalError"}})
    ask.site.read_state()
    assert ask() == (503, {"ready": False, "found": {checks.DATABASE_AWAY: "The database is away."}})


def test_health_is_asked_once_a_second_and_needs_no_host_name(ask, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr("regie.serving.health.CACHE_SECONDS", 60)
    application = Health(ask.site.cache, ask.site.cache.reader)
    for address, number in (("/-/ready", 4), ("/-/ready", 0), ("/-/live", 0)):
        with django_assert_num_queries(number):
            assert ask.site.ask(application, address, host="elsewhere.example").status == 200


def test_staff_keep_a_long_form_while_the_database_is_away(rf):
    for number, repeated in ((50_000, True), (1_500_000, False)):  # of two bytes each
        response = database_away(rf.post("/admin/pages/3/edit/", {"title": "é" * number}))
        assert (response.status_code, "é" * 50_000 in response.content.decode()) == (503, repeated)


def test_a_reading_that_fails_in_any_way_is_done_again(monkeypatch):
    site = CachedSite()
    with monkeypatch.context() as patch:
        patch.setattr("pages.models.Organisation.get", away)
        Organisation.objects.update(phone="03 84 00 00 00")
        site.read_state()
        assert site.cache.reader.has_failed
    site.read_state()
    assert not site.cache.reader.has_failed


def test_pictures_that_cannot_be_deleted_are_no_outage(monkeypatch):
    site, ended = CachedSite(), threading.Event()

    def fail():
        ended.set()
        away()

    monkeypatch.setattr("pages.models.Rendition.delete_misplaced", fail)
    Collection.objects.update(name="x")  # a withdrawal
    site.read_state()
    assert ended.wait(10)
    assert not site.cache.reader.has_failed
