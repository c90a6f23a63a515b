"""Limits in time for what a pass of `run_due` does."""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def deadline(seconds: float, who: str) -> Iterator[None]:
    """Raises TimeoutError in the block after so many seconds, or when that of an outer block is over.

    Without a limit outside the main thread, in which `run_due` works: only there can a signal end what waits (setitimer(2)).
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*args) -> None:
        raise TimeoutError(f"{who} took more than {seconds} seconds.")

    began, outer = time.monotonic(), signal.getitimer(signal.ITIMER_REAL)[0]
    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, min(seconds, outer or seconds))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if outer:
            signal.setitimer(signal.ITIMER_REAL, max(0.001, outer - (time.monotonic() - began)))
