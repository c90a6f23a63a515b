"""Legal pages: they contain the facts that are known, hide those that are not, and agree with the code."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from html import unescape

import pytest
import time_machine
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from examples import ORGANISATION_TEXTS, fill_organisation, without_explanations
from reading import links, parse, words

from pages.after_migrate import set_up
from pages.models import ContactPage, District, HomePage, LegalPage, Organisation, SiteImage

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
NOTICE, PRIVACY, ACCESSIBILITY = "/mentions-legales/", "/donnees-personnelles/", "/accessibilite/"


def main(client, address):
    text = unescape(without_explanations(client.get(address).content.decode()))
    return re.sub(r"\s+", " ", text[text.index("<main") : text.index("</main")])


HIDDEN = {
    NOTICE: [
        "SIREN",
        "RNA",
        "TVA",
        "responsable de la publication",
        "héberge ce site ?",
        "réalisé ce site",
        "Crédits des photos",
        "Téléphone",
    ],
    PRIVACY: ["déléguée à la protection", "Où sont gardées"],
    ACCESSIBILITY: ["article 47", "établie le", "lecteurs d’écran utilisés", "Pages vérifiées", "Téléphone"],
}


def test_the_page_about_data_reads_for_how_long_things_are_kept(client, settings):
    settings.BACKUP_DAYS, settings.LOG_DAYS, settings.LIMIT_DAYS = 41, 42, 43
    page = main(client, PRIVACY)
    assert "copie de sauvegarde peut rester 41 jours de plus" in page
    assert "Il l’efface après 42 jours" in page
    assert "Ce compte est effacé après 43 jours" in page


@pytest.mark.parametrize("address", HIDDEN)
def test_a_sentence_with_an_empty_field_is_hidden_until_it_is_filled(client, address):
    empty = main(client, address)
    assert not [words for words in HIDDEN[address] if words in empty]
    assert not re.search(r": ?</(li|p|h2)>", empty)
    fill_organisation()
    filled = main(client, address)
    assert not [words for words in HIDDEN[address] if words not in filled]


def test_every_legal_field_stands_on_a_page(client):
    """Each with a different text, so that a test cannot find it by chance."""
    fill_organisation()
    values = {name: f"Valeur de {name}" for name in ORGANISATION_TEXTS}
    Organisation.objects.update(**values)
    text = "".join(main(client, address) for address in (NOTICE, PRIVACY, ACCESSIBILITY, "/contact/"))
    assert [name for name, value in values.items() if value not in text] == []


def test_the_notice_says_who_publishes_with_what_is_known(client):
    text = main(client, NOTICE)
    for said in ("Nom : Régie des Quartiers de Belfort", "Forme juridique : association", "Siège social : quartier des Glacis"):
        assert said in text.replace("\u00a0", " ")


@pytest.mark.parametrize("months", [12, 6])
def test_the_time_that_messages_are_kept_is_the_one_that_the_code_keeps_to(client, settings, months):
    settings.MESSAGE_MONTHS = months
    for address in (PRIVACY, "/contact/"):
        assert f"{months} mois après l’envoi" in main(client, address).replace("\u00a0", " ")


def test_what_the_privacy_page_says_of_cookies_is_true(client):
    assert "n’enregistre aucun cookie" in main(client, PRIVACY)
    for address in ("/", PRIVACY, "/contact/"):
        client.get(address)
    client.post("/contact/", {"subject": "autre", "text": "Bonjour.", "email": "a@example.org"})
    assert not client.cookies


def test_what_the_privacy_page_says_of_fields_is_true(client):
    from pages.models.contact_form import ContactForm

    assert {name for name, field in ContactForm.base_fields.items() if field.required} == {"subject", "text"}  # and one way to answer
    stored = {"subject", "text", "phone", "email", "name", "organisation", "place", "date_wished", "buildings", "frequency"}
    assert set(ContactForm.base_fields) - {"website"} == stored
    text = words(parse(client.get(PRIVACY)).main)
    for said in (
        "votre téléphone ou votre adresse",
        "le sujet et votre message",
        "votre nom",
        "votre organisme, le lieu et la date",
        "le nombre de bâtiments et la fréquence",
    ):
        assert said in text


def test_without_an_audit_the_site_is_not_conform_and_says_so_on_every_page(client):
    assert "Ce site est non conforme" in words(parse(client.get(ACCESSIBILITY)).main)
    for address in ("/", "/contact/", "/pas-de-page/"):
        assert ("Accessibilité : non conforme", ACCESSIBILITY) in links(parse(client.get(address)).footer)


@pytest.mark.parametrize(
    ("rate", "state"), [("0", "non"), ("49.9", "non"), ("50", "partiellement"), ("99.9", "partiellement"), ("100", "totalement")]
)
def test_the_state_is_the_one_that_the_audit_found(client, rate, state):
    Organisation.objects.update(audit_rate=Decimal(rate), audited_by="Un cabinet")
    text = words(parse(client.get(ACCESSIBILITY)).main)
    assert f"Ce site est {state} conforme" in text
    assert f"{rate.replace('.', ',')} % des critères" in text
    assert "Sans audit" not in text
    assert ("pas trouvé de contenu non accessible" in text) is (rate == "100")
    assert f"Accessibilité : {state} conforme" in words(parse(client.get("/")).footer)


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"audit_rate": Decimal(72)}, "audited_by"),
        ({"audit_rate": Decimal(72), "audited_by": "Un cabinet"}, "not_accessible"),
        ({"audit_rate": Decimal(100), "audited_by": "Un cabinet", "not_accessible": "Une carte"}, "not_accessible"),
        ({"audit_rate": Decimal(100), "audited_by": "Un cabinet", "exempted": "Une vidéo", "out_of_scope": "Un document"}, ""),
        ({"audit_rate": Decimal(72), "audited_by": "Un cabinet", "not_accessible": "Une carte"}, ""),
    ],
)
def test_an_accessibility_statement_does_not_contradict_itself(client, fields, wrong):
    organisation = Organisation.get()
    for name, value in fields.items():
        setattr(organisation, name, value)
    if wrong:
        with pytest.raises(ValidationError) as refused:
            organisation.full_clean()
        assert list(refused.value.message_dict) == [wrong]
    else:
        organisation.full_clean()


@pytest.mark.parametrize(
    ("country", "is_asked"),
    [
        ("", False),
        ("France", False),
        ("France.", False),
        ("Allemagne et Irlande", False),
        ("Pays-Bas, Norvège", False),
        ("Union européenne", False),
        ("États-Unis", True),
        ("France, Suisse", True),
    ],
)
def test_outside_europe_what_protects_the_data_is_asked_for(client, country, is_asked):
    organisation = Organisation.get()
    organisation.hosting_country = country
    assert ("transfer_safeguards" in organisation.get_missing()) is is_asked
    organisation.transfer_safeguards = "Clauses types, copie sur demande"
    organisation.save()
    assert "transfer_safeguards" not in organisation.get_missing()
    assert ("Clauses types" in main(client, PRIVACY)) is is_asked
    Organisation.objects.update(transfer_safeguards="")
    assert ("Demandez à la Régie ce qui protège" in main(client, PRIVACY)) is is_asked


def test_an_audit_and_article_47_ask_for_what_the_statement_needs():
    assert not {"accessibility_plan", "test_tools", "pages_tested"} & set(Organisation.get().get_missing())
    organisation = Organisation(audit_rate=Decimal(72), article_47=True)
    assert {"accessibility_plan", "test_tools", "pages_tested"} <= set(organisation.get_missing())


def page_of(kind):
    return LegalPage.objects.get(kind=kind)


def validate(kind):
    page = page_of(kind)
    page.validated_on = timezone.localdate()
    page.save_revision().publish()


def test_a_legal_page_is_validated_again_and_has_a_new_date_when_a_fact_on_it_changes(client):
    with time_machine.travel("2026-11-02 12:00Z") as clock:
        for kind in LegalPage.Kind.values:
            validate(kind)
            assert not page_of(kind).is_to_validate
        clock.move_to(datetime(2026, 11, 20, 10, tzinfo=UTC))
        organisation = Organisation.get()
        organisation.host, organisation.opening_hours = "Un hébergeur", "Le lundi"
        organisation.save()
        assert [kind for kind in LegalPage.Kind.values if page_of(kind).is_to_validate] == ["notice"]
        for kind, day in (("notice", 20), ("privacy", 2)):
            assert f"Page mise à jour le {day} novembre 2026" in words(parse(client.get(page_of(kind).url)).footer)
        page_of("notice").save_revision().publish()  # of another text: the date of the validation is still the old one
        assert page_of("notice").is_to_validate
        validate("notice")
        assert not page_of("notice").is_to_validate
        organisation.host = "Un autre hébergeur"  # on the same day, but later
        clock.shift(timedelta(hours=1))
        organisation.save()
        assert page_of("notice").is_to_validate


def test_a_quartier_and_a_release_change_a_legal_page_too(settings):
    validate("notice")
    validate("privacy")
    seat = District.objects.get(is_seat=True)
    seat.name = "Remparts"
    seat.save()
    assert page_of("notice").is_to_validate
    assert not page_of("privacy").is_to_validate
    settings.MESSAGE_MONTHS = 6
    set_up()
    assert page_of("privacy").is_to_validate


def test_staff_are_asked_to_validate_again(admin):
    validate("notice")
    Organisation.objects.update(host="Un hébergeur")
    LegalPage.note_changes()
    panel = words(parse(admin("Publication").get("/admin/")).main)
    assert "Mentions légales : une information y a changé" in panel
    assert "Données personnelles : à valider" in panel


def test_what_the_privacy_page_says_of_photographs_is_true(client):
    text = main(client, PRIVACY)
    for said in (
        "qui a donné son accord, quel jour, pour quoi et jusqu’à quand",
        "Le lendemain, le site ne montre plus la photo",
        "après 3 ans",
    ):
        assert said in text.replace("\u00a0", " ")
    assert {"consent_by", "consent_on", "consent_for", "consent_until"} <= {field.name for field in SiteImage._meta.fields}


def test_what_becomes_of_an_application_is_said(client, settings):
    settings.MESSAGE_MONTHS, settings.APPLICATION_MONTHS = 5, 7
    page = parse(client.get(PRIVACY)).main
    section = words(page.find("h2", string="Les candidatures").find_next_sibling("ul"))
    for said in ("But :", "Base légale :", "7 mois après l’envoi"):
        assert said in section
    form = parse(client.get("/contact/")).form
    (line,) = form.select(".hint:has(a[href='#donnees'])")
    assert "5 mois, ou 7 mois pour un emploi" in words(line)
    assert line.find_next("button") is form.find("button")


@pytest.mark.parametrize(
    ("typed", "is_right"),
    [
        *((number, True) for number in ("732829320", "732 829 320", "123456782", "100000009", "900000001", "191919190")),
        *((number, False) for number in ("732829321", "723829320", "123456789", "100000001", "7328", "abc", "7328293200")),
    ],
)
def test_a_siren_is_checked_by_its_last_digit(typed, is_right):
    organisation = Organisation.get()
    organisation.siren = typed
    if not is_right:
        with pytest.raises(ValidationError, match="SIREN"):
            organisation.full_clean()
    else:
        organisation.full_clean()


def test_each_kind_exists_once():
    with pytest.raises(ValidationError, match="existe déjà"):
        LegalPage(title="Encore", slug="encore", kind="notice", depth=3, path="000100019999").full_clean()
    assert not LegalPage.can_create_at(HomePage.objects.get())


def test_a_page_is_not_validated_before_its_day():
    page = LegalPage.objects.first()
    page.validated_on = timezone.localdate() + timedelta(days=1)
    with pytest.raises(ValidationError, match="pas encore venue"):
        page.full_clean()


@pytest.mark.parametrize(("field", "wrong", "right"), [("rna", "W90", "W901000000"), ("vat_number", "FR12", "FR44732829320")])
def test_official_numbers_have_their_form(field, wrong, right):
    organisation = Organisation.get()
    setattr(organisation, field, wrong)
    with pytest.raises(ValidationError, match="Vérifiez ce numéro"):
        organisation.full_clean()
    setattr(organisation, field, right)
    organisation.full_clean()


def test_weaknesses_can_be_reported_once_there_is_a_way(client):
    with time_machine.travel(datetime(2026, 11, 24, 12, tzinfo=UTC)):
        Organisation.objects.update(email="contact@example.org")
        lines = client.get("/.well-known/security.txt").content.decode().splitlines()
    assert lines[:2] == ["Contact: mailto:contact@example.org", f"Contact: {settings.SITE_URL}/contact/"]
    assert lines[2] == "Expires: 2027-05-23T00:00:00Z"
    Organisation.objects.update(email="")
    ContactPage.objects.get().unpublish()
    assert client.get("/.well-known/security.txt").status_code == 404
