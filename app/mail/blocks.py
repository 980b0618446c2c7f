"""What a mail is made of: one duty or one event a block, a link a line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import ModuleType

from experiments.model import Deadline, Experiment

# Line ends of every kind, control signs, signs that turn the writing round; no-break spaces stay.
_BLANK = re.compile("[\x00-\x20\x7f-\x9f\u1680\u2000-\u200f\u2028-\u202e\u205f-\u206f\u3000\ud800-\udfff\ufeff]+")
LONGEST = 60
"""Characters of a title in a subject: the rest is what a phone cuts off."""


@dataclass(frozen=True)
class LinkedText:
    """A text, and where it leads."""

    text: str
    url: str = ""


@dataclass(frozen=True)
class Block:
    """One thing to say of one file."""

    x: Experiment
    subject: str
    act: str
    """What is asked, or what happened when nothing is: the first line, with the title of the file."""
    waits: bool
    """Whether something is asked."""
    own: bool
    """Whether it is a duty that the reader does themselves: its button names the act."""
    name: str
    """The same where the file is named above."""
    url: str
    button: str
    when: str
    late: bool
    quote: tuple[str, ...]
    """A heading, then what somebody wrote, paragraph by paragraph."""
    dates: tuple[str, ...]
    """A heading, then one date a line."""
    lines: tuple[str, ...]


def titled(words: ModuleType, x: Experiment) -> str:
    """The title on one line: whatever it holds, it opens no line of its own."""
    return flat(x.title) or str(words.UNTITLED)


def flat(text: str) -> str:
    """A text of people on one line."""
    return _BLANK.sub(" ", text).strip()


def short(title: str) -> str:
    return title if len(title) <= LONGEST else title[: LONGEST - 1].rstrip() + "…"


def date_line(words: ModuleType, one: Deadline, count: int) -> str:
    """A date on one line, so many days away."""
    return str(words.date_line(one.due_on, count, one.task, short(flat(one.subject))))


def address(x: Experiment, page: str, site: str) -> str:
    """A page of a file, for those of the house."""
    return f"{site}/espace/experimentations/{x.number}" + (f"/{page}" if page else "")
