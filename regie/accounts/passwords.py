import math
import string

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError

MIN_BITS = 79  # bits of entropy, those of 12 characters of all four kinds (CNIL, deliberation 2022-100: 80 bits without other measures)
MIN_DIFFERENT = 6  # characters
KINDS = (string.ascii_lowercase, string.ascii_uppercase, string.digits)
OTHERS = 37  # the number of signs that the CNIL counts


class StrengthValidator:
    """Refuses passwords that a program guesses: a long one may be of words alone, a shorter one needs other characters too."""

    rule = (
        "Plusieurs mots à la suite (18 lettres ou plus) suffisent, comme « trois-chats-sur-le-mur » (choisissez d’autres mots). "
        "Plus court : 12 caractères au moins, avec des minuscules, des majuscules, des chiffres et des signes."
    )

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        alphabet = sum(len(kind) for kind in KINDS if set(kind) & set(password)) + OTHERS * bool(set(password) - set("".join(KINDS)))
        if len(password) * math.log2(alphabet or 1) < MIN_BITS or len(set(password)) < MIN_DIFFERENT:
            raise ValidationError(f"Ce mot de passe est trop facile à deviner. {self.rule}", code="password_too_weak")

    def get_help_text(self) -> str:
        return self.rule
