"""The manual: each line of « Où se trouve… » is looked for, for who publishes; each other sentence that promises something names its test."""

import ast
import re
import subprocess
from pathlib import Path

import pytest
from assertions import filled, menu, parse, words
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.urls import reverse
from examples import event, offer

from pages.models import (
    AboutPage,
    EventIndexPage,
    EventPage,
    HistoryPage,
    HomePage,
    JobOfferPage,
    JobsPage,
    NetworkPage,
    NewsIndexPage,
    NewsPage,
    SiteDocument,
)

pytestmark = pytest.mark.django_db


def edit(page):
    return reverse("wagtailadmin_pages:edit", args=[page.pk])


def read(client, address):
    return parse(client.get(address, follow=True))


def get_organisation(client):
    return words(read(client, reverse("wagtailsnippets_pages_organisation:list")).main)


def add_language(client):
    home = HomePage.objects.get()
    assert "page dans une autre langue" in words(read(client, reverse("wagtailadmin_pages:add_subpage", args=[home.pk])).main).lower()
    return client.get(reverse("wagtailadmin_pages:add", args=["pages", "languagepage", home.pk])).status_code == 200


def get_accounts(client):
    client.force_login(User.objects.create_superuser("chef"))
    return {"Paramètres", "Utilisateurs"} <= set(menu(client)) and client.get(reverse("wagtailusers_users:index")).status_code == 200


def count_readings(client):
    """By the program that the line names, from what the front server writes (`tests/operations/test_stack.py`)."""
    run = subprocess.run(
        ["deploy/views", "/dev/stdin"], input="2026-11 /contact/\n" * 2 + "2026-12 /\n", capture_output=True, text=True, check=True
    )
    return run.stdout.splitlines() == ["mois;page;vues", "2026-12;/;1", "2026-11;/contact/;2"]


PLACES = {
    "L’ordre du menu": lambda client: read(client, reverse("wagtailadmin_explore", args=[HomePage.objects.get().pk])).select(
        "[data-w-orderable-target=handle]"
    ),
    "Le téléphone": lambda client: all(
        label in get_organisation(client) for label in ("Téléphone", "Adresse", "Adresse e-mail", "Horaires")
    ),
    "Le pied de page": lambda client: (
        all(label in get_organisation(client) for label in ("Le reste", "Réseaux sociaux", "Réseau national"))
        and "Dans le menu" in words(read(client, edit(HomePage.objects.get().get_children()[0])).main)
    ),
    "Les partenaires": lambda client: (
        NetworkPage.objects.get().is_child_of(AboutPage.objects.get())
        and "Partenaires" in words(read(client, edit(NetworkPage.objects.get())).main)
    ),
    "Les autres langues": add_language,
    "Qui peut envoyer quelqu’un à la Régie": lambda client: all(
        label in words(read(client, edit(JobsPage.objects.get())).main)
        for label in ("Qui peut envoyer quelqu’un à la Régie", "Montrer les postes des Emplois de l’inclusion", "Proposer d’être prévenu")
    ),
    "La fin d’une offre": lambda client: (
        {"Pourvue", "Annulée"}
        <= {words(button) for button in read(client, reverse("wagtailadmin_explore", args=[offer().get_parent().pk])).select("button")}
    ),
    "La publication pour plus tard": lambda client: "Publier plus tard…" in words(read(client, edit(event())).select_one("footer")),
    "Les affiches": lambda client: (
        "Affiche" in [words(option) for option in read(client, edit(event())).select("[data-side-panel=preview] option")]
    ),
    "Les documents": lambda client: (
        "Documents" in menu(client)
        and "Copier son adresse"
        in words(
            read(
                client,
                reverse(
                    "wagtaildocs:edit", args=[SiteDocument.objects.create(title="Un bilan", file=ContentFile(b"x", name="bilan.txt")).pk]
                ),
            ).main
        )
    ),
    "Ce que la recherche répond": lambda client: (
        "Mots des visiteurs" in menu(client)
        and all(
            label in words(read(client, reverse("wagtailsnippets_pages_searchword:add")).main)
            for label in ("Page qui répond", "Ou phrase qui répond", "Répond aussi aux mots proches")
        )
    ),
    "Les collègues": get_accounts,
    "Le code à la connexion": lambda client: (
        "mon compte" in words(read(client, "/admin/").main)
        and "Protéger mon compte avec mon téléphone" in words(read(client, reverse("wagtailadmin_account")).main)
    ),
    "Les nombres de l’année": lambda client: (
        {"Rapports", "Le site en un an"} <= set(menu(client)) and "Messages" in words(read(client, reverse("year")).main)
    ),
    "Combien de fois une page est lue": count_readings,
}


def test_each_line_is_looked_for(admin):
    lines = read(admin("Publication"), reverse("manual")).select("#ou + ul > li > b")
    assert [words(line) for line in lines] == list(PLACES)


@pytest.mark.parametrize("place", PLACES)
def test_what_is_looked_for_is_there(admin, place):
    assert PLACES[place](admin("Publication"))


# How each other sentence begins, and the tests that do what it promises; ADVICE where it promises nothing.
ADVICE = ()
PROMISES = {
    "Tout commence sur le premier écran": ["first_screen: the_big_acts_come_first_and_each_opens_its_form"],
    "« Plus tard » cache une ligne": ["first_screen: a_remark_can_wait_for_thirty_days"],
    "Ici, rien ne se casse": ["undo: a_page_is_taken_down_and_put_back_with_one_click_each"],
    "Un événement, une actualité, une offre : cliquez": [
        "acts: an_event_is_published_in_seven_acts_at_most",
        "acts: news_with_a_picture_are_published_in_eleven_acts_at_most",
        "acts: an_offer_is_published_in_nine_acts_at_most",
    ],
    "Seuls le titre et les cases avec une étoile": ["manual: what_has_a_star_suffices_to_publish"],
    "Les dates et les heures s’écrivent": ["page_forms: days_and_hours_are_written_as_people_write_them"],
    "Le faire savoir": ["acts: an_event_is_published_in_seven_acts_at_most"],
    "Pour un événement ou une offre, « Imprimer l’affiche » est à côté": ["acts: an_event_is_published_in_seven_acts_at_most"],
    "L’agenda du mois": ["month: this_month_and_the_next_can_be_printed_if_something_takes_place_in_them"],
    "Les offres ouvertes y sont": ["month: the_sheet_has_weekly_series_then_dates_then_offers_and_how_to_ask"],
    "Un événement qui revient": ["acts: ten_weekly_events_are_published_in_twelve_acts_at_most"],
    "Les dates s’affichent dessous": ["recurrence: the_dates_are_shown_before_they_are_saved"],
    "Une seule est annulée": ["acts: one_date_is_cancelled_in_two_acts_and_has_another_hour_in_three"],
    "Cochez « N’a pas lieu »": ["acts: one_date_is_cancelled_in_two_acts_and_has_another_hour_in_three"],
    "Elle change d’heure": ["acts: one_date_is_cancelled_in_two_acts_and_has_another_hour_in_three"],
    "Le bouton « Autre heure": ["acts: one_date_is_cancelled_in_two_acts_and_has_another_hour_in_three"],
    "Un projet financé": ["about: partners_stand_after_the_link_to_the_network_once_there_are_some"],
    "Sur la page du projet": ["funders: a_partner_is_chosen_in_the_form_and_the_help_says_to_copy_the_sentence"],
    "Si l’Union européenne en est": ["funders: the_sheet_of_a3_is_for_pages_that_the_european_union_pays_for"],
    "La même chose à une autre date": ["duplicates: an_event_is_copied_for_another_date_and_published"],
    "Plus tard : « Publier » a une flèche": ["acts: a_publication_is_planned_in_five_acts_and_cancelled_in_one"],
    "« Enregistrer le brouillon » garde": ["manual: a_draft_is_kept_and_not_shown"],
    "« Publier plus tard… » demande quand": ["acts: a_publication_is_planned_in_five_acts_and_cancelled_in_one"],
    "La page paraît seule": ["run_due: a_page_is_published_and_taken_away_at_its_hour"],
    "« Annuler », en haut": ["acts: a_publication_is_planned_in_five_acts_and_cancelled_in_one"],
    "Vous écrivez, un autre publie": ["forgotten: the_large_button_of_a_writer_sends_the_page_for_review"],
    "Les personnes qui publient reçoivent": ["forgotten: a_reviewer_is_told_in_french_and_has_two_answers"],
    "La page vous revient": ["forgotten: a_page_goes_back_with_a_word", "forgotten: publishing_ends_the_review_and_tells_the_writer"],
    "On vous demande de relire": ["forgotten: a_reviewer_is_told_in_french_and_has_two_answers"],
    "Ouvrez la page, puis « Publier »": ["forgotten: a_reviewer_is_told_in_french_and_has_two_answers"],
    "Une personne sans compte": ["draft_links: a_link_is_made_in_four_acts"],
    "Vous avez un lien": ["draft_links: it_ends_after_fourteen_days_and_the_name_is_erased"],
    "L’historique de la page": ["draft_links: it_ends_after_fourteen_days_and_the_name_is_erased"],
    "Là, « Retirer les liens donnés": ["draft_links: links_are_withdrawn_on_the_history_and_a_new_one_works"],
    "Une page : ouvrez-la sur le site": ["opening: staff_who_are_logged_in_come_from_each_page_to_its_form"],
    "Ou cherchez-la": ["manual: a_page_is_found_by_its_title"],
    "Un chiffre : « Mettre à jour": ["acts: a_figure_is_changed_in_four_acts_and_both_in_seven_at_most"],
    "La ligne de l’an dernier est prête": ["figure_form: the_form_begins_with_an_empty_row_for_last_year_and_leads_to_the_next_figure"],
    "L’ancien reste": ["acts: a_figure_goes_back_to_what_it_was_in_four_acts_at_most"],
    "Une page de plus": ["manual: a_page_is_added_below_another"],
    "Pour la mettre ailleurs": ["acts: a_page_is_moved_in_four_acts"],
    "Le téléphone, l’adresse, les horaires": ["admin: the_entry_of_the_organisation_opens_its_form"],
    "Ils changent partout": ["organisation: every_page_shows_what_is_known"],
    "Coller depuis Word": ["paste: a_text_from_word_keeps_its_lines_and_its_table", "paste: a_mail_keeps_its_lines_and_its_links"],
    "Les tableaux deviennent": ["paste: a_text_from_word_keeps_its_lines_and_its_table"],
    "Pour un vrai tableau": ["blocks: a_block_says_in_french_what_it_is_and_shows_an_example"],
    "Une offre est pourvue": ["acts: an_offer_is_closed_in_two_acts_and_opened_again_in_one"],
    "Elle quitte les listes": ["job_offers: an_offer_is_closed_early_and_opened_again"],
    "Son adresse dit pourquoi": ["job_offers: an_offer_is_closed_early_and_opened_again"],
    "« Rouvrir » la remet": ["acts: an_offer_is_closed_in_two_acts_and_opened_again_in_one"],
    "Retirer une page": ["undo: a_page_is_taken_down_and_put_back_with_one_click_each"],
    "Son adresse dit gentiment": ["undo: a_page_is_taken_down_and_put_back_with_one_click_each"],
    "Pour la remettre": ["undo: what_is_put_back_is_what_visitors_have_read"],
    "Retrouver un ancien texte": ["manual: the_history_shows_all_versions_and_who_wrote_them"],
    "Deux personnes sur la même page": ["two_browsers: of_two_people_the_second_is_told_and_both_texts_survive"],
    "Son texte reste à l’écran": ["two_browsers: of_two_people_the_second_is_told_and_both_texts_survive"],
    "La session est finie": [
        "two_browsers: who_sends_a_form_after_the_session_has_ended_loses_nothing",
        "outages: staff_keep_a_long_form_while_the_database_is_away",
        "staff_browser: without_a_network_a_form_stays_and_is_sent_later",
    ],
    "Ce que vous avez écrit est toujours là": ["two_browsers: who_sends_a_form_after_the_session_has_ended_loses_nothing"],
    "On la reconnaît": ADVICE,
    "Il faut son accord écrit": ["consents: the_sheet_to_sign_says_what_for_until_when_and_how_to_change_ones_mind"],
    "Gardez-la dans": ADVICE,
    "Le lendemain de la fin": ["media: a_picture_leaves_the_site_on_the_day_after_its_consent"],
    "Le premier écran le dit un mois avant": ["media: staff_are_told_a_month_before_a_consent_ends_and_after_three_years_without_end"],
    "La personne ne veut plus": ["consents: a_person_who_changes_their_mind_leaves_the_site_with_one_click"],
    "Elle quitte le site tout de suite": ["consents: a_person_who_changes_their_mind_leaves_the_site_with_one_click"],
    "Plusieurs photos ensemble": ["blocks: photos_stand_together_each_with_its_words_and_without_those_that_visitors_may_not_see"],
    "Écrivez toujours ce que l’on voit": ADVICE,
    "Un message : menu « Messages »": ["acts: a_message_is_answered_in_three_acts_at_most"],
    "Répondez par téléphone": ["inbox: after_an_answer_the_message_that_waits_longest_opens"],
    "Les messages s’effacent": ["run_due: a_message_is_erased_twelve_months_after_it_came"],
    "Mot de passe perdu": ["forgotten: a_forgotten_password_is_replaced_by_mail"],
    "Un nouveau collègue": ["forgotten: a_new_account_may_publish_and_chooses_its_password"],
    "Un écran ne marche pas": ["errors: a_failure_of_the_site_gets_a_page_that_stands_alone"],
}


def test_each_sentence_has_its_test(admin):
    manual = read(admin("Publication"), reverse("manual")).select_one(".manual")
    manual.select_one("#ou + ul").decompose()
    sentences = [text for part in manual.select("p, li") for text in re.split(r"(?<=[.!?»]) (?=[A-ZÀÉ«])", words(part))]
    begun = [next((start for start in PROMISES if sentence.startswith(start)), sentence) for sentence in sentences]
    assert begun == list(PROMISES)


@pytest.mark.parametrize("promise", PROMISES)
def test_its_test_exists(promise):
    for name in PROMISES[promise]:
        module, _, test = name.partition(": ")
        source = ast.parse(next(Path(__file__).parent.rglob(f"test_{module}.py")).read_text())
        assert f"test_{test}" in {each.name for each in source.body if isinstance(each, ast.FunctionDef)}


@pytest.mark.parametrize(
    ("list_model", "model", "starred"),
    [
        (EventIndexPage, EventPage, {"title": "Une fête", "first_day": "12 décembre 2100"}),
        (NewsIndexPage, NewsPage, {"title": "Un repas", "date": "12 mai 2026"}),
        (JobsPage, JobOfferPage, {"title": "Agent de tri", "contract": "cdi"}),
    ],
)
def test_what_has_a_star_suffices_to_publish(admin, list_model, model, starred):
    client = admin("Publication")
    address = reverse("wagtailadmin_pages:add", args=["pages", model._meta.model_name, list_model.objects.get().pk])
    answer = client.get(address)
    labels = parse(answer).select("label:has(.w-required-mark)")
    assert [label["for"] for label in labels] == [f"id_{name}" for name in starred]
    client.post(address, filled(answer) | {"body-count": "0", "action-publish": "1"} | starred)
    assert model.objects.get().live


def test_a_draft_is_kept_and_not_shown(admin):
    client = admin("Publication")
    page = HistoryPage.objects.get()
    answer = client.get(edit(page))
    assert "Enregistrer le brouillon" in words(parse(answer).select_one("footer"))
    client.post(edit(page), filled(answer) | {"introduction": "Une phrase toute neuve."})
    assert "Une phrase toute neuve." in parse(client.get(edit(page))).select_one("[name=introduction]").get_text()
    assert "Une phrase toute neuve." not in words(read(client, page.url).main)


def test_a_page_is_added_below_another(admin):
    """« + » of a list leads to the kinds of pages that may stand there."""
    home, client = HomePage.objects.get(), admin("Publication")
    add = reverse("wagtailadmin_pages:add_subpage", args=[home.pk])
    assert add in [link["href"] for link in read(client, reverse("wagtailadmin_explore", args=[home.pk])).select("a[href]")]
    kind = reverse("wagtailadmin_pages:add", args=["pages", "standardpage", home.pk])
    assert kind in [link["href"] for link in read(client, add).main.select("a[href]")]
    client.post(kind, filled(client.get(kind)) | {"title": "Nos tarifs", "body-count": "0", "action-publish": "1"})
    page = home.get_children().get(title="Nos tarifs")
    assert page.live
    assert page.url not in [link["href"] for link in read(client, "/").select("footer a")]  # « une page libre, jamais »


def test_a_page_is_found_by_its_title(admin):
    page = HistoryPage.objects.get()
    found = admin("Publication").get(reverse("wagtailadmin_explore_root"), {"q": page.title}, follow=True)
    assert edit(page) in [link["href"] for link in parse(found).main.select("a[href]")]


def test_the_history_shows_all_versions_and_who_wrote_them(client, staff):
    page = HistoryPage.objects.get()
    for group in ("Rédaction", "Publication"):
        client.force_login(staff(group))
        client.post(edit(page), filled(client.get(edit(page))) | {"introduction": f"Écrit par {group}."})
    (address,) = {link["href"] for link in read(client, edit(page)).select("a[aria-label=Historique]")}
    rows = [words(row).lower() for row in read(client, address).main.select("tbody tr")]
    assert "publication" in rows[0]
    assert "rédaction" in rows[1] or "redaction" in rows[1]
