"""Offers are open to the end of their last day in Belfort; then they are in no list, and their address answers 410 with links."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from urllib.parse import unquote

import pytest
import time_machine
from assertions import facts, filled, links, parse, words
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from examples import closed_offer, fill_jobs, fill_languages, offer

from pages.models import ContactPage, JobOfferPage, JobsPage, Organisation, Prescriber, Recipient, SitePage
from regie.mail.outbox import OutgoingMail

pytestmark = pytest.mark.django_db

SIMPLE = "/travailler-a-la-regie/version-simple/"
LISTS = ["/travailler-a-la-regie/", "/plan-du-site/", "/sitemap.xml"]


@pytest.mark.parametrize(
    ("last_day", "instant", "is_open"),
    [
        (date(2027, 1, 31), datetime(2027, 1, 31, 22, 59, tzinfo=UTC), True),  # 31 January, 23:59 in Belfort
        (date(2027, 1, 31), datetime(2027, 1, 31, 23, 0, tzinfo=UTC), False),  # 1 February, 00:00
        (date(2027, 3, 27), datetime(2027, 3, 27, 22, 59, tzinfo=UTC), True),  # the night that summer time begins
        (date(2027, 3, 27), datetime(2027, 3, 27, 23, 0, tzinfo=UTC), False),
        (date(2027, 3, 28), datetime(2027, 3, 28, 21, 59, tzinfo=UTC), True),  # the evening after
        (date(2027, 3, 28), datetime(2027, 3, 28, 22, 0, tzinfo=UTC), False),
        (date(2027, 10, 31), datetime(2027, 10, 31, 22, 59, tzinfo=UTC), True),  # the day that summer time ends
        (date(2027, 10, 31), datetime(2027, 10, 31, 23, 0, tzinfo=UTC), False),
    ],
)
def test_the_last_day_ends_at_midnight_in_belfort(client, last_day, instant, is_open):
    page = offer(last_day=last_day)
    with time_machine.travel(instant, tick=False):
        assert client.get(page.url).status_code == (200 if is_open else 410)
        for address in LISTS:
            assert (page.url in client.get(address).content.decode()) is is_open, address
        assert ("je réponds" in client.get(f"/contact/?offre={page.slug}").content.decode()) is is_open


@pytest.mark.postgresql
def test_a_closed_offer_leads_to_the_open_ones(client):
    fill_jobs()
    page = parse(client.get("/travailler-a-la-regie/close/"))
    assert "Cette offre n’est plus ouverte" in words(page)
    assert "31 janvier 2020" in words(page)
    assert ("Agente ou agent de propreté", "/travailler-a-la-regie/agente-ou-agent-de-proprete/") in links(page.main)
    assert not page.select("link[rel=canonical]")


def test_offers_stand_before_the_rest_and_the_one_that_ends_first_comes_first(client):
    no_offer = "Vous pouvez demander un travail dès maintenant."
    assert no_offer in words(parse(client.get(LISTS[0])))
    offer("Deuxième", date(2100, 3, 1))
    offer("Première", date(2100, 2, 1))
    page = parse(client.get(LISTS[0]))
    text = words(page.main)
    assert no_offer not in text
    assert ("2 offres d’emploi ouvertes", "#offres") in links(page.main)
    headings = [
        "Première",
        "Deuxième",
        "Comment entrer",
        "Qui peut travailler",
        "Je voudrais qu’on me rappelle",
        "Une formation, des cours de français ?",
    ]
    places = [text.index(heading, text.index("Les offres d’emploi")) for heading in headings]
    assert places == sorted(places)


def test_one_may_ask_by_oneself_before_anybody_who_may_send_people_is_named(client):
    jobs = JobsPage.objects.get()
    jobs.prescribers = [
        Prescriber(title="France Travail", audience="Si vous y êtes inscrit.", phone="39 49", address="1 rue", opening_hours="Le lundi"),
        Prescriber(title="Un centre social"),
    ]
    jobs.save_revision().publish()
    way_in = parse(client.get(LISTS[0])).select_one("section[aria-labelledby=entrer]")
    text = words(way_in)
    assert text.index("Vous pouvez demander vous-même : appelez ou écrivez.") < text.index("Qui peut vous envoyer ?")
    assert "France Travail Si vous y êtes inscrit. Appeler le 39 49 1 rue Le lundi" in text
    assert ("Appeler le 39 49", "tel:3949") in links(way_in)
    assert LISTS[0] in [link for _, link in links(parse(client.get("/recherche/?q=centre+social")).main)]


def test_what_nobody_filled_in_about_the_way_in_is_not_shown(client):
    JobsPage.objects.update(situations="", counsellors="")
    text = words(parse(client.get(LISTS[0])).main)
    assert "Vous pouvez demander vous-même" in text
    for heading in ("Comment poser sa candidature ?", "Qui peut vous envoyer ?", "Pour quelles situations ?", "Vous êtes conseillère"):
        assert heading not in text


def test_the_situations_of_the_law_are_on_the_page_about_work_alone(client):
    jobs = parse(client.get(LISTS[0]))
    situations = next(each for each in jobs.select("details") if "Pour quelles situations ?" in words(each))
    assert "Demandez quand même." in words(situations)
    assert links(situations)[-1][0] == "Liste de l’État, lue le 21 août 2026 (autre site)"
    sign = "allocation de solidarité spécifique"
    assert sign in words(situations)
    assert all(sign not in str(each) for each in jobs.select("head > *"))  # descriptions and JSON-LD
    fill_languages()
    pages = [page.url for page in SitePage.objects.public().filter(depth__gt=1) if page.specific_class is not JobsPage]
    assert SIMPLE in pages
    assert [address for address in pages if sign in client.get(address).content.decode()] == []


@pytest.mark.parametrize(
    ("contract", "sent_by", "said"),
    [
        ("cddi", "", "Vous pouvez répondre vous-même. Votre conseiller peut aussi vous envoyer."),
        ("cddi", "la Mission locale", "Passez d’abord par : la Mission locale"),
        ("cdi", "", ""),
    ],
)
def test_an_offer_says_who_may_answer(client, contract, sent_by, said):
    page = offer(sent_by=sent_by)
    JobOfferPage.objects.filter(pk=page.pk).update(contract=contract)
    text = words(parse(client.get(page.url)).main)
    sentences = "Vous pouvez répondre vous-même. Votre conseiller peut aussi vous envoyer.", "Passez d’abord par : la Mission locale"
    assert [sentence for sentence in sentences if sentence in text] == [said] * bool(said)


def test_the_simple_version_counts_the_open_offers(client):
    closed_offer("Une offre close")
    no_offer = "Il n’y a pas d’offre en ce moment. Vous pouvez demander un travail. Laissez votre numéro. La Régie lit chaque demande."
    assert no_offer in words(parse(client.get(SIMPLE)).main)
    offer("Première"), offer("Deuxième")
    assert "Il y a 2 offres d’emploi en ce moment." in words(parse(client.get(SIMPLE)).main)


@pytest.mark.postgresql
def test_the_page_has_its_offers_at_hand():
    last, first = offer("Deuxième", date(2100, 3, 1)), offer("Première", date(2100, 2, 1))
    assert list(JobsPage.objects.get().offers) == [first, last]


def test_an_offer_without_a_last_day_stays_for_sixty_days_from_its_publication(client):
    with time_machine.travel(datetime(2027, 1, 1, 12, tzinfo=UTC)) as clock:
        offer("Avec une date", date(2027, 2, 1))
        page = offer(last_day=None)
        page.save_revision().publish()
        text = words(parse(client.get(page.url)).main)
        assert "sans date limite" in text
        assert "jusqu’au" not in text
        assert [each.title for each in JobsPage.objects.get().offers] == ["Avec une date", page.title]  # what has an end comes first
        clock.move_to(datetime(2027, 3, 1, 22, 59, tzinfo=UTC))
        assert client.get(page.url).status_code == 200
        clock.move_to(datetime(2027, 3, 1, 23, 1, tzinfo=UTC))
        assert client.get(page.url).status_code == 410
        assert "jusqu’au 1er mars 2027" in words(parse(client.get(page.url)).main).replace("\u00a0", " ").replace("1 mars", "1er mars")


def mails(day):
    """Runs what is due on a day of 2027, and returns the subjects and bodies of the mails that this queued."""
    OutgoingMail.objects.all().delete()
    with time_machine.travel(datetime.combine(day, time(12), tzinfo=UTC)):
        JobOfferPage.warn()
    return [(mail.recipient, mail.subject, mail.body) for mail in OutgoingMail.objects.all()]


def test_staff_are_asked_twice_before_an_offer_leaves_and_keep_it_with_a_click(client, admin):
    organisation = Organisation.get()
    organisation.recipients = [Recipient(email="emploi@example.org", subject="emploi"), Recipient(email="site@example.org", subject="site")]
    organisation.save()
    with time_machine.travel(datetime(2027, 1, 1, 12, tzinfo=UTC)):
        page = offer(last_day=None)
        page.save_revision().publish()
    assert mails(date(2027, 2, 15)) == []  # it leaves on 2 March
    ((recipient, subject, body),) = mails(date(2027, 2, 16))
    assert (recipient, subject) == ("emploi@example.org", f"Offre à confirmer : {page.title}")
    assert "le 2 mars 2027" in body
    assert mails(date(2027, 2, 17)) == mails(date(2027, 2, 26)) == []
    assert len(mails(date(2027, 2, 27))) == 1
    assert mails(date(2027, 2, 28)) == []
    with time_machine.travel(datetime(2027, 2, 28, 12, tzinfo=UTC)):
        member = admin("Publication")
        address = reverse("confirm_page", args=[page.pk])
        assert address in body
        assert address in [link for _, link in links(parse(member.get("/admin/")).main)]
        assert "Oui, la garder" in words(parse(member.get(address)))
        member.post(address)
        assert address not in [link for _, link in links(parse(member.get("/admin/")).main)]
        page.get_latest_revision().publish()  # which knows nothing of the click
    assert mails(date(2027, 4, 14)) == []
    assert len(mails(date(2027, 4, 15))) == 1  # 14 days before the next sixtieth day
    for day, status in ((28, 200), (29, 410)):
        with time_machine.travel(datetime(2027, 4, day, 12, tzinfo=UTC)):
            assert client.get(page.url).status_code == status


def test_a_publication_begins_the_sixty_days_anew():
    with time_machine.travel(datetime(2027, 1, 1, 12, tzinfo=UTC)) as clock:
        page = offer(last_day=None)
        page.save_revision().publish()
        clock.move_to(datetime(2027, 2, 20, 12, tzinfo=UTC))
        JobOfferPage.warn()
        page.save_revision().publish()
        JobOfferPage.warn()
        page.refresh_from_db()
        assert (page.over_from, page.warnings) == (date(2027, 4, 21), 0)


def test_only_who_publishes_keeps_an_offer_and_one_with_a_last_day_ends_on_it(admin):
    page, dated = offer(last_day=None), offer("Avec une date")
    page.save_revision().publish()
    assert admin("Rédaction").post(reverse("confirm_page", args=[page.pk])).status_code in {302, 403}
    page.refresh_from_db()
    assert page.confirmed_on is None
    member = admin("Publication")
    before = dated.over_from
    assert member.post(reverse("confirm_page", args=[dated.pk])).status_code == 302
    dated.refresh_from_db()
    assert dated.over_from == before
    assert member.post(reverse("confirm_page", args=[page.pk])).status_code == 302
    page.refresh_from_db()
    assert page.confirmed_on


def test_a_last_day_that_is_over_is_refused_but_an_old_offer_can_be_mended():
    with pytest.raises(ValidationError, match="déjà passé"):
        offer(last_day=date(2020, 1, 31))
    page = offer()
    JobOfferPage.objects.filter(pk=page.pk).update(last_day=date(2020, 1, 31))
    page.refresh_from_db()
    page.title = "Un titre mieux écrit"
    page.full_clean()


@pytest.mark.parametrize("hours", ["0.5", "48.5", "100"])
def test_a_week_has_forty_eight_hours_of_work_at_most(hours):
    with pytest.raises(ValidationError, match="hours"):
        offer(hours=hours)


def test_what_is_not_known_of_an_offer_leaves_no_hole(client):
    page = parse(client.get(offer().url)).main
    assert (
        set(facts(page))
        & {
            "Temps de travail",
            "Salaire",
            "Durée",
            "Nombre de postes",
            "Qui contacter d’abord",
            "Lieu de travail",
            "Début",
            "Quartier",
            "Quartiers",
        }
        == set()
    )
    assert "Qui peut répondre" not in words(page)
    assert "Candidature possible jusqu’au" in words(page)


def test_an_offer_is_a_row_with_its_last_day_and_three_short_lists(client):
    offer(hours=26, wage_from=Decimal("12.5"), length="4 mois", posts=2, place="Belfort")
    page = offer("Sans date", last_day=None)
    page.contract = "cdi"
    page.save()
    first, second = parse(client.get("/travailler-a-la-regie/")).select("#offres ~ .agenda > li")
    assert words(first.select_one(".plate")) == "jusqu’au 31 janvier 2100"
    assert [words(line) for line in first.select("div p")] == [
        "CDD d’insertion · 26 h par semaine",
        "12,50 € brut de l’heure · 4 mois · 2 postes",
        "Belfort",
    ]
    assert words(second.select_one(".plate")) == "sans date limite"
    assert [words(line) for line in second.select("div p")] == ["CDI"]


def test_hours_are_written_as_in_french(client):
    assert facts(parse(client.get(offer(hours="26.5").url)))["Temps de travail"].startswith("26,5 heures")


def test_what_is_known_of_an_offer_is_said(client):
    fill_jobs()
    page = parse(client.get("/travailler-a-la-regie/agente-ou-agent-de-proprete/"))
    known = facts(page.main)
    assert (known["Salaire"], known["Durée"], known["Postes"]) == ("de 1 500 à 1 650,50 € brut par mois", "Quatre mois", "2")
    assert "Passez d’abord par : Un organisme d’exemple" in words(page.select_one(".page-head"))
    steps = [words(step) for step in parse(client.get(LISTS[0])).select(".steps li")]
    assert steps == ["D’abordUne phrase.", "EnsuiteUne phrase."]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"at_minimum_wage": True}, "au SMIC"),
        ({"wage_from": Decimal(13)}, "13 € brut de l’heure"),
        ({"wage_from": Decimal("12.1"), "wage_to": Decimal(13)}, "de 12,10 à 13 € brut de l’heure"),
        ({"wage_from": Decimal(1800), "wage_unit": "MONTH"}, "1 800 € brut par mois"),
        ({}, ""),
    ],
)
def test_the_pay_is_said_in_words(fields, said):
    assert JobOfferPage(**fields).wage.replace("\xa0", " ").replace("\u202f", " ") == said


@pytest.mark.parametrize(
    ("fields", "refused"),
    [
        ({"at_minimum_wage": True, "wage_from": Decimal(13)}, "wage_from"),
        ({"wage_to": Decimal(13)}, "wage_from"),
        ({"wage_from": Decimal(14), "wage_to": Decimal(13)}, "wage_to"),
        ({"wage_from": Decimal(1500)}, "wage_unit"),
        ({"wage_from": Decimal(13), "wage_unit": "MONTH"}, "wage_unit"),
    ],
)
def test_amounts_that_do_not_fit_are_refused(fields, refused):
    page = offer()
    for name, value in fields.items():
        setattr(page, name, value)
    with pytest.raises(ValidationError) as error:
        page.full_clean()
    assert list(error.value.message_dict) == [refused]


def test_an_offer_without_pay_is_published_and_staff_are_told_what_is_missing(client, admin):
    asked = "C’est en ligne. Il manque le salaire"
    page, client = offer(), admin("Publication")
    assert asked in words(parse(publish(client, page)))
    assert asked not in words(parse(publish(client, page, wage_from="12,50", hours="26,5")))
    page.refresh_from_db()
    assert (page.wage_from, page.hours) == (Decimal("12.50"), Decimal("26.5"))


def publish(client, page, **fields):
    form = reverse("wagtailadmin_pages:edit", args=[page.pk])
    return client.post(form, {**filled(client.get(form)), "body-count": "0", "action-publish": "1"} | fields, follow=True)


def test_a_visitor_sends_an_offer_with_the_words_that_staff_copy(client):
    page = offer(at_minimum_wage=True, introduction="Dehors & dedans.")
    sent = dict(links(parse(client.get(page.url)).main))
    text = unquote(sent["par SMS"].removeprefix("sms:?&body="))
    assert text.split("\n")[0] == page.title
    assert "Dehors & dedans." in text
    assert text.split("\n")[-1] == page.full_url
    assert unquote(sent["par e-mail"]) == f"mailto:?subject={page.title}&body={text}".replace("\n", "\r\n")


def end(client, page, outcome):
    return client.post(reverse("end_offer", args=[page.pk, outcome]), follow=True)


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("outcome", "words_of_it"), [("pourvue", "Ce poste est pourvu."), ("annulee", "La Régie ne recherche plus pour ce poste.")]
)
def test_an_offer_is_closed_early_and_opened_again(client, admin, outcome, words_of_it):
    contact = ContactPage.objects.get()
    offer("Une autre offre")
    with time_machine.travel(datetime(2027, 5, 3, 12, tzinfo=UTC)) as clock:
        page = offer()
        member = admin("Publication")
        page.save_revision().publish()
        answer = end(member, page, outcome)
        assert words_of_it in words(parse(answer))
        assert page.url not in client.get(LISTS[0]).content.decode()
        closed = client.get(page.url)
        assert closed.status_code == 200  # a click may be a mistake
        text = words(parse(closed).main)
        assert text.index(words_of_it) < text.index("Une autre offre") < text.index("Laissez votre numéro")
        assert f"{contact.url}?rappel=oui" in str(parse(closed).select_one("#formulaire"))
        edit = parse(member.get(reverse("wagtailadmin_pages:edit", args=[page.pk])))
        assert words_of_it in words(edit)
        page.get_latest_revision().publish()  # which knows nothing of the click
        assert words_of_it in words(parse(client.get(page.url)))
        clock.move_to(datetime(2027, 5, 4, 12, tzinfo=UTC))
        closed = client.get(page.url)
        assert (closed.status_code, words_of_it in words(parse(closed))) == (410, True)
        member.force_login(User.objects.get())
        assert "de nouveau ouverte" in words(parse(end(member, page, "ouverte")))
        assert client.get(page.url).status_code == 200
        assert page.url in client.get(LISTS[0]).content.decode()


def test_an_offer_without_a_last_day_that_is_opened_again_stays_for_sixty_days(client, admin):
    with time_machine.travel(datetime(2027, 1, 1, 12, tzinfo=UTC)) as clock:
        page = offer(last_day=None)
        page.save_revision().publish()
        page.end("pourvue", date(2027, 1, 1))
        clock.move_to(datetime(2027, 6, 1, 12, tzinfo=UTC))
        end(admin("Publication"), page, "ouverte")
        page.refresh_from_db()
        assert page.over_from == date(2027, 7, 31)


def test_an_offer_whose_last_day_has_passed_stays_closed_and_staff_are_told(client, admin):
    with time_machine.travel(datetime(2027, 1, 1, 12, tzinfo=UTC)) as clock:
        page = offer(last_day=date(2027, 1, 31))
        page.save_revision().publish()
        page.end("annulee", date(2027, 1, 1))
        clock.move_to(datetime(2027, 2, 1, 12, tzinfo=UTC))
        assert "date limite de l’offre" in words(parse(end(admin("Publication"), page, "ouverte")))
        assert client.get(page.url).status_code == 410


def test_only_who_publishes_closes_an_offer_and_only_a_published_one(admin):
    page, draft = offer(), offer("Un brouillon", live=False)
    assert end(admin("Rédaction"), page, "pourvue").redirect_chain
    page.refresh_from_db()
    assert not page.outcome
    member = admin("Publication")
    assert member.get(reverse("end_offer", args=[page.pk, "pourvue"])).status_code == 405
    assert end(member, draft, "pourvue").status_code == end(member, page, "autre").status_code == 404
    assert member.post(f"/admin/offres/{'9' * 40}/pourvue/").status_code == 404


def test_the_history_says_who_closed_an_offer(admin):
    page, member = offer(), admin("Publication")
    end(member, page, "pourvue")
    history = words(parse(member.get(reverse("wagtailadmin_pages:history", args=[page.pk]))).main)
    assert User.objects.get().username in history.lower()


def test_a_copy_of_a_closed_offer_is_open():
    page = offer()
    page.end("pourvue", timezone.localdate())
    copy = page.copy(update_attrs={"slug": "copie"})
    assert (copy.outcome, copy.ended_on) == ("", None)
    assert copy in JobOfferPage.objects.public()


def test_what_can_be_done_with_an_offer_stands_in_the_menus_of_its_form_and_row(admin):
    page, _ = offer(), offer("Un brouillon", live=False)
    for group, found in (("Rédaction", 0), ("Publication", 2)):
        member = admin(group)
        for address in (reverse("wagtailadmin_explore", args=[page.get_parent().pk]), reverse("wagtailadmin_pages:edit", args=[page.pk])):
            entries = [link for link in parse(member.get(address)).select("button") if words(link) in {"Pourvue", "Annulée"}]
            assert len(entries) == found, address
            assert not [entry for entry in entries if "button" in entry.get("class", [])]  # which is dark on the dark ground of a menu
    page.end("pourvue", timezone.localdate())
    assert sum(words(link) == "Rouvrir" for link in parse(member.get(address)).select("button")) == 1


def test_a_published_offer_is_closed_by_a_last_day_that_has_passed(client):
    page = offer()
    page.save_revision().publish()
    page.refresh_from_db()
    page.last_day = timezone.localdate() - timedelta(days=1)
    page.save_revision().publish()
    assert client.get(page.url).status_code == 410
