"""The inbox: what visitors wrote with the contact form, as staff find it in the admin."""

import csv
from datetime import datetime

from django.contrib.auth import get_user_model
from django.utils.timezone import localtime
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column, DateColumn, StatusTagColumn
from wagtail.admin.views.generic.models import DeleteView, IndexView
from wagtail.admin.views.mixins import Echo
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy

from .models import Message
from .views import harmless


class InboxPolicy(ModelPermissionPolicy):
    """Messages come from visitors: nobody adds one here."""

    def user_has_permission(self, user, action):
        return action != "add" and super().user_has_permission(user, action)


class MessageForm(WagtailAdminModelForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        users = self.fields["handled_by"]
        users.queryset = get_user_model().objects.with_perm("pages.change_message")
        users.label_from_instance = lambda user: user.get_full_name() or user.username

    def clean(self):
        """Who changes the state deals with the message, unless somebody was chosen. « Marquer comme répondu » is a button of its own."""
        cleaned = super().clean()
        if "answered" in self.data:
            cleaned["status"] = Message.Status.ANSWERED
        if cleaned.get("status") != self.initial.get("status") and not cleaned.get("handled_by"):
            cleaned["handled_by"] = self.for_user
        return cleaned


class InboxIndexView(IndexView):
    custom_value_preprocess = {
        **IndexView.custom_value_preprocess,
        datetime: dict.fromkeys(("csv", "xlsx"), lambda value: f"{localtime(value):%d/%m/%Y %H:%M}"),
        str: dict.fromkeys(("csv", "xlsx"), harmless),
    }

    def stream_csv(self, queryset):
        """Wagtail's, with semicolons and a byte order mark, so that a French spreadsheet opens it by itself."""
        writer = csv.DictWriter(Echo(), fieldnames=self.list_export, delimiter=";")
        yield b"\xef\xbb\xbf" + writer.writerow({field: self.get_heading(queryset, field) for field in self.list_export})
        for message in queryset:
            yield self.write_csv_row(writer, self.to_row_dict(message))


class InboxDeleteView(DeleteView):
    @property
    def confirmation_message(self):
        return f"Effacer pour toujours le message de {self.object.writer()} ? Il commence par : « {self.object.text[:80]} »"


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
    delete_view_class = InboxDeleteView
    list_display = [
        "writer",
        Column("subject", label="Sujet", accessor="get_subject_display"),
        StatusTagColumn("status", label="État", accessor="get_status_display", primary=lambda message: message.status == "new"),
        Column("handled_by", label="Suivi par"),
        DateColumn("created_at", label="Reçu"),
    ]
    list_filter = ["status", "subject", "handled_by"]
    search_fields = ["name", "phone", "email", "organisation", "text", "note"]
    list_export = [
        "created_at",
        "get_subject_display",
        "name",
        "phone",
        "email",
        "organisation",
        "place",
        "date_wished",
        "text",
        "get_status_display",
        "handled_by",
        "note",
    ]
    export_headings = {"get_subject_display": "sujet", "get_status_display": "état"}
    export_filename = "messages"
    edit_handler = ObjectList(
        [
            HelpPanel(template="staff/message.html", heading="Le message"),
            MultiFieldPanel([FieldRowPanel([FieldPanel("status"), FieldPanel("handled_by")]), FieldPanel("note")], heading="Suivi"),
        ],
        base_form_class=MessageForm,
    )


register_permission_policy(Message, InboxPolicy(Message))
inbox = InboxViewSet()
