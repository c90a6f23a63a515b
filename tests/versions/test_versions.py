"""The simple version of a page, and first answers in other languages."""

from datetime import timedelta

import pytest
import time_machine
from assertions import leads_to, links, parse, versions, words
from django.urls import reverse
from django.utils import timezone
from examples import ARABIC, DESCRIPTION, TURKISH, fill_languages

from pages.models import AboutPage, District, HistoryPage, HomePage, JobsPage, LanguagePage, LegalPage, Organisation, SimplePage, SitePage
from pages.versions.languages import get_languages

pytestmark = pytest.mark.django_db

PAGES = {"/": "/version-simple/", "/travailler-a-la-regie/": "/travailler-a-la-regie/version-simple/"}
PAGES |= {"/qui-sommes-nous/": "/qui-sommes-nous/version-simple/"}
FIRST_SCREEN = "/admin/"


def head(page):
    return page.select_one(".page-head, .hero")


def review(client):
    return parse(client.get(FIRST_SCREEN)).select_one(".to-review")


def publish(page, **changes):
    for name, value in changes.items():
        setattr(page, name, value)
    page.save_revision().publish()


# The simple version


@pytest.mark.parametrize("address", PAGES)
def test_a_page_and_its_simple_version_lead_to_each_other(client, address):
    assert ("Version simple", PAGES[address]) in links(head(parse(client.get(address))))
    assert ("Lire la page complète", address) in links(head(parse(client.get(PAGES[address]))))


def test_a_simple_version_stands_in_no_menu_and_beside_no_part(client):
    for address in (*PAGES, *PAGES.values(), "/qui-sommes-nous/reseau/"):
        page = parse(client.get(address))
        for part in page.select("header, footer, .part-nav, .onward, .toc"):
            if part is not head(page):
                assert "Version simple" not in words(part), address
    assert "/version-simple/" in [link for _, link in links(parse(client.get("/plan-du-site/")).main)]


@pytest.mark.parametrize("address", PAGES.values())
def test_a_simple_version_is_never_called_falc(client, address):
    text = client.get(address).content.decode().lower()
    assert "falc" not in text
    assert "facile à lire et à comprendre" not in text


@pytest.mark.parametrize("address", PAGES.values())
def test_each_pictogram_stands_beside_words(client, address):
    topics = parse(client.get(address)).select(".topic")
    assert topics
    for topic in topics:
        assert words(topic.h2)
        assert [sign["aria-hidden"] for sign in topic.select("svg")] == ["true"]


def test_the_quartiers_of_the_simple_version_are_those_of_the_site(client):
    found = [words(item) for item in parse(client.get("/version-simple/")).select(".topic li")]
    assert found == [str(district) for district in District.objects.all()]


def test_a_simple_version_is_found_through_its_page(client):
    found = [link for _, link in links(parse(client.get("/recherche/?q=travailler")).main)]
    assert "/travailler-a-la-regie/" in found
    assert PAGES["/travailler-a-la-regie/"] not in found


def test_the_starting_versions_need_no_review(admin):
    assert "Rien à revoir" in words(review(admin("Publication")))


@pytest.mark.parametrize(
    ("change", "is_told"),
    [
        (lambda: publish(JobsPage.objects.get(), introduction="Autre."), "Travailler à la Régie, version simple"),
        (lambda: publish(HistoryPage.objects.get(), introduction="Autre."), "Qui sommes-nous ? Version simple"),
        (lambda: publish(AboutPage.objects.get(), introduction="Autre."), "Qui sommes-nous ? Version simple"),
        (lambda: publish(HomePage.objects.get(), introduction="Autre."), "La Régie des Quartiers de Belfort, version simple"),
        (lambda: JobsPage.objects.get().save_revision(), None),
    ],
)
def test_staff_are_told_when_a_page_changes_after_its_simple_version(admin, change, is_told):
    client = admin("Publication")
    change()
    panel = review(client)
    assert ([words(link) for link in panel.select("li > a")] if panel else []) == ([is_told] if is_told else [])


def test_a_simple_version_is_taken_down_with_one_click_and_published_again(client, admin):
    page, member = SimplePage.objects.child_of(JobsPage.objects.get()).get(), admin("Publication")
    publish(JobsPage.objects.get(), introduction="Autre.")
    answers = review(member).select_one(".answers")
    assert [link["href"] for link in answers.select("a")[:2]] == ["/travailler-a-la-regie/", PAGES["/travailler-a-la-regie/"]]
    form = answers.select("form")[-1]
    assert words(form) == "La retirer du site"
    answer = member.post(form["action"], {field["name"]: field["value"] for field in form.select("input")})
    assert answer.headers["location"] == FIRST_SCREEN
    assert client.get(PAGES["/travailler-a-la-regie/"]).status_code == 404
    assert "Version simple" not in words(parse(client.get("/travailler-a-la-regie/")))
    assert not review(member).select(".answers")
    assert "elle n’est plus sur le site" in words(review(member))
    publish(SimplePage.objects.get(pk=page.pk))
    assert client.get(PAGES["/travailler-a-la-regie/"]).status_code == 200
    assert "Rien à revoir" in words(review(member))


def test_a_simple_version_without_its_page_leads_nowhere_and_staff_are_told(client, admin):
    JobsPage.objects.get().unpublish()
    assert "Lire la page complète" not in words(parse(client.get(PAGES["/travailler-a-la-regie/"])))
    assert "n’est plus en ligne" in words(review(admin("Publication")))


def test_a_simple_version_that_is_still_right_stays(admin):
    page, member = SimplePage.objects.child_of(JobsPage.objects.get()).get(), admin("Publication")
    before = page.last_published_at
    publish(JobsPage.objects.get(), introduction="Autre.")
    form = review(member).select_one(".answers form")
    assert words(form) == "C’est toujours juste"
    member.post(form["action"])
    assert "Rien à revoir" in words(review(member))
    page.refresh_from_db()
    assert (page.live, page.last_published_at) == (True, before)
    publish(page)
    assert "Rien à revoir" in words(review(member))
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        publish(JobsPage.objects.get(), introduction="Encore autre.")
    assert review(member) is not None


def test_only_who_may_publish_answers(admin, client):
    page = SimplePage.objects.first()
    address = reverse("confirm_page", args=[page.pk])
    publish(JobsPage.objects.get(), introduction="Autre.")
    client.post(address)
    writer = admin("Rédaction")
    assert "Rien à revoir" in words(review(writer))
    writer.post(address)
    writer.post(reverse("wagtailadmin_pages:unpublish", args=[page.pk]))
    page.refresh_from_db()
    assert (page.live, page.reviewed_at) == (True, None)


def test_a_look_at_the_address_changes_nothing(admin):
    page = SimplePage.objects.first()
    assert "Oui, la garder" in words(parse(admin("Publication").get(reverse("confirm_page", args=[page.pk]))).main)
    page.refresh_from_db()
    assert page.reviewed_at is None


# Other languages


def test_the_starting_content_has_no_translation(client):
    assert not LanguagePage.objects.exists()
    assert not parse(client.get("/contact/")).select(".versions")


def test_each_page_leads_to_other_languages_by_their_own_names(client):
    fill_languages()
    for address in ("/", "/contact/", "/pas-de-page/", "/ar/"):
        found = [
            (words(link), link["href"], link["lang"], link["dir"]) for link in parse(client.get(address)).select(".site-footer [hreflang]")
        ]
        assert found == [("العربيّة", "/ar/", "ar", "rtl"), ("Türkçe", "/tr/", "tr", "ltr")], address
    for address in ("/", "/travailler-a-la-regie/"):
        assert [link["href"] for link in head(parse(client.get(address))).select("[hreflang]")] == ["/ar/", "/tr/"]
    assert not head(parse(client.get("/qui-sommes-nous/"))).select("[hreflang]")
    LanguagePage.objects.get(language="ar").unpublish()
    assert "العربيّة" not in client.get("/").content.decode()


@pytest.mark.parametrize(("fields", "direction"), [(ARABIC, "rtl"), (TURKISH, "ltr")])
def test_a_page_has_the_language_and_direction_of_its_words_in_a_french_frame(client, fields, direction):
    fill_languages()
    page = parse(client.get(f"/{fields['language']}/"))
    assert (page.html["lang"], page.html["dir"]) == (fields["language"], direction)
    for frame in page.select("header.site-header, footer.site-footer, .breadcrumbs, .skip"):
        assert frame.find_parent(lang=True)["lang"] == "fr" or frame["lang"] == "fr"
    assert [words(title) for title in page.select(".topic h2")] == [fields[f"{name}_title"] for name in ("what", "work", "place", "call")]
    assert [sign["aria-hidden"] for sign in page.select(".topic > svg")] == ["true"] * 4


def test_words_of_another_language_are_not_typeset_nor_explained(client):
    fill_languages()
    LanguagePage.objects.filter(language="tr").update(what_text="ACI insertion: ne demek?")
    page = parse(client.get("/tr/"))
    assert "insertion: ne demek?" in page.main.get_text()
    assert not page.main.select(".term")
    assert "Accessibilité\u00a0:" in page.footer.get_text()


def test_address_hours_and_phone_come_from_the_organisation(client):
    fill_languages()
    Organisation.objects.update(phone="03 84 00 00 00", address="1 rue de l’Exemple", opening_hours="Le lundi")
    main = parse(client.get("/ar/")).main
    assert leads_to(main.select_one("a.button")["href"]) == leads_to("tel:+33-3-84-00-00-00")
    french = main.select_one(".topic [lang=fr]")
    assert words(french) == "1 rue de l’Exemple Le lundi"


def test_an_answer_that_is_empty_is_not_shown(client):
    fill_languages()
    LanguagePage.objects.update(work_text="")
    assert len(parse(client.get("/ar/")).select(".topic")) == 3


def test_the_phone_number_is_there_without_an_answer_about_it(client):
    fill_languages()
    LanguagePage.objects.update(call_text="")
    Organisation.objects.update(phone="03 84 00 00 00")
    assert "tel:" in parse(client.get("/ar/")).main.select_one("a.button")["href"]


def test_a_page_in_another_language_is_found_by_its_words(client):
    fill_languages()
    from pages.search import index

    index.refresh_all()
    assert "/ar/" in [link for _, link in links(parse(client.get("/recherche/?q=جمعية")).main)]


def test_a_page_is_copied_for_the_next_language(admin):
    fill_languages()
    page, home = LanguagePage.objects.get(language="tr"), HomePage.objects.get()
    copy = {"new_title": "Copie", "new_slug": "copie", "new_parent_page": home.pk, "publish_copies": ""}
    assert admin("Publication").post(reverse("wagtailadmin_pages:copy", args=[page.pk]), copy).status_code == 302
    assert LanguagePage.objects.get(slug="copie").what_text == page.what_text


def test_languages_are_chosen_by_their_french_names():
    names = dict(get_languages())
    assert {names[code] for code in ("ar", "tr", "ku", "so")} == {
        "arabe – العربيّة",
        "turc – Türkçe",
        "kurde (kurmandji) – Kurmancî",
        "somali – Soomaali",
    }
    assert not {"fr", "ar-dz", "en-gb"} & set(names)
    assert "zh-hans" in names


def test_staff_are_told_that_somebody_must_have_read_it(admin):
    client = admin("Publication")
    form = reverse("wagtailadmin_pages:add", args=["pages", "languagepage", HomePage.objects.get().pk])
    page = parse(client.get(form))
    assert "Une personne qui parle la langue doit l’avoir lue" in words(page)
    assert page.select_one("[name=what_text]")["dir"] == "auto"
    assert page.select_one("[name=title]")["dir"] == "auto"
    draft = client.post(form, ARABIC | {"slug": "", "read_by": ""})
    assert draft.status_code == 302
    page = LanguagePage.objects.get()
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    answer = client.post(address, ARABIC | versions(client, address) | {"slug": "ar", "read_by": "", "action-publish": "1"})
    assert answer.context["form"].errors["read_by"]
    assert not LanguagePage.objects.live().exists()


def test_a_legal_page_is_not_kept_as_a_draft_without_its_kind(admin):
    """Two of them would not be unique."""
    LegalPage.objects.all().delete()
    address, member = reverse("wagtailadmin_pages:add", args=["pages", "legalpage", HomePage.objects.get().pk]), admin("Publication")
    for title in ("Un", "Deux"):
        answer = member.post(address, {"title": title, "slug": "", "kind": "", "body-count": "0"})
        assert answer.context["form"].errors["kind"]
        assert answer.context["form"]["title"].value() == title


def test_a_title_in_other_letters_gets_an_address(admin):
    home = HomePage.objects.get()
    address = reverse("wagtailadmin_pages:add", args=["pages", "languagepage", home.pk])
    admin("Publication").post(
        address, ARABIC | {"slug": "", "search_description": DESCRIPTION, "read_by": "Une personne", "action-publish": "1"}
    )
    assert SitePage.objects.get(slug="ar").live


def test_every_page_of_the_menu_can_have_a_simple_version():
    in_menu = [model for model in HomePage.allowed_subpage_models() if not model.unlisted and model is not LegalPage]
    assert len(in_menu) > 8
    assert [model for model in [HomePage, *in_menu] if SimplePage not in model.allowed_subpage_models()] == []
