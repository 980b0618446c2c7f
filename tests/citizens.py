"""The citizens of the tests: they say what they see from the street, and follow what is tried. None has an account."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from experiments import followers, knocks, refusals, voices
from experiments.model import Experiment, Follower, Voice
from experiments.model.voice import VoiceKind
from experiments.obligations import Language
from tests.builders import noon
from tests.contents import TODAY

SAID = "Les bancs sont à l’ombre le matin seulement. Appelez-moi au 06 12 34 56 78 ou écrivez à jo@exemple.fr."


def a_voice(
    session: Session, x: Experiment | None, text: str = SAID, *, kind: VoiceKind = VoiceKind.REACTION,
    email: str = "jo@exemple.fr", on: date = TODAY, language: Language = Language.FRENCH,
) -> Voice:  # fmt: skip
    """Somebody says something of an experiment that has a public page, or of an obstacle when there is none."""
    about = voices.subject(session, x.number) if x else None
    kind = kind if x else VoiceKind.OBSTACLE
    return voices.hear(session, about, kind, text, email, language=language, today=on)


def a_follower(
    session: Session, email: str = "jo@exemple.fr", *files: Experiment | None, on: date = TODAY, confirmed: bool = True,
    language: Language = Language.FRENCH,
) -> Follower:  # fmt: skip
    """Somebody who follows these, or the whole register (None)."""
    now = noon(on)
    for x in files or (None,):
        followers.ask(session, email, x.id if x else None, box=email, language=language, now=now)
    number = session.scalars(select(Follower.id).where(Follower.email == email)).one()
    found = followers.with_followings(session, {number})[number]
    if confirmed:
        followers.confirm(session, found, {one.id for one in found.followings}, now)
    return found


def a_refusal(session: Session, email: str = "jo@exemple.fr", on: date = TODAY) -> None:
    """Somebody refuses for good; here an address is its own fingerprint."""
    refusals.refuse(session, email, str, on)


def a_knock(session: Session, on: date = TODAY) -> None:
    assert knocks.admit(session, knocks.of_network("0" * 64), noon(on))
