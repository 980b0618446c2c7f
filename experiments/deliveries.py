"""Programs told of the gates that the public may know of: the trace is the outbox, and each has its place in it.

At least once, under one name: a worker that dies between the answer and its mark sends the same message again, with
the same `webhook-id`. One message at a time to each, in the order of the trace.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import BindParameter, ColumnElement, and_, delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from . import alarms
from .model import Arrival, Delivery, Entry, Webhook
from .published import TOLD

LEASE = timedelta(minutes=1)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
BACK_OFF = (
    5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR
)  # fmt: skip
"""What each failed try waits for: the schedule of Standard Webhooks, three days in all."""
PATIENCE = timedelta(days=5)
"""Who has taken nothing for so long is spoken to no more."""
QUICK = 4
"""Tries that a message is given even then: the one before may be a month old."""
KEPT = timedelta(days=90)
"""How long the log remembers."""
GONE = 410

DISAPPEARED = "Le destinataire a répondu 410\u00a0: il n’existe plus"
SILENT = "Rien n’a été reçu pendant cinq jours"
UNREADABLE = "Son secret ne se lit plus\u00a0: la clé du registre (SECRET_KEY) a changé"


@dataclass(frozen=True)
class Parcel:
    """One message to send: to whom, under which name, signed by which secrets (sealed)."""

    delivery_id: int
    webhook_id: int
    url: str
    key: str
    secrets: tuple[str, ...]
    entry: str | None
    """The exact line of the trace that it tells of; None for a trial."""
    hash: str
    made_at: datetime


@dataclass(frozen=True)
class Answer:
    """What became of one try. `words` is a sentence of ours, "" when it was taken."""

    code: int | None
    milliseconds: int
    words: str = ""
    stop: str = ""
    """Why to speak to this receiver no more, at once; "" when trying again may help."""


# What is to be said ---------------------------------------------------------------------------------------------------


def is_behind(last: ColumnElement[int] | ColumnElement[int | None]) -> ColumnElement[bool]:
    """Whether a receiver has not been told of all the trace."""
    return and_(Webhook.paused_at.is_(None), Webhook.seen < last)


def is_due(now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """Whether there is something to send to a receiver, to whom nobody is speaking."""
    return and_(Webhook.next_at <= now, or_(Webhook.leased_until.is_(None), Webhook.leased_until <= now))


def plan(session: Session, now: datetime, *, limit: int = 500) -> int:
    """Write down the messages of the next entries of the trace; how many were read. Does not commit."""
    last = func.coalesce(select(func.max(Entry.seq)).scalar_subquery(), 0)
    behind = session.scalars(select(Webhook).where(is_behind(last)).order_by(Webhook.id).with_for_update()).all()
    if behind:
        old = delete(Delivery).where(Delivery.ended_at < now - KEPT)
        session.execute(old, execution_options={"synchronize_session": False})
    return sum(_write_down(session, one, now, limit) for one in behind)


def _write_down(session: Session, webhook: Webhook, now: datetime, limit: int) -> int:
    entries = session.execute(
        select(Entry.seq, Entry.hash, Entry.to_status).where(Entry.seq > webhook.seen).order_by(Entry.seq).limit(limit)
    ).all()
    facts = {"webhook_id": webhook.id, "made_at": now, "not_before": now}
    # What is not public is not even hinted at.
    told = [
        {**facts, "key": f"trace-{one.seq}-{one.hash[:16]}", "seq": one.seq}
        for one in entries if one.to_status in TOLD
    ]  # fmt: skip
    if told:
        session.execute(insert(Delivery), told)
    webhook.seen = entries[-1].seq
    reckon(session, webhook)
    return len(entries)


def heads(session: Session, webhook: Webhook) -> list[Delivery]:
    """What is next: a trial, which waits for nobody, then the first message, unless all is paused."""
    waiting = select(Delivery).where(Delivery.webhook_id == webhook.id, Delivery.fate == Arrival.WAITING)
    found = list(session.scalars(waiting.where(Delivery.seq.is_(None)).order_by(Delivery.id).limit(1)))
    if webhook.paused_at is None:
        # In the order of the trace: one that fails holds back those that follow it.
        found += session.scalars(waiting.where(Delivery.seq.is_not(None)).order_by(Delivery.seq).limit(1))
    return found


def reckon(session: Session, webhook: Webhook) -> None:
    """When this receiver is next to be spoken to."""
    session.flush()
    webhook.next_at = min((one.not_before for one in heads(session, webhook)), default=None)
    session.flush()


# On its way -----------------------------------------------------------------------------------------------------------


def take(session: Session, holder: str, now: datetime, lasts: timedelta = LEASE) -> Sequence[int]:
    """Take the receivers to whom there is something to say; nobody else speaks to them before the lease ends."""
    found = session.scalars(
        select(Webhook.id).where(is_due(now)).order_by(Webhook.next_at, Webhook.id).with_for_update(skip_locked=True)
    ).all()
    mine = update(Webhook).where(Webhook.id.in_(found)).values(leased_by=holder, leased_until=now + lasts)
    session.execute(mine, execution_options={"synchronize_session": False})
    return found


def parcel(session: Session, number: int, holder: str, now: datetime) -> Parcel | None:
    """The next message to a receiver that one has taken; None when nothing is to be sent now."""
    webhook = session.get(Webhook, number)
    if webhook is None or webhook.leased_by != holder:
        return None
    due = next((one for one in heads(session, webhook) if one.not_before <= now), None)
    if due is None:
        return None
    entry = session.get_one(Entry, due.seq) if due.seq else None
    still = webhook.previous_secret if webhook.previous_until and webhook.previous_until > now else None
    return Parcel(
        due.id, webhook.id, webhook.url, due.key, (webhook.secret, *([still] if still else [])),
        entry.body if entry else None, entry.hash if entry else "", due.made_at,
    )  # fmt: skip


def answered(session: Session, sent: Parcel, answer: Answer, now: datetime, lasts: timedelta = LEASE) -> bool:
    """Write down what became of a message; whether the next one may follow. What is taken is taken, whoever says so."""
    webhook = session.get(Webhook, sent.webhook_id, with_for_update=True)
    one = session.get(Delivery, sent.delivery_id, with_for_update=True)
    if webhook is None or one is None or one.fate is not Arrival.WAITING:
        return False
    one.tries, one.tried_at, one.words = one.tries + 1, now, answer.words
    one.code, one.milliseconds = answer.code, answer.milliseconds
    webhook.leased_until = now + lasts
    if not answer.words:
        one.fate, one.ended_at, webhook.failing_since = Arrival.TAKEN, now, None
        if one.seq is None:
            # It listens again: what was put off for hours may go.
            waiting = update(Delivery).where(Delivery.webhook_id == webhook.id, Delivery.fate == Arrival.WAITING)
            session.execute(waiting.values(not_before=now), execution_options={"synchronize_session": "fetch"})
    else:
        _put_off(session, webhook, one, answer, now)
    reckon(session, webhook)
    return not answer.words


def _put_off(session: Session, webhook: Webhook, one: Delivery, answer: Answer, now: datetime) -> None:
    """Try again, further and further apart; then give up, and in the end speak to nobody there any more."""
    if one.seq is None or one.tries > len(BACK_OFF):
        one.fate, one.ended_at = Arrival.GIVEN_UP, now
    else:
        one.not_before = now + BACK_OFF[one.tries - 1]
    if webhook.paused_at is not None:
        return
    if one.seq is not None:
        webhook.failing_since = webhook.failing_since or now
    lasting = webhook.failing_since is not None and now - webhook.failing_since >= PATIENCE
    why = answer.stop or (DISAPPEARED if answer.code == GONE else SILENT if lasting and one.tries >= QUICK else "")
    if why:
        webhook.paused_at, webhook.paused_by_us, webhook.paused_why = now, True, why
        # With the stop, and once: whoever is to mend it is told.
        alarms.plan(session, webhook, now)


def let_go(session: Session, number: int, holder: str) -> None:
    """Nothing more to say for now."""
    mine = update(Webhook).where(Webhook.id == number, Webhook.leased_by == holder)
    session.execute(mine.values(leased_by="", leased_until=None), execution_options={"synchronize_session": False})


def rewind(session: Session, now: datetime) -> None:
    """Bring back what a clock that ran ahead put off for too long."""
    far = now + BACK_OFF[-1] + HOUR
    unmoved = {"synchronize_session": False}
    waiting = update(Delivery).where(Delivery.fate == Arrival.WAITING, Delivery.not_before > far)
    session.execute(waiting.values(not_before=now), execution_options=unmoved)
    session.execute(update(Webhook).where(Webhook.next_at > far).values(next_at=now), execution_options=unmoved)
    leased = update(Webhook).where(Webhook.leased_until > far)
    session.execute(leased.values(leased_until=None), execution_options=unmoved)
    failing = update(Webhook).where(Webhook.failing_since > now)
    session.execute(failing.values(failing_since=now), execution_options=unmoved)
