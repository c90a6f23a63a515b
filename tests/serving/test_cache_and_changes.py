"""The cache compared with freshly rendered pages, through random changes of all kinds (Hypothesis, a stateful test)."""

import itertools
import re
from datetime import datetime, timedelta
from unittest.mock import patch
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest
import time_machine
from cached_site import CachedSite, make_session
from django.core.cache.backends.locmem import LocMemCache
from django.db import OperationalError, connection
from django.utils import timezone
from examples import picture
from hypothesis import Phase, settings, strategies
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Collection, CollectionViewRestriction, PageViewRestriction, Site

from pages.models import (
    District,
    EventIndexPage,
    EventPage,
    FigureValue,
    GlossaryTerm,
    HomePage,
    JobsPage,
    KeyFigure,
    NewsIndexPage,
    NewsPage,
    Organisation,
    SiteImage,
    SitePage,
    SocialLink,
    StandardPage,
)
from pages.page import sharing
from regie.serving import state

BEGINNING = datetime(2026, 12, 31, 12, tzinfo=ZoneInfo("Europe/Paris"))
NAMES = ["page-0", "page-1"]
ADDRESSES = [
    "/",
    "/actualites/page-1/",
    "/plan-du-site/",
    "/ancienne.php",
    "/page-1/",
    "/sitemap.xml",
    "/travailler-a-la-regie/page-0/",
    "/chiffres-cles.json",
    "/actualites/page-0/",
    "/contact/",
    "/rien/",
    "/actualites.atom",
    "/travailler-a-la-regie/page-1/",
]
VALUES = [
    {},
    {"/actualites/": {"page": "1"}, "/ancienne.php": {"id": "3"}},
    {"/actualites/": {"quartier": "les-glacis"}, "/contact/": {"sujet": "marche"}, "/ancienne.php": {"id": "4"}},
    {"/actualites/": {"page": "99"}, "/ancienne.php": {"id": "3"}},
]
STRANGERS = [{}, {}, {"utm_source": "x"}, {"fbclid": "x", "utm_source": "y"}, {}]
COOKIES = ["", "", "", "sessionid=abc", "", f"sessionid={'a' * 32}", "live"]
pages = strategies.sampled_from(NAMES)


class Changes(RuleBasedStateMachine):
    """Staff change the site, the clock moves on, the database comes and goes; visitors read."""

    @initialize()
    def begin(self):
        self.clock = time_machine.travel(BEGINNING, tick=False)
        self.moment = self.clock.start()
        self.site = CachedSite()
        self.is_away, self.last_good, self.changed = False, {}, ()
        self.others, self.values, self.strangers, self.cookies = map(itertools.cycle, (ADDRESSES, VALUES, STRANGERS, COOKIES))
        state.read_state, self.read_state = self.read, state.read_state
        django, self.site.django = self.site.django, self.ask_django
        self.django = django
        SitePage.objects.filter(slug__in=NAMES).delete()
        Site.objects.update(root_page=HomePage.objects.get())
        self.image = SiteImage.objects.first() or picture()

    def teardown(self):
        if hasattr(self, "clock"):
            state.read_state = self.read_state
            self.clock.stop()

    def read(self):
        if self.is_away:
            raise OperationalError
        return self.read_state()

    def ask_django(self, environ, start_response):
        if self.is_away:
            start_response("503 Service Unavailable", [])
            return [b""]
        return self.django(environ, start_response)

    def expect(self, *addresses):
        """Visitors read these pages now, and will after the change that follows."""
        self.site.read_state()
        self.changed = addresses
        for address in addresses:
            answer = self.site.get(address)
            if answer.status == 200 and not self.is_away:
                self.last_good[address] = answer.content

    def get_page(self, name):
        """The published page with this slug, which visitors are about to see changed."""
        page = SitePage.objects.filter(slug=name, live=True).first()
        if not page:
            SitePage.objects.filter(slug=name).delete()
            page = HomePage.objects.get().add_child(instance=StandardPage(slug=name, title=name, show_in_menus=True))
        self.expect(page.url or "/", "/plan-du-site/", "/actualites/")
        return page.specific

    # Changes

    @rule(name=pages, text=strategies.sampled_from("abc"))
    def publish(self, name, text):
        page = self.get_page(name)
        page.introduction, page.title = text, f"Titre {text}"
        page.save_revision().publish()

    @rule(name=pages, parent=strategies.sampled_from([HomePage, JobsPage]))
    def publish_first(self, name, parent):
        SitePage.objects.filter(slug=name).delete()
        parent = parent.objects.get()
        self.expect(f"{parent.url or ''}{name}/", "/plan-du-site/")
        parent.add_child(instance=StandardPage(slug=name, title=name, show_in_menus=True))

    @rule(name=pages, text=strategies.sampled_from("abc"))
    def publish_news(self, name, text):
        SitePage.objects.filter(slug=name).delete()
        self.expect(f"/actualites/{name}/", "/actualites/", "/actualites.atom")
        page = NewsPage(slug=name, title=f"Nouvelle {text}", date=timezone.localdate(), picture=self.image)
        NewsIndexPage.objects.get().add_child(instance=page)

    @rule(name=pages, days=strategies.integers(0, 2))
    def publish_event(self, name, days):
        """The menu of all pages has the agenda until the midnight after its last event."""
        SitePage.objects.filter(slug=name).delete()
        self.expect(f"/agenda/{name}/", "/agenda/", "/contact/")
        day = timezone.localdate() + timedelta(days=days)
        EventIndexPage.objects.get().add_child(instance=EventPage(slug=name, title=name, first_day=day))

    @rule(is_page=strategies.booleans(), hours=strategies.sampled_from([1, 5, 24]))
    def let_menu_change_by_itself(self, is_page, hours):
        """A page expires, or the last event is over at midnight: nothing in the database changes meanwhile."""
        SitePage.objects.filter(slug__in=NAMES).delete()
        page = StandardPage(slug=NAMES[0], title="Pour peu", show_in_menus=True, expire_at=timezone.now() + timedelta(hours=hours))
        event = EventPage(slug=NAMES[1], title="Aujourd’hui", first_day=timezone.localdate())
        (HomePage if is_page else EventIndexPage).objects.get().add_child(instance=page if is_page else event)
        self.expect("/contact/", "/plan-du-site/")
        self.moment.shift(timedelta(hours=hours if is_page else 24))

    @rule(name=pages, text=strategies.sampled_from("abc"))
    def change_all_at_once(self, name, text):
        self.get_page(name)
        SitePage.objects.filter(slug=name).update(title=f"Autre {text}")

    @rule(name=pages)
    def save_draft(self, name):
        page = self.get_page(name)
        page.title = "Brouillon"
        page.save_revision()

    @rule(name=pages)
    def delete(self, name):
        page = self.get_page(name)
        page.delete()

    @rule(name=pages)
    def unpublish(self, name):
        page = self.get_page(name)
        page.unpublish()

    @rule(name=pages, parent=strategies.sampled_from([HomePage, JobsPage]))
    def move(self, name, parent):
        page = self.get_page(name)
        if isinstance(page, StandardPage):
            page.move(parent.objects.get(), pos="last-child")

    @rule(name=pages, hours=strategies.integers(1, 30))
    def let_expire(self, name, hours):
        page = self.get_page(name)
        page.expire_at = timezone.now() + timedelta(hours=hours)
        page.save_revision().publish()

    @rule(name=pages, is_private=strategies.booleans())
    def restrict(self, name, is_private):
        page = self.get_page(name)
        if is_private:
            PageViewRestriction.objects.get_or_create(page=page.sitepage_ptr, restriction_type="login")
        else:
            PageViewRestriction.objects.filter(page=page.sitepage_ptr).delete()

    @rule(is_private=strategies.booleans())
    def restrict_pictures(self, is_private):
        """As Wagtail moves pictures, without a signal."""
        root = Collection.objects.get(depth=1)
        private = root.get_children().first() or root.add_child(name="Privé")
        CollectionViewRestriction.objects.get_or_create(collection=private, restriction_type="login")
        self.expect("/actualites/", *(page.url for page in NewsPage.objects.all() if page.url))
        SiteImage.objects.update(collection=private if is_private else root)

    @rule(days=strategies.integers(0, 2))
    def let_consent_end(self, days):
        self.expect("/actualites/", "/", *(page.url for page in NewsPage.objects.all() if page.url))
        today = timezone.localdate()
        consent = {
            "people": "recognisable",
            "consent_by": "Une personne",
            "consent_on": today,
            "consent_until": today + timedelta(days=days),
        }
        SiteImage.objects.filter(pk=self.image.pk).update(**consent)

    @rule(text=strategies.sampled_from("abc"))
    def edit_what_all_pages_show(self, text):
        self.expect("/contact/", "/", "/plan-du-site/")
        GlossaryTerm.objects.filter(pk=GlossaryTerm.objects.first().pk).update(other_forms=f"mot {text}, téléphone")
        District.objects.filter(is_seat=True).update(name=f"Quartier {text}")
        SocialLink.objects.update_or_create(pk=1, defaults={"name": f"Réseau {text}", "url": "https://example.org/", "organisation_id": 1})

    @rule(number=strategies.integers(1, 5))
    def edit_figure(self, number):
        self.expect("/chiffres-cles.json", "/")
        FigureValue.objects.update_or_create(figure=KeyFigure.objects.first(), year=2025, defaults={"number": number})

    @rule(digit=strategies.integers(0, 3))
    def change_settings(self, digit):
        self.expect("/contact/", "/")
        Organisation.objects.update(phone=f"03 84 00 00 0{digit}")

    @rule(leads_to=strategies.sampled_from(["/contact/", "/agenda/"]))
    def redirect(self, leads_to):
        self.expect("/ancienne.php?id=3", "/ancienne.php?id=4")
        Redirect.objects.update_or_create(old_path="/ancienne.php?id=3", defaults={"redirect_link": leads_to})

    @rule(root=strategies.sampled_from([HomePage, JobsPage]))
    def change_root(self, root):
        """Of the site, as another process may do: Wagtail remembers it for an hour."""
        self.expect("/", "/page-0/", "/plan-du-site/")
        Site.objects.update(root_page=root.objects.get())

    @rule(hours=strategies.sampled_from([1, 5, 12]))
    def let_time_pass(self, hours):
        self.expect("/chiffres-cles.json", "/", *(page.url for page in SitePage.objects.filter(slug__in=NAMES) if page.url))
        self.moment.shift(timedelta(hours=hours))

    @rule()
    def stop_database(self):
        self.is_away = True
        self.site.read_state()

    @precondition(lambda self: self.is_away)
    @rule()
    def start_database(self):
        self.is_away = False

    # What visitors read

    @invariant()
    def visitors_read_what_is_true(self):
        if not hasattr(self, "site"):
            return
        self.site.read_state()
        for address in (*self.changed, next(self.others)):
            values = {} if "?" in address else next(self.values).get(address, {})
            strangers = {} if "php" in address else next(self.strangers)  # redirects depend on the whole query
            cookie = next(self.cookies)
            known = f"{address}?{urlencode(values)}".rstrip("?")
            asked = f"{address}?{urlencode(strangers | values)}".rstrip("?")
            headers = {"cookie": f"sessionid={make_session()}" if cookie == "live" else cookie} if cookie else {}
            answer = self.site.get(asked, **headers)
            if self.is_away:
                self.check_while_away(known, answer)
            else:
                self.check_fresh(asked, known, answer, is_private=cookie == "live")

    def check_fresh(self, asked, known, answer, is_private):
        with patch.object(LocMemCache, "get", lambda cache, key, default=None, version=None: default):  # what Wagtail remembers is no help
            anew = CachedSite.ask(self.django, asked if answer.status in {301, 302} else known)
        assert (answer.status, clean(answer.content)) == (anew.status, clean(anew.content)), known
        assert answer.headers.get("location") == anew.headers.get("location")
        if is_private:
            assert "no-store" in answer.headers["cache-control"]
        elif answer.status == 200:
            self.last_good[known] = answer.content
            assert answer.headers["cache-control"] == sharing.CACHE_CONTROL

    def check_while_away(self, known, answer):
        assert answer.status in {200, 404, 503}
        if answer.status == 200:
            assert answer.content == self.last_good[known]

    @invariant()
    def memory_is_bounded(self):
        if hasattr(self, "site"):
            assert self.site.cache.bytes == sum(copy.size for copy in self.site.cache.pages.values())


def clean(content):
    return re.sub(rb"<updated>.*?</updated>", b"", content)


def check(examples, steps):
    chosen = settings(
        max_examples=examples, stateful_step_count=steps, deadline=None, derandomize=True, database=None, phases=[Phase.generate]
    )
    run_state_machine_as_test(Changes, settings=chosen)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_what_visitors_read_is_never_stale_wrong_or_withdrawn():
    check(4 if connection.vendor == "sqlite" else 2, 14)


@pytest.mark.postgresql
@pytest.mark.exhaustive
@pytest.mark.django_db(transaction=True)
def test_what_visitors_read_in_ten_thousand_steps():
    """Each change is preceded by some readings, and followed by one more."""
    check(50, 35)
