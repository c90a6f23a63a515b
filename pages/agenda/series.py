"""When an event takes place: its begin and end, and the dates of one that repeats, some of which other pages replace."""

import copy
from datetime import date, datetime, time, timedelta
from typing import Self

from django.utils import timezone
from django.utils.functional import cached_property

from ..text.dates import MIDNIGHT, belfort_datetime
from .recurrence import Rhythm, get_days, name_days

SOON = timedelta(days=31)  # A page begins with the dates of this period that are not as usual.


DAWN = time(7)  # An evening that ends before this hour ends on the next day.


def ends_too_early(start: time | None, end: time | None) -> bool:
    """Returns True if an event of one day ends before it begins; before DAWN, it ends in the night that follows."""
    return bool(start and end and DAWN <= end <= start)


class SeriesMixin:
    """Adds times and dates to an event. An event that takes place once is its own only date."""

    change = ""  # what is not as usual on a date of a series; `get_dates()` sets it
    series_of_date: Self | None = None  # the series of a date that no other page replaces; `on()` sets it
    dropped_days: list[str] = []  # cancelled days that are no longer in the series; `clean()` sets it

    @property
    def is_series(self) -> bool:
        return bool(self.repeats and self.first_day and self.repeats_until)

    @property
    def days_of_series(self) -> list[date]:
        return get_days(self.repeats, self.first_day, self.repeats_until) or [self.first_day]  # of a draft that nobody checked yet

    @cached_property
    def public_replacements(self) -> list[Self]:
        return list(self.replacements.public().defer("body")) if self.pk else []

    def get_dates(self) -> list[Self]:
        """Returns the event as it is on each of its dates, past or to come; itself if it takes place once.

        A date that a public page of its own replaces is that page; other dates have the primary key of this page.
        """
        if not self.is_series:
            return [self]
        replacements = {each.first_day: each for each in self.public_replacements}
        for each in replacements.values():
            words = [each.hours if each.hours != self.hours else "", each.place if each.place != self.place else ""]
            each.change = "annulé" if each.state == self.State.CANCELLED else ", ".join(filter(None, words)) or each.title
        return [replacements.get(day) or self.on(day) for day in self.days_of_series]

    def on(self, day: date) -> Self:
        """Returns the event as it is on one of the days of the series."""
        on_date = copy.copy(self)
        on_date.repeats, on_date.first_day, on_date.series_of_date = Rhythm.ONCE, day, self
        if day.isoformat() in self.cancelled_days:
            on_date.state, on_date.change = self.State.CANCELLED, "annulé"
        return on_date

    @property
    def takes_place(self) -> bool:
        return self.change != "annulé"

    @property
    def calendar_uid(self) -> str:
        """The UID in calendars, which never changes: for a date of a series, that of the series and the day, also if another page replaces it.

        The first date has that of the page: it is in the calendars of those who took the event before it repeated.
        """
        series = self.series_of_date or self.series
        if not series or not series.is_series or self.first_day not in series.days_of_series:
            return str(self.translation_key)
        return f"{series.translation_key}{'' if self.first_day == series.first_day else f'-{self.first_day:%Y%m%d}'}"

    @property
    def number_to_come(self) -> int:
        """The number of dates to come that take place."""
        return sum(date.takes_place for date in self.coming_dates)

    @property
    def own_dates(self) -> list[Self]:
        """The dates that no other page replaces."""
        return [date for date in self.get_dates() if date.pk == self.pk]

    @property
    def coming_dates(self) -> list[Self]:
        return [date for date in self.get_dates() if not date.is_over]

    @property
    def next_date(self) -> Self:
        """The event on its next own date, preferably one that takes place; on the last date that took place if all are past."""
        if not self.is_series:
            return self
        dates = self.own_dates or [self.on(self.first_day)]
        coming = [date for date in dates if not date.is_over]
        held = [date for date in dates if date.takes_place] or dates
        return next((date for date in coming if date.takes_place), [*coming, held[-1]][0])

    @property
    def changes_soon(self) -> list[Self]:
        """The dates within SOON that are not as usual."""
        latest = timezone.localdate() + SOON
        return [date for date in self.coming_dates if date.change and date.first_day <= latest]

    def get_duplicate_changes(self, day: date) -> dict:
        later = day - self.first_day
        days = {name: getattr(self, name) and getattr(self, name) + later for name in ("last_day", "repeats_until")}
        return days | {"first_day": day, "cancelled_days": [], "series": None, "state": self.State.PLANNED}

    def get_words_after_save(self) -> str:
        if not self.dropped_days:
            return ""
        named = name_days([date.fromisoformat(day) for day in self.dropped_days])
        return f"L’événement n’a plus lieu ces jours-là : « N’a pas lieu » est retiré pour {named}."

    @property
    def _last(self) -> date:
        return self.last_day or self.first_day

    def get_over_from(self) -> date | None:
        """Returns the day that begins with the midnight after the end, of the last date if it repeats."""
        if not self.first_day:
            return None
        if self.is_series:
            return self.on(self.days_of_series[-1]).get_over_from()
        end = self.end
        if isinstance(end, datetime):
            return end.date() if end.time() == MIDNIGHT else end.date() + timedelta(days=1)
        return end or self.first_day + timedelta(days=1)

    @property
    def start(self) -> date | datetime:
        """The begin in Belfort: a date for whole days, else a time."""
        return belfort_datetime(self.first_day, self.start_time) if self.start_time else self.first_day

    @property
    def end(self) -> date | datetime | None:
        """The end: for whole days the date of the day after, else a time; None if it is not known.

        An end at 0:00 is the midnight that ends the last day; one before dawn, of an event of one day, is in the night that follows.
        """
        if not self.start_time:
            return self._last + timedelta(days=1)
        if self.end_time is None:
            return belfort_datetime(self._last + timedelta(days=1), MIDNIGHT) if self.lasts else None
        into_the_night = self.end_time == MIDNIGHT or (not self.lasts and self.end_time <= self.start_time)
        return belfort_datetime(self._last + timedelta(days=1) if into_the_night else self._last, self.end_time)

    @property
    def lasts(self) -> bool:
        """True if it has more than one day."""
        return self._last > self.first_day
