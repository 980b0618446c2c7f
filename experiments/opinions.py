"""Opinions: asked of somebody, by a day; given on the very text that the file then holds.

As in editing.py, each verb expects an experiment loaded for a change, and does not commit.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from . import trace, words
from .editing import NotYours, Unsaid, say, takes_part
from .gates import Stale
from .model import Experiment, Opinion, Person
from .policies import may_advise, may_lead, roles_of
from .policy import current as policy
from .vocabulary import Account, OpinionKind, OpinionSense, Part, Role, Status


def ask(
    session: Session, x: Experiment, by: Person, adviser: Person | None, kind: OpinionKind, question: str, *,
    now: datetime, today: date,
) -> Opinion:  # fmt: skip
    """Ask somebody for an opinion, due after the days that the policy leaves. Raises NotYours or Unsaid."""
    before = x.status in (Status.DRAFT, Status.SUBMITTED)
    if not (may_lead(by, x) or roles_of(by, x) & Role.VALIDATOR) or not before:
        raise NotYours
    if adviser is None or not adviser.is_active or adviser.account is not Account.ADVISER:
        raise Unsaid("Choisissez une personne qui donne des avis")
    if kind in (OpinionKind.DPO, OpinionKind.SECURITY) and adviser.advises is not kind:
        raise Unsaid("Cet avis se demande à la personne qui tient cette fonction")
    if any(o.kind is kind and o.involvement.person_id == adviser.id for o in x.opinions):
        raise Unsaid("Cet avis est déjà demandé à cette personne")
    opinion = Opinion(
        kind=kind, question=words.clean(question), asked_at=now, due_on=today + timedelta(policy().opinions.days)
    )
    x.involved.append(takes_part(adviser, Part.ADVISER, now, opinion))
    facts: dict[str, object] = {"kind": str(kind), "due_on": str(opinion.due_on)}
    say(session, x, by, "opinion-asked", facts, {"person": trace.signature_of(adviser)}, now)
    return opinion


def give(
    session: Session, x: Experiment, by: Person, opinion: Opinion, sense: OpinionSense | None, text: str, *,
    seen: int | None, now: datetime,
) -> None:  # fmt: skip
    """Give an opinion on the file as it reads now; given again, it replaces the one that an edit made void.

    Raises NotYours, Stale when the file changed since it was read, Unsaid without a sense or a text.
    """
    if not may_advise(by, opinion) or x.status not in (Status.DRAFT, Status.SUBMITTED):
        raise NotYours
    if opinion.counts_for(x.fingerprint()) and (opinion.sense, opinion.text) == (sense, words.clean(text)):
        return
    if seen is not None and seen != x.version:
        raise Stale(seen, x.version)
    if sense is None or not words.said(text):
        raise Unsaid("Donnez le sens de l’avis, et ce qui le motive")
    opinion.sense, opinion.text, opinion.given_at = sense, words.clean(text), now
    opinion.on_fingerprint = x.fingerprint()
    facts: dict[str, object] = {"kind": str(opinion.kind), "fingerprint": opinion.on_fingerprint}
    say(session, x, by, "opinion-given", facts, {"sense": str(sense), "text": opinion.text}, now)
