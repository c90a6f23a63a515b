"""Events that come again: on which days, and how these are said in French."""

from datetime import date

from dateutil import rrule
from dateutil.relativedelta import relativedelta
from django.core.exceptions import ValidationError
from django.db.models import TextChoices

from ..text.dates import format_day

MAX_DATES = 60
MAX_DURATION = relativedelta(years=1)  # the longest time from the first date to the last one
MAX_NAMED_DAYS = 3  # so many dates that do not take place are named in one line


class Rhythm(TextChoices):
    ONCE = "", "Une seule fois"
    WEEKLY = "weekly", "Chaque semaine, le même jour"
    FORTNIGHTLY = "fortnightly", "Toutes les deux semaines, le même jour"
    MONTHLY = "monthly", "Chaque mois, par exemple le premier mardi"
    WEEKDAYS = "weekdays", "Du lundi au vendredi"
    DAILY = "daily", "Tous les jours"


def get_week_of_month(day: date) -> int:
    """Returns which one of its weekday `day` is in its month: 1 to 4, or -1 for the fifth, which is the last."""
    number = (day.day - 1) // 7 + 1
    return number if number < 5 else -1


def get_days(rhythm: str, first_day: date, until: date) -> list[date]:
    """Returns the days of a rhythm from `first_day` to `until`, both included; MAX_DATES and one at most."""
    # A month has its fifth Tuesday only if it has five: « the last Tuesday » is each month's.
    weekday = rrule.weekday(first_day.weekday(), get_week_of_month(first_day))
    rules = {
        Rhythm.WEEKLY: {"freq": rrule.WEEKLY},
        Rhythm.FORTNIGHTLY: {"freq": rrule.WEEKLY, "interval": 2},
        Rhythm.MONTHLY: {"freq": rrule.MONTHLY, "byweekday": weekday},
        Rhythm.WEEKDAYS: {"freq": rrule.WEEKLY, "byweekday": range(5)},
        Rhythm.DAILY: {"freq": rrule.DAILY},
    }
    # dateutil takes either an end or a number of days.
    days = rrule.rrule(**rules[Rhythm(rhythm)], dtstart=first_day, count=MAX_DATES + 1)
    return [moment.date() for moment in days if moment.date() <= until]


def check(rhythm: str, first_day: date, until: date | None) -> None:
    """Raises ValidationError, beside the field, for what is no rhythm from `first_day` to `until`."""
    if not until:
        raise ValidationError({"repeats_until": "Écrivez jusqu’à quel jour il se répète."})
    if until > first_day + MAX_DURATION:
        latest = format_day(first_day + MAX_DURATION, "j F Y")
        raise ValidationError({"repeats_until": f"Un événement se répète pendant un an au plus : écrivez le {latest}, ou avant."})
    if rhythm == Rhythm.WEEKDAYS and first_day.weekday() > 4:
        raise ValidationError({"first_day": f"C’est un {format_day(first_day, 'l')} : choisissez un jour du lundi au vendredi."})
    days = get_days(rhythm, first_day, until)
    if len(days) < 2:
        raise ValidationError({"repeats_until": "Jusqu’à ce jour, il n’y a qu’une date : écrivez un jour plus lointain."})
    if len(days) > MAX_DATES:
        latest = format_day(days[MAX_DATES - 1], "j F Y")
        raise ValidationError({"repeats_until": f"Cela fait trop de dates : {MAX_DATES} au plus. Écrivez le {latest}, ou avant."})


def describe(rhythm: str, first_day: date) -> str:
    """Returns the days in words: « tous les mardis », « un mardi sur deux », « le premier mardi du mois »."""
    weekday = format_day(first_day, "l")
    number = {1: "premier", 2: "deuxième", 3: "troisième", 4: "quatrième", -1: "dernier"}[get_week_of_month(first_day)]
    return {
        Rhythm.WEEKLY: f"tous les {weekday}s",
        Rhythm.FORTNIGHTLY: f"un {weekday} sur deux",
        Rhythm.MONTHLY: f"le {number} {weekday} du mois",
        Rhythm.WEEKDAYS: "du lundi au vendredi",
        Rhythm.DAILY: "tous les jours",
    }[Rhythm(rhythm)]


def name_days(days: list[date], format_string: str = "j F") -> str:
    """Lists the days in one line: « le 3 mars et le 7 avril »; above MAX_NAMED_DAYS, says only « certaines dates »."""
    if len(days) > MAX_NAMED_DAYS:
        return "certaines dates"
    *others, last = [f"le {format_day(day, format_string)}" for day in days]
    return f"{', '.join(others)} et {last}" if others else last
