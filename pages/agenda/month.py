"""The events of a month on one sheet of A4, at `?affiche=2026-12` of the agenda."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from math import ceil
from typing import TYPE_CHECKING, NamedTuple

from dateutil.relativedelta import relativedelta

from ..page.base import SitePage
from ..text.dates import format_day, format_time
from ..work.models import JobOfferPage
from .recurrence import Rhythm, name_days

if TYPE_CHECKING:
    from .models import EventPage

MAX_OFFERS = 4
# By the classes of the sheet: the lines of both columns, and the characters of a line, for which there is room (`poster.css`); how many of
# these lines a millimetre of funders takes away.
SIZES = {"": (17, 46, 0.12), "full": (64, 32, 0.3), "full dense": (80, 39, 0.38)}
REGULAR = {Rhythm.WEEKLY: "", Rhythm.WEEKDAYS: "Du lundi au vendredi", Rhythm.DAILY: "Tous les jours"}  # one line a series
NARROW = 0.85  # the width of a character of the typeface of titles


class Row(NamedTuple):
    when: str
    hours: str
    mark: str
    title: str
    facts: str
    pk: int = 0

    def count_lines(self, width: int) -> int:
        return ceil((len(f"{self.hours} {self.facts}") + NARROW * len(f"{self.when} {self.mark} {self.title}")) / width)


class MonthSheet:
    """What is on the sheet of the month that begins with `first`: what is not over yet. It has as many of the `events` as there is room for."""

    def __init__(self, first: date, events: Iterable[EventPage]) -> None:
        self.offers = list(JobOfferPage.objects.public().order_by("over_from", "pk")[:MAX_OFFERS])
        self.first, self.end = first, first + relativedelta(months=1)
        self.title = format_day(first, "F Y").capitalize()
        self.weekly, dates = [], []
        for event in events:
            coming = [each for each in event.get_dates() if first <= each.first_day < self.end and not each.is_over]
            held = [each for each in coming if each.takes_place and each.pk == event.pk]
            exceptions = [each.first_day for each in coming if each.change]
            if event.repeats in REGULAR and len(held) > max(len(exceptions), 1):
                day = REGULAR[event.repeats] or format_day(event.first_day, "l").capitalize()
                row = get_row(day, event, self.get_limits(event, exceptions))
                self.weekly.append((held[0].first_day.weekday(), str(event.start_time or ""), row))
            else:
                dates += held if event.is_series else [event]
        self.weekly = [row for *_, row in sorted(self.weekly)]
        dates.sort(key=lambda each: (max(each.first_day, first), str(each.start_time or ""), each.pk))
        self.dates = [get_row(self.get_days(each), each) for each in dates]
        self.cut([*events, *self.offers])

    def get_days(self, event: EventPage) -> str:
        """Returns the day, or the days, without this year."""
        days = event.days if event.lasts else format_day(event.first_day, "l j")
        return days.replace(f" {self.first.year}", "").capitalize()

    def get_limits(self, event: EventPage, exceptions: list[date]) -> str:
        """Returns from when and until when a series takes place in this month, and on which days it does not."""
        last, step = event.days_of_series[-1], timedelta(days=7 if event.repeats == Rhythm.WEEKLY else 1)
        begins = f"à partir du {format_day(event.first_day, 'j')}" if event.first_day > self.first else ""
        ends = f"jusqu’au {format_day(last, 'j')}" if last + step < self.end else ""
        other = f"sauf {name_days(exceptions, 'j')}" if exceptions else ""
        return ", ".join(filter(None, [begins, ends, other]))

    def cut(self, pages: list[SitePage]) -> None:
        """Chooses the largest type for which all rows fit, and leaves out the last rows if none does. `pages` are those of the rows."""
        offers = [
            Row("", "", "", offer.title, f"{offer.contract_words[0]}. Candidature possible jusqu’au 30 septembre 2026.")
            for offer in self.offers
        ]
        links = SitePage.funders.through.objects.filter(sitepage__in=pages).values_list("sitepage_id", "partner_id", "partner__mention")
        # of the funders, in millimetres: the heading and the logos, then each of them with its sentence
        height = 26 * bool(links) + sum(4 + 0.038 * len(mention) for mention in dict(link[1:] for link in links).values())
        for self.size, (room, width, funders) in SIZES.items():
            headings = 2 * bool(offers) + 2 * bool(self.weekly)
            left = room - headings - height * funders - sum(1 + row.count_lines(width) for row in offers)
            fits = []
            for row in [*self.weekly, *self.dates]:
                left -= row.count_lines(width) + 0.2  # with the space after it
                fits.append(left >= 0)
            if all(fits):
                break
        self.is_cut = not all(fits)
        self.dates = self.dates[: max(sum(fits) - len(self.weekly), 0)]
        self.weekly = self.weekly[: sum(fits)]
        self.funded = {page for page, *_ in links} & {shown.pk for shown in [*self.weekly, *self.dates, *self.offers]}


def get_row(when: str, event: EventPage, exceptions: str = "") -> Row:
    price = "gratuit" if event.is_free else event.price
    hours = "" if event.lasts else " – ".join(format_time(each) for each in (event.start_time, event.end_time) if each is not None)
    facts = [event.place, exceptions, price, "sur inscription" if event.registration else ""]
    return Row(when, hours, event.mark, event.title, ", ".join(filter(None, facts)), event.pk)
