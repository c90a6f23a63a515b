"""Compiles our French for messages of Wagtail and Django, and names those that the installed versions no longer have."""

from pathlib import Path

import django
import polib
import wagtail

WORDS = Path("locale/fr/LC_MESSAGES/django.po")

if __name__ == "__main__":
    words = polib.pofile(WORDS)
    words.save_as_mofile(WORDS.with_suffix(".mo"))
    folders = [Path(package.__file__).parent for package in (wagtail, django)]
    known = {entry.msgid for folder in folders for file in folder.rglob("locale/fr/LC_MESSAGES/django.po") for entry in polib.pofile(file)}
    for entry in words:
        if entry.msgid not in known:
            print(f"Neither Wagtail nor Django has this message any more: {entry.msgid}")
