"""The state of the site with which the page cache compares its copies, and the thread of each worker that reads it."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from math import inf

from django.db import close_old_connections, connection
from django.utils import timezone

from pages import generation
from pages.models import Organisation, Rendition
from pages.public.sharing import Parameters, read_parameters_of_pages
from pages.text.dates import MIDNIGHT, belfort_datetime

INTERVAL = 0.8  # seconds between two readings: visitors see a change within a second
LONGEST_READING = 1  # seconds that a reading may take; after that, the database is taken to be away
AWAY_AFTER = 1  # second more: after that, nobody waits for the database
SHORTEST_PAUSE = 0.2  # seconds: until a reading that failed is tried again, and after midnight or an expiry
FIRST_READING = 2  # seconds that the first request of a worker waits

logger = logging.getLogger(__name__)
current = threading.local()  # `generation`: that of the caches which the thread uses


@dataclass(frozen=True)
class State:
    """What copies are compared with. Times are Unix times."""

    generation: int  # how often something that visitors see has changed
    withdrawals: tuple  # how often something was taken away from them (an edit of a page is none), the last expiry and end of a consent
    next_expiry: float  # when the next page of the site expires
    ends_at: float  # the next expiry or midnight in Belfort, when another state begins
    parameters_of_pages: dict[str, Parameters] = field(default_factory=dict, compare=False)  # see `pages/public/sharing.py`
    organisation: Organisation | None = field(default=None, compare=False)  # whose telephone number visitors get in an outage


def use_caches_of(state: State | None) -> None:
    """Has this thread's entries in Django's cache, where Wagtail keeps addresses and renditions, be those of a generation."""
    current.generation = state.generation if state else None


def make_cache_key(key: str, prefix: str, version: int) -> str:
    """Returns the key of an entry in Django's cache (`KEY_FUNCTION`).

    Each process has a cache of its own, and another one may have changed what it remembers: the key begins with the generation that the
    thread knows. Where no page cache is, as in commands, it begins with None: Wagtail's time-outs apply.
    """
    return f"{getattr(current, 'generation', None)}:{version}:{key}"


@contextmanager
def outside_of_requests() -> Iterator[None]:
    """Closes the thread's connection to the database as Django does before and after a request, or gives it back to the pool."""
    if connection.in_atomic_block:  # in a test
        yield
        return
    close_old_connections()
    try:
        yield
    finally:
        close_old_connections()


def read_state(last: State | None) -> State:
    """Returns the state now; `last` itself if nothing has changed. Raises DatabaseError while the database is away."""
    with outside_of_requests():
        reading = generation.read()
        last_expiry = reading.last_expiry.timestamp() if reading.last_expiry else 0.0
        next_expiry = reading.next_expiry.timestamp() if reading.next_expiry else inf
        midnight = belfort_datetime(timezone.localdate() + timedelta(days=1), MIDNIGHT).timestamp()
        state = State(reading.number, (reading.withdrawals, last_expiry, reading.last_consent), next_expiry, min(midnight, next_expiry))
        if state == last:
            return last
        use_caches_of(state)
        return replace(state, parameters_of_pages=read_parameters_of_pages(), organisation=Organisation.get())


class StateReader:
    """Reads the state in a thread of its own, so that pages which are kept are sent while the database does not answer."""

    def __init__(self) -> None:
        self.state: State | None = None
        self.due_at = -inf  # by the monotonic clock: a state that was not read anew by then is out of date
        self.is_running, self.has_failed = False, False
        self.starting, self.lock = threading.Lock(), threading.Lock()  # the second is held while the state is read
        self.has_read, self.stopped = threading.Event(), threading.Event()

    def get(self) -> State | None:
        """Returns the last state; None before the first. Whoever comes first after a state has ended reads the next one."""
        if not self.is_running:
            self.start()
        if self.state and time.time() >= self.state.ends_at and not self.is_late and self.lock.acquire(blocking=False):
            try:
                self.update()
            finally:
                self.lock.release()
        return self.state

    @property
    def is_late(self) -> bool:
        """Whether the last state was not read anew in time, as the database does not answer."""
        return time.monotonic() > self.due_at

    @property
    def is_away(self) -> bool:
        """Whether the database is known to be away, so that nobody has to wait for it: it said so, or has not answered for long."""
        return self.has_failed or (self.is_running and time.monotonic() > self.due_at + AWAY_AFTER)

    def start(self) -> None:
        """Starts the thread, with a worker's first request: gunicorn forks its workers after it has loaded the site."""
        with self.starting:
            if not self.is_running:
                threading.Thread(target=self.run, name="state", daemon=True).start()
                self.has_read.wait(FIRST_READING)
                self.is_running = True

    def stop(self) -> None:
        self.stopped.set()

    def run(self) -> None:
        pause = 0.0
        while not self.stopped.wait(pause):
            with self.lock:
                self.update()
            pause = SHORTEST_PAUSE if self.is_late else max(SHORTEST_PAUSE, min(INTERVAL, self.state.ends_at - time.time()))
        connection.close()

    def update(self) -> None:
        began_at, last = time.monotonic(), self.state
        try:
            self.state = read_state(self.state)  # the same object as long as nothing changes: copies are compared with `is`
            if last and last.withdrawals != self.state.withdrawals:
                with outside_of_requests():
                    Rendition.delete_misplaced()  # else `run_due` does it
        except Exception as error:  # whatever is wrong with the database: pages say it, and their last copies are sent
            if not self.has_failed:
                logger.warning("Pages stay as they are, as the state of the site cannot be read: %s", error)
            self.has_failed, self.due_at = True, -inf
        else:
            self.has_failed, self.due_at = False, began_at + INTERVAL + LONGEST_READING
        self.has_read.set()
