"""« Mot de passe oublié ? »: a mail with a link to choose a new one."""

from django import forms
from django.conf import settings
from django.contrib.auth.forms import SetPasswordForm
from django.http import HttpRequest, HttpResponse
from django.urls import reverse_lazy
from django.views.generic import FormView
from wagtail.admin.views import account

from ..models import LoginFailure, OutgoingMail
from ..models.senders import get_sender, hash_sender
from .login import tell

LONGEST_CHOICE = 900  # seconds, from the opening of a link on
MOST_REQUESTS = 3  # for one account, within the window of `LoginFailure`, whoever asks


class ForgottenForm(forms.Form):
    account = forms.CharField(
        label="Votre nom d’utilisateur, ou votre adresse e-mail",
        max_length=254,
        widget=forms.TextInput(attrs={"autofocus": "", "autocomplete": "username", "autocapitalize": "none"}),
    )


class ForgottenView(FormView):
    """Stores a request for a link, and answers the same for every name, whether there is an account or not, in the same time.

    Only the worker looks for the account (`pages/outbox/letters.py`).
    """

    form_class = ForgottenForm
    template_name = "staff/forgotten.html"
    success_url = reverse_lazy("wagtailadmin_password_reset_done")

    def get_context_data(self, **kwargs) -> dict:
        return super().get_context_data(**kwargs) | {"can_mail": can_mail()}

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        return super().post(request, *args, **kwargs) if can_mail() else self.get(request)

    def form_valid(self, form: ForgottenForm) -> HttpResponse:
        name = form.cleaned_data["account"]
        network = hash_sender(f"forgotten {get_sender(self.request).network}")
        if LoginFailure.begin(hash_sender(f"forgotten {name.casefold()}"), network, MOST_REQUESTS):
            OutgoingMail.queue_link(OutgoingMail.Kind.PASSWORD, name)
        return super().form_valid(form)


def can_mail() -> bool:
    return bool(settings.EMAIL_HOST)


class NewPasswordView(account.PasswordResetConfirmView):
    """Wagtail's view, which tells the user by mail: whoever reads her mails could have asked for the link."""

    def dispatch(self, *args, **kwargs) -> HttpResponse:
        """Django keeps the token in the session from the first answer on, so that it stands in no address: for a short time."""
        response = super().dispatch(*args, **kwargs)
        if response.status_code == 302 and self.request.user.is_anonymous:
            self.request.session.set_expiry(LONGEST_CHOICE)
        return response

    def form_valid(self, form: SetPasswordForm) -> HttpResponse:
        response = super().form_valid(form)
        tell(self.user, "il a un nouveau mot de passe")
        return response
