"""Who sends a request, for limits: keyed hashes, from which no address can be computed."""

from ipaddress import ip_address, ip_network
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac


class Sender(NamedTuple):
    """Hashes of a visitor's IP address and of the network around it.

    For IPv6, the /64 network of a device counts as its address, and the /48 network, the largest that one customer gets, as its network
    (RFC 6177). For IPv4 both are the address.
    """

    address: str
    network: str


def get_sender(request: HttpRequest) -> Sender:
    """Returns who sends the request: by X-Real-IP behind a front server, else by the connection."""
    text = (settings.BEHIND_PROXY and request.headers.get("X-Real-IP")) or request.META.get("REMOTE_ADDR", "")
    try:
        address = ip_address(text)
    except ValueError:
        return Sender(hash_sender(""), hash_sender(""))  # behind a Unix socket there is none: all visitors are counted together
    if address.version == 6 and not address.ipv4_mapped:
        return Sender(*(hash_sender(str(ip_network(f"{address}/{length}", strict=False))) for length in (64, 48)))
    return Sender(*[hash_sender(str(getattr(address, "ipv4_mapped", address)))] * 2)


def hash_sender(text: str) -> str:
    return salted_hmac("pages.sender", text, algorithm="sha256").hexdigest()
