"""Mails on their way: leased by one worker at a time, marked after the server's answer, tried again, or given up.

At least once: a worker that dies between the server's answer and the mark leaves a mail that is sent again, with the
same Message-ID. That is the only way to double one.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, Select, bindparam, delete, func, or_, select, update
from sqlalchemy.orm import Session

from .booking import book
from .ladder import opening_hours, paris_day
from .model import Base, Deadline, Following, Mail, Person, Pulse, Reminder, Voice
from .model.post import IS_UNHELD, IS_WAITING
from .obligations import UNHELD, Fate
from .policy import current as policy
from .reminders import bookings_for
from .succession import Roll

LEASE = timedelta(minutes=5)
BACK_OFF = (1, 2, 5, 15, 30, 60, 120)
"""Minutes before the next try; the last one again and again."""


def lease(
    session: Session, holder: str, now: datetime, *, limit: int, at_any_hour: bool, lasts: timedelta = LEASE
) -> Sequence[int]:
    """Take the next mails to send; nobody else takes them before the lease ends. Does not commit."""
    # What was due while no worker ran is late already: it does not wake anybody up at night for that.
    closed = not at_any_hour and opening_hours(now) > now
    free = (
        select(Mail.id)
        .where(IS_WAITING, Mail.not_before <= now)
        .where(*([IS_UNHELD] if closed else []))
        .where(or_(Mail.leased_until.is_(None), Mail.leased_until <= now))
        .order_by(Mail.not_before, Mail.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    found = session.scalars(free).all()
    if not found:
        return found
    session.execute(
        update(Mail).where(Mail.id.in_(found)).values(leased_by=holder, leased_until=now + lasts),
        execution_options={"synchronize_session": False},
    )
    return found


def hold(session: Session, mail_id: int, holder: str, now: datetime, lasts: timedelta = LEASE) -> bool:
    """Keep a lease alive; False when it is no longer ours."""
    return _change(session, mail_id, holder, leased_until=now + lasts)


def _change(session: Session, mail_id: int, holder: str, **values: object) -> bool:
    mine = update(Mail).where(Mail.id == mail_id, Mail.leased_by == holder, Mail.fate == Fate.WAITING)
    return bool(session.execute(mine.values(**values).returning(Mail.id)).first())


def give_back(session: Session, mail_ids: Collection[int], holder: str) -> None:
    """Let go of mails that were not tried, as they were."""
    mine = update(Mail).where(Mail.id.in_(mail_ids), Mail.leased_by == holder, Mail.fate == Fate.WAITING)
    session.execute(mine.values(leased_by="", leased_until=None), execution_options={"synchronize_session": False})


def sent(connection: Connection, mail_id: int, holder: str, now: datetime) -> None:
    """The server took it. Marked whoever holds the lease by now: what is sent is sent. One statement."""
    connection.execute(_SENT, {"mail": mail_id, "holder": holder, "now": now})


_MAILS = Base.metadata.tables["mails"]
_SENT = (
    update(_MAILS)
    .where(_MAILS.c.id == bindparam("mail"), _MAILS.c.fate == Fate.WAITING)
    .values(
        fate=Fate.SENT, sent_at=bindparam("now"), ended_at=bindparam("now"), leased_by=bindparam("holder"),
        leased_until=None, words="", tries=_MAILS.c.tries + 1,
    )
)  # fmt: skip


def cancelled(session: Session, mail_id: int, holder: str, now: datetime) -> None:
    """Nothing of it is true any more."""
    _change(session, mail_id, holder, fate=Fate.CANCELLED, ended_at=now, leased_until=None)


def put_off(session: Session, mail_id: int, holder: str, words: str, now: datetime, *, at_any_hour: bool) -> None:
    """The server said later: try again, further and further apart, then give up and pass the duties on."""
    mail = session.get(Mail, mail_id, with_for_update=True)
    if mail is None or mail.leased_by != holder or mail.fate is not Fate.WAITING:
        return
    mail.tries, mail.words = mail.tries + 1, words
    mail.first_tried_at = mail.first_tried_at or now
    mail.leased_by, mail.leased_until = "", None
    if now - mail.first_tried_at >= timedelta(hours=policy().reminders.retried_hours):
        mail.fate, mail.ended_at = Fate.EXPIRED, now
        pass_on(session, mail_id, now, at_any_hour=at_any_hour)
        return
    again = now + timedelta(minutes=BACK_OFF[min(mail.tries, len(BACK_OFF)) - 1])
    mail.not_before = again if at_any_hour or mail.occasion is UNHELD else opening_hours(again)


def refused(
    session: Session, mail_id: int, holder: str, words: str, now: datetime, *, address: bool, at_any_hour: bool
) -> None:
    """The server said never: it shows at once, and the next in line is told. `address`: never to this person at all."""
    mail = session.get(Mail, mail_id, with_for_update=True)
    if mail is None or mail.leased_by != holder or mail.fate is not Fate.WAITING:
        return
    mail.tries, mail.words, mail.fate, mail.ended_at = mail.tries + 1, words, Fate.REFUSED, now
    mail.first_tried_at, mail.leased_until = mail.first_tried_at or now, None
    if address:
        _strike_out(session, mail, words, now)
    pass_on(session, mail_id, now, at_any_hour=at_any_hour)


def _strike_out(session: Session, mail: Mail, words: str, now: datetime) -> None:
    """Never write there again: what was known of somebody outside has served its purpose."""
    if mail.person_id:
        person = session.get_one(Person, mail.person_id)
        person.bounced_at, person.bounced_words = now, words
    elif mail.voice_id:
        session.get_one(Voice, mail.voice_id).email = ""
    elif mail.follower_id:
        session.execute(delete(Following).where(Following.follower_id == mail.follower_id))


def pass_on(
    session: Session, mail_id: int, now: datetime, *, at_any_hour: bool, only: Collection[int] | None = None
) -> None:
    """Tell the next in line of what this mail was to say, for the duties (`only` some) that still hold.

    Done again, it tells nobody twice.
    """
    session.flush()
    reader = session.get_one(Mail, mail_id).person_id
    if reader is None:
        return
    held = [one for one in session.scalars(_held_by(mail_id)) if only is None or one.id in only]
    roll = Roll(session, {one.experiment_id for one in held}, paris_day(now))
    bookings = []
    for one in held:
        told = dict(session.execute(_told(one)).all())
        vain = {person for person, fate in told.items() if fate not in (Fate.WAITING, Fate.SENT)}
        found = bookings_for(one, roll, told=max(0, one.told - 1), without=vain | {reader})
        # Whoever was told of this very rung is not told again.
        bookings += [booking for booking in found if booking.person.id not in told]
    book(session, bookings, now, at_any_hour=at_any_hour)


def _held_by(mail_id: int) -> Select[Deadline]:
    """The duties that a mail carries and that still hold, locked: two mails refused at the same moment would otherwise
    both name the same person.
    """
    carried = select(Reminder.deadline_id).where(Reminder.mail_id == mail_id, Reminder.version == Deadline.version)
    held = select(Deadline).where(Deadline.id.in_(carried), Deadline.ended_at.is_(None)).order_by(Deadline.id)
    return held.with_for_update().execution_options(populate_existing=True)


def _told(one: Deadline) -> Select[int, Fate]:
    """Who was told of the rung where a deadline stands, and what became of the mail."""
    query = select(Reminder.person_id, Mail.fate).join(Mail, Mail.id == Reminder.mail_id)
    same = (Reminder.deadline_id == one.id, Reminder.version == one.version, Reminder.rung == one.rung)
    return query.where(*same).order_by(Reminder.person_id)


def trouble(session: Session, words: str, now: datetime) -> None:
    """Keep why nothing can be sent, and since when; "" once mails leave again."""
    pulse = session.scalars(select(Pulse).with_for_update()).one()
    if words != pulse.trouble:
        # The later of two clocks may have been wrong.
        pulse.troubled_since = min(pulse.troubled_since or now, now) if words else None
        pulse.trouble = words


def oldest_due(now: datetime) -> Select[datetime | None]:
    """Since when the mail that waits longest should have left, whatever its server says."""
    return select(func.min(Mail.due_at)).where(IS_WAITING, Mail.due_at <= now)


def oldest_try(now: datetime) -> Select[datetime | None]:
    """Since when the mail that waits longest could have left. One put off waits for its next try."""
    return select(func.min(Mail.not_before)).where(IS_WAITING, Mail.not_before <= now)
