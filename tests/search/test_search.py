"""Search, on both databases: what it finds, in which order, how it shows it, and what it never shows."""

import random
import re
import threading
from datetime import UTC, date, datetime, timedelta
from html import unescape
from pathlib import Path

import pytest
import time_machine
from assertions import ask_search, filled, found, links, parse, queries, words
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.models import CharField, TextField, URLField
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from examples import closed_offer, event, fill_organisation, news, offer
from modelcluster.models import get_all_child_relations
from wagtail.fields import StreamField
from wagtail.models import PageViewRestriction, get_page_models
from wagtail.search.index import RelatedFields
from wagtail.search.models import IndexEntry

from pages.models import (
    AddedMission,
    District,
    FigureValue,
    GlossaryTerm,
    HistoryPage,
    HomePage,
    IndexUpdate,
    KeyFigure,
    Organisation,
    SearchWord,
    SimplePage,
    SitePage,
    StandardPage,
    UnknownWord,
    VocationPage,
)
from pages.search import closeness, index, query, sql
from pages.search.question import MAX_WORDS, are_same_words, get_forms, get_words
from pages.seed.building import published
from pages.text.search_text import SearchText, as_sentences
from regie.operations.rights import reindex

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


def told(client, question):
    """Returns the explanations and suggestions above the results."""
    return [words(line) for line in parse(client.get("/recherche/", {"q": question})).select(".meant")]


@pytest.fixture
def literally(monkeypatch):
    """Nothing is close enough in meaning to be found."""
    monkeypatch.setattr(query, "MIN_CLOSENESS", 2)


def page(title, text="", **fields):
    body = [("paragraph", f"<p>{text}</p>")]
    return published(HomePage.objects.get(), StandardPage, title=title, body=body, **fields)


@pytest.mark.parametrize("question", ["second oeuvre", "SECOND-ŒUVRE", "second œuvre", "Second-Oeuvre"])
def test_case_accents_hyphens_and_ligatures_make_no_difference(client, question):
    addresses = found(client, question)
    assert addresses[0] == "/nos-activites/second-oeuvre-du-batiment/"
    assert "/travailler-a-la-regie/" in addresses


@pytest.mark.parametrize(("typed", "asked"), [("Un chœur", "choeur"), ("Un choeur", "chœur"), ("CHŒURS", "choeur")])
def test_a_ligature_and_its_letters_are_the_same(client, typed, asked):
    made = page("Une page", typed)
    assert found(client, asked) == [made.url]


def test_words_of_a_question_are_few_and_short():
    assert len(get_words(" ".join(f"mot{n}" for n in range(50)))) == MAX_WORDS == 8
    assert max(map(len, get_words("é" * 500))) <= 40


def test_what_visitors_do_not_read_is_not_searched(client):
    page("Une page", "Un texte.", nav_title="Trombone", search_description="Un trombone.")
    assert found(client, "trombone") == []
    assert found(client, "broom") == []  # the name of a drawing


# Text of pages that is not searched, with the reason.
NOT_SEARCHED = {
    "draft_title": "of a draft",
    "nav_title": "the title in short",
    "search_description": "written for search engines",
    "seo_title": "written for search engines",
    "slug": "an address",
    "url_path": "an address",
    "wording_digest": "a hash",
    "no_offer": "false while there is an offer",
    "read_by": "for staff",
    "platform_contact": "for staff",
    "platform_url": "an address",
    "price": "`price_text` says it, and whether it is free",
}


@pytest.mark.parametrize("model", get_page_models(), ids=lambda model: model.__name__)
def test_of_each_text_of_a_page_somebody_decided_whether_it_is_searched(model):
    """What is in no `search_fields` is not found; a new field is to be added there, or here if it is not for visitors."""
    declared = {field.field_name: field for field in model.get_search_fields() if isinstance(field, SearchText | RelatedFields)}
    searched = set() if model is SimplePage else texts(model)  # a simple version is found through its page
    assert searched - set(declared) <= set(NOT_SEARCHED)
    for relation in get_all_child_relations(model):
        if relation.related_model._meta.app_label == "pages":
            name, item = relation.get_accessor_name(), relation.related_model
            found = {field.field_name for field in declared[name].fields} if name in declared else set()
            assert {"heading" if text == "title" else text for text in texts(item)} <= found, name  # see `TitledItem.heading`


def texts(model):
    """The names of a model's fields in which staff write words."""
    fields = [field for field in model._meta.get_fields() if isinstance(field, CharField | TextField | StreamField)]
    return {field.name for field in fields if not field.choices and not isinstance(field, URLField) and field.name != "path"}


def test_what_stands_in_items_below_a_page_is_found(client):
    assert "/qui-sommes-nous/histoire/" in found(client, "glacis")
    assert "/qui-sommes-nous/mission/" in found(client, "residences")
    assert "/qui-sommes-nous/forces/" in found(client, "équipements publics")
    assert "/collectivites-et-bailleurs/" in found(client, "pépinière")
    assert news("Fête au Mont/Pépinière").url in found(client, "fête pépinière")


@pytest.mark.parametrize(
    ("question", "address"),
    [
        ("cookies", "/donnees-personnelles/"),
        ("Défenseur des droits", "/accessibilite/"),
        ("horaires", "/contact/"),
        ("téléphone", "/contact/"),
        ("expérience", "/qui-sommes-nous/chiffres-cles/"),
    ],
)
def test_what_stands_in_templates_and_forms_is_found_too(client, question, address):
    assert address in found(client, question)


def test_no_result_says_that_there_is_no_offer_while_there_is_one(client):
    offer("Agente de propreté")
    assert "Aucune <mark>" not in ask_search(client, "offre")


def test_the_plural_finds_the_singular(client):
    published_page = page("Un jardinier", "Une pelle et un râteau.")
    for question in ("jardiniers", "jardinier", "pelles", "rateaux"):
        assert published_page.url in found(client, question), question
    assert "/travailler-a-la-regie/" in found(client, "emplois")


def test_a_word_is_not_found_in_any_word_that_begins_a_little_like_it(client):
    far = page("Une page", "Il devait venir, c’était son devoir. Voici des lecteurs.")
    # In PostgreSQL, « devis » has the same stem as « devoir ».
    for question in ("les", "lec") if connection.vendor == "postgresql" else ("devis", "les", "lec"):
        assert far.url not in found(client, question), question


def test_words_that_say_nothing_are_not_asked(client):
    wanted = page("Le jardinage", "Une femme.")
    page("Une page", "De quoi faire devant la porte des voisins.", slug="autre")
    assert found(client, "femme de jardinage") == [wanted.url]
    assert found(client, "le jardinage pour les femmes") == [wanted.url]
    assert "Que cherchez-vous" in ask_search(client, "de la")


@pytest.mark.parametrize(
    ("typed", "meant"), [("acivités", "activités"), ("mediaton", "médiation"), ("beneuvole", "bénévole"), ("chifres", "chiffres")]
)
def test_a_wrong_letter_leads_to_the_word_that_was_meant(client, typed, meant):
    text = ask_search(client, typed)
    assert "Aucun résultat" in text
    assert re.search(rf'Vouliez-vous dire «.<a href="/recherche/\?q=[^"]+">{meant}</a>', text)
    assert found(client, typed) == found(client, meant) != []
    assert f"pour « {meant} »" in text.replace("\u00a0", " ").replace("\u202f", " ")
    assert "Vouliez-vous" not in ask_search(client, "zzqx")


def test_what_lasts_goes_before_news_and_what_is_past_comes_last(client):
    body = [("paragraph", "<p>Une brouette.</p>")]
    past = event("Une fête", date(2020, 1, 1), body=body)
    item = news("Une nouvelle", body=body)
    lasting = page("Une page", "Une brouette.")
    assert found(client, "brouette") == [lasting.url, item.url, past.url]


def test_who_asks_how_to_reach_the_association_is_told(client):
    assert told(client, "téléphone") == []  # nothing is known yet
    fill_organisation()
    for question in ("téléphone", "votre adresse", "HORAIRES", "e-mail", "contact"):
        (answer,) = told(client, question)
        for part in ("03 84 00 00 00", "1 rue de l’Exemple", "de 9 h à 12 h", "contact@example.org"):
            assert part in answer, (question, part)
    assert told(client, "emploi") == []
    free, priced = event(is_free=True), event("Un repas", price="2 €")
    results = found(client, "gratuit")
    assert free.url in results
    assert priced.url not in results


def test_a_word_that_nobody_wrote_has_no_result_and_leads_to_phone_contact_and_doors(client):
    fill_organisation()
    text = ask_search(client, "zzqx")
    assert "Aucun résultat pour « zzqx »." in text.replace("\u00a0", " ")
    shown = dict(links(parse(client.get("/recherche/", {"q": "zzqx"})).main))
    assert shown["Appeler le 03 84 00 00 00"].startswith("tel:")
    assert shown["Écrire à la Régie"] == "/contact/?sujet=autre#formulaire"
    assert shown["Voir le plan du site"] == "/plan-du-site/"
    assert {address for name, address in shown.items() if name.startswith(("Je ", "J’"))} == {
        "/travailler-a-la-regie/",
        "/vie-de-quartier/",
        "/collectivites-et-bailleurs/",
        "/qui-sommes-nous/reseau/",
    }
    assert found(client, "zzqx") == []


def test_nothing_is_suggested_that_no_page_holds_together(client, literally):
    assert "Vouliez-vous" in ask_search(client, "mediaton")
    assert query.suggest(["mediaton"]) == "médiation"
    page("Une page", "Un escalier.")
    page("Un trombone", "Un texte.", slug="autre")
    assert query.suggest(["paje", "trombonne"]) == ""  # each is close to a word of a title, but of two pages


def test_the_prose_of_a_page_weighs_more_than_its_lists(client):
    """Two pages with the same words, once in the text and once in an item."""
    listed = published(HomePage.objects.get(), VocationPage, title="Une page", slug="liste", body=[("paragraph", "<p>Un trombone.</p>")])
    listed.missions = [AddedMission(title="Un zèbre", text="<p>Pas un trombone.</p>")]
    listed.save()
    prose = published(HomePage.objects.get(), VocationPage, title="Une page", slug="prose", body=[("paragraph", "<p>Un zèbre.</p>")])
    prose.missions = [AddedMission(title="Un trombone", text="<p>Un trombone et une pelle, sans rien de plus.</p>")]  # it is the longer one
    prose.save()
    assert found(client, "zèbre") == [prose.url, listed.url]


def answer(words, address):
    return SearchWord.objects.create(words=words, answers_close_words=False, page=SitePage.objects.get(url_path=f"/home{address}"))


def test_a_word_of_the_visitors_leads_to_the_page_that_staff_chose(client):
    assert found(client, "zèbre") == []
    answer("Zèbre", "/vie-de-quartier/")
    answer("zèbre bleu", "/contact/")
    assert found(client, "zèbres") == ["/vie-de-quartier/"]
    assert found(client, "un ZEBRE bleu") == ["/contact/", "/vie-de-quartier/"]
    assert found(client, "zèbre et emploi")[0] == "/travailler-a-la-regie/"  # the first of the list, as both have one word
    assert len(found(client, "bleu")) == 0
    assert "lieu de vie" in ask_search(client, "zèbre")  # its introduction, as no word of it was asked
    assert "Aucune page ne contient" not in ask_search(client, "zèbre")
    SitePage.objects.get(url_path="/home/vie-de-quartier/").unpublish()
    assert found(client, "zèbre") == []


def test_an_answer_is_listed_once_and_does_not_hide_the_others(client):
    answer("quartier", "/contact/")
    shown = [found(client, "quartier", page=number) for number in (1, 2)]
    assert shown[0][0] == "/contact/"
    assert len(set(shown[0] + shown[1])) == len(shown[0] + shown[1]) > 10
    assert len(found(client, "cours zzqx")) > 1  # as without an answer: pages with one of the words


def asked(client, word, *days):
    for day in days:
        with time_machine.travel(datetime(2026, 11, day, 12, tzinfo=UTC)):
            client.get("/recherche/", {"q": word})


def test_a_word_that_found_nothing_is_shown_once_it_was_asked_on_three_days(client, admin):
    asked(client, "Crèche", 1, 1, 1, 2)
    assert UnknownWord.get_shown() == []
    asked(client, "crèche", 3)
    member = admin("Publication")
    panel = parse(member.get("/admin/")).select_one(".to-review")
    assert "« creche » : ils n’ont rien trouvé." in words(panel)
    assert panel.select(".answers form") == []
    label, address = links(panel)[-1]
    assert label == "Dire ce qui répond"
    form = member.get(address)
    assert filled(form)["words"] == "creche"
    sentence = "La Régie n’a pas de crèche : voyez la mairie."
    member.post(address, filled(form) | {"sentence": sentence})
    assert not UnknownWord.objects.exists()
    text = ask_search(client, "une crèche pour mon fils")
    assert sentence in text
    assert "Ce site n’en parle pas" not in text
    assert "Aucun résultat" not in text


def test_staff_confirm_with_one_button_what_closeness_answered(client, admin):
    asked(client, "taf", 1, 2, 3)
    member = admin("Rédaction")
    panel = parse(member.get("/admin/")).select_one(".to-review")
    assert "« taf » : ils ont trouvé « Travailler à la Régie », par un mot proche." in words(panel)
    form = panel.select_one(".answers form")
    assert words(form) == "C’est la bonne page"
    answer = member.post(form["action"], {field["name"]: field["value"] for field in form.select("input")}, follow=True)
    assert "« taf »" in words(parse(answer).main)
    word = SearchWord.objects.get(words="taf")
    assert (word.page.url, word.answers_close_words) == ("/travailler-a-la-regie/", True)
    assert not UnknownWord.objects.exists()
    assert "Aussi cherché" not in ask_search(client, "taf")


@pytest.mark.parametrize(
    ("fields", "said"),
    [({"page": "", "sentence": ""}, "Choisissez la page qui répond"), ({"sentence": "Une phrase."}, "Gardez la page ou la phrase")],
)
def test_a_word_has_a_page_or_a_sentence(admin, fields, said):
    member, address = admin("Rédaction"), reverse("wagtailsnippets_pages_searchword:add")
    page = SitePage.objects.get(url_path="/home/contact/").pk
    answer = member.post(address, filled(member.get(address)) | {"words": "zèbre", "page": page} | fields)
    assert said in words(parse(answer).select_one(".error-message"))
    assert not SearchWord.objects.filter(words="zèbre").exists()


@pytest.mark.parametrize("question", ["emploi", "06 84", "zzqx1", "xq", "Anne Exemple", "z" * 31, "zzqx@example.org"])
def test_nothing_else_of_a_question_is_kept(client, question):
    asked(client, question, 1, 2, 3)
    assert not UnknownWord.objects.exists()


def test_words_that_found_nothing_are_few_and_are_erased(client):
    with time_machine.travel("2026-11-01 12:00Z") as clock:
        UnknownWord.objects.create(word="creche", days=3, last_day=date(2026, 11, 1))
        for n in range(210):
            UnknownWord.note(f"zz{chr(97 + n // 26)}{chr(97 + n % 26)}", None)
        assert UnknownWord.objects.count() == 200
        assert [unknown.word for unknown in UnknownWord.get_shown()] == ["creche"]
        clock.shift(30 * 24 * 3600)
        UnknownWord.erase_old()
        assert UnknownWord.objects.exists()
        clock.shift(24 * 3600)
        UnknownWord.erase_old()
        assert not UnknownWord.objects.exists()


def test_a_search_is_answered_where_its_word_cannot_be_counted(client, monkeypatch):
    def fail(**kwargs):
        raise DatabaseError

    monkeypatch.setattr(UnknownWord.objects, "get_or_create", fail)
    assert "Aucun résultat" in ask_search(client, "zzqx")


def test_the_page_of_a_word_that_is_taken_down_is_said_to_staff(admin):
    answer("zèbre", "/vie-de-quartier/")
    SitePage.objects.get(url_path="/home/vie-de-quartier/").unpublish()
    assert "Mot des visiteurs « zèbre »" in words(parse(admin("Publication").get("/admin/")).main)


@pytest.mark.parametrize(
    ("word", "forms"), [("rats", ["rats", "rat"]), ("choix", ["choix", "choi"]), ("bus", ["bus", "buss"]), ("mot", ["mot", "mots"])]
)
def test_a_word_has_its_plural_or_its_singular(word, forms):
    assert get_forms(word) == forms


def test_a_word_has_the_other_gender_of_a_participle():
    assert get_forms("salaries")[2:] == ["salariee", "salariees"]
    assert get_forms("salariees")[2:] == ["salarie", "salaries"]


@pytest.mark.parametrize(("asked", "known"), [("cv", "cvs"), ("cvs", "cv"), ("contrats", "contrat"), ("contrat", "contrats")])
def test_a_word_is_the_same_in_singular_and_plural(asked, known):
    assert are_same_words([asked], known)
    assert not are_same_words([asked], f"{known} signé")
    assert not are_same_words([asked, "signe"], known)


def test_words_of_four_letters_find_what_begins_like_them_on_sqlite():
    assert sql.get_sqlite_query("jard") == '("jard"* OR "jards")'
    assert sql.get_sqlite_query("jardins") == '("jardins"* OR "jardin")'
    assert sql.get_sqlite_query("mot") == '("mot" OR "mots")'
    assert sql.get_sqlite_query("de") == '("de" OR "des")'
    assert sql.get_sqlite_query("choeur") == '("choeur"* OR "choeurs" OR "chœur"* OR "chœurs")'


def test_texts_are_ended_like_sentences_once():
    assert as_sentences(["Une phrase.", " ", "Une introduction\nsans point", "Et ?"]) == "Une phrase. Une introduction sans point. Et ?"


def test_the_root_of_the_tree_is_no_word_to_mean(client):
    assert "Racine</a>" not in ask_search(client, "racinne")


def test_titles_come_first(client, literally):
    often = page("Une page", "brouette " * 40)
    once = page("La brouette", "Rien d’autre.")
    assert found(client, "brouette") == [once.url, often.url]


def test_all_words_count_and_any_word_only_where_no_page_has_all(client):
    both, one = page("Une page", "Une brouette et un râteau."), page("Une autre", "Une brouette.")
    assert found(client, "brouette râteau") == [both.url]
    assert set(found(client, "brouette trombone")) == {both.url, one.url}


def test_an_excerpt_shows_the_words_where_they_stand(client):
    page("Une page", f"{'Un début sans rapport. ' * 30}Une <b>brouette</b> &amp; un râteau. {'Une suite sans rapport. ' * 30}")
    text = ask_search(client, "brouettes")
    excerpt = unescape(re.search(r"<p>([^/]*<mark>brouette</mark>.*?)</p>", text)[1])
    assert "& un râteau" in excerpt
    assert len(excerpt) < 400


def test_an_excerpt_that_begins_or_ends_in_a_sentence_says_so():
    assert sql.mark_cuts("Une phrase.") == "Une phrase."
    assert sql.mark_cuts("et la \x02suite") == "…et la \x02suite…"
    assert sql.mark_cuts("\x02suite\x03 et fin\x03") == "…\x02suite\x03 et fin\x03…"
    assert sql.mark_cuts("Une suite de l’…") == sql.mark_cuts("Une suite de l’") == sql.mark_cuts("Une suite de l…") == "Une suite de…"


def test_what_was_typed_in_a_page_cannot_become_markup(client):
    page("Une page", "Une brouette &lt;script&gt;alert(1)&lt;/script&gt; \u0003\u0002")
    text = ask_search(client, "brouette")
    assert "<script>" not in text
    assert "alert(1)" in text


def test_only_what_anybody_may_read_now_is_found(client, literally):
    pages = {name: page(f"Brouette {name}", slug=name) for name in ("ouverte", "retiree", "reservee", "expiree", "effacee")}
    pages["retiree"].unpublish()
    PageViewRestriction.objects.create(page=pages["reservee"], restriction_type="login")
    SitePage.objects.filter(pk=pages["expiree"].pk).update(expire_at=timezone.now() - timedelta(minutes=1))
    pages["effacee"].delete()
    draft = pages["ouverte"]
    draft.introduction = "Un trombone dans un brouillon."
    draft.save_revision()
    open_offer = offer("Offre avec brouette")
    closed_offer("Brouette close")
    assert set(found(client, "brouette")) == {"/ouverte/", open_offer.url}
    assert found(client, "trombone") == []
    assert "Racine</a>" not in ask_search(client, "racine")  # the root of the tree is no page of the site


def test_news_events_and_what_happened_since_are_found_with_their_day(client):
    event("Une brouette", date(2100, 5, 1)), event("Une brouette passée", date(2020, 5, 1)), news("Une brouette neuve", date(2026, 3, 3))
    text = ask_search(client, "brouette").replace("\u00a0", " ")
    for said in ("Samedi 1er mai 2100", "Vendredi 1er mai 2020 (passé)", "Actualité du 3 mars 2026"):
        assert said in text


def test_the_index_follows_a_page_with_the_items_below_it(client, literally):
    history = HistoryPage.objects.get()
    items = list(history.milestones.all())
    items[0].text = "<p>Une brouette neuve.</p>"
    history.milestones = items
    history.save_revision().publish()
    assert found(client, "brouette") == ["/qui-sommes-nous/histoire/"]


def test_the_index_follows_what_pages_read_elsewhere(client, literally):
    figure = KeyFigure.objects.get(since_year=1990)
    figure.explanation = "Le nombre de brouettes."
    figure.save()
    assert found(client, "brouettes") == ["/qui-sommes-nous/chiffres-cles/"]
    district = District.objects.first()
    named = event("Une fête"), news("Une nouvelle"), offer("Une offre")
    for one in named:
        one.districts = [district]
        one.save_revision().publish()
    district.name = "Le Faubourg"
    district.save()
    assert set(found(client, "faubourg")) == {*(one.url for one in named), "/mentions-legales/"}  # it is the seat too
    district.delete()
    assert found(client, "faubourg") == []
    organisation = Organisation.get()
    organisation.host = "Trombone et compagnie"
    organisation.save()
    assert found(client, "trombone") == ["/mentions-legales/"]


def test_the_word_itself_is_explained(client):
    for question in ("ACI", "aci", "Atelier Chantier d'Insertion"):
        (meant, *_) = told(client, question)
        assert meant.startswith("ACI (Atelier Chantier d’Insertion) : Lieu de travail qui emploie")
    assert told(client, "emploi") == []
    assert told(client, "bailleurs")[0].startswith("Bailleur :")


def test_results_are_paged(client, short_lists):
    for n in range(7):
        page(f"Page {n}", "Une brouette.", slug=f"p{n}")
    assert "7 résultats" in ask_search(client, "brouette").replace("\u00a0", " ")
    seen = [address for n in (1, 2, 3) for address in found(client, "brouette", page=n)]
    assert len(seen) == len(set(seen)) == 7
    for number in ("4", "0", "-1", "x", "1e9", "9" * 30):
        response = client.get("/recherche/", {"q": "brouette", "page": number})
        assert response.status_code in {200, 302}
        if response.status_code == 302:
            assert response.headers["location"] == "/recherche/?q=brouette"


@pytest.mark.parametrize(
    "question",
    [
        "",
        " ",
        "a",
        "\0",
        "🙂",
        '"',
        "'",
        "%",
        "_",
        "*",
        "\\",
        "(",
        "AND",
        "OR NOT",
        '"a" OR "',
        "\u202eoiolpme",
        "l'",
        "NEAR(a b)",
        "title:x",
        ":*",
        "&|!",
        "-",
    ],
)
def test_odd_questions_are_no_language_of_their_own_and_are_still_there(client, question):
    """Signs find nothing; operators of search engines are ordinary words."""
    if not get_words(question):
        assert found(client, question) == []
    page = parse(client.get("/recherche/", {"q": question}))
    assert page.select_one("#q")["value"] == question.replace("\0", "").strip()


def test_five_thousand_words_are_answered(client):
    assert found(client, "emploi " * 5000) == found(client, "emploi")
    assert "Aucun résultat" in ask_search(client, " ".join(f"mot{n}" for n in range(5000)))
    assert "Aucun résultat" in ask_search(client, "é" * 50_000)


def test_the_page_of_results_is_for_visitors_not_for_engines(client):
    page = parse(client.get("/recherche/?q=emploi"))
    assert page.select_one("meta[name=robots]")["content"] == "noindex"
    assert page.select_one("#q")["value"] == "emploi"
    assert ("Rechercher", "/recherche/") in links(parse(client.get("/")).header)


def test_the_form_needs_no_post(client):
    assert client.post("/recherche/", {"q": "emploi"}).status_code == 405


def test_a_title_of_small_words_is_found(client):
    for question in ("Qui sommes-nous ?", "qui sommes nous"):
        assert found(client, question)[0] == "/qui-sommes-nous/"


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("2026-2027", "2027"),
        ("COVID-19", "covid"),
        ("03.84.12.34.56", "84"),
        ("contact@exemple.fr", "exemple"),
        ("M.Dupont", "dupont"),
        ("la 2ème", "2eme"),
    ],
)
def test_words_that_are_glued_together_are_words(client, typed, asked):
    made = page("Une page", typed, slug="glued")
    assert made.url in found(client, asked)


def test_pages_that_have_any_of_the_words_can_be_leafed_through(client, short_lists):
    for n in range(5):
        page(f"Page {n}", "Une brouette." if n % 2 else "Un trombone.", slug=f"p{n}")
    assert len({*found(client, "brouette trombone"), *found(client, "brouette trombone", page=2)}) == 5


def test_the_index_forgets_a_figure(client):
    figure = KeyFigure(label_singular="brouette", label_plural="brouettes", explanation="Un trombone.", since_year=2000)
    figure.save()
    assert found(client, "trombone") == ["/qui-sommes-nous/chiffres-cles/"]
    figure.delete()
    assert found(client, "trombone") == []


def test_a_rebuilt_index_is_in_french():
    call_command("update_index", verbosity=0)
    before = set(IndexEntry.objects.values_list("object_id", flat=True))
    IndexEntry.objects.all().delete()
    fill_organisation()
    with translation.override("en"):
        reindex(plan=[(MigrationLoader(connection).graph.nodes["pages", "0001_initial"], False)])
    assert set(IndexEntry.objects.values_list("object_id", flat=True)) >= before
    field = "body_text" if connection.vendor == "postgresql" else "body"
    assert not IndexEntry.objects.filter(**{f"{field}__contains": "November"}).exists()
    assert IndexEntry.objects.filter(**{f"{field}__contains": "novembre"}).exists()


def indexed(queries, word):
    """The statements that write an entry of the index with the `word` in it."""
    writes = (query["sql"] for query in queries if query["sql"].lstrip().startswith(("INSERT", "UPDATE")))
    return [sql for sql in writes if IndexEntry._meta.db_table in sql and word in sql]


def test_a_page_that_is_saved_is_indexed_once_when_it_is_stored(django_capture_on_commit_callbacks):
    made = page("Une page", "Une pelle.")
    with CaptureQueriesContext(connection) as queries, django_capture_on_commit_callbacks(execute=True):
        made.body = [("paragraph", "<p>Un râteau.</p>")]
        made.save_revision().publish()
        assert indexed(queries, "teau") == []
    assert len(indexed(queries, "teau")) == 1
    assert not IndexUpdate.objects.exists()


def test_the_first_value_of_a_figure_is_found_however_it_is_stored(client, django_capture_on_commit_callbacks):
    figure = KeyFigure.objects.get(slug="salaries")
    assert found(client, "zèbre") == []
    figure.explanation = "Un zèbre est compté comme un cheval."
    with django_capture_on_commit_callbacks(execute=True):
        figure.values = [FigureValue(year=2025, number=47)]
        figure.save()
    assert not IndexUpdate.objects.exists()
    assert found(client, "zèbre") == ["/qui-sommes-nous/chiffres-cles/"]


def test_a_quartier_of_many_pages_is_indexed_without_a_query_for_each(client, monkeypatch, django_capture_on_commit_callbacks):
    monkeypatch.setattr(index, "MAX_AT_ONCE", 4)
    district, made = District.objects.get(slug="les-glacis"), [news(slug=f"n{n}") for n in range(10)]
    for article in made:
        article.districts = [district]
        article.save()
    index.refresh_all()
    district.name = "Les Remparts"
    with CaptureQueriesContext(connection) as queries, django_capture_on_commit_callbacks(execute=True):
        district.save()
    assert len(queries) <= 50  # as with 1,800 pages: of two page types, news and the legal notice
    assert IndexUpdate.objects.count() == 7  # with the legal notice, which names the seat
    call_command("run_due")
    assert not IndexUpdate.objects.exists()
    if connection.vendor == "sqlite":
        assert IndexEntry.objects.filter(body__contains="Remparts").count() == len(made) + 1
    assert found(client, "remparts")


def test_a_page_is_stored_though_the_index_fails_and_indexed_by_the_next_pass(client, monkeypatch, django_capture_on_commit_callbacks):
    def fail(*args):
        raise DatabaseError("no room")

    made = page("Une page", "Une pelle.")
    index.refresh_all()
    with monkeypatch.context() as patch, django_capture_on_commit_callbacks(execute=True):
        patch.setattr("pages.search.index.get_search_backend", fail)
        made.body = [("paragraph", "<p>Un râteau.</p>")]
        made.save_revision().publish()
    assert IndexUpdate.objects.filter(page=made).exists()
    call_command("run_due")
    assert found(client, "râteau") == [made.url]


def test_what_nobody_reads_of_a_page_is_no_reason_to_index_it():
    made = page("Une page", "Une pelle.")
    index.refresh_all()
    made.draft_title = "Un brouillon"
    made.save(update_fields=["draft_title"])
    assert not IndexUpdate.objects.exists()


def test_what_a_process_that_died_has_not_indexed_is_indexed_by_the_next_pass():
    made = page("Une page", "Une pelle.")  # its transaction is not committed here: nothing was indexed
    assert list(IndexUpdate.objects.filter(page=made)) != []
    call_command("run_due")
    assert IndexEntry.objects.filter(object_id=str(made.pk)).exists()
    assert not IndexUpdate.objects.exists()


def test_a_deleted_page_leaves_the_index(client, literally):
    made = page("Une page", "Une pelle.")
    assert found(client, "pelle") == [made.url]
    made.delete()
    assert not IndexEntry.objects.filter(object_id=str(made.pk), content_type__model="standardpage").exists()


@pytest.mark.django_db(transaction=True)
def test_what_is_marked_twice_is_indexed_after_the_later_change():
    """One process indexes a page that waits, while another has changed it and not yet committed."""
    made = page("Une page", "Une pelle.")
    IndexUpdate.objects.create(page=made)  # as after the change of a quartier of many pages
    changed, indexed_meanwhile = threading.Event(), threading.Event()

    def change():
        with transaction.atomic():
            again = StandardPage.objects.get(pk=made.pk)
            again.body = [("paragraph", "<p>Un zèbre.</p>")]
            again.save()
            changed.set()
            indexed_meanwhile.wait(timeout=1)  # the other one waits for this transaction, or has gone wrong by then
        connection.close()

    changing = threading.Thread(target=change)
    changing.start()
    changed.wait(timeout=5)
    index.refresh_all()
    indexed_meanwhile.set()
    changing.join()
    index.refresh_all()
    field = "body_text" if connection.vendor == "postgresql" else "body"
    assert IndexEntry.objects.filter(object_id=str(made.pk), **{f"{field}__contains": "zèbre"}).exists()


def test_pages_with_a_part_of_the_words_are_said_to_be_that(client):
    said = "Aucune page ne contient tous ces mots"
    assert said in ask_search(client, "emploi zzqx")
    for question in ("emploi", "emploi formation", "zzqx"):
        assert said not in ask_search(client, question)


def close(client, question):
    """The results that are close in meaning only: addresses with what is said to be close."""
    index.refresh_all()
    items = parse(client.get("/recherche/", {"q": question})).select(".results > li")
    said = {item.a["href"]: re.findall(r"Aussi cherché : (.*)", words(item)) for item in items}
    return {address: near[0] for address, near in said.items() if near}


def test_a_close_word_leads_to_the_page_and_says_why(client):
    text = ask_search(client, "rémunération")
    assert "Aucune page ne contient ce mot." in text
    assert close(client, "rémunération")["/travailler-a-la-regie/"].startswith("salaire")
    assert found(client, "taf") == ["/travailler-a-la-regie/"]
    SearchWord.objects.update(answers_close_words=False)
    assert close(client, "taf") == {}
    assert "Ce site n’en parle pas" in ask_search(client, "taf")


@pytest.mark.postgresql
def test_an_explained_word_that_is_close_leads_to_two_pages_that_use_it(client):
    assert list(close(client, "locataire").items())[:2] == [
        ("/qui-sommes-nous/reseau/", "Bailleur"),
        ("/collectivites-et-bailleurs/", "Bailleur"),
    ]
    assert list(query.find_close(["quartier"]).values()) == [["Quartier politique de la ville"]] * 2 + [["Régie de Quartier"]]
    GlossaryTerm.objects.filter(term="Bailleur").delete()
    assert "/qui-sommes-nous/reseau/" not in close(client, "locataire")


@pytest.mark.parametrize(
    ("closeness", "chosen"),
    [
        ({"travail": 0.5, "salaire": 0.48}, (0.61, ["travail", "salaire"])),
        ({"travail": 0.5, "travailler": 0.49, "salaire": 0.2}, (0.5, ["travail"])),
        ({"travail": 0.5, "travaux": 0.48}, (0.5, ["travail"])),
        ({"travail": 0.7, "salaire": 0.1}, (0.7, ["travail"])),
        ({"travail": 0.4, "salaire": 0.4}, (0.4, ["travail"])),
        ({"travail": 0.9}, (0.9, ["travail"])),
    ],
)
def test_two_texts_of_a_page_say_more_than_one_that_is_a_little_closer(closeness, chosen):
    found, texts = query.choose_closest(closeness)
    assert (round(found, 6), texts) == chosen


def test_close_pages_follow_those_that_have_all_words_and_go_before_those_that_have_some(client):
    one = page("Une page", "Une rémunération.")
    addresses = found(client, "rémunération")
    assert addresses[0] == one.url
    assert addresses[1:] == list(close(client, "rémunération"))
    for n in range(query.FEW - 1):
        page(f"Page {n}", "Une rémunération.", slug=f"p{n}")
    assert close(client, "rémunération") == {}  # there are enough
    assert found(client, "brouette rémunération")[0] == "/travailler-a-la-regie/"


def test_a_page_is_listed_and_counted_once(client):
    title = "Rémunération des heures"
    made = page(title, "Un trombone.")
    addresses = found(client, "rémunération mensuelle trombone")
    assert made.url in addresses
    assert len(set(addresses)) == len(addresses)
    assert f"{len(addresses)} résultats" in ask_search(client, "rémunération mensuelle trombone").replace("\u00a0", " ")


def test_an_answer_of_staff_stops_its_neighbours(client):
    assert found(client, "taf") == ["/travailler-a-la-regie/"]
    answer("taf", "/contact/")
    assert found(client, "taf") == ["/contact/"]


def test_no_page_is_close_that_is_not_open_or_tells_what_happened(client):
    assert "/vie-de-quartier/" in found(client, "cérémonie")
    news("Une cérémonie passée", slug="fete")
    SitePage.objects.get(url_path="/home/vie-de-quartier/").unpublish()
    assert "/vie-de-quartier/" not in found(client, "cérémonie")
    assert close(client, "cérémonie") == {}
    passed = news("Une kermesse", slug="kermesse")
    assert passed.pk not in query.find_close(["kermesse"])


@pytest.mark.parametrize("question", ["passeport", "piscine", "cantine scolaire", "électricien"])
def test_a_word_that_is_not_of_the_site_is_said_to_be_so(client, question):
    text = ask_search(client, question)
    assert "Ce site n’en parle pas, ou pas avec ces mots. Vous pouvez poser votre question à la Régie." in text
    assert "orthographe" not in text
    assert "Vérifiez l’orthographe" in ask_search(client, "zzqx")


@pytest.mark.parametrize("question", ["où", "ou êtes vous", "vous êtes ou", "Où vous trouver ?", "comment venir", "comment y aller"])
def test_who_asks_where_gets_the_address(client, question):
    assert found(client, question)[0] == "/contact/"


def test_a_search_takes_few_queries(client):
    for question in ("emploi", "rémunération", "boulo", "passeport", "un deux trois quatre cinq six sept huit neuf", "zzqa zzqb zzqc zzqd"):
        assert len(queries(client, f"/recherche/?q={question}")) <= 25, question


def test_meanings_are_small_and_of_words_of_every_day():
    assert Path(closeness.__file__).with_name("meanings.bin").stat().st_size < 3_000_000

    def compare(one, other):
        return closeness.get_closeness(closeness.get_meaning((one,)), closeness.get_meaning((other,)))

    assert compare("salaire", "salaire") == pytest.approx(1)
    assert compare("salaire", "remuneration") > 0.6 > 0.2 > compare("salaire", "piscine")
    assert compare("salaire", "zzqx") == 0
    assert closeness.get_meaning(("zzqx",)) == []


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("piscne", "piscine"), ("pisccine", "piscine"), ("pisxine", "piscine"), ("pisicne", "piscine"), ("zzqxzz", "zzqxzz"), ("vlo", "vlo")],
)
def test_a_word_with_one_wrong_letter_is_corrected(typed, meant):
    assert closeness.correct(typed) == meant


@pytest.mark.exhaustive
def test_words_that_no_page_contains_seldom_get_one():
    chance = random.Random(42)  # noqa: S311 the same words in each run
    asked = [word.decode() for word in chance.sample(closeness.WORDS, 700)]
    asked = [word for word in asked if not query.rank([word], "AND") and not query.find_answers([word])[0]][:500]
    assert len(asked) == 500
    assert sum(bool(query.find_close([word])) for word in asked) <= 40
