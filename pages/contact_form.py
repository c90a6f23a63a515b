"""The site's one form: what it asks, what it refuses, and how it keeps a message.

No script, no cookie, no token: its page is the same bytes for everyone.
"""

import logging
import re
from datetime import timedelta
from ipaddress import ip_address, ip_network

from django import forms
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.core.validators import MaxLengthValidator, MinLengthValidator, RegexValidator
from django.db import DatabaseError, transaction
from django.http import UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.template.defaultfilters import pluralize
from django.utils import timezone
from django.utils.crypto import salted_hmac

from . import outbox
from .models.messages import Message
from .models.site import find_phone
from .subjects import Subject

SHORTEST, LONGEST = 5, 4000  # characters of a message
MOST_LINKS = 3
REPEAT = timedelta(minutes=10)  # within which the same words from the same address are one message
WINDOW, MOST_IN_WINDOW = timedelta(hours=1), 10  # messages from one address: a family or a library shares one
ONE_LINE = RegexValidator(r"[\r\n]", "Écrivez sur une seule ligne.", inverse_match=True)
# Control characters but for tabs and ends of lines, and what Unicode gives no meaning: no database or spreadsheet keeps them all.
INVISIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
logger = logging.getLogger(__name__)


class RefusedError(Exception):
    """The form is shown again with what was typed, `words` above it, and the HTTP `status`."""

    def __init__(self, status, words=""):
        self.status, self.words = status, words


class LineField(forms.CharField):
    """One line of text. Its length is checked here: a browser's `maxlength` cuts what is pasted without a word."""

    def __init__(self, label, longest, autocomplete=None, **kwargs):
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
        help_text=f"Décrivez votre question en quelques phrases. Vous pouvez écrire {LONGEST // 1000} 000 caractères au plus. "
        "Ne donnez pas d’information intime, par exemple sur votre santé.",
        validators=[MinLengthValidator(SHORTEST, f"Votre message est trop court : écrivez au moins {SHORTEST} caractères.")],
        error_messages={"required": "Écrivez votre message."},
    )
    organisation = LineField("Votre organisme", 120, "organization")
    place = LineField("Lieu du travail", 200)
    date_wished = LineField("Date souhaitée", 80)
    phone = LineField(
        "Votre téléphone", 60, "tel", widget=forms.TelInput, help_text="Remplissez cette case si vous préférez que la Régie vous appelle."
    )
    email = forms.EmailField(
        label="Votre adresse e-mail",
        required=False,
        help_text="Elle ressemble à nom@exemple.fr.",
        max_length=254,
        error_messages=dict.fromkeys(("invalid", "max_length"), "Vérifiez votre adresse e-mail. Elle doit ressembler à nom@exemple.fr."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    name = LineField("Votre nom", 100, "name", help_text="Comment voulez-vous que l’on vous appelle ?")
    website = forms.CharField(label="Laissez cette case vide", required=False)  # hidden: who fills it in is a machine

    @classmethod
    def chosen(cls, subject, offer=None):
        """What stands in the form at first: the subject that the address names, and the offer that is answered."""
        initial = {"subject": subject} if subject in Subject.values else {}
        if offer:
            initial |= {"subject": Subject.JOB, "text": f"Bonjour, je réponds à l’offre «\u00a0{offer.title}\u00a0»."}
        return initial

    @classmethod
    def posted(cls, request):
        """The form as `request` posts it, without invisible characters. Raises RefusedError if that cannot be read."""
        if int(request.META.get("CONTENT_LENGTH") or 0) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:  # Django would take files of any size
            raise RefusedError(413, "Votre envoi est trop lourd. Revenez en arrière : votre texte y est encore. Raccourcissez-le.")
        try:
            return cls({name: INVISIBLE.sub("", value) for name, value in request.POST.items()})
        except (SuspiciousOperation, MultiPartParserError, UnreadablePostError) as error:
            raise RefusedError(400, "Votre envoi n’est pas arrivé en entier. Revenez en arrière et envoyez à nouveau.") from error

    def faults(self):
        """What is wrong with the fields, as pairs (anchor of the field, words), in the order of the page."""
        return [(f"id_{name}{'_0' * (name == 'subject')}", self.errors[name][0]) for name in self.fields if name in self.errors]

    def clean_phone(self):
        phone = self.cleaned_data["phone"]
        if phone and not find_phone(phone):
            raise forms.ValidationError(
                "Vérifiez votre numéro de téléphone : écrivez 10 chiffres, ou commencez par + et l’indicatif du pays."
            )
        return phone

    def clean_text(self):
        text = self.cleaned_data["text"].replace("\r\n", "\n")
        if len(text) > LONGEST:
            over = len(text) - LONGEST
            raise forms.ValidationError(f"Votre message est trop long : enlevez {over} caractère{pluralize(over)}.")
        if text.count("://") > MOST_LINKS:
            raise forms.ValidationError("Votre message contient trop de liens. Enlevez-en, puis envoyez à nouveau.")
        return text

    def clean_website(self):
        if self.cleaned_data["website"]:
            raise forms.ValidationError("Videz cette case, puis envoyez à nouveau.")
        return ""

    def clean(self):
        cleaned = super().clean()
        if not {"phone", "email"} & set(self.errors) and not cleaned.get("phone") and not cleaned.get("email"):
            self.add_error("phone", "Écrivez un numéro de téléphone ou une adresse e-mail.")
        return cleaned


def is_cross_site(request):
    """Whether another site made the browser post: Sec-Fetch-Site (W3C) says it, else Origin; old phones send neither."""
    if site := request.headers.get("Sec-Fetch-Site"):
        return site not in {"same-origin", "none"}
    origin = request.headers.get("Origin")
    return bool(origin) and origin.rpartition("//")[2] != request.get_host()


def sender(request):
    """A keyed hash of the visitor's address; of its network of 64 bits for IPv6, in which one device has many."""
    text = (settings.BEHIND_PROXY and request.headers.get("X-Real-IP")) or request.META.get("REMOTE_ADDR", "")
    try:
        address = ip_address(text)
        if address.version == 6:
            address = address.ipv4_mapped or ip_network(f"{address}/64", strict=False)
    except ValueError:
        address = ""  # none, behind a socket: all that come this way are counted together
    return salted_hmac("pages.contact.sender", str(address), algorithm="sha256").hexdigest()


def keep(form, request):
    """Stores the message of the posted `form`, once, and has staff told. Returns it; raises RefusedError with the reason."""
    if is_cross_site(request):
        raise RefusedError(403, "Votre envoi n’a pas pu être vérifié. Relisez votre message, puis envoyez à nouveau.")
    if not form.is_valid():
        raise RefusedError(422)
    who, now = sender(request), timezone.now()
    fields = {name: value for name, value in form.cleaned_data.items() if name != "website"}
    what = "\0".join([who, *(f"{name}={fields[name]}" for name in sorted(fields))])
    fingerprint = salted_hmac("pages.contact.fingerprint", what, algorithm="sha256").hexdigest()
    try:
        if message := Message.objects.filter(fingerprint=fingerprint, created_at__gt=now - REPEAT).first():
            return message
        recent = (
            Message.objects.filter(sender=who, created_at__gt=now - WINDOW).order_by("-created_at").values_list("created_at", flat=True)
        )
        if len(times := list(recent[:MOST_IN_WINDOW])) == MOST_IN_WINDOW:
            minutes = max(1, round((times[-1] + WINDOW - now).total_seconds() / 60))
            wait = f"{minutes} minute{pluralize(minutes)}"
            raise RefusedError(429, f"Trop de messages ont été envoyés depuis votre connexion. Réessayez dans {wait}.")
        with transaction.atomic():
            Message.objects.filter(fingerprint=fingerprint, created_at__lte=now - REPEAT).update(fingerprint=None)
            message, is_new = Message.objects.get_or_create(fingerprint=fingerprint, defaults={**fields, "sender": who})
            if is_new:
                outbox.announce(message)
    except DatabaseError as error:  # such as a disk that is full
        logger.exception("A message could not be stored.")
        raise RefusedError(503, "Votre message n’est pas parti à cause d’une panne. Gardez-en une copie et réessayez plus tard.") from error
    return message
