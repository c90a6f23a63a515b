"""What staff do with one click: say that a page is still right, put one back, answer a submission."""

from collections.abc import Iterator

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST
from wagtail.admin import messages
from wagtail.admin.widgets import Button
from wagtail.models import GroupApprovalTask, PageLogEntry, Task

from ..page.base import SitePage

PUBLISHED = ("wagtail.publish", "wagtail.publish.scheduled")  # the log's actions of a publication
get_group_actions = GroupApprovalTask.get_actions  # Wagtail's own method


def get_review_actions(task: Task, page: SitePage, user: AbstractBaseUser) -> list[tuple[str, str, bool]]:
    """Returns the two answers to a submission, of Wagtail's three, and whether each asks for a word."""
    return [("approve", "Publier", False), ("reject", "Renvoyer avec un mot", True)] if get_group_actions(task, page, user) else []


def get_act_button(label: str, url: str, button: type[Button] = Button, **options) -> Button:
    """Returns a button, or an entry of a menu, that posts to `url`; with the `options` of Wagtail's `button`."""
    act = {"data-controller": "w-action", "data-action": "w-action#post", "data-w-action-url-value": url}
    return button(label, attrs=act, **options)


def with_act(words: str, label: str, url: str) -> SafeString:
    """Returns the words of a message, and after them a button that posts to `url`."""
    return format_html("{} {}", words, get_act_button(label, url, classname="button button-small button-secondary").render_html({}))


def show_announcement(request: HttpRequest, page: SitePage) -> None:
    """Offers to copy the words of an event, an article or an offer that is on the site now, and to print its poster."""
    if page.specific_class.is_entry and page.live and request.accepts("text/html"):
        messages.info(request, render_to_string("staff/announcement.html", {"page": page.specific}))


def get_allowed_page(user: AbstractBaseUser, page_id: int, right: str = "can_publish", **conditions) -> SitePage:
    """Returns the specific page if it fulfils the conditions. Raises Http404; PermissionDenied for a user without the right."""
    page = get_object_or_404(SitePage, pk=page_id, **conditions).specific
    if not getattr(page.permissions_for_user(user), right)():
        raise PermissionDenied
    return page


def confirm_page(request: HttpRequest, page_id: int) -> HttpResponse:
    """Shows the button, to which mails and « À revoir » lead; a post notes that an offer is still open, or a page still right."""
    page = get_allowed_page(request.user, page_id, live=True)
    if request.method != "POST":
        return render(request, "staff/confirm_page.html", {"page": page})
    page.confirm()
    messages.success(request, f"« {page.title} » reste sur le site.")
    return redirect("wagtailadmin_home")


@require_POST
def put_back(request: HttpRequest, page_id: int) -> HttpResponse:
    """Publishes what visitors read before a page, and those below it, were taken down; what has been written since stays a draft."""
    page = get_allowed_page(request.user, page_id, live=False, alias_of=None, first_published_at__isnull=False)
    taken_down = PageLogEntry.objects.filter(page=page, action="wagtail.unpublish").first()
    together = PageLogEntry.objects.filter(action="wagtail.unpublish", uuid=taken_down.uuid).values("page") if taken_down else []
    below = page.get_descendants().filter(pk__in=together, live=False, alias_of=None)
    try:
        with transaction.atomic():
            for each in [page, *below]:
                publish_again(each.specific, request.user)
    except ValidationError as error:
        messages.error(request, f"La page n’est pas remise : {' '.join(error.messages)}")
        return redirect("wagtailadmin_pages:edit", page.pk)
    messages.success(request, f"La page « {page.title} » est de nouveau sur le site.", buttons=[messages.button(page.url, "La voir")])
    return redirect("wagtailadmin_explore", page.get_parent().pk)


def get_put_back_button(page: SitePage, user: AbstractBaseUser, *args, **kwargs) -> Iterator[Button]:
    """Yields the way back for a page that was taken down, in the menu of its form."""
    if not page.live and page.first_published_at and not page.alias_of_id and page.permissions_for_user(user).can_publish():
        yield get_act_button("Remettre sur le site", reverse("put_back", args=[page.pk]), icon_name="upload", priority=20)


def publish_again(page: SitePage, user: AbstractBaseUser) -> None:
    """Publishes the revision that was published last, without an end that has passed. Raises ValidationError if its address is taken."""
    published = PageLogEntry.objects.filter(page=page, action__in=PUBLISHED).exclude(revision=None).select_related("revision").first()
    revision = published.revision if published else page.get_latest_revision() or page.save_revision()
    expire_at = revision.as_object().expire_at
    if expire_at and expire_at <= timezone.now():
        revision.content["expire_at"] = None
        revision.save(update_fields=["content"])
    revision.publish(user=user)
