"""The trace of an experiment, told: what happened, when, in what capacity. Never a name nor a reason."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, NamedTuple

import msgspec

from experiments.ladder import paris_day
from experiments.lifecycle import LIFECYCLE
from experiments.record import RecordedEntry
from experiments.vocabulary import OpinionKind, Outcome, Part, Role, StopReason
from experiments.words import inside

from . import wording
from .i18n import gettext as _
from .i18n import later, to


class HistoryLine(NamedTuple):
    """One line of a history, as parts/timeline.html reads it."""

    on: date
    what: str
    who: str
    text: str | None
    url: str | None
    seal: str | None
    strong: bool
    hour: str = ""


class Body(msgspec.Struct):
    """What is read of an entry of the trace."""

    at: datetime
    facts: dict[str, Any]
    capacity: list[str]
    experiment: str | None = None
    withheld: dict[str, str] = {}


Facts = dict[str, Any]
STRONG = frozenset(gate.name for gate in LIFECYCLE.values() if gate.outcome)
"""The acts of an authority: the decisions of a life."""


def _day(facts: Facts, name: str) -> str:
    return wording.day(date.fromisoformat(facts[name]))


def _act(facts: Facts) -> str:
    return _(", acte n° %(number)s", number=facts["act_number"])


_NAMES = {
    **{gate.name: gate.past for gate in LIFECYCLE.values()},
    "open": later("Dossier ouvert"),
    "named": later("Désignation"),
    "unnamed": later("Fin de désignation"),
    "opinion-asked": later("Avis demandé"),
    "opinion-given": later("Avis rendu"),
    "interim-evaluation": later("Évaluation intermédiaire versée"),
    "extension-asked": later("Prolongation demandée"),
    "reviewed": later("Fiche relue, dite à jour"),
    "reply": later("Réponse du porteur à un retard"),
    "redact": later("Effacement d’un texte retenu"),
}
# What the facts of an entry add to its name.
_TOLD: dict[str, Callable[[Facts], str]] = {
    "authorise": lambda f: _act(f),
    "refuse": lambda f: _act(f),
    "extend": lambda f: _(" jusqu’au %(day)s", day=_day(f, "ends_on")) + _act(f),
    "stop": lambda f: _named(StopReason(f["stop_reason"]).label) + _act(f),
    "evaluate": lambda f: _(", version %(version)s", version=f["version"]),
    "decide-generalise": lambda f: _decided(f),
    "decide-maintain": lambda f: _decided(f),
    "decide-abandon": lambda f: _decided(f),
    "named": lambda f: _named(Part(f["part"]).label),
    "unnamed": lambda f: _named(Part(f["part"]).label),
    "opinion-asked": lambda f: _named(OpinionKind(f["kind"]).label),
    "opinion-given": lambda f: _named(OpinionKind(f["kind"]).label),
    "interim-evaluation": lambda f: _(", version %(version)s", version=f["version"]),
    "extension-asked": lambda f: _(", jusqu’au %(day)s", day=_day(f, "until")),
}


def _decided(facts: Facts) -> str:
    return _named(Outcome(facts["outcome"]).label) + _act(facts)


def _named(label: str) -> str:
    return _(" : ") + inside(_(label))


def what(event: str) -> str:
    """The name of an event, without its facts: « Autorisée »."""
    return _(_NAMES[event])


def body_of(entry: RecordedEntry) -> Body:
    """An entry of the trace, read."""
    return msgspec.json.decode(entry.body, type=Body)


def day_of(entry: RecordedEntry) -> date:
    """The day of an entry, in Paris."""
    return paris_day(body_of(entry).at)


def line(entry: RecordedEntry) -> HistoryLine:
    """One entry, as the public reads it."""
    body = body_of(entry)
    told = _TOLD[entry.event](body.facts) if entry.event in _TOLD else ""
    return HistoryLine(
        on=paris_day(body.at),
        what=what(entry.event) + told,
        who=_capacity(body.capacity),
        text=None,
        url=to(f"/trace?entree={entry.seq}#entree-{entry.seq}"),
        seal=entry.hash,
        strong=entry.event in STRONG,
    )


def _capacity(names: list[str]) -> str:
    return ", ".join(_(Role[name.upper()].label) for name in names if name.upper() in Role.__members__)
