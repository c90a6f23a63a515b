"""Phone numbers as people write them, read by Google's libphonenumber."""

import re
from contextlib import suppress
from urllib.parse import quote

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType

# Numbers of these territories have a country code of their own, and are dialled with ten digits in France as well (ARCEP, numbering plan).
TERRITORIES = ("FR", "GP", "GF", "MQ", "RE", "YT")


def parse_phone(value: str) -> PhoneNumber | None:
    """Parses `value` as a French number unless it begins with + (ITU E.164); None if it is not a valid number."""
    if not re.fullmatch(r"[\d\s.()+-]+", value):
        return None
    for territory in TERRITORIES:
        with suppress(phonenumbers.NumberParseException):
            number = phonenumbers.parse(value, territory)
            if phonenumbers.is_valid_number(number):
                return number
    return None


def find_phone(value: str) -> PhoneNumber | None:
    """Returns the first phone number in `value`, whatever else is written beside it; None if there is none."""
    text = value.replace("/", " ")
    return next((match.number for territory in TERRITORIES for match in phonenumbers.PhoneNumberMatcher(text, territory)), None)


def format_phone(number: PhoneNumber | None) -> str:
    """Formats a number as it is written in France, or with its country code; an empty string for None."""
    if not number:
        return ""
    return phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL if number.country_code == 33 else PhoneNumberFormat.INTERNATIONAL)


def phone_uri(number: PhoneNumber | None) -> str:
    """Returns the tel: URI of a number (RFC 3966); an empty string for None."""
    return phonenumbers.format_number(number, PhoneNumberFormat.RFC3966) if number else ""


def is_mobile(number: PhoneNumber | None) -> bool:
    return bool(number) and phonenumbers.number_type(number) == PhoneNumberType.MOBILE


def sms_uri(number: PhoneNumber | None, text: str = "") -> str:
    """Returns the sms: URI (RFC 5724) to a number, or to one that the visitor chooses.

    iOS takes the text after `&`, Android after `?`: both ignore the other sign.
    """
    recipient = phonenumbers.format_number(number, PhoneNumberFormat.E164) if number else ""
    return f"sms:{recipient}?&body={quote(text)}" if text else f"sms:{recipient}"


def dial_uri(value: str) -> str:
    """Returns the tel: URI of a number or of a short number of France, such as 39 49; an empty string for what is neither."""
    digits = re.sub(r"\s", "", value)
    if digits.isdecimal() and phonenumbers.is_valid_short_number_for_region(
        PhoneNumber(country_code=33, national_number=int(digits)), "FR"
    ):
        return f"tel:{digits}"
    return phone_uri(parse_phone(value))
