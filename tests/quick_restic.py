"""Repositories of restic whose key is tried in a millisecond, kept in `var/test-databases/`.

restic makes each command take half a second of the processor, and a new repository three seconds, so that a key is slow to guess
(scrypt, RFC 7914). Here the key gets the least work that scrypt knows. See "Keys, Encryption and MAC" in restic's design document.
"""

import hashlib
import json
import os
import shutil
from base64 import b64decode, b64encode
from contextlib import suppress
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR, ECB
from cryptography.hazmat.primitives.poly1305 import Poly1305
from database import FOLDER


def derive(password, key):
    """The 64 bytes that a password gives: 32 to encrypt with, 16 and 16 to authenticate with."""
    cost = {"n": key["N"], "r": key["r"], "p": key["p"], "maxmem": 2**28}
    return hashlib.scrypt(password.encode(), salt=b64decode(key["salt"]), dklen=64, **cost)


def encrypt(cipher, text):
    return cipher.encryptor().update(text)


def begin(repository, make):
    """Copies a kept repository to the place of `repository`; `make` makes it if there is none with its key."""
    kept = (
        FOLDER / f"restic-{'here' if repository.is_local else 'elsewhere'}-{repository.key}"
    )  # two that are copied have two names for restic
    if kept.exists():
        shutil.copytree(kept, repository.place, dirs_exist_ok=True)
    else:
        make()
        make_quick(repository.place, repository.key)
        written = Path(shutil.copytree(repository.place, f"{kept}-{os.getpid()}"))
        with suppress(OSError):  # another process was quicker
            written.rename(kept)


def make_quick(place, password):
    (file,) = (Path(place) / "keys").iterdir()
    key = json.loads(file.read_bytes())
    sealed, secret = b64decode(key["data"]), derive(password, key)
    master = encrypt(Cipher(AES(secret[:32]), CTR(sealed[:16])), sealed[16:-16])
    key |= {"N": 2, "r": 1, "p": 1}
    secret, nonce = derive(password, key), os.urandom(16)
    text = encrypt(Cipher(AES(secret[:32]), CTR(nonce)), master)
    authentic = Poly1305.generate_tag(secret[48:] + encrypt(Cipher(AES(secret[32:48]), ECB()), nonce), text)  # noqa: S305 as restic has it
    content = json.dumps(key | {"data": b64encode(nonce + text + authentic).decode()}).encode()
    file.unlink()
    (file.parent / hashlib.sha256(content).hexdigest()).write_bytes(content)
