"""Prepares the file of an uploaded picture in a program of its own (`decoder.py`), so that none can fill the memory of the site."""

import subprocess
import sys
import threading
from pathlib import Path

from django.core.files import File

from . import decoder

DECODER_TIMEOUT = 60  # seconds, including the wait for other pictures
places = threading.BoundedSemaphore(3)  # Each upload that is prepared, or waits, holds a thread of the worker and its bytes.


class RefusedPictureError(Exception):
    """Its text is the reason, in French."""


def prepare(file: File) -> tuple[str, bytes]:
    """Returns the extension and the bytes of the picture as it is stored. Raises RefusedPictureError for any other file."""
    if not places.acquire(blocking=False):
        raise RefusedPictureError("Le site prépare déjà d’autres images. Attendez une minute, puis envoyez celle-ci à nouveau.")
    try:
        return run_decoder(file.read())
    finally:
        places.release()


def run_decoder(data: bytes) -> tuple[str, bytes]:
    program = [sys.executable, "-I", str(Path(decoder.__file__))]
    try:
        done = subprocess.run(program, input=data, capture_output=True, timeout=DECODER_TIMEOUT, check=False)  # noqa: S603 no part of it is a visitor's
    except subprocess.TimeoutExpired as error:
        raise RefusedPictureError("Le site n’a pas pu lire cette image à temps. Essayez de l’envoyer à nouveau.") from error
    if done.returncode == decoder.REFUSED:
        raise RefusedPictureError(done.stdout.decode())
    if done.returncode:  # it was ended by one of its limits
        raise RefusedPictureError(
            "Le site ne peut pas lire cette image. Ouvrez-la sur votre ordinateur, enregistrez-la en JPEG, puis envoyez-la."
        )
    extension, _, content = done.stdout.partition(b"\n")
    return extension.decode(), content
