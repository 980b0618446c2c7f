"""The parts of a mail that all mails share: headers that travel, and a body in two forms."""

from __future__ import annotations

import binascii
from email.header import Header
from email.message import MIMEPart
from email.policy import SMTP
from email.policy import EmailPolicy as Policy
from functools import cache
from typing import Any

# « =_ » comes neither in quoted-printable nor in base64: looking for a boundary that no part holds is needless.
ALTERNATIVE = 'multipart/alternative; boundary="=_jalon_forms"'


@cache
def header(name: str, value: str) -> Any:
    """A header that many mails share: parsing one costs more than all the rest."""
    return SMTP.header_factory(name, value)


class Encoded(str):
    """A text of a header, encoded the old way: the new one loses spaces between two encoded words (Python 3.11)."""

    name: str
    after: str

    def __new__(cls, name: str, text: str, after: str = "") -> Encoded:
        made = super().__new__(cls, text + after)
        made.name, made.after = name, after
        return made

    def fold(self, *, policy: Policy) -> str:
        """The header as it travels; what comes after the text is not encoded."""
        text = self.removesuffix(self.after)
        charset = "us-ascii" if travels(text) else "utf-8"
        coded = Header(text, charset, header_name=self.name).encode(linesep=policy.linesep)
        return f"{self.name}: {coded}{self.after}{policy.linesep}"


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
