"""« Le site en un an »: what the site did in a year, on one screen and in a file."""

from datetime import date, datetime

import pytest
import time_machine
from assertions import links, parse, words
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from examples import event, news, offer

from pages.models import Message, MessageCount

pytestmark = pytest.mark.django_db

CONTACT = "/contact/"


def at(*moment):
    return time_machine.travel(datetime(*moment, tzinfo=timezone.get_default_timezone()), tick=False)


def write(client, subject, text):
    answer = client.post(CONTACT, {"subject": subject, "text": text, "phone": "03 84 00 00 00"})
    assert answer.status_code == 303


def read_year(client, *year):
    """The numbers of the table, without those that are 0, by their row and column."""
    table = parse(client.get(reverse("year", args=year))).select_one(".year table")
    headings = [words(cell) for cell in table.select("thead th")]
    rows = [[words(cell) for cell in row.select("th, td")] for row in table.select("tbody tr")]
    return {(row[0], heading): int(cell) for row in rows for heading, cell in zip(headings[1:], row[1:], strict=True) if cell != "0"}


def test_messages_stay_counted_when_they_are_erased(admin, client):
    with at(2026, 3, 31, 23, 30):
        write(client, "emploi", "Je cherche un travail.")
        write(client, "autre", "Une question sur tout.")
        write(client, "autre", "Une question sur tout.")  # sent twice
    with at(2026, 4, 1, 0, 30):
        write(client, "emploi", "Je cherche encore un travail.")
    with at(2029, 1, 2):
        call_command("run_due")
        assert not Message.objects.exists()
        member = admin("Rédaction")
        job, other = "Messages : Un emploi ou une formation", "Messages : Une autre question"
        expected = {(job, "mars"): 1, (job, "avr."): 1, (job, "total"): 2, (other, "mars"): 1, (other, "total"): 1}
        assert read_year(member, 2026) == expected
        assert read_year(member, 2025) == {}
    assert {field.name for field in MessageCount._meta.fields} == {"id", "month", "subject", "number"}


def test_pages_are_counted_in_the_month_when_they_were_first_published(admin):
    with at(2026, 12, 31, 23, 45):
        series = event("Loto")
        event("Loto ailleurs", series=series), event("Repas"), offer_page()  # a date of a series is no event of its own
    with at(2027, 1, 1, 0, 15):
        news()
        member = admin("Rédaction")
        expected = {("Événements publiés", month): 2 for month in ("déc.", "total")}
        expected |= {("Offres publiées", month): 1 for month in ("déc.", "total")}
        assert read_year(member) == read_year(member, 2026) == expected
        assert read_year(member, 2027) == {("Actualités publiées", month): 1 for month in ("jan.", "total")}


def offer_page():
    page = offer(last_day=date(2100, 1, 31))
    page.first_published_at = timezone.now()
    page.save()


def test_january_shows_the_last_year_and_each_other_month_its_own(client, staff):
    user = staff("Publication")
    for moment, year, ways in (((2027, 1, 31), 2026, {"2025", "2027"}), ((2027, 2, 1), 2027, {"2026"})):
        with at(*moment):
            client.force_login(user)
            page = parse(client.get(reverse("year")))
            assert words(page.select_one("h1, h2")) == f"Le site en {year}"
            assert ways == {text for text, address in links(page.main) if text.isdigit()}


def test_the_numbers_open_in_a_spreadsheet(admin):
    MessageCount.objects.create(month=date(2026, 5, 1), subject="marche", number=3)
    member = admin("Publication")
    page = parse(member.get(reverse("year", args=[2026])))
    answer = member.get(reverse("year", args=[2026]) + dict(links(page))["Ouvrir dans un tableur (CSV)"].rpartition("/")[2])
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert answer["Content-Disposition"] == 'attachment; filename="site-2026.csv"'
    assert lines[0].startswith("2026;total;jan.;fév.;mars;")
    assert "Messages : Un marché, des travaux ou un partenariat;3;0;0;0;0;3;0;0;0;0;0;0;0" in lines


def test_it_is_for_staff_and_for_years_that_have_begun(client, admin):
    assert client.get(reverse("year")).status_code == 302
    member = admin("Rédaction")
    for year in (0, 1999, timezone.localdate().year + 1, 99999):
        assert member.get(reverse("year", args=[year])).status_code == 404


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_it_prints_on_one_sheet_and_fits_on_a_phone(as_member):
    page = as_member("Publication")
    page.goto(page.url.partition("/admin/")[0] + reverse("year"))
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.emulate_media(media="print")
    assert page.locator(".sidebar").is_hidden()
    assert page.locator(".year thead").is_visible()
    page.set_viewport_size({"width": 794, "height": 1123})
    assert page.evaluate("document.querySelector('.year').scrollWidth <= document.querySelector('.year').clientWidth")
    assert page.pdf(format="A4").count(b"/Type /Page\n") == 1
