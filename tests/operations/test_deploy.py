"""What production is made of agrees with itself: the image, compose.yaml, the units of systemd, nginx, and the pages that describe them."""

import os
import re
import shutil
import subprocess

import pytest
import yaml
from assertions import fail_with
from django.conf import settings
from django.core.management import get_commands

ROOT = settings.BASE_DIR
DOCKERFILE = (ROOT / "Dockerfile").read_text()
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
UNITS = sorted((ROOT / "deploy" / "systemd").iterdir())


@pytest.mark.parametrize("name", COMPOSE["services"])
def test_every_service_has_limits_and_comes_back(name):
    service = COMPOSE["services"][name]
    assert service["mem_limit"]
    assert service["logging"]["options"]["max-size"]
    assert service["restart"] == ("no" if name == "prepare" else "unless-stopped")
    assert "healthcheck" in service or name in {"app", "certificate"}  # the image's; none, and `disable` would be an error for `up --wait`
    assert "no-new-privileges:true" in service["security_opt"]
    if name != "database":
        assert service["read_only"]
        (build,) = [each["build"] for each in COMPOSE["services"].values() if each["image"] == service["image"] and "build" in each]
        assert f"AS {build['target']}\n" in DOCKERFILE
    assert service["cap_drop"] == ["ALL"]
    assert set(service.get("cap_add", [])) <= ({"FOWNER"} if name == "database" else set()) | RIGHTS_OF_ROOT


RIGHTS_OF_ROOT = {"NET_BIND_SERVICE", "SETUID", "SETGID", "CHOWN", "DAC_OVERRIDE"}  # what programs need that begin as root


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="this machine has no systemd")
@pytest.mark.parametrize("unit", [unit for unit in UNITS if unit.suffix == ".service"], ids=lambda unit: unit.stem)
def test_systemd_lets_a_unit_do_little(unit):
    """Of ten: 4 at most for the one of root, 2.5 for the others."""
    most = 40 if unit.stem == "regie-certificate" else 25
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", f"--threshold={most}", unit], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_command_of_root_names_a_path_below_a_folder_of_the_service():
    """The service could have put a link there, and would be given what that leads to."""
    install = (ROOT / "deploy" / "install").read_text()
    owned = {name for line in re.findall(r"^install -d -o regie.*$", install, re.MULTILINE) for name in line.split() if name in FOLDERS}
    assert owned == FOLDERS
    below = re.compile(r"(?:^|[\s=\"'/])(?:var|media|\.ssh)/[\w.]")
    for script in ("install", "upgrade", "certificate"):
        lines = (ROOT / "deploy" / script).read_text().splitlines()
        as_root = [line for line in lines if not re.match(r"\s*(#|runuser -u regie|deploy/manage)", line)]
        found = [line for line in as_root if below.search(re.sub(r"/(?:etc|usr|var)/\S*", "", line))]
        assert found == [], script


FOLDERS = {"var", "media", ".ssh"}


def test_volumes_and_files_that_are_named_exist():
    used = {volume.partition(":")[0] for service in COMPOSE["services"].values() for volume in service.get("volumes", [])}
    assert {name for name in used if not name.startswith("./")} == set(COMPOSE["volumes"])
    for name in [name for name in used if name.startswith("./")]:
        assert (ROOT / name).exists()
    for service in COMPOSE["services"].values():
        for script in re.findall(r"\bdeploy/\w+", str(service.get("command", ""))):
            assert (ROOT / script).stat().st_mode & 0o111
    (script,) = re.findall(r'CMD \["(deploy/\w+)"\]', DOCKERFILE)
    assert (ROOT / script).stat().st_mode & 0o111


def test_the_image_runs_as_a_numbered_user_who_owns_its_folders():
    (user,) = re.findall(r"^USER (\d+):\d+$", DOCKERFILE, re.M)
    assert int(user) > 1000
    assert f"install -d -o {user} -g {user} /data" in DOCKERFILE
    assert f"--uid {user} " in DOCKERFILE
    assert f"install -d -o {user} -g {user} media" in DOCKERFILE  # in the front server's: an empty volume takes the owner of its folder


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_units_of_systemd_run_programs_that_exist_with_one_file_of_variables(unit):
    text = unit.read_text()
    if unit.suffix == ".service":
        assert "ENV_FILE=/srv/regie/site.env" in text
    for program in re.findall(r"^ExecStart=/srv/regie/(\S+)", text, re.M):
        assert program.startswith(".venv/bin/") or (ROOT / program).stat().st_mode & 0o111
    if unit.suffix == ".timer":
        assert unit.with_suffix(".service").exists()


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="this machine has no systemd")
def test_systemd_understands_the_units():
    done = subprocess.run(["systemd-analyze", "verify", *map(str, UNITS)], capture_output=True, text=True, check=False)
    said = [line for line in done.stderr.splitlines() if not re.search(r"Command /srv/regie/\S+ is not executable", line)]
    assert said == []


def test_install_enables_every_unit():
    text = (ROOT / "deploy" / "install").read_text()
    for unit in UNITS:
        if "[Install]" in unit.read_text():
            assert re.search(rf"systemctl enable [^\n]*\b{re.escape(unit.name)}", text), unit.name


def test_an_update_migrates_before_the_site_is_replaced(tmp_path):
    docker = tmp_path / "docker"
    docker.write_text('#!/bin/sh\necho "$@"\n')
    docker.chmod(0o755)
    done = subprocess.run(
        [ROOT / "deploy" / "upgrade"], env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, capture_output=True, text=True, check=True
    )
    build, prepare, app, others, _answers, missing = done.stdout.splitlines()
    assert (build, prepare, app) == ("compose build", "compose run --rm prepare", "compose up --detach --no-deps --wait app")
    up, names = others[:29], others[29:].split()
    assert up == "compose up --detach --no-deps"
    assert {*names, "app", "database", "prepare"} == set(COMPOSE["services"])
    assert missing == "compose exec -T app python manage.py seed --missing"


def test_the_run_book_names_commands_that_exist():
    text = (ROOT / "deploy" / "RUNBOOK.md").read_text()
    named = set(re.findall(r"(?:manage\.py|deploy/manage) (\w+)", text))
    assert len(named) > 5
    assert named <= set(get_commands())
    for target in re.findall(r"(?:^|`)make ([\w.-]+)", text, re.M):
        assert re.search(rf"^{re.escape(target)}:", (ROOT / "Makefile").read_text(), re.M), target


DOCS = [*(ROOT / "docs").glob("*.md"), *(ROOT / name for name in ("README.md", "CONTRIBUTING.md"))]


def find_unknown(path):
    """Yields the commands, files and names of code that a document has in backticks, and that do not exist."""
    text = path.read_text()
    makefiles = "".join((ROOT / folder / "Makefile").read_text() for folder in ("", "tools"))
    for target in re.findall(r"`make(?: -f tools/Makefile)? ([a-z][\w.-]*)", text):
        if not re.search(rf"^(?:[\w. -]+ )?{re.escape(target)}\b[\w. -]*:", makefiles, re.M):
            yield f"make {target}"
    for command in re.findall(r"manage(?:\.py| ARGS=[\"\x27]+) ?([a-z_]+)", text):
        if command not in get_commands():
            yield command
    for name in re.findall(r"`([\w./-]+/[\w.-]+\.(?:py|html|css|js|md|toml|po)|\w+\.(?:py|html))`", text):
        if not (ROOT / name).exists() and not any(str(file).endswith(f"/{name}") for file in FILES):
            yield name
    for name in re.findall(r"`_?([A-Za-z][A-Za-z_]{3,})(?:\(\))?`", text):
        if not re.search(rf"\b{name}\b", SOURCE):
            yield name


FILES = [
    ROOT / name
    for name in subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
]
SOURCE = "\n".join(file.read_text() for file in FILES if file.suffix in {".py", ".html", ".css", ".js", ".toml", ".yaml", ".conf", ".po"})


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_what_the_docs_name_exists(path):
    fail_with(f"{path.name}: {name}" for name in find_unknown(path))


@pytest.mark.parametrize("script", ["install", "upgrade", "certificate", "front", "manage", "views"])
def test_scripts_are_scripts(script):
    subprocess.run(["sh", "-n", str(ROOT / "deploy" / script)], check=True)


def test_every_template_of_wagtails_has_its_reason():
    text = (ROOT / "docs" / "wagtail.md").read_text()
    for path in (ROOT / "templates").glob("wagtail*/**/*.*"):
        name = path.relative_to(ROOT / "templates")
        assert any(word in text for word in (f"`{name}`", f"`{name.name}`", f"`{name.parent}/*{name.suffix}`")), name


def test_every_test_that_is_named_exists():
    for name in re.findall(r"`(test_\w+\.py)`", (ROOT / "docs" / "wagtail.md").read_text()):
        assert [*(ROOT / "tests").rglob(name)], name


@pytest.mark.parametrize(("now", "waits"), [(1_000, 2_000), (3_000, 86_400), (50_000, 39_400)])
def test_the_container_of_copies_waits_for_the_next_night(tmp_path, now, waits):
    """Also where it is started after midnight, as by an update. Seconds; the copy of today is due at 3,000."""
    programs = {
        "date": f'case "$*" in "+%s") echo {now};; "-d 03:12 +%s") echo 3000;; "-d tomorrow 03:12 +%s") echo 89400;; esac',
        "sleep": "echo $1; exit 1",
    }
    for name, script in programs.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / name).chmod(0o755)
    command = COMPOSE["services"]["backup"]["command"]
    environment = os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    command = [*command[:2], command[2].replace("$$", "$")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=10, check=True)
    assert done.stdout == f"{waits}\n"
