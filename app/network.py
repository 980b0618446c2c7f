"""Where a request comes from, under a name that changes each day: enough to count, not enough to follow anybody."""

from __future__ import annotations

import hmac
from ipaddress import IPv6Address, ip_address, ip_network

from flask import current_app, request

from . import clock


def peer() -> str:
    """The address of whoever asks: what the proxy on this very machine says of it, when there is one in front."""
    here = request.remote_addr or ""
    told = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    try:
        return told if told and ip_address(here).is_loopback else here
    except ValueError:
        return here


def network() -> str:
    """The same without its end: whoever has an IPv6 address has billions of them."""
    try:
        found = ip_address(peer())
    except ValueError:
        return ""
    return str(ip_network(f"{found}/64", strict=False)) if isinstance(found, IPv6Address) else str(found)


def of_the_day(kind: str, value: str) -> str:
    """A fingerprint that nobody can turn back, nor bring together with that of another day."""
    secret = current_app.config["SECRET_KEY"].encode()
    return hmac.new(secret, f"{clock.today().isoformat()}:{kind}:{value}".encode(), "sha256").hexdigest()
