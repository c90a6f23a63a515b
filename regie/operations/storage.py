"""Where uploads are: a folder of this machine, or a bucket of S3 that several machines share (`regie/operations/bucket.py`)."""

import os
import shutil
from pathlib import Path

from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage
from django.utils.crypto import get_random_string

STAGING, RESTORED = ".backup", ".restore"  # folders for backups (`backups.py`), here as hard links must not leave the file system


class WholeFileStorage(FileSystemStorage):
    def _save(self, name: str, content: File) -> str:
        """Writes the file under another name first: a disk that is full leaves no part of it, and nobody reads half of it."""
        part = f"{name}.{get_random_string(8)}.part"
        try:
            super()._save(part, content)
            name = super()._save(name, ContentFile(b""))  # Two uploads of one name at once get two names.
            Path(self.path(part)).replace(self.path(name))
        finally:
            self.delete(part)
        return name

    def list_all(self) -> list[str]:
        """Returns the names of all uploads, without files that are being written."""
        return list_files(Path(self.location))

    def copy_to(self, target: Path, name: str) -> None:
        """Links an upload to a second name, under which it stays if it is deleted meanwhile. Raises FileNotFoundError if it was deleted already."""
        try:
            os.link(self.path(name), target)
        except OSError:  # a file system without hard links
            shutil.copy2(self.path(name), target)

    def take(self, source: Path, name: str) -> None:
        """Moves a file here, instead of one of its name."""
        target = Path(self.path(name))
        target.parent.mkdir(parents=True, exist_ok=True)
        source.replace(target)


def list_files(folder: Path) -> list[str]:
    paths = (path.relative_to(folder) for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())
    return [str(path) for path in paths if path.parts[0] not in {STAGING, RESTORED} and path.suffix != ".part"]
