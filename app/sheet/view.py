"""What the sections of the public page share: the record of one experiment, seen on a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app import history
from app.answers import text_of
from app.presentation import paris_day
from experiments.acts import Act, Conclusion, Stop
from experiments.content import Content, decode, questions
from experiments.model import Decision, Entry, Experiment
from experiments.vocabulary import Outcome, Status
from experiments.words import said

Fact = tuple[str, Any]


@dataclass(frozen=True)
class View:
    """What every section is drawn from: the record, its trace, the day."""

    x: Experiment
    entries: Sequence[Entry]
    today: date

    @property
    def suspended_on(self) -> date | None:
        """The day of the suspension that still holds."""
        if self.x.status is not Status.SUSPENDED:
            return None
        return next((history.day_of(e) for e in self.entries if e.seq == self.x.trace_seq), None)

    @property
    def decided_on(self) -> date | None:
        """The day of the decision that ended it."""
        return paris_day(self.x.decision.decided_at) if self.x.decision else None


def facts(content: Content, *names: str, known: dict[str, str] | None = None) -> list[Fact]:
    """The answered questions of a content, all of them or those that are named."""
    found = ((q.title, text_of(q, getattr(content, q.name), known or {})) for q in questions(type(content))
             if q.kind not in ("items", "group") and (not names or q.name in names))  # fmt: skip
    return [(title, answer) for title, answer in found if answer is not None]


def joined(*texts: str, by: str = "\n\n") -> str | None:
    """The texts that say something, one after the other; None when none does."""
    return by.join(text for text in texts if said(text)) or None


def inside(label: str) -> str:
    """A label inside a sentence."""
    return label[:1].lower() + label[1:]


def act_name(decision: Decision) -> str:
    """« Autorisation », « Abandon »."""
    return decision.outcome.label


def anchor(decision: Decision) -> str:
    """Where an act stands on the page."""
    return f"acte-{decision.id}"


def acts_of(x: Experiment) -> list[tuple[Decision, Act]]:
    """The acts of the authority, oldest first."""
    kinds = {Outcome.AUTHORISATION: Act, Outcome.EXTENSION: Act, Outcome.EARLY_STOP: Stop}
    return [(decision, decode(kinds.get(decision.outcome, Conclusion), decision.text)) for decision in x.decisions]
