"""Templates hang together: what they load, extend, include, fill and name exists. Django would show nothing, and say nothing."""

import ast
import re

from assertions import fail_with
from django import forms
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import User
from django.core.handlers.wsgi import WSGIRequest
from django.core.paginator import Page as PageOfList
from django.core.paginator import Paginator
from django.forms.boundfield import BoundField
from django.template import Context, TemplateSyntaxError, engines
from django.template.base import Lexer, TokenType
from django.template.loader import get_template
from django.template.loader_tags import ExtendsNode
from django.urls import get_resolver
from wagtail.admin.icons import get_icons
from wagtail.blocks import StreamValue
from wagtail.blocks.struct_block import StructValue
from wagtail.models import Revision

FOLDER = settings.BASE_DIR / "templates"
TEMPLATES = {str(path.relative_to(FOLDER)): path.read_text() for path in sorted(FOLDER.glob("**/*")) if path.is_file()}
# What Django and Wagtail give templates, beside the attributes of these classes.
GIVEN = {
    *("block", "super", "forloop", "counter", "counter0", "first", "last", "parentloop", "length", "True", "False", "None"),
    *(
        "request",
        "csrf_token",
        "messages",
        "extra_tags",
        "perms",
        "attrs",
        "id",
        "js",
        "paginator",
        "choice_label",
        "bound_blocks",
        "items",
    ),
    *("full_url", "task_state", "page_to_move", "options_json", "config_json"),  # of Wagtail's templates that ours replace
}
CLASSES = [
    BoundField,
    forms.Form,
    forms.Widget,
    PageOfList,
    Paginator,
    WSGIRequest,
    User,
    StreamValue,
    StreamValue.StreamChild,
    StructValue,
    Revision,
]
NAME = re.compile(r"[a-zA-Z_]\w*")


def get_tags(source):
    return [(token.contents, token.lineno) for token in Lexer(source).tokenize() if token.token_type == TokenType.BLOCK]


def get_named(source, pattern):
    return [(match[1], lineno) for contents, lineno in get_tags(source) if (match := re.match(pattern, contents))]


def test_each_template_can_be_compiled():
    faults = []
    for name in TEMPLATES:
        try:
            get_template(name)
        except TemplateSyntaxError as error:
            faults.append(f"{name}: {error}")
    fail_with(faults)


def test_what_templates_extend_and_include_exists():
    missing = [
        f"{name}, line {lineno}: {other}"
        for name, source in TEMPLATES.items()
        for other, lineno in get_named(source, r'(?:extends|include) "([^"]+)"(?!\|)')
        if other not in TEMPLATES and not get_template(other)
    ]
    fail_with(missing)


def get_parents(template):
    """Yields the templates that a template extends, one above the other, as Django finds them."""
    context = Context()
    context.template = template
    with context.render_context.push_state(template):
        while extends := template.nodelist.get_nodes_by_type(ExtendsNode):
            template = extends[0].get_parent(context)
            yield template


def test_a_template_fills_only_blocks_that_there_are():
    """Those of another name are not shown."""
    unknown = []
    for name, source in TEMPLATES.items():
        if get_named(source, r"extends (.+)"):
            own, depth = [], 0
            for contents, lineno in get_tags(source):
                if contents.startswith("block "):
                    own += [(contents.split()[1], lineno)] * (depth == 0)
                    depth += 1
                depth -= contents.startswith("endblock")
            known = {block for parent in get_parents(get_template(name).template) for block, _ in get_named(parent.source, r"block (\w+)")}
            unknown += [f"{name}, line {lineno}: {block}" for block, lineno in own if block not in known]
    fail_with(unknown)


def test_a_template_loads_only_what_it_uses():
    libraries, unused = engines["django"].engine.template_libraries, []
    for name, source in TEMPLATES.items():
        for loaded, lineno in get_named(source, r"load (.+)"):
            for library in re.sub(r".* from ", "", loaded).split():
                names = {*libraries[library].tags, *libraries[library].filters}
                used = {contents.split()[0] for contents, _ in get_tags(source)} | set(re.findall(r"\|(\w+)", source))
                unused += [f"{name}, line {lineno}: {library}"] * (not names & used)
    fail_with(unused)


def test_the_addresses_that_templates_name_exist():
    resolver = get_resolver()
    known = {name for name in resolver.reverse_dict if isinstance(name, str)}
    for namespace, (_, below) in resolver.namespace_dict.items():
        known |= {f"{namespace}:{name}" for name in below.reverse_dict if isinstance(name, str)}
    unknown = [
        f"{name}, line {lineno}: {address}"
        for name, source in TEMPLATES.items()
        for address, lineno in get_named(source, r"""url ["']([^"']+)["']""")
        if address not in known
    ]
    fail_with(unknown)


ICON = re.compile(r"""\bicon(?: name|_name)?\s?=\s?["']([\w-]+)["']""")


def test_the_icons_that_are_named_exist():
    sources = TEMPLATES | {
        str(path.relative_to(settings.BASE_DIR)): path.read_text() for path in (settings.BASE_DIR / "pages").glob("**/*.py")
    }
    known = set(re.findall(r'id="icon-([\w-]+)"', get_icons()))
    fail_with([f"{name}: {icon}" for name, source in sources.items() for icon in ICON.findall(source) if icon not in known])


def get_known_names():
    """Returns the identifiers and words of our Python, and what Django and Wagtail give templates."""
    models = [*apps.get_app_config("pages").get_models()]
    known = GIVEN | {model._meta.model_name for model in models} | {name for each in (*CLASSES, *models) for name in dir(each)}
    for folder in ("pages", "regie"):
        for path in (settings.BASE_DIR / folder).glob("**/*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                for attribute in ("id", "attr", "name", "arg", "value"):
                    text = getattr(node, attribute, None)
                    if isinstance(text, str) and NAME.fullmatch(text):
                        known.add(text)
    return known


def get_variables(expression):
    """Returns the names in an expression of a template, without texts and filters."""
    expression = re.sub(r"\"[^\"]*\"|'[^']*'", "", expression)
    expression = re.sub(r"\|\w+", " ", expression)
    return NAME.findall(expression)


WORDS_OF_TAGS = {
    "and",
    "or",
    "not",
    "in",
    "is",
    "as",
    "with",
    "only",
    "by",
    "count",
    "trimmed",
    "reversed",
    "silent",
    "plural",
    "noop",
    "from",
    "context",
}


def test_each_name_in_a_template_is_one_that_something_gives_it():
    """A misspelt variable in a condition would be false. Names are known that our Python has, or that a template gives itself or another."""
    given = {
        name
        for source in TEMPLATES.values()
        for contents, _ in get_tags(source)
        for name in [
            *re.findall(r"(\w+)=", contents),
            *re.findall(r"\bas (\w+)", contents),
            *NAME.findall(re.sub(r"^for (.+?) in .*|.*", r"\1", contents)),
        ]
    }
    known, unknown = get_known_names() | given, []
    for template, source in TEMPLATES.items():
        for token in Lexer(source).tokenize():
            if token.token_type == TokenType.VAR:
                names = get_variables(token.contents)
            elif token.token_type == TokenType.BLOCK and token.contents.split()[0] not in {
                "block",
                "endblock",
                "load",
                "comment",
                "extends",
            }:
                names = set(get_variables(token.contents.partition(" ")[2])) - WORDS_OF_TAGS
            else:
                continue
            unknown += [f"{template}, line {token.lineno}: {name}" for name in names if name not in known]
    fail_with(unknown)


def test_each_name_that_a_template_gives_is_used():
    """By `with`, `as` or `include`: a misspelt one leaves another without a value."""
    used = {name for source in TEMPLATES.values() for tag in re.findall(r"{[{%](.*?)[%}]}", source) for name in get_used(tag)}
    fail_with(
        f"{template}, line {lineno}: {name}"
        for template, source in TEMPLATES.items()
        for contents, lineno in get_tags(source)
        for name in re.findall(r" (\w+)=" if contents.split()[0] in {"with", "include"} else r" as (\w+)", contents)
        if name not in used
    )


def get_used(tag):
    """The names in a tag, without those that it gives."""
    return set(get_variables(re.sub(r" as \w+|\b\w+=", " ", tag)))
