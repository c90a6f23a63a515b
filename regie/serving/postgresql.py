"""Connections to PostgreSQL that do not wait for ever.

A server that hangs keeps none of its own limits: its time-outs run in the process that is stopped, and its system goes on acknowledging
what is sent, so that keep-alives and `tcp_user_timeout` see nothing wrong. Only the client can give up.
"""

from typing import Any

import psycopg
from psycopg.errors import _WaitTimeout

VISIT_TIMEOUT = 4  # seconds that a query of a visitor may take; the server is told to give up before that
VISIT_OPTIONS = " -c lock_timeout=2500 -c statement_timeout=3500"  # milliseconds


class LimitedConnection(psycopg.Connection):
    """Closes itself, with an OperationalError, where the server takes more than `longest` seconds for one answer."""

    longest = 60  # seconds; the default is for commands

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        try:
            return super().wait(gen, interval, self.longest if timeout is None else timeout)
        except _WaitTimeout as error:
            if timeout is not None:  # of psycopg itself, which handles it
                raise
            self.pgconn.finish()  # at once: asking the server to cancel would be waiting for it again
            raise psycopg.OperationalError(f"The database did not answer within {self.longest} seconds.") from error


def limit_to_visits(settings_dict: dict[str, Any]) -> None:
    """Applies the visitors' short timeouts to this process's connections."""
    LimitedConnection.longest = VISIT_TIMEOUT
    settings_dict["OPTIONS"]["options"] = settings_dict["OPTIONS"].get("options", "") + VISIT_OPTIONS
