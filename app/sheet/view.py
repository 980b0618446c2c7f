"""What the sections of the public page share: the public record of one experiment, seen on a day."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Any

from app import history
from app.answers import text_of
from app.i18n import Typed
from app.i18n import gettext as _
from app.pole import Pole
from app.presentation import communes_named, whole_pole_of
from experiments.acts import Act, Conclusion, Stop
from experiments.content import Content, decode, questions
from experiments.policy import current as policy
from experiments.published import Assessment, Judged, Published, Step
from experiments.vocabulary import Outcome, Status
from experiments.words import said

Fact = tuple[str, Any]


class View:
    """What every section is drawn from: what is published, and the day. What several ask for is reckoned once."""

    def __init__(self, x: Published, today: date) -> None:
        self.x, self.today = x, today

    @cached_property
    def suspension(self) -> Step | None:
        """The suspension that still holds, as the trace has it."""
        if self.x.status is not Status.SUSPENDED:
            return None
        return next((step for step in reversed(self.x.steps) if step.event == "suspend"), None)

    @cached_property
    def suspended_on(self) -> date | None:
        """Its day."""
        return history.day_of(self.suspension) if self.suspension else None

    @cached_property
    def pole(self) -> Pole:
        """The life of the experiment."""
        return whole_pole_of(self.x, self.today, suspended_on=self.suspended_on, owed=self.x.owed)

    @cached_property
    def acts(self) -> list[tuple[Judged, Act]]:
        """The acts of the authority, oldest first."""
        kinds = {Outcome.AUTHORISATION: Act, Outcome.REFUSAL: Act, Outcome.EXTENSION: Act, Outcome.EARLY_STOP: Stop}
        return [(one, decode(kinds.get(one.outcome, Conclusion), one.text)) for one in self.x.decisions]

    @cached_property
    def evaluation(self) -> Assessment | None:
        """The final evaluation, once it may be read."""
        found = self.x.evaluation
        return found if found and found.text else None

    @cached_property
    def interim(self) -> Assessment | None:
        """The last evaluation made half-way that may be read."""
        return next((one for one in reversed(self.x.evaluations) if one.interim and one.text), None)

    @property
    def place(self) -> str:
        """The communes, or how many, then the exact place."""
        return " · ".join(filter(None, (communes_named(self.x.communes), self.x.place)))

    @property
    def where(self) -> str:
        """The same with each commune by its name, since one looks for one’s own; all of them are still a number."""
        everywhere = len(policy().communes) - 1
        return " · ".join(filter(None, (communes_named(self.x.communes, everywhere), self.x.place)))


def facts(content: Content, *names: str) -> list[Fact]:
    """The answered questions of a content, all of them or those that are named."""
    found = []
    for question in questions(type(content)):
        if question.kind in ("items", "group") or (names and question.name not in names):
            continue
        answer = text_of(question, getattr(content, question.name), {})
        if answer is not None:
            found.append((_(question.title), answer))
    return found


def joined(*texts: str, by: str = "\n\n") -> str | None:
    """The texts that say something, one after the other; None when none does."""
    return by.join(text for text in texts if said(text)) or None


def written(*texts: str) -> Typed | None:
    """The same for what people wrote, which stays in their language."""
    found = joined(*texts)
    return Typed(found) if found else None


def act_name(decision: Judged) -> str:
    """« Autorisation », « Abandon »."""
    return _(decision.outcome.label)


def anchor(decision: Judged) -> str:
    """Where an act stands on the page."""
    return f"acte-{decision.id}"
