"""Lists of the admin ask the database as often for a thousand rows as for ten."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from examples import event, news, offer, picture
from wagtail.contrib.redirects.models import Redirect

from pages.models import EventIndexPage, GlossaryTerm, JobsPage, Message, NewsIndexPage, SearchWord, SiteDocument, SiteImage

pytestmark = [pytest.mark.django_db, pytest.mark.exhaustive]
MAX_QUERIES = 31  # of the first screen, which asks the most
# Of Wagtail: its list of pages asks for each page type that may exist once and for its filters, its history for the rights on each model.
CEILINGS = {"/admin/pages/": 36, "/admin/reports/site-history/": 33}


def add_rows(first, last):
    """Adds rows number `first` to `last` to each list."""
    numbers, today = range(first, last), timezone.localdate()
    for n in numbers:
        news(f"Nouvelle {n}", today - timedelta(days=n % 900))
        event(f"Événement {n}", today + timedelta(days=n % 300))
        offer(f"Offre {n}", today + timedelta(days=1 + n % 300))  # not today: midnight may come while they are added
    page, sample = NewsIndexPage.objects.get().sitepage_ptr, picture(f"Image {first}", size=(30, 20))
    shared = {"file": sample.file.name, "width": 30, "height": 20, "people": "none", "collection": sample.collection}
    SiteImage.objects.bulk_create(SiteImage(title=f"Image {n}", **shared) for n in numbers)
    SiteDocument.objects.create(title=f"Fichier {first}", file=ContentFile(b"texte", name="texte.txt"))
    SiteDocument.objects.bulk_create(SiteDocument(title=f"Document {n}", file="documents/texte.txt") for n in numbers)
    Message.objects.bulk_create(Message(name=f"Personne {n}", text="Bonjour", subject="autre") for n in numbers)
    GlossaryTerm.objects.bulk_create(GlossaryTerm(term=f"mot {n}", definition="Un mot.") for n in numbers)
    SearchWord.objects.bulk_create(SearchWord(words=f"mot {n}", page=page) for n in numbers)
    Redirect.objects.bulk_create(Redirect(old_path=f"/ancien-{n}", redirect_page=page) for n in numbers)
    User.objects.bulk_create(User(username=f"personne{n}", email=f"p{n}@example.org") for n in numbers)


def get_screens():
    names = [
        "wagtailadmin_home",
        "wagtailadmin_explore_root",
        "message:index",
        "wagtailimages:index",
        "wagtaildocs:index",
        "wagtailredirects:index",
        "wagtailusers_users:index",
        "wagtailadmin_reports:site_history",
        "wagtailadmin_reports:aging_pages",
        *(f"wagtailsnippets_pages_{model}:list" for model in ("glossaryterm", "searchword", "keyfigure", "district")),
    ]
    explored = [reverse("wagtailadmin_explore", args=[model.objects.get().pk]) for model in (NewsIndexPage, EventIndexPage, JobsPage)]
    return [*map(reverse, names), *explored, f"{reverse('wagtailimages:index')}?layout=list"]


def count(client, absent):
    """Returns the number of queries of each list, once it has made what it makes once: small sizes of pictures, caches."""
    numbers = {}
    for address in get_screens():
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            status = client.get(address).status_code
        assert (status == 302) is (address in absent), address
        numbers[address] = len(queries)
    return numbers


@pytest.mark.parametrize(("role", "absent"), [("Publication", {reverse("wagtailusers_users:index")}), ("administrator", set())])
def test_no_list_asks_more_for_a_thousand_rows_than_for_ten(admin, admin_client, role, absent):
    client = admin_client if role == "administrator" else admin("Publication")
    add_rows(0, 10)
    few = count(client, absent)
    add_rows(10, 1000)
    many = count(client, absent)
    for address, number in many.items():
        assert number <= next((most for part, most in CEILINGS.items() if part in address), MAX_QUERIES), address
    # Pages with links to others, the next page, a second month: what a list has only if it is long.
    assert {address: (few[address], number) for address, number in many.items() if number > few[address] + 3} == {}
