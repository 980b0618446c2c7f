"""THE PUBLIC RECORD: all that anyone may read of one experiment. The pages, the lists, the exports, the API and the
yearly report are drawn from this, and from nothing else.

It holds facts. What follows from the day (overdue, days late, a derogation in force) is computed by whoever reads.
The parts, the acts and the entries of the trace are in it byte for byte as they were kept.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TypeVar

import msgspec
from msgspec import Raw, Struct

from . import reported as r
from .content import Content, decode
from .ladder import paris_day
from .model import Experiment
from .obligations import Task
from .parts import BY_CONTENT
from .vocabulary import PUBLIC, UNDER_WAY, Finding, Outcome, Status, StopReason

FORM = 3
"""Rises with each change of these shapes, or of what is published: every record is then written anew."""
TOLD = PUBLIC | {Status.REFUSED}
"""What has a page. Of the other proposals, the public knows their number and what became of them."""

C = TypeVar("C", bound=Content)


NOTHING = Raw(b"null")


def _text(raw: Raw) -> str:
    kept = bytes(raw)
    return "" if kept == b"null" else kept.decode()


class Judged(Struct):
    """An act of the authority. `act` holds its reasons, its number and its date, as they were signed."""

    id: int
    outcome: Outcome
    decided_at: datetime
    starts_on: date | None
    ends_on: date | None
    stop_reason: StopReason | None
    departs: bool
    """From the verdict, or from what was promised for it."""
    evaluation_id: int | None
    """The version of the evaluation that it was taken on."""
    act: Raw

    @property
    def text(self) -> str:
        return _text(self.act)


class Assessment(Struct):
    """One version of an evaluation. Until the decision taken on it, only its fingerprint is public (CRPA L311-2)."""

    id: int
    interim: bool
    version: int
    recorded_at: datetime
    fingerprint: str
    verdict: Finding | None
    content: Raw
    """`null` until then."""

    @property
    def text(self) -> str:
        return _text(self.content)


class Step(Struct):
    """One entry of the trace, exact, with its hash."""

    seq: int
    event: str
    hash: str
    entry: Raw
    salts: dict[str, str] = {}
    """Of the reasons that the acts above publish, and of those below: with one, anybody checks its text against
    `entry`."""
    reasons: dict[str, str] = {}
    """Those that no act holds: of a suspension, of what takes it up again."""

    @property
    def body(self) -> str:
        return _text(self.entry)

    @property
    def at(self) -> datetime:
        """When it was written."""
        return msgspec.json.decode(self.entry, type=_Dated).at


class _Dated(Struct):
    at: datetime


class Owed(Struct):
    """Something promised to the public, not yet done. It is late from the day after `due_on`."""

    task: Task
    about: str
    subject: str
    due_on: date


class Reply(Struct):
    """What the carrier answers to a lateness, dated."""

    on: date
    text: str


class Published(Struct, dict=True):
    """One experiment."""

    number: str
    status: Status
    title: str
    summary: str
    policy: str
    organisation: str
    place: str
    communes: list[str]
    demonstration: bool
    submitted_on: date | None
    starts_on: date | None
    ends_on: date | None
    """The firm end, as it stands: the last period granted says it."""
    midterm_on: date | None
    evaluation_due_on: date | None
    decision_due_on: date | None
    started_on: date | None
    field_ended_on: date | None
    closed_on: date | None
    extension_asked_on: date | None
    parts: dict[str, Raw]
    """By the name that each part has in addresses; only those that are public by now."""
    sealed: str
    """The fingerprint of what the authorisation froze, reckoned on what stands today."""
    decisions: list[Judged]
    evaluations: list[Assessment]
    evaluation_id: int | None
    decision_id: int | None
    owed: list[Owed]
    replies: list[Reply]
    steps: list[Step]

    def read(self, kind: type[C]) -> C:
        """A part, as its struct; an empty one when it is not public. Decoded once: a page asks many times."""
        found: C | None = self.__dict__.get(kind.__name__)
        if found is None:
            kept = self.parts.get(BY_CONTENT[kind].slug, NOTHING)
            found = decode(kind, None if kept == NOTHING else kept)
            self.__dict__[kind.__name__] = found
        return found

    @property
    def evaluation(self) -> Assessment | None:
        """The version of the final evaluation that stands, readable or not."""
        return next((e for e in self.evaluations if e.id == self.evaluation_id), None)

    @property
    def unread_evaluations(self) -> list[Assessment]:
        """Those whose text waits for the decision taken on it."""
        return [one for one in self.evaluations if not one.text]

    @property
    def decision(self) -> Judged | None:
        """The decision that ended it."""
        return next((d for d in self.decisions if d.id == self.decision_id), None)

    @property
    def periods(self) -> list[Judged]:
        """The periods granted, each by its act."""
        return [d for d in self.decisions if d.ends_on is not None]

    @property
    def decided_on(self) -> date | None:
        return paris_day(self.decision.decided_at) if self.decision else None

    @property
    def published_on(self) -> date | None:
        """The day that its closing says its evaluation was published, which becomes public with it."""
        return self.read(r.Closing).published_on if self.status is Status.CLOSED else None

    @property
    def is_told(self) -> bool:
        """Whether it has a page, or is only counted."""
        return self.status in TOLD

    @property
    def is_under_way(self) -> bool:
        """From its authorisation to its decision: what one may meet in the street."""
        return self.status in UNDER_WAY

    def is_overdue(self, today: date) -> bool:
        """*Échue*: past its firm end without an evaluation on record."""
        return Experiment.is_overdue(self, today)  # type: ignore[arg-type]

    def is_undecided(self, today: date) -> bool:
        """Past its firm end, evaluated, and still without a decision."""
        return Experiment.is_undecided(self, today)  # type: ignore[arg-type]

    def days_over(self, today: date) -> int:
        """Days since the firm end; 0 when it is not passed, when the experiment is over or not authorised yet."""
        return Experiment.days_over(self, today)  # type: ignore[arg-type]


class Owing(Struct):
    """What one experiment owes to the public: a little of its record, read faster than the whole by a board of many."""

    number: str
    title: str
    organisation: str
    midterm_on: date | None
    evaluation_due_on: date | None
    decision_due_on: date | None
    owed: list[Owed]
    replies: list[Reply]


_DECODER = msgspec.json.Decoder(Published)
_OWING = msgspec.json.Decoder(Owing)


def read(document: str | bytes) -> Published:
    """A public record, from its kept text."""
    return _DECODER.decode(document)


def owing(document: str) -> Owing:
    """What is owed, from the same text."""
    return _OWING.decode(document)
