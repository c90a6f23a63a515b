"""The agenda: events to come and past, by the date in Belfort."""

from __future__ import annotations

from datetime import date

from dateutil.relativedelta import relativedelta
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.paginator import InvalidPage
from django.db import models
from django.db.models.functions import Coalesce, Greatest
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import AbstractPage

from ..blocks.prose import ProseBlock
from ..districts.listing import ListPageMixin, is_slug, without_parameter
from ..districts.models import InDistrictsMixin
from ..page.base import SitePage
from ..page.poster import PARAMETER, PosterMixin
from ..page.sharing import once_a_state
from ..text.search_text import SearchText, prose
from .forms import EventForm, RepetitionPanel
from .month import MonthSheet
from .recurrence import Rhythm, check, get_days
from .series import SeriesMixin, ends_too_early
from .wording import WordingMixin

PERIOD, PAST = "quand", "passes"  # the parameter of the address that asks for past events, and its value
MAX_YEARS = 100  # An event is at most so many years before today or after it.


@once_a_state
def get_months() -> list[date]:
    """Returns the first days of the months that can be printed: this one and the next, if something takes place in them."""
    this = timezone.localdate().replace(day=1)
    return [first for first in (this, this + relativedelta(months=1)) if EventPage.in_month(first).exists()]


def find_month(value: str | None) -> date | None:
    """Returns the first day of the month of `?affiche=`, if it can be printed."""
    return next((first for first in get_months() if value == f"{first:%Y-%m}"), None) if value else None


class EventIndexPage(ListPageMixin, SitePage):
    page_description = "L’agenda. Il est dans le menu dès qu’un événement est à venir."
    subpage_types = ["pages.EventPage", "pages.SimplePage"]
    max_count = 1  # /agenda.ics is its calendar
    show_in_menus_default = True
    shared_parameters = ListPageMixin.shared_parameters | {PERIOD: is_slug, PARAMETER: find_month}

    class Meta:
        verbose_name = "agenda"

    @classmethod
    def get_listed(cls) -> models.QuerySet[EventPage]:
        # `coming()` takes three times as long to write. It may have less, for a day: if another page, which ends before midnight, replaces
        # the last date of a series that ends after it.
        return EventPage.objects.public().filter(over_from__gt=timezone.localdate())

    def get_entries(self, request: HttpRequest) -> models.QuerySet[EventPage]:
        """Returns the events to come, or the past ones for `?quand=passes`. Raises InvalidPage for another period."""
        if request.GET.get(PERIOD, PAST) != PAST:
            raise InvalidPage
        return (EventPage.past() if PERIOD in request.GET else EventPage.coming()).prefetch_related("districts")

    def get_template(self, request: HttpRequest, *args, **kwargs) -> str:
        return "pages/month.html" if find_month(request.GET.get(PARAMETER)) else super().get_template(request, *args, **kwargs)

    def get_context(self, request: HttpRequest, *args, **kwargs) -> dict:
        context = super().get_context(request, *args, **kwargs)
        if first := find_month(request.GET.get(PARAMETER)):
            return {**context, "sheet": MonthSheet(first, EventPage.in_month(first))}
        is_past = PERIOD in context["asked"]
        return {
            **context,
            "past": is_past,
            "months": get_months() if context["entries"] and not is_past else [],
            "hide_introduction": is_past or not context["entries"],  # it introduces events to come
            "other_period_exists": (EventPage.coming() if is_past else EventPage.past()).exists(),
            "highlight_first": not is_past and context["entries"].number == 1,
            "other_filters": without_parameter(context["asked"], PERIOD),
            # Phones and calendars request a webcal: address again by themselves; https: would be imported once.
            "webcal_url": f"webcal://{settings.SITE_URL.partition('//')[2]}{reverse('calendar')}",
        }


class EventPage(WordingMixin, SeriesMixin, PosterMixin, InDistrictsMixin, SitePage):
    """An event. Its days and times are those of Belfort; it is over at the midnight after its end.

    One that repeats is one page. A date that does not take place is in `cancelled_days`; one at another hour or place is a page of its own,
    with the foreign key `series`; it replaces the date of its day as long as it is public. See `get_dates()`.
    """

    page_description = "Un événement, avec sa date et son lieu. Passé, il quitte tout seul l’agenda. Il a son affiche, à imprimer."
    subpage_types = []
    review_years = None  # Its date says whether it is still right.
    shares_titles = is_entry = True
    poster_template = "components/poster_event.html"
    base_form_class = EventForm
    duplicate_question = "Quel jour ?"

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
    cancelled_days = models.JSONField("dates", default=list, blank=True)  # the ISO dates of a series that do not take place
    series = models.ForeignKey("self", null=True, editable=False, on_delete=models.SET_NULL, related_name="replacements")
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
        MultiFieldPanel([FieldRowPanel(["first_day", "start_time"]), FieldRowPanel(["last_day", "end_time"])], heading="Quand"),
        RepetitionPanel(
            [FieldRowPanel(["repeats", "repeats_until"]), FieldPanel("cancelled_days", heading="Ses dates")],
            heading="Est-ce qu’il se répète ?",
            classname="collapsed",
        ),
        MultiFieldPanel(["place", InDistrictsMixin.districts_panel], heading="Où"),
        "state",
        "introduction",
        FieldPanel("picture", help_text=f"{SitePage.picture_help} Elle est aussi sur l’affiche."),
        MultiFieldPanel(["audience", FieldRowPanel(["is_free", "price"]), "registration", "access"], heading="Pour venir"),
        "body",
        SitePage.funders_panel,
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
        # An event that began on an earlier day is sorted under today, after the events that begin today.
        from_today = Greatest(next_day, models.Value(today, models.DateField()))
        return (
            cls.objects.public()
            .filter(models.Q(repeats="") | models.Exists(dates), over_from__gt=today)
            .defer("body")
            .prefetch_related(cls.get_public_replacements())
            .order_by(from_today, next_day.desc(), models.F("start_time").asc(nulls_first=True), "pk")
        )

    @classmethod
    def get_public_replacements(cls) -> models.Prefetch:
        return models.Prefetch("replacements", cls.objects.public().defer("body"), to_attr="public_replacements")

    @classmethod
    def taking_place(cls) -> models.QuerySet[EventPage]:
        """Returns the events to come that are not cancelled, with at least one date that takes place."""
        dates = EventDate.get_own().filter(over_from__gt=timezone.localdate(), is_cancelled=False)
        return cls.coming().exclude(state=cls.State.CANCELLED).filter(models.Q(repeats="") | models.Exists(dates))

    @classmethod
    def in_month(cls, first: date) -> models.QuerySet[EventPage]:
        """Returns the events to come of the month that begins with `first`: those that take place once, also cancelled ones, and series with a date in it."""
        end = first + relativedelta(months=1)
        dates = EventDate.get_own().filter(day__gte=first, day__lt=end, over_from__gt=timezone.localdate(), is_cancelled=False)
        once = models.Q(models.Q(first_day__gte=first) | models.Q(last_day__gte=first), repeats="", first_day__lt=end)
        return cls.coming().filter(once | models.Exists(dates))

    @classmethod
    def past(cls) -> models.QuerySet[EventPage]:
        """Returns the past ones, the latest first, without their texts."""
        return cls.objects.public().filter(over_from__lte=timezone.localdate()).defer("body").order_by("-over_from", "-pk")

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
            if day and abs(day.year - timezone.localdate().year) > MAX_YEARS:
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


class EventDate(models.Model):
    """A date of a published event that repeats, so that querysets know the next one. `EventPage.save()` writes it."""

    page = models.ForeignKey(EventPage, on_delete=models.CASCADE, related_name="dates")
    day = models.DateField()
    over_from = models.DateField()
    is_cancelled = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["page", "over_from", "day"], name="next_event_date")]

    @classmethod
    def get_own(cls) -> models.QuerySet[EventDate]:
        """Returns the dates of the event of an outer query that no public page of their own replaces."""
        replacements = EventPage.objects.public().filter(series=models.OuterRef("page"), first_day=models.OuterRef("day"))
        return cls.objects.filter(~models.Exists(replacements), page=models.OuterRef("pk"))
