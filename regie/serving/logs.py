"""Logs on standard error, one JSON object a line, without personal data: no address of a visitor, no query, no word of a form.

Each request that reaches Django has a number, which is in its lines, in the header X-Request-ID of its answer, and on the page about a
fault. It needs no Django: gunicorn, too, logs by it.
"""

import json
import logging
import re
import secrets
import time
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

request_number: ContextVar[str] = ContextVar("request_number", default="")
# What gunicorn writes of a request that it cannot read, or that fails: an address, headers, a query; and PostgreSQL of a row: its values.
PERSONAL = re.compile(
    r"(?<=^Invalid request) from ip=.*|\?\S*|^DETAIL: [\s\S]*?(?=\n\nThe above exception|\n\nDuring handling|\Z)", re.MULTILINE
)
SECRET = re.compile("(?<=/confirm/).*")  # the token of a link to choose a password
MAX_MESSAGE_LENGTH = 500  # characters: a visitor may send headers and addresses of thousands, which others repeat
FACTS = ("method", "path", "status", "milliseconds")  # attributes of a record that are written beside its message
logger = logging.getLogger(__name__)


class JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": PERSONAL.sub("", record.getMessage())[:MAX_MESSAGE_LENGTH],
        }
        if number := request_number.get():
            line["request"] = number
        line |= {name: getattr(record, name) for name in FACTS if hasattr(record, name)}
        if record.exc_info and record.name != "django.security.DisallowedHost":  # whose message says all
            line["error"] = PERSONAL.sub("", self.formatException(record.exc_info))
        return json.dumps(line, default=str)  # in ASCII: no control character reaches a terminal


class LoggedRequests:
    """The WSGI application around Django's: gives each request a number, and logs a line about it. A query may be personal: it is left out."""

    def __init__(self, application: Callable) -> None:
        self.application = application

    def __call__(self, environ: dict[str, Any], start_response: Callable) -> Iterable[bytes]:
        began = time.perf_counter()
        number = secrets.token_hex(4)
        token = request_number.set(number)

        def start(status: str, headers: list[tuple[str, str]], exc_info: tuple | None = None) -> Callable:
            facts = {
                "method": environ["REQUEST_METHOD"],
                "path": SECRET.sub("", environ["PATH_INFO"])[:200].encode("unicode_escape").decode(),
                "status": int(status[:3]),
            }
            facts["milliseconds"] = round((time.perf_counter() - began) * 1000)
            logger.info("%(method)s %(path)s %(status)s", facts, extra=facts)
            return start_response(status, [*headers, ("X-Request-ID", number)], exc_info)

        try:
            return self.application(environ, start)
        finally:
            request_number.reset(token)
