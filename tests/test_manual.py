"""« Où se trouve… » of the manual: what each line says is where it says, for who publishes. The rest of the manual is asked where it works."""

import subprocess

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.urls import reverse
from examples import event, offer
from reading import menu, parse, words

from pages.models import AboutPage, HomePage, NetworkPage, SiteDocument

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
    """By the program that the line names, from what the front server writes (`tests/test_stack.py`)."""
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
    "Les collègues": get_accounts,
    "Le code à la connexion": lambda client: (
        "mon compte" in words(read(client, "/admin/").main)
        and "Protéger mon compte avec mon téléphone" in words(read(client, reverse("wagtailadmin_account")).main)
    ),
    "Combien de fois une page est lue": count_readings,
}


def test_each_line_is_looked_for(admin):
    lines = read(admin("Publication"), reverse("manual")).select("#ou + ul > li > b")
    assert [words(line) for line in lines] == list(PLACES)


@pytest.mark.parametrize("place", PLACES)
def test_what_is_looked_for_is_there(admin, place):
    assert PLACES[place](admin("Publication"))
