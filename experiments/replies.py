"""The carrier answers to a lateness: dated, in public, and for ever."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from .content import fingerprint
from .duties import owed
from .editing import NotYours, Unsaid, say
from .ladder import paris_day
from .model import Experiment, Person, Reply
from .policies import may_lead
from .words import clean, said, typeset

SHORTEST, LONGEST = 10, 1000
"""Characters: enough to say something, short enough to stand beside a date."""


def is_late(x: Experiment, today: date) -> bool:
    """Whether a file owes something to the public since a day that is past. A whole file is needed."""
    return any(duty.days_late(today) for duty in owed(x))


def reply(session: Session, x: Experiment, by: Person, text: str, *, now: datetime) -> Reply:
    """Answer in public to what is late; the same text sent twice is one answer.

    Raises NotYours for whoever does not carry the file, or when nothing is late; Unsaid when the text says too little
    or too much.
    """
    if not may_lead(by, x) or not is_late(x, paris_day(now)):
        raise NotYours
    text = clean(text)
    if not said(text) or not SHORTEST <= len(text) <= LONGEST:
        raise Unsaid(
            typeset(f"Répondez en {SHORTEST} à {LONGEST // 1000} 000 caractères : votre texte en compte {len(text)}")
        )
    earlier = given(session, x)
    if earlier and earlier[-1].text == text:
        return earlier[-1]
    kept = Reply(experiment_id=x.id, at=now, text=text, by_id=by.id)
    session.add(kept)
    session.flush()
    # The text is public: the trace seals it, so that nobody can say later that something else was promised.
    say(session, x, by, "reply", {"reply": kept.id, "fingerprint": fingerprint(text)}, {}, now)
    return kept


def given(session: Session, x: Experiment) -> Sequence[Reply]:
    """What was answered so far, oldest first."""
    return session.scalars(select(Reply).where(Reply.experiment_id == x.id).order_by(Reply.id)).all()
