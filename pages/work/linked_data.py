"""An offer in the vocabulary of schema.org, for search engines."""

from datetime import time

from django.utils import timezone

from ..organisation.linked_data import refer_to
from ..organisation.models import Organisation
from ..page.base import SitePage
from ..text.dates import belfort_datetime

# https://developers.google.com/search/docs/appearance/structured-data/job-posting
CONTRACTS = {"cddi": "TEMPORARY", "cdd": "TEMPORARY", "alternance": "INTERN", "autre": "OTHER"}
FULL_TIME = 35  # hours a week (Code du travail, L3121-27)


def describe_offer(page: SitePage, organisation: Organisation) -> dict:
    part = page.hours and ("FULL_TIME" if page.hours >= FULL_TIME else "PART_TIME")
    place = page.place or organisation.address_line
    return {
        "@type": "JobPosting",
        "title": page.title,
        "datePosted": page.first_published_at and timezone.localdate(page.first_published_at).isoformat(),
        "validThrough": belfort_datetime(page.closed_on, time(23, 59, 59)).isoformat(),
        "employmentType": [kind for kind in (part, CONTRACTS.get(page.contract)) if kind],
        "hiringOrganization": refer_to(organisation),
        "jobLocation": place and {"@type": "Place", "address": place},
        "totalJobOpenings": page.posts,
        "workHours": page.hours and f"{page.hours.normalize():f} h",
    }
