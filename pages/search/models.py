"""The search: pages whose entry in the index is outdated, visitors' words for what pages say, and words that found nothing."""

import logging
import re
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import DatabaseError, models, transaction
from django.db.models import F
from django.db.models.functions import Lower
from django.utils import timezone
from wagtail.models import RevisionMixin

from ..page.base import SitePage

MAX_UNKNOWN = 200  # the number of rows; whoever tries to fill the table only replaces the rarest words
RETENTION = timedelta(days=30)  # A word is erased so long after it was asked last.
MIN_DAYS_BEFORE_SHOWN = 3
logger = logging.getLogger(__name__)


class IndexUpdate(models.Model):
    """A page whose entry in the search index is outdated: created in the transaction of the change, deleted when the entry is updated.

    A process that dies in between leaves the row to `run_due`.
    """

    page = models.OneToOneField(SitePage, primary_key=True, on_delete=models.CASCADE, related_name="+")
    marked_at = models.DateTimeField(default=timezone.now)
    wagtail_reference_index_ignore = True


class SearchWord(RevisionMixin, models.Model):
    """A word or two of visitors, and the page that answers them: it comes first for every question that contains the words."""

    words = models.CharField(
        "mot", max_length=60, help_text="Un mot ou deux, comme les visiteurs les écrivent. Par exemple : cv, ou cage d’escalier."
    )
    page = models.ForeignKey(
        SitePage,
        verbose_name="page qui répond",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
        help_text="Elle vient en premier. La page doit vraiment répondre : ajoutez-y une phrase s’il le faut.",
    )
    sentence = models.CharField(
        "ou phrase qui répond",
        max_length=200,
        blank=True,
        default="",
        db_default="",
        help_text="Quand aucune page ne répond. Par exemple : La Régie ne fait pas les passeports : voyez la mairie.",
    )
    answers_close_words = models.BooleanField(
        "répond aussi aux mots proches",
        default=True,
        db_default=True,
        help_text="Par exemple, qui cherche « rémunération » trouve la page de « salaire ». Un mot y mène à tort ? Ajoutez ce mot, avec sa réponse. Plusieurs ? Décochez.",
    )

    class Meta:
        verbose_name = "mot des visiteurs"
        verbose_name_plural = "mots des visiteurs"
        ordering = ["words"]
        constraints = [models.UniqueConstraint(Lower("words"), name="one_answer", violation_error_message="Ce mot a déjà une réponse.")]

    def __str__(self) -> str:
        return self.words

    def clean(self) -> None:
        if self.page and self.sentence:
            raise ValidationError({"sentence": "Gardez la page ou la phrase : l’une des deux."})
        if not self.page and not self.sentence:
            raise ValidationError({"page": "Choisissez la page qui répond, ou écrivez une phrase."})


class UnknownWord(models.Model):
    """A single word that no page contains. Staff see it once it was asked on MIN_DAYS_BEFORE_SHOWN days: it may be somebody's name."""

    word = models.CharField(max_length=30, unique=True)
    page = models.ForeignKey(SitePage, null=True, on_delete=models.SET_NULL, related_name="+")  # the page that its meaning found
    days = models.PositiveSmallIntegerField(default=1)
    last_day = models.DateField()

    class Meta:
        ordering = ["-days", "word"]

    def __str__(self) -> str:
        return self.word

    @classmethod
    def note(cls, word: str, page: int | None) -> None:
        """Counts a word of 3 to 30 letters once a day, if the database allows it: a search never fails for that."""
        if not re.fullmatch(r"[^\W\d_]{3,30}", word):
            return
        today = timezone.localdate()
        try:
            with transaction.atomic():
                _, is_new = cls.objects.get_or_create(word=word, defaults={"last_day": today, "page_id": page})
                if not is_new:
                    cls.objects.filter(word=word, last_day__lt=today).update(days=F("days") + 1, last_day=today, page=page)
                elif cls.objects.count() > MAX_UNKNOWN:
                    cls.objects.exclude(word=word).order_by("days", "last_day").first().delete()
        except DatabaseError:
            logger.exception("A word that found nothing could not be counted.")

    @classmethod
    def get_shown(cls) -> list["UnknownWord"]:
        return list(cls.objects.filter(days__gte=MIN_DAYS_BEFORE_SHOWN).select_related("page")[:10])

    @classmethod
    def erase_old(cls) -> None:
        cls.objects.filter(last_day__lt=timezone.localdate() - RETENTION).delete()
