"""Two people in two real browsers, and one on a slow network: nothing is lost, nothing is doubled, and the screen says what happened."""

import re

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse
from edit_forms import HERS, HIS, KINDS
from examples import PASSWORD, flat
from playwright.sync_api import expect

from pages.models import ContactPage, EventIndexPage, EventPage, Message, NewsIndexPage, SiteImage

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SLOW = {"offline": False, "latency": 400, "downloadThroughput": 60_000, "uploadThroughput": 25_000}  # ms, bytes/s: Chromium's « Slow 3G »


@pytest.fixture
def member(visit):
    """Opens a browser of a new member of Publication."""

    def log_in(name):
        user = User.objects.create_user(name.lower(), first_name=name, password=PASSWORD)
        user.groups.add(Group.objects.get(name="Publication"))
        client = Client()
        client.force_login(user)
        page = visit(1280)
        page.set_default_timeout(20_000)
        page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": get_root(page)}])
        return page

    return log_in


def get_root(page):
    return page.context.request.get("/-/live", max_redirects=0).url.removesuffix("/-/live")


def slow_down(page):
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", SLOW)


def send(page):
    page.locator("footer button[type=submit]").first.click()


@pytest.mark.parametrize("kind", [kind if kind == "page" else pytest.param(kind, marks=pytest.mark.exhaustive) for kind in KINDS])
def test_of_two_people_the_second_is_told_and_both_texts_survive(member, kind):
    Message.objects.create(subject="autre", text="Bonjour.", email="a@example.org")
    address, name, stored, _ = KINDS[kind]
    lea, paul = member("Léa"), member("Paul")
    where = address()
    for page, text in ((lea, HERS), (paul, HIS)):
        page.goto(where)
        page.locator(f"[name={name}]").fill(text)
    send(lea)
    expect(lea.locator(".messages .success, .messages .warning")).to_be_visible()
    send(paul)
    confirm = paul.locator("#w-save-confirmation-dialog").get_by_role("button", name="Continuer")
    refusal = paul.locator(".messages .error")
    expect(confirm.or_(refusal).first).to_be_visible()
    if confirm.is_visible():  # Wagtail's own warning, where it has asked in time
        confirm.click()
    expect(refusal).to_contain_text("Léa a enregistré une autre version")
    expect(paul.locator(f"[name={name}]")).to_have_value(HIS)
    assert stored() == HERS
    if kind == "message":
        expect(refusal).to_contain_text(HERS)
    else:
        with paul.expect_popup() as tab:
            refusal.get_by_role("link", name="Voir ce qui a changé").click()
        expect(tab.value.get_by_text(HERS).first).to_be_visible()
    refusal.get_by_role("button", name=re.compile("Enregistrer quand même|Remplacer et publier")).click()
    expect(paul.locator(".messages .success, .messages .warning")).to_be_visible()
    assert stored() == HIS


@pytest.mark.exhaustive
def test_who_else_is_on_a_page_is_named(member):
    lea, paul = member("Léa"), member("Paul")
    for page in (lea, paul):
        page.goto(reverse("wagtailadmin_pages:edit", args=[ContactPage.objects.get().pk]))
        page.wait_for_load_state("networkidle")
    expect(paul.locator(".other-editor")).to_have_text("Léa est aussi ici")


def type_until_an_autosave_is_on_its_way(page, title):
    """Wagtail looks for changes from two seconds after the form was opened, and saves when typing pauses."""
    with page.expect_request(lambda request: request.headers.get("accept") == "application/json"):
        for n in range(100):
            title.press_sequentially("." if n % 20 == 0 else "")
            page.wait_for_timeout(100)
            if page.locator("[data-w-autosave-state-value=saving]").count():
                break


@pytest.mark.exhaustive
@pytest.mark.parametrize("is_new", [True, False])
def test_who_publishes_while_an_autosave_runs_on_a_slow_network_is_not_barred(member, is_new):
    page, parent = member("Léa"), EventIndexPage.objects.get()
    if is_new:
        page.goto(reverse("wagtailadmin_pages:add", args=["pages", "eventpage", parent.pk]))
        page.locator("[name=first_day]").fill("01/05/2100")
        page.keyboard.press("Escape")
    else:
        page.goto(reverse("wagtailadmin_pages:edit", args=[ContactPage.objects.get().pk]))
    slow_down(page)
    title = page.locator("[name=title]")
    title.fill("Une fête")
    type_until_an_autosave_is_on_its_way(page, title)
    title.fill("Une fête de quartier")
    page.get_by_role("button", name="Publier").first.click()
    expect(page.locator(".messages .success")).to_be_visible(timeout=60_000)
    model = EventPage if is_new else ContactPage
    assert [(each.title, each.live, each.get_latest_revision_as_object().title) for each in model.objects.all()] == [
        ("Une fête de quartier", True, "Une fête de quartier")
    ]


def write_until_the_session_ends(member, kind):
    """The browser, on a slow network, with what was typed in it and not sent; and what returns what is stored."""
    Message.objects.create(subject="autre", text="Bonjour.", email="a@example.org")
    address, name, stored, _ = KINDS[kind]
    page = member("Léa")
    page.goto(address())
    slow_down(page)
    page.locator(f"[name={name}]").fill(HERS)
    page.context.clear_cookies(name="sessionid")
    return page, stored


def log_in_in_another_tab(page):
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Connectez-vous dans un nouvel onglet").click()
    tab = opened.value
    tab.locator("[name=username]").fill("léa")
    tab.locator("[name=password]").fill(PASSWORD)
    tab.get_by_role("button", name="Entrer").click()
    expect(tab.get_by_role("heading", name="À compléter")).to_be_visible(timeout=60_000)


@pytest.mark.exhaustive
@pytest.mark.parametrize("kind", ["page", "figure", "message"])
def test_who_writes_is_told_at_once_that_the_session_has_ended_and_loses_nothing(member, kind):
    page, stored = write_until_the_session_ends(member, kind)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # who comes back to the tab
    log_in_in_another_tab(page)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.get_by_text("C’est bon : vous pouvez enregistrer.")).to_be_visible()
    send(page)
    expect(page.locator(".messages .success")).to_be_visible(timeout=60_000)
    assert stored() == HERS


@pytest.mark.exhaustive
@pytest.mark.parametrize("kind", ["page", "figure", "message"])
def test_who_sends_a_form_after_the_session_has_ended_loses_nothing(member, kind):
    page, stored = write_until_the_session_ends(member, kind)
    send(page)
    expect(page.get_by_role("heading", name="Ce n’est pas encore enregistré")).to_be_visible(timeout=60_000)
    log_in_in_another_tab(page)
    page.get_by_role("button", name="Enregistrer à nouveau").click()
    expect(page.locator(".messages .success")).to_be_visible(timeout=60_000)
    assert stored() == HERS


@pytest.mark.exhaustive
def test_an_upload_that_is_interrupted_is_told_and_made_again_once(member):
    page = member("Léa")
    file = {"name": "rue.png", "mimeType": "image/png", "buffer": flat("PNG", (1200, 900))}
    page.goto(reverse("wagtailimages:add_multiple"))
    slow_down(page)
    page.route("**/multiple/add/", lambda route: route.abort("connectionreset"), times=1)
    page.locator("input[type=file]").set_input_files(file)
    expect(page.get_by_text("Le fichier n’est pas arrivé.").locator("visible=true").first).to_be_visible(timeout=60_000)
    assert not page.get_by_text("Le fichier est arrivé").locator("visible=true").count()
    page.locator("input[type=file]").set_input_files(file)
    page.locator("[name$=-people]").select_option("none")
    page.get_by_role("button", name=re.compile("Mettre à jour|Enregistrer")).click()
    expect(page.locator("[name$=-people]")).to_have_count(0, timeout=60_000)
    assert SiteImage.objects.count() == 1


@pytest.mark.exhaustive
def test_the_site_that_does_not_answer_is_told_to_who_writes(member):
    page = member("Léa")
    page.goto(reverse("wagtailadmin_pages:edit", args=[NewsIndexPage.objects.get().pk]))
    page.locator("[name=introduction]").fill(HERS)
    page.context.set_offline(True)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.get_by_text("Le site ne répond pas. Ce que vous avez écrit est toujours là")).to_be_visible()
    page.context.set_offline(False)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.get_by_text("C’est bon : vous pouvez enregistrer.")).to_be_visible()


@pytest.mark.exhaustive
def test_a_window_that_cannot_open_after_the_end_of_a_session_says_why(member):
    page = member("Léa")
    page.goto(reverse("wagtailadmin_pages:edit", args=[ContactPage.objects.get().pk]))
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Choisir une image").first.click()
    expect(page.get_by_text("Votre session est finie.")).to_be_visible()
