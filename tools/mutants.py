"""Prints how many small faults in the code the tests find: `make -f tools/Makefile mutants`, `… mutants ARGS=pages/search/query.py`.

Each mutant is the code with one fault, made by cosmic-ray: a number one off, a comparison turned round, a decorator gone, a loop that
never runs. A sample of SAMPLE places a module, always the same, is tried with the tests of that module and the check for missing
migrations. What was tried is kept in var/mutants/ until its module or its tests change, so that an interrupted run goes on.
Whether one that survives does the same as the code is for the reader to say.
"""

import concurrent.futures
import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

from cosmic_ray.ast import ast_nodes, get_ast_from_path
from cosmic_ray.mutating import mutate_and_test
from cosmic_ray.plugins import get_operator, operator_names
from cosmic_ray.work_item import MutationSpec

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "var" / "mutants"
SAMPLE = 40
SECONDS = 120  # a mutant that takes longer is an endless loop: counted as found
WANTED = 80  # percent
TESTS = {
    "pages/page/querysets.py": ["privacy", "paths", "links", "news", "search", "first_screen"],
    "pages/page/rights.py": ["admin", "undo"],
    "pages/page/base.py": ["tree", "privacy", "paths", "links", "job_offers", "page_forms", "news", "search"],
    "pages/page/listing.py": ["news", "agenda", "feeds", "search"],
    "pages/agenda/models.py": ["agenda", "feeds", "linked_data", "tree", "search"],
    "pages/agenda/series.py": ["agenda", "recurrence", "feeds", "duplicates"],
    "pages/agenda/wording.py": ["agenda", "recurrence"],
    "pages/agenda/calendar.py": ["feeds"],
    "pages/work/models.py": ["job_offers", "linked_data", "tree", "page_forms", "contact_form", "admin"],
    "pages/news/models.py": ["news", "agenda", "feeds", "tree", "page_forms"],
    "pages/organisation/models.py": ["organisation", "legal", "agenda", "inbox"],
    "pages/organisation/legal_facts.py": ["organisation", "legal"],
    "pages/organisation/readiness.py": ["opening", "first_screen"],
    "pages/text/validators.py": ["legal", "organisation", "key_figures"],
    "pages/figures/models.py": ["key_figures", "figure_form"],
    "pages/page/slugs.py": ["key_figures", "glossary", "agenda"],
    "pages/contact/form.py": ["contact_form", "organisation"],
    "pages/contact/models.py": ["inbox", "outbox", "contact_form"],
    "pages/media/decoder.py": ["media"],
    "pages/media/files.py": ["media"],
    "pages/contact/senders.py": ["contact_form"],
    "pages/figures/admin.py": ["figure_form"],
    "pages/media/forms.py": ["media", "admin"],
    "regie/mail/delivery.py": ["outbox", "run_due"],
    "regie/operations/worker.py": ["run_due"],
    "pages/figures/exports.py": ["key_figures", "errors"],
    "pages/figures/drawings.py": ["key_figures"],
    "pages/visits/links.py": ["links", "privacy"],
    "pages/search/query.py": ["search", "any_text"],
    "pages/search/question.py": ["search", "any_text"],
    "pages/search/sql.py": ["search", "any_text"],
    "pages/search/index.py": ["search", "run_due"],
    "pages/text/dates.py": ["agenda", "feeds"],
    "pages/text/phones.py": ["organisation", "contact_form"],
    "pages/text/search_text.py": ["search", "feeds"],
    "pages/visits/navigation.py": ["privacy", "tree", "paths", "about", "news", "agenda", "organisation"],
    "regie/serving/uploads.py": ["media"],
}


def find_test(name):
    return next((ROOT / "tests").rglob(f"test_{name}.py"))


def places(module):
    """Returns the specifications of all mutants of a `module` by the position of the change in the file."""
    found, nodes = {}, list(ast_nodes(get_ast_from_path(ROOT / module)))
    for name in sorted(operator_names()):
        if not get_operator(name).arguments():
            operator = get_operator(name)()
            positions = (position for node in nodes for position in operator.mutation_positions(node))
            for occurrence, (start, end) in enumerate(positions):
                found.setdefault((start, end), []).append((name, occurrence, start, end))
    return found


def sample(module):
    """Returns SAMPLE mutants of a `module`, each at another position: the same ones as long as the module does not change."""
    by_place = places(module)
    chance = random.Random(module)  # noqa: S311 a sample
    chosen = chance.sample(sorted(by_place), min(SAMPLE, len(by_place)))
    return [chance.choice(by_place[place]) for place in chosen]


def key(module, mutant):
    """The key of a result: a hash of the code and its tests, and the mutant."""
    digest = hashlib.sha256()
    for path in (ROOT / module, *map(find_test, TESTS[module])):
        digest.update(path.read_bytes())
    return f"{digest.hexdigest()[:16]} {module} {mutant[0]} {mutant[1]}"


def begin():
    """A copy of the tree for this process, in which files can be changed."""
    copy = FOLDER / f"tree-{os.getpid()}"
    files = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    for name in filter(None, files):
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, copy / name)
    (copy / ".venv").symlink_to(ROOT / ".venv")
    os.chdir(copy)


def attempt(module, mutant):
    """Returns the result of a mutant: `killed` or not, and its `diff`; no `diff` where cosmic-ray could not make the mutant."""
    name, occurrence, start, end = mutant
    tests = " ".join(str(find_test(name).relative_to(ROOT)) for name in TESTS[module])
    check = "SECRET_KEY=x ALLOWED_HOSTS=x .venv/bin/python manage.py makemigrations --check --dry-run"
    command = f"sh -c '.venv/bin/pytest -x -p no:cacheprovider -m \"not browser and not exhaustive\" {tests} && {check}'"
    result = mutate_and_test([MutationSpec(module, name, occurrence, start, end)], command, SECONDS)
    changed = [line for line in (result.diff or "").splitlines() if line[:1] in "+-" and line[:3] not in {"+++", "---"}]
    return {"killed": result.is_killed, "line": start[0], "diff": changed}


def main():
    chosen = sys.argv[1:] or list(TESTS)
    FOLDER.mkdir(parents=True, exist_ok=True)
    results = FOLDER / "results.jsonl"
    known = {entry["key"]: entry for entry in map(json.loads, results.read_text().splitlines())} if results.exists() else {}
    jobs = {key(module, mutant): (module, mutant) for module in chosen for mutant in sample(module)}
    waiting = [name for name in jobs if name not in known]
    with concurrent.futures.ProcessPoolExecutor(os.cpu_count(), initializer=begin) as pool, results.open("a") as file:
        running = {pool.submit(attempt, *jobs[name]): name for name in waiting}
        for number, done in enumerate(concurrent.futures.as_completed(running), 1):
            entry = known[running[done]] = {"key": running[done], **done.result()}
            file.write(json.dumps(entry, ensure_ascii=False) + "\n")
            file.flush()
            print(f"\r{number} of {len(waiting)}", end="", file=sys.stderr)
    for copy in FOLDER.glob("tree-*"):
        shutil.rmtree(copy)
    sys.exit(report(chosen, [(module, known[name]) for name, (module, _) in jobs.items()]))


def report(chosen, tried):
    """Prints the mutants that survived and the percentage that was found. Returns whether a module has too few."""
    too_few = False
    print()
    for module in chosen:
        mine = [entry for other, entry in tried if other == module and entry["diff"]]
        alive = sorted((entry for entry in mine if not entry["killed"]), key=lambda entry: entry["line"])
        percent = 100 * (len(mine) - len(alive)) / len(mine)
        too_few |= percent < WANTED
        print(f"{module}: {len(mine) - len(alive)} of {len(mine)} found, {percent:.0f} %")
        for entry in alive:
            print(f"  line {entry['line']}:", *entry["diff"], sep="\n    ")
    return too_few


if __name__ == "__main__":
    main()
