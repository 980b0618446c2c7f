"""Who hears of what happened: the trace is the outbox, since its rows are written with the change that they tell."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from . import followers, trace
from .booking import Booking, book
from .ladder import paris_day
from .lifecycle import CARRIERS, LIFECYCLE
from .model import Entry, Notice, Person, Pulse
from .obligations import Occasion, Pace, Rank
from .succession import Roll
from .vocabulary import Status

TELLS: dict[str, tuple[Rank, ...]] = {
    **{gate.name: gate.tells for gate in LIFECYCLE.values()},
    "named": (Rank.LEAD, Rank.DEPUTY, Rank.EVALUATOR, Rank.HEAD),
    "opinion-asked": (Rank.ADVISER,),
    "opinion-given": CARRIERS,
    "interim-evaluation": CARRIERS,
    "extension-asked": (Rank.VALIDATOR,),
}
"""What is told, and to whom, but for whoever did it. The rest (reviewing, opening) is read in the file."""

IN_PERSON = frozenset({"named", "opinion-asked"})
"""What concerns the one person whom it names."""

ASKED: dict[str, tuple[tuple[Rank, ...], str]] = {
    "submit": ((Rank.VALIDATOR,), "lecture"),
    "return": (CARRIERS, "etapes"),
    "finish": ((Rank.EVALUATOR,), "evaluation"),
    "evaluate": ((Rank.VALIDATOR,), "etapes"),
    "opinion-asked": ((Rank.ADVISER,), "avis"),
    "extension-asked": ((Rank.VALIDATOR,), "jalons/extend"),
}
"""What waits for an act: whose, and where in the file it is done."""

ASKS = frozenset(ASKED)
"""What waits for an act of the reader: no digest holds it back."""


def plan(session: Session, pulse: Pulse, now: datetime, *, at_any_hour: bool = False, limit: int = 500) -> int:
    """Plan the notices of the next entries of the trace; how many were read. Does not commit."""
    entries = session.scalars(
        select(Entry)
        .where(Entry.seq > pulse.seen)
        .order_by(Entry.seq)
        .limit(limit)
        .options(joinedload(Entry.disclosures))
    ).unique().all()  # fmt: skip
    told = [entry for entry in entries if _is_told(entry)]
    if told:
        roll = Roll(session, {entry.experiment_id for entry in told if entry.experiment_id}, paris_day(now))
        bookings = [one for entry in told for one in _bookings(entry, roll)]
        book(session, bookings, now, at_any_hour=at_any_hour)
    followers.tell(session, entries, now)
    if entries:
        pulse.seen = entries[-1].seq
    session.flush()
    return len(entries)


def _is_told(entry: Entry) -> bool:
    """Whether anybody hears of it. A draft withdrawn was nobody else's business."""
    inside = entry.event == "withdraw" and entry.from_status is Status.DRAFT
    return entry.event in TELLS and entry.experiment_id is not None and not inside


def _bookings(entry: Entry, roll: Roll) -> list[Booking]:
    assert entry.experiment_id is not None
    said = {one.field: one.value for one in entry.disclosures}
    people: dict[int, Person] = {}
    for rank in TELLS[entry.event]:
        for person in roll.standing(entry.experiment_id, rank):
            concerned = entry.event not in IN_PERSON or said.get("person") == trace.signature_of(person)
            if (
                concerned
                and person.is_active
                and not person.bounced_at
                and trace.signature_of(person) != said.get("by")
            ):
                people[person.id] = person
    return [_booking(entry, people[number]) for number in sorted(people)]


def _booking(entry: Entry, person: Person) -> Booking:
    at_once = entry.event in ASKS or person.pace is Pace.AT_ONCE
    values: dict[str, object] = {"seq": entry.seq, "person_id": person.id}
    occasion = Occasion.NOTICE if at_once else Occasion.DIGEST
    return Booking(person, ("notice", entry.seq, person.id), values, Notice, occasion)
