"""Cells of files that people open with a spreadsheet program."""

import csv
import unicodedata
from collections.abc import Iterable, Iterator

from django.http import HttpResponse
from wagtail.admin.views.mixins import Echo, SpreadsheetExportMixin

from .control_characters import TABLE

preprocess = SpreadsheetExportMixin.preprocess_field_value


def respond_csv(name: str, rows: Iterable[Iterable]) -> HttpResponse:
    """Answers with rows as CSV: UTF-8 with its byte order mark and semicolons, so that a French spreadsheet opens it by itself."""
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    csv.writer(response, delimiter=";").writerows([escape_formula(cell) for cell in row] for row in rows)
    return response


def escape_formula(cell: object) -> object:
    """Returns `cell` with an apostrophe before it if a spreadsheet would run it as a formula (OWASP, CSV injection)."""
    begins = unicodedata.normalize("NFKC", str(cell)[:1])  # East Asian programs take the wide forms of these signs too
    return f"'{cell}" if begins in {"=", "+", "-", "@", "\t", "\r", "\n"} else cell


def preprocess_field_value(self: SpreadsheetExportMixin, field: str, value: object, export_format: str) -> object:
    cell = preprocess(self, field, value, export_format)
    return escape_formula(cell.translate(TABLE) if isinstance(cell, str) else cell)


def stream_csv(self: SpreadsheetExportMixin, queryset: Iterable) -> Iterator[bytes]:
    """Replaces Wagtail's method: adds the byte order mark and the semicolons that a French spreadsheet program expects."""
    writer = csv.DictWriter(Echo(), self.list_export, delimiter=";", quoting=csv.QUOTE_ALL)
    yield b"\xef\xbb\xbf" + writer.writerow({field: self.get_heading(queryset, field) for field in self.list_export})
    yield from (self.write_csv_row(writer, self.to_row_dict(item)) for item in queryset)
