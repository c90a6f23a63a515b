"""The four main questions of visitors are answered on a phone in three taps at most; the form works by touch and by keyboard."""

import re

import pytest
from django.core.management import call_command
from examples import fill_organisation, offer
from playwright.sync_api import expect

from pages.models import Message

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class Taps:
    """Opens the home page in a phone-sized window without JavaScript."""

    def __init__(self, page):
        self.page, self.number = page, 0
        page.goto("/")

    def link(self, name, within="main"):
        self.page.locator(within).get_by_role("link", name=re.compile(name)).first.click()
        self.number += 1

    def menu(self):
        self.page.get_by_role("button", name="Menu").click()
        self.number += 1


@pytest.fixture
def taps(visit, transactional_db):
    fill_organisation()
    return Taps(visit(360, 640, java_script_enabled=False))


def chosen(page):
    return page.locator("input[type=radio]:checked").get_attribute("value")


def test_is_there_work_for_me_and_how_do_i_ask(taps):
    offer()
    taps.link("Je cherche un travail", within=".doors")
    expect(taps.page.get_by_role("heading", name="Les offres d’emploi")).to_be_visible()
    expect(taps.page.get_by_role("heading", name="Qui peut travailler")).to_be_visible()
    for way in (taps.page.locator(".page-head").get_by_role("link", name=name) for name in ("Appeler le", "Je voudrais qu’on me rappelle")):
        box = way.bounding_box()
        assert box["y"] + box["height"] <= 640  # in the first screen
    taps.link("Je voudrais qu’on me rappelle", within=".page-head")
    assert taps.page.locator("#formulaire [name=subject]").get_attribute("value") == "emploi"
    expect(taps.page.locator("#formulaire").get_by_label("Votre téléphone")).to_be_in_viewport()
    assert taps.number <= 3


def test_what_is_the_number_and_are_they_open(taps):
    number = taps.page.get_by_role("banner").get_by_role("link", name=re.compile("03.84.00.00.00"))
    assert number.bounding_box()["y"] < 640
    assert number.get_attribute("href") == "tel:+33-3-84-00-00-00"
    taps.menu()
    taps.link("Contact", within=".menu")
    expect(taps.page.locator("main").get_by_text(re.compile("Du lundi au vendredi"))).to_be_visible()
    expect(taps.page.locator("main").get_by_text("1 rue de l’Exemple")).to_be_visible()
    assert taps.number <= 3


def test_can_they_do_this_job_for_us(taps):
    taps.link("collectivité ou un bailleur", within=".doors")
    expect(taps.page.get_by_role("heading", name="Un travail de qualité")).to_be_visible()
    taps.link("Écrire à la Régie au sujet d’un marché")
    assert chosen(taps.page) == "marche"
    expect(taps.page.get_by_label("Lieu des travaux")).to_be_visible()
    assert taps.number <= 3


def test_how_do_i_take_part(taps):
    taps.link("habite le quartier", within=".doors")
    expect(taps.page.get_by_role("heading", name="Deux façons de participer")).to_be_visible()
    taps.link("Écrire à la Régie pour participer")
    assert chosen(taps.page) == "quartier"
    assert taps.number <= 3


@pytest.mark.parametrize("script", [True, False])
def test_a_message_goes_from_a_phone_to_staff(visit, transactional_db, script):
    page = visit(360, 640, java_script_enabled=script)
    page.goto("/contact/")
    page.get_by_text("La vie de quartier et l’association").click()
    page.get_by_label(re.compile("Votre message")).fill("Bonjour, je veux aider.\nMerci.")
    page.get_by_label("Votre téléphone").fill("06 12 34 56 78")
    page.get_by_role("button", name="Envoyer le message").click()
    expect(page.get_by_role("heading", name="Votre message est envoyé")).to_be_visible()
    page.reload()
    message = Message.objects.get()
    assert (message.subject, message.text, message.phone) == ("quartier", "Bonjour, je veux aider.\nMerci.", "06 12 34 56 78")
    call_command("run_due")


def test_a_form_with_errors_speaks_first_of_them_and_leads_to_each_field(visit, transactional_db):
    page = visit(360, 640)
    page.goto("/contact/")
    page.get_by_label("Votre nom").fill("Une personne")
    page.get_by_role("button", name="Envoyer le message").click()
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary).to_be_in_viewport()
    assert page.title().startswith("Erreur : ")
    expect(page.get_by_label("Votre nom")).to_have_value("Une personne")
    links = summary.get_by_role("link")
    assert links.count() == 3
    for number, name in enumerate(("subject", "text", "phone")):
        links.nth(number).click()
        assert page.evaluate("document.activeElement.name") == name
        described = page.evaluate(
            "document.activeElement.getAttribute('aria-describedby') || document.activeElement.closest('fieldset').getAttribute('aria-describedby')"
        )
        assert f"id_{name}_error" in described
        expect(page.locator(f"#id_{name}_error")).to_be_visible()


def test_buyers_alone_are_asked_for_more(visit, transactional_db):
    page = visit(360, java_script_enabled=False)
    page.goto("/contact/")
    expect(page.get_by_label("Lieu des travaux")).not_to_be_visible()
    page.get_by_text("Un marché, des travaux ou un partenariat").click()
    expect(page.get_by_label("Lieu des travaux")).to_be_visible()
    expect(page.get_by_label("Laissez cette case vide")).not_to_be_visible()
