"""What a mail to somebody outside says, reckoned at the moment it leaves: a confirmation, news, an answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session, joinedload

from . import followers, gazette
from .booking import waiting_mail
from .gazette import Published
from .ladder import opening_hours
from .model import Follower, Following, Mail, Voice
from .model.voice import Standing
from .obligations import Fate, Language, Occasion


@dataclass
class Bulletin:
    """A mail to somebody without an account; empty when nothing of it holds any more."""

    mail_id: int
    key: str
    address: str
    language: Language
    occasion: Occasion
    at: datetime
    nonce: str = ""
    """What the links of a follower's mail sign."""
    asked: list[Following] = field(default_factory=list)
    """What is to be confirmed."""
    news: list[Published] = field(default_factory=list)
    """The gates crossed, oldest first."""
    voice: Voice | None = None
    """What is answered, or declined."""

    @property
    def is_empty(self) -> bool:
        return not (self.address and (self.asked or self.news or self.voice))


def reply(session: Session, voice: Voice, now: datetime, *, at_any_hour: bool) -> None:
    """Write to whoever left an address what became of their voice. Does not commit."""
    if not voice.email:
        return
    fates = session.scalars(select(Mail.fate).where(Mail.voice_id == voice.id).order_by(Mail.id)).all()
    if Fate.WAITING in fates:
        # It says what is true when it leaves.
        return
    due_at = now if at_any_hour else opening_hours(now)
    mail = waiting_mail(
        ("answer", voice.id, voice.reference, len(fates)), Occasion.ANSWER, now, due_at, voice_id=voice.id
    )
    session.execute(insert(Mail), [mail])


def write(session: Session, mails: Sequence[Mail], now: datetime) -> dict[int, Bulletin]:
    """What each of these mails says, by its number. A few statements, however many there are."""
    if not mails:
        return {}
    known = followers.with_followings(session, {mail.follower_id for mail in mails if mail.follower_id})
    heard = select(Voice).where(Voice.id.in_({mail.voice_id for mail in mails if mail.voice_id})).order_by(Voice.id)
    voices = {one.id: one for one in session.scalars(heard.options(joinedload(Voice.publication)))}
    told = [(mail.after_seq, mail.upto_seq) for mail in mails if mail.after_seq is not None and mail.upto_seq]
    news = gazette.between(session, min(a for a, _ in told), max(u for _, u in told)) if told else []
    found = {}
    for mail in mails:
        if mail.voice_id:
            found[mail.id] = _answer(mail, voices[mail.voice_id], now)
        elif mail.follower_id in known:
            found[mail.id] = _to_follower(mail, known[mail.follower_id], news, now)
    return found


def _answer(mail: Mail, voice: Voice, now: datetime) -> Bulletin:
    settled = voice.answer or voice.standing is Standing.DECLINED
    return Bulletin(
        mail.id, mail.key, voice.email, voice.language, mail.occasion, now, voice=voice if settled else None
    )


def _to_follower(mail: Mail, follower: Follower, news: Sequence[Published], now: datetime) -> Bulletin:
    found = Bulletin(mail.id, mail.key, follower.email, follower.language, mail.occasion, now, nonce=follower.nonce)
    if mail.occasion is Occasion.CONFIRMATION:
        found.asked = [one for one in follower.followings if one.confirmed_at is None]
    elif mail.after_seq is not None and mail.upto_seq is not None:
        # A register that one follows whole has None for its number.
        followed = {one.experiment_id for one in follower.followings if one.confirmed_at}
        found.news = [
            one for one in news
            if mail.after_seq < one.entry.seq <= mail.upto_seq and followed & {None, one.entry.experiment_id}
        ]  # fmt: skip
    return found
