"""Pictures of people whose consent is missing, or has ended."""

from collections.abc import Iterator
from datetime import timedelta

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.views.decorators.http import require_POST
from wagtail.admin import messages
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.log_actions import log
from wagtail.models import ReferenceIndex
from wagtail.permissions import policy_registry

from ..editing.remarks import DashboardData, Remark
from ..page.base import SitePage
from ..text.dates import format_day
from .models import Rendition, SiteImage


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
            "Complétez cette image dans le menu « Images », choisissez-en une autre, ou retirez-la.",
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
            effect = "l’accord est fini. Le site ne montre plus cette image : supprimez-la, sauf si la personne redonne son accord."
        else:
            effect = f"l’accord finit le {format_day(image.consent_until, 'j F Y')}. Le lendemain, l’image quitte le site."
        yield Remark(image, f"Image « {image.title} »", effect)


@require_POST
def end_consent(request: HttpRequest, image_id: int) -> HttpResponse:
    """Ends the consent of the people on a picture at once, and says where it is used."""
    image = get_object_or_404(SiteImage, pk=image_id)
    if not policy_registry.get_by_type(SiteImage).user_has_permission_for_instance(request.user, "change", image):
        raise PermissionDenied
    if image.has_consent:
        today = timezone.localdate()
        image.consent_until = today - timedelta(days=1)
        image.consent_for = f"Ne veut plus depuis le {format_day(today, 'j F Y')}. Avant : {image.consent_for}"[:200]
        image.save(update_fields=["consent_until", "consent_for"])
        log(instance=image, action="wagtail.edit")
        Rendition.delete_misplaced()
    get_edit_url = AdminURLFinder(request.user).get_edit_url
    users = [reference for reference, _ in ReferenceIndex.get_grouped_references_to(image)]
    links = format_html_join(", ", '<a href="{}">{}</a>', [(get_edit_url(user) or "", str(user)) for user in users])
    where = format_html("Elle était ici : {}. Retirez-la de ces pages.", links) if users else "Elle n’était sur aucune page."
    messages.success(request, format_html("L’accord est fini. Le site ne montre plus « {} ». {}", image.title, where))
    return redirect("wagtailimages:edit", image.pk)
