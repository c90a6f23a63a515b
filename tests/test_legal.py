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

from pages.models import ContactPage, HomePage, LegalPage, Organisation

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
    PRIVACY: ["déléguée à la protection", "copie de sauvegarde", "Où sont gardées"],
    ACCESSIBILITY: ["article 47", "établie le", "lecteurs d’écran utilisés", "Pages vérifiées", "Téléphone"],
}


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
    stored = {"subject", "text", "phone", "email", "name", "organisation", "place", "date_wished"}
    assert set(ContactForm.base_fields) - {"website"} == stored
    text = words(parse(client.get(PRIVACY)).main)
    for said in ("votre téléphone ou votre adresse", "le sujet et votre message", "votre nom", "votre organisme, le lieu et la date"):
        assert said in text


def test_without_an_audit_the_site_is_not_conform_and_says_so_on_every_page(client):
    assert "Ce site est non conforme" in words(parse(client.get(ACCESSIBILITY)).main)
    for address in ("/", "/contact/", "/pas-de-page/"):
        assert ("Accessibilité : non conforme", ACCESSIBILITY) in links(parse(client.get(address)).footer)


def test_another_state_needs_an_audit(client):
    organisation = Organisation.get()
    organisation.accessibility = "partial"
    with pytest.raises(ValidationError, match="Sans audit"):
        organisation.full_clean()
    organisation.audit_rate, organisation.audited_by, organisation.not_accessible = Decimal("49.9"), "Un cabinet", "Un document\nUne carte"
    with pytest.raises(ValidationError, match="50"):
        organisation.full_clean()
    organisation.audit_rate, organisation.accessibility = Decimal("82.5"), "full"
    with pytest.raises(ValidationError, match="100"):
        organisation.full_clean()
    organisation.accessibility = "partial"
    organisation.full_clean()
    organisation.save()
    text = words(parse(client.get(ACCESSIBILITY)).main)
    for said in ("partiellement conforme", "82,5 % des critères", "Un document Une carte"):
        assert said in text
    assert "Sans audit" not in text
    assert "Accessibilité : partiellement conforme" in words(parse(client.get("/")).footer)


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
