"""Where a message may go: to a public address and nowhere else, whatever the names say.

Whoever may type an address here must not be able to speak, through the server, to what only the server can reach.
"""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from app.config import Config
from experiments.words import typeset

from .names import Address, resolve

GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
NOBODYS = (
    ipaddress.IPv4Network("192.0.0.0/24"), ipaddress.IPv4Network("192.88.99.0/24"),
    ipaddress.IPv6Network("2001::/23"), ipaddress.IPv6Network("3fff::/20"),
)  # fmt: skip
"""What no web server has, though Python calls some of it global: addresses that whatever router is nearest answers,
relays of 6to4, protocols, examples of documentation."""
PORTS = {"https": 443, "http": 80}

UNREADABLE = typeset("Cette adresse ne se lit pas : écrivez-la comme https://portail.exemple.fr/jalon")
CLEAR = "L’adresse doit commencer par https://"
NAMED = "L’adresse ne doit porter ni nom d’utilisateur, ni mot de passe"
DOOR = "Le port doit être 443 ou 8443"
INSIDE = typeset("Cette adresse est privée ou réservée : rien ne lui est envoyé")
NOWHERE = "Ce nom n’a pas d’adresse"
NAMELESS = "L’adresse de ce nom n’a pas été trouvée à temps"


class Unreachable(Exception):
    """Nothing is sent there; its text is a French sentence."""


@dataclass(frozen=True)
class Target:
    """An address, taken apart."""

    scheme: str
    host: str
    port: int
    path: str


def is_public(address: Address) -> bool:
    """Whether anybody could reach it. Addresses that hide another one are judged by that one, or refused."""
    if any(address in some for some in NOBODYS):
        return False
    if isinstance(address, ipaddress.IPv4Address):
        return address.is_global and not address.is_multicast
    hidden = address.ipv4_mapped
    if address in NAT64:
        hidden = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if hidden:
        return is_public(hidden)
    # 6to4 and Teredo lead to whatever IPv4 address they hide.
    tunnel = address.sixtofour or address.teredo
    return address in GLOBAL_UNICAST and address.is_global and not tunnel


def is_public_or_here(address: Address) -> bool:
    """Public, or this very machine."""
    return is_public(address) or address.is_loopback


@dataclass(frozen=True)
class Reach:
    """What may be spoken to. As it is made by default: what everybody can reach, encrypted."""

    schemes: frozenset[str] = frozenset({"https"})
    ports: frozenset[int] | None = frozenset({443, 8443})
    """None for any."""
    admits: Callable[[Address], bool] = is_public
    resolve: Callable[[str, float], Sequence[Address]] = resolve
    tls: Callable[[], ssl.SSLContext] = ssl.create_default_context
    connect_seconds: float = 5
    """For a name, then for each of its addresses."""
    seconds: float = 10
    """For all of it, from the name to the last byte."""

    def target(self, url: str) -> Target:
        """An address, if it may be spoken to as it is written. Raises Unreachable."""
        try:
            parts = urlsplit(url)
            host = (parts.hostname or "").encode("idna").decode()
            port = PORTS.get(parts.scheme, 0) if parts.port is None else parts.port
        except (ValueError, UnicodeError) as error:
            raise Unreachable(UNREADABLE) from error
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        # A space or a line feed would begin something else than an address.
        if not host or not path.isascii() or not path.isprintable() or " " in url or parts.fragment:
            raise Unreachable(UNREADABLE)
        if parts.scheme not in self.schemes:
            raise Unreachable(CLEAR)
        if parts.username is not None or parts.password is not None:
            raise Unreachable(NAMED)
        if self.ports is not None and port not in self.ports:
            raise Unreachable(DOOR)
        self._judge_number(host)
        return Target(parts.scheme, host, port, path)

    def _judge_number(self, host: str) -> None:
        """Say at once what the resolver would be told later, where the name is an address already."""
        try:
            number = ipaddress.ip_address(host)
        except ValueError:
            return
        if not self.admits(number):
            raise Unreachable(INSIDE)

    def addresses(self, target: Target) -> Sequence[Address]:
        """Where the name leads, asked once: what is judged is what is connected to. Raises Unreachable."""
        try:
            found = self.resolve(target.host, self.connect_seconds)
        except TimeoutError as error:
            raise Unreachable(NAMELESS) from error
        except (OSError, UnicodeError) as error:
            raise Unreachable(NOWHERE) from error
        if not found:
            raise Unreachable(NOWHERE)
        # A name that leads both outside and inside is not one to trust.
        if not all(self.admits(one) for one in found):
            raise Unreachable(INSIDE)
        return list(dict.fromkeys(found))


TRYING = Reach(frozenset({"https", "http"}), None, is_public_or_here)
"""On a register that only its own machine can reach: a receiver beside it, in clear if need be."""


def reach_of(config: Config) -> Reach:
    """What this register may speak to. Its own address decides: local by mistake, nobody would read it."""
    return TRYING if config.is_local else Reach()
