"""« Mot de passe oublié ? » and the first password of an account: Django's mail with a link to choose one."""

from datetime import timedelta
from email.utils import format_datetime

from django import forms
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.forms import PasswordResetForm, SetPasswordForm
from django.core.mail import EmailMessage
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils import timezone
from wagtail.admin.views import account

from pages.contact.senders import get_sender, hash_sender
from pages.models import Organisation

from .attempts import Attempt
from .login import get_browser, hash_name, tell

LINK_LIFE = timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
CHOICE_TIMEOUT = 900  # seconds after the opening of a link
MAX_REQUESTS = 3  # the number of requests for one account within the window of `Attempt`, whoever asks
MAX_MAILS = 6  # the number of mails for one account within a day, whatever was typed


class ForgottenForm(PasswordResetForm):
    """Sends a link to each account of the name or address that is typed."""

    email = forms.CharField(
        label="Votre nom d’utilisateur, ou votre adresse e-mail",
        max_length=254,
        widget=forms.TextInput(attrs={"autofocus": "", "autocomplete": "username", "autocapitalize": "none"}),
    )

    browser = ""  # the name of a browser that has logged in to the account before: nobody else uses up its links

    def get_users(self, email: str) -> QuerySet[AbstractBaseUser]:
        is_meant = Q(username__iexact=email) | Q(email__iexact=email)
        return get_user_model().objects.filter(is_meant, is_active=True).exclude(email="")

    def save(self, **options) -> None:
        context = {"organisation": Organisation.get(), "site_url": settings.SITE_URL, "days": LINK_LIFE.days}
        super().save(**options | {"domain_override": settings.SITE_HOST, "extra_email_context": context})

    def send_mail(self, subject_template: str, body_template: str, context: dict, sender: str | None, recipient: str, **kwargs) -> None:
        """Sends the mail with the time at which its link ends (`OutboxBackend`), unless the user got too many."""
        if not Attempt.begin(hash_sender(f"link {context['user'].pk} {self.browser}"), "", MAX_MAILS, timedelta(days=1)):
            return
        subject, body = (render_to_string(name, context) for name in (subject_template, body_template))
        headers = {"Expires": format_datetime(timezone.now() + LINK_LIFE)}
        EmailMessage(subject, body, sender, [recipient], headers=headers).send()


class ForgottenView(account.PasswordResetView):
    """Answers the same for every name, whether there is an account or not."""

    template_name = "staff/forgotten.html"
    email_template_name, subject_template_name = "staff/forgotten.txt", "staff/forgotten_subject.txt"

    def get_form_class(self) -> type[ForgottenForm]:
        return ForgottenForm

    def get_context_data(self, **kwargs) -> dict:
        return super().get_context_data(**kwargs) | {"can_mail": can_mail()}

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        return super().post(request, *args, **kwargs) if can_mail() else self.get(request)

    def form_valid(self, form: ForgottenForm) -> HttpResponse:
        typed, browser = form.cleaned_data["email"], get_browser(self.request)
        is_known = any(hash_name(user.get_username()) in browser["users"] for user in form.get_users(typed))
        form.browser = browser["name"] if is_known else ""
        network = "" if form.browser else hash_sender(f"forgotten {get_sender(self.request).network}")
        if Attempt.begin(hash_sender(f"forgotten {typed.casefold()} {form.browser}"), network, MAX_REQUESTS):
            return super().form_valid(form)
        return redirect(self.success_url)


def can_mail() -> bool:
    return bool(settings.EMAIL_HOST)


def welcome(user: AbstractBaseUser) -> None:
    """Sends the mail by which a new user, whose name is nobody else's name or address, chooses the first password."""
    form = ForgottenForm({"email": user.get_username()})
    form.full_clean()
    form.save(email_template_name="staff/welcome.txt", subject_template_name="staff/welcome_subject.txt")


class NewPasswordView(account.PasswordResetConfirmView):
    """Adds to Wagtail's view a mail to the user: somebody else who reads her mails could have asked for the link."""

    def dispatch(self, *args, **kwargs) -> HttpResponse:
        """Limits the session in which Django keeps the token from the first answer on, so that no address contains it."""
        response = super().dispatch(*args, **kwargs)
        if response.status_code == 302 and self.request.user.is_anonymous:
            self.request.session.set_expiry(CHOICE_TIMEOUT)
        return response

    def form_valid(self, form: SetPasswordForm) -> HttpResponse:
        response = super().form_valid(form)
        tell(self.user, "il a un nouveau mot de passe")
        return response
