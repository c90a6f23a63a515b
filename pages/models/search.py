"""Pages whose entry in the search index is outdated."""

from django.db import models
from django.utils import timezone

from .base import SitePage


class IndexUpdate(models.Model):
    """A page whose entry in the search index is outdated: created in the transaction of the change, deleted when the entry is updated.

    A process that dies in between leaves the row to `run_due`.
    """

    page = models.OneToOneField(SitePage, primary_key=True, on_delete=models.CASCADE, related_name="+")
    marked_at = models.DateTimeField(default=timezone.now)
    wagtail_reference_index_ignore = True

    def __str__(self) -> str:
        return f"{self.page_id}"
