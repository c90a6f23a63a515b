"""The agenda: events to come and past, by the date in Belfort."""

from __future__ import annotations

import copy
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.paginator import InvalidPage
from django.db import models
from django.db.models.functions import Coalesce, Greatest
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import capfirst
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import AbstractPage

from ..blocks import ProseBlock
from ..text.dates import MIDNIGHT, belfort_datetime, format_day, format_time
from ..text.search_text import SearchText, prose
from .base import SitePage
from .listing import BY_DISTRICT, InDistrictsMixin, ListPageMixin, without_parameter
from .posters import PosterMixin
from .recurrence import Rhythm, check, describe, get_days, name_days

PERIOD, PAST = "quand", "passes"  # the parameter of the address for past events, and its value
LONGEST_MARK = 30  # characters that fit into the corner of a poster beside a price
YEARS = 100  # before today and after it, in which events can be
DAWN = time(7)  # an evening that ends before it ends on the next day
SOON = timedelta(days=31)  # before which a page begins with the dates that are not as usual


def ends_too_early(start: time | None, end: time | None) -> bool:
    """Whether an event of one day ends before it begins; before DAWN, it ends in the night that follows."""
    return bool(start and end and DAWN <= end <= start)


class RepetitionPanel(MultiFieldPanel):
    """A folded panel that is open in the form of an event that repeats."""

    class BoundPanel(MultiFieldPanel.BoundPanel):
        def classes(self) -> list[str]:
            return [] if self.instance.repeats else super().classes()


class EventIndexPage(ListPageMixin, SitePage):
    page_description = "L’agenda. Il est dans le menu dès qu’un événement est à venir."
    subpage_types = ["pages.EventPage", "pages.SimplePage"]
    max_count = 1  # /agenda.ics is its calendar
    show_in_menus_default = True
    filters = [BY_DISTRICT]

    class Meta:
        verbose_name = "agenda"

    @classmethod
    def get_listed(cls) -> models.QuerySet[EventPage]:
        return EventPage.coming()

    @classmethod
    def get_parameters(cls) -> list[str]:
        return [PERIOD, *super().get_parameters()]

    def get_entries(self, request: HttpRequest) -> models.QuerySet[EventPage]:
        """Returns the events to come, or the past ones for `?quand=passes`."""
        if request.GET.get(PERIOD, PAST) != PAST:
            raise InvalidPage
        return (EventPage.past() if PERIOD in request.GET else EventPage.coming()).prefetch_related("districts")

    def get_context(self, request: HttpRequest, *args, **kwargs) -> dict:
        context = super().get_context(request, *args, **kwargs)
        is_past = PERIOD in context["asked"]
        return {
            **context,
            "past": is_past,
            "hide_introduction": is_past or not context["entries"],  # it introduces events to come
            "other_period_exists": (EventPage.coming() if is_past else EventPage.past()).exists(),
            "highlight_first": not is_past and context["entries"].number == 1,
            "other_filters": without_parameter(context["asked"], PERIOD),
            # Phones and calendars request a webcal: address again by themselves; https: would be imported once.
            "webcal_url": f"webcal://{settings.SITE_URL.partition('//')[2]}{reverse('calendar')}",
        }


class EventPage(PosterMixin, InDistrictsMixin, SitePage):
    """An event. Its days and times are those of Belfort; it is past from the midnight after its end.

    One that repeats is one page. A date that does not take place is in `cancelled_days`; one at another hour or place is a page of its own,
    a copy that knows its `series`, and replaces the date of its day as long as it is public. See `get_dates()`.
    """

    page_description = "Un événement, avec sa date et son lieu. Passé, il quitte tout seul l’agenda. Il a son affiche, à imprimer."
    subpage_types = []
    review_years = None  # it has a date
    shares_titles = True
    poster_template = "components/poster_event.html"
    change = ""  # of a date of a series: what is not as usual, as `get_dates()` sets it
    series_of_date: EventPage | None = None  # of a date of a series that no copy replaces
    dropped_days: list[str] = []  # that were cancelled, and are no longer in the series, as `clean()` finds

    class State(models.TextChoices):
        PLANNED = "", "Comme prévu"
        RESCHEDULED = "rescheduled", "Reporté : la date écrite ici est la nouvelle"
        MOVED = "moved", "Déplacé : le lieu écrit ici est le nouveau"
        CANCELLED = "cancelled", "Annulé"

    state = models.CharField(
        "état", max_length=11, choices=State, blank=True, help_text="N’effacez pas un événement annulé : les visiteurs doivent le savoir."
    )
    first_day = models.DateField("jour")
    start_time = models.TimeField(
        "heure de début", null=True, blank=True, help_text="Par exemple : 14h30. Si vous laissez vide, il dure toute la journée."
    )
    end_time = models.TimeField(
        "heure de fin",
        null=True,
        blank=True,
        help_text="Par exemple : 17h, ou 0h pour minuit. Si vous laissez vide, le site ne dit pas quand il finit.",
    )
    last_day = models.DateField(
        "dernier jour",
        null=True,
        blank=True,
        help_text="Seulement s’il dure plusieurs jours. L’heure de fin est alors celle de ce jour-là.",
    )
    repeats = models.CharField("se répète", max_length=11, choices=Rhythm, blank=True)
    repeats_until = models.DateField("jusqu’au", null=True, blank=True, help_text="60 dates au plus, et un an au plus.")
    cancelled_days = models.JSONField("dates", default=list, blank=True)  # of a series, as ISO dates
    series = models.ForeignKey("self", null=True, editable=False, on_delete=models.SET_NULL, related_name="copies")
    place = models.CharField("lieu", max_length=160, blank=True, help_text="Le nom et l’adresse, par exemple.")
    audience = models.CharField("pour qui", max_length=160, blank=True)
    is_free = models.BooleanField("gratuit", default=False)
    price = models.CharField("prix", max_length=120, blank=True, help_text="S’il n’est pas gratuit.")
    registration = models.CharField(
        "comment s’inscrire", max_length=200, blank=True, help_text="Si vous laissez vide, le site ne parle pas d’inscription."
    )
    access = models.CharField(
        "accès pour les personnes handicapées", max_length=200, blank=True, help_text="Par exemple : l’entrée est de plain-pied."
    )
    body = StreamField(ProseBlock(), verbose_name="texte", blank=True)

    content_panels = [
        *AbstractPage.content_panels,
        MultiFieldPanel(
            [FieldRowPanel(["first_day", "start_time"]), FieldRowPanel(["last_day", "end_time"])],
            heading="Quand",
        ),
        RepetitionPanel(
            [FieldRowPanel(["repeats", "repeats_until"]), FieldPanel("cancelled_days", heading="Ses dates")],
            heading="Est-ce qu’il se répète ?",
            classname="collapsed",
        ),
        MultiFieldPanel(["place", InDistrictsMixin.districts_panel], heading="Où"),
        "state",
        "introduction",
        FieldPanel("picture", help_text=f"{SitePage.picture_help} Elle est aussi sur l’affiche."),
        MultiFieldPanel(
            ["audience", FieldRowPanel(["is_free", "price"]), "registration", "access"],
            heading="Pour venir",
        ),
        "body",
    ]

    search_fields = [
        *SitePage.search_fields,
        *prose("body"),
        *map(SearchText, ("place", "audience", "price_text", "registration", "access")),
        *InDistrictsMixin.district_search_fields,
    ]

    class Meta:
        verbose_name = "événement"

    @classmethod
    def coming(cls) -> models.QuerySet[EventPage]:
        """Returns the events that anybody may read about and that are not past, the next one first, without their texts."""
        today = timezone.localdate()
        dates = EventDate.get_own().filter(over_from__gt=today)
        next_day = Coalesce(models.Subquery(dates.order_by("is_cancelled", "day").values("day")[:1]), "first_day")
        # What has been on for weeks is of today, after what begins today.
        from_today = Greatest(next_day, models.Value(today, models.DateField()))
        return (
            cls.objects.open()
            .filter(models.Q(repeats="") | models.Exists(dates), over_from__gt=today)
            .defer("body")
            .prefetch_related(cls.get_public_copies())
            .order_by(from_today, next_day.desc(), models.F("start_time").asc(nulls_first=True), "pk")
        )

    @classmethod
    def get_public_copies(cls) -> models.Prefetch:
        return models.Prefetch("copies", cls.objects.open().defer("body"), to_attr="public_copies")

    @classmethod
    def taking_place(cls) -> models.QuerySet[EventPage]:
        """Returns the events to come that are not cancelled, nor on each of their dates."""
        dates = EventDate.get_own().filter(over_from__gt=timezone.localdate(), is_cancelled=False)
        return cls.coming().exclude(state=cls.State.CANCELLED).filter(models.Q(repeats="") | models.Exists(dates))

    def get_order(self) -> tuple:
        """Returns the place of an event among those to come, as `coming()` sorts them."""
        day = self.next_date.first_day
        return max(day, timezone.localdate()), -day.toordinal(), self.start_time is not None, self.start_time, self.pk

    @classmethod
    def past(cls) -> models.QuerySet[EventPage]:
        """Returns the past ones, the latest first, without their texts."""
        return cls.objects.open().filter(over_from__lte=timezone.localdate()).defer("body").order_by("-over_from", "-pk")

    def clean(self) -> None:
        super().clean()
        if self.first_day:
            self._check_days()
            self._check_times()
            self._check_repetition()
        if self.state == self.State.MOVED and not self.place:
            raise ValidationError({"place": "Écrivez le nouveau lieu."})
        if self.is_free and self.price:
            raise ValidationError({"price": "Cochez « gratuit », ou écrivez un prix : l’un des deux."})

    def _check_days(self) -> None:
        for name in ("first_day", "last_day"):
            day = getattr(self, name)
            if day and abs(day.year - timezone.localdate().year) > YEARS:
                raise ValidationError({name: f"Vérifiez l’année : {day.year}."})
        if self.last_day and self.last_day < self.first_day:
            raise ValidationError({"last_day": "Le dernier jour vient avant le premier : vérifiez les deux dates."})

    def _check_times(self) -> None:
        if self.end_time is not None and self.start_time is None:
            raise ValidationError({"start_time": "Écrivez aussi l’heure du début."})
        if not self.lasts and ends_too_early(self.start_time, self.end_time):
            raise ValidationError({"end_time": "La fin vient avant le début : vérifiez les deux heures."})

    def _check_repetition(self) -> None:
        if not self.repeats:
            if self.repeats_until:
                raise ValidationError({"repeats": "Choisissez comment il se répète, ou effacez « jusqu’au »."})
            self.cancelled_days = []
            return
        if self.last_day:
            raise ValidationError({"last_day": "Un événement qui se répète tient en un jour : effacez « dernier jour »."})
        check(self.repeats, self.first_day, self.repeats_until)
        if self.state == self.State.RESCHEDULED:
            raise ValidationError({"state": "Il se répète : dites plutôt ce qui change à une de ses dates, plus haut."})
        days = [day.isoformat() for day in get_days(self.repeats, self.first_day, self.repeats_until)]
        self.dropped_days = [day for day in self.cancelled_days if day not in days]
        self.cancelled_days = [day for day in days if day in self.cancelled_days]

    def save(self, *args, **kwargs) -> None:
        """Stores the dates of a published event that repeats, for `coming()`."""
        super().save(*args, **kwargs)
        if self.live and "update_fields" not in kwargs:
            EventDate.objects.filter(page=self).delete()
            dates = [self.on(day) for day in self.days_of_series] if self.is_series else []
            EventDate.objects.bulk_create(
                EventDate(page=self, day=date.first_day, over_from=date.get_over_from(), is_cancelled=bool(date.change)) for date in dates
            )

    @property
    def is_series(self) -> bool:
        return bool(self.repeats and self.first_day and self.repeats_until)

    @property
    def days_of_series(self) -> list[date]:
        return get_days(self.repeats, self.first_day, self.repeats_until) or [self.first_day]  # of a draft that nobody checked yet

    @cached_property
    def public_copies(self) -> list[EventPage]:
        return list(self.copies.open().defer("body")) if self.pk else []

    def get_dates(self) -> list[EventPage]:
        """Returns the event as it is on each of its dates, past or to come; itself if it takes place once.

        A date that a public copy replaces is that copy; others have the number of this page.
        """
        if not self.is_series:
            return [self]
        copies = {each.first_day: each for each in self.public_copies}
        for each in copies.values():
            words = [each.hours if each.hours != self.hours else "", each.place if each.place != self.place else ""]
            each.change = "annulé" if each.state == self.State.CANCELLED else ", ".join(filter(None, words)) or each.title
        return [copies.get(day) or self.on(day) for day in self.days_of_series]

    def on(self, day: date) -> EventPage:
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
        """What it is called in calendars, for ever: that of the series and the day for one of its dates, also if a copy replaces it.

        The first date has that of the page: it is in the calendars of those who took the event before it repeated.
        """
        series = self.series_of_date or self.series
        if not series or not series.is_series or self.first_day not in series.days_of_series:
            return str(self.translation_key)
        return f"{series.translation_key}{'' if self.first_day == series.first_day else f'-{self.first_day:%Y%m%d}'}"

    @property
    def number_to_come(self) -> int:
        """How many of the dates to come take place."""
        return sum(date.takes_place for date in self.coming_dates)

    @property
    def own_dates(self) -> list[EventPage]:
        """The dates that no copy replaces."""
        return [date for date in self.get_dates() if date.pk == self.pk]

    @property
    def coming_dates(self) -> list[EventPage]:
        return [date for date in self.get_dates() if not date.is_over]

    @property
    def next_date(self) -> EventPage:
        """The event on the next of its own dates: one that takes place, if there is one; the last that took place if all are past."""
        if not self.is_series:
            return self
        dates = self.own_dates or [self.on(self.first_day)]
        coming = [date for date in dates if not date.is_over]
        held = [date for date in dates if date.takes_place] or dates
        return next((date for date in coming if date.takes_place), [*coming, held[-1]][0])

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

    @property
    def changes_soon(self) -> list[EventPage]:
        """The dates within SOON that are not as usual."""
        latest = timezone.localdate() + SOON
        return [date for date in self.coming_dates if date.change and date.first_day <= latest]

    def price_text(self) -> str:
        return "Gratuit" if self.is_free else self.price

    @property
    def poster_texts(self) -> list[str]:
        changes = [f"{date.days} : {date.change}" for date in self.changes_soon[:2]]
        return [self.place, self.introduction, self.registration, self.access, self.alert, self.poster_audience, *changes]

    @property
    def poster_mark(self) -> str:
        """What stands in the corner of the poster."""
        audience = "" if self.poster_audience else self.audience
        return " · ".join(filter(None, [audience, self.price_text()]))

    @property
    def poster_audience(self) -> str:
        """For whom it is, if that is too long for the corner of the poster."""
        return self.audience if len(self.audience) > LONGEST_MARK else ""

    @property
    def place_and_districts(self) -> str:
        districts = ", ".join(name for name in map(str, self.districts.all()) if name not in self.place)
        return "\n".join(filter(None, [self.place, districts]))

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
        """When it begins in Belfort: a date for whole days, else a time."""
        return belfort_datetime(self.first_day, self.start_time) if self.start_time else self.first_day

    @property
    def end(self) -> date | datetime | None:
        """When it ends: for whole days the date of the day after, else a time; None if it is not known.

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
        """Whether it has more than one day."""
        return self._last > self.first_day

    @property
    def alert(self) -> str:
        """What a visitor has to know before anything else, or nothing."""
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
        """Whether it began on an earlier day and is not past."""
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
        return (
            f"de {format_time(self.start_time)} à {format_time(self.end_time)}"
            if self.end_time is not None
            else f"à {format_time(self.start_time)}"
        )

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


class EventDate(models.Model):
    """A date of a published event that repeats, so that querysets know the next one. `EventPage.save()` writes it."""

    page = models.ForeignKey(EventPage, on_delete=models.CASCADE, related_name="dates")
    day = models.DateField()
    over_from = models.DateField()
    is_cancelled = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["page", "over_from", "day"], name="next_event_date")]

    def __str__(self) -> str:
        return f"{self.page} {format_day(self.day, 'l j F Y')}"

    @classmethod
    def get_own(cls) -> models.QuerySet[EventDate]:
        """Returns the dates of the event of an outer query that no public copy replaces."""
        copies = EventPage.objects.open().filter(series=models.OuterRef("page"), first_day=models.OuterRef("day"))
        return cls.objects.filter(~models.Exists(copies), page=models.OuterRef("pk"))
