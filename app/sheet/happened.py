"""What happened since: launch, extension, evaluation, decision, closing; the acts and the trace.

Only what is recorded is read: an evaluation being written, a closing not yet judged or a request not yet made stay
inside.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import current_app
from markupsafe import Markup

from app import history, wording
from app.i18n import Typed
from app.i18n import gettext as _
from app.outcomes import comparison, results_of
from app.presentation import paris_day
from experiments import declared as d
from experiments import reported as r
from experiments.acts import Act
from experiments.content import decode
from experiments.lifecycle import LIFECYCLE
from experiments.published import Published
from experiments.vocabulary import Status
from experiments.words import said

from .view import Fact, View, act_name, acts_of, anchor, facts

FIELD = (Status.RUNNING, Status.SUSPENDED)
STEPS = {*LIFECYCLE, "interim-evaluation", "extension-asked", "reply"}
"""What a passer-by wants to know of; the other entries are folded."""


def evaluation(view: View) -> dict[str, Any]:
    """The frozen criteria with their results, then all that the evaluation says; else when it is due."""
    x, protocol, readable = view.x, view.x.read(d.Protocol), [e for e in view.x.evaluations if e.text]
    recorded = x.evaluation if x.evaluation in readable else None
    said_of_it = decode(r.Evaluation, recorded.text) if recorded else None
    interims = [e for e in readable if e.interim]
    return {
        "version": recorded,
        "waits": x.evaluation if recorded is None else None,
        "summary": Typed(said_of_it.summary) if said_of_it else "",
        "results": results_of(x, said_of_it),
        "read": facts(said_of_it, "limits", "departures", "remarks") if said_of_it else [],
        "effects": facts(said_of_it.effects) if said_of_it else [],
        "interim": _interim(x, decode(r.Interim, interims[-1].text), paris_day(interims[-1].recorded_at))
        if interims
        else None,
        "method": facts(protocol, "evaluator", "interests", "method", "comparison"),
        "planned": facts(protocol.effects),
    }


def _interim(x: Published, interim: r.Interim, on: date) -> dict[str, Any]:
    rows = [
        [
            Typed(line.indicator),
            _figure(line.target, line.unit),
            _figure(line.result, line.unit) or Typed(line.absence) or _("non mesuré"),
        ]
        for line in results_of(x, interim)
    ]
    return {"on": on, "summary": Typed(interim.summary), "rows": rows}


def _figure(value: Any, unit: str) -> str:
    if value is None or not unit:
        return wording.number(value)
    return Markup("{}\u00a0{}").format(wording.number(value), Typed(unit))


def decision(view: View) -> dict[str, Any]:
    """Verdict, promise and decision side by side; before the decision, what is promised for each verdict."""
    return {
        "comparison": comparison(view.x) if view.x.decision else None,
        "promises": facts(view.x.read(d.Protocol), "if_confirmed", "if_refuted", "if_inconclusive"),
        "due": view.x.decision_due_on,
    }


def extensions(view: View) -> list[dict[str, Any]]:
    """The periods granted after the first, and the request that waits."""
    x, request = view.x, view.x.read(r.ExtensionRequest)
    found: list[dict[str, Any]] = [
        {"granted": True, "starts_on": period.starts_on, "ends_on": period.ends_on, "reason": request.reason,
         "act": decode(Act, period.text), "anchor": anchor(period)}
        for period in x.periods[1:]
    ]  # fmt: skip
    if x.extension_asked_on and not found and x.status in FIELD:
        found.append({"granted": False, "on": x.extension_asked_on, "ends_on": request.ends_on,
                      "reason": request.reason})  # fmt: skip
    return found


def launch(view: View) -> list[Fact]:
    """The conditions of the acts, and how the launch met them."""
    kept = [act.conditions for _decision, act in acts_of(view.x)]
    asked = [(_("Conditions de l’acte"), Typed(text)) for text in kept if said(text)]
    return [*asked, *facts(view.x.read(r.Launch), "conditions", "informed_on", "informed_how", "agreements")]


def closing(view: View) -> list[Fact]:
    """What remains once all is settled."""
    return facts(view.x.read(r.Closing), "lessons", "data", "equipment", "told_on", "published_on")


def follow_up(view: View) -> list[Fact]:
    """What is left a year later, once somebody went to see."""
    return facts(view.x.read(r.FollowUp), "state", "surprises", "seen_on")


def acts(view: View) -> list[dict[str, Any]]:
    """The acts of the authority, in full."""
    return [
        {
            "anchor": anchor(decision),
            "title": act_name(decision),
            "kind": _(act.act.label) if act.act else _("Acte"),
            "act": act,
            "more": facts(act, "object", "law", "facts", "stop_reason", "effective_on", "deadline_on", "capacity"),
        }
        for decision, act in acts_of(view.x)
    ]


def traceability(view: View) -> dict[str, Any]:
    """The steps, then what to check them with; and the fingerprint of what was frozen, against the published one."""
    x, authorised = view.x, next((s for s in reversed(view.x.steps) if s.event == "authorise"), None)
    published = history.body_of(authorised).facts["sealed"] if authorised else ""
    return {
        "lines": [history.line(step) for step in x.steps if step.event in STEPS],
        "others": [history.line(step) for step in x.steps if step.event not in STEPS],
        "last": x.steps[-1].hash,
        "site": current_app.config["JALON"].public_url,
        "sealed": x.sealed,
        "holds": x.sealed == published,
        "published": published,
        "on": history.day_of(authorised) if authorised else None,
    }
