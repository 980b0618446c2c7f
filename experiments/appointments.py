"""The deadlines that concern somebody: what agendas and personal calendars show."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, tuple_, union_all
from sqlalchemy.orm import Session, joinedload

from .declared import Identity
from .duties import DUTIES
from .ladder import PARIS
from .model import Deadline, Experiment, Involvement, Person, Reminder, WrittenPart
from .obligations import Rank, Task
from .parts import BY_CONTENT
from .policies import LASTING
from .rows import OwnDeadline, read
from .succession import ACCOUNTS, BARRED, PARTS
from .vocabulary import Account, Part

KEPT = timedelta(90)
"""How long a calendar says that something is over, for programs that come back seldom."""
MOST = 2000
"""The most events of one kind in a calendar: what comes first is kept, the rest comes as time goes."""
PAGE = 50

# Told of the duties of others only when those do not act: what an agenda shows them is what they were told of.
_LAST_RESORTS = frozenset({Rank.HEAD, Rank.VALIDATOR})
_HOLDERS = {Rank.LEAD: (Part.LEAD, Part.DEPUTY), Rank.EVALUATOR: (Part.EVALUATOR,)}
"""Who does what is asked of a rank that people are named to: whoever is told in their place does not."""
_LAPSING = [rule.task for rule in DUTIES.values() if rule.lapses]

_TITLED_AT = (
    select(WrittenPart.written_at)
    .where(WrittenPart.experiment_id == Deadline.experiment_id, WrittenPart.slug == BY_CONTENT[Identity].slug)
    .correlate(Deadline)
    .scalar_subquery()
    .label("titled_at")
)
"""When the part that holds the title was last written: the title is said by each event."""
_BESIDE = {"number": Experiment.number, "title": Experiment.title, "titled_at": _TITLED_AT}
_CALENDAR = [_BESIDE[name] if name in _BESIDE else getattr(Deadline, name) for name in OwnDeadline._fields]

Way = Select[int, date]
"""One way for deadlines to concern somebody, that an index follows."""
Place = tuple[date, int]


def mine(
    session: Session, person: Person, today: date, *, since: date | None = None, until: date | None = None,
    after: Place | None = None, limit: int = PAGE,
) -> Sequence[Deadline]:  # fmt: skip
    """What this person has to do or to see done, the earliest first, between two days, both included."""
    found = [_stands(today), *_between(since, until)]
    if after:
        found.append(tuple_(Deadline.due_on, Deadline.id) > after)
    whole = joinedload(Deadline.experiment).load_only(Experiment.number, Experiment.title, Experiment.status)
    query = _first(select(Deadline).options(whole), [way.where(*found) for way in _ways(person)], limit)
    return session.scalars(query).all()


def own(session: Session, person: Person, found: Sequence[Deadline]) -> set[int]:
    """Those of these deadlines whose act is this person's own, and not one that they see to."""
    office = ACCOUNTS.get(person.account)
    firsts = {one.id: DUTIES[one.task].ranks[0] for one in found}
    theirs = {one.id for one in found if firsts[one.id] is office or one.person_id == person.id}
    asked = {one.experiment_id for one in found if firsts[one.id] in _HOLDERS}
    if asked:
        held = (Involvement.person_id == person.id, Involvement.until.is_(None), Involvement.experiment_id.in_(asked))
        rows = select(Involvement.experiment_id, Involvement.part).where(*held).order_by(Involvement.id)
        parts = {(file, part) for file, part in session.execute(rows)}
        theirs |= {one.id for one in found for p in _HOLDERS.get(firsts[one.id], ()) if (one.experiment_id, p) in parts}
    return theirs


def per_day(session: Session, person: Person, today: date, since: date, until: date) -> dict[date, int]:
    """How many of them fall on each day, between two days, both included."""
    ways = [way.where(_stands(today), *_between(since, until)) for way in _ways(person)]
    rows = union_all(*ways).subquery()
    days = select(rows.c.due_on, func.count(rows.c.id.distinct())).group_by(rows.c.due_on).order_by(rows.c.due_on)
    return dict(session.execute(days).all())


def for_calendar(session: Session, person: Person, today: date) -> list[tuple[OwnDeadline, bool]]:
    """What this person's calendar says: what stands, what has ended lately, and what was theirs until lately (True).

    There are some hundreds of them, read at each call of a program that comes back.
    """
    ways, since = _ways(person), kept_since(today)
    # What came up after somebody left is none of their business.
    known = or_(Deadline.version > 1, Deadline.changed_at <= Involvement.until)
    left = _named(person, Involvement.until >= since).where(known, or_(_is_open(), Deadline.ended_at >= since))
    lists = (
        [way.where(_stands(today - KEPT)) for way in ways],
        [way.where(Deadline.ended_at >= since) for way in ways],
        [left],
    )
    query = select(*_CALENDAR).join(Experiment, Experiment.id == Deadline.experiment_id)
    standing, ended, gone = (read(OwnDeadline, session.execute(_first(query, some, MOST))) for some in lists)
    theirs = {one.id for one in (*standing, *ended)}
    return [*((one, False) for one in (*standing, *ended)), *((one, True) for one in gone if one.id not in theirs)]


class Moves(NamedTuple):
    """How often somebody came to a file or left it, and when last: neither ever falls, whatever they are named to."""

    times: int
    last: datetime


def moves(session: Session, person: Person) -> dict[int, Moves]:
    """The comings and goings of somebody, file by file."""
    last = func.max(func.coalesce(Involvement.until, Involvement.since))
    rows = (
        select(Involvement.experiment_id, func.count(Involvement.id) + func.count(Involvement.until), last)
        .where(Involvement.person_id == person.id, Involvement.part.in_(PARTS))
        .group_by(Involvement.experiment_id)
        .order_by(Involvement.experiment_id)
    )
    return {number: Moves(times, last) for number, times, last in session.execute(rows)}


def urgency(one: Deadline, today: date) -> tuple[bool, date, int]:
    """What orders what is due: what the rules impose and is late first, then the earliest."""
    rule = DUTIES[one.task]
    return not (rule.statutory and one.due_on < today), one.due_on, one.id


def _first(query: Any, ways: Iterable[Way], limit: int) -> Any:
    """This query, of the first deadlines found by any of these ways: each is read no further than the limit."""
    order = (Deadline.due_on, Deadline.id)
    shelves = [select(way.order_by(*order).limit(limit).subquery().c.id) for way in ways]
    return query.where(Deadline.id.in_(union_all(*shelves))).order_by(*order).limit(limit)


def _ways(person: Person) -> list[Way]:
    """The ways for deadlines to concern a person today: by name, and by account for whoever decides."""
    ways = [_named(person, Involvement.until.is_(None))]
    if person.account is Account.VALIDATOR:
        barred = select(Involvement.experiment_id).where(
            Involvement.person_id == person.id,
            Involvement.part.in_(BARRED),
            or_(Involvement.until.is_(None), Involvement.part.in_(LASTING)),
        )
        open_to = select(Deadline.id, Deadline.due_on).where(Deadline.experiment_id.not_in(barred))
        firsts = _tasks(Rank.VALIDATOR, first=True)
        ways += [open_to.where(Deadline.task == task) for task in firsts]
        told = select(Reminder.deadline_id).where(Reminder.person_id == person.id)
        ways.append(open_to.where(Deadline.task.in_(_tasks(Rank.VALIDATOR)), Deadline.id.in_(told)))
    return ways


def _named(person: Person, held: ColumnElement[bool]) -> Way:
    """What the parts that somebody holds, or held, in files make theirs."""
    theirs = [and_(Involvement.part == part, _owed_by(rank, person)) for part, rank in PARTS.items()]
    return (
        select(Deadline.id, Deadline.due_on)
        .join(Involvement, Involvement.experiment_id == Deadline.experiment_id)
        .where(Involvement.person_id == person.id, held, or_(*theirs))
    )


def _owed_by(rank: Rank, person: Person) -> ColumnElement[bool]:
    theirs = Deadline.task.in_(_tasks(rank))
    if rank is Rank.ADVISER:
        return and_(theirs, Deadline.person_id == person.id)
    if rank in _LAST_RESORTS:
        told = exists().where(Reminder.deadline_id == Deadline.id, Reminder.person_id == person.id)
        return or_(Deadline.task.in_(_tasks(rank, first=True)), and_(theirs, told))
    return theirs


def _tasks(rank: Rank, *, first: bool = False) -> list[Task]:
    """The duties of which a rank is told, or told first."""
    return [rule.task for rule in DUTIES.values() if rank in (rule.ranks[:1] if first else rule.ranks)]


def _is_open() -> ColumnElement[bool]:
    return Deadline.ended_at.is_(None)


def _stands(today: date) -> ColumnElement[bool]:
    """Still owed on a day: what lapses is not, once its day is past."""
    return and_(_is_open(), or_(Deadline.task.not_in(_LAPSING), Deadline.due_on >= today))


def _between(since: date | None, until: date | None) -> list[Any]:
    bounds = [Deadline.due_on >= since] if since else []
    return [*bounds, Deadline.due_on <= until] if until else bounds


def kept_since(today: date) -> datetime:
    """Since when what is over is still said."""
    return datetime.combine(today - KEPT, time(), PARIS)
