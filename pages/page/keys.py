"""Foreign keys that may stay empty."""

from django.db import models


def optional_key(to: type[models.Model] | str, label: str, help_text: str = "") -> models.ForeignKey:
    """Returns a foreign key that is emptied when what it refers to is deleted."""
    return models.ForeignKey(to, models.SET_NULL, verbose_name=label, null=True, blank=True, related_name="+", help_text=help_text)
