"""Base views of what has its own entry in the menu of the admin."""

from django.forms import BaseForm, BaseFormSet
from wagtail.admin import messages
from wagtail.snippets.views.snippets import CreateView, EditView, SnippetViewSet

from .saves import LockedPostMixin, RevisionSaveMixin


def get_remaining_forms(formset: BaseFormSet) -> list[BaseForm]:
    """Returns the forms of the rows that there are once the formset is saved."""
    return [form for form in formset.forms if form not in formset.deleted_forms and (form.instance.pk or form.has_changed())]


class SavedByHandMixin:
    """No autosave: what these forms save is live at once, and visitors would read half a phone number."""

    error_message = "Rien n’est encore enregistré : corrigez ce qui est en rouge. Ce que vous avez écrit est toujours là."

    def setup(self, *args, **kwargs) -> None:
        super().setup(*args, **kwargs)
        self.autosave_enabled = False


class LiveCreateView(SavedByHandMixin, CreateView):
    pass


class LiveEditView(SavedByHandMixin, LockedPostMixin, RevisionSaveMixin, EditView):
    def get_question(self, form: BaseForm) -> str:
        """Returns HTML with what is asked before a form without errors is saved, and the buttons that answer; else an empty text."""
        return ""

    def is_valid(self, form: BaseForm) -> bool:
        if not super().is_valid(form):
            return False
        if question := self.get_question(form):
            messages.warning(self.request, question)
            self.produced_error_message = None
        return not question

    def get_comparison_url(self) -> str:
        return self.get_url_of_changes(self.revisions_compare_url_name, None)


class LiveViewSet(SnippetViewSet):
    """Models that every page reads, each with its own entry in the menu."""

    add_to_admin_menu = True
    copy_view_enabled = False
    add_view_class = LiveCreateView
    edit_view_class = LiveEditView
