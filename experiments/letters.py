"""What a mail is to say, reckoned at the moment it leaves: nothing that has ceased to be true is told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session, joinedload, selectinload

from .duties import DUTIES, Rule
from .ladder import paris_day
from .model import Deadline, Entry, Experiment, Mail, Notice, Person, Reminder
from .obligations import Fate, Occasion, Rank
from .succession import Obstacle, Roll


@dataclass(frozen=True)
class Told:
    """Somebody who was told of the same duty, as what, on which day, and whether the mail reached a server."""

    name: str
    function: str
    rank: Rank
    on: date
    fate: Fate


@dataclass(frozen=True)
class Missing:
    """Somebody who should have been told first, and why they cannot be reached."""

    name: str
    rank: Rank
    obstacle: Obstacle


@dataclass(frozen=True)
class Ask:
    """One duty that a mail recalls to its reader."""

    x: Experiment
    deadline: Deadline
    rule: Rule
    rank: Rank
    """As what the reader is told."""
    days: int
    """Until the day; negative once it is past."""
    before: tuple[Told, ...]
    also: tuple[Told, ...]
    missing: tuple[Missing, ...]


@dataclass(frozen=True)
class News:
    """One gate crossed, or one fact of the file, that a mail tells."""

    x: Experiment
    entry: Entry
    reason: str
    """What whoever did it gave as reason, or said; "" when they gave none or when it was redacted."""
    due: tuple[Deadline, ...]
    """What the file owes from now on."""


@dataclass
class Letter:
    """A mail, its reader, and what there is to say; empty when none of it holds any more."""

    mail_id: int
    key: str
    person: Person
    occasion: Occasion
    at: datetime
    """When it was written: the date of the mail."""
    asks: list[Ask] = field(default_factory=list)
    news: list[News] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.asks or self.news)


def write(session: Session, mail_ids: Collection[int], now: datetime) -> list[Letter]:
    """The letters of these mails, in the order in which they were due. A few statements, however many there are."""
    mails = session.scalars(
        select(Mail)
        .where(Mail.id.in_(mail_ids))
        .order_by(Mail.not_before, Mail.id)
        .options(
            joinedload(Mail.person),
            selectinload(Mail.reminders).joinedload(Reminder.deadline).joinedload(Deadline.experiment),
            selectinload(Mail.notices).joinedload(Notice.entry).selectinload(Entry.disclosures),
        )
        .execution_options(populate_existing=True)
    ).all()
    return _Desk(session, mails, now).letters()


class _Desk:
    """What the letters of one bite need to know, read once."""

    def __init__(self, session: Session, mails: Sequence[Mail], now: datetime) -> None:
        self.mails, self.now, self.today = mails, now, paris_day(now)
        held = [r.deadline for mail in mails for r in mail.reminders]
        told = {n.entry.experiment_id for mail in mails for n in mail.notices if n.entry.experiment_id}
        files = {one.experiment_id for one in held} | told
        self.roll = Roll(session, files, self.today)
        self.told = _told(session, held)
        self.files = (
            {x.id: x for x in session.scalars(select(Experiment).where(Experiment.id.in_(told)))} if told else {}
        )
        self.due: dict[int, list[Deadline]] = defaultdict(list)
        if told:
            standing = select(Deadline).where(Deadline.experiment_id.in_(told), Deadline.ended_at.is_(None))
            for one in session.scalars(standing.order_by(Deadline.due_on, Deadline.id)):
                self.due[one.experiment_id].append(one)

    def letters(self) -> list[Letter]:
        return [self._letter(mail) for mail in self.mails]

    def _letter(self, mail: Mail) -> Letter:
        letter = Letter(mail.id, mail.key, mail.person, mail.occasion, self.now)
        if not mail.person.is_active:
            return letter
        last = {r.deadline_id: r for r in sorted(mail.reminders, key=lambda r: r.rung) if self._holds(r)}
        letter.asks = sorted((self._ask(r) for r in last.values()), key=lambda ask: (ask.deadline.due_on, ask.x.id))
        letter.news = [self._news(n) for n in mail.notices if n.entry.experiment_id in self.files]
        return letter

    def _holds(self, reminder: Reminder) -> bool:
        one, rule = reminder.deadline, DUTIES[reminder.deadline.task]
        if not one.is_open or one.version != reminder.version or (rule.lapses and one.due_on < self.today):
            return False
        # Somebody who has left the file has nothing to do with it any more.
        return any(p.id == reminder.person_id for p in self.roll.standing(one.experiment_id, reminder.rank))

    def _ask(self, reminder: Reminder) -> Ask:
        one, rule = reminder.deadline, DUTIES[reminder.deadline.task]
        others = [t for r, t in self.told[one.id, one.version] if r.person_id != reminder.person_id]
        missing = []
        for rank in rule.ranks:
            if rank is reminder.rank:
                break
            for person in self.roll.standing(one.experiment_id, rank):
                if obstacle := self.roll.obstacle(person):
                    missing.append(Missing(person.name, rank, obstacle))
        return Ask(
            one.experiment, one, rule, reminder.rank, (one.due_on - self.today).days,
            tuple(t for t in others if t.on < reminder.planned_on),
            tuple(t for t in others if t.on >= reminder.planned_on), tuple(missing),
        )  # fmt: skip

    def _news(self, notice: Notice) -> News:
        entry = notice.entry
        assert entry.experiment_id is not None
        said = {one.field: one.value or "" for one in entry.disclosures}
        reason = said.get("reason") or (said.get("text", "") if entry.event == "opinion-given" else "")
        return News(self.files[entry.experiment_id], entry, reason, tuple(self.due[entry.experiment_id]))


def _told(session: Session, held: Sequence[Deadline]) -> dict[tuple[int, int], list[tuple[Reminder, Told]]]:
    """Who was told of these duties, for these versions of their dates, the oldest first."""
    found: dict[tuple[int, int], list[tuple[Reminder, Told]]] = defaultdict(list)
    if not held:
        return found
    rows = session.execute(
        select(Reminder, Person.name, Person.function, Mail.fate)
        .join(Person, Person.id == Reminder.person_id)
        .join(Mail, Mail.id == Reminder.mail_id)
        .where(tuple_(Reminder.deadline_id, Reminder.version).in_({(one.id, one.version) for one in held}))
        .order_by(Reminder.id)
    )
    for reminder, name, function, fate in rows:
        told = Told(name, function, reminder.rank, reminder.planned_on, fate)
        found[reminder.deadline_id, reminder.version].append((reminder, told))
    return found
