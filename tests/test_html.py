"""The HTML of every page type, by the Nu checker (the W3C's own)."""

import shutil
import subprocess
from urllib.parse import quote

from django.conf import settings

CHECKER = settings.BASE_DIR / ".venv" / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"


def errors(folder):
    """Returns the messages of the checker about the pages in `folder`; an empty text if there are none."""
    assert shutil.which("java"), "Java is missing: `make services` says how to get it."
    assert CHECKER.exists(), "The Nu checker is missing: `make services` gets it."
    said = subprocess.run(["java", "-jar", CHECKER, "--errors-only", folder], capture_output=True, text=True)
    assert bool(said.returncode) == bool(said.stderr)
    return said.stderr


def test_no_page_has_an_html_error(starting_site, filled_site, tmp_path):
    for state, site in (("start", starting_site), ("filled", filled_site)):
        for address, answer in site.answers.items():
            if answer.is_page:
                (tmp_path / f"{state}-{quote(address, safe='')}.html").write_bytes(answer.content)
    assert len(list(tmp_path.iterdir())) > 60
    assert errors(tmp_path) == ""


def test_the_checker_finds_an_error(tmp_path):
    (tmp_path / "wrong.html").write_text("<!doctype html><html lang=fr><title>x</title><p><ul></ul></p>")
    assert "No “p” element in scope" in errors(tmp_path)
