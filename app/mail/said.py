"""A mail that is not of a file of the reader’s: words that become text and HTML, under the headers of all mails."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from types import ModuleType

from jinja2 import Template

from experiments.ladder import PARIS
from experiments.obligations import Language, Occasion

from .blocks import LinkedText, flat
from .parcel import Parcel, encoded, fill_with_forms, header, plain_header
from .plain import wrap
from .wire import is_address


@dataclass(frozen=True)
class Piece:
    """One thing that a mail says, under its heading, and where to read more."""

    heading: str
    lines: tuple[str, ...]
    link: LinkedText | None
    apart: bool = False
    """Whether its lines are paragraphs, which an empty line parts."""


@dataclass(frozen=True)
class Said:
    """A mail in words, before it is text or HTML. With a button, the pieces are but a list of names."""

    language: Language
    subject: str
    lead: tuple[str, ...]
    pieces: tuple[Piece, ...]
    button: LinkedText | None
    footer: tuple[LinkedText, ...]


@dataclass(frozen=True)
class Cover:
    """Whom a mail is for, and what marks it."""

    sender: str
    address: str
    message_id: str
    at: datetime
    occasion: Occasion


def dressed(said: Said, words: ModuleType, page: Template, cover: Cover) -> Parcel:
    """The mail that says this; a recipient that is not an address is left to the transport, which refuses it."""
    message = Parcel()
    message["From"] = header("From", cover.sender)
    shown = f"<{cover.address}>" if is_address(cover.address) else "undisclosed-recipients:;"
    message["To"] = encoded("To", "", shown)
    message["Subject"] = encoded("Subject", flat(said.subject))
    message["Date"] = plain_header("Date", format_datetime(cover.at.astimezone(PARIS)))
    message["Message-ID"] = plain_header("Message-ID", cover.message_id)
    message["MIME-Version"] = header("MIME-Version", "1.0")
    message["Auto-Submitted"] = header("Auto-Submitted", "auto-generated")
    message["Content-Language"] = header("Content-Language", str(said.language))
    message["Keywords"] = header("Keywords", str(cover.occasion))
    fill_with_forms(message, _text(words, said), page.render(said=said))
    return message


def _text(words: ModuleType, said: Said) -> str:
    """The text of a mail. A link stands alone on its line, whole."""
    lines = [line for text in said.lead for line in (*wrap(text), "")]
    for piece in said.pieces:
        lines += wrap(piece.heading, "- ", "  ") if said.button else _piece(words, piece)
    if said.button:
        lines += ["", *_linked(words, said.button), ""]
    lines.append("-" * 40)
    for line in said.footer:
        lines += _linked(words, line)
    return "\n".join(lines) + "\n"


def _piece(words: ModuleType, piece: Piece) -> list[str]:
    heading = wrap(piece.heading)
    lines = [*heading, "-" * max(map(len, heading))]
    for text in piece.lines:
        lines += [*wrap(text), *([""] if piece.apart else [])]
    return [*lines, *(_linked(words, piece.link) if piece.link else []), ""]


def _linked(words: ModuleType, line: LinkedText) -> list[str]:
    return [*wrap(words.colon(line.text, "")), line.url] if line.url else wrap(line.text)
