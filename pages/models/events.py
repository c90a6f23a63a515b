"""The agenda: events to come and past, by the date in Belfort."""

import re
from datetime import datetime, time, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.paginator import InvalidPage
from django.db import models
from django.db.models.functions import Greatest
from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as date_format
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page

from ..blocks import ProseBlock
from ..navigation import open_pages
from ..page_forms import NumerousPageForm
from .base import InDistrictsMixin, ListPageMixin, SitePageMixin

MIDNIGHT = time(0)
YEARS = 100  # before today and after it, in which events can be
DAWN = time(7)  # an evening that ends before it ends on the next day


class EventIndexPage(ListPageMixin, SitePageMixin, Page):
    page_description = "L’agenda. Il est dans le menu dès qu’un événement est à venir."
    parent_page_types = ["pages.HomePage"]
    subpage_types = ["pages.EventPage"]
    max_count = 1  # /agenda.ics is its calendar
    show_in_menus_default = True
    facade = "rue"

    content_panels = [*Page.content_panels, *SitePageMixin.introduction_panels]

    class Meta:
        verbose_name = "agenda"
        verbose_name_plural = "agendas"

    def entries_for(self, request):
        """The events to come, or the past ones for `?quand=passes`."""
        if request.GET.get("quand", "passes") != "passes":
            raise InvalidPage
        return (EventPage.past() if "quand" in request.GET else EventPage.coming()).prefetch_related("districts")

    def get_context(self, request, *args, **kwargs):
        context, past = super().get_context(request, *args, **kwargs), "quand" in request.GET
        chosen = context["chosen"]
        return {
            **context,
            "past": past,
            "bare": past or not context["entries"],  # the introduction announces what is to come
            "others": (EventPage.coming() if past else EventPage.past()).exists(),
            "lit": not past and context["entries"].number == 1,
            # Phones and calendars ask such an address again by themselves; https:// would be taken as a copy of today.
            "followed": f"webcal://{settings.SITE_URL.partition('//')[2]}{reverse('calendar')}{f'?quartier={chosen.slug}' if chosen else ''}",
        }


class EventForm(NumerousPageForm):
    """Takes times as they are written in French too: 14h30, 14 h."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in {"start_time", "end_time"} & set(self.fields):
            self.fields[name].input_formats = ["%H:%M", "%H:%M:%S", "%Hh%M", "%Hh", "%H h %M", "%H h"]


class EventPage(InDistrictsMixin, SitePageMixin, Page):
    """An event. Its days and times are those of Belfort; it is past from the midnight after its end."""

    page_description = "Un événement, avec sa date et son lieu. Passé, il quitte tout seul l’agenda. Imprimé, il fait une affiche."
    parent_page_types = ["pages.EventIndexPage"]
    subpage_types = []
    base_form_class = EventForm
    facade = "rue"

    class State(models.TextChoices):
        PLANNED = "", "Comme prévu"
        RESCHEDULED = "rescheduled", "Reporté : la date écrite ici est la nouvelle"
        MOVED = "moved", "Déplacé : le lieu écrit ici est le nouveau"
        CANCELLED = "cancelled", "Annulé"

    state = models.CharField(
        "état", max_length=11, choices=State, blank=True, help_text="N’effacez pas un événement annulé : les visiteurs doivent le savoir."
    )
    first_day = models.DateField("jour")
    start_time = models.TimeField("heure de début", null=True, blank=True, help_text="Par exemple : 14h30. Vide : toute la journée.")
    end_time = models.TimeField(
        "heure de fin", null=True, blank=True, help_text="Par exemple : 17h, ou 0h pour minuit. Vide : on ne la connaît pas."
    )
    last_day = models.DateField(
        "dernier jour",
        null=True,
        blank=True,
        help_text="Seulement s’il dure plusieurs jours. L’heure de fin est alors celle de ce jour-là.",
    )
    past_from = models.DateField(editable=False, db_index=True)  # `first_past_day`, for lists to ask the database
    place = models.CharField("lieu", max_length=160, blank=True, help_text="Le nom et l’adresse, par exemple.")
    audience = models.CharField("pour qui", max_length=160, blank=True)
    is_free = models.BooleanField("gratuit", default=False)
    price = models.CharField("prix", max_length=120, blank=True, help_text="S’il n’est pas gratuit.")
    registration = models.CharField("comment s’inscrire", max_length=200, blank=True, help_text="Vide : on ne parle pas d’inscription.")
    access = models.CharField(
        "accès pour les personnes handicapées", max_length=200, blank=True, help_text="Par exemple : l’entrée est de plain-pied."
    )
    body = StreamField(ProseBlock(), verbose_name="texte", blank=True)

    content_panels = [
        *Page.content_panels,
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("first_day"), FieldPanel("start_time")]),
                FieldRowPanel([FieldPanel("last_day"), FieldPanel("end_time")]),
            ],
            heading="Quand",
        ),
        MultiFieldPanel([FieldPanel("place"), InDistrictsMixin.districts_panel], heading="Où"),
        FieldPanel("state"),
        *SitePageMixin.introduction_panels,
        MultiFieldPanel(
            [
                FieldPanel("audience"),
                FieldRowPanel([FieldPanel("is_free"), FieldPanel("price")]),
                FieldPanel("registration"),
                FieldPanel("access"),
            ],
            heading="Pour venir",
        ),
        FieldPanel("body"),
    ]

    class Meta:
        verbose_name = "événement"
        verbose_name_plural = "événements"

    @classmethod
    def coming(cls):
        """The events that anybody may read about and that are not past, the next one first."""
        today = timezone.localdate()
        # What has been on for weeks is of today, after what begins today.
        from_today = Greatest("first_day", models.Value(today, models.DateField()))
        return (
            open_pages(cls)
            .filter(past_from__gt=today)
            .order_by(from_today, "-first_day", models.F("start_time").asc(nulls_first=True), "pk")
        )

    @classmethod
    def past(cls):
        """The past ones, the latest first."""
        return open_pages(cls).filter(past_from__lte=timezone.localdate()).order_by("-past_from", "-pk")

    def clean(self):
        super().clean()
        if not self.first_day:
            return
        for name in ("first_day", "last_day"):
            day = getattr(self, name)
            if day and abs(day.year - timezone.localdate().year) > YEARS:
                raise ValidationError({name: f"Vérifiez l’année : {day.year}."})
        if self.last_day and self.last_day < self.first_day:
            raise ValidationError({"last_day": "Le dernier jour vient avant le premier : vérifiez les deux dates."})
        if self.state == self.State.MOVED and not self.place:
            raise ValidationError({"place": "Écrivez le nouveau lieu."})
        if self.end_time is not None and self.start_time is None:
            raise ValidationError({"start_time": "Écrivez aussi l’heure du début."})
        if self.start_time and self.end_time and not self.lasts and DAWN <= self.end_time <= self.start_time:
            raise ValidationError({"end_time": "La fin vient avant le début : vérifiez les deux heures."})
        if self.is_free and self.price:
            raise ValidationError({"price": "Cochez « gratuit », ou écrivez un prix : l’un des deux."})

    def save(self, *args, **kwargs):
        self.past_from = self.first_past_day
        super().save(*args, **kwargs)

    def searched(self):
        return f"{super().searched()} {'Gratuit.' if self.is_free else ''}"

    @property
    def _last(self):
        return self.last_day or self.first_day

    @property
    def first_past_day(self):
        """The day that begins with the midnight after its end."""
        end = self.end
        if isinstance(end, datetime):
            return end.date() + timedelta(days=end.time() > MIDNIGHT)
        return end or self.first_day + timedelta(days=1)

    @property
    def is_past(self):
        return self.first_past_day <= timezone.localdate()

    @property
    def start(self):
        """When it begins in Belfort: a date for whole days, else a moment."""
        return moment(self.first_day, self.start_time) if self.start_time else self.first_day

    @property
    def end(self):
        """When it ends: for whole days the date of the day after, else a moment; None where nobody said it.

        An end at 0:00 is the midnight that ends the last day; one before dawn, of an event of one day, is in the night that follows.
        """
        if not self.start_time:
            return self._last + timedelta(days=1)
        if self.end_time is None:
            return moment(self._last + timedelta(days=1), MIDNIGHT) if self.lasts else None
        into_the_night = self.end_time == MIDNIGHT or (not self.lasts and self.end_time <= self.start_time)
        return moment(self._last + timedelta(days=into_the_night), self.end_time)

    @property
    def lasts(self):
        """Whether it has more than one day."""
        return self._last > self.first_day

    @property
    def alert(self):
        """What a visitor has to know before anything else, or nothing."""
        if self.state == self.State.CANCELLED:
            return "Cet événement est annulé."
        if self.is_past:
            return "Cet événement est passé."
        if self.state == self.State.RESCHEDULED:
            return f"Cet événement est reporté au {said(self.first_day, 'l j F Y')}."
        return f"Nouveau lieu : {self.place}" if self.state == self.State.MOVED else ""

    @property
    def mark(self):
        """What a list says of it before its title."""
        return {self.State.CANCELLED: "Annulé", self.State.RESCHEDULED: "Reporté", self.State.MOVED: "Déplacé"}.get(self.state, "")

    @property
    def marked_title(self):
        return f"{self.mark} : {self.title}" if self.mark else self.title

    @property
    def is_running(self):
        """Whether it began on an earlier day and is not past."""
        return self.first_day < timezone.localdate() <= self._last

    @property
    def plate_day(self):
        """The day that a list shows: the first one, or the last one of what is on already."""
        return self._last if self.is_running else self.first_day

    @property
    def days(self):
        """Its days in words; over several days, with the hours at which it begins and ends."""
        if not self.lasts:
            return said(self.first_day, "l j F Y").capitalize()
        same_year = self.first_day.year == self._last.year
        same_month = same_year and self.first_day.month == self._last.month and not self.start_time
        first = said(self.first_day, "l j" if same_month else "l j F" if same_year else "l j F Y")
        last = said(self._last, "l j F Y")
        if self.start_time:
            first += f" à {clock(self.start_time)}"
            last += f" à {clock(self.end_time)}" if self.end_time is not None else ""
        return f"Du {first} au {last}"

    @property
    def hours(self):
        """« de 14 h à 17 h », « à 18 h », or nothing for whole days and what lasts several."""
        if not self.start_time or self.lasts:
            return ""
        return f"de {clock(self.start_time)} à {clock(self.end_time)}" if self.end_time is not None else f"à {clock(self.start_time)}"

    @property
    def when(self):
        """Its days and hours in words, in one line."""
        return f"{self.days}, {self.hours}" if self.hours else self.days

    @property
    def rest_of_plate(self):
        """What a list says beside the day: its hours, or until when it lasts."""
        if self.is_running:
            return "En ce moment"
        if not self.lasts:
            return self.hours.capitalize()
        return f"Jusqu’au {said(self._last, 'l j F' if self._last.year == self.first_day.year else 'l j F Y')}"


def said(day, how):
    """The `day` in the format `how`, with « 1er »."""
    return re.sub(r" 1(?= |$)", " 1er", date_format(day, how))


def moment(day, at):
    """The `day` and time `at` on the clocks of Belfort, with their offset."""
    return datetime.combine(day, at, tzinfo=timezone.get_default_timezone())


def clock(at):
    """A time as it is said: « 14 h », « 9 h 30 », « minuit »."""
    return "minuit" if at == MIDNIGHT else f"{at.hour} h {at.minute:02d}".removesuffix(" 00")
