"""Days and times as they are written in French, on the clocks of Belfort."""

import re
import unicodedata
from datetime import date, datetime, time

from django.utils import timezone
from django.utils.dateformat import format as date_format

MIDNIGHT = time(0)
MONTHS = ("janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet", "aout", "septembre", "octobre", "novembre", "decembre")
WORDS_FOR_TIMES = {"minuit": "00:00", "midi": "12:00"}


def format_day(day: date, format_string: str) -> str:
    """Formats `day` with Django's `format_string`, with « 1er » for the first of a month."""
    return re.sub(r"(?<!\S)1(?!\S)", "1er", date_format(day, format_string))


def format_time(at: time) -> str:
    """Formats a time: « 14 h », « 9 h 30 », « minuit »."""
    return "minuit" if at == MIDNIGHT else f"{at.hour} h {at.minute:02d}".removesuffix(" 00")


def belfort_datetime(day: date, at: time) -> datetime:
    """Combines `day` and `at` into an aware datetime in Belfort's time zone."""
    return datetime.combine(day, at, tzinfo=timezone.get_default_timezone())


def format_moment(moment: datetime) -> str:
    """Formats an aware datetime, as of Belfort: « le 3 mars 2026 à 14 h 05 »."""
    local = timezone.localtime(moment)
    return f"le {format_day(local, 'j F Y')} à {format_time(local.time())}"


def read_day(text: str) -> str:
    """Writes « 12 décembre 2026 », « 1er déc. 2026 », « 12.12.2026 » or « samedi 12 décembre 2026 » as 2026-12-12; other texts stay as they are."""
    if found := re.fullmatch(r"\s*(\d{1,2})[.-](\d{1,2})[.-](\d{4})\s*", text):
        return f"{found[3]}-{int(found[2]):02d}-{int(found[1]):02d}"
    plain = unicodedata.normalize("NFKD", text.strip().lower()).encode("ascii", "ignore").decode()
    if not (found := re.fullmatch(r"(?:[a-z]+ )?(\d{1,2})(?:er)? ([a-z]{3,})\.? (\d{4})", " ".join(plain.split()))):
        return text
    day, word, year = found.groups()
    months = [number for number, name in enumerate(MONTHS, 1) if name.startswith(word)]
    return f"{year}-{months[0]:02d}-{int(day):02d}" if len(months) == 1 else text


def read_time(text: str) -> str:
    """Writes « 14 h 30 », « 14 heures », « 14h », « midi » or « minuit » as 14:30; other texts stay as they are."""
    plain = "".join(text.lower().split())
    if plain in WORDS_FOR_TIMES:
        return WORDS_FOR_TIMES[plain]
    found = re.fullmatch(r"(\d{1,2})h(?:eures?)?(\d{2})?", plain)
    return f"{found[1]}:{found[2] or '00'}" if found else text
