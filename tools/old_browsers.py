"""Pictures of the site in browsers as old as visitors' phones: `make -f tools/Makefile old-browsers` writes them to var/old-browsers/. Not a test.

Chromium 92 knows neither layers nor nesting nor :has; 106 knows layers, :has and container queries. Neither knows popovers.
"""

import io
import os
import subprocess
import tarfile
from pathlib import Path

import brotli
import pytest
from django.conf import settings
from examples import addresses, fill

pytestmark = pytest.mark.django_db(transaction=True)

FOLDER = settings.BASE_DIR / "var" / "old-browsers"
VERSIONS = ("92.0.0", "106.0.2")  # of npm's @sparticuz/chromium, which the Makefile installs below var/old-browsers/
SIZES = {360: 5000, 1280: 4000}  # width and height of the window, in CSS pixels
TRIES = 4  # in one process, as these builds run, it crashes now and then
PAGES = ("HomePage", "AboutPage", "ContactPage", "EventIndexPage", "JobOfferPage", "SiteMap", "Search")


def unpack(version):
    """The program of a `version`, which npm's package holds compressed."""
    folder = FOLDER / version / "node_modules" / "@sparticuz" / "chromium" / "bin"
    program = folder / "chromium"
    if not program.exists():
        for archive in folder.glob("*.tar.br"):
            with tarfile.open(fileobj=io.BytesIO(brotli.decompress(archive.read_bytes()))) as files:
                files.extractall(folder)  # noqa: S202 a pinned package
        program.write_bytes(brotli.decompress((folder / "chromium.br").read_bytes()))
        program.chmod(0o755)
    return program


def take(program, address, picture, width):
    flags = ["--headless", "--no-sandbox", "--single-process", "--no-zygote", "--hide-scrollbars", "--disable-background-networking"]
    command = [program, *flags, f"--window-size={width},{SIZES[width]}", f"--screenshot={picture}", address]
    libraries = {**os.environ, "LD_LIBRARY_PATH": f"{program.parent / 'lib'}:{program.parent}"}
    for _ in range(TRIES):
        if subprocess.run(command, env=libraries, check=False, capture_output=True, timeout=60).returncode == 0:
            return
    raise AssertionError(f"{program} crashed {TRIES} times at {address}")


@pytest.mark.parametrize("version", VERSIONS)
def test_take_pictures_in_old_browsers(live_site, version):
    fill()
    program, found = unpack(version), addresses()
    for name in PAGES:
        for width in SIZES:
            picture = FOLDER / f"{name}-{width}-chromium-{version.partition('.')[0]}.png"
            take(program, live_site + found[name], picture, width)
            assert Path(picture).stat().st_size > 10_000
