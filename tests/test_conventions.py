"""Rules of the code itself: which module may import which, type annotations, names of blocks, the length of template lines."""

import ast
import re

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from wagtail.blocks import StreamBlock

from pages.admin.organisation import TABS
from pages.models import Organisation

ROOT = settings.BASE_DIR
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for folder in ("pages", "regie")
    for path in (ROOT / folder).glob("**/*.py")
    if path.parent.name != "migrations"
}
# From below to above: a package imports only packages before it, and its own modules. `pages.apps`, `pages.wagtail_hooks`,
# the commands and `regie` put the parts together.
LAYERS = ["text", "models", "navigation", "search", "outbox", "public", "templatetags"]
ALLOWED = {f"pages.{name}": {f"pages.{below}" for below in LAYERS[:n]} for n, name in enumerate(LAYERS)}
ALLOWED["pages.models"].add("pages.blocks")
ALLOWED["pages.blocks"] = {"pages.text", "pages.models.drawings", "pages.models.media", "pages.models.messages"}
ALLOWED["pages.checks"] = {"pages.models"}
ALLOWED["pages.accounts"] = {"pages.text", "pages.models"}
ALLOWED["pages.admin"] = {"pages.text", "pages.models", "pages.checks"}
ALLOWED["pages.outbox"] = {"pages.models", "pages.deadlines"}
ALLOWED["pages.due_tasks"] = {"pages.models", "pages.search", "pages.outbox", "pages.deadlines"}
ALLOWED["pages.public"] -= {"pages.outbox"}
ALLOWED["pages.templatetags"] -= {"pages.outbox"}


def imports(name):
    """The names of our own modules that a module imports, at any depth of its code."""
    package = name if MODULES[name].name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(ast.parse(MODULES[name].read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in MODULES)
        elif isinstance(node, ast.ImportFrom):
            above = ".".join(package.split(".")[: len(package.split(".")) - node.level + 1]) if node.level else ""
            module = ".".join(filter(None, [above, node.module]))
            submodules = [f"{module}.{alias.name}" for alias in node.names if f"{module}.{alias.name}" in MODULES]
            yield from submodules or ([module] if module in MODULES else [])


def is_in(module, package):
    return f"{module}.".startswith(f"{package}.")


@pytest.mark.parametrize("package", ALLOWED)
def test_a_package_imports_only_what_is_below_it(package):
    names = [name for name in MODULES if is_in(name, package)]
    assert names
    allowed = {package, *ALLOWED[package]}
    found = {(name, other) for name in names for other in imports(name) if not any(is_in(other, each) for each in allowed)}
    assert found == set()


def test_nothing_imports_the_hooks():
    assert [name for name in MODULES if "pages.wagtail_hooks" in imports(name)] == []


def test_no_modules_import_each_other_in_a_circle():
    graph = {name: set(imports(name)) for name in MODULES}
    graph["pages.models"] = set()  # it only collects its modules
    ended, under_way = set(), []

    def visit(name):
        assert name not in under_way, [*under_way, name]
        if name not in ended:
            under_way.append(name)
            for other in sorted(graph[name]):
                visit(other)
            ended.add(under_way.pop())

    for name in MODULES:
        visit(name)


def test_public_functions_have_type_annotations():
    missing = []

    def look(nodes, where):
        for node in nodes:
            if isinstance(node, ast.ClassDef):
                look(node.body, f"{where}.{node.name}")
            elif isinstance(node, ast.FunctionDef) and (not node.name.startswith("_") or node.name in {"__init__", "__str__"}):
                arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
                bare = [each.arg for each in arguments if each.annotation is None and each.arg not in {"self", "cls"}]
                if bare or node.returns is None:
                    missing.append((f"{where}.{node.name}", bare))

    for name, path in MODULES.items():
        if not is_in(name, "pages.seed"):
            look(ast.parse(path.read_text()).body, name)
    assert missing == []


def test_no_line_of_a_template_is_too_long_to_read():
    paths = sorted((ROOT / "templates").glob("**/*.html"))
    long = [f"{path}:{number}" for path in paths for number, line in enumerate(path.read_text().splitlines(), 1) if len(line) > 160]
    assert paths
    assert long == []


def stream_children(block):
    for child in block.child_blocks.values():
        yield child
        if isinstance(child, StreamBlock):
            yield from stream_children(child)


STREAMS = [
    field.stream_block
    for model in apps.get_app_config("pages").get_models()
    for field in model._meta.fields
    if hasattr(field, "stream_block")
]
BLOCKS = {child.name: child for stream in STREAMS for child in stream_children(stream)}
UNSTYLED = {"heading", "paragraph", "point", "step"}  # plain elements of prose


@pytest.mark.parametrize("key", BLOCKS)
def test_a_block_has_one_name_for_its_key_class_template_and_style(key):
    block = BLOCKS[key]
    assert type(block).__name__ == f"{key.title()}Block"
    assert block.meta.template == f"blocks/{key}.html"
    template = (ROOT / "templates" / block.meta.template).read_text()
    assert (f'class="{key}"' in template) is (key not in UNSTYLED)


def test_each_fact_about_the_organisation_is_in_its_form():
    named = set()

    def look(panels):
        for panel in panels:
            named.add(panel if isinstance(panel, str) else getattr(panel, "field_name", None))
            look(getattr(panel, "children", []))

    look(TABS)
    assert {field.name for field in Organisation._meta.fields if field.editable and not field.primary_key} <= named


def test_lists_of_visitors_begin_with_the_pages_that_anybody_may_read():
    """`live()` has private, expired and closed pages too: `open()` leaves them out."""
    assert [name for name, path in MODULES.items() if ".live()" in path.read_text()] == []


@pytest.mark.django_db
def test_the_models_have_no_change_without_a_migration():
    call_command("makemigrations", check_changes=True, dry_run=True, verbosity=0)


def test_what_runs_on_postgresql_alone_is_asked_there():
    """Left out on SQLite by a condition of its own, `make test` would run it nowhere: the mark is `postgresql(only="the reason")`."""
    skipped = re.compile(r"""skipif\(\s*connection.vendor (!= "postgresql"|== "sqlite")""")
    assert [path.name for path in (ROOT / "tests").glob("test_*.py") if skipped.search(path.read_text())] == []


def test_what_shares_a_site_runs_in_one_process(request, starting_site):
    """Made once for all: pytest-xdist sends together what has one group in its name, which it can write with some releases of pytest only."""
    assert request.node.nodeid.endswith("@shared") == request.config.getoption("loadgroup", False)
