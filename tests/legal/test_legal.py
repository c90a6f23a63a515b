"""Legal pages: they contain the facts that are known, hide those that are not, and agree with the code."""

import re
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from hashlib import sha256
from html import unescape

import pytest
import time_machine
from assertions import links, parse, words
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from examples import ORGANISATION_TEXTS, fill_organisation, without_explanations

from pages.legal.models import WORDING_CHANGED
from pages.models import ContactPage, HomePage, LegalPage, Organisation, SiteImage
from pages.text.dates import belfort_datetime, format_day

pytestmark = pytest.mark.django_db
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
    Organisation.objects.update(hosted_outside_europe=True, **values)
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
    from pages.contact.form import ContactForm

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


@pytest.mark.parametrize("is_outside", [True, False])
def test_outside_europe_what_protects_the_data_is_asked_for(client, is_outside):
    organisation = Organisation.get()
    organisation.hosting_country, organisation.hosted_outside_europe = "Un pays", is_outside
    assert ("transfer_safeguards" in organisation.get_missing()) is is_outside
    organisation.transfer_safeguards = "Clauses types, copie sur demande"
    organisation.save()
    assert "transfer_safeguards" not in organisation.get_missing()
    assert ("Clauses types" in main(client, PRIVACY)) is is_outside
    Organisation.objects.update(transfer_safeguards="")
    assert ("Demandez à la Régie ce qui protège" in main(client, PRIVACY)) is is_outside


def test_an_audit_and_article_47_ask_for_what_the_statement_needs():
    assert not {"accessibility_plan", "test_tools", "pages_tested"} & set(Organisation.get().get_missing())
    organisation = Organisation(audit_rate=Decimal(72), article_47=True)
    assert {"accessibility_plan", "test_tools", "pages_tested"} <= set(organisation.get_missing())


# Of each template, when WORDING_CHANGED has its day.
CHECKSUMS = {
    "notice": "d3611fc9e99d",
    "privacy": "b44298716525",
    "accessibility": "5cbba1d78f4d",
}


@pytest.mark.parametrize("kind", LegalPage.Kind.values)
def test_the_day_on_which_a_wording_changed_is_known(kind):
    checksum = sha256((settings.BASE_DIR / "templates" / "legal" / f"{kind}.html").read_bytes()).hexdigest()[:12]
    assert checksum == CHECKSUMS[kind], (
        f"If visitors read other words now, put today into WORDING_CHANGED (pages/legal/models.py); then the checksum {checksum} here."
    )


@pytest.mark.parametrize("kind", LegalPage.Kind.values)
def test_a_legal_page_is_validated_again_when_its_wording_has_changed(client, admin, kind):
    page = LegalPage.objects.get(kind=kind)
    changed_on = WORDING_CHANGED[kind]
    page.validated_on = changed_on
    page.save_revision().publish()
    LegalPage.objects.update(last_published_at=belfort_datetime(changed_on, time(12)))
    assert not LegalPage.objects.get(kind=kind).is_to_validate
    LegalPage.objects.update(validated_on=changed_on - timedelta(days=1), last_published_at=belfort_datetime(date(2026, 1, 1), time(12)))
    assert LegalPage.objects.get(kind=kind).is_to_validate
    assert f"Page mise à jour le {format_day(changed_on, 'j F Y')}" in words(parse(client.get(page.url)).footer)
    panel = words(parse(admin("Publication").get("/admin/")).main)
    assert f"{page.title} : une mise à jour du site en a changé le texte" in panel


def test_a_page_that_nobody_has_validated_is_to_be(admin):
    assert "Données personnelles : à valider" in words(parse(admin("Publication").get("/admin/")).main)


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
    (line,) = form.select("p:has(a[href='#donnees'])")
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


def test_a_legal_page_without_an_introduction_has_no_description(client):
    LegalPage.objects.update(introduction="", search_description="")
    for page in LegalPage.objects.all():
        assert not parse(client.get(page.url)).select("meta[name=description]")


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
