"""Blocks of files to download."""

from datetime import date

from django.db.models import Model
from django.utils.functional import cached_property
from wagtail import blocks
from wagtail.documents import get_document_model
from wagtail.documents.blocks import DocumentChooserBlock

from ..text.date_fields import DayField
from .base import LabelledBlock, get_newest


class DayBlock(blocks.DateBlock):
    """A day that is read as in all other forms."""

    @cached_property
    def field(self) -> DayField:
        return DayField(**self.field_options)


class DownloadBlock(DocumentChooserBlock):
    class Meta:
        label = "Fichier à télécharger"
        description = "Un document, avec son format et son poids."
        icon = "doc-full"
        template = "blocks/download.html"

    def get_preview_value(self) -> Model | None:
        return get_newest(get_document_model())


class DatedFileBlock(LabelledBlock):
    title = blocks.CharBlock(max_length=120, search_index=False)  # The file may be private, or become so.
    date = DayBlock()
    file = DocumentChooserBlock()

    class Meta:
        label = "Document"
        labels = {"title": "Titre", "date": "Date du document", "file": "Fichier"}


class DocumentsBlock(blocks.ListBlock):
    def __init__(self, **kwargs) -> None:
        super().__init__(DatedFileBlock(), **kwargs)

    class Meta:
        label = "Liste de documents"
        description = "Des fichiers avec leur titre et leur date, par exemple les rapports d’activité. Le plus récent est montré d’abord."
        icon = "folder-open-inverse"
        template = "blocks/documents.html"

    def get_preview_value(self) -> list[dict]:
        document = get_newest(get_document_model())
        return [{"title": "Un document", "date": date(2026, 1, 31), "file": document}] if document else []

    def get_context(self, value: list, parent_context: dict | None = None) -> dict:
        """Adds the `documents` that visitors may read, newest first."""
        shown = [entry for entry in value if entry["file"] and not entry["file"].is_private]
        documents = sorted(shown, key=lambda entry: entry["date"], reverse=True)
        return {**super().get_context(value, parent_context), "documents": documents}
