"""The contact form: its fields, what it refuses, and how it stores a message. `ContactPage` serves it.

It needs no script, cookie or token: its page is the same bytes for everyone.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from datetime import date, datetime, timedelta

from dateutil.relativedelta import relativedelta
from django import forms
from django.contrib.humanize.templatetags.humanize import intcomma
from django.core.exceptions import SuspiciousOperation
from django.core.validators import MaxLengthValidator, MinLengthValidator, RegexValidator
from django.db import DatabaseError, models, transaction
from django.http import HttpRequest, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.template.defaultfilters import pluralize
from django.utils import timezone
from django.utils.crypto import salted_hmac

from ..organisation.models import Organisation
from ..organisation.recipients import Subject
from ..text.phones import find_phone
from .models import NOTICE_MONTHS, Message, MessageCount
from .senders import Sender, get_sender

MIN_LENGTH, MAX_LENGTH = 5, 4000  # the number of characters of a message
MAX_LINKS = 3
# Part of a text that leads to another site, with or without a scheme; endings of domains that are short French words need a path.
ENDINGS = "com|net|org|info|biz|fr|eu|ru|cn|xyz|top|shop|site|online|store|club|click|link|live|app|io"
LINK = re.compile(rf"://|^www\.|\w\.[a-z]{{2,}}/|\w\.({ENDINGS})$", re.IGNORECASE)
MAIL = re.compile(r"[\w.+-]+@[\w.-]+")
REPEAT = timedelta(minutes=10)  # Within this time, the same words from the same address are one message.
WINDOW, MAX_IN_WINDOW = timedelta(hours=1), 10  # A family or a library shares one address.
MAX_IN_NETWORK = 30  # the number of messages from one network within WINDOW
ONE_LINE = RegexValidator(r"[\r\n]", "Écrivez sur une seule ligne.", inverse_match=True)
logger = logging.getLogger(__name__)


class RefusedError(Exception):
    """The form is to be shown again with what was typed, `words` above it, and the HTTP `status`."""

    def __init__(self, status: int, words: str = "") -> None:
        self.status, self.words = status, words


class LineField(forms.CharField):
    """One line of text. Its length is checked here: a browser's `maxlength` cuts what is pasted without a word."""

    def __init__(self, label: str, longest: int, autocomplete: str | None = None, **kwargs) -> None:
        validators = [ONE_LINE, MaxLengthValidator(longest, f"« {label} » : écrivez {longest} caractères au plus.")]
        widget = kwargs.pop("widget", forms.TextInput)(attrs={"autocomplete": autocomplete} if autocomplete else {})
        super().__init__(label=label, required=False, validators=validators, widget=widget, **kwargs)


class ContactForm(forms.Form):
    subject = forms.ChoiceField(
        label="Sujet de votre message",
        choices=Subject.choices,
        widget=forms.RadioSelect,
        help_text="Choisissez le sujet le plus proche de votre question.",
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choisissez un sujet."),
    )
    text = forms.CharField(
        label="Votre message",
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="Écrivez ce que vous demandez, en quelques phrases. Les fautes ne sont pas un problème. "
        f"N’écrivez rien sur votre santé. Vous pouvez écrire {MAX_LENGTH // 1000} 000 caractères au plus, soit une grande page.",
        validators=[MinLengthValidator(MIN_LENGTH, f"Votre message est trop court : écrivez au moins {MIN_LENGTH} caractères.")],
        error_messages={"required": "Écrivez votre message."},
    )
    organisation = LineField("Votre organisme", 120, "organization")
    place = LineField("Lieu des travaux", 200)
    date_wished = LineField("Date de début souhaitée", 80)
    buildings = LineField("Nombre de bâtiments ou d’entrées", 80)
    frequency = LineField("Combien de fois ?", 80, help_text="Par exemple : une seule fois, ou deux fois par semaine.")
    phone = LineField(
        "Votre téléphone", 60, "tel", widget=forms.TelInput, help_text="Remplissez cette case si vous préférez une réponse par téléphone."
    )
    email = forms.EmailField(
        label="Votre adresse e-mail",
        required=False,
        help_text="Elle ressemble à nom@exemple.fr.",
        max_length=254,
        error_messages=dict.fromkeys(("invalid", "max_length"), "Vérifiez votre adresse e-mail. Elle doit ressembler à nom@exemple.fr."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    name = LineField("Votre nom", 100, "name", help_text="Votre prénom et votre nom.")
    website = forms.CharField(label="Laissez cette case vide", required=False)  # a honeypot: hidden by CSS, filled in by programs

    @classmethod
    def get_initial(cls, subject: str | None, offer: models.Model | None = None) -> dict:
        """Returns the initial values: the subject that the address names, and a text about the offer that is answered."""
        initial = {"subject": subject} if subject in Subject.values else {}
        if offer:
            initial |= {"subject": Subject.JOB, "text": f"Bonjour, je réponds à l’offre «\u00a0{offer.title}\u00a0»."}
        return initial

    @classmethod
    def from_request(cls, request: HttpRequest) -> ContactForm:
        """Returns the form bound to the post. Raises RefusedError if the post cannot be read."""
        try:
            return cls(request.POST)
        except (SuspiciousOperation, MultiPartParserError, UnreadablePostError) as error:
            raise RefusedError(400, "Votre envoi n’est pas arrivé en entier. Revenez en arrière et envoyez à nouveau.") from error

    @property
    def faults(self) -> list[tuple[str, str]]:
        """The first error of each field, as pairs (id of its first input, words), in the order of the page."""
        first_radio = {"subject": "id_subject_0"}
        return [(first_radio.get(name, f"id_{name}"), self.errors[name][0]) for name in self.fields if name in self.errors]

    def clean_phone(self) -> str:
        phone = self.cleaned_data["phone"]
        if phone and not find_phone(phone):
            raise forms.ValidationError(
                "Vérifiez votre numéro de téléphone. Il a 10 chiffres, comme 06 12 34 56 78. Dans un autre pays, il commence par +."
            )
        return phone

    def clean_text(self) -> str:
        text = self.cleaned_data["text"].replace("\r\n", "\n")
        if len(text) > MAX_LENGTH:
            over = len(text) - MAX_LENGTH
            raise forms.ValidationError(f"Votre message est trop long : enlevez {intcomma(over)} caractère{pluralize(over)}.")
        return text

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise forms.ValidationError("Videz cette case, puis envoyez à nouveau.")
        return ""

    def clean(self) -> dict:
        cleaned = super().clean()
        if count_links(" ".join(str(value) for value in cleaned.values())) > MAX_LINKS:
            self.add_error("text", "Votre message contient trop de liens. Enlevez-en, puis envoyez à nouveau.")
        if not {"phone", "email"} & set(self.errors) and not cleaned.get("phone") and not cleaned.get("email"):
            self.add_error("phone", "Écrivez un numéro de téléphone ou une adresse e-mail.")
        return cleaned


def count_links(text: str) -> int:
    text = unicodedata.normalize("NFKC", text).replace("。", ".")  # Browsers read addresses in this way.
    words = (word.strip(".:!?()«»<>") for word in re.split(r"[\s,;]+", text))
    return max(text.count("://"), sum(1 for word in words if LINK.search(word) and not MAIL.fullmatch(word)))


class CallbackForm(ContactForm):
    """The form to be called, which people who look for work get: a phone number and a first name; a message and an e-mail if they like."""

    field_order = ["subject", "phone", "name", "notify_until", "text", "email"]

    subject = forms.ChoiceField(choices=Subject.choices, initial=Subject.JOB, widget=forms.HiddenInput)
    text = forms.CharField(
        label="Votre message",
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Les fautes ne sont pas un problème. N’écrivez rien sur votre santé.",
        validators=ContactForm.base_fields["text"].validators,
    )
    phone = LineField(
        "Votre téléphone", 60, "tel", widget=forms.TelInput, help_text="Pas de téléphone ? Ouvrez « Écrire un message, donner un e-mail »."
    )
    name = LineField("Votre prénom", 100, "given-name")
    notify_until = forms.BooleanField(
        label=f"Prévenez-moi par SMS ou par téléphone s’il y a une offre, pendant {NOTICE_MONTHS} mois", required=False
    )

    def clean_notify_until(self) -> date | None:
        return timezone.localdate() + relativedelta(months=NOTICE_MONTHS) if self.cleaned_data["notify_until"] else None

    def clean(self) -> dict:
        cleaned = super().clean()
        if cleaned.get("notify_until") and not cleaned.get("phone") and "phone" not in self.errors:
            self.add_error("phone", "Écrivez votre numéro : la Régie prévient par SMS ou par téléphone.")
        return cleaned

    @property
    def asks_for_more(self) -> bool:
        """True if the folded fields have something to show."""
        return any(self[name].value() or self[name].errors for name in ("text", "email"))


def is_cross_site(request: HttpRequest) -> bool:
    """Returns True if another site made the browser post, by Sec-Fetch-Site (W3C) or else Origin; old phones send neither."""
    if site := request.headers.get("Sec-Fetch-Site"):
        return site not in {"same-origin", "none"}
    origin = request.headers.get("Origin")
    return bool(origin) and origin.rpartition("//")[2] != request.get_host()


def limit_rate(sender: Sender, now: datetime) -> None:
    """Raises RefusedError if too many messages came from the address or its network within WINDOW, with the minutes to wait."""
    limits = {"sender": (sender.address, MAX_IN_WINDOW), "network": (sender.network, MAX_IN_NETWORK)}
    for field, (value, most) in limits.items():
        recent = Message.objects.filter(**{field: value}, created_at__gt=now - WINDOW).order_by("-created_at")
        times = list(recent.values_list("created_at", flat=True)[:most])
        if len(times) == most:
            minutes = max(1, round((times[-1] + WINDOW - now).total_seconds() / 60))
            wait = f"{minutes} minute{pluralize(minutes)}"
            raise RefusedError(429, f"Trop de messages ont été envoyés depuis votre connexion. Réessayez dans {wait}.")


def check_and_store(form: ContactForm, request: HttpRequest) -> Message:
    """Checks where the post comes from, its fields and how many there were; stores the message once, and queues the mails that tell staff.

    Raises RefusedError with the reason.
    """
    if is_cross_site(request):
        raise RefusedError(403, "Votre envoi n’a pas pu être vérifié. Relisez votre message, puis envoyez à nouveau.")
    if not form.is_valid():
        raise RefusedError(422)
    sender, now = get_sender(request), timezone.now()
    fields = {name: value for name, value in form.cleaned_data.items() if name != "website"}
    content = "\0".join([sender.address, *(f"{name}={fields[name]}" for name in sorted(fields))])
    fingerprint = salted_hmac("pages.contact.fingerprint", content, algorithm="sha256").hexdigest()
    try:
        with transaction.atomic():
            list(Organisation.objects.select_for_update())  # one message at a time: each counts those before it
            if message := Message.objects.filter(fingerprint=fingerprint, created_at__gt=now - REPEAT).first():
                return message
            limit_rate(sender, now)
            Message.objects.filter(fingerprint=fingerprint, created_at__lte=now - REPEAT).update(fingerprint=None)
            hashes = {"sender": sender.address, "network": sender.network}
            message, is_new = Message.objects.get_or_create(fingerprint=fingerprint, defaults=fields | hashes)
            if is_new:
                message.announce_or_defer()
                MessageCount.add(message)
    except DatabaseError as error:  # such as a disk that is full
        logger.exception("A message could not be stored.")
        raise RefusedError(503, "Votre message n’est pas parti à cause d’une panne. Gardez-en une copie et réessayez plus tard.") from error
    return message
