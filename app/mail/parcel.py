"""The parts of a mail that all mails share: headers that travel, and a body in two forms."""

from __future__ import annotations

import binascii
from collections.abc import Iterator
from email.header import Header
from email.message import MIMEPart
from email.policy import SMTP
from email.policy import EmailPolicy as Policy
from functools import cache

# « =_ » comes neither in quoted-printable nor in base64: looking for a boundary that no part holds is needless.
ALTERNATIVE = 'multipart/alternative; boundary="=_jalon_forms"'


class Folded(str):
    """A header that is folded once: the library reads each anew, which costs more than the rest of the mail."""

    name: str
    folded: str

    def __new__(cls, name: str, value: str, folded: str) -> Folded:
        made = super().__new__(cls, value)
        made.name, made.folded = name, folded
        return made

    def fold(self, *, policy: Policy) -> str:
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
    word, room = b"", _room(taken)
    for sign in text:
        one = sign.encode("utf-8", "replace")
        if len(word) + len(one) > room:
            yield _word(word)
            word, room = b"", _room(1)
        word += one
    yield _word(word)


def _room(taken: int) -> int:
    """Bytes that an encoded word holds on a line where so many signs are taken."""
    return (76 - taken - len("=?utf-8?b??=")) // 4 * 3


def _word(content: bytes) -> str:
    return f"=?utf-8?b?{binascii.b2a_base64(content, newline=False).decode('ascii')}?="


def travels(text: str) -> bool:
    """Whether a text goes as it is; one that looks encoded would be read as something else."""
    return text.isascii() and "=?" not in text


def body(text: str, html: str) -> MIMEPart:
    both = MIMEPart(SMTP)
    both["Content-Type"] = header("Content-Type", ALTERNATIVE)
    both.set_payload([_written("text/plain; charset=utf-8", text), _written("text/html; charset=utf-8", html)])
    return both


def _written(kind: str, text: str) -> MIMEPart:
    part = MIMEPart(SMTP)
    part["Content-Type"] = header("Content-Type", kind)
    part["Content-Transfer-Encoding"] = header("Content-Transfer-Encoding", "quoted-printable")
    # The standard library's own way takes a millisecond for each page.
    content = binascii.b2a_qp(text.encode("utf-8", "replace"), istext=True)
    part.set_payload(content.decode("ascii"))
    return part
