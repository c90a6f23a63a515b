"""Validators of facts with a shape: a year, a phone number, a SIREN."""

import re

from django.core.exceptions import ValidationError
from django.utils import timezone

from .phones import dial_uri, is_mobile, parse_phone

FIRST_YEAR = 1900


def validate_siren(value: str) -> None:
    """Refuses what is not nine digits with the right check digit (Luhn algorithm, as INSEE specifies)."""
    digits = re.sub(r"\s", "", value)
    weighted = [int(digit) * (2 if i % 2 else 1) for i, digit in enumerate(reversed(digits))] if re.fullmatch(r"[0-9]{9}", digits) else [1]
    if sum(number - 9 if number > 9 else number for number in weighted) % 10:
        raise ValidationError("Vérifiez ce numéro : le SIREN a 9 chiffres.")


def validate_phone(value: str) -> None:
    if not parse_phone(value):
        raise ValidationError("Vérifiez ce numéro : écrivez 10 chiffres, ou commencez par + et l’indicatif du pays.")


def validate_mobile(value: str) -> None:
    if not is_mobile(parse_phone(value)):
        raise ValidationError("Écrivez un numéro de téléphone mobile : il commence par 06 ou 07.")


def validate_dialled(value: str) -> None:
    if not dial_uri(value):
        raise ValidationError("Vérifiez ce numéro : écrivez 10 chiffres, ou un numéro court comme 39 49.")


def validate_year(value: int) -> None:
    """Refuses a year before 1900 or after the current one in Belfort."""
    this_year = timezone.localdate().year
    if not FIRST_YEAR <= value <= this_year:
        raise ValidationError(f"Écrivez une année entre {FIRST_YEAR} et {this_year}.")
