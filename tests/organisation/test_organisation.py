"""The organisation: one row that every page reads; what is empty is not shown."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from assertions import filled, links, parse, words
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from pages.models import District, Organisation, SocialLink

pytestmark = pytest.mark.django_db


def change(**fields):
    organisation = Organisation.get()
    for name, value in fields.items():
        setattr(organisation, name, value)
    organisation.full_clean()
    organisation.save()
    return organisation


def test_empty_fields_leave_no_trace(client):
    text = client.get("/").content.decode()
    for trace in ("tel:", "mailto:", "<address>", "Appeler", "sur un plan"):
        assert trace not in text


@pytest.mark.postgresql
def test_each_link_to_the_phone_says_so(filled_site):
    found = {text for answer in filled_site.answers.values() if answer.is_page for text, address in links(answer.page) if "tel:" in address}
    assert found == {"Appeler le 03 84 00 00 00", "03 84 00 00 00", "Appeler le 39 49"}


@pytest.mark.parametrize("address", ["/", "/qui-sommes-nous/", "/qui-sommes-nous/mission/", "/pas-de-page/"])
def test_every_page_shows_what_is_known(client, address):
    change(
        phone="0384000000",
        email="contact@example.org",
        address="1 rue de l’Exemple\n90000 Belfort",
        opening_hours="Du lundi au vendredi",
        map_url="https://www.example.org/plan",
    )
    page = parse(client.get(address))
    assert "tel:+33-3-84-00-00-00" in dict(links(page.header)).values()
    assert {"mailto:contact@example.org", "https://www.example.org/plan"} <= set(dict(links(page.footer)).values())
    assert "1 rue de l’Exemple 90000 Belfort" in words(page.footer)
    assert "Du lundi au vendredi" in words(page.footer)


def test_the_number_is_kept_in_two_ways(client):
    assert client.get("/contact.vcf").status_code == 404
    assert "/contact.vcf" not in client.get("/contact/").content.decode()
    change(
        name="Régie, un; exemple",
        phone="0384000000",
        sms_phone="0600000000",
        email="contact@example.org",
        address="1 rue de l’Exemple\n90000 Belfort",
        opening_hours="Le lundi,\nde 9 h à 12 h",
    )
    answer = client.get("/contact.vcf")
    assert answer["Content-Type"] == "text/vcard; charset=utf-8"
    assert answer.content.decode().replace("\r\n ", "").split("\r\n") == [
        "BEGIN:VCARD",
        "VERSION:3.0",
        "N:;Régie\\, un\\; exemple;;;",
        "FN:Régie\\, un\\; exemple",
        "ORG:Régie\\, un\\; exemple",
        "TEL;TYPE=WORK:+33-3-84-00-00-00",
        "TEL;TYPE=CELL:+33600000000",
        "ADR:;;1 rue de l’Exemple\\, 90000 Belfort;;;;",
        "EMAIL:contact@example.org",
        "NOTE:Le lundi\\,\\nde 9 h à 12 h",
        "URL:http://127.0.0.1:8000/",
        "END:VCARD",
        "",
    ]
    page = parse(client.get("/contact/"))
    assert ("Enregistrer ce numéro dans vos contacts", "/contact.vcf") in links(page.main)
    sent = parse(client.get("/contact/", {"envoye": signing.dumps(["emploi", None])}))
    assert "Le numéro de la Régie est le 03 84 00 00 00. Enregistrez-le : vous saurez qui appelle." in words(sent.main)
    assert ("Enregistrer ce numéro", "/contact.vcf") in links(sent.main)


def test_pages_search_engines_and_address_books_agree_on_numbers_and_hours(client):
    change(phone="0384000000", sms_phone="0600000000", email="contact@example.org", opening_hours="Du lundi au vendredi")
    card = client.get("/contact.vcf").content.decode()
    assert "TEL;TYPE=WORK:+33-3-84-00-00-00" in card
    assert "NOTE:Du lundi au vendredi" in card
    for address in ("/contact/", "/travailler-a-la-regie/", "/travailler-a-la-regie/version-simple/"):
        page = parse(client.get(address))
        addresses = {address for _, address in links(page) if address.startswith(("tel:", "sms:"))}
        assert addresses == {"tel:+33-3-84-00-00-00", "sms:+33600000000"}
        assert "Du lundi au vendredi" in words(page)
    data = parse(client.get("/contact/")).select_one("script[type='application/ld+json']").string
    assert '"telephone":"+33-3-84-00-00-00"' in data
    found = words(parse(client.get("/recherche/?q=téléphone")).main)
    assert "Téléphone : 03 84 00 00 00 SMS : 06 00 00 00 00 Adresse e-mail : contact@example.org Horaires : Du lundi au vendredi" in found


def test_a_mobile_for_sms_is_beside_the_phone(client):
    change(phone="0384000000", sms_phone="+33 6 00 00 00 00")
    for address in ("/travailler-a-la-regie/", "/travailler-a-la-regie/version-simple/"):
        assert ("Envoyer un SMS au 06 00 00 00 00", "sms:+33600000000") in links(parse(client.get(address)).main)
    assert ("06 00 00 00 00", "sms:+33600000000") in links(parse(client.get("/contact/")).main)
    with pytest.raises(ValidationError):
        change(sms_phone="0384000000")


def test_staff_are_asked_once_in_half_a_year_whether_somebody_reads_the_sms(client, staff):
    asked, user = "quelqu’un lit-il encore les SMS ?", staff("Publication")
    with time_machine.travel(datetime(2027, 1, 1, 12, tzinfo=UTC)):
        change(sms_phone="0600000000").save_revision()
    for day, is_asked in ((datetime(2027, 6, 30, tzinfo=UTC), False), (datetime(2027, 7, 3, tzinfo=UTC), True)):
        with time_machine.travel(day):
            client.force_login(user)
            assert (asked in words(parse(client.get("/admin/")))) is is_asked
    with time_machine.travel(day):
        Organisation.get().save_revision()
        assert asked not in words(parse(client.get("/admin/")))


def test_social_links_and_network_stand_in_the_footer(client):
    change(social_links=[SocialLink(name="Réseau d’exemple", url="https://social.example.org/")])
    footer = parse(client.get("/")).footer
    (link,) = footer.select("a[href='https://social.example.org/']")
    assert words(link).startswith("Réseau d’exemple")
    assert "Membre du Mouvement des Régies" in words(footer)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [("0384000000", "03 84 00 00 00"), ("03.84.00.00.00", "03 84 00 00 00"), ("+33 3 84 00 00 00", "03 84 00 00 00")],
)
def test_a_phone_number_is_written_in_one_way(typed, shown):
    assert change(phone=typed).phone == shown


@pytest.mark.parametrize(
    "typed",
    ["12", "03 84 00 00", "n’importe quoi", "03840000000000", "0384000000;ext=12", "<b>0384000000", "javascript:0384000000", "()", "+"],
)
def test_a_wrong_phone_number_is_refused_in_plain_french(typed):
    with pytest.raises(ValidationError, match="Vérifiez ce numéro"):
        change(phone=typed)


def test_a_number_that_is_wrong_in_the_database_breaks_no_page(client):
    Organisation.objects.update(phone="03 99")
    assert client.get("/").status_code == 200


@pytest.mark.parametrize(
    ("instant", "shown"),
    [
        (datetime(2026, 7, 31, 21, 59, tzinfo=UTC), False),  # 31 July, 23:59 in Belfort
        (datetime(2026, 7, 31, 22, 0, tzinfo=UTC), True),  # 1 August, 00:00
        (datetime(2026, 8, 15, 21, 59, tzinfo=UTC), True),  # 15 August, 23:59
        (datetime(2026, 8, 15, 22, 0, tzinfo=UTC), False),
    ],
)
def test_the_notice_is_shown_from_its_first_day_to_its_last(client, instant, shown):
    change(notice="Fermé en août.", notice_from=datetime(2026, 8, 1).date(), notice_until=datetime(2026, 8, 15).date())
    with time_machine.travel(instant, tick=False):
        assert ("Fermé en août." in client.get("/").content.decode()) is shown


def test_a_notice_needs_its_last_day_after_its_first():
    with pytest.raises(ValidationError, match="dernier jour"):
        change(notice="Fermé.", notice_until=None)
    with pytest.raises(ValidationError, match="dernier jour"):
        change(notice="Fermé.", notice_from=datetime(2026, 8, 2).date(), notice_until=datetime(2026, 8, 1).date())


@pytest.mark.postgresql
def test_there_is_one_organisation():
    Organisation(name="Une autre").save()
    assert Organisation.objects.count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Organisation.objects.bulk_create([Organisation(pk=2, name="Une deuxième")])


def test_another_association_could_start_from_nothing(client):
    Organisation.objects.all().delete()
    District.objects.all().delete()
    for address in ("/", "/qui-sommes-nous/", "/pas-de-page/"):
        text = client.get(address).content.decode()
        assert "<main" in text
        assert 'class="quartiers"' not in text


def test_districts_stand_on_the_home_page_in_order_with_the_seat(client):
    shown = [words(district) for district in parse(client.get("/")).select(".quartiers li")]
    assert shown == ["Les Glacis Le quartier du siège", "Les Résidences", "Le Mont/Pépinière", "Belfort Nord"]
    with pytest.raises(ValidationError, match="déjà celui du siège"):
        District(name="Autre", is_seat=True).full_clean()


def test_the_notice_is_in_a_landmark(client):
    Organisation.objects.update(notice="Fermé lundi.", notice_until=date(2100, 1, 1))
    (notice,) = parse(client.get("/")).select("section.notice[aria-label]")
    assert words(notice) == "Fermé lundi."


@pytest.mark.postgresql
def test_numbers_of_registers_are_put_right(admin):
    client, address = admin("Publication"), reverse("wagtailsnippets_pages_organisation:edit", args=[1])
    fields = filled(client.get(address)) | {"rna": " w 901 000 123", "vat_number": "fr 12 345.678.901"}
    assert client.post(address, fields).status_code == 302
    assert (Organisation.get().rna, Organisation.get().vat_number) == ("W901000123", "FR12345678901")
    wrong = client.post(address, filled(client.get(address)) | {"rna": "W 901"})
    assert "le RNA commence par W" in str(wrong.context["form"].errors["rna"])
