"""Makes the sizes of a page's pictures when it is published, so that no visitor waits for them."""

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from wagtail.models import ReferenceIndex
from wagtail.signals import page_published

from .models import SiteImage, SitePage

# The uses (names in `media.SIZES`) by the field of a page that leads to a picture.
USES = {"picture": ("head", "list"), "body": ("block", "person"), "comparisons": ("comparison",), "partners": ("logo",)}


def connect_signals() -> None:
    page_published.connect(make_after_commit)


def make_after_commit(instance: SitePage, **kwargs) -> None:
    # A lambda, as in `pages/search/index.py`. After the index of references is up to date, which is updated after the commit too.
    transaction.on_commit(lambda: make(instance), robust=True)


def make(page: SitePage) -> None:
    """Makes the renditions that are missing."""
    references = ReferenceIndex.get_references_for_object(page).filter(to_content_type=ContentType.objects.get_for_model(SiteImage))
    uses = {}
    for path, pk in references.values_list("model_path", "to_object_id"):
        uses.setdefault(pk, set()).update(USES.get(path.partition(".")[0], ()))
    for image in SiteImage.objects.filter(pk__in=uses):
        image.get_renditions(*(spec for use in uses[str(image.pk)] for spec in image.get_sizes(use)))
