"""« Faire lire à quelqu’un »: who has the link reads one version, for two weeks; nobody else does."""

import random
from datetime import date, datetime, timedelta
from unittest.mock import ANY
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from assertions import filled, links, parse, words
from django.contrib.auth.models import Permission, User
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from examples import event, gallery, news, offer, picture, portrait
from playwright.sync_api import expect
from wagtail.models import PageLogEntry, get_page_models

from pages.models import ContactPage, HomePage, SitePage, StandardPage
from pages.page.sharing import ENVIRON_KEY

pytestmark = pytest.mark.django_db


@pytest.fixture
def nadia(admin):
    """A client of Nadia, who publishes."""
    client = admin("Publication")
    User.objects.update(first_name="Nadia", email="nadia@example.org")
    return client


def draft(title="Le compte rendu", **fields):
    page = HomePage.objects.get().add_child(instance=StandardPage(title=title, live=False, **fields))
    page.save_revision()
    return page


def share(client, page, reader="Mme Exemple"):
    """The address of the link, as staff copy it."""
    answer = parse(client.post(reverse("share_draft", args=[page.pk]), {"reader": reader}))
    address = answer.select_one("[data-copy]")["data-copy"]
    mail = parse_qs(urlsplit(dict(links(answer))["Envoyer par mail"]).query)
    assert mail["subject"] == [f"À relire : {page.draft_title}"]
    assert mail["body"][0].split("\r\n")[::2] == ["Bonjour,", ANY, ANY]
    assert mail["body"][0].split("\r\n")[3] == address
    return address.removeprefix("http://127.0.0.1:8000")


def notices(answer):
    return [words(band) for band in parse(answer).select("[aria-label=Brouillon]")]


def test_the_link_shows_the_draft_with_a_band_at_head_and_foot(nadia, client):
    page = draft(introduction="Une phrase.")
    with time_machine.travel(datetime(2026, 11, 30, 10, tzinfo=timezone.get_default_timezone()), tick=False):
        answer = Client().get(share(nadia, page))
    band = (
        "Brouillon pour Mme Exemple, jusqu’au 14 décembre. Ne le faites pas suivre. "
        "Merci de le relire. Répondre à Nadia : D’accord · Je voudrais changer…"
    )
    assert notices(answer) == [band, band]
    assert [words(parse(answer).h1), words(parse(answer).title)] == [
        "Le compte rendu",
        "Brouillon : Le compte rendu – Régie des Quartiers de Belfort",
    ]
    agree, change = [urlsplit(link["href"]) for link in parse(answer).select_one("[aria-label=Brouillon]").select("a")]
    assert (agree.scheme, agree.path, parse_qs(agree.query)) == (
        "mailto",
        "nadia@example.org",
        {"subject": ["Brouillon : Le compte rendu"], "body": ["D’accord."]},
    )
    assert parse_qs(change.query)["body"] == ["Je voudrais changer : "]
    assert Client().get(page.url).status_code == 404


def test_nothing_of_it_is_for_programs_or_kept(nadia):
    page = news("Publié", picture=picture())
    page.title = "Une autre version"
    page.save_revision()
    address = share(nadia, page)
    answer = Client().get(address)
    html = parse(answer)
    assert words(html.h1) == "Une autre version"
    assert "no-store" in answer["Cache-Control"]
    assert [meta["content"] for meta in html.select("meta[name=robots]")] == ["noindex"]
    assert not html.select("meta[property^=og], script[type='application/ld+json'], link[rel=canonical]")
    assert ENVIRON_KEY not in answer.wsgi_request.META  # by which the page cache knows what it may keep


@pytest.mark.parametrize("model", [model for model in get_page_models() if model is not SitePage], ids=lambda model: model.__name__)
def test_each_page_type_can_be_given_to_read(nadia, model):
    for n in range(40):
        news(f"Nouvelle {n}")
    event(first_day=timezone.localdate() + timedelta(days=1)), offer()
    for page in model.objects.all()[:1]:
        answer = Client().get(share(nadia, page))
        assert (answer.status_code, len(notices(answer))) == (200, 2)
        assert "affiche=" not in answer.content.decode()
        assert "page=2" not in answer.content.decode()


def test_a_draft_of_news_does_not_say_that_it_is_published(nadia):
    page = news("Une fête", date(2026, 12, 1))
    assert "Publié le 1er décembre 2026" in words(parse(Client().get(page.url)).main)
    assert "Daté du 1er décembre 2026" in words(parse(Client().get(share(nadia, page))).main)


def test_an_older_version_says_that_there_is_a_newer_one(nadia):
    page = draft()
    old = share(nadia, page)
    assert "plus récent" not in notices(Client().get(old))[0]
    page.title = "Le compte rendu, corrigé"
    page.save_revision()
    new = share(nadia, page)
    assert "Un texte plus récent existe : demandez-le." in notices(Client().get(old))[0]
    assert [words(parse(Client().get(address)).h1) for address in (old, new)] == ["Le compte rendu", "Le compte rendu, corrigé"]


def test_an_autosave_does_not_write_over_what_was_given_to_read(nadia):
    page = draft(introduction="Le texte à relire.")
    edit, accept = reverse("wagtailadmin_pages:edit", args=[page.pk]), {"accept": "application/json"}
    fields = filled(nadia.get(edit)) | {"body-count": "0"}
    saved = nadia.post(edit, fields, headers=accept).json()
    address = share(nadia, page)
    more = nadia.post(edit, fields | {"introduction": "Jamais relu.", "overwrite_revision_id": saved["revision_id"]}, headers=accept).json()
    assert more["success"]
    answer = Client().get(address)
    assert "Le texte à relire." in words(parse(answer).main)
    assert "Un texte plus récent existe" in notices(answer)[0]


def test_an_alias_has_no_text_of_its_own_to_give_to_read(nadia):
    page = draft()
    alias = page.create_alias(update_slug="autre")
    assert nadia.get(reverse("share_draft", args=[alias.pk])).status_code == 404
    for each, number in ((page, 1), (alias, 0)):
        form = parse(nadia.get(reverse("wagtailadmin_pages:edit", args=[each.pk]), follow=True))
        assert [words(link) for link in form.select(f"a[href='{reverse('share_draft', args=[each.pk])}']")] == [
            "Faire lire à quelqu’un"
        ] * number


def test_a_guess_a_changed_letter_and_the_link_of_another_page_lead_nowhere(nadia):
    one, two = draft("Le premier"), draft("Le second")
    first, second = share(nadia, one), share(nadia, two)
    token, other = first.partition("=")[2], second.partition("=")[2]
    signs, chance = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-:", random.Random(1)  # noqa: S311 the same guesses in each run
    guesses = {token[:place] + sign + token[place + 1 :] for place in range(len(token)) for sign in chance.sample(signs, 5)} - {token}
    guesses |= {
        token.rpartition(":")[0] + ":" + other.rpartition(":")[2],
        other.partition(":")[0] + ":" + token.partition(":")[2],
        "",
        "x" * 5000,
        "\0",
    }
    guesses |= {"".join(chance.choices(signs, k=len(token))) for _ in range(10_000 - len(guesses))}
    assert len(guesses) > 9_900
    client = Client()
    found = [guess for guess in guesses if client.get("/brouillon/", {"lien": guess}).status_code != 404]
    # the last sign of a signature in base64 has bits that mean nothing
    assert [guess for guess in found if guess[:-1] != token[:-1]] == []


def test_it_ends_after_fourteen_days_and_the_name_is_erased(nadia, client):
    page = draft()
    with time_machine.travel(datetime(2026, 11, 30, 10, tzinfo=timezone.get_default_timezone()), tick=False):
        address = share(nadia, page)
    history = reverse("wagtailadmin_pages:history", args=[page.pk])
    assert "Donné à lire à Mme Exemple, jusqu’au 14 décembre" in words(parse(nadia.get(history)).main)
    for moment, status in (((2026, 12, 14, 23, 30), 200), ((2026, 12, 15, 0, 30), 404)):
        with time_machine.travel(datetime(*moment, tzinfo=timezone.get_default_timezone()), tick=False):
            assert Client().get(address).status_code == status
            call_command("run_due")
            assert PageLogEntry.objects.filter(data__reader="Mme Exemple").exists() is (status == 200)
    assert "Donné à lire à quelqu’un, jusqu’au" in words(parse(nadia.get(history)).main)


def test_links_are_withdrawn_on_the_history_and_a_new_one_works(nadia):
    page, other = draft(), draft("Un autre")
    gone, stays = [share(nadia, page), share(nadia, page, "M. Autre")], share(nadia, other)
    history = parse(nadia.get(reverse("wagtailadmin_pages:history", args=[page.pk])))
    (button,) = [each for each in history.select("[data-w-action-url-value]") if words(each) == "Retirer les liens donnés à lire"]
    answer = parse(nadia.post(button["data-w-action-url-value"], follow=True))
    assert "Les liens donnés à lire ne marchent plus." in words(answer.select_one(".messages"))
    assert "Retirer les liens donnés à lire" not in [words(each) for each in answer.select("[data-w-action-url-value]")]
    assert "Liens donnés à lire retirés" in words(answer.main)
    for address in gone:
        response = Client().get(address)
        assert response.status_code == 404
        assert words(parse(response).h1) == "Ce lien ne marche plus"
        assert "Il est incomplet, il a plus de 14 jours" in words(parse(response).main)
    assert {Client().get(address).status_code for address in (stays, share(nadia, page))} == {200}


def test_a_deleted_page_has_no_link_any_more(nadia):
    page = draft()
    address = share(nadia, page)
    page.delete()
    assert Client().get(address).status_code == 404


def test_a_picture_without_a_valid_consent_is_a_grey_box(nadia):
    ended, asked = portrait(consent_until=date(2020, 1, 1)), portrait(title="Jamais signé", consent_by="", consent_on=None)
    faces = [{"photo": ended, "name": "Prénom", "text": "Une phrase."}, {"photo": portrait(), "name": "Autre", "text": "Une phrase."}]
    shown = gallery()[0]
    body = [
        {"type": "picture", "value": {"image": ended.pk, "decorative": False, "alt_text": "Une personne"}},
        *({"type": "face", "value": {**face, "photo": face["photo"].pk}} for face in faces),
        {"type": "gallery", "value": [shown, {"photo": asked.pk, "text": "Une personne."}]},
        {"type": "people", "value": [{"name": "Une personne", "role": "", "photo": ended.pk, "agrees": True}]},
    ]
    page = draft(picture=asked, body=body)
    html = parse(Client().get(share(nadia, page)))
    assert [words(box) for box in html.select("main svg text")] == ["Photo : accord pas encore noté"] * 5
    assert len(html.main.select("img")) == 2
    page.save_revision().publish()
    assert not parse(Client().get(page.url)).select("main svg text")


def test_only_who_may_edit_gives_to_read_and_withdraws(admin, client):
    page, contact = draft(), ContactPage.objects.get()
    user = User.objects.create_user("sans-droits")
    user.user_permissions.add(Permission.objects.get(codename="access_admin"))
    for _ in range(2):
        for name in ("share_draft", "withdraw_drafts"):
            assert client.post(reverse(name, args=[page.pk]), {"reader": "x"}).status_code in {302, 403}
        client.force_login(user)
    writer = admin("Rédaction")
    assert writer.get(reverse("withdraw_drafts", args=[page.pk])).status_code == 405
    assert "Remplissez cette case" in words(parse(writer.post(reverse("share_draft", args=[contact.pk]), {"reader": " "})).main)
    assert not PageLogEntry.objects.filter(action__startswith="pages.draft").exists()


@pytest.mark.browser
@pytest.mark.exhaustive
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [1280, 390])
def test_a_link_is_made_in_four_acts(as_member, width):
    page, member = draft(), as_member("Publication")
    member.set_viewport_size({"width": width, "height": 844})
    member.goto(member.url + f"pages/{page.pk}/edit/")
    member.wait_for_load_state("networkidle")
    member.get_by_role("button", name="Actions").first.click()
    member.get_by_role("link", name="Faire lire à quelqu’un").click()
    member.locator("[name=reader]").fill("Mme Exemple")
    member.get_by_role("button", name="Créer le lien").click()
    member.context.grant_permissions(["clipboard-read", "clipboard-write"])
    member.get_by_role("button", name="Copier le lien").click()
    expect(member.get_by_role("button", name="Copié")).to_be_visible()
    assert "/brouillon/?lien=" in member.evaluate("navigator.clipboard.readText()")
