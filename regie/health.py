"""/-/live and /-/ready, by which the programs that run the site ask how it is. They tell nothing secret, and ask for no host name.

/-/live answers 200 while the process answers. /-/ready answers 200, or 503 where visitors meet a fault: the database is away or lacks
migrations, uploads cannot be written, the disk is full. What can wait (mails, `run_due`, the copy at BACKUP_TO) is said in it, with 200.
"""

import json
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import Error, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from pages.models import OutgoingMail, WorkerRun

from .page_cache import StateReader, outside_of_requests

LEAST_SPACE = 200 * 1024 * 1024  # bytes: ten of the largest uploads
LATE_MAIL = timedelta(hours=1)  # after the first try
CACHE_SECONDS = 1  # for which an answer is given again, so that nobody can have the site ask itself all the time
OK = "ok"


@cache
def get_migrations() -> set[tuple[str, str]]:
    """Returns the last migrations of each application in this code."""
    return set(MigrationLoader(None).graph.leaf_nodes())


def check_database() -> dict[str, str]:
    try:
        with outside_of_requests():
            missing = get_migrations() - set(MigrationRecorder(connection).applied_migrations())
            return {"database": OK, "migrations": f"missing: {sorted(missing)[0]}" if missing else OK, **check_tasks()}
    except Error as error:
        return {"database": f"away: {type(error).__name__}"}


def check_tasks() -> dict[str, str]:
    """Returns what can wait, and does not make the site unready."""
    now = timezone.now()
    mail = OutgoingMail.objects.filter(created_at__lt=now - LATE_MAIL).first()
    run = WorkerRun.objects.first()
    return {
        "outbox": f"a mail waits since {mail.created_at.isoformat(timespec='seconds')}" if mail else OK,
        "run_due": describe(run and run.finished_at, now - WorkerRun.LATE),
        "backup": describe(run and run.copied_at, now - WorkerRun.LATE_COPY) if settings.BACKUP_TO else "BACKUP_TO is not set",
    }


def check_files() -> dict[str, str]:
    folder = settings.MEDIA_ROOT
    try:
        if settings.S3_BUCKET:
            default_storage.exists("x")
            return {"media": OK}
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return {"media": OK, "disk": check_space(folder, LEAST_SPACE)}
    except Exception as error:  # S3's are its library's own
        return {"media": f"cannot be written: {type(error).__name__}"}


def check_space(folder: Path, least: int) -> str:
    """Returns whether more than `least` bytes are free on the disk of a folder. Raises OSError."""
    free = shutil.disk_usage(folder).free
    return OK if free > least else f"{free // 1024**2} MB are left"


def describe(last: datetime | None, least: datetime) -> str:
    return OK if last and last > least else f"last: {last.isoformat(timespec='seconds') if last else 'never'}"


NEEDED = ("database", "migrations", "media", "disk")


class Health:
    """The WSGI application around all others."""

    def __init__(self, application: Callable, reader: StateReader) -> None:
        self.application, self.reader = application, reader
        self.lock, self.read_at, self.state = threading.Lock(), -1.0 * CACHE_SECONDS, {}

    def __call__(self, environ: dict[str, Any], start_response: Callable) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/-/live":
            return self.answer(environ, "200 OK", {"live": True}, start_response)
        if environ["PATH_INFO"] != "/-/ready":
            return self.application(environ, start_response)
        state = self.read()
        is_ready = all(state.get(name) == OK for name in NEEDED if name in state)
        return self.answer(environ, "200 OK" if is_ready else "503 Service Unavailable", {"ready": is_ready, **state}, start_response)

    def read(self) -> dict[str, str]:
        with self.lock:
            if time.monotonic() - self.read_at > CACHE_SECONDS:
                self.reader.get()
                self.state = ({"database": "away"} if self.reader.is_away else check_database()) | check_files()
                self.read_at = time.monotonic()
            return self.state

    def answer(self, environ: dict[str, Any], status: str, state: dict[str, Any], start_response: Callable) -> Iterable[bytes]:
        body = json.dumps(state).encode()
        headers = {"Content-Type": "application/json", "Content-Length": str(len(body)), "Cache-Control": "no-store"}
        start_response(status, [*headers.items(), ("X-Content-Type-Options", "nosniff")])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]
