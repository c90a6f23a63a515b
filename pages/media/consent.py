"""Pictures of people whose consent is missing, or has ended."""

from collections.abc import Iterator

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone
from wagtail.models import ReferenceIndex

from ..editing.remarks import DashboardData, Remark
from ..page.base import SitePage
from ..text.dates import format_day
from .models import SiteImage


def find_missing_consents(page: SitePage) -> Iterator[tuple[str, str]]:
    """Yields the names of fields of a page, saved or not, that have a picture which visitors may not see, and what staff read about it.

    One query.
    """
    image_type = ContentType.objects.get_for_model(SiteImage).pk
    found = {}
    for content_type, pk, path, _ in ReferenceIndex._extract_references_from_object(page):
        if content_type == image_type:
            found.setdefault(int(pk), path.partition(".")[0])
    for picture in SiteImage.objects.filter(SiteImage.get_lacking_consent(), pk__in=found):
        yield (
            found[picture.pk],
            f"On reconnaît peut-être une personne sur l’image « {picture} », et son accord manque ou n’est plus valable. "
            "Complétez cette image dans le menu « Images », ou choisissez-en une autre.",
        )


def find_consents(dashboard: DashboardData) -> Iterator[Remark]:
    today = timezone.localdate()
    images = SiteImage.objects.filter(SiteImage.get_missing_consent() | SiteImage.get_ending_consent())
    for image in images.order_by("consent_until", "title"):
        if not image.people:
            effect = "personne n’a dit si l’on y reconnaît quelqu’un. Le site ne montre pas cette image."
        elif not image.consent_by or not image.consent_on:
            missing = "le jour où l’accord a été signé" if image.consent_by else "le nom de qui a donné son accord"
            effect = f"{missing} n’est pas écrit. Le site ne montre pas cette image."
        elif not image.consent_until:
            effect = f"l’accord date du {format_day(image.consent_on, 'j F Y')}, sans fin. Redemandez-le, puis changez cette date."
        elif image.consent_until < today:
            effect = "l’accord est fini. Le site ne montre plus cette image : demandez un nouvel accord, ou supprimez-la."
        else:
            effect = f"l’accord finit le {format_day(image.consent_until, 'j F Y')}. Le lendemain, l’image quitte le site."
        yield Remark(image, f"Image « {image.title} »", effect)
