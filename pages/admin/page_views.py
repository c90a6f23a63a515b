"""Views of pages in the admin, where Wagtail's own would make a page twice or keep a schedule that was cancelled."""

import json
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import localtime
from modelcluster.models import get_all_child_relations
from wagtail.admin import messages
from wagtail.admin.views.pages.create import CreateView
from wagtail.admin.views.pages.edit import EditView
from wagtail.admin.views.pages.revisions import RevisionsUnscheduleView
from wagtail.admin.viewsets.pages import PageViewSet

from ..models import SitePage


class CreateOnceView(CreateView):
    """Makes one page from one form, however often the form is posted: an autosave may still be on its way when staff publish."""

    def dispatch(self, request: HttpRequest, content_type_app_name: str, content_type_model_name: str, parent_page_id: int) -> HttpResponse:
        arguments = content_type_app_name, content_type_model_name, parent_page_id
        if request.method != "POST":
            return super().dispatch(request, *arguments)
        with transaction.atomic():  # on SQLite it takes the write lock at once (`transaction_mode`)
            list(SitePage.objects.filter(pk=parent_page_id).select_for_update())
            page = self.get_page_of_form(request, content_type_model_name)
            return self.resume(page) if page else super().dispatch(request, *arguments)

    def get_page_of_form(self, request: HttpRequest, model_name: str) -> SitePage | None:
        """Returns the page that an earlier post of this form has made, or None."""
        try:
            key = UUID(request.POST.get("form_key", ""))
        except ValueError:
            return None
        return SitePage.objects.filter(translation_key=key, content_type__model=model_name).first()

    def resume(self, page: SitePage) -> HttpResponse:
        """Edits `page`, which an earlier post of this form has made."""
        if self.expects_json_response and (page.live or page.approved_schedule or page.workflow_in_progress):
            # An autosave that was sent before the page was published and arrives after: its text is older.
            answer = {"success": True, "pk": page.pk, "revision_id": page.latest_revision_id}
        else:
            response = ResumeView.as_view()(self.request, page.pk)
            if not self.expects_json_response or response.status_code != 200:
                return response
            answer = json.loads(response.content)
        url = reverse("wagtailadmin_pages:edit", args=[page.pk])
        return JsonResponse(answer | {"url": url, "hydrate_url": f"{url}?_w_hydrate_create_view=1"})


class PageEditView(EditView):
    """Wagtail's view, with one post of a page at a time, and for scheduled pages, which stay editable."""

    def dispatch(self, request: HttpRequest, page_id: int, **kwargs) -> HttpResponse:
        if request.method != "POST":
            return super().dispatch(request, page_id, **kwargs)
        # Else an autosave that has read the page before it is published writes it back afterwards, unpublished.
        with transaction.atomic():
            list(SitePage.objects.filter(pk=page_id).select_for_update())
            response = super().dispatch(request, page_id, **kwargs)
            request.has_new_text = getattr(self, "has_content_changes", False)  # for SessionEndMiddleware
            return response

    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if self.scheduled_revision:
            go_live_at = localtime(self.scheduled_revision.approved_go_live_at)
            words = format_html("Publication programmée le {} à {}.", date_format(go_live_at, "j F Y"), date_format(go_live_at, "H:i"))
            address = reverse("wagtailadmin_pages:revisions_unschedule", args=[self.page.pk, self.scheduled_revision.pk])
            cancel = [messages.button(address, "Annuler la publication programmée")] if self.page_perms.can_unschedule() else []
            messages.info(request, words, buttons=cancel)
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        overwritten = request.POST.get("overwrite_revision_id")
        if self.scheduled_revision and overwritten == str(self.scheduled_revision.pk):
            raise PermissionDenied  # no form of ours sends it: it would cancel what Publication has approved
        return super().post(request, *args, **kwargs)


class ResumeView(PageEditView):
    """Edits a page with the form of a new one. That form does not contain the ids of stored items: it replaces them."""

    def get_object(self) -> SitePage:
        page = super().get_object()
        for relation in get_all_child_relations(type(page)):
            if relation.related_model._meta.app_label == page._meta.app_label:  # not comments, which Wagtail adds to each page type
                setattr(page, relation.get_accessor_name(), [])
        return page


class UnscheduleView(RevisionsUnscheduleView):
    """Wagtail's view, which also removes the date from the form: it would delay the next « Publier »."""

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        response = super().post(request, *args, **kwargs)
        SitePage.objects.filter(pk=self.object.pk).update(go_live_at=None)
        for revision in {self.revision, self.object.get_latest_revision()}:
            revision.content["go_live_at"] = None
            revision.save(update_fields=["content"])
        return response


class SitePageViewSet(PageViewSet):
    add_view_class = CreateOnceView
    edit_view_class = PageEditView
    revisions_unschedule_view_class = UnscheduleView
