"""The mails with a link to choose a password, which are written at the moment when they are sent."""

from datetime import timedelta
from typing import NamedTuple

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from ..models import LoginFailure, Organisation
from ..models.messages import OutgoingMail
from ..models.senders import hash_sender

DAYS = settings.PASSWORD_RESET_TIMEOUT // (24 * 3600)
MOST_LINKS = 6  # for one account in a day, whoever asks for them
FORGOTTEN = """Bonjour,

Quelqu’un a demandé un nouveau mot de passe pour le compte « {account} », sur {site}.

C’est vous ? Ouvrez ce lien et choisissez un mot de passe. Il sert une seule fois, pendant {days} jours :
{link}

Ce n’est pas vous ? Ne faites rien : votre mot de passe reste le même.
"""
WELCOME = """Bonjour {first_name},

Un compte est prêt pour vous, pour écrire sur {site}. Votre nom d’utilisateur : {account}

Ouvrez ce lien et choisissez votre mot de passe. Il sert une seule fois, pendant {days} jours :
{link}

Ensuite, vous entrez toujours ici : {admin}
Le lien ne marche plus ? Sur cette même page, « Mot de passe oublié ? » vous en envoie un autre.
"""


class Letter(NamedTuple):
    subject: str
    body: str
    recipient: str


@transaction.atomic
def address_links() -> None:
    """Replaces each request for a link by one for each user who is meant, which may be nobody; a user gets MOST_LINKS a day."""
    for mail in OutgoingMail.objects.select_for_update().exclude(kind=OutgoingMail.Kind.TEXT).filter(user=None):
        for user in find_users(mail.account):
            if LoginFailure.begin(hash_sender(f"link {user.pk}"), "", MOST_LINKS, timedelta(days=1)):
                OutgoingMail.queue_link(mail.kind, user=user)
        mail.delete()


def find_users(account: str) -> QuerySet[AbstractBaseUser]:
    is_meant = Q(username__iexact=account) | Q(email__iexact=account)
    return get_user_model().objects.filter(is_meant, is_active=True).exclude(email="")


def write_letter(mail: OutgoingMail) -> Letter:
    if mail.kind == OutgoingMail.Kind.TEXT:
        return Letter(mail.subject, mail.body, mail.recipient)
    return write_link(mail.kind, mail.user)


def write_link(kind: str, user: AbstractBaseUser) -> Letter:
    key = urlsafe_base64_encode(force_bytes(user.pk))
    address = reverse("wagtailadmin_password_reset_confirm", args=[key, default_token_generator.make_token(user)])
    subject, text = {
        OutgoingMail.Kind.PASSWORD: ("Choisir un nouveau mot de passe", FORGOTTEN),
        OutgoingMail.Kind.WELCOME: ("Votre compte est prêt", WELCOME),
    }[OutgoingMail.Kind(kind)]
    body = text.format(
        account=user.get_username(),
        first_name=user.first_name,
        site=f"le site {Organisation.get().name} ({settings.SITE_HOST})",
        days=DAYS,
        link=f"{settings.SITE_URL}{address}",
        admin=f"{settings.SITE_URL}{reverse('wagtailadmin_home')}",
    )
    return Letter(subject, body, user.email)
