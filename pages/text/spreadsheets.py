"""Cells of CSV files that people open with a spreadsheet program."""


def escape_formula(cell: object) -> object:
    """Returns `cell` with an apostrophe before it if a spreadsheet would run it as a formula (OWASP, CSV injection)."""
    return f"'{cell}" if str(cell).startswith(("=", "+", "-", "@", "\t", "\r")) else cell
