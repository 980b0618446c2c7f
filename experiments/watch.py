"""Whether reminders leave, and what became of the mails: what those who watch over the register look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from .ladder import PARIS, opening_hours, paris_day
from .leaves import Leaf, leaf
from .model import Deadline, Experiment, Mail, Notice, Person, Pulse, Reminder
from .model.post import TROUBLED
from .obligations import Fate
from .outbox import oldest_due, oldest_try
from .planning import is_own
from .vocabulary import Word
from .words import typeset

SILENT_AFTER = timedelta(minutes=15)
"""Without a run for longer, nobody sees to the reminders."""
LATE_AFTER = timedelta(minutes=60)
"""A mail that was to leave, or a rung that was to be planned, longer ago is late."""
AHEAD = timedelta(minutes=5)
"""Two clocks differ by less: a last run further ahead was seen by one that was wrong, and says nothing."""
COUNTED = timedelta(days=30)
"""How far back mails are counted."""


class Health(Word):
    """How it goes with whoever sends the reminders."""

    OK = "ok", "En marche"
    NEVER = "never", "Jamais lancé"
    SILENT = "silent", "Arrêté"
    TROUBLED = "troubled", "Empêché"


@dataclass(frozen=True)
class State:
    """What is known of the reminders at a moment."""

    now: datetime
    since: datetime
    """When the register began to owe reminders."""
    last_run: datetime | None
    oldest_due: datetime | None
    """When the oldest mail that waits was to leave, even if its own server puts it off."""
    oldest_try: datetime | None
    """When the mail that waits longest was to be tried."""
    unplanned_on: date | None
    """The day of the oldest rung that is not planned, and that nothing has moved of late."""
    trouble: str
    troubled_since: datetime | None

    @property
    def silent_since(self) -> datetime | None:
        """The last sign of life, once it is too old."""
        seen = self.last_run or self.since
        if seen - self.now > AHEAD:
            return self.now
        return seen if self.now - seen > SILENT_AFTER else None

    @property
    def late_since(self) -> datetime | None:
        """When the mail that waits longest was to be tried, once that is late."""
        return self._late(self.oldest_try)

    @property
    def unplanned_since(self) -> datetime | None:
        """The morning of the oldest rung that is not planned, once that is late."""
        if self.unplanned_on is None:
            return None
        morning = opening_hours(datetime.combine(self.unplanned_on, time(), PARIS))
        return self._late(max(morning, self.since))

    def _late(self, due: datetime | None) -> datetime | None:
        return due if due and self.now - due > LATE_AFTER else None

    @property
    def hindered_since(self) -> datetime | None:
        """Since when nothing gets through, once it has lasted."""
        since = self.troubled_since
        return since if self.trouble and since and self.now - since > LATE_AFTER else None

    @property
    def unsent_since(self) -> datetime | None:
        """Since when people miss reminders; None while all leave on time."""
        signs = (self.silent_since, self.late_since, self.hindered_since)
        return min((moment for moment in signs if moment), default=None)

    @property
    def is_well(self) -> bool:
        """Whether nothing is late, not even one mail that its own server puts off: for who watches the machine."""
        return not (self.unsent_since or self._late(self.oldest_due) or self.unplanned_since)

    @property
    def is_from_here(self) -> bool:
        """Whether what stands in the way is in the register, and not the server of mails."""
        return is_own(self.trouble)

    @property
    def health(self) -> Health:
        if self.last_run is None:
            return Health.NEVER
        if self.silent_since:
            return Health.SILENT
        return Health.TROUBLED if self.trouble else Health.OK

    @property
    def why(self) -> str:
        """What stands in the way, in one sentence."""
        if self.health is Health.OK:
            if self.unplanned_since:
                return "Le programme tourne, mais des rappels dus ne sont pas prévus."
            late = "Le programme tourne, mais un courriel attend : son serveur le diffère, ou la file est longue."
            return typeset(late if self._late(self.oldest_due) else "Rien n’est en retard.")
        if self.health is Health.TROUBLED and self.is_from_here:
            return f"{self.trouble}."
        return typeset(_WHY.get(self.health) or f"Rien ne part : {self.trouble}")


_WHY = {
    Health.NEVER: "Le programme des rappels n’a jamais été lancé.",
    Health.SILENT: "Le programme des rappels ne donne plus signe de vie : il est arrêté, ou ne joint plus la base.",
}


def state(session: Session, now: datetime) -> State:
    """How it goes with the reminders: one statement."""
    # What has just been moved is planned by the next run.
    left = (Deadline.next_on <= paris_day(now), Deadline.changed_at <= now - LATE_AFTER)
    row = session.execute(
        select(
            Pulse.since, Pulse.ran_at, Pulse.trouble, Pulse.troubled_since,
            oldest_due(now).scalar_subquery().label("due"), oldest_try(now).scalar_subquery().label("tried"),
            select(func.min(Deadline.next_on)).where(*left).scalar_subquery().label("unplanned"),
        )
    ).one()  # fmt: skip
    return State(now, row.since, row.ran_at, row.due, row.tried, row.unplanned, row.trouble, row.troubled_since)


def fates(session: Session, now: datetime) -> dict[Fate, int]:
    """How many mails planned of late met each fate."""
    rows = session.execute(
        select(Mail.fate, func.count()).where(Mail.planned_at >= now - COUNTED).group_by(Mail.fate).order_by(Mail.fate)
    )
    found = {fate: count for fate, count in rows}  # noqa: C416 - rows are no pairs to a type checker
    return {fate: found.get(fate, 0) for fate in Fate}


def _of_the_mail() -> Select[Mail, Person]:
    return (
        select(Mail, Person)
        .join(Person, Person.id == Mail.person_id)
        .options(
            selectinload(Mail.reminders).joinedload(Reminder.deadline).joinedload(Deadline.experiment),
            selectinload(Mail.notices).joinedload(Notice.entry),
        )
    )


def unsent(session: Session, page: int) -> Leaf[Mail, Person]:
    """The mails that a server put off, refused, or that were given up; the newest first, with whom they are for."""
    return leaf(session, _of_the_mail().where(TROUBLED).order_by(Mail.id.desc()), page)


def files_of(session: Session, mails: Leaf[Mail, Person]) -> dict[int, list[Experiment]]:
    """The files that each of these mails is about, by number."""
    told = {n.entry.experiment_id for mail, _ in mails.rows for n in mail.notices}
    named = {
        x.id: x for x in session.scalars(select(Experiment).where(Experiment.id.in_(told)).order_by(Experiment.id))
    }
    found = {}
    for mail, _ in mails.rows:
        files = {r.deadline.experiment for r in mail.reminders}
        files |= {named[n.entry.experiment_id] for n in mail.notices if n.entry.experiment_id in named}
        found[mail.id] = sorted(files, key=lambda x: x.number)
    return found


def told(session: Session, x: Experiment, page: int) -> Leaf[Reminder, Person]:
    """Who was told of what a file owes, the last first."""
    return leaf(
        session,
        select(Reminder, Person)
        .join(Reminder.deadline)
        .join(Person, Person.id == Reminder.person_id)
        .where(Deadline.experiment_id == x.id)
        .order_by(Reminder.id.desc())
        .options(joinedload(Reminder.mail), joinedload(Reminder.deadline)),
        page,
    )


def deadlines(session: Session, x: Experiment) -> dict[tuple[str, str], Deadline]:
    """The open deadlines of a file, by what they are about."""
    rows = session.scalars(
        select(Deadline).where(Deadline.experiment_id == x.id, Deadline.ended_at.is_(None)).order_by(Deadline.id)
    )
    return {(one.task, one.about): one for one in rows}
