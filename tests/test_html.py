"""The HTML of every page type, by the Nu checker (the W3C's own)."""

import shutil
import subprocess

import pytest
from django.conf import settings
from examples import addresses, fill
from wagtail.models import get_page_models

pytestmark = pytest.mark.django_db

CHECKER = settings.BASE_DIR / ".venv" / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"


OTHERS = {
    "search": "/recherche/",
    "none-found": "/recherche/?q=zzqx",
    "past": "/agenda/?quand=passes",
    "past-event": "/agenda/passee/",
    "of-district": "/actualites/?quartier=les-glacis",
}


def errors(folder):
    """What the checker says of the pages in `folder`: nothing, if nothing is wrong with them or with itself."""
    said = subprocess.run(["java", "-jar", CHECKER, "--errors-only", folder], capture_output=True, text=True)
    assert bool(said.returncode) == bool(said.stderr)
    return said.stderr


def test_no_page_has_an_html_error(client, tmp_path):
    assert shutil.which("java"), "Java is missing: `make services` says how to get it."
    pages = tmp_path / "pages"
    pages.mkdir()
    for state, prepare in (("start", lambda: None), ("filled", fill)):
        prepare()
        for name, address in (addresses() | (OTHERS if state == "filled" else {})).items():
            (pages / f"{state}-{name}.html").write_bytes(client.get(address).content)
    every_type = {model.__name__ for model in get_page_models() if hasattr(model, "facade")}
    assert every_type <= set(addresses())  # a new page type cannot be forgotten
    assert len(list(pages.iterdir())) > 15
    assert errors(pages) == ""


def test_the_checker_finds_an_error(tmp_path):
    (tmp_path / "wrong.html").write_text("<!doctype html><html lang=fr><title>x</title><p><ul></ul></p>")
    assert "No “p” element in scope" in errors(tmp_path)
