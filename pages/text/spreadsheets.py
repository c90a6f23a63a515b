"""Cells of CSV files that people open with a spreadsheet program."""

import unicodedata


def escape_formula(cell: object) -> object:
    """Returns `cell` with an apostrophe before it if a spreadsheet would run it as a formula (OWASP, CSV injection)."""
    begins = unicodedata.normalize("NFKC", str(cell)[:1])  # East Asian programs take the wide forms of these signs too
    return f"'{cell}" if begins in {"=", "+", "-", "@", "\t", "\r", "\n"} else cell
