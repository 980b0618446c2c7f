"""One message sent: to the very address that was judged, within ten seconds, without following anything."""

from __future__ import annotations

import contextlib
import http.client
import io
import socket
import ssl
import time
from collections.abc import Mapping, Sequence

from experiments.deliveries import GONE, Answer
from experiments.words import typeset

from .names import Address
from .reach import Reach, Target, Unreachable

LONGEST = 65_536
"""Bytes read of an answer, head included."""

CLOSED = "La connexion n’aboutit pas"
CERTIFICATE = "Le certificat n’est pas valable pour ce nom"
SECRECY = "La connexion chiffrée n’aboutit pas"
NOTHING = "La réponse n’est pas venue à temps"
NOT_HTTP = typeset("Ce qui répond là n’est pas un serveur web")


class _Until(io.RawIOBase):
    """What comes from a socket, by a moment and up to so many bytes: a receiver that trickles holds nobody."""

    def __init__(self, wire: socket.socket, ends: float) -> None:
        self.wire, self.ends, self.left = wire, ends, LONGEST

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        self.wire.settimeout(_left(self.ends))
        room = memoryview(buffer)[: self.left]
        count = self.wire.recv_into(room) if room else 0
        self.left -= count
        return count

    def makefile(self, _mode: str) -> io.BufferedReader:
        """What http.client asks of a socket."""
        return io.BufferedReader(self)


def _left(ends: float) -> float:
    left = ends - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def post(reach: Reach, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Send, and say what became of it: a code and a sentence of ours, never a word of the receiver's."""
    began = time.monotonic()
    code, words = _try(reach, url, body, headers, began + reach.seconds)
    return Answer(code, round((time.monotonic() - began) * 1000), words)


def _try(reach: Reach, url: str, body: bytes, headers: Mapping[str, str], ends: float) -> tuple[int | None, str]:
    try:
        target = reach.target(url)
        with _connect(reach, target, reach.addresses(target), ends) as wire:
            code = _speak(wire, target, body, headers, ends)
    except Unreachable as error:
        return None, str(error)
    except ssl.SSLCertVerificationError:
        return None, CERTIFICATE
    except TimeoutError:
        return None, NOTHING
    except ssl.SSLError:
        return None, SECRECY
    except OSError:
        return None, CLOSED
    except (http.client.HTTPException, ValueError):
        return None, NOT_HTTP
    return code, _sentence(code)


def _connect(reach: Reach, target: Target, addresses: Sequence[Address], ends: float) -> socket.socket:
    """A connection to one of these addresses: names are not asked again, proxies not at all. Raises OSError."""
    for place, address in enumerate(addresses):
        try:
            seconds = min(reach.connect_seconds, _left(ends))
            wire = socket.create_connection((str(address), target.port), seconds)
            break
        except OSError:
            if place == len(addresses) - 1:
                raise
    if target.scheme == "http":
        return wire
    try:
        wire.settimeout(_left(ends))
        return reach.tls().wrap_socket(wire, server_hostname=target.host)
    except BaseException:
        wire.close()
        raise


def _speak(wire: socket.socket, target: Target, body: bytes, headers: Mapping[str, str], ends: float) -> int:
    """Ask, and read the code. The rest is only listened to, for receivers that mind being cut short."""
    kind = http.client.HTTPSConnection if target.scheme == "https" else http.client.HTTPConnection
    connection = kind(target.host, target.port)
    connection.sock = wire
    wire.settimeout(_left(ends))
    connection.request("POST", target.path, body, {**headers, "Connection": "close"})
    answer = http.client.HTTPResponse(_Until(wire, ends), method="POST")  # type: ignore[arg-type]
    answer.begin()
    with contextlib.suppress(OSError, http.client.HTTPException, ValueError):
        while answer.read(8192):
            pass
    return answer.status


def _sentence(code: int) -> str:
    if 200 <= code < 300:
        return ""
    if 300 <= code < 400:
        return typeset(f"Réponse {code} : le destinataire renvoie ailleurs, donnez son adresse exacte")
    if code == GONE:
        return typeset("Réponse 410 : le destinataire dit qu’il n’existe plus")
    return f"Réponse {code}"
