"""A message in the bytes that travel, and words from elsewhere in the form that a page may show."""

from __future__ import annotations

import email.policy
import re
import unicodedata
from email.message import EmailMessage

from .parcel import Parcel

LONGEST_WORDS = 200

# Seven-bit bodies pass everywhere, whatever the server says it knows.
_ASCII = email.policy.SMTP.clone(cte_type="7bit")
_UTF8 = email.policy.SMTPUTF8.clone(cte_type="7bit")
LONGEST_LINE = 998
"""Bytes, without its end (RFC 5322)."""
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\\\"@\x00-\x1f\x7f]+@[^\s<>()\[\],;:\\\"@\x00-\x1f\x7f]+")


class Unsendable(Exception):
    """Why a message cannot be put into bytes; its text is a French sentence."""


def is_address(text: str) -> bool:
    """Whether a text can stand alone between < and >, in a command to a server."""
    # What the pattern lets through of ASCII is printed as it is.
    return _ADDRESS.fullmatch(text) is not None and (text.isascii() or printed(text) == text)


def written(message: EmailMessage, *, utf8: bool = False) -> bytes:
    """The message with the line ends of the network. Raises Unsendable."""
    try:
        hidden = any(sign in f"{name}{value}" for name, value in message.items() for sign in "\r\n")
        if isinstance(message, Parcel):
            content = message.packed().encode("utf-8" if utf8 else "ascii")
        else:
            content = message.as_bytes(policy=_UTF8 if utf8 else _ASCII)
    except Exception as error:  # The email package raises all kinds, and one bad message must not stop the others.
        raise Unsendable(f"Le message est mal formé ({type(error).__name__})") from error
    if hidden:
        # Pythons before 3.11.10 write as it is a line end that comes in an encoded word.
        raise Unsendable("Un en-tête du message contient un saut de ligne")
    if max(map(len, content.splitlines())) > LONGEST_LINE:
        raise Unsendable("Une ligne du message dépasse 998 octets")
    return content if content.endswith(b"\r\n") else content + b"\r\n"


def printed(text: str) -> str:
    """One line, without the signs that print nothing or turn the writing round."""
    return " ".join("".join(" " if unicodedata.category(sign)[0] in "CZ" else sign for sign in text).split())
