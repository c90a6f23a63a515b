"""Explained words in the admin."""

from wagtail.admin.ui.tables import Column

from ..editing.snippets import LiveViewSet
from .models import GlossaryTerm


class GlossaryViewSet(LiveViewSet):
    model = GlossaryTerm
    icon = "help"
    menu_label = "Mots expliqués"
    menu_order = 140
    list_display = ["term", "definition", Column("where", label="Expliqué", accessor="get_where_display")]
    list_per_page = 100
