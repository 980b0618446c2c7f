"""Administrators are written to when the register stops telling a program: once for each stop, by the common ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from .booking import waiting_mail
from .ladder import opening_hours
from .model import Arrival, Delivery, Mail, Person, Webhook
from .obligations import Occasion
from .vocabulary import Account


@dataclass(frozen=True)
class Alarm:
    """A mail to one administrator; empty when the program is told again, or has stopped anew, since it was planned."""

    mail_id: int
    key: str
    person: Person
    occasion: Occasion
    at: datetime
    """When it was written: the date of the mail."""
    webhook: Webhook
    waiting: int
    """How many messages wait for it to be told again."""
    is_empty: bool

    @property
    def address(self) -> str:
        return self.person.email


def plan(session: Session, webhook: Webhook, now: datetime) -> None:
    """Have those who can mend it told that this program is told nothing any more. Does not commit."""
    reachable = (Person.account == Account.ADMINISTRATOR, Person.disabled_at.is_(None), Person.bounced_at.is_(None))
    told = [
        waiting_mail(("stopped", webhook.id, now.isoformat(), number), Occasion.STOPPED, now, opening_hours(now),
                     person_id=number, webhook_id=webhook.id)
        for number in session.scalars(select(Person.id).where(*reachable).order_by(Person.id))
    ]  # fmt: skip
    if told:
        session.execute(insert(Mail), told)


def write(session: Session, mails: Sequence[Mail], now: datetime) -> dict[int, Alarm]:
    """What each of these mails says, by its number. Two statements, however many there are."""
    numbers = {mail.webhook_id for mail in mails}
    if not numbers:
        return {}
    wait = select(func.count()).where(Delivery.webhook_id == Webhook.id, Delivery.fate == Arrival.WAITING)
    rows = session.execute(select(Webhook, wait.scalar_subquery()).where(Webhook.id.in_(numbers)).order_by(Webhook.id))
    known = {webhook.id: (webhook, waiting) for webhook, waiting in rows}
    return {mail.id: _alarm(mail, mail.person, *known[mail.webhook_id], now) for mail in mails
            if mail.person and mail.webhook_id in known}  # fmt: skip


def _alarm(mail: Mail, person: Person, webhook: Webhook, waiting: int, now: datetime) -> Alarm:
    holds = webhook.paused_by_us and webhook.paused_at == mail.planned_at and person.is_active
    return Alarm(mail.id, mail.key, person, mail.occasion, now, webhook, waiting, not holds)
