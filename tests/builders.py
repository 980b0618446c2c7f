"""Experiments for the tests: built by the real verbs, on a real session.

`an_experiment(session, Status.RUNNING)` stands at a status, ready for every gate that leaves it;
`ready_for(session, "authorise")` says the same by the name of a gate. All are reckoned from `today`, whatever day
it is. Nothing is committed.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from unittest.mock import patch

from sqlalchemy.orm import Session

from experiments import declared as d
from experiments import editing, gates, opinions, policies, publishing
from experiments.content import Content, encode
from experiments.lifecycle import LIFECYCLE
from experiments.model import Entry, Experiment, Person
from experiments.parts import BY_CONTENT, PARTS, Writer
from experiments.vocabulary import (
    OpinionKind,
    OpinionSense,
    Part,
    Role,
    Status,
)
from tests import people, replayed
from tests.contents import TODAY, answers_for, complete

Written = Mapping[type[Content], Content]

_TO_AUTHORISED = ("submit", "authorise")
_TO_RUNNING = (*_TO_AUTHORISED, "start")
_TO_EVALUATED = (*_TO_RUNNING, "finish", "evaluate")
PATHS: dict[Status, tuple[str, ...]] = {
    Status.DRAFT: (),
    Status.SUBMITTED: ("submit",),
    Status.REFUSED: ("submit", "refuse"),
    Status.WITHDRAWN: ("withdraw",),
    Status.AUTHORISED: _TO_AUTHORISED,
    Status.RUNNING: _TO_RUNNING,
    Status.SUSPENDED: (*_TO_RUNNING, "suspend"),
    Status.EVALUATING: (*_TO_RUNNING, "finish"),
    Status.EVALUATED: _TO_EVALUATED,
    Status.DECIDED: (*_TO_EVALUATED, "decide-generalise"),
    Status.CLOSED: (*_TO_EVALUATED, "decide-generalise", "close"),
}
"""The gates that lead to each status."""

# In days from the start of the period, which lasts a year.
_OPENED, _OPINION_GIVEN, _ASKED_EXTENSION = -45, -41, 60
_DAY_OF = {
    "submit": -40, "withdraw": -40, "authorise": -20, "refuse": -20, "start": 0, "suspend": 110, "finish": 300,
    "evaluate": 320, "decide-generalise": 340, "close": 350,
}  # fmt: skip
_AGE = {
    Status.DRAFT: -30, Status.SUBMITTED: -30, Status.REFUSED: -10, Status.WITHDRAWN: -10, Status.AUTHORISED: 0,
    Status.RUNNING: 120, Status.SUSPENDED: 120, Status.EVALUATING: 310, Status.EVALUATED: 330, Status.DECIDED: 345,
    Status.CLOSED: 355,
}  # fmt: skip

_nonces = count(1)


def noon(day: date) -> datetime:
    """A moment of that day, the same day in Paris."""
    return datetime.combine(day, time(11), UTC)


def an_experiment(
    session: Session, status: Status = Status.DRAFT, *, today: date = TODAY, written: Written | None = None,
    then: str | None = None,
) -> Experiment:  # fmt: skip
    """A file that stands at a status on a day, with all that the gates leaving it ask.

    Awa carries it, Bruno contributes, Claire evaluates, Denis advises, Élise decides. `written` replaces whole
    parts of what `complete` says.
    """
    # Hired before the register is looked at: it stands alike whoever of them a test has already met.
    for who in (people.awa, people.bruno, people.claire, people.denis, people.elise):
        who(session)
    asked = (status, today, repr(written), then)
    return replayed.once(session, asked, lambda: _published(session, status, today, written, then))


def _published(session: Session, status: Status, today: date, written: Written | None, then: str | None) -> Experiment:
    """Published once, at its end: what is published of a file depends on what it says, not on how it came to say it."""
    with patch.object(publishing, "publish", lambda _session, _x: None):
        x = step_by_step(session, status, today, written, then)
    publishing.publish(session, x)
    return x


def step_by_step(
    session: Session, status: Status, today: date = TODAY, written: Written | None = None, then: str | None = None
) -> Experiment:
    """The same file, published by each of its verbs."""
    start = today - timedelta(_AGE[status])
    contents = {**complete(start), **(written or {})}
    x = _opened(session, start, contents)
    _prepare(session, x, contents, start)
    for gate in PATHS[status]:
        cross(session, x, gate, on=start + timedelta(_DAY_OF[gate]))
        _prepare(session, x, contents, start)
    if then:
        cross(session, x, then, on=today)
    return x


def ready_for(session: Session, gate: str, *, today: date = TODAY, written: Written | None = None) -> Experiment:
    """A file that this gate lets through on that day, standing at the first status that the gate leaves."""
    return an_experiment(session, LIFECYCLE[gate].sources[0], today=today, written=written)


def _opened(session: Session, start: date, contents: Written) -> Experiment:
    day = start + timedelta(_OPENED)
    now, lead = noon(day), people.awa(session)
    identity = contents[d.Identity]
    assert isinstance(identity, d.Identity)
    x = editing.open_experiment(
        session, lead, identity.title or "Sans titre", f"builder-{next(_nonces)}", now=now, today=day
    )
    editing.name(session, x, lead, people.bruno(session), Part.CONTRIBUTOR, now=now)
    editing.name(session, x, lead, people.claire(session), Part.EVALUATOR, now=now)
    return x


def _prepare(session: Session, x: Experiment, contents: Written, start: date) -> None:
    """Write every part that this status opens and that is not yet written; ask and give what goes with it."""
    now = noon(start + timedelta(_DAY_OF[PATHS[x.status][-1]] if PATHS[x.status] else _OPENED))
    for part in PARTS:
        kept = contents.get(part.content)
        if kept and x.status in part.open_in and x.text(part) != encode(kept):
            editing.write(session, x, writer_of(session, part.content), part, kept, seen=None, now=now)
    if x.status is Status.DRAFT:
        _have_opinion(session, x, start)
    if x.status is Status.RUNNING:
        asked_on = start + timedelta(_ASKED_EXTENSION)
        editing.record_interim(session, x, people.claire(session), now=noon(asked_on))
        editing.ask_extension(session, x, people.awa(session), now=noon(asked_on), today=asked_on)


def _have_opinion(session: Session, x: Experiment, start: date) -> None:
    asked_on = start + timedelta(_OPENED)
    opinions.ask(
        session, x, people.awa(session), people.denis(session), OpinionKind.DPO, "Les comptages sont-ils anonymes ?",
        now=noon(asked_on), today=asked_on,
    )  # fmt: skip
    opine(session, x, on=start + timedelta(_OPINION_GIVEN))


def opine(session: Session, x: Experiment, *, on: date) -> None:
    """Denis gives his opinion, or gives it again on what the file says now."""
    for opinion in x.opinions:
        opinions.give(
            session, x, people.denis(session), opinion, OpinionSense.FAVOURABLE,
            "Aucune donnée personnelle n’est collectée.", seen=None, now=noon(on),
        )  # fmt: skip


def writer_of(session: Session, kind: type[Content]) -> Person:
    """Whose hand writes this part."""
    return people.claire(session) if BY_CONTENT[kind].writer is Writer.EVALUATOR else people.awa(session)


def write(session: Session, x: Experiment, content: Content, *, on: date = TODAY, by: Person | None = None) -> None:
    """Write a part anew, by the hand whose it is."""
    part = BY_CONTENT[type(content)]
    editing.write(session, x, by or writer_of(session, part.content), part, content, seen=None, now=noon(on))


def opener_of(session: Session, gate: str) -> Person:
    """Who opens a gate in the stories of the tests."""
    roles = LIFECYCLE[gate].opener.roles
    who = people.awa if Role.LEAD in roles else people.claire if Role.EVALUATOR in roles else people.elise
    return who(session)


def cross(
    session: Session, x: Experiment, gate: str, *, on: date = TODAY, by: Person | None = None,
    answers: Content | None = None, seen: int | None = None,
) -> Entry:  # fmt: skip
    """Cross a gate, by whoever opens it and with a well filled form unless told otherwise."""
    return gates.cross(
        session, x, LIFECYCLE[gate], by or opener_of(session, gate),
        answers if answers is not None else answers_for(gate, on), seen=seen, now=noon(on), today=on,
    )  # fmt: skip


def verdict(
    session: Session, x: Experiment, gate: str, *, on: date = TODAY, by: Person | None = None,
    answers: Content | None = None,
) -> gates.Verdict:  # fmt: skip
    """What the judge says of a gate, for whoever opens it and with a well filled form unless told otherwise."""
    roles = policies.roles_of(by or opener_of(session, gate), x)
    return gates.examine(LIFECYCLE[gate], x, roles, on, answers if answers is not None else answers_for(gate, on))


def missing(session: Session, x: Experiment, gate: str, on: date = TODAY) -> list[str]:
    """The codes of all that a gate misses, for whoever opens it and with a well filled form."""
    return [point.code for point in verdict(session, x, gate, on=on).missing]
