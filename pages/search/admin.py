"""Visitors' words in the admin."""

from collections.abc import Iterator

from django.db.models import QuerySet
from django.http import HttpRequest
from wagtail.admin.ui.tables import Column

from ..editing.remarks import DashboardData, Remark
from ..editing.snippets import LiveCreateView, LiveViewSet
from ..models import SitePage
from .models import SearchWord


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


def find_words_without_page(dashboard: DashboardData) -> Iterator[Remark]:
    for word in SearchWord.objects.exclude(page=None).exclude(page__in=SitePage.objects.public()):
        yield Remark(word, f"Mot des visiteurs « {word} »", "sa page n’est pas en ligne. Choisissez-en une autre.")
