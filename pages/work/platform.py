"""The posts of the association on « Les emplois de l’inclusion », a site of the State, from its public list."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from datetime import date

import requests
from django.conf import settings
from django.utils import timezone

from ..organisation.models import Organisation
from ..text.phones import find_phone, phone_uri
from .models import PLATFORM
from .page import JobsPage, PlatformPost

PAUSE = 10  # seconds between two requests: who has no key may make twelve a minute
MAX_PAGES, MAX_BYTES = 20, 2_000_000
NETWORK_TIMEOUT = 10  # seconds


def read_platform() -> int | None:
    """Reads the posts once a day, and stores them page by page. Returns the primary key of the page that shows them if it did.

    Raises RequestException, ValueError, KeyError, TypeError or AttributeError where the platform does not answer as it used to.
    """
    organisation, today = Organisation.get(), timezone.localdate()
    siren, department = re.sub(r"\s", "", organisation.siren), re.search(r"\b(\d\d)\d{3}\b", organisation.address)
    jobs = JobsPage.objects.public().filter(shows_platform=True).exclude(platform_read_on=today).first()
    if not (jobs and siren and department):
        return None
    JobsPage.objects.filter(pk=jobs.pk).update(platform_read_on=today)
    differing = set()
    for results in fetch(f"{PLATFORM}/api/v1/siaes/?departement={department[1]}"):
        ours = [structure for structure in results if structure["siret"].startswith(siren)]
        differing |= get_differing_contacts(ours, organisation)
        PlatformPost.objects.bulk_create(
            get_posts(ours, today),
            update_conflicts=True,
            unique_fields=["number"],
            update_fields=["title", "contract", "posts", "place", "read_on"],
        )
    PlatformPost.objects.exclude(read_on=today).delete()
    contact = ", ".join(sorted(differing))[:200]
    JobsPage.objects.filter(pk=jobs.pk).exclude(platform_contact=contact).update(platform_contact=contact, platform_contact_since=today)
    return jobs.pk


def fetch(address: str) -> Iterator[list]:
    """Yields the list of structures of each page of the answer."""
    for number in range(MAX_PAGES):
        time.sleep(PAUSE if number else 0)
        agent = {"User-Agent": f"{settings.SITE_URL}/"}
        with requests.get(address, headers=agent, timeout=NETWORK_TIMEOUT, allow_redirects=False, stream=True) as answer:
            body = answer.raw.read(MAX_BYTES + 1, decode_content=True)
        if answer.status_code != 200 or len(body) > MAX_BYTES:
            raise ValueError(f"{address} answered {answer.status_code} with {len(body)} bytes or more.")
        found = json.loads(body)
        yield found["results"]
        address = found["next"] or ""
        if not address.startswith(f"{PLATFORM}/"):  # the end, or another host
            return
    raise ValueError(f"There are more than {MAX_PAGES} pages.")


def get_differing_contacts(structures: list[dict], organisation: Organisation) -> set[str]:
    """Returns the telephone numbers and e-mail addresses of our structures that are not those of this site."""
    phones, emails = ({structure.get(name) or "" for structure in structures} for name in ("telephone", "courriel"))
    others = {phone for phone in phones if phone_uri(find_phone(phone)) not in {"", organisation.phone_uri}}
    return others | {email for email in emails if email.lower() not in {"", organisation.email.lower()}}


def get_posts(structures: list[dict], today: date) -> list[PlatformPost]:
    """Returns the open posts of our structures: an association that is ACI and EI is two of them."""
    return [
        PlatformPost(
            number=int(post["id"]),
            title=(post.get("appellation_modifiee") or re.sub(r"\s*\(\w+\)$", "", post["rome"]))[:200],
            contract=(post.get("type_contrat") or "")[:200],
            posts=int(post.get("nombre_postes_ouverts") or 1),
            place=((post.get("lieu") or {}).get("nom") or "")[:200],
            read_on=today,
        )
        for structure in structures
        for post in structure["postes"]
        if post["recrutement_ouvert"] == "True"
    ]
