"""Mails that are files because there is no server: the demonstration shows them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.policy import SMTP
from email.utils import parseaddr
from pathlib import Path

from experiments.obligations import Language, Occasion

from .blocks import flat

NAME = re.compile(r"[0-9a-f]{64}")
HEAD = 8192
"""Bytes of a file that hold its headers, with room to spare."""


@dataclass(frozen=True)
class Heading:
    """What a list says of a mail. Texts are empty where the file does not say."""

    name: str
    at: datetime
    to: str
    subject: str
    occasion: str
    language: str


@dataclass(frozen=True)
class KeptMail:
    """A mail read from its file."""

    heading: Heading
    sender: str
    text: str
    html: str
    calendar: bytes


def names(folder: Path) -> Sequence[str]:
    """The mails of a folder, the newest first. None is read."""
    try:
        found = [(path.stat().st_mtime_ns, path.stem) for path in folder.glob("*.eml") if NAME.fullmatch(path.stem)]
    except OSError:
        return []
    return [name for _, name in sorted(found, reverse=True)]


def headings(folder: Path, found: Sequence[str]) -> list[Heading]:
    """What a list says of these mails: their first bytes are enough. One that is gone meanwhile is left out."""
    return [_heading(name, *read) for name in found if (read := _bytes(folder / f"{name}.eml", HEAD))]


def content(folder: Path, name: str) -> bytes | None:
    """The file of a mail, as it is; None where there is none."""
    read = _bytes(folder / f"{name}.eml") if NAME.fullmatch(name) else None
    return read[0] if read else None


def kept(folder: Path, name: str) -> KeptMail | None:
    """A mail, read as far as it can be; None where there is none."""
    read = _bytes(folder / f"{name}.eml") if NAME.fullmatch(name) else None
    if read is None:
        return None
    try:
        message = message_from_bytes(read[0], EmailMessage, policy=SMTP)
        parts = {part.get_content_type(): part for part in message.walk() if not part.is_multipart()}
    except Exception:  # The email package raises all kinds, and a broken file is no reason to break a page.
        parts = {}
    return KeptMail(
        _heading(name, *read), _person(_headers(read[0])["From"]), _text(parts.get("text/plain")),
        _text(parts.get("text/html")), _payload(parts.get("text/calendar")),
    )  # fmt: skip


def _bytes(path: Path, most: int = -1) -> tuple[bytes, datetime] | None:
    try:
        with path.open("rb") as file:
            return file.read(most), datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError:
        return None


def _heading(name: str, read: bytes, at: datetime) -> Heading:
    said = _headers(read)
    word, spoken = said["Keywords"], said["Content-Language"]
    occasion = Occasion(word).label if word in set(Occasion) else ""
    language = Language(spoken).label if spoken in set(Language) else ""
    return Heading(name, at, _person(said["To"]), said["Subject"], occasion, language)


def _person(header: str) -> str:
    """« Camille Exemple <camille@exemple.fr> », without the quotes that travel."""
    name, email = parseaddr(header)
    return f"{name} <{email}>" if name and email else email or header


def _headers(read: bytes) -> dict[str, str]:
    wanted = ("From", "To", "Subject", "Keywords", "Content-Language")
    try:
        head = BytesHeaderParser().parsebytes(read.partition(b"\r\n\r\n")[0])
        return {name: flat(str(make_header(decode_header(head[name] or "")))) for name in wanted}
    except Exception:  # As above.
        return dict.fromkeys(wanted, "")


def _text(part: EmailMessage | None) -> str:
    return _payload(part).decode("utf-8", "replace").replace("\r\n", "\n")


def _payload(part: EmailMessage | None) -> bytes:
    try:
        found = part.get_payload(decode=True) if part else b""
    except Exception:  # As above.
        found = b""
    return found if isinstance(found, bytes) else b""
