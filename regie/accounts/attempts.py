"""Failed logins, by which guessing is limited, and the sessions of an account."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.sessions.models import Session
from django.db import models
from django.utils import timezone

WINDOW = timedelta(minutes=15)
MAX_ATTEMPTS, MAX_IN_NETWORK = 10, 60  # attempts within WINDOW: at one account from one place; from one network, whatever the account


class Attempt(models.Model):
    """A wrong password or code, or a request for a link to choose a password. Both fields are keyed hashes (`hash_sender`); `run_due` erases them after a day."""

    key = models.CharField(max_length=64, db_index=True)  # the hash of account and place
    network = models.CharField(max_length=64, db_index=True)
    number = 1  # the number of this attempt within WINDOW
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    @classmethod
    def begin(cls, key: str, network: str, most: int = MAX_ATTEMPTS, window: timedelta = WINDOW) -> Attempt | None:
        """Counts an attempt as failed until `succeed`, so that many at the same time count too. Returns None if it is one too many.

        A refused attempt is not counted, so that it does not prolong the lock. Without a network, only the account is limited. A window is a day at most.
        """
        attempt = cls.objects.create(key=key, network=network)
        recent = cls.objects.filter(created_at__gt=timezone.now() - window)
        attempt.number = recent.filter(key=key).count()
        if attempt.number > most or (network and recent.filter(network=network).count() > MAX_IN_NETWORK):
            attempt.delete()
            return None
        return attempt

    def succeed(self) -> None:
        Attempt.objects.filter(key=self.key).delete()


def end_sessions(users: Iterable[AbstractBaseUser], but: str | None = None) -> None:
    """Ends all sessions of the users in all browsers, but for the one with the key `but`."""
    ended = {str(user.pk) for user in users}
    keys = [each.pk for each in Session.objects.exclude(pk=but) if each.get_decoded().get(SESSION_KEY) in ended] if ended else []
    Session.objects.filter(pk__in=keys).delete()
