"""Where a request comes from, under a name that changes each day: enough to count, not enough to follow anybody."""

from __future__ import annotations

import hmac
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from flask import current_app, request

from . import clock


def peer() -> str:
    """The address of whoever asks: what the proxy on this very machine says of it, when there is one in front."""
    here = request.remote_addr or ""
    told = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    found = _address(here)
    return told if told and found and found.is_loopback else here


def network() -> str:
    """The same without its end: whoever has an IPv6 address has billions of them."""
    return networks()[0]


def networks() -> list[str]:
    """The network of whoever asks, then the widest one that they may have for themselves alone, if there is one."""
    found = _address(peer())
    if isinstance(found, IPv6Address):
        # A household is given a /64, or up to 65 536 of them in a /48.
        return [str(IPv6Network((int(found), bits), strict=False)) for bits in (64, 48)]
    return [str(found or "")]


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """An address. A server that listens to both kinds writes the old ones as ::ffff:203.0.113.7: all in one network."""
    try:
        found = ip_address(text)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def of_the_day(kind: str, value: str) -> str:
    """A fingerprint that nobody can turn back, nor bring together with that of another day."""
    secret = current_app.config["SECRET_KEY"].encode()
    return hmac.new(secret, f"{clock.today().isoformat()}:{kind}:{value}".encode(), "sha256").hexdigest()


def networks_of_the_day() -> list[str]:
    """The fingerprints of the networks of whoever asks."""
    return [of_the_day("network", one) for one in networks()]
