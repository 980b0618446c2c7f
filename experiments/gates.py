"""How any gate works: who opens it, what it asks, what it says when it stays shut, and how it is crossed.

`examine` is the only judge and `cross` the only writer of `status`. The page, the API, the command line and the
sample register call these two; none of them judges for itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from . import consequences, trace
from .acts import Act, Nothing
from .content import Content
from .model import Entry, Experiment, Person
from .obligations import Rank
from .policies import roles_of
from .requirements.acts import ASKED
from .requirements.how import Point, Requirement
from .vocabulary import Outcome, Role, Status
from .words import typeset


@dataclass(frozen=True)
class Opener:
    """Who opens a gate: one of these roles, and none of those, computed from what people did on this file."""

    roles: Role
    none_of: Role = Role.NOBODY

    def admits(self, held: Role) -> bool:
        return bool(held & self.roles) and not held & self.none_of

    def conflict(self, held: Role) -> Role:
        """What shuts the gate to somebody who holds the role: « vous avez modifié ce dossier »."""
        return held & self.none_of if held & self.roles else Role.NOBODY


@dataclass(frozen=True)
class Crossing:
    """One gate being crossed: what an effect needs to write its rows."""

    session: Session
    x: Experiment
    gate: Gate
    person: Person
    answers: Content
    now: datetime
    today: date


@dataclass
class Done:
    """What crossing wrote: facts and texts for the trace, and what becomes of the experiment's own columns."""

    facts: dict[str, Any] = field(default_factory=dict)
    withheld: dict[str, str] = field(default_factory=dict)
    columns: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Gate:
    """One line of the table."""

    name: str
    label: str
    source: Status | tuple[Status, ...]
    target: Status
    opener: Opener
    _: KW_ONLY
    requires: tuple[Requirement, ...] = ()
    """What must be on record."""
    asks: type[Content] = Nothing
    """What whoever opens it must say."""
    outcome: Outcome | None = None
    """What its act decides, when it asks for an act."""
    effect: Callable[[Crossing], Done]
    past: str
    """What a history says of it, once crossed: « Autorisée »."""
    tells: tuple[Rank, ...]
    purpose: str
    aside: bool = False
    """A way out rather than the way on: it comes last, and is never what a page proposes first."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "purpose", typeset(self.purpose))

    @property
    def sources(self) -> tuple[Status, ...]:
        """The statuses that it leaves."""
        return (self.source,) if isinstance(self.source, Status) else self.source

    def __str__(self) -> str:
        return self.name


class Lifecycle(Mapping[str, Gate]):
    """The table of gates, in order. It refuses to load when it makes no sense."""

    def __init__(self, *gates: Gate) -> None:
        self._gates = {gate.name: gate for gate in gates}
        if len(self._gates) != len(gates):
            raise ValueError("two gates have one name")
        if lost := set(Status) - _reached(gates):
            raise ValueError(f"no way leads from a draft to {sorted(lost)}")
        if unsourced := [gate.name for gate in gates if not gate.sources]:
            raise ValueError(f"nothing leads to the gates {unsourced}")
        if odd := [gate.name for gate in gates if issubclass(gate.asks, Act) is (gate.outcome is None)]:
            raise ValueError(f"an act decides something, and nothing else does: {odd}")

    def __getitem__(self, name: str) -> Gate:
        return self._gates[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._gates)

    def __len__(self) -> int:
        return len(self._gates)

    def leaving(self, status: Status) -> list[Gate]:
        """The gates that lead out of a status, in the order of the table."""
        return [gate for gate in self._gates.values() if status in gate.sources]


def _reached(gates: Sequence[Gate]) -> set[Status]:
    """The statuses that a draft can come to, gate after gate."""
    reached: set[Status] = set()
    ahead = {Status.DRAFT}
    while ahead:
        reached |= ahead
        ahead = {gate.target for gate in gates if reached.intersection(gate.sources)} - reached
    return reached


@dataclass(frozen=True)
class Verdict:
    """What the judge says of one gate, one file, one person, one day: everything, at once."""

    gate: Gate
    points: tuple[Point, ...]
    asked: tuple[Point, ...]
    """What the act itself must say, judged once its form is filled; empty before."""
    status: Status
    roles: Role

    @property
    def missing(self) -> tuple[Point, ...]:
        return tuple(point for point in (*self.points, *self.asked) if not point.holds)

    @property
    def record_missing(self) -> tuple[Point, ...]:
        """What is missing from the file, whatever the form of the gate says."""
        return tuple(point for point in self.points if not point.holds)

    @property
    def wrong_status(self) -> bool:
        return self.status not in self.gate.sources

    @property
    def conflict(self) -> Role:
        return self.gate.opener.conflict(self.roles)

    @property
    def may_open(self) -> bool:
        return self.gate.opener.admits(self.roles)

    @property
    def opens(self) -> bool:
        """Whether nothing stands in the way: before the form is filled, nothing but what it will say."""
        return not self.missing and not self.wrong_status and self.may_open


class Refused(Exception):
    """A gate that stays shut; `verdict` says all of why."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(f"{verdict.gate.name}: refused")
        self.verdict = verdict


class Stale(Exception):
    """The file is not what the person was looking at any more."""

    def __init__(self, seen: int, now: int) -> None:
        super().__init__(f"seen at version {seen}, now at {now}")
        self.seen = seen
        self.now = now


def examine(gate: Gate, x: Experiment, roles: Role, today: date, answers: Content | None = None) -> Verdict:
    """The only judge. Without answers it judges the record alone: what the form says is judged once it is filled."""
    points = [point for requirement in gate.requires for point in requirement.judge(x, today)]
    return Verdict(gate, tuple(points), tuple(_asked(gate, x, answers, today)), x.status, roles)


def _asked(gate: Gate, x: Experiment, answers: Content | None, today: date) -> Iterable[Point]:
    if answers is None:
        return
    for asked in ASKED:
        if issubclass(gate.asks, asked.of):
            holds = isinstance(answers, gate.asks) and asked.test(answers, x, gate.outcome, today)
            yield Point(asked.code, asked.sentence, "etapes", asked.field, gate.opener.roles, asked.source, holds)


def cross(
    session: Session, x: Experiment, gate: Gate, person: Person, answers: Content, *, seen: int | None, now: datetime,
    today: date,
) -> Entry:  # fmt: skip
    """Cross a gate: judge, write its rows, its trace entry, then its status, in the caller's transaction.

    `x` must have been loaded for a change (its row locked); `seen` is the version that the person decided on, None
    when nobody looked at a page (command line). The same form posted again finds its gate already crossed and has
    no second effect. Raises Stale, or Refused with everything that is missing. Does not commit.
    """
    if seen is not None and seen != x.version:
        again = _already_crossed(session, x, gate, person, seen)
        if again is None:
            raise Stale(seen, x.version)
        return again
    roles = roles_of(person, x)
    verdict = examine(gate, x, roles, today, answers)
    if not verdict.opens:
        raise Refused(verdict)
    with session.no_autoflush:
        done = gate.effect(Crossing(session, x, gate, person, answers, now, today))
        event = trace.Event(gate.name, done.facts, done.withheld, x.status, gate.target)
        # The entry comes before the status: the database lets none move without it.
        entry = trace.append(session, event, x=x, by=person, capacity=roles & gate.opener.roles, now=now)
        for column, value in done.columns.items():
            setattr(x, column, value)
        x.trace_seq, x.status, x.version = entry.seq, gate.target, x.version + 1
        consequences.draw(session, x, now)
    session.flush()
    return entry


def _already_crossed(session: Session, x: Experiment, gate: Gate, person: Person, seen: int) -> Entry | None:
    entries = [e for e in trace.entries_of(session, x) if e.event == gate.name and e.at_version == seen + 1]
    mine = trace.signature_of(person)
    return next((e for e in entries if any(d.field == "by" and d.value == mine for d in e.disclosures)), None)
