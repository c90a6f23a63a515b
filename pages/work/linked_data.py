"""An offer in the vocabulary of schema.org, for search engines."""

import re
from datetime import time

from django.utils import timezone

from ..organisation.linked_data import refer_to, without_unknown
from ..organisation.models import Organisation
from ..page.base import SitePage
from ..text.dates import belfort_datetime

# https://developers.google.com/search/docs/appearance/structured-data/job-posting
CONTRACTS = {"cddi": "TEMPORARY", "cdd": "TEMPORARY", "alternance": "INTERN", "autre": "OTHER"}
FULL_TIME = 35  # hours a week (Code du travail, L3121-27)


def describe_offer(page: SitePage, organisation: Organisation) -> dict:
    part = page.hours and ("FULL_TIME" if page.hours >= FULL_TIME else "PART_TIME")
    numbers = {"minValue": page.wage_from, "maxValue": page.wage_to} if page.wage_to else {"value": page.wage_from}
    amounts = page.wage_from and {"unitText": page.wage_unit} | {name: float(amount) for name, amount in numbers.items()}
    place = describe_address(page.place or organisation.address_line)
    return {
        "@type": "JobPosting",
        "title": page.title,
        "datePosted": page.first_published_at and timezone.localdate(page.first_published_at).isoformat(),
        "validThrough": belfort_datetime(page.closed_on, time(23, 59, 59)).isoformat(),
        "employmentType": [kind for kind in (part, CONTRACTS.get(page.contract)) if kind],
        "hiringOrganization": refer_to(organisation),
        "jobLocation": place and {"@type": "Place", "address": place},
        "baseSalary": amounts and {"@type": "MonetaryAmount", "currency": "EUR", "value": {"@type": "QuantitativeValue", **amounts}},
        "directApply": not page.sent_by,
        "totalJobOpenings": page.posts,
        "workHours": page.hours and f"{page.hours.normalize():f} h",
    }


def describe_address(text: str) -> dict:
    """Returns a PostalAddress with the town of an address that has a postal code; of others, the text is the town or a place in it."""
    street, code, town = re.fullmatch(r"(.*?)[\s,]*(?:(\d{5})\s+(.+))?", text).groups()
    known = {"streetAddress": code and street, "postalCode": code, "addressLocality": town or street}
    return without_unknown({"@type": "PostalAddress", **known, "addressCountry": "FR"}) if text else {}
