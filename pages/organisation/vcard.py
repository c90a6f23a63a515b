"""The association as a contact for an address book: vCard 3.0 (RFC 2426), which old phones read."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from icalendar import Component, vAdr, vN, vOrg, vText

from ..page.sharing import shared
from .models import Organisation


@shared()
def contact_card(request: HttpRequest) -> HttpResponse:
    """Answers with the name, the phone numbers, the addresses and the hours that are known. Raises Http404 without a phone number."""
    organisation = Organisation.get_for(request)
    if not organisation.phone_uri:
        raise Http404
    card = Component()
    card.name = "VCARD"
    card.add("version", "3.0")
    card.add("n", vN(("", organisation.name, "", "", "")))
    card.add("fn", vText(organisation.name))
    card.add("org", vOrg((organisation.name,)))
    for uri, kind in ((organisation.phone_uri, "WORK"), (organisation.sms_uri, "CELL")):
        if uri:
            card.add("tel", vText(uri.partition(":")[2], params={"type": kind}))
    if organisation.address:
        card.add("adr", vAdr(("", "", organisation.address_line, "", "", "", "")))
    for name, text in (("email", organisation.email), ("note", organisation.opening_hours), ("url", f"{settings.SITE_URL}/")):
        if text:
            card.add(name, vText(text))
    response = HttpResponse(card.to_ical(sorted=False), content_type="text/vcard; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="contact.vcf"'
    return response
