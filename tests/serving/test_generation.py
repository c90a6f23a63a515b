"""The generation of the site: what raises it, and what does not."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.utils import timezone
from examples import picture
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Collection, CollectionViewRestriction, PageViewRestriction, Site

from pages.models import (
    AboutPage,
    ContactPage,
    District,
    FigureValue,
    GlossaryTerm,
    HistoryPage,
    HomePage,
    KeyFigure,
    Message,
    Milestone,
    NewsIndexPage,
    NewsPage,
    Organisation,
    Recipient,
    SiteImage,
    SitePage,
    StandardPage,
)
from regie.serving import triggers
from regie.serving.state import Generation

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

# Models of which visitors see nothing, with those of Wagtail that this site has replaced by its own.
UNSEEN = {
    "auth": {"Permission", "Group_permissions", "Group", "User_groups", "User_user_permissions", "User"},
    "contenttypes": {"ContentType"},
    "otp_static": {"StaticDevice", "StaticToken"},
    "otp_totp": {"TOTPDevice"},
    # The dates of an event are stored when it is published, which raises the generation.
    "pages": {"EventDate", "Message", "MessageCount", "Message_told", "IndexUpdate", "UnknownWord"},
    "regie": {"Attempt", "OutgoingMail", "WorkerRun", "Generation"},
    "sessions": {"Session"},
    "taggit": {"Tag", "TaggedItem"},
    "wagtailadmin": {"Admin", "EditingSession", "FormState"},
    "wagtailcore": {
        "APIToken",
        "CollectionViewRestriction_groups",
        "Comment",
        "CommentReply",
        "GroupApprovalTask",
        "GroupApprovalTask_groups",
        "GroupCollectionPermission",
        "GroupPagePermission",
        "GroupSitePermission",
        "Locale",
        "ModelLogEntry",
        "PageLogEntry",
        "PageSubscription",
        "PageViewRestriction_groups",
        "ReferenceIndex",
        "Revision",
        "Task",
        "TaskState",
        "UploadedFile",
        "Workflow",
        "WorkflowContentType",
        "WorkflowPage",
        "WorkflowState",
        "WorkflowTask",
    },
    "wagtaildocs": {"Document"},
    "wagtailimages": {"Image", "Rendition"},
    "wagtailsearch": {"IndexEntry", "SQLiteFTSIndexEntry"},  # answers of the search are not kept
    "wagtailusers": {"UserProfile"},
}


def test_every_model_is_declared_as_seen_by_visitors_or_not():
    tables = {trigger.table for trigger in triggers.get_triggers()}
    seen = {model._meta.label for model in apps.get_models(include_auto_created=True) if model._meta.db_table in tables}
    unseen = {f"{app}.{model}" for app, models in UNSEEN.items() for model in models}
    models = {model._meta.label for model in apps.get_models(include_auto_created=True)}
    assert models - seen - unseen == set(), "Visitors see them: add them to SHOWN or WITHDRAWING. They do not: add them to UNSEEN."
    assert seen & unseen == set()


def test_every_trigger_is_in_the_database():
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        names = {name for (name,) in cursor.fetchall() if name.startswith("generation_")}
    assert names == {trigger.name[:63] for trigger in triggers.get_triggers()}


def numbers():
    return Generation.objects.values_list("number", "withdrawals").get()


def raised(change):
    """Returns whether a change raises the number and the withdrawals; as if it had a transaction of its own."""
    at_commit(None)
    Generation.objects.update(raised_in=None, withdrawn_in=None)
    before = numbers()
    change()
    at_commit(before)
    after = numbers()
    return after[0] > before[0], after[1] > before[1]


def at_commit(before):
    """Has PostgreSQL do what it leaves for the commit. Nothing is raised before that."""
    if connection.vendor == "postgresql":
        assert before in {None, numbers()}
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def publish(page, **changes):
    for name, value in changes.items():
        setattr(page, name, value)
    page.save_revision().publish()


SEEN, TAKEN_AWAY, NOT_SEEN = (True, False), (True, True), (False, False)


CHANGES = {
    "a phone number": (lambda: Organisation.objects.update(phone="03 84 00 00 00"), SEEN),
    "a recipient": (lambda: Recipient.objects.create(organisation=Organisation.get(), email="a@example.org"), SEEN),
    "a year's figure": (lambda: FigureValue.objects.create(figure=KeyFigure.objects.first(), year=2026, number=1), SEEN),
    "a figure's label": (lambda: KeyFigure.objects.first().save(), SEEN),
    "a quartier": (lambda: District.objects.filter(is_seat=True).update(name="Autre"), SEEN),
    "an explained word": (lambda: GlossaryTerm.objects.first().delete(), SEEN),
    "a site's address": (lambda: Site.objects.update(hostname="www.example.org"), TAKEN_AWAY),
    "a redirect": (lambda: Redirect.objects.create(old_path="/ancien", redirect_link="/"), SEEN),
    "a page's text": (lambda: publish(AboutPage.objects.get(), introduction="Autre."), SEEN),
    "a page's item": (lambda: publish(HistoryPage.objects.get(), milestones=[Milestone(label="1", title="2", text="3")]), SEEN),
    "pages all at once": (lambda: AboutPage.objects.update(text="Autre."), SEEN),
    "an item deleted alone": (lambda: Milestone.objects.last().delete(), SEEN),
    "quartiers of a page alone": (lambda: NewsPage.districts.through.objects.all().delete(), SEEN),
    "items all at once": (lambda: Milestone.objects.update(title="Autre"), SEEN),
    "a new page": (lambda: HomePage.objects.get().add_child(instance=StandardPage(title="Neuve")), SEEN),
    "the order of the menu": (lambda: AboutPage.objects.get().move(HomePage.objects.get(), "first-child"), SEEN),
    "an expiry": (lambda: publish(AboutPage.objects.get(), expire_at=timezone.now() + timedelta(days=1)), SEEN),
    "a page unpublished": (lambda: AboutPage.objects.get().unpublish(), TAKEN_AWAY),
    "a page deleted": (lambda: AboutPage.objects.get().delete(), TAKEN_AWAY),
    "a page moved": (lambda: AboutPage.objects.get().move(ContactPage.objects.get(), "last-child"), TAKEN_AWAY),
    "an address changed": (lambda: publish(AboutPage.objects.get(), slug="nous"), TAKEN_AWAY),
    "a page made private": (
        lambda: PageViewRestriction.objects.create(page=AboutPage.objects.get().sitepage_ptr, restriction_type="login"),
        TAKEN_AWAY,
    ),
    "a collection made private": (
        lambda: CollectionViewRestriction.objects.create(collection=Collection.get_first_root_node(), restriction_type="login"),
        TAKEN_AWAY,
    ),
    "a picture": (picture, SEEN),
    "a picture deleted": (lambda: SiteImage.objects.first().delete(), TAKEN_AWAY),
    "a draft": (lambda: AboutPage.objects.get().save_revision(), NOT_SEEN),
    "a new draft": (lambda: HomePage.objects.get().add_child(instance=StandardPage(title="Brouillon", live=False)), NOT_SEEN),
    "a draft deleted": (lambda: SitePage.objects.filter(live=False).delete(), SEEN),  # its rows are like those of a page
    "a message": (lambda: Message.objects.create(name="A", text="B"), NOT_SEEN),
    "a lock": (lambda: SitePage.objects.update(locked=True), NOT_SEEN),
}


@pytest.mark.parametrize(("change", "expected"), CHANGES.values(), ids=CHANGES)
def test_what_raises_the_generation(change, expected):
    HomePage.objects.get().add_child(instance=StandardPage(title="Brouillon", live=False))
    NewsIndexPage.objects.get().add_child(instance=NewsPage(title="Une nouvelle", districts=[District.objects.first()]))
    picture()
    assert raised(change) == expected


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgresql(only="SQLite has one writer at a time")
def test_two_publications_do_not_wait_for_each_other():
    """The row of the generation is locked at commit only; each of them raises it once, whatever it changes."""
    before = numbers()
    ready = threading.Barrier(2, timeout=5)

    def change(model):
        with transaction.atomic():
            model.objects.update(introduction="Une.")
            model.objects.update(introduction="Autre.")
            ready.wait()  # both have written, none has committed
        connection.close()

    with ThreadPoolExecutor() as pool:
        list(pool.map(change, [AboutPage, ContactPage]))
    assert numbers() == (before[0] + 2, before[1])
