"""Pictures and documents, with what the law and the visitor want to know of them."""

import logging
from contextlib import nullcontext, suppress
from pathlib import Path

from dateutil.relativedelta import relativedelta
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from wagtail.documents.models import AbstractDocument, DocumentQuerySet
from wagtail.images.models import AbstractImage, AbstractRendition, Filter, Image, ImageQuerySet, SourceImageIOError
from wagtail.images.rect import Rect
from wagtail.models import CollectionViewRestriction
from wagtail.search import index

from ..page.restrictions import IsRestricted
from .decoder import one_at_a_time
from .renditions import SIZES

logger = logging.getLogger(__name__)
# What files of a kind begin with; those that are not named are text.
SIGNATURES = {"pdf": b"%PDF-", **dict.fromkeys(("docx", "odp", "ods", "odt", "pptx", "xlsx", "zip"), b"PK\x03\x04")}
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
CONSENT_YEARS = 3  # Staff ask again for a consent without an end after so many years.
WARNING_MONTHS = 1  # Staff are told so many months before a consent ends.
PRIVATE_FOLDER = "private/"
CHILDREN_HELP = "Un enfant ? Il faut l’accord écrit des deux parents. Sinon, choisissez une autre photo."


class FileManager(models.Manager):
    """Annotates pictures and documents with `is_private`: whether visitors must not see them, as their collection is restricted."""

    def get_queryset(self) -> models.QuerySet:
        return super().get_queryset().annotate(is_private=IsRestricted(CollectionViewRestriction, "collection", "collection__path"))


class PictureManager(FileManager):
    """Annotates pictures with `is_private`: in a restricted collection, or of people whose consent is missing or has ended."""

    def get_queryset(self) -> models.QuerySet:
        pictures = super().get_queryset()
        return pictures.annotate(is_private=Q(is_private=True) | SiteImage.get_lacking_consent())


class SiteImage(AbstractImage):
    """A picture with its author, and the consent of people who can be recognised ("droit à l’image").

    From the day after the end of the consent, visitors see the picture nowhere. The signed sheet stays in the office.
    """

    class People(models.TextChoices):
        NONE = "none", "Non"
        FAR = "far", "De dos ou de loin"
        RECOGNISABLE = "recognisable", "Oui"

    is_private = False  # Querysets annotate it (FileManager); this is the value of an instance that was not read from the database.

    credit = models.CharField(
        "auteur", max_length=120, blank=True, help_text="Qui a fait cette image ? Les visiteurs lisent ce nom sous la photo."
    )
    people = models.CharField(
        "Reconnaît-on une personne ?",
        max_length=12,
        choices=People,
        help_text=f"Si oui, la personne doit avoir donné son accord par écrit. {CHILDREN_HELP} "
        "« De dos ou de loin » : rien ne permet de la reconnaître, ni nom, ni tatouage, ni vêtement. "
        "Gardez la feuille signée dans le classeur du bureau : ne l’envoyez pas sur le site.",
    )
    consent_by = models.CharField(
        "accord donné par", max_length=200, blank=True, help_text="Le nom de chaque personne qui a signé. Non publié."
    )
    consent_on = models.DateField("accord signé le", null=True, blank=True)
    consent_for = models.CharField(
        "accord pour", max_length=200, blank=True, default="ce site", help_text="Par exemple : ce site et les affiches."
    )
    consent_until = models.DateField(
        "accord valable jusqu’au",
        null=True,
        blank=True,
        help_text="La date écrite sur l’accord. Le lendemain, l’image quitte le site toute seule. "
        f"Si vous laissez vide, il n’a pas de fin, et il est à redemander après {CONSENT_YEARS} ans.",
    )

    search_fields = [*AbstractImage.search_fields, index.SearchField("consent_by"), index.AutocompleteField("consent_by")]
    admin_form_fields = (*Image.admin_form_fields, "credit", "people", "consent_by", "consent_on", "consent_for", "consent_until")

    objects = PictureManager.from_queryset(ImageQuerySet)()

    class Meta(AbstractImage.Meta):
        verbose_name = "image"
        base_manager_name = "objects"  # With it, the picture of a page has `is_private` too.

    @property
    def is_upright(self) -> bool:
        return self.height > self.width

    def get_sizes(self, use: str) -> list[str]:
        """Returns the filters of a use in SIZES, those for the whole picture if it is upright."""
        return SIZES.get(f"{use}-whole" if self.is_upright else use, SIZES[use])

    def get_focal_point(self) -> Rect | None:
        """Returns what staff marked as most important; of an upright picture without a mark the upper third, where heads are."""
        if (marked := super().get_focal_point()) or not self.is_upright:
            return marked
        return Rect(0, 0, self.width, self.height / 3)

    def has_focal_point(self) -> bool:
        """Returns True if staff marked a focal point."""
        return super().get_focal_point() is not None

    def create_rendition(self, filter: Filter) -> "Rendition":  # noqa: A002 Wagtail's name
        """Makes one rendition at a time on this machine, and each once, even if many visitors ask for it at the same time.

        Within a transaction it does not wait for the lock, whose holder may wait for that transaction to end. Raises SourceImageIOError, with
        which pages are shown without the picture, if the original is lost or damaged, or the disk is full.
        """
        with nullcontext() if connection.in_atomic_block else one_at_a_time():
            made = self.renditions.filter(filter_spec=filter.spec, focal_point_key=filter.get_cache_key(self)).first()
            try:
                return made or super().create_rendition(filter)
            except OSError as error:
                logger.error("A rendition of picture %s cannot be made: %s", self.pk, error)
                raise SourceImageIOError(str(error)) from error

    def create_renditions(self, *filters: Filter) -> dict[Filter, "Rendition"]:
        """Makes one after the other; Wagtail's method makes three at a time, and some twice."""
        return {filter: self.create_rendition(filter) for filter in filters}  # noqa: A001

    def clean(self) -> None:
        super().clean()
        if self.people == self.People.RECOGNISABLE:
            self._check_consent()

    def _check_consent(self) -> None:
        """Raises ValidationError with all that is wrong at once: with each refusal, the file must be chosen again."""
        errors = {}
        if not self.consent_by:
            errors["consent_by"] = "On reconnaît une personne : écrivez qui a donné son accord. Sans accord, l’image ne peut pas servir."
        if not self.consent_on:
            errors["consent_on"] = "Écrivez le jour où l’accord a été signé."
        elif self.consent_on > timezone.localdate():
            errors["consent_on"] = "Ce jour n’est pas encore venu : vérifiez la date."
        if "site" not in self.consent_for.casefold():
            errors["consent_for"] = "L’accord ne dit pas que l’image peut être sur ce site : elle ne peut pas servir."
        if self.consent_until and self.consent_on and self.consent_until < self.consent_on - relativedelta(days=1):
            errors["consent_until"] = "L’accord finit avant d’être signé : vérifiez les deux dates."
        if errors:
            raise ValidationError(errors)

    @property
    def has_consent(self) -> bool:
        """True if somebody can be recognised, and no end of the consent has passed."""
        is_ended = self.consent_until and self.consent_until < timezone.localdate()
        return self.people == self.People.RECOGNISABLE and not is_ended

    @classmethod
    def get_lacking_consent(cls) -> Q:
        """Returns the condition that visitors may not see the picture, as a consent is missing or has ended."""
        return cls.get_missing_consent() | cls.get_ended_consent()

    @classmethod
    def get_missing_consent(cls) -> Q:
        """Returns the condition that somebody can be recognised without a consent, or that nobody has said whether somebody can."""
        return Q(people="") | Q(people=cls.People.RECOGNISABLE) & (Q(consent_by="") | Q(consent_on=None))

    @classmethod
    def get_ending_consent(cls) -> Q:
        """Returns the condition that a consent ends within WARNING_MONTHS, or has ended, or is old and without an end."""
        soon = timezone.localdate() + relativedelta(months=WARNING_MONTHS)
        is_old = Q(consent_until=None, consent_on__lte=soon - relativedelta(years=CONSENT_YEARS))
        return Q(people=cls.People.RECOGNISABLE) & (Q(consent_until__lte=soon) | is_old)

    @classmethod
    def get_ended_consent(cls) -> Q:
        """Returns the condition that somebody can be recognised whose consent has ended."""
        return Q(people=cls.People.RECOGNISABLE, consent_until__isnull=False, consent_until__lt=timezone.localdate())


class Rendition(AbstractRendition):
    """A size of a picture. A front server may show all in the folder `images/`: those of private pictures are in PRIVATE_FOLDER."""

    image = models.ForeignKey(SiteImage, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["image", "filter_spec", "focal_point_key"], name="unique_rendition")]

    def get_upload_to(self, filename: str) -> str:
        """Returns a path that nobody guesses: pictures of drafts, and those on no page, are in the public folder too."""
        # The database knows it now, whatever this instance remembers.
        is_private = SiteImage.objects.filter(pk=self.image_id, is_private=True).exists()
        name = Path(super().get_upload_to(filename))
        secret = salted_hmac("pages.rendition", f"{self.image_id} {filename}", algorithm="sha256").hexdigest()[:12]
        return f"{PRIVATE_FOLDER * is_private}{name.with_suffix(f'.{secret}{name.suffix}')}"

    @classmethod
    def delete_misplaced(cls) -> None:
        """Deletes renditions of pictures that became private, or public, since they were made. They are made again when they are needed."""
        private = Q(image__in=SiteImage.objects.filter(is_private=True).values("pk"))
        for rendition in cls.objects.filter(private ^ Q(file__startswith=PRIVATE_FOLDER)):
            rendition.delete()

    @classmethod
    def remake(cls, path: str) -> bool:
        """Makes the file of a rendition at `path` again. Returns True if the file exists now; the original may be lost, too."""
        rendition = cls.objects.filter(file=path).select_related("image").first()
        if not rendition:
            return False
        storage = rendition.file.storage
        with one_at_a_time(), suppress(OSError):
            if not storage.exists(path):  # another request may have made it
                storage.save(path, rendition.image.generate_rendition_file(rendition.filter))
        return storage.exists(path)


class SiteDocument(AbstractDocument):
    """A file to download, with the language that it is written in (ISO 639-1)."""

    is_private = False  # See SiteImage.

    language = models.CharField(
        "langue",
        max_length=2,
        default="fr",
        choices=[("fr", "français"), ("en", "anglais"), ("ar", "arabe"), ("tr", "turc"), ("de", "allemand")],
        help_text="La langue dans laquelle le document est écrit.",
    )

    admin_form_fields = ("title", "file", "language", "collection", "tags")

    objects = FileManager.from_queryset(DocumentQuerySet)()

    class Meta(AbstractDocument.Meta):
        verbose_name = "document"
        base_manager_name = "objects"

    def clean(self) -> None:
        if self.file:  # Wagtail checks a parked upload before it becomes the document's file
            super().clean()
            self._check_content()

    def _check_content(self) -> None:
        """Raises ValidationError for a file whose first bytes are not those of its kind: its name says nothing."""
        self.file.seek(0)
        begins = self.file.read(1024)
        self.file.seek(0)
        signature = SIGNATURES.get(self.file_extension)
        is_text = signature is None and (begins.startswith(UTF_16) or b"\0" not in begins)
        if not (is_text or (signature and signature in begins)):
            kind = self.file_extension.upper()
            logger.info("A document was refused: it is no %s.", kind)
            raise ValidationError({"file": f"Ce fichier n’est pas un fichier {kind}. Ouvrez-le et enregistrez-le à nouveau."})
