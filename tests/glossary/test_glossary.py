"""Terms of the glossary are linked where staff wrote them."""

import re

import pytest
from assertions import facts, parse
from django.core.exceptions import ValidationError
from django.urls import reverse
from examples import event

from pages.glossary.links import MAX_LINKS, link_glossary
from pages.models import GlossaryTerm, HomePage, StandardPage
from pages.seed.building import published

pytestmark = pytest.mark.django_db


def terms(*words, **fields):
    return [GlossaryTerm(term=word, slug=word.lower().replace(" ", "-"), **fields) for word in words]


def explained(html, *words, **fields):
    """The words of `html` that became links."""
    return re.findall(r'<a class="term"[^>]*>(.*?)</a>', link_glossary(html, terms(*words, **fields)))


def test_the_first_use_leads_to_the_definition():
    html = link_glossary("<p>Un bailleur loue. Le bailleur répare.</p>", terms("Bailleur"))
    link = '<a class="term" href="/glossaire/#bailleur" title="Voir ce que veut dire «\u00a0bailleur\u00a0»">bailleur</a>'
    assert html == f"<p>Un {link} loue. Le bailleur répare.</p>"


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("Bailleur", "deux bailleurs"),
        ("Bailleur", "BAILLEUR"),
        ("Insertion", "l’insertion"),
        ("Insertion", "d'insertion,"),
        ("Instances", "une instance"),
        ("Équipement public", "des équipements publics"),
        ("Équipement public", "un équipement\u00a0public"),
        ("Second-œuvre", "le second-œuvre."),
        ("Siège social", "le siège social"),
        ("ACI", "(ACI)"),
        ("Chantier d’Insertion", "un chantier d'insertion"),
    ],
)
def test_a_word_is_known_in_its_usual_forms(word, text):
    assert len(explained(f"<p>{text}</p>", word)) == 1


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("EI", "Neige, eider, ei"),
        ("ACI", "aci"),
        ("Veille", "merveille, veilleur, bien-veille"),
        ("Charte", "la chartes-graphique"),
        ("TVA", "TVAS"),
        ("Régie de Quartier", "la Régie des Quartiers"),
    ],
)
def test_what_only_looks_like_it_is_left_alone(word, text):
    assert explained(f"<p>{text}</p>", word) == []


@pytest.mark.parametrize(
    "html",
    [
        "<h1>Charte</h1>",
        "<h2>Une <em>charte</em></h2>",
        "<h4>Charte</h4>",
        '<a href="/">Notre charte</a>',
        "<a href='/'><span>a</span> charte</a>",
        "<button>Charte</button>",
        "<summary>Charte</summary>",
        "<label>Charte</label>",
        "<dt>Charte</dt>",
        "<th>Charte</th>",
        "<b>Charte</b>",
        '<p class="lede">Charte</p>',
        "<svg><title>Charte</title><text>charte</text></svg>",
        '<p title="charte">x</p>',
        '<img alt="une charte > une autre">',
        "<!-- charte -->",
        "<form><p>charte</p></form>",
        "<nav><ul><li>charte</li></ul></nav>",
        "<header><p>charte</p></header>",
        "<nav><nav></nav>charte</nav>",
    ],
)
def test_titles_links_fields_and_markup_are_left_alone(html):
    assert link_glossary(html, terms("Charte")) == html
    assert explained(f"{html}<p>La charte.</p>", "Charte") == ["charte"]


def test_the_longer_word_goes_before_the_one_in_it():
    html = link_glossary("<p>Un quartier politique de la ville.</p>", terms("Politique de la ville", "Quartier politique de la ville"))
    assert html.count("<a ") == 1
    assert "#quartier-politique-de-la-ville" in html
    assert explained("<p>Une Régie de Quartier.</p>", "Régie", "Régie de Quartier") == ["Régie de Quartier"]


def test_the_short_and_the_long_form_are_one_word():
    assert explained("<p>L’Atelier (ACI) est un ACI.</p>", "ACI", long_form="Atelier") == ["Atelier"]


def test_other_forms_are_found_too():
    assert explained("<p>Un immeuble réhabilité.</p>", "Réhabilitation", other_forms="réhabilité, réhabilitée") == ["réhabilité"]


def test_signs_that_html_writes_in_letters_are_signs():
    assert explained("<p>La R&amp;D, l&#x27;amp &amp; c.</p>", "R&D") == ["R&amp;D"]
    assert explained("<p>a &amp; b</p>", "amp", "x27", "lt") == []
    assert explained("<p>Un chantier d&#x27;insertion</p>", "Chantier d’insertion") == ["chantier d&#x27;insertion"]
    assert explained("<p>Un chantier d’insertion</p>", "Chantier d'insertion") == ["chantier d’insertion"]


def test_a_word_does_not_take_the_place_of_the_menu():
    term = GlossaryTerm.objects.create(term="Menu", definition="Liste de plats.")
    assert term.slug == "menu-2"


def test_a_page_has_eight_explanations_at_most():
    words = [f"mot{letter}" for letter in "abcdefghijk"]
    assert explained(f"<p>{' '.join(words)}</p>", *words) == words[:MAX_LINKS]


@pytest.mark.parametrize(
    ("where", "on_page", "on_event"), [("everywhere", True, True), ("lasting", True, False), ("glossary", False, False)]
)
def test_a_word_of_many_senses_can_be_kept_out_of_pages(client, where, on_page, on_event):
    GlossaryTerm.objects.create(term="Trombone", definition="Fil de métal.", where=where)
    body = [("paragraph", "<p>Un trombone.</p>")]
    pages = published(HomePage.objects.get(), StandardPage, title="Libre", body=body), event(body=body)
    assert ["#trombone" in client.get(page.url).content.decode() for page in pages] == [on_page, on_event]
    assert 'id="trombone"' in client.get("/glossaire/").content.decode()


def test_lists_and_facts_are_left_alone(client):
    page = event(introduction="De la médiation.", place="Médiation", audience="Médiation")
    for address in ("/", "/agenda/", page.url):
        assert "#mediation" not in client.get(address).content.decode().partition('class="agenda"')[2].partition("</ol>")[0]
    assert "#mediation" not in client.get(page.url).content.decode()


def test_what_staff_typed_is_no_pattern():
    assert explained("<p>Un mot.</p>", "(", "a|b", ".*", "mot") == ["mot"]


def test_a_term_that_staff_add_is_explained_on_pages_that_nobody_touched(client, admin):
    page = published(HomePage.objects.get(), StandardPage, title="Libre", body=[("paragraph", "<p>Un trombone.</p>")])
    address = reverse("wagtailsnippets_pages_glossaryterm:add")
    typed = {
        "term": "Trombone",
        "definition": "Fil de métal qui tient des feuilles.",
        "long_form": "",
        "other_forms": "",
        "where": "everywhere",
    }
    response = admin("Rédaction").post(address, typed)
    assert response.status_code == 302
    client.logout()
    assert '<a class="term" href="/glossaire/#trombone"' in client.get(page.url).content.decode()
    glossary = parse(client.get("/glossaire/"))
    assert facts(glossary.select_one("#trombone")) == {"Trombone": "Fil de métal qui tient des feuilles."}
    assert not glossary.select(".term")
    GlossaryTerm.objects.filter(slug="trombone").update(term="Agrafe")
    assert 'id="trombone"' in client.get("/glossaire/").content.decode()  # links that were given stay right


def test_a_word_is_explained_once():
    with pytest.raises(ValidationError, match="déjà expliqué"):
        GlossaryTerm(term="BAILLEUR", definition="Autre chose.", slug="x").full_clean()


def test_words_stand_by_the_alphabet(client):
    words = re.findall(r"<dt>(.*?)</dt>", client.get("/glossaire/").content.decode())
    assert len(words) == 55
    assert words.index("Économie solidaire") == words.index("EI") - 1


def test_every_page_of_the_site_has_eight_at_most_and_the_glossary_every_word_it_links_to(client):
    ids = set(re.findall(r' id="([^"]+)"', client.get("/glossaire/").content.decode()))
    seen = set()
    for page in HomePage.objects.get().get_descendants(inclusive=True).live():
        links = re.findall(r'<a class="term" href="/glossaire/#([^"]+)"', client.get(page.url).content.decode())
        assert len(links) == len(set(links)) <= MAX_LINKS
        seen |= set(links)
    assert len(seen) > 20
    assert seen <= ids


def test_without_any_term_nothing_is_left_of_the_glossary(client):
    GlossaryTerm.objects.all().delete()
    text = client.get("/").content.decode()
    assert "glossaire" not in text
    assert client.get("/glossaire/").status_code == 404
