"""The parts of a mail that all mails share: headers that travel, and a body in two forms."""

from __future__ import annotations

import binascii
from collections.abc import Iterator
from email.header import Header
from email.message import EmailMessage, MIMEPart
from email.policy import SMTP, EmailPolicy
from functools import cache

# « =_ » comes neither in quoted-printable nor in base64: looking for a boundary that no part holds is needless.
FORMS, PARTS = "=_jalon_forms", "=_jalon_parts"


class _Own(EmailPolicy):
    """A policy for mails that a program writes: it gives none of them two headers of one name."""

    def header_max_count(self, name: str) -> int | None:
        """To say how many there may be, the library makes a class for each header of each mail."""
        return None


OWN = _Own(linesep="\r\n")


class Part(MIMEPart):
    """A part whose headers are folded, and whose content is encoded, on lines of their own length."""

    boundary = ""
    parts: tuple[Part, ...] = ()

    def __init__(self) -> None:
        super().__init__(OWN)

    def hold(self, boundary: str, *parts: Part) -> None:
        """Be made of parts; the Content-Type says this boundary."""
        self.boundary, self.parts = boundary, parts
        self.set_payload(list(parts))

    def packed(self) -> str:
        """What travels. The library asks each header what it means, and writes again each part that others hold."""
        if self.parts:
            edge = f"--{self.boundary}"
            content = "".join([f"{edge}\r\n{part.packed()}\r\n" for part in self.parts]) + f"{edge}--\r\n"
        else:
            content = str(self.get_payload()).replace("\n", "\r\n")
        return f"{''.join([value.folded for _, value in self.raw_items()])}\r\n{content}"


class Parcel(Part, EmailMessage):
    """A whole mail, ready to leave."""


class Folded(str):
    """A header that is folded once: the library reads each anew, which costs more than the rest of the mail."""

    name: str
    folded: str

    def __new__(cls, name: str, value: str, folded: str) -> Folded:
        made = super().__new__(cls, value)
        made.name, made.folded = name, folded
        return made

    def fold(self, *, policy: EmailPolicy) -> str:
        """The header as it travels, whatever else the mail is allowed to hold."""
        return self.folded


@cache
def header(name: str, value: str) -> Folded:
    """A header that many mails share."""
    read = SMTP.header_factory(name, value)
    return Folded(name, str(read), read.fold(policy=SMTP))


def plain_header(name: str, value: str) -> Folded:
    """A header of one mail that is short and holds nothing to encode: a date, a name that a program gave."""
    return Folded(name, value, f"{name}: {value}\r\n")


def encoded(name: str, text: str, after: str = "") -> Folded:
    """A text of a header; what comes after it is not encoded.

    The library has two ways: the new one loses spaces between two encoded words (Python 3.11), the old one is as slow
    as all the other headers together.
    """
    if travels(text):
        coded = str(Header(text, "us-ascii", header_name=name).encode(linesep="\r\n"))
    else:
        coded = "\r\n ".join(_words(text, len(name) + 2))
    return Folded(name, text + after, f"{name}: {coded}{after}\r\n")


def _words(text: str, taken: int) -> Iterator[str]:
    """A text as encoded words (RFC 2047), one a line of at most 76 signs, of which the first has so many `taken`."""
    left, room = text.encode("utf-8", "replace"), _room(taken)
    while len(left) > room:
        # No sign is cut in two: those of several bytes go on with bytes from 80 to BF.
        while left[room] & 0xC0 == 0x80:
            room -= 1
        yield _word(left[:room])
        left, room = left[room:], _room(1)
    yield _word(left)


def _room(taken: int) -> int:
    """Bytes that an encoded word holds on a line where so many signs are taken."""
    return (76 - taken - len("=?utf-8?b??=")) // 4 * 3


def _word(content: bytes) -> str:
    return f"=?utf-8?b?{binascii.b2a_base64(content, newline=False).decode('ascii')}?="


def travels(text: str) -> bool:
    """Whether a text goes as it is; one that looks encoded would be read as something else."""
    return text.isascii() and "=?" not in text


def fill_with_forms(part: Part, text: str, html: str) -> None:
    """The same words twice; a reader of mails shows the last form that it can."""
    part["Content-Type"] = header("Content-Type", f'multipart/alternative; boundary="{FORMS}"')
    part.hold(FORMS, _written("text/plain; charset=utf-8", text), _written("text/html; charset=utf-8", html))


def _written(kind: str, text: str) -> Part:
    part = Part()
    part["Content-Type"] = header("Content-Type", kind)
    part["Content-Transfer-Encoding"] = header("Content-Transfer-Encoding", "quoted-printable")
    # The standard library's own way takes a millisecond for each page.
    content = binascii.b2a_qp(text.encode("utf-8", "replace"), istext=True)
    part.set_payload(content.decode("ascii"))
    return part
