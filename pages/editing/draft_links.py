"""« Faire lire à quelqu’un »: a signed link to one revision of a page, for a reader without an account.

Its token contains the primary keys of the revision and of an entry of the page's log, which has the reader's name: it needs no table.
"""

from collections.abc import Iterator
from datetime import timedelta

from django import forms
from django.contrib.auth.base_user import AbstractBaseUser
from django.core import signing
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin import messages
from wagtail.admin.widgets import Button
from wagtail.log_actions import LogActionRegistry, LogFormatter, log
from wagtail.models import PageLogEntry, Revision

from ..page.addresses import get_view_url
from ..page.base import SitePage
from ..text.dates import format_day
from .reviews import get_allowed_page

VALIDITY = timedelta(days=14)
SHARED, WITHDRAWN = "pages.draft.share", "pages.draft.withdraw"  # actions of the log
LABEL = "Faire lire à quelqu’un"


class ReaderForm(forms.Form):
    reader = forms.CharField(label="Pour qui ?", max_length=60, help_text="Par exemple : Mme Exemple. Son nom est écrit en haut du texte.")


def get_open_links(page_id: int) -> QuerySet[PageLogEntry]:
    """Returns the entries of the links that are not withdrawn, and not older than VALIDITY."""
    entries = PageLogEntry.objects.filter(page=page_id, timestamp__date__gte=timezone.localdate() - VALIDITY)
    withdrawn = entries.filter(action=WITHDRAWN).order_by("pk").last()
    return entries.filter(action=SHARED, pk__gt=withdrawn.pk if withdrawn else 0)


def get_last_day(entry: PageLogEntry) -> str:
    return format_day(timezone.localtime(entry.timestamp + VALIDITY), "j F")


def share_draft(request: HttpRequest, page_id: int) -> HttpResponse:
    """Asks for whom, then shows the link to the latest version."""
    page = get_allowed_page(request.user, page_id, "can_edit", alias_of=None)
    form, context = ReaderForm(request.POST or None), {}
    if form.is_valid():
        revision = page.get_latest_revision() or page.save_revision(changed=False)
        entry = log(instance=page, action=SHARED, revision=revision, data=form.cleaned_data)
        link = f"{get_view_url('draft')}?lien={signing.dumps([revision.pk, entry.pk], salt=SHARED)}"
        context = {"entry": entry, "last_day": get_last_day(entry), "link": link}
    return render(request, "staff/share_draft.html", {"page": page, "form": form, **context})


@require_POST
def withdraw_drafts(request: HttpRequest, page_id: int) -> HttpResponse:
    page = get_allowed_page(request.user, page_id, "can_edit")
    log(instance=page, action=WITHDRAWN)
    messages.success(request, "Les liens donnés à lire ne marchent plus.")
    return redirect("wagtailadmin_pages:history", page.pk)


@never_cache
@require_safe
def read_draft(request: HttpRequest) -> HttpResponse:
    """Shows the revision of `?lien=`. The token is a parameter, as the logs leave those out."""
    try:
        revision_id, entry_id = signing.loads(request.GET.get("lien", ""), salt=SHARED)
        revision = Revision.page_revisions.get(pk=revision_id)
        entry = get_open_links(revision.object_id).select_related("user").get(pk=entry_id)
    except (signing.BadSignature, ObjectDoesNotExist):
        return render(request, "pages/draft_gone.html", status=404)
    request.GET = QueryDict()  # neither another page of a list, nor a poster
    page = revision.as_object()
    draft = {"entry": entry, "last_day": get_last_day(entry), "is_outdated": page.latest_revision_id != revision.pk}
    context = {**page.get_preview_context(request, page.default_preview_mode), "draft": draft}
    return render(request, page.get_preview_template(request, page.default_preview_mode), context)


def get_share_button(page: SitePage, user: AbstractBaseUser, *args, **kwargs) -> Iterator[Button]:
    if not page.alias_of_id and page.permissions_for_user(user).can_edit():
        yield Button(LABEL, url=reverse("share_draft", args=[page.pk]), icon_name="mail", priority=24)


class SharedFormatter(LogFormatter):
    label = LABEL

    def format_message(self, log_entry: PageLogEntry) -> str:
        return f"Donné à lire à {log_entry.data.get('reader', 'quelqu’un')}, jusqu’au {get_last_day(log_entry)}"


def register_actions(actions: LogActionRegistry) -> None:
    actions.register_action(SHARED)(SharedFormatter)
    actions.register_action(WITHDRAWN, "Retirer les liens donnés à lire", "Liens donnés à lire retirés")


def erase_readers() -> None:
    """Erases the names of the readers of links that have ended."""
    PageLogEntry.objects.filter(action=SHARED, timestamp__date__lt=timezone.localdate() - VALIDITY).exclude(data={}).update(data={})
