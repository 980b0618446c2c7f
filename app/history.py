"""The trace of one experiment, told: what happened, when, in what capacity. Never a name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

import msgspec

from experiments.queries import Step
from experiments.vocabulary import OpinionKind, OpinionSense, Outcome, Part, Role, StopReason

from . import clock
from .templating import NBSP, date_fr


class Told(NamedTuple):
    """One line of a history, as parts/timeline.html reads it."""

    on: date
    what: str
    who: str
    text: str | None
    url: str | None
    seal: str | None
    strong: bool


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


_SAID: dict[str, Callable[[Facts], str]] = {
    "open": lambda _f: "Dossier ouvert",
    "submit": lambda _f: "Soumise",
    "return": lambda _f: "Renvoyée à son équipe",
    "withdraw": lambda _f: "Retirée",
    "authorise": lambda f: f"Autorisée{_act(f)}",
    "refuse": lambda f: f"Refusée{_act(f)}",
    "start": lambda _f: "Lancée",
    "suspend": lambda _f: "Suspendue",
    "resume": lambda _f: "Reprise",
    "extend": lambda f: f"Prolongée jusqu’au {_day(f, 'ends_on')}{_act(f)}",
    "finish": lambda _f: "Travail de terrain terminé",
    "stop": lambda f: f"Arrêtée avant son terme{NBSP}: {StopReason(f['stop_reason']).label.lower()}{_act(f)}",
    "evaluate": lambda f: f"Évaluation versée, version {f['version']}",
    "decide-generalise": lambda f: _decided(f),
    "decide-maintain": lambda f: _decided(f),
    "decide-abandon": lambda f: _decided(f),
    "close": lambda _f: "Close",
    "named": lambda f: f"Désignation{NBSP}: {Part(f['part']).label.lower()}",
    "unnamed": lambda f: f"Fin de désignation{NBSP}: {Part(f['part']).label.lower()}",
    "opinion-asked": lambda f: f"Avis demandé{NBSP}: {_in_a_line(OpinionKind(f['kind']).label)}",
    "opinion-given": lambda f: (
        f"Avis rendu{NBSP}: {_in_a_line(OpinionKind(f['kind']).label)}, {OpinionSense(f['sense']).label.lower()}"
    ),
    "interim-evaluation": lambda f: f"Évaluation intermédiaire versée, version {f['version']}",
    "extension-asked": lambda f: f"Prolongation demandée, jusqu’au {_day(f, 'until')}",
}


def _decided(facts: Facts) -> str:
    return f"Décidée{NBSP}: {Outcome(facts['outcome']).label.lower()}{_act(facts)}"


def _in_a_line(label: str) -> str:
    return label[:1].lower() + label[1:]


def body_of(step: Step) -> Body:
    """An entry of the trace, read."""
    return msgspec.json.decode(step.body, type=Body)


def day_of(step: Step) -> date:
    """The day of an entry, in Paris."""
    return body_of(step).at.astimezone(clock.PARIS).date()


def told(steps: Iterable[Step], url: str) -> list[Told]:
    """The history of an experiment, in the order given; `url` is where an entry is read, without its number."""
    return [_told(step, body_of(step), url) for step in steps]


def _told(step: Step, body: Body, url: str) -> Told:
    roles = Role.NOBODY
    for name in body.capacity:
        roles |= Role[name.upper()]
    # An event that a later version writes is still told, by its name.
    what = _SAID[step.event](body.facts) if step.event in _SAID else step.event
    day = body.at.astimezone(clock.PARIS).date()
    return Told(day, what, roles.label, None, f"{url}{step.seq}", step.hash, step.event in STRONG)
