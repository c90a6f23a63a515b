"""What an event says in French: its days, its hours, its state, and what stands on its poster."""

from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.text import capfirst

from ..organisation.linked_data import refer_to
from ..organisation.models import Organisation
from ..text.dates import format_day, format_time
from .recurrence import describe, name_days

# Words of schema.org for the values of `EventPage.State`.
STATES = {"": "EventScheduled", "rescheduled": "EventRescheduled", "moved": "EventScheduled", "cancelled": "EventCancelled"}
MAX_MARK = 30  # characters that fit into the corner of a poster beside a price


class WordingMixin:
    """The words of an event on its page, in lists and on its poster."""

    @property
    def rhythm(self) -> str:
        """« tous les mardis de 14 h à 16 h, jusqu’au 30 juin, sauf le 3 mars », for one that repeats."""
        return self._get_rhythm(f" {self.hours}," if self.hours else "")

    def _get_rhythm(self, hours: str = "") -> str:
        this_year = self.repeats_until.year == timezone.localdate().year
        until = format_day(self.repeats_until, "j F" if this_year else "j F Y")
        text = f"{describe(self.repeats, self.first_day)}{hours} jusqu’au {until}"
        not_as_usual = [date.first_day for date in self.coming_dates if date.change]
        return f"{text}, sauf {name_days(not_as_usual)}" if not_as_usual else text

    def price_text(self) -> str:
        return "Gratuit" if self.is_free else self.price

    @property
    def poster_texts(self) -> list[str]:
        changes = [f"{date.days} : {date.change}" for date in self.changes_soon[:2]]
        return [self.place, self.introduction, self.registration, self.access, self.alert, self.poster_audience, *changes]

    @property
    def poster_mark(self) -> str:
        """The text in the corner of the poster."""
        audience = "" if self.poster_audience else self.audience
        return " · ".join(filter(None, [audience, self.price_text()]))

    @property
    def poster_audience(self) -> str:
        """For whom it is, if that is too long for the corner of the poster."""
        return self.audience if len(self.audience) > MAX_MARK else ""

    @property
    def place_and_districts(self) -> str:
        districts = ", ".join(name for name in map(str, self.districts.all()) if name not in self.place)
        return "\n".join(filter(None, [self.place, districts]))

    @property
    def alert(self) -> str:
        """The words that a visitor has to know before anything else; empty if there are none."""
        if self.state == self.State.CANCELLED:
            return "Cet événement est annulé."
        if self.is_over:
            return "Cet événement est passé."
        if self.state == self.State.RESCHEDULED:
            return f"Cet événement est reporté au {format_day(self.first_day, 'l j F Y')}."
        return f"Nouveau lieu : {self.place}" if self.state == self.State.MOVED else ""

    @property
    def mark(self) -> str:
        """The word before its title in lists: cancelled, postponed, moved; else an empty string."""
        return {self.State.CANCELLED: "Annulé", self.State.RESCHEDULED: "Reporté", self.State.MOVED: "Déplacé"}.get(self.state, "")

    @property
    def marked_title(self) -> str:
        return f"{self.mark} : {self.title}" if self.mark else self.title

    @property
    def is_running(self) -> bool:
        """True if it began on an earlier day and is not past."""
        return self.first_day < timezone.localdate() <= self._last

    @property
    def plate_day(self) -> date:
        """The day that a list shows: the first one, or the last one of what is on already."""
        return self._last if self.is_running else self.first_day

    @property
    def days(self) -> str:
        """Its days in words; over several days, with the hours at which it begins and ends."""
        if not self.lasts:
            return format_day(self.first_day, "l j F Y").capitalize()
        same_year = self.first_day.year == self._last.year
        same_month = same_year and self.first_day.month == self._last.month and not self.start_time
        first = format_day(self.first_day, "l j" if same_month else "l j F" if same_year else "l j F Y")
        last = format_day(self._last, "l j F Y")
        if self.start_time:
            first += f" à {format_time(self.start_time)}"
            last += f" à {format_time(self.end_time)}" if self.end_time is not None else ""
        return f"Du {first} au {last}"

    @property
    def hours(self) -> str:
        """« de 14 h à 17 h », « à 18 h », or nothing for whole days and what lasts several."""
        if not self.start_time or self.lasts:
            return ""
        begin = format_time(self.start_time)
        return f"à {begin}" if self.end_time is None else f"de {begin} à {format_time(self.end_time)}"

    @property
    def when(self) -> str:
        """Its days and hours in words, in one line."""
        if self.is_series:
            next_date = "" if self.is_over else f". Prochaine date : {self.next_date.when.lower()}"
            return f"{capfirst(self.rhythm)}{next_date}"
        return f"{self.days}, {self.hours}" if self.hours else self.days

    def get_admin_display_title(self) -> str:
        """Adds the next day, or the last one, by which staff know it in a list; not in lists for which Wagtail reads what all types have."""
        days = [None] if "first_day" in self.get_deferred_fields() else self.days_of_series if self.is_series else [self.first_day]
        day = next((day for day in days if day and day >= timezone.localdate()), days[-1])
        return f"{super().get_admin_display_title()} ({format_day(day, 'l j F Y')})" if day else super().get_admin_display_title()

    @property
    def facts(self) -> str:
        return ", ".join(filter(None, [self.when, self.place]))

    @property
    def rest_of_plate(self) -> str:
        """The text beside the day in lists: its hours, or its last day; for a date of a series, also the rhythm."""
        if self.series_of_date:
            return capfirst(", ".join(filter(None, [self.hours, self.series_of_date._get_rhythm()])))
        if self.is_running:
            return "En ce moment"
        if not self.lasts:
            return self.hours.capitalize()
        return f"Jusqu’au {format_day(self._last, 'l j F' if self._last.year == self.first_day.year else 'l j F Y')}"

    def get_linked_data(self, organisation: Organisation) -> dict:
        """Returns the node of the next date of an event that repeats: schema.org's schedules are not read by search engines."""
        event = self.next_date
        is_whole_day = event.end and not isinstance(event.end, datetime)
        last = event.end - timedelta(days=1) if is_whole_day else event.end  # in schema.org the last day is included
        return {
            "@type": "Event",
            "name": event.title,
            "startDate": event.start.isoformat(),
            "endDate": last and last.isoformat(),
            "eventStatus": f"https://schema.org/{STATES[event.state]}",
            "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
            "location": event.place and {"@type": "Place", "name": event.place, "address": event.place},
            "audience": event.audience and {"@type": "Audience", "audienceType": event.audience},
            "isAccessibleForFree": event.is_free or None,
            "organizer": refer_to(organisation),
        }
