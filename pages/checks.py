"""What `manage.py check --deploy` says about the content of the site."""

from django.core import checks
from django.db import Error

from .models import Organisation


def check_opening(**kwargs) -> list[checks.CheckMessage]:
    """Warns while search engines must not show the site. A database that is away or has no tables yet is not this check's business."""
    try:
        missing = Organisation.get().get_missing_to_open()
    except Error:
        return []
    if not missing:
        return []
    hint = f"Fill in « Ouvrir le site » in the admin. Missing, as the form names it: {', '.join(missing)}."
    return [checks.Warning("The site is not ready: its pages carry noindex.", hint=hint, id="pages.W001")]
