"""The views of pages in the admin, where Wagtail's own would make a page twice or keep a schedule that was cancelled."""

import json
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import JsonResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import localtime
from wagtail.admin import messages
from wagtail.admin.views.pages.create import CreateView
from wagtail.admin.views.pages.edit import EditView
from wagtail.admin.views.pages.revisions import RevisionsUnscheduleView
from wagtail.admin.viewsets.pages import PageViewSet
from wagtail.models import Page

from .search import child_names


class CreateOnceView(CreateView):
    """Makes one page of one form, however often the form is posted: an autosave may still be on its way when staff publish."""

    def dispatch(self, request, content_type_app_name, content_type_model_name, parent_page_id):
        arguments = content_type_app_name, content_type_model_name, parent_page_id
        if request.method != "POST":
            return super().dispatch(request, *arguments)
        with transaction.atomic():  # on SQLite it takes the write lock at once (`transaction_mode`)
            list(Page.objects.filter(pk=parent_page_id).select_for_update())
            page = self.page_of_form(request, content_type_model_name)
            return self.resume(page) if page else super().dispatch(request, *arguments)

    def page_of_form(self, request, model_name):
        """The page that an earlier post of this form has made, or None."""
        try:
            key = UUID(request.POST.get("form_key", ""))
        except ValueError:
            return None
        return Page.objects.filter(translation_key=key, content_type__model=model_name).first()

    def resume(self, page):
        """Answers a post of a form whose earlier post has made `page`: the page is edited."""
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
    """Wagtail's, but one post of a page at a time, and for scheduled pages too, which stay editable."""

    def dispatch(self, request, page_id, **kwargs):
        if request.method != "POST":
            return super().dispatch(request, page_id, **kwargs)
        # Else an autosave that has read the page before it is published writes it back afterwards, unpublished.
        with transaction.atomic():
            list(Page.objects.filter(pk=page_id).select_for_update())
            return super().dispatch(request, page_id, **kwargs)

    def get(self, request, *args, **kwargs):
        if self.scheduled_revision:
            moment = localtime(self.scheduled_revision.approved_go_live_at)
            words = format_html("Publication programmée le {} à {}.", date_format(moment, "j F Y"), date_format(moment, "H:i"))
            address = reverse("wagtailadmin_pages:revisions_unschedule", args=[self.page.pk, self.scheduled_revision.pk])
            cancel = [messages.button(address, "Annuler la publication programmée")] if self.page_perms.can_unschedule() else []
            messages.info(request, words, buttons=cancel)
        return super().get(request, *args, **kwargs)

    def post(self, request, *args, **kwargs):
        overwritten = request.POST.get("overwrite_revision_id")
        if self.scheduled_revision and overwritten == str(self.scheduled_revision.pk):
            raise PermissionDenied  # no form of ours asks for it: it would cancel what Publication has approved
        return super().post(request, *args, **kwargs)


class ResumeView(PageEditView):
    """Edits a page by the form of a new one, which knows nothing of the items that are stored below the page: it replaces them."""

    def get_object(self):
        page = super().get_object()
        for name in child_names(type(page)):
            setattr(page, name, [])
        return page


class UnscheduleView(RevisionsUnscheduleView):
    """Also takes the date out of the form: it would put off the next « Publier »."""

    def post(self, request, *args, **kwargs):
        response = super().post(request, *args, **kwargs)
        Page.objects.filter(pk=self.object.pk).update(go_live_at=None)
        for revision in {self.revision, self.object.get_latest_revision()}:
            revision.content["go_live_at"] = None
            revision.save(update_fields=["content"])
        return response


class SitePageViewSet(PageViewSet):
    add_view_class = CreateOnceView
    edit_view_class = PageEditView
    revisions_unschedule_view_class = UnscheduleView
