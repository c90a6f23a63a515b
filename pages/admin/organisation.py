"""The organisation in the admin: one form, without a list."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import ObjectList
from wagtail.snippets.views.snippets import IndexView

from ..models import Organisation
from .snippets import LiveViewSet


class OrganisationForm(WagtailAdminModelForm):
    def clean(self) -> dict:
        """Refuses a new last day of the notice that has passed. An old one that stays as it is does not block the form."""
        cleaned = super().clean()
        last_day = cleaned.get("notice_until")
        if "notice_until" in self.changed_data and last_day and last_day < timezone.localdate():
            self.add_error("notice_until", f"Le {last_day:%d/%m/%Y} est déjà passé : écrivez le jour, le mois et l’année.")
        return cleaned


class OrganisationIndexView(IndexView):
    """Opens the form of the one organisation instead of a list of one; makes the row if there is none yet."""

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not self.user_has_permission("change"):
            return super().dispatch(request, *args, **kwargs)
        organisation = Organisation.get()
        if not organisation.pk:
            organisation.save()
        return redirect(self.get_edit_url(organisation))


class OrganisationViewSet(LiveViewSet):
    model = Organisation
    icon = "home"
    menu_label = "L’organisation"
    menu_order = 120
    index_view_class = OrganisationIndexView
    edit_handler = ObjectList(Organisation.panels, base_form_class=OrganisationForm)
