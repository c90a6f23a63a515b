"""Days and times as they are written in French, on the clocks of Belfort."""

import re
from datetime import date, datetime, time

from django.utils import timezone
from django.utils.dateformat import format as date_format

MIDNIGHT = time(0)


def format_day(day: date, format_string: str) -> str:
    """Formats `day` with Django's `format_string`, with « 1er » for the first of a month."""
    return re.sub(r" 1(?= |$)", " 1er", date_format(day, format_string))


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
