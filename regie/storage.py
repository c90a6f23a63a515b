"""The folder of uploads."""

import os
from pathlib import Path

from django.core.files import File
from django.core.files.storage import FileSystemStorage
from django.utils.crypto import get_random_string


class WholeFileStorage(FileSystemStorage):
    def _save(self, name: str, content: File) -> str:
        """Writes the file under another name first: a disk that is full leaves no part of it, and nobody reads half of it."""
        part = f"{name}.{get_random_string(8)}.part"
        try:
            super()._save(part, content)
            while True:
                try:
                    os.close(os.open(self.path(name), os.O_CREAT | os.O_EXCL))  # two uploads of one name at once get two names
                except FileExistsError:
                    name = self.get_available_name(name)
                else:
                    break
            Path(self.path(part)).replace(self.path(name))
        finally:
            self.delete(part)
        return name
