"""What happened since: launch, extension, evaluation, decision, closing; the acts and the trace.

Only what is recorded is read: an evaluation being written, a closing not yet judged or a request not yet made stay
inside.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from app import history
from app.outcomes import comparison, results_of
from app.presentation import paris_day
from app.templating import NBSP, number_fr
from experiments import declared as d
from experiments import reported as r
from experiments.acts import Act
from experiments.content import decode, fingerprint
from experiments.model import Experiment
from experiments.parts import BY_CONTENT
from experiments.policies import public_evaluations
from experiments.vocabulary import Status
from experiments.words import said

from .view import Fact, View, act_name, acts_of, anchor, facts

FIELD = (Status.RUNNING, Status.SUSPENDED)


def evaluation(view: View) -> dict[str, Any]:
    """The frozen criteria with their results, then all that the evaluation says; else when it is due."""
    x, protocol, readable = view.x, view.x.read(d.Protocol), public_evaluations(view.x)
    recorded = x.evaluation if x.evaluation in readable else None
    said_of_it = decode(r.Evaluation, recorded.text) if recorded else None
    interims = [e for e in readable if e.interim]
    return {
        "version": recorded,
        "waits": x.evaluation if recorded is None else None,
        "summary": said_of_it.summary if said_of_it else "",
        "results": results_of(x, said_of_it),
        "read": facts(said_of_it, "limits", "departures", "remarks") if said_of_it else [],
        "effects": facts(said_of_it.effects) if said_of_it else [],
        "interim": _interim(x, decode(r.Interim, interims[-1].text), paris_day(interims[-1].recorded_at))
        if interims
        else None,
        "method": facts(protocol, "evaluator", "interests", "method", "comparison"),
        "planned": facts(protocol.effects),
    }


def _interim(x: Experiment, interim: r.Interim, on: date) -> dict[str, Any]:
    rows = [
        [
            line.indicator,
            _figure(line.target, line.unit),
            _figure(line.result, line.unit) or line.absence or "non mesuré",
        ]
        for line in results_of(x, interim)
    ]
    return {"on": on, "summary": interim.summary, "rows": rows}


def _figure(value: Any, unit: str) -> str:
    return "" if value is None else f"{number_fr(value)}{NBSP}{unit}".strip()


def decision(view: View) -> dict[str, Any]:
    """Verdict, promise and decision side by side; before the decision, what is promised for each verdict."""
    return {
        "comparison": comparison(view.x) if view.x.decision else None,
        "promises": facts(view.x.read(d.Protocol), "if_confirmed", "if_refuted", "if_inconclusive"),
        "due": view.x.decision_due_on,
    }


def extensions(view: View) -> list[dict[str, Any]]:
    """The periods granted after the first, and the request that waits."""
    x, part = view.x, BY_CONTENT[r.ExtensionRequest]
    asked = x.extension_asked and x.extension_asked == fingerprint(x.text(part))
    request = x.read(r.ExtensionRequest) if asked else r.ExtensionRequest()
    found: list[dict[str, Any]] = [
        {"granted": True, "starts_on": period.starts_on, "ends_on": period.ends_on, "reason": request.reason,
         "act": decode(Act, period.text), "anchor": anchor(period)}
        for period in x.periods[1:]
    ]  # fmt: skip
    if asked and not found and x.status in FIELD:
        found.append({"granted": False, "on": x.extension_asked_on, "ends_on": request.ends_on,
                      "reason": request.reason})  # fmt: skip
    return found


def launch(view: View) -> list[Fact]:
    """The conditions of the acts, and how the launch met them."""
    asked = [("Conditions de l’acte", act.conditions) for _, act in acts_of(view.x) if said(act.conditions)]
    if view.x.started_on is None:
        return asked
    met = view.x.read(r.Launch)
    return [*asked, *facts(met, "conditions", "informed_on", "informed_how", "agreements")]


def closing(view: View) -> list[Fact]:
    """What remains once all is settled."""
    if view.x.status is not Status.CLOSED:
        return []
    return facts(view.x.read(r.Closing), "lessons", "data", "equipment", "told_on", "published_on")


def follow_up(view: View) -> list[Fact]:
    """What is left a year later, once somebody went to see."""
    written = view.x.read(r.FollowUp)
    if view.x.status is not Status.CLOSED or not said(written.state):
        return []
    return facts(written, "state", "surprises", "seen_on")


def acts(view: View) -> list[dict[str, Any]]:
    """The acts of the authority, in full."""
    return [
        {
            "anchor": anchor(decision),
            "title": act_name(decision),
            "facts": facts(act, "act", "number", "signed_on", "body", "capacity", "remedies"),
            "more": facts(act, "object", "law", "facts", "effective_on", "deadline_on", "stop_reason"),
        }
        for decision, act in acts_of(view.x)
    ]


def traceability(view: View) -> dict[str, Any]:
    """The fingerprint of what was frozen, against the one that was published; then the history."""
    authorised = next((e for e in reversed(view.entries) if e.event == "authorise"), None)
    published = history.body_of(authorised).facts["sealed"] if authorised else ""
    return {
        "sealed": view.x.sealed(),
        "holds": view.x.sealed() == published,
        "published": published,
        "on": history.day_of(authorised) if authorised else None,
        "lines": [history.line(entry) for entry in view.entries],
    }
