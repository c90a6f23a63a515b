"""The second factor of an account: codes of an app on the phone (TOTP, RFC 6238), and codes for the day when it is lost."""

import logging
from base64 import b32encode
from time import time

import segno
from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.generic import FormView
from django_otp import match_token
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp.util import random_hex
from wagtail.admin import messages
from wagtail.admin.views import account

from pages.contact.senders import hash_sender

from .attempts import end_sessions
from .login import (
    LimitedFormMixin,
    LoginForm,
    begin_attempt,
    get_pending_user,
    has_second_factor,
    log_in_pending,
    must_have_second_factor,
    tell,
)

RECOVERY_CODES = 10
NEW_KEY = "new_factor"  # the key in the session of a device that is not confirmed yet
TELLING = 5  # The user gets a mail at the fifth wrong code within a quarter of an hour.
logger = logging.getLogger(__name__)


class CodeForm(forms.Form):
    """A code of one account, checked with the limits of `begin_attempt`: with a `key`, one of a device that is to be added."""

    code = forms.CharField(
        label="Code",
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false"}),
    )

    def __init__(self, *args, request: HttpRequest, user: AbstractBaseUser, key: str = "", **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.request, self.user, self.key = request, user, key
        if key:
            del self.fields["code"].widget.attrs["autofocus"]  # steps to read stand above it

    def clean_code(self) -> str:
        code = "".join(self.cleaned_data["code"].split()).lower()
        attempt = begin_attempt(self.request, "code", self.user.get_username())
        if attempt.number == TELLING:
            tell(self.user, "quelqu’un qui connaît votre mot de passe essaie des codes")
        if not (is_code_of(self.key, code) if self.key else match_token(self.user, code if len(code) == 6 else hash_code(code))):
            logger.warning("Login failed: code %s", attempt.key[:12])
            or_other = "" if self.key else ", ou un code de secours qui n’a pas encore servi"
            raise ValidationError(f"Ce code n’est pas le bon. Écrivez les 6 chiffres que le téléphone affiche maintenant{or_other}.")
        attempt.succeed()
        return code


@method_decorator(never_cache, name="dispatch")
class CodeFormView(FormView):
    """Shows the form to `user`; with a `key`, for a code of the device that has it."""

    form_class = CodeForm
    key = ""

    def get_form_kwargs(self) -> dict:
        return {**super().get_form_kwargs(), "request": self.request, "user": self.user, "key": self.key}


class CodeView(LimitedFormMixin, CodeFormView):
    """Asks for a code after the password."""

    template_name = "staff/login_code.html"

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        self.user = get_pending_user(request)
        return super().dispatch(request, *args, **kwargs) if self.user else redirect("wagtailadmin_login")

    def form_valid(self, form: CodeForm) -> HttpResponse:
        return log_in_pending(self.request, self.user)


class SecondFactorView(LimitedFormMixin, CodeFormView):
    """Adds the second factor to one's own account, makes new recovery codes, or removes it: each with a code.

    The key of a new one is another each time the form opens, and shown once. It stays in the session until a code confirms it.
    """

    template_name = "staff/second_factor.html"

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        self.pending_user = get_pending_user(request)
        if self.pending_user and not must_have_second_factor(self.pending_user):
            raise PermissionDenied
        self.user = self.pending_user or request.user
        if not self.user.has_perm("wagtailadmin.access_admin"):
            return redirect("wagtailadmin_login")
        self.confirmed = has_second_factor(self.user)
        if self.pending_user and self.confirmed:
            return redirect("login_code")
        if request.method != "POST":
            request.session[NEW_KEY] = random_hex() if self.pending_user else ""
        self.key = "" if self.confirmed else request.session.get(NEW_KEY, "")
        return super().dispatch(request, *args, **kwargs)

    def get_form(self, form_class: type[forms.Form] | None = None) -> forms.Form:
        """Asks first for the password again: an open session suffices neither to add a second factor nor to read its key."""
        if self.confirmed or self.key:
            return super().get_form(form_class)
        posted = {"username": self.user.get_username(), "password": self.request.POST.get("password", "")}
        form = LoginForm(request=self.request, data=posted if self.request.method == "POST" else None)
        form.error_messages = {**form.error_messages, "invalid_login": "Votre mot de passe n’est pas le bon."}
        return form

    def get_context_data(self, **kwargs) -> dict:
        context = super().get_context_data(**kwargs) | {"is_confirmed": self.confirmed, "is_pending": self.pending_user}
        context["must_stay"] = must_have_second_factor(self.user)
        if self.key:
            device = TOTPDevice(user=self.user, key=self.key)
            context["key"] = b32encode(device.bin_key).decode()
            context["qr_code"] = segno.make(device.config_url).svg_inline(scale=5, light="#fff")
        return context

    def form_valid(self, form: forms.Form) -> HttpResponse:
        if not (self.confirmed or self.key):
            self.key = self.request.session[NEW_KEY] = random_hex()
            return self.render_to_response(self.get_context_data(form=CodeForm(request=self.request, user=self.user, key=self.key)))
        if "remove" in self.request.POST and not must_have_second_factor(self.user):
            remove_second_factor(self.user)
            tell(self.user, "le code du téléphone est enlevé")
            messages.success(self.request, "C’est fait : le site ne demande plus de code pour votre compte.")
            return redirect("wagtailadmin_account")
        with transaction.atomic():
            get_user_model().objects.select_for_update().get(pk=self.user.pk)
            if self.key and has_second_factor(self.user):  # added at the same time
                return redirect("second_factor")
            if self.key:
                # With the time of the last code that is good now: each is good once.
                TOTPDevice.objects.create(user=self.user, key=self.request.session.pop(NEW_KEY), name="téléphone", last_t=time() // 30 + 1)
                end_sessions([self.user], self.request.session.session_key)
            codes = make_recovery_codes(self.user)
        tell(self.user, "de nouveaux codes de secours sont faits" if self.confirmed else "le code du téléphone est ajouté")
        response = TemplateResponse(self.request, "staff/recovery_codes.html", {"codes": codes, "are_renewed": self.confirmed})
        if self.pending_user:
            response.cookies.update(log_in_pending(self.request, self.user).cookies)
        return response


class SecondFactorPanel(account.BaseSettingsPanel):
    """Leads to the second factor from « Mon compte », below the password. There is nothing to fill in."""

    name, title, order = "second_factor", "Code du téléphone", 510
    template_name = "staff/second_factor_panel.html"

    def get_form(self) -> forms.Form:
        return forms.Form()

    def get_context_data(self) -> dict:
        return {"is_confirmed": has_second_factor(self.user)}


def is_code_of(key: str, code: str) -> bool:
    return code.isdecimal() and TOTP(bytes.fromhex(key)).verify(int(code), tolerance=1)


def hash_code(code: str) -> str:
    """Returns what is stored of a recovery code: a keyed hash, as long as the column is."""
    return hash_sender(f"recovery code {code}")[:16]


def make_recovery_codes(user: AbstractBaseUser) -> list[str]:
    """Returns new codes, each for one login, in place of the old ones."""
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name="codes de secours")
    codes = [StaticToken.random_token() for _ in range(RECOVERY_CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=hash_code(code)) for code in codes)
    return codes


def remove_second_factor(user: AbstractBaseUser) -> bool:
    """Returns whether there was one."""
    StaticDevice.objects.filter(user=user).delete()
    return bool(TOTPDevice.objects.filter(user=user).delete()[0])
