"""How staff log in: limits to guessing, and a mail when a browser logs in that the site does not know."""

import logging
import secrets
import threading
import time
from typing import Any

from django.conf import settings
from django.contrib import auth
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.forms import UsernameField
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.timezone import now
from django_otp.plugins.otp_totp.models import TOTPDevice
from wagtail.admin import messages
from wagtail.admin.forms.auth import LoginForm as WagtailLoginForm
from wagtail.admin.views import account

from pages.contact.senders import get_sender, hash_sender
from pages.page.addresses import get_view_url
from pages.text.dates import format_moment

from .attempts import Attempt

BROWSER_COOKIE = "appareil"
YEAR = 365 * 24 * 3600  # seconds
PENDING, PENDING_TIMEOUT = "pending_login", 600  # A right password waits for its code in the session, for so many seconds.
TOO_MANY = "Trop d’essais. Attendez un quart d’heure, puis réessayez. Si vous ne savez plus votre mot de passe : « Mot de passe oublié ? »."
logger = logging.getLogger(__name__)
# A password takes a core for a quarter of a second: one at a time, and few wait, as each who waits has a thread of the worker.
hashing, places = threading.Lock(), threading.BoundedSemaphore(4)


def get_browser(request: HttpRequest) -> dict[str, Any]:
    """Returns what the cookie of a browser says: its name, and the keys of the users who have logged in with it."""
    try:
        return signing.loads(request.COOKIES.get(BROWSER_COOKIE, ""), salt=BROWSER_COOKIE, max_age=YEAR)
    except signing.BadSignature:
        return {"name": secrets.token_hex(16), "users": []}


def hash_name(name: str) -> str:
    return hash_sender(f"user {name.casefold()}")


def begin_attempt(request: HttpRequest, what: str, name: str, place: str = "") -> Attempt:
    """Counts an attempt at `what` of the account `name`. Raises ValidationError if it is one too many.

    In a browser that has logged in to this account before, it is counted apart: nobody else can lock its user out
    (OWASP, "Slow down online guessing attacks with device cookies").
    """
    user, browser = hash_name(name), get_browser(request)
    is_known = user in browser["users"]
    key = hash_sender(f"{what} {user} {browser['name'] if is_known else place}")
    attempt = Attempt.begin(key, "" if is_known else get_sender(request).network)
    if not attempt:
        logger.warning("Login refused, too many failures: %s %s", what, key[:12])
        raise ValidationError(TOO_MANY, code="too_many")
    return attempt


class LoginForm(WagtailLoginForm):
    username = UsernameField()  # Django's field, which phones do not capitalise

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].label = "Mot de passe"

    def clean_username(self) -> str:
        """Returns the name as it is stored: phones write « Nadia » for « nadia »."""
        name = self.cleaned_data["username"]
        stored = list(auth.get_user_model().objects.filter(username__iexact=name).values_list("username", flat=True))
        return stored[0] if len(stored) == 1 else name

    def clean(self) -> dict:
        name = self.cleaned_data.get("username")
        if not name or not self.cleaned_data.get("password"):
            return super().clean()
        if not places.acquire(blocking=False):
            logger.warning("Login refused, too many at the same time.")
            raise ValidationError("Beaucoup de personnes entrent en même temps. Réessayez dans un instant.", code="too_many")
        try:
            attempt = begin_attempt(self.request, "password", name, get_sender(self.request).address)
            with hashing:
                cleaned = super().clean()
        except ValidationError as error:
            if error.code != "too_many":
                logger.warning("Login failed: password %s", attempt.key[:12])
            raise
        finally:
            places.release()
        attempt.succeed()
        return cleaned


class LimitedFormMixin:
    """Answers 429 where `begin_attempt` has refused what a form contains."""

    def form_invalid(self, form: Form) -> HttpResponse:
        response = super().form_invalid(form)
        if any(form.has_error(field, "too_many") for field in form.errors):
            response.status_code = 429
        return response


class LoginView(LimitedFormMixin, account.LoginView):
    def get_form_class(self) -> type[Form]:
        return LoginForm

    def form_valid(self, form: Form) -> HttpResponse:
        user, remember, target = form.get_user(), bool(form.cleaned_data.get("remember")), self.get_success_url()
        has_device = has_second_factor(user)
        if not has_device and not must_have_second_factor(user):
            return log_in(self.request, user, target, remember)
        self.request.session.flush()
        pending = {"user": user.pk, "password": user.get_session_auth_hash(), "began_at": time.time(), "target": target}
        self.request.session[PENDING] = pending | {"remember": remember}
        if not has_device:
            tell(user, "quelqu’un qui connaît votre mot de passe est près d’entrer")
        return redirect("login_code" if has_device else "second_factor")


def has_second_factor(user: AbstractBaseUser) -> bool:
    return TOTPDevice.objects.devices_for_user(user, confirmed=True).exists()


def must_have_second_factor(user: AbstractBaseUser) -> bool:
    return settings.REQUIRE_SECOND_FACTOR and user.is_superuser


def get_pending_user(request: HttpRequest) -> AbstractBaseUser | None:
    """Returns the user whose password was right, and is still the same, and whose code is missing."""
    pending = request.session.get(PENDING, {"began_at": 0})
    if time.time() - pending["began_at"] > PENDING_TIMEOUT:
        return None
    user = auth.get_user_model().objects.filter(pk=pending["user"], is_active=True).first()
    return user if user and constant_time_compare(pending["password"], user.get_session_auth_hash()) else None


def log_in_pending(request: HttpRequest, user: AbstractBaseUser) -> HttpResponse:
    pending = request.session.pop(PENDING)
    return log_in(request, user, pending["target"], pending["remember"])


def log_in(request: HttpRequest, user: AbstractBaseUser, target: str, remember: bool) -> HttpResponse:
    """Begins the session, and notes the browser. Tells the user by mail if it is a new one."""
    request.session.flush()  # of who was here before: a password that waits for its code, the key of a second factor
    auth.login(request, user)
    request.session.set_expiry(settings.SESSION_COOKIE_AGE if remember else 0)  # 0: until the browser is closed
    response, browser, name = redirect(target), get_browser(request), hash_name(user.get_username())
    if name not in browser["users"]:
        tell(user, "il a servi dans un nouveau navigateur")
    value = signing.dumps(browser | {"users": sorted({*browser["users"], name})}, salt=BROWSER_COOKIE)
    options = {"path": reverse("wagtailadmin_home"), "secure": settings.SESSION_COOKIE_SECURE, "httponly": True, "samesite": "Lax"}
    response.set_cookie(BROWSER_COOKIE, value, YEAR, **options)
    return response


def tell(user: AbstractBaseUser, what: str) -> None:
    """Queues a mail to the user about something that may have been done by somebody else."""
    if not user.email:
        return
    link = get_view_url("wagtailadmin_account")
    body = f"Votre compte « {user.get_username()} », {format_moment(now())} : {what}.\n\nC’est vous ? Vous n’avez rien à faire.\n"
    body += f"Ce n’est pas vous ? Changez votre mot de passe tout de suite, et prévenez un administrateur : {link}\n"
    send_mail(f"Votre compte : {what}", body, None, [user.email])


class AccountView(account.AccountView):
    """Wagtail's view without a portrait: nobody else reads the file, and three people know each other."""

    def get_panels(self) -> list[account.BaseSettingsPanel]:
        return [panel for panel in super().get_panels() if not isinstance(panel, account.AvatarSettingsPanel)]

    def post(self, request: HttpRequest) -> HttpResponse:
        """Counts a wrong old password like one at the login, so that somebody who finds an open session cannot guess the password."""
        if not request.POST.get("password-old_password"):
            return super().post(request)
        try:
            attempt = begin_attempt(request, "password", request.user.get_username(), get_sender(request).address)
        except ValidationError:
            messages.error(request, TOO_MANY)
            return redirect("wagtailadmin_account")
        response = super().post(request)
        if response.status_code == 302:
            attempt.succeed()
        return response
