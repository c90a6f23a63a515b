"""The association in the vocabulary of schema.org, for search engines."""

from collections.abc import Iterable

from django.conf import settings

from ..districts.models import District
from .models import Organisation


def without_unknown(node: dict) -> dict:
    return {key: value for key, value in node.items() if value not in ("", None, [], {})}


def refer_to(organisation: Organisation) -> dict:
    """Returns a short node that refers to the association."""
    return {"@type": "NGO", "@id": f"{settings.SITE_URL}/#organisation", "name": organisation.name, "url": f"{settings.SITE_URL}/"}


def describe_association(organisation: Organisation, districts: Iterable[District]) -> dict:
    return refer_to(organisation) | {
        "@type": ["NGO", "LocalBusiness"],
        "alternateName": organisation.short_name,
        "foundingDate": organisation.founded and str(organisation.founded),
        "telephone": organisation.phone_uri.removeprefix("tel:"),
        "email": organisation.email,
        "address": organisation.address_line,
        "hasMap": organisation.map_url,
        "areaServed": [{"@type": "Place", "name": str(district)} for district in districts],
        "memberOf": organisation.network_name
        and without_unknown({"@type": "Organization", "name": organisation.network_name, "url": organisation.network_url}),
        "sameAs": [link.url for link in organisation.links],
    }
