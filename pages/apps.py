from django.apps import AppConfig
from django.db.models.signals import post_delete, post_migrate, pre_migrate


class PagesConfig(AppConfig):
    name = "pages"
    verbose_name = "Site"

    def ready(self) -> None:
        from django.forms import CharField
        from wagtail.admin.views.mixins import SpreadsheetExportMixin
        from wagtail.admin.widgets import BaseChooser
        from wagtail.models import GroupApprovalTask, WorkflowState
        from wagtail.signals import workflow_submitted

        from . import after_migrate, checks, erasures, generation, renditions  # noqa: F401 checks register themselves
        from .admin import redirects
        from .admin.page_forms import PageCopyForm, SitePageForm
        from .admin.reviews import get_review_actions
        from .admin.widgets import render_chooser
        from .models import Message, SitePage
        from .search import index
        from .text import control_characters, spreadsheets
        from .text.date_fields import register_fields

        # Here, as Wagtail's admin sets its own form on the base page model when it is ready.
        register_fields()
        CharField.to_python = control_characters.read_text
        BaseChooser.render = render_chooser
        SpreadsheetExportMixin.preprocess_field_value = spreadsheets.preprocess_field_value
        SpreadsheetExportMixin.stream_csv = spreadsheets.stream_csv
        GroupApprovalTask.get_actions = get_review_actions
        # Administrators get the mail of the task already.
        workflow_submitted.disconnect(sender=WorkflowState, dispatch_uid="workflow_state_submitted_email_notification")
        SitePage.base_form_class, SitePage.copy_form_class = SitePageForm, PageCopyForm

        pre_migrate.connect(generation.drop_triggers, sender=self)
        post_migrate.connect(generation.create_triggers, sender=self)
        post_migrate.connect(after_migrate.set_up, sender=self)
        post_migrate.connect(after_migrate.reindex, sender=self)
        post_delete.connect(erasures.note_erasure, sender=Message)
        index.connect_signals()
        renditions.connect_signals()
        redirects.connect_signals()
