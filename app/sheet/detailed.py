"""The second page of an experiment: what its sheet says in brief, in full. Grounds, method, effects, costs, acts."""

from __future__ import annotations

from typing import Any

from app import wording
from app.i18n import Typed
from app.i18n import gettext as _
from app.outcomes import results_of
from experiments import declared as d
from experiments import reported as r
from experiments.content import decode
from experiments.ladder import paris_day
from experiments.words import said

from .view import Fact, View, act_name, anchor, facts, written


def project(view: View) -> list[Fact]:
    """What is done, what else was thought of, what is new."""
    identity, duration = view.x.read(d.Identity), view.x.read(d.Duration)
    told = facts(identity, "description", "alternatives", "policy", "novelty", "why_experiment")
    return told + facts(duration, "reason", "basis")


def grounds(view: View) -> list[dict[str, Any]]:
    """On what each derogation rests, in law and in fact."""
    asked = ("kind", "level", "basis", "interest", "harmless", "reasons", "amount", "operator", "domain_title",
             "domain_fee", "domain_publicity")  # fmt: skip
    return [{"rule": item.rule, "facts": facts(item, *asked)} for item in view.x.read(d.Derogations).items]


def information(view: View) -> Typed | None:
    """What each participant reads before taking part."""
    return written(view.x.read(d.Stakeholders).information)


def method(view: View) -> dict[str, Any]:
    """How one evaluates, what was seen half-way, and the effects that are always looked at."""
    protocol, interim = view.x.read(d.Protocol), view.interim
    observed = decode(r.Evaluation, view.evaluation.text).effects if view.evaluation else None
    return {
        "facts": facts(protocol, "evaluator", "interests", "method", "comparison"),
        "interim": {"on": paris_day(interim.recorded_at), **_half_way(view, decode(r.Interim, interim.text))}
        if interim
        else None,
        "observed": observed is not None,
        "effects": facts(protocol.effects if observed is None else observed),
    }


def _half_way(view: View, interim: r.Interim) -> dict[str, Any]:
    rows = [
        [
            Typed(line.indicator),
            wording.quantity(line.target, line.unit),
            wording.quantity(line.result, line.unit) or Typed(line.absence) or _("non mesuré"),
        ]
        for line in results_of(view.x, interim)
    ]
    return {"summary": Typed(interim.summary), "rows": rows}


def launch(view: View) -> list[Fact]:
    """The conditions of the acts, and how the launch met them."""
    kept = [act.conditions for _decision, act in view.acts]
    asked = [(_("Conditions de l’acte"), Typed(text)) for text in kept if said(text)]
    return [*asked, *facts(view.x.read(r.Launch), "conditions", "informed_on", "informed_how", "agreements")]


def costs(view: View) -> list[Fact]:
    """Why it cost what it cost; what a roll-out and a way out would cost."""
    return facts(view.x.read(d.Costs), "actual_note", "rollout", "leaving")


def ending(view: View) -> list[Fact]:
    """What became of data and equipment, once all is settled."""
    return facts(view.x.read(r.Closing), "data", "equipment", "told_on", "published_on")


def acts(view: View) -> list[dict[str, Any]]:
    """The acts of the authority, in full."""
    asked = ("object", "law", "facts", "stop_reason", "effective_on", "deadline_on", "capacity", "remedies")
    return [
        {
            "anchor": anchor(decision),
            "title": act_name(decision),
            "kind": _(act.act.label) if act.act else _("Acte"),
            "act": act,
            "facts": facts(act, *asked),
        }
        for decision, act in view.acts
    ]
