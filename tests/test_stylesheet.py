"""The stylesheet as browsers get it: without the rules that Chrome 80, Safari 13.1 and Firefox 78 ignore, pages are complete."""

import ast
import gzip
import re
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
import tinycss2
import wagtail
from assertions import fail_with
from django.conf import settings
from django.core.files.base import ContentFile

from regie.serving.static_files import SiteStaticFilesStorage, compact

STYLE = (settings.BASE_DIR / "static" / "css" / "site.css").read_text()
MAX_BYTES = 12_500  # compressed, without comments: a phone waits for the whole of it; over it, look for what is written twice
# The longhands of these are older: padding-inline-start since Chrome 69, padding-inline since 87.
TOO_NEW = {
    *("inset", "inset-block", "inset-inline", "inset-block-start", "inset-block-end", "inset-inline-start", "inset-inline-end"),
    *(f"{box}-{axis}" for box in ("padding", "margin", "border") for axis in ("inline", "block")),
    *(f"border-{axis}-{part}" for axis in ("inline", "block") for part in ("width", "style", "color")),
    *("translate", "scale", "rotate", "place-content-inline", "contain", "content-visibility"),
}
AT_RULES = {"media", "supports", "container", "page", "font-face"}
# Supported by all three; check the support before you add one.
FUNCTIONS = {
    *(
        "attr",
        "brightness",
        "calc",
        "clamp",
        "counter",
        "inset",
        "linear-gradient",
        "max",
        "min",
        "minmax",
        "polygon",
        "radial-gradient",
        "repeat",
        "rgb",
        "rotate",
        "scale",
    ),
    *("translate", "url", "var"),
}
PSEUDO = {
    *(
        "-webkit-details-marker",
        "active",
        "after",
        "before",
        "checked",
        "first-child",
        "focus",
        "hover",
        "last-child",
        "link",
        "not",
        "nth-child",
        "nth-last-child",
    ),
    *("nth-of-type", "only-child", "root", "target"),
}
UNITS = {"ch", "cm", "deg", "em", "fr", "mm", "pt", "px", "rem", "vh", "vw"}
# Selectors that old browsers ignore: each is in a rule of its own, as an old browser drops the whole list of selectors.
EMBELLISHING = {"has", "focus-visible", "details-content"}
KNOWN_WITH = {"details-content": {"content-visibility"}}  # what each browser knows that knows the selector


def rules(nodes, around=()):
    """The rules in `nodes`: their selectors, declarations and the at-rules around them."""
    for node in nodes:
        if node.type == "qualified-rule":
            yield node.prelude, tinycss2.parse_blocks_contents(node.content, True, True), around
        elif node.type == "at-rule" and node.at_keyword not in {"page", "font-face"}:
            yield from rules(tinycss2.parse_rule_list(node.content, True, True), (*around, node))
        elif node.type == "error":
            raise AssertionError(f"line {node.source_line}: {node.message}")


def at_rules(nodes):
    for node in nodes:
        if node.type == "at-rule":
            yield node
            if node.content:
                yield from at_rules(tinycss2.parse_rule_list(node.content, True, True))


def functions(tokens):
    """The names of all functions and pseudo-classes in `tokens`, at any depth."""
    for place, token in enumerate(tokens):
        if token.type == "function":
            yield token.lower_name
            yield from functions(token.arguments)
        elif hasattr(token, "content") and isinstance(token.content, list):
            yield from functions(token.content)
        elif token.type == "ident" and place and tokens[place - 1] == ":":
            yield token.lower_value


def faults(css):
    """Returns messages about the parts of `css` that an old browser would ignore."""
    sheet, found = tinycss2.parse_stylesheet(css, True, True), []
    for node in at_rules(sheet):
        if node.at_keyword not in AT_RULES:
            found.append(f"line {node.source_line}: @{node.at_keyword}")
        if {"<", ">", "="} & {
            token.value for block in node.prelude if hasattr(block, "content") for token in block.content if token.type == "literal"
        }:
            found.append(f"line {node.source_line}: a range in a query")
    for selector, declarations, around in rules(sheet):
        # Conditions that are required, not those in `not`.
        asked = {name for rule in around if rule.at_keyword == "supports" for name in functions(rule.prelude)}
        asked = set() if any("not" in tinycss2.serialize(rule.prelude).split() for rule in around) else asked
        selectors, line = tinycss2.serialize(selector), selector[0].source_line
        if any(token == "&" for token in selector):
            found.append(f"line {line}: nesting")
        new = [set(functions(part)) - PSEUDO for part in split(selector)]
        if any(names - EMBELLISHING for names in new) or (any(new) and not all(new)):
            found.append(f"line {line}: {selectors}")
        if not any(new) and any(not is_simple(token.arguments) for token in selector if is_not(token)):
            found.append(f"line {line}: {selectors}")
        known = [set().union(*(KNOWN_WITH.get(name, ()) for name in names)) for names in new]
        before = {}
        for node in declarations:
            if node.type != "declaration":
                found.append(f"line {node.source_line}: {node.type} in a rule")
                continue
            value = tinycss2.serialize(node.value).strip()
            if node.lower_name in TOO_NEW and not all(node.lower_name in names for names in known):
                found.append(f"line {node.source_line}: {node.name}")
            outside = set(functions(node.value)) - FUNCTIONS - asked
            outside |= {token.unit for token in every(node.value) if token.type == "dimension" and token.lower_unit not in UNITS}
            found += [f"line {node.source_line}: {name} outside @supports" for name in outside]
            has_plain = (node.lower_name == "content" and any(token == "/" for token in node.value)) or {"clip", "fit-content"} & set(
                value.split()
            )
            if has_plain and node.lower_name not in before:
                found.append(f"line {node.source_line}: {node.name}: {value} without a plain one before it")
            before[node.lower_name] = value
    return found


def every(tokens):
    """All tokens, at any depth."""
    for token in tokens:
        yield token
        inner = getattr(token, "arguments", None) or getattr(token, "content", None)
        yield from every(inner) if isinstance(inner, list) else ()


def is_not(token):
    return token.type == "function" and token.lower_name == "not"


def is_simple(tokens):
    """Whether a `:not()` holds one simple selector, as old browsers take it."""
    return not {",", ">", "+", "~"} & {token.value for token in tokens if token.type == "literal"} and not any(
        token.type == "whitespace" for token in tokens
    )


def split(selector):
    """The selectors of a list, each as its tokens."""
    parts = [[]]
    for token in selector:
        if token == ",":
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


@pytest.mark.parametrize("name", ["site.css", "poster.css"])
def test_old_browsers_read_the_whole_stylesheet(name):
    assert faults((settings.BASE_DIR / "static" / "css" / name).read_text()) == []


@pytest.mark.parametrize(
    "css",
    [
        "@layer base { a { color: red } }",
        ".a { & b { color: red } }",
        ".a { b { color: red } }",
        ".a { color: red; &:hover { color: blue } }",
        "@media (width >= 48em) { a { color: red } }",
        "@media (min-width: 1em) { a { b { color: red } } }",
        "@container (width < 40rem) { a { color: red } }",
        ".a { inset: 0 }",
        ".a { padding-inline: 1rem }",
        ".a { translate: 1px }",
        ".a:has(b) { inset: 0 }",
        ".a:focus-visible { content-visibility: visible }",
        ".a::details-content { inset: 0 }",
        '.a { content: "x" / "" }',
        ".a { overflow: clip }",
        ".a :is(b, i) { color: red }",
        ".a:has(b), .c { color: red }",
        "a:hover, a:focus-visible { color: red }",
        ".a { background: conic-gradient(red, blue) }",
        ".a { color: color-mix(in srgb, red, blue) }",
        ".a:not(b > i) { color: red }",
        ".a:not(b>i) { color: red }",
        ".a:not(b, i) { color: red }",
        ".has-picture, .a:has(b) { color: red }",
        "li::marker, .c { color: red }",
        ".a { color: oklab(1 0 0) }",
        ".a { block-size: 100dvh }",
        '.a { content: "x"/"" }',
        ".a { overflow: hidden clip }",
        "@media (min-width: 1em) { @media (width < 3em) { a { color: red } } }",
    ],
)
def test_what_old_browsers_lose_is_found(css):
    assert faults(css)


def test_what_is_new_but_only_embellishes_is_taken():
    assert faults('.a:has(b) { text-wrap: balance } .a { content: "x"; content: "x" / ""; overflow: hidden; overflow: clip }') == []


def test_the_stylesheet_weighs_no_more():
    assert len(gzip.compress(compact(STYLE).encode(), 9, mtime=0)) <= MAX_BYTES


def meaning(css):
    """The selectors and declarations of `css`, with the at-rules around them; without the spaces after commas."""
    css = re.sub(r",\s+", ",", css)
    for selector, declarations, around in rules(tinycss2.parse_stylesheet(css, True, True)):
        yield tinycss2.serialize(selector).strip(), [tinycss2.serialize(node.prelude).strip() for node in around]
        yield from ((node.name, tinycss2.serialize(node.value).strip()) for node in declarations)


def test_what_production_serves_means_the_same():
    assert list(meaning(compact(STYLE))) == list(meaning(STYLE))
    assert len(list(meaning(STYLE))) > 1000


@pytest.mark.parametrize("name", ["css/site.css", "css/site.0123456789ab.css"])
def test_production_serves_it_compact(tmp_path, name):
    storage = SiteStaticFilesStorage(location=tmp_path)
    content = ContentFile(STYLE.encode())
    content.read()  # as Django does to work out the hash
    storage._save(name, content)
    assert (tmp_path / name).read_text() == compact(STYLE)
    assert "/*" not in compact(STYLE)
    storage._save("css/admin.css", ContentFile(b"/* a */ b {}"))
    assert (tmp_path / "css/admin.css").read_text() == "/* a */ b {}"


SHEETS = {path: path.read_text() for path in sorted((settings.BASE_DIR / "static" / "css").glob("*.css"))}
TEMPLATES = {path: path.read_text() for path in sorted((settings.BASE_DIR / "templates").glob("**/*.html"))}
CLASS = re.compile(r'\bclass="([^"]*)"|{% block body_class %}(.*?){% endblock %}')
TAG = re.compile(r"{[{%].*?[%}]}")
WORD = re.compile(r"[\w-]+")


def is_for_staff(path):
    return bool({"staff", "wagtailadmin", "wagtaildocs", "admin.css"} & set(path.parts))


@cache
def get_classes_of_templates():
    """Returns the file and line of each class of the templates; of one that a variable completes, the part before it, with its hyphen."""
    found = {}
    for path, source in TEMPLATES.items():
        for match in CLASS.finditer(source):
            line = source.count("\n", 0, match.start()) + 1
            place = f"{path.relative_to(settings.BASE_DIR)}, line {line}"
            for name in TAG.sub(" ", match[1] or match[2] or "").split():
                found.setdefault((name, is_for_staff(path)), place)
    return found


@cache
def get_classes_of_styles():
    """Returns the line of the first rule of each class in the stylesheets."""
    found = {}
    for path, source in SHEETS.items():
        for prelude, _, _ in rules(tinycss2.parse_stylesheet(source, True, True)):
            for dot, token in pairwise(every(prelude)):
                if dot == "." and token.type == "ident":
                    found.setdefault((token.value, is_for_staff(path)), f"{path.name}, line {token.source_line}")
    return found


@cache
def get_words_of_wagtail():
    """Returns all words in the templates and styles of Wagtail's admin."""
    folder = Path(wagtail.__file__).parent
    paths = [*folder.glob("**/templates/**/*.html"), *folder.glob("admin/static/**/*.css"), *folder.glob("admin/static/**/*.js")]
    return {word for path in paths for word in WORD.findall(path.read_text())}


def get_written(for_staff):
    """Returns the classes in templates, and the words in their tags, in Python and in our script, any of which may be a class."""
    written = {name for name, is_staffs in get_classes_of_templates() if is_staffs == for_staff}
    for path, source in TEMPLATES.items():
        if is_for_staff(path) == for_staff:
            written |= {word for quoted in re.findall(r'"([^"]*)"', "".join(TAG.findall(source))) for word in quoted.split()}
    for path in (settings.BASE_DIR / "pages").glob("**/*.py"):
        constants = (node.value for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Constant))
        written |= {word for text in constants if isinstance(text, str) for word in WORD.findall(text)}
    script = (settings.BASE_DIR / "static" / "js" / "admin.js").read_text()
    return written | get_words_of_wagtail() | set(WORD.findall(script)) if for_staff else written


def test_each_class_of_a_template_has_a_style():
    styled, wagtails = get_classes_of_styles(), get_words_of_wagtail()
    fail_with(
        f"{path}: {name}"
        for (name, for_staff), path in get_classes_of_templates().items()
        if (name, for_staff) not in styled
        and not (for_staff and name in wagtails)
        and not (name.endswith("-") and any(other.startswith(name) for other, _ in styled))
    )


@pytest.mark.parametrize("for_staff", [False, True])
def test_each_style_has_a_class_that_something_writes(for_staff):
    written = get_written(for_staff)
    begun = tuple(name for name in written if name.endswith("-") and len(name) > 1)
    fail_with(
        f"{place}: {name}"
        for (name, is_staffs), place in get_classes_of_styles().items()
        if is_staffs == for_staff and name not in written and not (name.startswith(begun) and not for_staff)
    )


def test_each_variable_is_defined_and_used():
    defined, used = set(), set()
    for source in SHEETS.values():
        source = re.sub(r"/\*.*?\*/", "", source, flags=re.DOTALL)
        defined |= set(re.findall(r"(--[\w-]+)\s*:", source))
        used |= set(re.findall(r"var\(\s*(--[\w-]+)", source))
    fail_with((used ^ defined) - get_words_of_wagtail())


VARIABLE = re.compile(r"var\((--[\w-]+)\)")
# Of queries: no browser says whether it knows one.
FEATURES = {"min-width", "max-width", "min-height", "max-height", "prefers-color-scheme", "prefers-reduced-motion", "forced-colors"}


OLD = ("-moz-", "-webkit-details-marker")  # what only other browsers understand


@pytest.mark.browser
def test_a_browser_of_today_understands_each_part(page):
    """It ignores a misspelt property, value, selector or query in silence."""
    asked, unknown = [], []
    values = {name: value for source in SHEETS.values() for name, value in re.findall(r"(--[\w-]+):([^;}]+)", source)}

    def resolve(value):
        """With a value for each variable: beside one, a browser takes anything."""
        while names := [name for name in VARIABLE.findall(value) if name in values]:
            value = value.replace(f"var({names[0]})", values[names[0]].strip())
        return value

    for path, source in SHEETS.items():
        sheet = tinycss2.parse_stylesheet(source, True, True)
        for selector, declarations, _ in rules(sheet):
            conditions = [f"selector({tinycss2.serialize(part).strip()})" for part in split(selector)]
            conditions += [f"({node.name}: {resolve(tinycss2.serialize(node.value).strip())})" for node in declarations]
            asked += [(f"{path.name}, line {selector[0].source_line}", condition) for condition in conditions]
        for node in at_rules(sheet):
            place = f"{path.name}, line {node.source_line}"
            if node.at_keyword == "supports":
                asked.append((place, tinycss2.serialize(node.prelude).strip().removeprefix("not ")))
            names = {token.value for token in every(node.prelude) if token.type == "ident" and "-" in token.value}
            unknown += [f"{place}: {name}" for name in names - FEATURES if node.at_keyword in {"media", "container"}]
    known = page.evaluate("asked => asked.map(([place, condition]) => CSS.supports(condition))", asked)
    unknown += [
        ": ".join(each) for each, is_known in zip(asked, known, strict=True) if not is_known and not any(old in each[1] for old in OLD)
    ]
    fail_with(unknown)
