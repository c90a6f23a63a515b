"""News: newest first, in the menu once there is one, with a picture or without."""

from datetime import date, timedelta

import pytest
import time_machine
from assertions import links, parse, queries, words
from django.core.exceptions import ValidationError
from django.utils import timezone
from examples import event, news, picture

from pages.models import NewsIndexPage, NewsPage
from pages.visits.navigation import get_navigation

pytestmark = pytest.mark.django_db

NEWS = "/actualites/"


def test_news_are_in_menu_and_home_once_there_is_one_that_anybody_may_read(client):
    assert NEWS not in client.get("/").content.decode()
    assert "Il n’y a pas d’actualité pour le moment." in client.get(NEWS).content.decode()
    article = news()
    text = client.get("/").content.decode()
    assert ("Actualités", NEWS) in links(parse(client.get("/")).header)
    assert article.url in text
    article.unpublish()
    assert NEWS not in client.get("/").content.decode()


def test_the_newest_comes_first(client):
    for day in (3, 5, 4):
        news(f"Nouvelle du {day}", date(2026, 3, day))
    titles = [title for title, _ in links(parse(client.get(NEWS)).main) if title.startswith("Nouvelle du")]
    assert titles == ["Nouvelle du 5", "Nouvelle du 4", "Nouvelle du 3"]


def test_a_news_item_says_its_date_and_leads_back(client):
    page = parse(client.get(news(day=date(2026, 3, 1)).url)).main
    assert "Publié le 1er mars 2026" in words(page)
    assert words(page.select_one("time[datetime='2026-03-01']")) == "1er mars 2026"
    assert ("Revenir à toutes les actualités", NEWS) in links(page)


@pytest.mark.postgresql
def test_the_list_says_the_day_of_each_and_loads_pictures_when_they_are_near(client):
    news("Une fête", date(2025, 12, 24)), news("Un repas", date(2026, 1, 1), picture=picture())
    page = parse(client.get(NEWS)).main
    assert [words(day) for day in page.select("time")] == ["1er janvier 2026", "24 décembre 2025"]
    assert [image["loading"] for image in page.select("img")] == ["lazy"]


def test_a_day_to_come_is_refused_unless_the_page_is_to_come_too():
    tomorrow = timezone.localdate() + timedelta(days=1)
    with pytest.raises(ValidationError, match="date"):
        news(day=tomorrow)
    NewsPage(date=tomorrow, go_live_at=timezone.now() + timedelta(days=1)).clean()
    with pytest.raises(ValidationError, match="date"):
        NewsPage(date=tomorrow + timedelta(days=1), go_live_at=timezone.now() + timedelta(days=1)).clean()


def test_a_list_asks_for_no_more_when_there_are_more_pictures(client):
    asked = []
    for number in (1, 5):
        for n in range(number):
            news(f"Nouvelle {n}", slug=f"n{number}-{n}", picture=picture())
        assert len(parse(client.get(NEWS)).select("main img")) == (1 if number == 1 else 6)  # the first visit makes the pictures
        asked.append(len(queries(client, NEWS)))
    assert asked[0] == asked[1]


def test_staff_need_neither_description_nor_summary(client):
    page = news()
    assert parse(client.get(page.url)).select_one("meta[name=description]")["content"] == "Une phrase."
    NewsPage.objects.update(introduction="")
    assert client.get(page.url).status_code == 200


@pytest.mark.postgresql
def test_the_plan_leaves_out_what_comes_in_numbers(client):
    pages = [news(), event()]
    plan, sitemap = (client.get(address).content.decode() for address in ("/plan-du-site/", "/sitemap.xml"))
    assert 'href="/actualites/"' in plan
    for page in pages:
        assert page.url not in plan
        assert page.url in sitemap


def test_a_list_has_twenty_entries_a_page(client):
    for n in range(21):
        news(f"Numéro {n}")
    assert len(parse(client.get(NEWS)).select("main .news > li")) == 20


def test_pages_that_come_in_numbers_do_not_lead_to_each_other(rf):
    first, _ = news(), news("Une autre")
    index = NewsIndexPage.objects.get()
    for page in (first, index):
        navigation = get_navigation(rf.get("/"), page)
        assert (navigation.previous, navigation.next, navigation.children) == (None, None, [])


def test_home_and_menu_show_news_while_the_newest_is_under_a_year_old(client):
    newest, older = news("La plus récente", date(2026, 3, 3)), news("Une plus vieille", date(2024, 1, 1))
    for day, is_shown in (("2027-03-02 12:00Z", True), ("2027-03-03 12:00Z", False)):
        with time_machine.travel(day):
            page = parse(client.get("/"))
            shown = [address for _, address in links(page)]
            assert {newest.url in shown, older.url in shown, NEWS in shown} == {is_shown}
            assert [address for _, address in links(parse(client.get(NEWS)).select_one("ol.news"))] == [newest.url, older.url]


@pytest.mark.parametrize(
    ("day", "said"), [("2027-03-02", ""), ("2027-03-03", "Cette actualité a 1 an."), ("2029-03-02", "Cette actualité a 2 ans.")]
)
def test_an_old_article_says_its_age(client, day, said):
    article = news(day=date(2026, 3, 3))
    with time_machine.travel(f"{day} 12:00Z"):
        page = parse(client.get(article.url))
    assert [words(alert) for alert in page.select(".alert")] == ([said] if said else [])
