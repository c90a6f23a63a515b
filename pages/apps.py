from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "pages"
    verbose_name = "Site"

    def ready(self) -> None:
        from django.forms import CharField
        from wagtail.admin.views.mixins import SpreadsheetExportMixin
        from wagtail.admin.widgets import BaseChooser
        from wagtail.models import GroupApprovalTask, WorkflowState
        from wagtail.signals import workflow_submitted

        from .editing.page_forms import PageCopyForm, SitePageForm
        from .editing.reviews import get_review_actions
        from .editing.widgets import render_chooser
        from .media import renditions
        from .page.base import SitePage
        from .search import index
        from .text import control_characters, spreadsheets
        from .text.date_fields import register_fields
        from .visits import redirects

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

        index.connect_signals()
        renditions.connect_signals()
        redirects.connect_signals()
