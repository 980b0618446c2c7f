"""The trace told in English, as history.py tells it in French."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Any

from babel.dates import format_date

from app import history
from experiments.record import RecordedEntry
from experiments.vocabulary import OpinionKind, OpinionSense, Outcome, Part, Role, StopReason

Facts = dict[str, Any]


@lru_cache(maxsize=4096)
def on(day: date) -> str:
    """“1 March 2026”."""
    return format_date(day, "d MMMM y", locale="en_GB").replace(" ", "\u00a0")


EVENTS = {
    "submit": "Submitted",
    "return": "Returned to its team",
    "authorise": "Authorised",
    "refuse": "Refused",
    "withdraw": "Withdrawn",
    "start": "Started",
    "suspend": "Suspended",
    "resume": "Resumed",
    "extend": "Extended",
    "finish": "Field work ended",
    "stop": "Stopped",
    "evaluate": "Evaluation submitted",
    "decide-generalise": "Decided",
    "decide-maintain": "Decided",
    "decide-abandon": "Decided",
    "close": "Closed",
    "named": "You are named",
    "opinion-asked": "Opinion asked for",
    "opinion-given": "Opinion given",
    "interim-evaluation": "Interim evaluation submitted",
    "extension-asked": "Extension asked for",
}
KINDS = {
    OpinionKind.DPO: "data protection officer",
    OpinionKind.SECURITY: "information security",
    OpinionKind.LEGAL: "legal affairs",
    OpinionKind.PROCUREMENT: "procurement",
    OpinionKind.OTHER: "another department",
}
SENSES = {
    OpinionSense.FAVOURABLE: "favourable",
    OpinionSense.RESERVED: "favourable with reservations",
    OpinionSense.UNFAVOURABLE: "unfavourable",
}
OUTCOMES = {
    Outcome.AUTHORISATION: "authorisation",
    Outcome.REFUSAL: "refusal",
    Outcome.EARLY_STOP: "early stop",
    Outcome.EXTENSION: "extension or change",
    Outcome.GENERALISATION: "to be made general",
    Outcome.PARTIAL: "kept in part, or extended where it serves",
    Outcome.ABANDONMENT: "given up",
}
STOPS = {
    StopReason.OBJECTIVE_REACHED: "objective reached",
    StopReason.TECHNICAL: "technical obstacle",
    StopReason.RISK: "risk to people or property",
    StopReason.BREACH: "conditions not respected",
    StopReason.PARTNER: "withdrawal of a partner",
    StopReason.BUDGET: "budget",
    StopReason.ORDINARY_LAW: "feasible under ordinary law",
    StopReason.OTHER: "another reason",
}
ROLES = {
    Role.LEAD: "lead or deputy",
    Role.EDITOR: "contributor",
    Role.EVALUATOR: "evaluator",
    Role.ADVISER: "adviser",
    Role.VALIDATOR: "validator",
    Role.AUDITOR: "auditor",
    Role.ADMINISTRATOR: "administrator",
    Role.EVALUATED: "author of the evaluation",
    Role.HEAD: "management",
}
PARTS = {
    Part.LEAD: "lead",
    Part.DEPUTY: "deputy",
    Part.CONTRIBUTOR: "contributor",
    Part.EVALUATOR: "evaluator",
    Part.HEAD: "management",
}
_TOLD: dict[str, Callable[[Facts], str]] = {
    "named": lambda f: f": {PARTS[Part(f['part'])]}",
    "authorise": lambda f: _act(f),
    "refuse": lambda f: _act(f),
    "extend": lambda f: f" until {on(date.fromisoformat(f['ends_on']))}{_act(f)}",
    "stop": lambda f: f": {STOPS[StopReason(f['stop_reason'])]}{_act(f)}",
    "evaluate": lambda f: f", version {f['version']}",
    "decide-generalise": lambda f: f": {OUTCOMES[Outcome(f['outcome'])]}{_act(f)}",
    "decide-maintain": lambda f: f": {OUTCOMES[Outcome(f['outcome'])]}{_act(f)}",
    "decide-abandon": lambda f: f": {OUTCOMES[Outcome(f['outcome'])]}{_act(f)}",
    "opinion-asked": lambda f: f": {KINDS[OpinionKind(f['kind'])]}",
    "opinion-given": lambda f: f": {KINDS[OpinionKind(f['kind'])]}",
    "interim-evaluation": lambda f: f", version {f['version']}",
    "extension-asked": lambda f: f", until {on(date.fromisoformat(f['until']))}",
}


def _act(facts: Facts) -> str:
    return f", act no.\u00a0{facts['act_number']}"


def event(entry: RecordedEntry, sense: OpinionSense | None) -> str:
    facts = history.body_of(entry).facts
    told = _TOLD[entry.event](facts) if entry.event in _TOLD else ""
    return EVENTS[entry.event] + told + (f", {SENSES[sense]}" if sense else "")


def happened(entry: RecordedEntry) -> str:
    names = [name.upper() for name in history.body_of(entry).capacity]
    who = ", ".join(ROLES[Role[name]] for name in names if name in Role.__members__)
    return f"On {on(history.day_of(entry))}" + (f", as {who}." if who else ".")
