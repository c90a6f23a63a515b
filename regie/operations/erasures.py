"""The list of messages that were erased, in BACKUP_ROOT: `manage.py restore` erases them again, which a backup of the site still has."""

import logging
from pathlib import Path

from django.conf import settings
from django.db import transaction

from pages.models import Message

logger = logging.getLogger(__name__)


def note_erasure(instance: Message, **kwargs) -> None:
    """Notes that a message was erased, outside of the database: a backup of the site that is restored later has it still."""

    def note() -> None:
        try:
            settings.BACKUP_ROOT.mkdir(parents=True, exist_ok=True, mode=0o700)
            with get_erased_file().open("a") as file:
                file.write(f"{identity}\n")
        except OSError:
            logger.exception("It could not be noted that a message was erased.")

    identity = instance.identity  # The instance loses its primary key.
    transaction.on_commit(note)


def get_erased_file() -> Path:
    return settings.BACKUP_ROOT / "erased"


def read_erased() -> list[str]:
    file = get_erased_file()
    return file.read_text().splitlines() if file.exists() else []
