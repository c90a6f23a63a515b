"""The organisation in the admin: one form without a list, whose first tab has what a site needs before it is open."""

import re
from collections.abc import Iterator
from datetime import timedelta

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from wagtail.admin import messages
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import FieldRowPanel, HelpPanel, InlinePanel, MultiFieldPanel, ObjectList, TabbedInterface
from wagtail.admin.widgets.button import Button
from wagtail.snippets.views.snippets import IndexView

from ..editing.remarks import DashboardData, Remark
from ..editing.snippets import LiveEditView, LiveViewSet, get_remaining_forms
from .models import Organisation
from .recipients import Recipient, Subject

FORM = "wagtailsnippets_pages_organisation:list"  # This view redirects to the form, and makes the row if there is none yet.
HALF_A_YEAR = timedelta(days=182)


def compact(value: str | None) -> str:
    """Writes a number as its register does: « w901 000 123 » is W901000123."""
    return re.sub(r"[\s.-]", "", value or "").upper()


class OrganisationForm(WagtailAdminModelForm):
    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for name in {"rna", "vat_number"} & set(self.fields):
            self.fields[name].to_python = compact  # before its length and its characters are checked
            self.fields[name].widget.attrs.pop("maxlength", None)

    def clean(self) -> dict:
        """Refuses a new last day of the notice that has passed. An old one that stays as it is does not block the form."""
        cleaned = super().clean()
        last_day = cleaned.get("notice_until")
        if "notice_until" in self.changed_data and last_day and last_day < timezone.localdate():
            self.add_error("notice_until", f"Le {last_day:%d/%m/%Y} est déjà passé : écrivez le jour, le mois et l’année.")
        return cleaned

    def find_missing_to_open(self) -> list[str]:
        """Returns what would be missing if the form was saved."""
        self.instance.has_recipient = bool(get_remaining_forms(self.formsets["recipients"]))
        return self.instance.get_missing_to_open()


class OrganisationIndexView(IndexView):
    """Opens the form of the one organisation instead of a list of one."""

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not self.user_has_permission("change"):
            return super().dispatch(request, *args, **kwargs)
        return redirect(self.get_edit_url(Organisation.objects.get_or_create()[0]))


class OrganisationEditView(LiveEditView):
    """Asks before a save closes the site to search engines, and says with each save whether they may show it."""

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if "garder" in request.GET:  # « Le garder » saves the rest
            request.POST = posted = request.POST.copy()
            for name in ("phone", "email", "publication_director", "host"):
                posted[name] = posted.get(name, "").strip() or getattr(self.object, name)
            posted.update({name: "" for name in posted if re.fullmatch(r"recipients-\d+-DELETE", name)})
        return super().post(request, *args, **kwargs)

    def get_question(self, form: OrganisationForm) -> str:
        missing = form.find_missing_to_open() if self.was_ready and "fermer" not in self.request.GET else []
        return render_to_string("staff/closing.html", {"missing": missing, "address": self.get_edit_url()}) if missing else ""

    def get_object(self, queryset: QuerySet | None = None) -> Organisation:
        organisation = super().get_object(queryset)
        self.was_ready = organisation.is_ready
        return organisation

    def get_success_message(self) -> str | None:
        missing = ", ".join(Organisation.get().get_missing_to_open())
        if not missing:
            return "Enregistré." if self.was_ready else "Enregistré. Le site est ouvert : les moteurs de recherche peuvent le montrer."
        begins = (
            "Attention : les moteurs de recherche ne montrent plus le site. Il manque"
            if self.was_ready
            else "Pour ouvrir le site, il manque"
        )
        messages.warning(self.request, f"Enregistré. {begins} : {missing}.", buttons=self.get_success_buttons())
        return None

    def get_success_buttons(self) -> list[Button]:
        return [messages.button(reverse(FORM), "Compléter"), messages.button("/", "Voir le site")]


class OpeningMenuItem(MenuItem):
    """The entry of the menu, until the site is ready."""

    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm("pages.change_organisation") and not Organisation.get_for(request).is_ready


TABS = [
    ObjectList(
        [
            HelpPanel(
                "<p>Les moteurs de recherche, comme Google, montrent le site tant que ces quatre choses sont remplies : "
                "un téléphone ou une adresse e-mail, la directrice ou le directeur, l’hébergeur, une personne qui reçoit les messages.</p>"
                "<p>Ce qui est vide n’est pas montré. Enregistrez ce que vous savez : vous pouvez revenir pour le reste.</p>"
            ),
            MultiFieldPanel(["phone", "sms_phone", "email", "address", "opening_hours"], heading="Joindre l’organisation"),
            MultiFieldPanel(["publication_director", "host"], heading="Ce que la loi demande"),
            InlinePanel(
                "recipients",
                heading="Qui reçoit les messages",
                label="personne",
                panels=[FieldRowPanel(["email", "subject"])],
                help_text="Une personne pour tous les sujets, ou une personne pour chaque sujet. Elle reçoit un e-mail pour chaque message, "
                "avec son sujet et un lien. Le message reste dans « Messages ».",
            ),
        ],
        heading="L’essentiel",
    ),
    ObjectList(
        [MultiFieldPanel(["notice", FieldRowPanel(["notice_from", "notice_until"])], heading="Annonce en haut de chaque page")],
        heading="Annonce",
    ),
    ObjectList(Organisation.panels, heading="Le reste"),
]


class OrganisationViewSet(LiveViewSet):
    model = Organisation
    icon = "home"
    menu_label = "L’organisation"
    menu_order = 120
    index_view_class = OrganisationIndexView
    edit_view_class = OrganisationEditView
    edit_handler = TabbedInterface(TABS, base_form_class=OrganisationForm, attrs={"data-tab-headings": ""})


def find_first_facts(dashboard: DashboardData) -> Iterator[Remark]:
    """Yields what visitors look for first and the law demands, if the user may change it."""
    if not dashboard.user.has_perm("pages.change_organisation"):
        return
    form, organisation = reverse(FORM), Organisation.get_for(dashboard.request)
    for name, effect in Organisation.BEFORE_OPENING.items():
        if not getattr(organisation, name):
            yield Remark(organisation, get_label(name), effect, f"{form}#id_{name}")
    if not organisation.has_recipient:
        effect = "personne ne sait qu’un visiteur a écrit, sauf en ouvrant cet écran."
        yield Remark(organisation, "Qui reçoit les messages", effect, f"{form}#id_recipients-ADD")
    elif subjects := get_subjects_without_recipient():
        effect = f"personne n’est prévenu par e-mail pour ces sujets : {', '.join(subjects)}."
        yield Remark(organisation, "Qui reçoit les messages", effect, f"{form}#id_recipients-ADD")


def find_missing_facts(dashboard: DashboardData) -> Iterator[Remark]:
    if dashboard.user.has_perm("pages.change_organisation"):
        organisation = Organisation.get_for(dashboard.request)
        for name, effect in organisation.get_missing().items():
            yield Remark(organisation, get_label(name), effect, f"{reverse(FORM)}#id_{name}")


def find_unread_sms(dashboard: DashboardData) -> Iterator[Remark]:
    """Asks once in half a year whether somebody reads the SMS. Who saves the form has said so."""
    if not dashboard.user.has_perm("pages.change_organisation"):
        return
    organisation = Organisation.get_for(dashboard.request)
    saved_at = organisation.sms_phone and organisation.latest_revision and organisation.latest_revision.created_at
    if saved_at and saved_at < timezone.now() - HALF_A_YEAR:
        effect = "quelqu’un lit-il encore les SMS ? Si oui, enregistrez cet écran de nouveau ; sinon, videz cette case."
        yield Remark(organisation, get_label("sms_phone"), effect, f"{reverse(FORM)}#id_sms_phone")


def get_label(name: str) -> str:
    return capfirst(Organisation._meta.get_field(name).verbose_name)


def get_subjects_without_recipient() -> list[str]:
    """Returns the subjects of which nobody is told, if somebody is told of others."""
    subjects = set(Recipient.objects.values_list("subject", flat=True))
    return [] if "" in subjects else [label for value, label in Subject.choices if value not in subjects]
