"""Which pages the search index has to be told of."""

from django.db import models
from django.utils import timezone
from wagtail.models import Page


class IndexUpdate(models.Model):
    """A page whose entry in the index is older than the page: stored with the change, gone once the entry is made anew.

    A process that dies in between leaves the row to `run_due`.
    """

    page = models.OneToOneField(Page, primary_key=True, on_delete=models.CASCADE, related_name="+")
    marked_at = models.DateTimeField(default=timezone.now)
    wagtail_reference_index_ignore = True

    def __str__(self):
        return f"{self.page_id}"
