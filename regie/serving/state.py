"""The state of the site that the page cache compares its pages with, as it is stored and as a worker knows it."""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from functools import lru_cache
from math import inf
from typing import NamedTuple

from django.db import close_old_connections, models
from django.db.models import Subquery
from django.utils import timezone

from pages.models import Organisation, Rendition, SiteImage, SitePage
from pages.text.dates import MIDNIGHT, belfort_datetime

logger = logging.getLogger(__name__)


class Generation(models.Model):
    """One row, which triggers of the database raise (`triggers.py`). The page cache compares its copies with it."""

    number = models.BigIntegerField(default=0)
    withdrawals = models.BigIntegerField(default=0)  # the number of times that something was taken away from visitors
    # On PostgreSQL, the transactions that raised each number last: both are raised once a transaction.
    raised_in = models.BigIntegerField(null=True)
    withdrawn_in = models.BigIntegerField(null=True)
    wagtail_reference_index_ignore = True


current = threading.local()  # `state`: that of the entries in Django's cache which the thread uses


class State(NamedTuple):
    """The state that the page cache compares its pages with. Times are Unix times."""

    generation: int  # how often something that visitors see has changed
    withdrawals: tuple  # how often something was taken away from them (an edit of a page is none), the last expiry and end of a consent
    next_withdrawal: float  # when the next page of the site expires, or the next consent of people on a picture ends
    ends_at: float  # the next withdrawal or midnight in Belfort, when another state begins


def read_state() -> State:
    """Returns the state that is committed, by one query. Raises DatabaseError while the database is away."""
    now = timezone.now()
    expired = SitePage.objects.filter(live=True, expire_at__lte=now).order_by("-expire_at").values("expire_at")[:1]
    expiring = SitePage.objects.filter(live=True, expire_at__gt=now).order_by("expire_at").values("expire_at")[:1]
    ended = SiteImage.objects.filter(SiteImage.get_ended_consent()).order_by("-consent_until").values("consent_until")[:1]
    to_end = SiteImage.objects.filter(people=SiteImage.People.RECOGNISABLE, consent_until__gte=timezone.localdate())
    ending = to_end.order_by("consent_until").values("consent_until")[:1]
    row = Generation.objects.values_list("number", "withdrawals", *map(Subquery, (expired, expiring, ended, ending))).get()
    number, withdrawals, last_expiry, next_expiry, last_consent, last_day = row
    expiry = next_expiry.timestamp() if next_expiry else inf
    end = get_midnight_after(last_day) if last_day else inf
    return State(number, (withdrawals, last_expiry, last_consent), min(expiry, end), min(get_midnight_after(timezone.localdate()), expiry))


def get_midnight_after(day: date) -> float:
    return belfort_datetime(day + timedelta(days=1), MIDNIGHT).timestamp()


def make_cache_key(key: str, prefix: str, version: int) -> str:
    """Returns the key of an entry in Django's cache (`KEY_FUNCTION`), where Wagtail keeps addresses and renditions.

    Each process has a cache of its own, and another one may have changed what it remembers: the key begins with the whole state that the
    thread knows, as an entry may name a page that expires without a change. Where no page cache is, as in commands, the state is None:
    Wagtail's time-outs apply.
    """
    return f"{hash_state(getattr(current, 'state', None))}:{version}:{key}"


@lru_cache(8)
def hash_state(state: State | None) -> str:
    return hash_of(repr(state).encode())


def hash_of(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=12).hexdigest()


INTERVAL = 0.4  # A request that finds the state older than so many seconds starts a thread that reads it.
MAX_AGE = 1  # A state that is older than so many seconds, as nobody has come, is read before the answer.
# If a reading takes longer, all other requests take the database to be away (its own limit: `postgresql.py`).
READING_TIMEOUT = 1  # seconds
RETRY_DELAY = 2  # seconds from one reading to the next while the database is away


@contextmanager
def outside_of_requests() -> Iterator[None]:
    """Closes the thread's connection to the database as Django does before and after a request, or gives it back to the pool."""
    close_old_connections()
    try:
        yield
    finally:
        close_old_connections()


def run_beside(task: Callable[[], object]) -> None:
    """Runs a task in a thread that ends with it: a server that hangs must hold no request, nor the next one on the same connection."""

    @outside_of_requests()
    def run() -> None:
        try:
            task()
        except Exception:
            logger.exception("%s failed.", task.__qualname__)

    threading.Thread(target=run, name=task.__qualname__, daemon=True).start()


class StateReader:
    """The state of the site as a worker knows it."""

    def __init__(self) -> None:
        self.state: State | None = None
        self.organisation: Organisation | None = None  # Visitors get its telephone number in an outage.
        self.read_at = self.retry_at = -inf  # These times, and the next one, are those of the monotonic clock.
        self.reading_since: float | None = None
        self.has_failed, self.lock = False, threading.Lock()

    @property
    def is_away(self) -> bool:
        """True if the database is known to be away, so that nobody has to wait for it: it said so, or does not answer."""
        return self.has_failed or time.monotonic() > (self.reading_since or inf) + READING_TIMEOUT

    @property
    def is_due(self) -> bool:
        can_wait = time.monotonic() <= self.retry_at if self.has_failed else not self.is_older_than(INTERVAL)
        return self.reading_since is None and not can_wait

    def is_older_than(self, seconds: float) -> bool:
        return not self.state or time.monotonic() > self.read_at + seconds or time.time() >= self.state.ends_at

    def get(self) -> State | None:
        """Returns the state; None if it was never read. It is read first if it is older than MAX_AGE, else beside the request that finds it due."""
        if not self.is_away and self.is_older_than(MAX_AGE):
            self.read(timeout=READING_TIMEOUT)
        elif self.is_due:
            run_beside(self.read)
        return self.state

    def read(self, timeout: float = 0) -> None:
        """Reads the state if it is due; while another thread does so, waits for it for `timeout` seconds at most."""
        if self.lock.acquire(timeout=timeout):
            try:
                if self.is_due:
                    self.update()
            finally:
                self.lock.release()

    def update(self) -> None:
        self.reading_since = began_at = time.monotonic()
        try:
            with outside_of_requests():
                state, last = read_state(), self.state
                if state != last:
                    current.state = state
                    self.organisation, self.state = Organisation.get(), state
                    if last and last.withdrawals != state.withdrawals:
                        run_beside(Rendition.delete_misplaced)  # which may take long; else `run_due` does it
        except Exception as error:  # whatever is wrong with the database: pages say it, and their last copies are sent
            if not self.has_failed:
                logger.warning("Pages stay as they are, as the state of the site cannot be read: %s", error)
            self.has_failed, self.retry_at = True, began_at + RETRY_DELAY
        else:
            self.has_failed, self.read_at = False, began_at
        finally:
            self.reading_since = None
