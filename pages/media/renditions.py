"""The sizes of pictures, which are made when their page is published, so that no visitor waits for them."""

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from wagtail.images import get_image_model
from wagtail.models import ReferenceIndex
from wagtail.signals import page_published

from ..page.base import SitePage

# Renditions of each use of a picture on pages, as Wagtail's filters, for `responsive_image`. Where a use crops
# pictures, « -whole » is for upright ones, which are shown whole: a crop would cut heads.
SIZES = {
    name: [f"{size}|format-webp" for size in sizes]
    for name, sizes in {
        "block": ("width-400", "width-800", "width-1200"),
        "comparison": ("fill-400x300", "fill-800x600"),
        "comparison-whole": ("max-400x300", "max-800x600"),
        "gallery": ("max-960x240", "max-1920x480"),
        "head": ("max-480x960", "max-960x1920", "max-1440x2880"),
        "logo": ("max-240x120", "max-480x240"),
        "person": ("fill-200x250", "fill-400x500"),
        "list": ("fill-240x160", "fill-480x320", "fill-720x480"),
        "list-whole": ("max-240x160", "max-480x320", "max-720x480"),
    }.items()
}
ALL_SIZES = {use: [*sizes, *SIZES.get(f"{use}-whole", ())] for use, sizes in SIZES.items()}  # what may have to be prefetched
SHARED_SIZE = "fill-1200x630|format-jpeg|bgcolor-ffffff"  # the size that readers of Open Graph crop least
# The uses (names in SIZES) by the field of a page that leads to a picture.
USES = {"picture": ("head", "list"), "body": ("block", "gallery", "person"), "comparisons": ("comparison",), "partners": ("logo",)}


def connect_signals() -> None:
    page_published.connect(make_after_commit)


def make_after_commit(instance: SitePage, **kwargs) -> None:
    # A lambda, as in `pages/search/index.py`. After the index of references is up to date, which is updated after the commit too.
    transaction.on_commit(lambda: make(instance), robust=True)


def make(page: SitePage) -> None:
    """Makes the renditions that are missing."""
    pictures = ContentType.objects.get_for_model(get_image_model())
    references = ReferenceIndex.get_references_for_object(page).filter(to_content_type=pictures)
    uses = {}
    for path, pk in references.values_list("model_path", "to_object_id"):
        uses.setdefault(pk, set()).update(USES.get(path.partition(".")[0], ()))
    for image in get_image_model().objects.filter(pk__in=uses):
        image.get_renditions(*(spec for use in uses[str(image.pk)] for spec in image.get_sizes(use)))
