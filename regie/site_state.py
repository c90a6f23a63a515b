"""The state of the site with which the page cache compares its copies, and the thread of each worker that reads it."""

import logging
import threading
import time
from dataclasses import dataclass, field, replace
from datetime import timedelta
from math import inf

from django.db import close_old_connections, connection
from django.utils import timezone

from pages import generation
from pages.public.sharing import Parameters, read_parameters_of_pages
from pages.text.dates import MIDNIGHT, belfort_datetime

INTERVAL = 0.8  # seconds between two readings: visitors see a change within a second
LONGEST_READING = 1  # seconds that a reading may take; after that, the database is taken to be away
SHORTEST_PAUSE = 0.2  # seconds: until a reading that failed is tried again, and after midnight or an expiry
FIRST_READING = 2  # seconds that the first request of a worker waits

logger = logging.getLogger(__name__)
current = threading.local()  # `generation`: that of the caches which the thread uses


@dataclass(frozen=True)
class State:
    """What copies are compared with. `ends_at` and `expires_at` are Unix times: of the next midnight or expiry, of the next expiry."""

    generation: int
    withdrawals: int
    ends_at: float
    expires_at: float
    parameters_of_pages: dict[str, Parameters] = field(default_factory=dict, compare=False)  # see `pages/public/sharing.py`


def use_caches_of(state: State | None) -> None:
    """Has this thread's entries in Django's cache depend on the generation: Wagtail keeps addresses and renditions there."""
    current.generation = state.generation if state else None


def make_cache_key(key: str, prefix: str, version: int) -> str:
    """Returns the key of an entry in Django's cache (`KEY_FUNCTION`): what was read before a change is never found after it."""
    return f"{getattr(current, 'generation', None)}:{version}:{key}"


def read_state(last: State | None) -> State:
    """Returns the state now; `last` itself if nothing has changed. Raises DatabaseError while the database is away."""
    close_old_connections()
    try:
        number, withdrawals, next_expiry = generation.read()
        midnight = belfort_datetime(timezone.localdate() + timedelta(days=1), MIDNIGHT).timestamp()
        expires_at = next_expiry.timestamp() if next_expiry else inf
        state = State(number, withdrawals, min(midnight, expires_at), expires_at)
        if state == last:
            return last
        use_caches_of(state)
        return replace(state, parameters_of_pages=read_parameters_of_pages())
    finally:
        close_old_connections()


class StateReader:
    """Reads the state in a thread of its own, so that no visitor waits for a database that is away."""

    def __init__(self) -> None:
        self.state: State | None = None
        self.due_at = 0.0  # by the monotonic clock: a state that was not read anew by then is out of date
        self.is_running, self.lock = False, threading.Lock()
        self.has_read, self.stopped = threading.Event(), threading.Event()

    def get(self) -> State | None:
        """Returns the last state; None before the first."""
        if not self.is_running:
            self.start()
        return self.state

    @property
    def is_away(self) -> bool:
        """Whether the last state is out of date, as the database does not answer."""
        return time.monotonic() > self.due_at

    def start(self) -> None:
        """Starts the thread, with a worker's first request: gunicorn forks its workers after it has loaded the site."""
        with self.lock:
            if not self.is_running:
                threading.Thread(target=self.run, name="state", daemon=True).start()
                self.has_read.wait(FIRST_READING)
                self.is_running = True

    def stop(self) -> None:
        self.stopped.set()

    def run(self) -> None:
        delay = 0.0
        while not self.stopped.wait(delay):
            self.update()
            delay = SHORTEST_PAUSE if self.is_away else max(SHORTEST_PAUSE, min(INTERVAL, self.state.ends_at - time.time()))
        connection.close()

    def update(self) -> None:
        try:
            self.state = read_state(self.state)  # the same object as long as nothing changes: copies are compared with `is`
        except Exception as error:  # whatever is wrong with the database: pages say it, and their last copies are sent
            if self.due_at:
                logger.warning("Pages stay as they are, as the state of the site cannot be read: %s", error)
            self.due_at = 0.0
        else:
            self.due_at = time.monotonic() + INTERVAL + LONGEST_READING
        self.has_read.set()
