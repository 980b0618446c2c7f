"""The shapes of what programs read: structs, so that the answers and their published schema are one thing."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec
from msgspec import Struct

from experiments import reported as r
from experiments.model.voice import Decline, VoiceKind
from experiments.obligations import Task
from experiments.parts import DECLARED
from experiments.vocabulary import Finding, Outcome, Status, StopReason


class Summary(Struct):
    """One experiment in a list. `url` is its public page, null as long as it has none."""

    number: str
    title: str
    summary: str
    status: Status
    status_label: str
    overdue: bool
    days_over: int
    starts_on: date | None
    ends_on: date | None
    midterm_on: date | None
    evaluation_due_on: date | None
    decision_due_on: date | None
    organisation: str
    place: str
    communes: list[str]
    url: str | None


class Page(Struct):
    """One page of a list; `next` is the address of the following one, null on the last."""

    experiments: list[Summary]
    next: str | None


class Act(Struct):
    """A decision of the authority, with the period that it grants."""

    outcome: Outcome
    outcome_label: str
    kind: str | None
    number: str
    signed_on: date | None
    body: str
    capacity: str
    object: str
    law: str
    facts: str
    conditions: str
    effective_on: date | None
    remedies: str
    starts_on: date | None
    ends_on: date | None
    stop_reason: StopReason | None
    departs: bool
    departure: str


class Assessment(Struct):
    """One version of an evaluation, as it was recorded; one being written stays inside."""

    version: int
    interim: bool
    recorded_on: date
    fingerprint: str
    verdict: Finding | None
    content: dict[str, Any]


Declared = msgspec.defstruct(
    "Declared",
    [(part.slug.replace("-", "_"), part.content) for part in DECLARED],
    rename="kebab",
    namespace={"__doc__": "The parts declared before the start, by their name in addresses."},
)


class Duty(Struct):
    """What is owed by a day. `about`: which derogation or opinion, in words; `act`: the one thing asked."""

    task: Task
    label: str
    about: str
    due_on: date
    days_late: int
    act: str


class Written(Struct):
    """A part of a file as it stands, complete or not."""

    label: str
    version: int
    written_at: datetime
    content: dict[str, Any]


class Teammate(Struct):
    part: str
    part_label: str
    name: str
    function: str


class Advice(Struct):
    """An opinion asked. `counts` is false when the file changed since it was given."""

    kind: str
    kind_label: str
    due_on: date
    given_at: datetime | None
    sense: str | None
    text: str
    counts: bool


class File(Struct):
    """What only those who may see the file read of it."""

    version: int
    url: str
    roles: list[str]
    parts: dict[str, Written]
    team: list[Teammate]
    opinions: list[Advice]


class Answered(Struct):
    """What the carrier answers to a lateness, dated."""

    on: date
    text: str


class Traced(Struct):
    """One entry of the trace, by which what is told here can be checked.

    `to`: the status that it led to, null when it moved none; `reasons`: those published of it that no act holds.
    """

    seq: int
    event: str
    at: datetime
    to: Status | None
    reasons: list[str]
    hash: str


class Whole(Summary):
    """One experiment. `file` is null for the public; `duties` are then those that the public may read."""

    submitted_on: date | None
    started_on: date | None
    field_ended_on: date | None
    closed_on: date | None
    declared: Declared  # type: ignore[valid-type]
    launch: r.Launch | None
    decisions: list[Act]
    evaluations: list[Assessment]
    closing: r.Closing | None
    follow_up: r.FollowUp | None
    duties: list[Duty]
    replies: list[Answered]
    trace: list[Traced]
    file: File | None


class Observation(Struct):
    """What a resident said, as it was published. Withdrawn since, it says so and why, and has no text any more."""

    id: str
    kind: VoiceKind
    kind_label: str
    received_on: date
    published_on: date
    text: str
    answer: str
    answered_on: date | None
    withdrawn_on: date | None
    declined: Decline | None


class Observations(Struct):
    """One page of them, the last received first; `next` is the address of the following one, null on the last."""

    observations: list[Observation]
    next: str | None


class Missing(Struct):
    """One thing that keeps a gate shut: what, where it is mended, by whom. No address when only time mends it."""

    code: str
    label: str
    url: str | None
    who: str
    source: str


class Field(Struct):
    """What the act of crossing must or may say."""

    name: str
    title: str
    kind: str
    choices: list[str]


class Way(Struct):
    """One gate: whether it leaves the present status, whether it is yours, and all that is missing from the file."""

    name: str
    label: str
    purpose: str
    sources: list[Status] = msgspec.field(name="from")
    target: Status = msgspec.field(name="to")
    who: str
    leaves_here: bool
    yours: bool
    opens: bool
    fields: list[Field]
    missing: list[Missing]


class Ways(Struct):
    number: str
    status: Status
    version: int
    gates: list[Way]


class Crossed(Struct):
    """A gate crossed, with its entry of the trace."""

    number: str
    gate: str
    status: Status
    status_label: str
    version: int
    entry: int
    hash: str


class Problem(Struct, omit_defaults=True):
    """A refusal (RFC 9457). `missing`: all that keeps the gate shut; `changed`: what happened since `version`."""

    type: str
    title: str
    status: int
    detail: str = ""
    missing: list[Missing] = []
    changed: list[str] = []
