"""A variable that a template of ours shows, and that does not exist, is a mistake: Django would show nothing."""

import sys

from django.conf import settings
from django.template.base import FilterExpression, Node, Variable, VariableDoesNotExist
from django.template.defaultfilters import default
from django.template.defaulttags import WithNode

OURS = str(settings.BASE_DIR / "templates")
resolve = Variable.resolve


def resolve_strictly(variable, context):
    try:
        return resolve(variable, context)
    except VariableDoesNotExist:
        check(variable)
        raise


def check(variable):
    """Fails where the value is shown: not in a condition, which asks whether there is one, nor before `default`."""
    frame = sys._getframe(2)
    asked = frame.f_locals.get("self")
    if not isinstance(asked, FilterExpression) or frame.f_locals.get("ignore_failures") or any(f is default for f, _ in asked.filters):
        return
    while frame and not isinstance(node := frame.f_locals.get("self"), Node):
        frame = frame.f_back
    if frame and not isinstance(node, WithNode) and node.origin.name.startswith(OURS):
        raise AssertionError(f"{node.origin.name}, line {node.token.lineno}: there is no {asked.token}")


Variable.resolve = resolve_strictly
