"""What is left to plan, bite by bite: deadlines to reckon anew, rungs reached, entries of the trace to tell."""

from __future__ import annotations

import hashlib
import logging
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import NamedTuple

import msgspec
from sqlalchemy import ColumnElement, Date, Executable, bindparam, case, exists, func, insert, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from . import deliveries, erasure, notices, publishing, queries, reminders, rewinding
from .agenda import reckon
from .among import among
from .base import Moment
from .ladder import opening_hours, paris_day
from .model import Deadline, Entry, Experiment, Mail, Pulse, Webhook
from .model.experiment import UNSETTLED
from .model.post import IS_UNHELD, IS_WAITING
from .policy import current as policy

BITE = 500
"""Rows planned in one transaction: on SQLite nobody else writes meanwhile."""
FILES = 100
"""Files reckoned in one transaction."""
BACK = timedelta(days=1)
"""A last run so far ahead was seen by a clock that was wrong."""
FAILED = "Un passage a échoué\u00a0: voyez le journal du programme"

log = logging.getLogger(__name__)

_NOW, _AHEAD = bindparam("now", type_=Moment()), bindparam("ahead", type_=Moment())
_TODAY = bindparam("today", type_=Date())
# A last run that lies ahead stays until `step` has mended what the clock of that day did.
_RAN = update(Pulse).values(ran_at=case((Pulse.ran_at > _AHEAD, Pulse.ran_at), else_=_NOW))


class Beat(NamedTuple):
    """What one statement says of the work that waits."""

    rules: str
    trouble: str
    unsettled: bool
    deadlines: bool
    entries: bool
    mails: bool
    """Whether a mail may leave now."""
    owed: bool
    """Whether a mail should have left, even if it waits for its next try or for the morning."""
    went_back: bool
    """Whether the last run took place tomorrow: the clock was wrong then."""
    dust: bool
    """Whether nobody has looked today for what has served its purpose."""
    webhooks: bool
    """Whether a webhook is to be told of something, now or again."""

    @property
    def is_idle(self) -> bool:
        waits = self.unsettled or self.deadlines or self.entries or self.mails or self.went_back or self.webhooks
        return not (waits or self.dust or self.rules != rules())


@dataclass
class Missed:
    """What one run could not plan, and does not try again."""

    files: dict[int, str] = field(default_factory=dict)
    """Their numbers."""
    stages: set[str] = field(default_factory=set)

    @property
    def words(self) -> str:
        """The trouble, in a sentence; "" when there is none."""
        numbers = sorted(self.files.values())
        if len(numbers) == 1:
            return f"Le dossier {numbers[0]} ne se lit pas"
        if numbers:
            return f"Les dossiers {', '.join(numbers[:5])}{'…' * (len(numbers) > 5)} ne se lisent pas"
        return FAILED if self.stages else ""


def is_own(trouble: str) -> bool:
    """Whether a trouble comes from here: it says nothing of the server of mails."""
    return trouble.startswith((FAILED, "Le dossier ", "Les dossiers "))


def rules() -> str:
    """The fingerprint of the local rules that deadlines are reckoned by."""
    it = policy()
    kept = (it.duties, it.reminders, it.opinions, it.publication, it.extension, it.duration)
    return hashlib.sha256(msgspec.json.encode(kept, order="sorted")).hexdigest()


def beat(session: Session, now: datetime, *, at_any_hour: bool = False) -> Beat:
    """Look whether anything waits, and say that a run took place: the one statement of an idle worker.

    Whoever finds work rolls this back and says so once it is done: a run that fails must not look like one.
    """
    # At night a mail that is late waits for the morning, and calls for no work meanwhile.
    may_leave = at_any_hour or opening_hours(now) == now
    row = session.execute(_question(may_leave), {"now": now, "ahead": now + BACK, "today": paris_day(now)}).one()
    return Beat(row.rules, row.trouble, bool(row.unsettled), bool(row.deadlines), bool(row.entries),
                bool(row.mails), bool(row.owed), bool(row.went_back), bool(row.dust), bool(row.webhooks))  # fmt: skip


@cache
def _question(may_leave: bool) -> Executable:
    """The statement itself: putting it together costs more than asking it, several times a minute."""
    at_once = [] if may_leave else [IS_UNHELD]
    waiting, last = exists().where(IS_WAITING), func.coalesce(_last_entry(), 0)
    told = _RAN.returning(
        Pulse.rules,
        Pulse.trouble,
        exists().where(UNSETTLED).select_from(Experiment).label("unsettled"),
        exists().where(Deadline.next_on <= _TODAY).label("deadlines"),
        (last > Pulse.seen).label("entries"),
        waiting.where(Mail.not_before <= _NOW, *at_once).label("mails"),
        waiting.where(Mail.due_at <= _NOW).label("owed"),
        (Pulse.ran_at > _AHEAD).label("went_back"),
        Pulse.swept_on.is_distinct_from(_TODAY).label("dust"),
        exists().where(deliveries.is_due(_NOW) | deliveries.is_behind(last)).select_from(Webhook).label("webhooks"),
    )
    return told.execution_options(synchronize_session=False)


def ran(session: Session, now: datetime) -> None:
    """Say that a run took place, or is well on its way."""
    session.execute(_RAN, {"now": now, "ahead": now + BACK}, execution_options={"synchronize_session": False})


def _last_entry() -> ColumnElement[int | None]:
    return select(func.max(Entry.seq)).scalar_subquery()


def step(session: Session, now: datetime, *, at_any_hour: bool = False, missed: Missed | None = None) -> int:
    """Plan one bite; how much was looked at, 0 when nothing is left. Does not commit.

    What cannot be planned is passed over and kept in `missed`, which a run hands from bite to bite.
    """
    missed = Missed() if missed is None else missed
    # One at a time: whoever only passed by would leave what was decided meanwhile to nobody.
    pulse = session.scalars(select(Pulse).with_for_update()).one()
    if pulse.rules != rules():
        session.execute(update(Experiment).values(settled=0), execution_options={"synchronize_session": False})
        # Ladders too: each is looked at today, and goes on by the rungs of the new rules.
        awake = update(Deadline).where(Deadline.next_on.is_not(None))
        session.execute(awake.values(next_on=paris_day(now)), execution_options={"synchronize_session": False})
        pulse.rules = rules()
    if pulse.ran_at and pulse.ran_at > now + BACK:
        log.warning("the clock went back: last run %s", pulse.ran_at.isoformat(timespec="seconds"))
        rewinding.rewind(session, now, at_any_hour=at_any_hour)
        pulse.ran_at = now
        return 1
    if pulse.swept_on != paris_day(now) and _attempt(session, "erasure", lambda: erasure.sweep(session, now), missed):
        pulse.swept_on = paris_day(now)
    stages: dict[str, Callable[[], int]] = {
        "files": lambda: _settle(session, now, missed),
        "notices": lambda: notices.plan(session, pulse, now, at_any_hour=at_any_hour, limit=BITE),
        "reminders": lambda: reminders.plan(session, now, at_any_hour=at_any_hour, limit=BITE),
        "webhooks": lambda: deliveries.plan(session, now, limit=BITE),
    }
    for name, stage in stages.items():
        if done := _attempt(session, name, stage, missed):
            pulse.ran_at = now
            return done
    return 0


def _attempt(session: Session, name: str, stage: Callable[[], int], missed: Missed) -> int:
    """One kind of work must not hold back the others, nor what is to be sent."""
    if name in missed.stages:
        return 0
    try:
        with session.begin_nested():
            return stage()
    except OperationalError:
        # The database is gone or busy: nobody's fault, and the whole run ends.
        raise
    except Exception:
        log.exception("planning: %s", name)
        missed.stages.add(name)
        return 0


def _settle(session: Session, now: datetime, missed: Missed) -> int:
    """Reckon anew the deadlines of files that changed without it: those of before, or under other local rules."""
    files = queries.unsettled(session, limit=FILES, without=missed.files)
    if not files:
        return 0
    numbers = {x.id: x.number for x in files}
    try:
        with session.begin_nested():
            _reckon(session, files, now)
    except OperationalError:
        raise
    except Exception:
        for x in files:
            _reckon_alone(session, x, numbers[x.id], now, missed)
    return len(files)


def _reckon_alone(session: Session, x: Experiment, number: str, now: datetime, missed: Missed) -> None:
    try:
        with session.begin_nested():
            _reckon(session, [x], now)
    except OperationalError:
        raise
    except Exception as error:
        log.error("planning: %s: %s: %s", number, type(error).__name__, error)
        missed.files[x.id] = number


def _reckon(session: Session, files: Sequence[Experiment], now: datetime) -> None:
    made: list[Deadline] = []
    kept: dict[int, list[Deadline]] = defaultdict(list)
    for deadline in _deadlines_of(session, files):
        kept[deadline.experiment_id].append(deadline)
    for x in files:
        made += reckon(x, kept[x.id], now)
    session.flush()
    if made:
        session.execute(insert(Deadline), [one.facts() for one in made], execution_options={"render_nulls": True})
    # All at once: one by one, each would be checked for its version.
    reckoned = update(Experiment).where(Experiment.id.in_([x.id for x in files]))
    session.execute(reckoned.values(settled=Experiment.version), execution_options={"synchronize_session": False})
    publishing.renew(session, files)


def _deadlines_of(session: Session, files: Sequence[Experiment]) -> Sequence[Deadline]:
    mine = select(Deadline).where(among(Deadline.experiment_id, [x.id for x in files])).order_by(Deadline.id)
    return session.scalars(mine.with_for_update()).all()
