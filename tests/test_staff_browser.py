"""The admin in a real browser, and the result for visitors."""

import re

import pytest
from assertions import filled, parse, words
from django.test import Client
from examples import news
from playwright.sync_api import expect
from wagtail.models import GroupPagePermission

from pages.models import EventIndexPage, EventPage, HistoryPage, HomePage, JobOfferPage, NewsIndexPage, NewsPage

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FIGURE_PAGES = ["/", "/qui-sommes-nous/", "/qui-sommes-nous/chiffres-cles/"]
HISTORY = "/qui-sommes-nous/histoire/"


def read(address):
    """What any visitor reads on a page: it needs no script for that."""
    return words(parse(Client().get(address)).main)


def open_employees(page):
    page.get_by_role("navigation", name="Menu principal").get_by_role("link", name="Chiffres clés").click()
    page.get_by_role("link", name="salariés", exact=True).click()


def add_value(page, year, number, source=""):
    """Fills in the row that is ready."""
    for name, text in (("year", year), ("number", number), ("source", source)):
        page.locator(f"[name=values-0-{name}]").fill(text)


def save(page):
    page.get_by_role("button", name="Enregistrer").click()


def test_a_writer_enters_a_figure_and_visitors_see_it_at_the_next_load(as_member):
    page = as_member("Rédaction", types_password=True)
    open_employees(page)
    add_value(page, "2025", "47", "Bilan social")
    save(page)
    expect(page.locator(".messages .success")).to_be_visible()
    for address in FIGURE_PAGES:
        assert re.search(r"salariés en 2025 47|47 salariés en 2025", read(address)), address
    assert "Bilan social" in read("/qui-sommes-nous/chiffres-cles/")


@pytest.mark.exhaustive
def test_a_figure_goes_back_to_what_it_was(as_member):
    page = as_member("Rédaction")
    for number in ("47", "74"):
        open_employees(page)
        if number == "47":
            add_value(page, "2025", number)
        else:
            page.locator("[name=values-0-number]").fill(number)
        save(page)
        expect(page.locator(".messages .success")).to_be_visible()
    assert "74" in read("/")
    open_employees(page)
    page.goto(page.url.replace("/edit/", "/history/"))
    open_version(page, 1)
    expect(page.locator("[name=values-0-number]")).to_have_value("47")
    page.get_by_role("button", name=re.compile("Remplacer|Enregistrer")).click()
    expect(page.locator(".messages .success")).to_be_visible()
    assert "47" in read("/")
    assert "74" not in read("/")


def test_a_page_is_edited_previewed_published_and_taken_back(as_member):
    page = as_member("Publication")
    edit = f"/admin/pages/{HistoryPage.objects.get().pk}/"
    page.goto(page.url.replace("/admin/", f"{edit}edit/"))
    before = read(HISTORY)
    page.get_by_role("textbox", name="Introduction").fill("Une introduction toute neuve.")
    page.get_by_role("button", name="Afficher/masquer la prévisualisation").click()
    expect(page.frame_locator("iframe.w-preview__iframe").first.get_by_text("Une introduction toute neuve.")).to_be_visible()
    assert read(HISTORY) == before
    publish(page)
    assert "Une introduction toute neuve." in read(HISTORY)
    assert "Une introduction toute neuve." in read("/qui-sommes-nous/")

    page.goto(page.url.split("/admin/")[0] + f"{edit}history/")
    open_version(page, -1)
    publish(page)
    assert read(HISTORY) == before


def open_version(page, place):
    """Opens an earlier version from the history, the newest being at place 0."""
    page.get_by_role("main").get_by_role("button", name="Actions").nth(place).click()
    page.get_by_role("link", name="Revenir à cette version").click()


def publish(page):
    page.get_by_role("button", name=re.compile("^Publier")).first.click()
    expect(page.get_by_text(re.compile("publiée?"))).not_to_have_count(0)
    page.wait_for_load_state()


def test_an_error_in_another_tab_opens_it_and_on_a_phone_tabs_are_headings(as_member):
    page = as_member("Publication")
    page.goto(f"{page.url}snippets/pages/organisation/edit/1/#id_siren")
    phone, siren, notice = (page.locator(f"#id_{name}") for name in ("phone", "siren", "notice"))
    expect(siren).to_be_visible()  # links of the first screen lead to a field of any tab
    siren.fill("12")
    page.get_by_role("tab", name="L’essentiel").click()
    expect(siren).to_be_hidden()
    save(page)
    expect(siren).to_be_visible()
    expect(phone).to_be_hidden()
    expect(page.get_by_text("Vérifiez ce numéro")).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 844})
    for field in (phone, siren, notice):
        expect(field).to_be_visible()
    assert page.locator("h2.tab-heading:visible").all_inner_texts() == ["L’essentiel", "Annonce", "Le reste"]
    assert page.get_by_role("tab").count() == 0


def drag(page, page_dragged, target):
    """Drags the row of a page onto the row of another one, in Wagtail's list of pages by their order."""
    rows = [page.locator(f"[data-w-orderable-item-id='{each.pk}']") for each in (page_dragged, target)]
    rows[0].locator("[data-w-orderable-target=handle]").drag_to(rows[1])


def test_a_publisher_drags_pages_of_the_menu_into_another_order_and_is_told_where_it_is_refused(as_member):
    page = as_member("Publication")
    home = HomePage.objects.get()
    first, second = home.get_children()[:2]
    page.goto(f"{page.url}pages/{home.pk}/?ordering=ord")
    drag(page, first, second)
    expect(page.get_by_text(re.compile("déplacée? avec succès"))).to_be_visible()
    assert list(home.get_children()[:2]) == [second, first]
    menu = words(parse(Client().get("/")).find("nav"))
    assert menu.index(str(second.specific.short_title)) < menu.index(str(first.specific.short_title))

    GroupPagePermission.objects.filter(permission__codename="publish_sitepage").delete()
    drag(page, first, second)
    expect(page.get_by_text("La page n’a pas été déplacée.")).to_be_visible()
    expect(page.get_by_text(re.compile("déplacée? avec succès"))).not_to_be_visible()
    assert list(home.get_children()[:2]) == [second, first]


def test_a_time_and_a_date_stay_as_they_were_typed_until_the_server_reads_them(as_member):
    page = as_member("Publication")
    agenda = EventIndexPage.objects.get()
    page.goto(f"{page.url.split('/admin/')[0]}/admin/pages/add/pages/eventpage/{agenda.pk}/")
    page.get_by_role("textbox", name="Titre").fill("Repas partagé")
    for name, text in (("first_day", "31/02/2100"), ("start_time", "14h30"), ("end_time", "le soir")):
        field = page.locator(f"[name={name}]")
        field.click()
        page.keyboard.type(text)
        page.keyboard.press("Tab")
        expect(field).to_have_value(text)
    page.keyboard.press("Escape")
    publish = page.get_by_role("button", name="Publier")
    publish.click()
    expect(page.get_by_text("Écrivez une date qui existe")).to_be_visible()
    expect(page.get_by_text("Écrivez une heure.")).to_be_visible()
    page.locator("[name=first_day]").fill("28/02/2100")
    page.locator("[name=end_time]").fill("minuit")
    page.keyboard.press("Escape")
    publish.click()
    expect(page.get_by_role("link", name="Voir la page", exact=True)).to_be_visible()
    assert "Dimanche 28 février 2100 De 14 h 30 à minuit" in read("/agenda/repas-partage/")


@pytest.mark.exhaustive
@pytest.mark.parametrize("model", [EventPage, NewsPage, JobOfferPage], ids=lambda model: model.__name__)
def test_publishing_while_an_autosave_is_unanswered_makes_one_page(as_member, live_site, model):
    page = as_member("Publication")
    saved = []

    def hold_back(route):
        """Lets an autosave reach the server, and drops its response."""
        if route.request.method == "POST" and route.request.headers.get("accept") == "application/json":
            saved.append(route.fetch().json()["success"])
        else:
            route.continue_()

    parent = model.allowed_parent_page_models()[0].objects.get()
    page.route("**/pages/add/**", hold_back)
    page.goto(f"{live_site}/admin/pages/add/pages/{model._meta.model_name}/{parent.pk}/")
    for name in {"first_day", "last_day"} & {field.name for field in model._meta.fields if not field.blank}:
        page.locator(f"[name={name}]").fill("01/05/2100")
        page.keyboard.press("Escape")
    if model is JobOfferPage:
        page.locator("[name=contract]").select_option("cdi")
    title = page.locator("[name=title]")
    title.press_sequentially("Une fête")
    for n in range(100):  # Wagtail looks for changes from two seconds after the form was opened, and saves when typing pauses
        if True not in saved:
            title.press_sequentially("." if n % 30 == 0 else "")
            page.wait_for_timeout(100)
    title.fill("Une fête de quartier")
    page.get_by_role("button", name="Publier").first.dblclick()
    page.wait_for_url(f"{live_site}/admin/pages/{parent.pk}/")
    assert True in saved
    assert list(model.objects.values_list("title", "live")) == [("Une fête de quartier", True)]


@pytest.mark.exhaustive
def test_a_site_is_opened_from_its_first_screen_in_ten_acts(as_member, live_site):
    """Each act is a click, or one field that is filled in."""
    page, acts = as_member("Publication"), 0

    def act(do, *arguments):
        nonlocal acts
        acts += 1
        do(*arguments)

    assert "noindex" in Client().get("/").content.decode()
    act(page.get_by_role("main").get_by_role("link", name="Ouvrir le site").click)
    texts = {
        "Téléphone": "0384000000",
        "Adresse e-mail": "contact@example.org",
        "Adresse": "1 rue de l’Exemple",
        "Horaires": "Du lundi au vendredi",
        "Directrice ou directeur de la publication": "Une personne",
        "Hébergeur du site": "Un hébergeur, 01 99 00 00 00",
    }
    for label, text in texts.items():
        act(page.get_by_role("textbox", name=label, exact=True).first.fill, text)
    act(page.locator("#id_recipients-ADD").click)
    act(page.locator("[name=recipients-0-email]").fill, "accueil@example.org")
    act(page.get_by_role("button", name="Enregistrer").click)
    expect(page.get_by_text("Le site est ouvert :")).to_be_visible()
    assert acts <= 10
    assert "noindex" not in Client().get("/").content.decode()
    page.goto(f"{live_site}/")
    expect(page.get_by_text("Site en préparation")).to_have_count(0)
    page.goto(f"{live_site}/admin/snippets/pages/organisation/")
    page.get_by_role("textbox", name="Hébergeur du site").fill("")
    save(page)
    page.get_by_role("button", name="Fermer le site à Google").click()
    expect(page.get_by_text("ne montrent plus le site. Il manque : l’hébergeur")).to_be_visible()
    assert "noindex" in Client().get("/").content.decode()


@pytest.mark.exhaustive
def test_on_a_phone_a_panel_that_was_open_hides_no_later_form(as_member, live_site):
    page = as_member("Publication")
    page.set_viewport_size({"width": 390, "height": 844})
    edit = f"{live_site}/admin/pages/{HistoryPage.objects.get().pk}/edit/"
    title, panel = page.locator("[name=title]"), page.locator("[data-side-panel=preview]")
    page.goto(edit)
    page.get_by_role("button", name="Afficher/masquer la prévisualisation").click()
    expect(panel).to_be_visible()
    page.goto(edit)
    page.wait_for_load_state("networkidle")
    expect(panel).to_be_hidden()
    title.click()  # which fails if something lies over it
    page.get_by_role("button", name="Afficher/masquer la prévisualisation").click()
    close = page.get_by_role("button", name="Fermer")
    assert close.evaluate("element => getComputedStyle(element, '::after').content") == '"Fermer"'
    close.click()
    expect(panel).to_be_hidden()
    title.click()


def begin_news(page, live_site, title):
    page.goto(f"{live_site}/admin/pages/add/pages/newspage/{NewsIndexPage.objects.get().pk}/")
    page.locator("[name=title]").fill(title)


def test_without_a_network_a_form_stays_and_is_sent_later(as_member, live_site):
    page = as_member("Publication")
    begin_news(page, live_site, "Le repas des voisins")
    page.wait_for_load_state("networkidle")
    page.locator("main").evaluate("main => main.scrollTo(0, 400)")
    page.context.set_offline(True)
    publish = page.get_by_role("button", name="Publier", exact=True)
    publish.click()
    expect(page.get_by_text("Pas de réseau : rien n’est envoyé.")).to_be_in_viewport()
    expect(page.locator("[name=title]")).to_have_value("Le repas des voisins")
    assert not NewsPage.objects.exists()
    page.context.set_offline(False)
    expect(page.get_by_text("Le réseau est revenu")).to_be_visible()
    publish.click()
    expect(page.locator(".messages .success", has_text="publiée")).to_be_visible()
    assert NewsPage.objects.get().live


@pytest.mark.exhaustive
def test_without_a_network_a_review_stays_too(as_member, live_site, staff):
    """Its buttons are of another kind."""
    writer = Client()
    writer.force_login(staff("Rédaction"))
    article = news("Une fête", live=False)
    address = f"/admin/pages/{article.pk}/edit/"
    writer.post(address, filled(writer.get(address)) | {"body-count": "0", "action-submit": "1"})
    page = as_member("Publication")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{live_site}{address}")
    page.wait_for_load_state("networkidle")
    page.locator("[name=introduction]").fill("Des mots qui ne doivent pas se perdre.")
    page.context.set_offline(True)
    page.get_by_role("button", name="Publier", exact=True).first.click()
    expect(page.get_by_text("Pas de réseau : rien n’est envoyé.")).to_be_in_viewport()
    expect(page.locator("[name=introduction]")).to_have_value("Des mots qui ne doivent pas se perdre.")
    page.context.set_offline(False)


@pytest.mark.exhaustive
def test_who_goes_back_and_publishes_again_is_asked_and_makes_no_second_page(as_member, live_site):
    page = as_member("Publication")
    begin_news(page, live_site, "Le repas des voisins")
    page.get_by_role("button", name="Publier", exact=True).click()
    expect(page.locator(".messages .success")).to_be_visible()
    page.go_back()
    page.locator("[name=title]").fill("Le repas de tous les voisins")
    page.get_by_role("button", name="Publier", exact=True).click()
    expect(page.get_by_text("Cette page est déjà enregistrée.")).to_be_visible()
    assert NewsPage.objects.get().title == "Le repas des voisins"
    page.get_by_role("button", name="Remplacer et publier").click()
    expect(page.locator(".messages .success")).to_be_visible()
    assert NewsPage.objects.get().title == "Le repas de tous les voisins"
    begin_news(page, live_site, "Un autre repas")
    page.get_by_role("button", name="Publier", exact=True).click()
    expect(page.locator(".messages .success")).to_be_visible()
    assert NewsPage.objects.count() == 2
