"""What the sections of the public page share: the public record of one experiment, seen on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from app import history
from app.answers import text_of
from app.i18n import Typed
from app.i18n import gettext as _
from app.presentation import communes_named
from experiments.acts import Act, Conclusion, Stop
from experiments.content import Content, decode, questions
from experiments.published import Judged, Published
from experiments.vocabulary import Outcome, Status
from experiments.words import said

Fact = tuple[str, Any]


@dataclass(frozen=True)
class View:
    """What every section is drawn from: what is published, and the day."""

    x: Published
    today: date

    @property
    def suspended_on(self) -> date | None:
        """The day of the suspension that still holds."""
        if self.x.status is not Status.SUSPENDED:
            return None
        return next((history.day_of(step) for step in reversed(self.x.steps) if step.event == "suspend"), None)

    @property
    def place(self) -> str:
        """The communes, then the exact place."""
        return " · ".join(filter(None, (communes_named(self.x.communes), self.x.place)))


def facts(content: Content, *names: str, known: dict[str, str] | None = None) -> list[Fact]:
    """The answered questions of a content, all of them or those that are named."""
    found = ((_(q.title), text_of(q, getattr(content, q.name), known or {})) for q in questions(type(content))
             if q.kind not in ("items", "group") and (not names or q.name in names))  # fmt: skip
    return [(title, answer) for title, answer in found if answer is not None]


def joined(*texts: str, by: str = "\n\n") -> str | None:
    """The texts that say something, one after the other; None when none does."""
    return by.join(text for text in texts if said(text)) or None


def written(*texts: str, by: str = "\n\n") -> Typed | None:
    """The same for what people wrote, which stays in their language."""
    found = joined(*texts, by=by)
    return Typed(found) if found else None


def inside(label: str) -> str:
    """A label inside a sentence."""
    return label[:1].lower() + label[1:]


def act_name(decision: Judged) -> str:
    """« Autorisation », « Abandon »."""
    return _(decision.outcome.label)


def anchor(decision: Judged) -> str:
    """Where an act stands on the page."""
    return f"acte-{decision.id}"


def acts_of(x: Published) -> list[tuple[Judged, Act]]:
    """The acts of the authority, oldest first."""
    kinds = {Outcome.AUTHORISATION: Act, Outcome.REFUSAL: Act, Outcome.EXTENSION: Act, Outcome.EARLY_STOP: Stop}
    return [(decision, decode(kinds.get(decision.outcome, Conclusion), decision.text)) for decision in x.decisions]
