"""What citizens say: received, read by the team, published without a name or declined, answered, and erased in time.

Whoever moderates reads the text as it came; the public reads what was published, through the view `public_voices`.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Integer, Row, Select, bindparam, func, or_, select, update
from sqlalchemy.orm import Session, selectinload

from . import register
from .base import Reader
from .dates import add_months
from .leaves import Leaf, leaf
from .model import Experiment, Person, Publication, Voice, public_voices
from .model.voice import Decline, Standing, VoiceKind
from .obligations import Language
from .policies import may_administer, may_lead
from .policy import current as policy
from .published import TOLD
from .vocabulary import PUBLIC, Status
from .words import clean, said

SHORTEST, LONGEST = 10, 2000
"""Characters of what somebody says."""
SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Of a reference: none that is taken for another."""
HEARD = frozenset({Status.RUNNING, Status.SUSPENDED, Status.EVALUATING})
"""While one of these lasts, people react to what they live; a mistake is always worth saying."""

_PHONE = re.compile(r"(?<![\w+])(?:\+\d{1,3}|00\d{2}|0)[\s.\-]?\(?\d\)?(?:[\s.\-]?\d){6,11}(?!\w)")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
MASKS = ((_EMAIL, "[adresse masquée]"), (_PHONE, "[numéro masqué]"))


# Signs that print nothing: a number is hidden by them.
_UNSEEN = str.maketrans(dict.fromkeys("\u00ad\u200b\u2060\u2061\u2062\u2063\u2064\ufeff"))


def plain(text: str) -> str:
    """What somebody from outside writes, as it is kept."""
    return clean(text.translate(_UNSEEN))


class Unclear(Exception):
    """What cannot be done as it is asked; its text is a French sentence."""


class Subject(NamedTuple):
    """What a voice is about, as the public knows it."""

    id: int
    number: str
    title: str
    status: Status

    @property
    def kinds(self) -> tuple[VoiceKind, ...]:
        """What may be said of it now."""
        if self.status in HEARD:
            return (VoiceKind.REACTION, VoiceKind.QUESTION, VoiceKind.MISTAKE)
        return (VoiceKind.MISTAKE,)

    @property
    def may_be_followed(self) -> bool:
        """Whether it was authorised: what was refused has no gate ahead."""
        return self.status in PUBLIC


def subject(reader: Reader, number: str) -> Subject | None:
    """The experiment of this number, when it has a public page."""
    return _subject(reader, Publication.number == number)


def of_voice(public: Connection, voice: Voice) -> Subject | None:
    """What a voice is about, when it has a public page."""
    return _subject(public, Publication.id == voice.experiment_id) if voice.experiment_id else None


def _subject(reader: Reader, which: ColumnElement[bool]) -> Subject | None:
    columns = (Publication.id, Publication.number, Publication.title, Publication.status)
    row = reader.execute(select(*columns).where(which, Publication.status.in_(TOLD))).one_or_none()
    return Subject(*row) if row else None


def hear(
    session: Session, about: Subject | None, kind: VoiceKind, text: str, email: str, *, language: Language, today: date
) -> Voice:  # fmt: skip
    """Keep what somebody says; said twice on a day, it is kept once. Raises Unclear. Does not commit."""
    if kind not in (about.kinds if about else (VoiceKind.OBSTACLE,)):
        raise Unclear("Cela ne peut pas être dit de cette expérimentation")
    text, email = plain(text), email.strip().lower()
    number = about.id if about else None
    again = select(Voice).where(
        Voice.experiment_id == number if about else Voice.experiment_id.is_(None), Voice.kind == kind,
        Voice.received_on == today, Voice.text == text, Voice.email == email, Voice.standing == Standing.WAITING,
    )  # fmt: skip
    found = session.scalars(again.order_by(Voice.id).limit(1)).first()
    if found is None:
        reference = "-".join("".join(secrets.choice(SIGNS) for _ in range(5)) for _ in range(2))
        found = Voice(
            reference=reference, experiment_id=number, kind=kind, language=language, received_on=today, text=text,
            email=email, standing=Standing.WAITING, published="", answer="",
        )  # fmt: skip
        session.add(found)
        session.flush()
    return found


def by_reference(session: Session, reference: str) -> Voice | None:
    """What became of a voice is told to whoever kept its reference."""
    return session.scalars(select(Voice).where(Voice.reference == reference)).one_or_none()


# Moderation -----------------------------------------------------------------------------------------------------------


def may_moderate(person: Person, x: Experiment) -> bool:
    """Whether this person reads what is said of a file, and settles it."""
    return may_lead(person, x) or may_administer(person)


def spotted(text: str) -> list[str]:
    """The addresses and telephone numbers that a text gives, in order."""
    return [match.group().strip() for pattern, _ in MASKS for match in pattern.finditer(text)]


def masked(text: str) -> str:
    """The same text without them."""
    for pattern, instead in MASKS:
        text = pattern.sub(instead, text)
    return text


def state(voice: Voice) -> str:
    """What was decided of it so far, as a form carries it: of two who decide at once, each must know of the other."""
    decided = (voice.standing, voice.declined, voice.published, voice.answer, voice.erased_on)
    return hashlib.sha256(repr(decided).encode()).hexdigest()[:16]


def of_file(session: Session, x: Experiment, page: int) -> Leaf[Voice]:
    """What is said of a file, what waits first, then the last received."""
    return leaf(session, _in_order(select(Voice).where(Voice.experiment_id == x.id)), page)


def all_of_them(session: Session, page: int) -> Leaf[Voice]:
    """What is said of the whole register, obstacles of accessibility included."""
    # Of twenty: joined, the whole record of each would be put in order with it.
    about = selectinload(Voice.publication).load_only(Publication.number, Publication.title)
    return leaf(session, _in_order(select(Voice).options(about)), page)


def _in_order(query: Select[Voice]) -> Select[Voice]:
    return query.order_by((Voice.standing == Standing.WAITING).desc(), Voice.id.desc())


def one(session: Session, number: int, of: Experiment | None, *, for_change: bool = False) -> Voice | None:
    """One voice of a file, or an obstacle, which is of none."""
    about = Voice.experiment_id == of.id if of else Voice.experiment_id.is_(None)
    query = select(Voice).where(Voice.id == number, about)
    return session.scalars(query.with_for_update() if for_change else query).one_or_none()


def unread(session: Session) -> int:
    """How many wait to be read in the whole register."""
    return session.scalar(select(func.count()).where(Voice.standing == Standing.WAITING)) or 0


def publish(session: Session, voice: Voice, text: str, *, sure: bool, today: date) -> None:
    """Let everybody read it, as it was revised. Raises Unclear. Does not commit.

    `sure`: what looks like an address or a number in it may be published.
    """
    text = plain(text)
    if voice.experiment_id is None:
        raise Unclear("Un signalement d’accessibilité reçoit une réponse : il ne se publie pas")
    if voice.erased_on and voice.standing is not Standing.PUBLISHED:
        # Nothing is left to compare with: whatever is typed would be put into somebody's mouth.
        raise Unclear("Le texte reçu est effacé : il ne peut plus être publié")
    if not said(text):
        raise Unclear("Il ne reste rien à publier : écartez plutôt cette observation")
    if len(text) > LONGEST:
        raise Unclear(f"{LONGEST} caractères au plus")
    if spotted(text) and not sure:
        raise Unclear(f"Le texte donne encore {', '.join(spotted(text))} : masquez-le, ou dites que cela peut paraître")
    voice.standing, voice.published, voice.declined = Standing.PUBLISHED, text, None
    voice.published_on = voice.published_on or today
    voice.settled_on = voice.settled_on or today
    register.changed(session)


def decline(session: Session, voice: Voice, reason: Decline, *, sure: bool, today: date) -> None:
    """Keep it from the public, and say why to whoever wrote it. Raises Unclear. Does not commit.

    `sure`: what everybody reads may be withdrawn; a line of the public page says that it was.
    """
    if voice.standing is Standing.PUBLISHED:
        if not sure:
            raise Unclear("Cette observation est publiée : dites que vous la retirez de la page publique")
        register.changed(session)
    voice.standing, voice.declined, voice.published = Standing.DECLINED, reason, ""
    voice.settled_on = today


def answer(session: Session, voice: Voice, text: str, *, today: date) -> bool:
    """Answer what is published, or an obstacle; whether it is the first answer. Put otherwise later, it keeps its day.

    Raises Unclear. Does not commit.
    """
    text = clean(text)
    if voice.standing is not Standing.PUBLISHED and voice.kind is not VoiceKind.OBSTACLE:
        raise Unclear("Publiez d’abord l’observation : la réponse paraît avec elle")
    if not said(text):
        raise Unclear("Écrivez la réponse")
    is_first = not voice.answer
    voice.answer, voice.answered_on = text, voice.answered_on or today
    if voice.kind is VoiceKind.OBSTACLE:
        voice.standing, voice.declined, voice.settled_on = Standing.DEALT_WITH, None, voice.settled_on or today
    else:
        register.changed(session)
    return is_first


# What the public reads ------------------------------------------------------------------------------------------------


LATEST, LINES = 3, 25
"""How many published voices the page of an experiment shows, and how many a page of theirs."""
LAST = 2**31 - 1


def published(reader: Reader, number: str, *, before: int = LAST, limit: int = LINES) -> Sequence[Row[Any]]:
    """The published voices of an experiment that were received before one (its `id`), the last first, `limit` at most:
    id, kind, text, received_on, answer, answered_on, published_on; of those withdrawn since, declined and withdrawn_on.
    """
    return reader.execute(_PUBLISHED, {"number": number, "before": before, "most": limit}).all()


def how_many(reader: Reader, number: str) -> int:
    """How many published voices an experiment has in all; one that was withdrawn is not counted."""
    return reader.scalar(_HOW_MANY, {"number": number}) or 0


# Written once: a page of one is asked for too often to write them each time.
_OF_ONE = (Publication.id == public_voices.c.experiment_id, Publication.number == bindparam("number"))
_PUBLISHED = (
    select(public_voices)
    .where(*_OF_ONE, public_voices.c.id < bindparam("before"))
    .order_by(public_voices.c.id.desc())
    .limit(bindparam("most", type_=Integer))
)
_HOW_MANY = select(func.count()).select_from(public_voices).where(*_OF_ONE, public_voices.c.withdrawn_on.is_(None))


def every(public: Connection, *, at_once: int) -> Iterator[Sequence[Row[Any]]]:
    """All that was published, of every experiment, as it was received: so many at a time, each with its `number`."""
    after = 0
    while some := public.execute(_EVERY, {"after": after, "most": at_once}).all():
        yield some
        after = some[-1].id


_EVERY = (
    select(Publication.number, public_voices)
    .where(Publication.id == public_voices.c.experiment_id, public_voices.c.id > bindparam("after"))
    .order_by(public_voices.c.id)
    .limit(bindparam("most", type_=Integer))
)


# Erasure --------------------------------------------------------------------------------------------------------------


def erase(session: Session, today: date) -> int:
    """Erase texts and addresses that have served their purpose; how many. Does not commit."""
    local = policy().voices
    replied = add_months(today, -local.erased_months_after_reply)
    received = add_months(today, -local.erased_months_after_receipt)
    declined = Voice.standing == Standing.DECLINED
    due = or_(
        Voice.received_on <= received, Voice.answered_on <= replied, declined & (Voice.settled_on <= replied)
    )  # fmt: skip
    held = update(Voice).where(Voice.erased_on.is_(None), due).execution_options(synchronize_session=False)
    waiting = Voice.standing == Standing.WAITING
    session.execute(held.where(waiting).values(standing=Standing.LAPSED, settled_on=today))
    erased = session.execute(held.values(text="", email="", erased_on=today).returning(Voice.id))
    return len(erased.all())
