"""Answers that the workers of a gunicorn share in a folder, for when the database is away: one may not have rendered what another has."""

import hashlib
import os
import pickle
import shutil
import tempfile
import threading
import time
import weakref
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

MAX_ANSWERS = 1000  # some 40 MB


class Kept(NamedTuple):
    answer: Any
    generation: int  # that, and the withdrawals, of the state in which it was rendered
    withdrawals: tuple
    made_at: float  # Unix time


class Reserve:
    """It is made before workers are forked, and ends with the process that made it."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="regie-pages-"))
        weakref.finalize(self, remove, self.folder, os.getpid())

    def get_path(self, key: tuple) -> Path:
        return self.folder / hashlib.blake2b(repr(key).encode(), digest_size=16).hexdigest()

    def put(self, key: tuple, answer: Any, generation: int, withdrawals: tuple) -> None:
        """Keeps an answer instead of an older one. A disk that is full is no fault: there is none in reserve then."""
        path = self.get_path(key)
        part = path.with_suffix(f".{os.getpid()}.{threading.get_ident()}")
        with suppress(OSError):
            part.write_bytes(pickle.dumps(Kept(answer, generation, withdrawals, time.time())))
            part.replace(path)
            if len(paths := list(self.folder.iterdir())) > MAX_ANSWERS:
                min(paths, key=lambda path: path.stat().st_mtime).unlink()
            return
        with suppress(OSError):
            part.unlink(missing_ok=True)

    def get(self, key: tuple) -> Kept | None:
        with suppress(OSError):
            return pickle.loads(self.get_path(key).read_bytes())  # noqa: S301 written by this program, in a folder of its own
        return None


def remove(folder: Path, maker: int) -> None:
    if os.getpid() == maker:  # not in a worker that ends
        shutil.rmtree(folder, ignore_errors=True)
