"""Rules of the code itself: which module may import which, how long a module is, type annotations, names of blocks, the length of template lines."""

import ast
import re
import tokenize
from collections import Counter
from io import StringIO

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from wagtail.blocks import StreamBlock

from pages.models import Organisation
from pages.organisation.admin import TABS

ROOT = settings.BASE_DIR
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for folder in ("pages", "regie")
    for path in (ROOT / folder).glob("**/*.py")
    if path.parent.name != "migrations"
}
# From below to above: a package imports only packages of the layers before its own, and its own modules. `pages.models` is the table of
# contents, which imports all models; `pages.apps`, `pages.wagtail_hooks` and the commands put the parts together.
LAYERS = [
    ["text"],
    ["page"],
    ["editing"],
    ["districts"],
    ["organisation"],
    ["media"],
    ["blocks"],
    ["figures", "glossary", "work"],
    ["agenda", "news", "services", "about", "legal"],
    ["contact", "neighbourhood"],
    ["home", "versions", "free"],
    ["models"],
    ["search"],
    ["visits"],
    ["desk"],
    ["templatetags", "seed"],
]
UNORDERED = {"", "apps", "management", "models", "wagtail_hooks"}  # import what they like
MAX_CODE_LINES, MAX_MODULES = 250, 12  # of a module without comments, docstrings and blank lines; of a package


def imports(name):
    """The names of our own modules that a module imports, at any depth of its code."""
    package = name if MODULES[name].name == "__init__.py" else name.rpartition(".")[0]
    tree = ast.parse(MODULES[name].read_text())
    tree.body = [node for node in tree.body if not (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test))]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in MODULES)
        elif isinstance(node, ast.ImportFrom):
            above = ".".join(package.split(".")[: len(package.split(".")) - node.level + 1]) if node.level else ""
            module = ".".join(filter(None, [above, node.module]))
            submodules = [f"{module}.{alias.name}" for alias in node.names if f"{module}.{alias.name}" in MODULES]
            yield from submodules or ([module] if module in MODULES else [])


def is_in(module, package):
    return f"{module}.".startswith(f"{package}.")


@pytest.mark.parametrize(("number", "package"), [(number, package) for number, layer in enumerate(LAYERS) for package in layer])
def test_a_package_imports_only_what_is_below_it(number, package):
    names = [name for name in MODULES if is_in(name, f"pages.{package}")]
    assert names
    allowed = [f"pages.{each}" for layer in LAYERS[:number] for each in layer]
    found = {
        (name, other) for name in names for other in imports(name) if not any(is_in(other, each) for each in [f"pages.{package}", *allowed])
    }
    assert package in UNORDERED or found == set()


def test_each_package_has_a_layer():
    packages = {name.partition(".")[2].partition(".")[0] for name in MODULES if is_in(name, "pages")}
    assert packages == UNORDERED | {package for layer in LAYERS for package in layer}


def test_the_site_does_not_import_the_machine_room():
    assert {(name, other) for name in MODULES if is_in(name, "pages") for other in imports(name) if is_in(other, "regie")} == set()


def count_code_lines(text):
    tree = ast.parse(text)
    skipped = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
    tokens = [token for token in tokenize.generate_tokens(StringIO(text).readline) if token.type not in skipped]
    lines = {line for token in tokens for line in range(token.start[0], token.end[0] + 1)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node):
            lines -= set(range(node.body[0].lineno, node.body[0].end_lineno + 1))
    return len(lines)


def test_no_module_is_too_long_and_no_package_too_full():
    """A module that grows longer has two subjects: move to a module of its own what a newcomer would look for by another name."""
    counted = {name: count_code_lines(path.read_text()) for name, path in MODULES.items()}
    assert {name: lines for name, lines in counted.items() if lines > MAX_CODE_LINES} == {}
    packages = Counter(path.parent for path in MODULES.values() if path.name != "__init__.py")
    assert {str(path): modules for path, modules in packages.items() if modules > MAX_MODULES} == {}


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
    """`live()` has private, expired and closed pages too: `public()` leaves them out."""
    assert [name for name, path in MODULES.items() if ".live()" in path.read_text()] == []


@pytest.mark.django_db
def test_the_models_have_no_change_without_a_migration():
    call_command("makemigrations", check_changes=True, dry_run=True, verbosity=0)


def test_what_runs_on_postgresql_alone_is_asked_there():
    """Left out on SQLite by a condition of its own, `make test` would run it nowhere: the mark is `postgresql(only="the reason")`."""
    skipped = re.compile(r"""skipif\(\s*connection.vendor (!= "postgresql"|== "sqlite")""")
    assert [path.name for path in (ROOT / "tests").rglob("test_*.py") if skipped.search(path.read_text())] == []


def test_what_shares_a_site_runs_in_one_process(request, starting_site):
    """Made once for all: pytest-xdist sends together what has one group in its name, which it can write with some releases of pytest only."""
    assert request.node.nodeid.endswith("@shared") == request.config.getoption("loadgroup", False)
