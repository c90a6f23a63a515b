"""What has its own entry in the menu: quartiers, explained words and visitors' words."""

from django.db.models import QuerySet
from django.forms import BaseForm, BaseFormSet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column
from wagtail.snippets.views.snippets import CreateView, EditView, SnippetViewSet

from ..models import District, GlossaryTerm, SearchWord
from ..models.listing import get_pages_naming
from .saves import LockedPostMixin, RevisionSaveMixin


def get_kept_forms(formset: BaseFormSet) -> list[BaseForm]:
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


class DistrictViewSet(LiveViewSet):
    model = District
    icon = "site"
    menu_label = "Quartiers"
    menu_order = 130
    list_display = ["__str__", Column("is_seat", label="Quartier du siège", accessor=lambda district: "oui" if district.is_seat else "")]


class GlossaryViewSet(LiveViewSet):
    model = GlossaryTerm
    icon = "help"
    menu_label = "Mots expliqués"
    menu_order = 140
    list_display = [
        "term",
        "definition",
        Column("where", label="Expliqué", accessor="get_where_display"),
    ]
    list_per_page = 100


class AddWordView(LiveCreateView):
    def get_initial_form_instance(self) -> SearchWord:
        return SearchWord(words=self.request.GET.get("words", ""))


class SearchWordViewSet(LiveViewSet):
    model = SearchWord
    add_view_class = AddWordView
    icon = "search"
    menu_label = "Mots des visiteurs"
    menu_order = 145
    list_display = ["words", Column("answer", label="Réponse", accessor=lambda word: word.page or word.sentence)]
    list_per_page = 100

    def get_queryset(self, request: HttpRequest) -> QuerySet[SearchWord]:
        return SearchWord.objects.select_related("page")


def keep_used_districts(request: HttpRequest, instances: list) -> HttpResponse | None:
    """Refuses to delete a quartier that pages have: without it they would be shown as concerning all quartiers."""
    for district in instances:
        if not isinstance(district, District):
            continue
        if titles := [page.title for pages in get_pages_naming(district) for page in pages[:3]]:
            named = ", ".join(f"« {title} »" for title in titles)
            messages.error(request, f"Le quartier « {district} » reste, car il est coché dans : {named}. Décochez-le d’abord.")
            return redirect("wagtailsnippets_pages_district:list")
    return None
