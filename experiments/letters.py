"""What a mail is to say, reckoned at the moment it leaves: nothing that has ceased to be true is told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from . import alarms, bulletins
from .alarms import Alarm
from .among import among
from .appointments import urgency
from .bulletins import Bulletin
from .duties import DUTIES, Rule
from .ladder import day_of, following, paris_day
from .model import Deadline, Entry, Experiment, Mail, Notice, Person, Reminder
from .notices import ASKED, TELLS
from .obligations import Fate, Occasion, Rank, Task
from .policy import current as policy
from .succession import Obstacle, Roll
from .vocabulary import OpinionSense, Status


@dataclass(frozen=True)
class Recipient:
    """Somebody whom a mail tells of the same duty, as what, the day on which it left, and what became of it."""

    name: str
    function: str
    rank: Rank
    on: date | None
    """None until it leaves, and for ever when it does not."""
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
    told: tuple[Recipient, ...]
    """The others whom it was recalled to, or is to be, for this version of its date."""
    missing: tuple[Missing, ...]
    then: tuple[Rank, date] | None
    """Who is told next besides those who already were, and on which day, if nothing is done."""

    @property
    def is_own(self) -> bool:
        """Whether the reader does it; the ranks that follow only see to it that it is done."""
        first = self.rule.ranks[0]
        return self.rank is first or (first is Rank.LEAD and self.rank is Rank.DEPUTY)


@dataclass(frozen=True)
class News:
    """One gate crossed, or one fact of the file, that a mail tells."""

    x: Experiment
    entry: Entry
    rank: Rank
    """As what the reader is told."""
    page: str
    """Where the reader does what it asks of them; "" when it asks nothing of them, or no longer."""
    reason: str
    """What whoever did it gave as reason, or said; "" when they gave none or when it was redacted."""
    sense: OpinionSense | None
    due: tuple[Deadline, ...]
    """What the file owes from now on, among what concerns the reader."""


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
    moves: Mapping[int, int] = field(default_factory=dict)
    """How often the reader came to each file or left it: as `appointments.moves` says."""
    astray: list[int] = field(default_factory=list)
    """Deadlines that still hold but that this reader cannot see to any more: the next in line is to be told."""

    @property
    def is_empty(self) -> bool:
        return not (self.asks or self.news)

    @property
    def address(self) -> str:
        return self.person.email


Post = Letter | Bulletin | Alarm
"""A mail, before it is in words."""


def write(session: Session, mail_ids: Collection[int], now: datetime) -> list[Post]:
    """What these mails say, in the order in which they were due. A few statements, however many there are."""
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
    inside = [mail for mail in mails if mail.person and mail.webhook_id is None]
    desk = _Desk(session, inside, now)
    found: dict[int, Post] = {mail.id: desk.letter(mail, mail.person) for mail in inside if mail.person}
    found |= bulletins.write(session, [mail for mail in mails if not mail.person], now)
    found |= alarms.write(session, [mail for mail in mails if mail.webhook_id is not None], now)
    return [found[mail.id] for mail in mails if mail.id in found]


class _Desk:
    """What the letters of one bite need to know, read once."""

    def __init__(self, session: Session, mails: Sequence[Mail], now: datetime) -> None:
        self.now, self.today = now, paris_day(now)
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

    def letter(self, mail: Mail, person: Person) -> Letter:
        letter = Letter(mail.id, mail.key, person, mail.occasion, self.now)
        last = {r.deadline_id: r for r in sorted(mail.reminders, key=lambda r: r.rung) if self._holds(r)}
        ranks = {number: self._rank(r) for number, r in last.items()}
        letter.astray = [number for number in sorted(last) if ranks[number] is None]
        asks = [self._ask(r, rank) for number, r in last.items() if (rank := ranks[number])]
        letter.asks = sorted(asks, key=lambda ask: urgency(ask.deadline, self.today))
        letter.moves = self.roll.moves[person.id]
        obstacle = self.roll.obstacle(person)
        # Whoever is away reads on their return what happened meanwhile.
        if obstacle is None or obstacle.kind == "away":
            letter.news = [news for n in mail.notices if (news := self._news(n))]
        return letter

    def _holds(self, reminder: Reminder) -> bool:
        one, rule = reminder.deadline, DUTIES[reminder.deadline.task]
        return one.is_open and one.version == reminder.version and not (rule.lapses and one.due_on < self.today)

    def _rank(self, reminder: Reminder) -> Rank | None:
        """As what the reader is told, now; None for somebody who cannot be reached, or who has left the file."""
        one = reminder.deadline
        ranks = (reminder.rank, *DUTIES[one.task].ranks)
        standing = {rank: [p for p in self._concerned(one, rank) if p.id == reminder.person_id] for rank in ranks}
        found = next((rank for rank in ranks if standing[rank]), None)
        return None if found is None or self.roll.obstacle(standing[found][0]) else found

    def _ask(self, reminder: Reminder, as_: Rank) -> Ask:
        one, rule = reminder.deadline, DUTIES[reminder.deadline.task]
        others = [t for r, t in self.told[one.id, one.version] if r.person_id != reminder.person_id]
        missing = []
        for rank in rule.ranks:
            if rank is as_:
                break
            for person in self._concerned(one, rank):
                if obstacle := self.roll.obstacle(person):
                    missing.append(Missing(person.name, rank, obstacle))
        return Ask(
            one.experiment, one, rule, as_, (one.due_on - self.today).days,
            tuple(others), tuple(missing), self._then(one, rule, reminder),
        )  # fmt: skip

    def _concerned(self, one: Deadline, rank: Rank) -> list[Person]:
        """Those of a rank whom a duty concerns: of the advisers, the one who owes the opinion."""
        people = self.roll.standing(one.experiment_id, rank)
        return [p for p in people if rank is not Rank.ADVISER or p.id == one.person_id]

    def _then(self, one: Deadline, rule: Rule, reminder: Reminder) -> tuple[Rank, date] | None:
        """The rank that the ladder reaches next; as for succession, one where nobody can be reached takes no place."""
        groups = []
        for rank in rule.ranks:
            if reached := [p for p in self._concerned(one, rank) if self.roll.obstacle(p) is None]:
                groups.append((rank, reached))
        every = policy().reminders.escalate_after
        level = max(0, one.told - 1) // every + 1
        if one.next_on is None or level >= len(groups):
            return None
        rank, people = groups[level]
        if all(p.id == reminder.person_id for p in people):
            return None
        rung = one.rung
        for _ in range(level * every - one.told + 1):
            rung = following(rung, lapses=rule.lapses)
            if rung is None:
                return None
        day = day_of(rung, one.due_on) if rung is not None else self.today
        return (rank, day) if day > self.today else None

    def _news(self, notice: Notice) -> News | None:
        """What a notice says; nothing to somebody who has left the file meanwhile."""
        entry = notice.entry
        number, person = entry.experiment_id, notice.person_id
        if number not in self.files:
            return None
        ranks = [rank for rank in Rank if any(p.id == person for p in self.roll.standing(number, rank))]
        told = [rank for rank in TELLS[entry.event] if rank in ranks]
        if not told:
            return None
        x, said = self.files[number], {one.field: one.value or "" for one in entry.disclosures}
        words = ("reason", "text") if entry.event == "opinion-given" else ("reason", "facts")
        due = [
            one for one in self.due[number]
            if not (DUTIES[one.task].lapses and one.due_on < self.today)
            and any(r in ranks and (r is not Rank.ADVISER or one.person_id == person) for r in DUTIES[one.task].ranks)
        ]  # fmt: skip
        asked, page = ASKED.get(entry.event, ((), ""))
        doing = [rank for rank in told if rank in asked] if _still_asked(entry, x, due) else []
        return News(
            x, entry, (doing or told)[0], page if doing else "", next((said[w] for w in words if said.get(w)), ""),
            OpinionSense(said["sense"]) if said.get("sense") else None, tuple(due),
        )  # fmt: skip


def _still_asked(entry: Entry, x: Experiment, due: Sequence[Deadline]) -> bool:
    """Whether what an entry asks for has not been done, or overtaken, since."""
    if entry.event == "opinion-asked":
        return any(one.task is Task.OPINION for one in due)
    if entry.event == "extension-asked":
        return x.status is Status.RUNNING and x.extension_asked_on is not None
    return x.status is entry.to_status


def _told(session: Session, held: Sequence[Deadline]) -> dict[tuple[int, int], list[tuple[Reminder, Recipient]]]:
    """Whom these duties are recalled to, for these versions of their dates, the oldest first."""
    found: dict[tuple[int, int], list[tuple[Reminder, Recipient]]] = defaultdict(list)
    if not held:
        return found
    rows = session.execute(
        select(Reminder, Person.name, Person.function, Mail.fate, Mail.sent_at)
        .join(Person, Person.id == Reminder.person_id)
        .join(Mail, Mail.id == Reminder.mail_id)
        .where(among(Reminder.deadline_id, {one.id for one in held}))
        .order_by(Reminder.id)
    )
    versions = {one.id: one.version for one in held}
    for reminder, name, function, fate, sent_at in rows:
        if versions[reminder.deadline_id] != reminder.version:
            continue
        told = Recipient(name, function, reminder.rank, paris_day(sent_at) if sent_at else None, fate)
        found[reminder.deadline_id, reminder.version].append((reminder, told))
    return found
