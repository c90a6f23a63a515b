"""How many acts the daily work takes from the first screen: a click, or one field that is filled in."""

import re
from datetime import date, time

import pytest
from django.urls import reverse
from examples import offer
from PIL import Image
from playwright.sync_api import expect

from pages.models import (
    AboutPage,
    EventIndexPage,
    EventPage,
    FigureValue,
    HomePage,
    JobOfferPage,
    KeyFigure,
    Message,
    NewsIndexPage,
    NewsPage,
    StandardPage,
)
from pages.text.dates import format_moment

pytestmark = [pytest.mark.browser, pytest.mark.exhaustive, pytest.mark.django_db(transaction=True)]


class Acts:
    def __init__(self, page):
        self.page, self.number = page, 0

    def click(self, role, name):
        self.number += 1
        self.page.get_by_role(role, name=name).first.click()

    def fill(self, name, text):
        self.number += 1
        self.page.locator(f"[name={name}]").fill(text)

    def choose(self, name, value):
        self.number += 1
        self.page.locator(f"[name={name}]").select_option(value)


@pytest.fixture
def acts(as_member):
    Message.objects.create(subject="autre", text="Bonjour.", email="a@example.org")
    return Acts(as_member("Publication"))


def test_a_figure_is_changed_in_four_acts_and_both_in_seven_at_most(acts):
    """The cursor is in the number of last year."""
    acts.click("link", "Mettre à jour les chiffres")
    acts.click("link", "salariés")
    for slug, number, so_far in (("salaries", "47", 4), ("actions-de-formation", "12", 7)):
        expect(acts.page.locator("[name=values-0-number]")).to_be_focused()
        acts.number += 1
        acts.page.keyboard.type(number)
        acts.click("button", "Enregistrer")
        expect(acts.page.locator(".messages .success")).to_be_visible()
        assert KeyFigure.objects.get(slug=slug).values.get().number == int(number)
        assert acts.number <= so_far
    expect(acts.page.get_by_text("12 (")).to_be_visible()


@pytest.mark.parametrize("width", [1280, 390])
def test_a_figure_goes_back_to_what_it_was_in_four_acts_at_most(acts, width):
    """From its form."""
    figure = KeyFigure.objects.get(slug="salaries")
    for number in (47, 74):
        FigureValue.objects.update_or_create(figure=figure, year=2025, defaults={"number": number})
        KeyFigure.objects.get(pk=figure.pk).save_revision(log_action=True)
    acts.page.set_viewport_size({"width": width, "height": 844})
    acts.page.goto(acts.page.url + f"snippets/pages/keyfigure/edit/{figure.pk}/")
    acts.click("link", "Historique")
    acts.page.wait_for_load_state("networkidle")
    acts.number += 1
    acts.page.get_by_role("main").get_by_role("button", name="Actions").nth(1).click()
    acts.click("link", "Revenir à cette version")
    acts.click("button", re.compile("Remplacer|Enregistrer"))
    expect(acts.page.locator(".messages .success")).to_be_visible()
    assert KeyFigure.objects.get(slug="salaries").number == 47
    assert acts.number <= 4


@pytest.mark.parametrize("width", [1280, 390])
def test_a_page_is_moved_in_four_acts(acts, width):
    """From its form."""
    home = HomePage.objects.get()
    page = home.add_child(instance=StandardPage(title="L’atelier vélo"))
    page.save_revision()
    acts.page.set_viewport_size({"width": width, "height": 844})
    acts.page.goto(acts.page.url + f"pages/{page.pk}/edit/")
    acts.page.wait_for_load_state("networkidle")
    acts.click("button", "Actions")
    acts.click("link", "Déplacer")
    expect(acts.page.get_by_text("« L’atelier vélo » est sous « Régie des Quartiers de Belfort ».")).to_be_visible()
    acts.click("link", "Qui sommes-nous ?")
    acts.click("button", "Oui, déplacer")
    expect(acts.page.locator(".messages .success")).to_be_visible()
    assert StandardPage.objects.get(pk=page.pk).get_parent().pk == AboutPage.objects.get().pk
    assert acts.number == 4


def begin_event(acts, width, day, hour):
    acts.page.set_viewport_size({"width": width, "height": 844})
    acts.click("link", "Annoncer un événement")
    acts.fill("title", "Café des habitants")
    acts.fill("first_day", day)
    acts.page.keyboard.press("Tab")
    acts.fill("start_time", hour)


@pytest.mark.parametrize("width", [1280, 390])
def test_an_event_is_published_in_seven_acts_at_most(acts, width):
    begin_event(acts, width, "8 mai 2100", "14 h 30")
    acts.page.keyboard.press("Tab")
    acts.fill("place", "Place de l’Exemple")
    acts.click("button", "Publier")
    expect(acts.page.locator(".messages .success")).to_be_visible()
    assert EventPage.objects.get().live
    assert acts.number <= 7
    acts.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    acts.click("button", "Copier l’annonce")
    expect(acts.page.get_by_role("button", name="Copié")).to_be_visible()
    copied = acts.page.evaluate("navigator.clipboard.readText()").split("\n")
    assert copied[:2] == ["Café des habitants", "Samedi 8 mai 2100, à 14 h 30, Place de l’Exemple"]
    assert (copied[2], copied[3].partition("/agenda/")[2], len(copied)) == ("Régie des Quartiers de Belfort", "cafe-des-habitants/", 4)
    poster = acts.page.get_by_role("link", name="Imprimer l’affiche").get_attribute("href")
    assert poster == "/agenda/cafe-des-habitants/?affiche=simple"


@pytest.mark.parametrize("width", [1280, 390])
def test_ten_weekly_events_are_published_in_twelve_acts_at_most(acts, width):
    begin_event(acts, width, "2 mars 2100", "14:00")
    hours = acts.page.locator(".xdsoft_timepicker.active:visible")
    expect(hours).not_to_have_count(0)
    acts.page.keyboard.press("Tab")  # to the last day, whose calendar opens
    expect(acts.page.locator(".xdsoft_datepicker.active:visible")).to_have_count(1)
    expect(hours).to_have_count(0)
    acts.page.locator("[name=start_time]").click()
    expect(hours).not_to_have_count(0)
    acts.page.keyboard.press("Control+A")
    acts.page.keyboard.type("14 heures")
    expect(hours).to_have_count(0)  # which would show another time
    acts.click("heading", "Est-ce qu’il se répète ?")
    acts.choose("repeats", "weekly")
    acts.fill("repeats_until", "4 mai 2100")
    acts.page.keyboard.press("Tab")
    expect(acts.page.locator(".event-dates b")).to_have_text("10 dates")
    assert acts.page.locator(".event-dates li span").all_inner_texts()[::9] == ["Mardi 2 mars 2100", "Mardi 4 mai 2100"]
    acts.fill("place", "Place de l’Exemple")
    acts.click("button", "Publier")
    expect(acts.page.locator(".messages .success")).to_be_visible()
    assert len(EventPage.objects.get().get_dates()) == 10
    assert acts.number <= 12


@pytest.mark.parametrize("width", [1280, 390])
def test_one_date_is_cancelled_in_two_acts_and_has_another_hour_in_three(acts, width):
    acts.page.set_viewport_size({"width": width, "height": 844})
    agenda = EventIndexPage.objects.get()
    days = {"repeats": "weekly", "first_day": date(2100, 3, 2), "repeats_until": date(2100, 3, 16)}
    page = agenda.add_child(instance=EventPage(title="Café des habitants", start_time=time(14), **days))
    page.save_revision()
    address = acts.page.url.partition("/admin/")[0] + reverse("wagtailadmin_pages:edit", args=[page.pk])
    acts.page.goto(address)
    acts.number += 1
    acts.page.locator(".event-dates li", has_text="9 mars").get_by_label("N’a pas lieu").check()
    acts.click("button", "Publier")
    expect(acts.page.locator(".messages .success")).to_be_visible()
    assert (EventPage.objects.get().cancelled_days, acts.number) == (["2100-03-09"], 2)

    acts.number = 0
    acts.page.goto(address)
    acts.page.wait_for_load_state("networkidle")
    acts.number += 1
    acts.page.locator(".event-dates li", has_text="16 mars").get_by_role("button").click()
    expect(acts.page.locator("[name=start_time]")).to_be_focused()
    acts.fill("start_time", "15 h")
    acts.page.keyboard.press("Tab")
    acts.click("button", "Publier")
    expect(acts.page.locator(".messages .success")).to_be_visible()
    assert [date.hours for date in EventPage.objects.get(pk=page.pk).get_dates()] == ["à 14 h", "à 14 h", "à 15 h"]
    assert acts.number == 3


def test_the_title_of_a_new_event_is_twelve_stops_away_at_most(acts):
    acts.click("link", "Annoncer un événement")
    acts.page.wait_for_selector("[name=title]")
    acts.page.wait_for_load_state("networkidle")
    acts.page.keyboard.press("Tab")
    assert acts.page.evaluate("document.activeElement.innerText") == "Aller au contenu"
    acts.page.keyboard.press("Enter")
    expect(acts.page.locator("main")).to_be_focused()
    stops = 1
    while acts.page.evaluate("document.activeElement.name") != "title":
        acts.page.keyboard.press("Tab")
        stops += 1
        assert stops <= 12


@pytest.mark.parametrize("width", [1280, 390])
def test_news_with_a_picture_are_published_in_eleven_acts_at_most(acts, tmp_path, width):
    Image.new("RGB", (640, 480), "#123456").save(tmp_path / "repas.png")
    acts.page.set_viewport_size({"width": width, "height": 844})
    acts.click("link", "Publier une actualité")
    acts.fill("title", "Le repas a réuni les voisins")
    acts.fill("introduction", "Tout le monde a apporté un plat.")
    acts.click("button", "Choisir une image")
    acts.click("tab", "Ajouter")
    acts.number += 1
    acts.page.locator(".modal [type=file]").set_input_files(tmp_path / "repas.png")
    expect(acts.page.locator("[name=image-chooser-upload-title]")).to_have_value("repas")
    acts.fill("image-chooser-upload-description", "Une longue table dans la cour")
    acts.choose("image-chooser-upload-people", "none")
    acts.click("button", "Ajouter")
    expect(acts.page.locator(".modal")).to_have_count(0, timeout=20_000)
    acts.click("button", "Publier")
    expect(acts.page.locator(".messages .success")).to_be_visible()
    assert NewsPage.objects.get().picture.description
    assert acts.number <= 11


@pytest.mark.parametrize("width", [1280, 390])
def test_a_publication_is_planned_in_five_acts_and_cancelled_in_one(acts, width):
    """A moment that is not understood opens the window again, with the error in it."""
    acts.page.set_viewport_size({"width": width, "height": 844})
    acts.page.goto(f"{acts.page.url}pages/add/pages/newspage/{NewsIndexPage.objects.get().pk}/")
    acts.fill("title", "Le repas des voisins")
    acts.click("button", "Plus d'actions")
    acts.click("button", "Publier plus tard…")
    acts.fill("go_live_at", "demain")
    acts.click("button", "Publier à ce moment-là")
    expect(acts.page.get_by_text("Écrivez un jour et une heure.")).to_be_in_viewport()
    acts.fill("go_live_at", "1er décembre 2100 à 9h")
    acts.click("button", "Publier à ce moment-là")
    expect(acts.page.get_by_text("C’est prévu")).to_be_visible()
    page = NewsPage.objects.get()
    assert (page.live, format_moment(page.scheduled_revision.approved_go_live_at)) == (False, "le 1er décembre 2100 à 9 h")
    assert acts.number - 2 == 5
    acts.page.goto(acts.page.url.partition("/admin/")[0] + reverse("wagtailadmin_pages:edit", args=[page.pk]))
    acts.click("button", "Annuler")
    expect(acts.page.get_by_text("est annulée")).to_be_visible()
    assert NewsPage.objects.get().scheduled_revision is None


def test_an_offer_is_published_in_nine_acts_at_most(acts):
    acts.click("link", "Publier une offre")
    acts.fill("title", "Agente ou agent de tri")
    acts.fill("last_day", "31 décembre 2100")
    acts.page.keyboard.press("Tab")
    acts.choose("contract", "cdi")
    acts.fill("wage_from", "12,50")
    acts.fill("place", "Belfort")
    acts.click("button", "Publier")
    expect(acts.page.locator(".messages .success")).to_be_visible()
    assert JobOfferPage.objects.get().live
    assert acts.number <= 9
    copied = acts.page.get_by_role("button", name="Copier l’annonce").get_attribute("data-copy").split("\n")
    assert copied[:3] == [
        "Agente ou agent de tri",
        "CDI · 12,50 € brut de l’heure · Belfort",
        "Candidature possible jusqu’au 31 décembre 2100",
    ]


@pytest.mark.parametrize("width", [1280, 390])
def test_an_offer_is_closed_in_two_acts_and_opened_again_in_one(acts, width):
    acts.page.set_viewport_size({"width": width, "height": 844})
    page = offer()
    page.save_revision().publish()
    listing = acts.page.url + f"pages/{page.get_parent().pk}/"
    for address in (listing, acts.page.url + f"pages/{page.pk}/edit/"):
        acts.page.goto(address)
        acts.page.wait_for_load_state("networkidle")
        acts.number = 1
        acts.page.get_by_role("button", name="Plus d’options pour « Agente" if address == listing else "Actions").first.click()
        acts.click("button", "Pourvue")
        expect(acts.page.get_by_text("Son adresse dit : « Ce poste est pourvu. »")).to_be_visible()
        assert (JobOfferPage.objects.get().outcome, acts.number) == ("pourvue", 2)
        acts.click("button", "Rouvrir")
        expect(acts.page.get_by_text("est de nouveau ouverte")).to_be_visible()
        assert (JobOfferPage.objects.get().outcome, acts.number) == ("", 3)


def test_a_message_is_answered_in_three_acts_at_most(acts):
    acts.click("link", "1 nouveau message")
    acts.number += 1
    acts.page.locator(f"main a[href='{reverse('message:edit', args=[Message.objects.get().pk])}']").first.click()
    acts.click("button", "Marquer comme répondu")
    expect(acts.page.get_by_text("Vous avez répondu à a@example.org.")).to_be_visible()
    assert acts.number <= 3
