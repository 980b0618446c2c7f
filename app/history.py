"""The trace of an experiment, told: what happened, when, in what capacity. Never a name nor a reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import msgspec

from experiments.model import Entry
from experiments.vocabulary import OpinionKind, Outcome, Part, Role, StopReason

from . import clock
from .templating import NBSP, date_fr


@dataclass(frozen=True)
class Line:
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


Facts = dict[str, Any]
STRONG = frozenset({"authorise", "refuse", "extend", "stop", "decide-generalise", "decide-maintain", "decide-abandon"})
"""The acts of an authority: the decisions of a life."""


def _day(facts: Facts, name: str) -> str:
    return date_fr(date.fromisoformat(facts[name]))


def _act(facts: Facts) -> str:
    return f", acte n°{NBSP}{facts['act_number']}"


_NAMES = {
    "open": "Dossier ouvert",
    "submit": "Soumise",
    "return": "Renvoyée à son équipe",
    "withdraw": "Retirée",
    "authorise": "Autorisée",
    "refuse": "Refusée",
    "start": "Lancée",
    "suspend": "Suspendue",
    "resume": "Reprise",
    "extend": "Prolongée",
    "finish": "Travail de terrain terminé",
    "stop": "Arrêtée avant son terme",
    "evaluate": "Évaluation versée",
    "decide-generalise": "Décidée",
    "decide-maintain": "Décidée",
    "decide-abandon": "Décidée",
    "close": "Close",
    "named": "Désignation",
    "unnamed": "Fin de désignation",
    "opinion-asked": "Avis demandé",
    "opinion-given": "Avis rendu",
    "interim-evaluation": "Évaluation intermédiaire versée",
    "extension-asked": "Prolongation demandée",
    "reviewed": "Fiche relue, dite à jour",
    "redact": "Effacement d’un texte retenu",
}
# What the facts of an entry add to its name.
_TOLD: dict[str, Callable[[Facts], str]] = {
    "authorise": lambda f: _act(f),
    "refuse": lambda f: _act(f),
    "extend": lambda f: f" jusqu’au {_day(f, 'ends_on')}{_act(f)}",
    "stop": lambda f: f"{NBSP}: {_small(StopReason(f['stop_reason']).label)}{_act(f)}",
    "evaluate": lambda f: f", version {f['version']}",
    "decide-generalise": lambda f: _decided(f),
    "decide-maintain": lambda f: _decided(f),
    "decide-abandon": lambda f: _decided(f),
    "named": lambda f: f"{NBSP}: {_small(Part(f['part']).label)}",
    "unnamed": lambda f: f"{NBSP}: {_small(Part(f['part']).label)}",
    "opinion-asked": lambda f: f"{NBSP}: {_small(OpinionKind(f['kind']).label)}",
    "opinion-given": lambda f: f"{NBSP}: {_small(OpinionKind(f['kind']).label)}",
    "interim-evaluation": lambda f: f", version {f['version']}",
    "extension-asked": lambda f: f", jusqu’au {_day(f, 'until')}",
}


def _decided(facts: Facts) -> str:
    return f"{NBSP}: {_small(Outcome(facts['outcome']).label)}{_act(facts)}"


def _small(label: str) -> str:
    return label[:1].lower() + label[1:]


def what(event: str) -> str:
    """The name of an event, without its facts: « Autorisée »."""
    return _NAMES.get(event, event)


def body_of(entry: Entry) -> Body:
    """An entry of the trace, read."""
    return msgspec.json.decode(entry.body, type=Body)


def day_of(entry: Entry) -> date:
    """The day of an entry, in Paris."""
    return body_of(entry).at.astimezone(clock.PARIS).date()


def line(entry: Entry) -> Line:
    """One entry, as the public reads it."""
    body = body_of(entry)
    told = _TOLD[entry.event](body.facts) if entry.event in _TOLD else ""
    return Line(
        on=body.at.astimezone(clock.PARIS).date(),
        what=what(entry.event) + told,
        who=_capacity(body.capacity),
        text=None,
        url=f"/trace?entree={entry.seq}#entree-{entry.seq}",
        seal=entry.hash,
        strong=entry.event in STRONG,
    )


def _capacity(names: list[str]) -> str:
    return ", ".join(Role[name.upper()].label for name in names if name.upper() in Role.__members__)
