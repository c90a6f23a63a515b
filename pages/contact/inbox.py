"""The inbox: messages of the contact form in the admin."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Count, Min, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.timezone import localtime
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldRowPanel, HelpPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column, DateColumn, StatusTagColumn
from wagtail.admin.utils import get_user_display_name
from wagtail.admin.views.generic.models import DeleteView, EditView, IndexView
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets import Button
from wagtail.log_actions import registry
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy

from ..editing.remarks import DashboardData, Remark
from ..editing.saves import ConflictMixin, LockedPostMixin
from ..text.slugs import fold
from .models import Message
from .page import ContactPage


class InboxPolicy(ModelPermissionPolicy):
    """Without permission to add: messages come from visitors."""

    def user_has_permission(self, user: AbstractBaseUser, action: str) -> bool:
        return action != "add" and super().user_has_permission(user, action)


class MessageForm(WagtailAdminModelForm):
    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        users = self.fields["handled_by"]
        users.queryset = get_user_model().objects.with_perm("pages.change_message")
        users.label_from_instance = get_user_display_name

    def clean(self) -> dict:
        """Sets `handled_by` to the user who changes the status, unless one was chosen. « Marquer comme répondu » is a submit button."""
        cleaned = super().clean()
        if "answered" in self.data:
            cleaned["status"] = Message.Status.ANSWERED
        if cleaned.get("status") != self.initial.get("status") and not cleaned.get("handled_by"):
            cleaned["handled_by"] = self.for_user
        return cleaned

    def save(self, commit: bool = True) -> Message:
        if "stop" in self.data:
            self.instance.end_wish()
        self.instance.version += 1
        return super().save(commit)


class InboxEditView(LockedPostMixin, ConflictMixin, EditView):
    """Messages have no revisions: their form contains the number of the save that it was opened with."""

    @cached_property
    def is_answer(self) -> bool:
        return self.object.status == Message.Status.ANSWERED != self.form.initial["status"]

    @cached_property
    def next_message(self) -> Message | None:
        """The new message that waits longest, once this one is answered."""
        return Message.objects.filter(status=Message.Status.NEW).last() if self.is_answer else None

    def get_success_url(self) -> str:
        return reverse("message:edit", args=[self.next_message.pk]) if self.next_message else super().get_success_url()

    def get_success_message(self) -> str:
        if not self.is_answer:
            return f"Le message de {self.object.writer()} est enregistré."
        then = "Voici le suivant." if self.next_message else "Il n’y a plus de nouveau message."
        return f"Vous avez répondu à {self.object.writer().removesuffix('.')}. {then}"

    def get_success_buttons(self) -> list[Button]:
        return [messages.button(self.get_edit_url(), "Le rouvrir")]

    @property
    def version(self) -> str:
        return str(self.object.version)

    @property
    def is_out_of_date(self) -> bool:
        return self.request.POST.get("version") != self.version

    def refuse_save(self) -> None:
        save = registry.get_logs_for_instance(self.object).first()
        stored = Message.objects.select_related("handled_by").get(pk=self.object.pk)  # The form has changed `self.object`.
        note = f"note « {stored.note} »" if stored.note else "pas de note"
        name = get_user_display_name(stored.handled_by) or "personne"
        theirs = format_html("Enregistré : état « {} », suivi par {}, {}.", stored.get_status_display(), name, note)
        self.refuse(save and save.user, save.timestamp if save else stored.created_at, theirs)


class InboxFilterSet(WagtailFilterSet):
    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.form.fields["handled_by"].label_from_instance = get_user_display_name

    class Meta:
        model = Message
        fields = ("status", "subject", "handled_by")


class InboxIndexView(IndexView):
    custom_value_preprocess = {
        **IndexView.custom_value_preprocess,
        datetime: dict.fromkeys(("csv", "xlsx"), lambda value: f"{localtime(value):%d/%m/%Y %H:%M}"),
    }

    def search_queryset(self, queryset: QuerySet[Message]) -> QuerySet[Message]:
        """Finds words whatever their accents, and a phone number by its digits, with the code of its country or without."""
        sought = fold(self.search_query).lstrip("0")
        texts = {message.pk: fold("".join(getattr(message, name) for name in self.search_fields)) for message in queryset} if sought else {}
        return queryset.filter(pk__in=[pk for pk, text in texts.items() if sought in text]) if sought else queryset

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        """Adds to the buttons of downloads that what they save is not erased."""
        buttons = super().header_more_buttons
        for button in buttons:
            if button.icon_name == "download":
                button.label = f"{button.label} : à effacer vous-même après usage, ce fichier reste sur l’ordinateur"
        return buttons


class InboxDeleteView(DeleteView):
    @property
    def confirmation_message(self) -> str:
        begins = f" Il commence par : « {self.object.text[:80]} »" if self.object.text else ""
        return f"Effacer pour toujours le message de {self.object.writer()} ?{begins}"


class InboxViewSet(ModelViewSet):
    model = Message
    name = "message"
    url_prefix = "messages"
    icon = "mail"
    add_to_admin_menu = True
    menu_label = "Messages"
    menu_order = 105
    copy_view_enabled = False
    index_view_class = InboxIndexView
    edit_view_class = InboxEditView
    delete_view_class = InboxDeleteView
    list_display = [
        "writer",
        Column("text", label="Commence par", accessor=lambda message: Truncator(message.text).chars(90)),
        Column("subject", label="Sujet", accessor="get_subject_display"),
        StatusTagColumn("status", label="État", accessor="get_status_display", primary=lambda message: message.status == "new"),
        Column("handled_by", label="Suivi par", accessor=lambda message: get_user_display_name(message.handled_by)),
        DateColumn("created_at", label="Reçu"),
    ]
    filterset_class = InboxFilterSet
    search_fields = [*Message.TYPED, "note"]
    list_export = ["created_at", "get_subject_display", *Message.TYPED, "get_status_display", "handled_by", "note"]
    export_headings = {"get_subject_display": "sujet", "get_status_display": "état"}
    export_filename = "messages"
    edit_handler = ObjectList(
        [
            HelpPanel(template="staff/message.html", heading="Le message"),
            MultiFieldPanel([FieldRowPanel(["status", "handled_by"]), "note"], heading="Suivi"),
        ],
        base_form_class=MessageForm,
    )


register_permission_policy(Message, InboxPolicy(Message))
inbox = InboxViewSet()


def find_missing_page(dashboard: DashboardData) -> Iterator[Remark]:
    for home in dashboard.homes:
        if not dashboard.unique_pages[ContactPage]:
            yield Remark(home, "Page de contact", "il n’y en a pas : personne ne peut vous écrire. Ajoutez-la sous l’accueil.")


def get_waiting_messages() -> dict:
    is_new, is_doing = Q(status=Message.Status.NEW), Q(status=Message.Status.DOING)
    index, week_ago = reverse("message:index"), timezone.now() - timedelta(days=7)
    return {
        **Message.objects.aggregate(
            new=Count("pk", filter=is_new),
            oldest=Min("created_at", filter=is_new),
            doing=Count("pk", filter=is_doing),
            asked=Count("pk", filter=Q(notify_until__gte=timezone.localdate())),
            late=Count("pk", filter=(is_new | is_doing) & Q(created_at__lt=week_ago)),
        ),
        "new_url": f"{index}?status={Message.Status.NEW}",
        "doing_url": f"{index}?status={Message.Status.DOING}",
        "list_url": index,
    }
