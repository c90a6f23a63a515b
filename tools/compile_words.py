"""Compiles our French for Wagtail's messages, and names those that the installed Wagtail no longer has."""

from pathlib import Path

import polib
import wagtail

WORDS = Path("locale/fr/LC_MESSAGES/django.po")

if __name__ == "__main__":
    words = polib.pofile(WORDS)
    words.save_as_mofile(WORDS.with_suffix(".mo"))
    known = {entry.msgid for file in Path(wagtail.__file__).parent.rglob("locale/fr/LC_MESSAGES/django.po") for entry in polib.pofile(file)}
    for entry in words:
        if entry.msgid not in known:
            print(f"Wagtail has no such message any more: {entry.msgid}")
