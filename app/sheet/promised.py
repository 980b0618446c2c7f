"""What was declared before the start: the essential, the reasons, the derogations, who is associated, the costs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from markupsafe import Markup

from app.pole import Pole, draw
from app.presentation import where, whole_pole_of
from app.templating import NBSP, date_fr, days, number_fr
from experiments import declared as d
from experiments import reported as r
from experiments.duties import owed
from experiments.force import force_of
from experiments.model import Experiment
from experiments.vocabulary import Force, Status
from experiments.words import said, typeset

from .view import Fact, View, act_name, acts_of, facts, inside, joined


def essentials(view: View) -> dict[str, Any]:
    """What, where, until when, who decides, how to refuse, whom to ask; and what is still owed."""
    x, identity, publication = view.x, view.x.read(d.Identity), view.x.read(d.Publication)
    stakeholders = x.read(d.Stakeholders)
    mail = Markup('<a href="mailto:{0}">{0}</a>').format(identity.mailbox) if identity.mailbox else None
    asked = [
        ("Qu’est-ce qui change ?", joined(publication.plain)),
        ("Où ?", where(x)),
        ("Pour qui ?", _people(identity)),
        ("Jusqu’à quand ?", whole_pole_of(x, view.today, suspended_on=view.suspended_on).label),
        ("Qui en répond ?", [t for t in (identity.organisation, identity.department, identity.function) if said(t)]),
        ("Qui décide ?", _deciders(x)),
        ("Comment refuser ou se retirer ?", joined(stakeholders.withdrawal, stakeholders.alternative)),
        ("Comment est-ce signalé sur place ?", joined(publication.notice)),
        ("À qui écrire ?", mail),
    ]
    return {
        "facts": [(typeset(question), answer) for question, answer in asked if answer],
        "owed": [(duty.label, _due(duty.due_on, duty.days_late(view.today))) for duty in owed(x)],
    }


def _people(identity: d.Identity) -> str | None:
    most = f"{number_fr(identity.people_max)}{NBSP}personnes au plus" if identity.people_max else ""
    return joined(identity.people, most, by=", ")


def _deciders(x: Experiment) -> list[str]:
    found = [
        typeset(f"{act_name(decision)} : {act.body} ({inside(act.capacity)}), le {date_fr(act.signed_on)}")
        for decision, act in acts_of(x)
    ]
    body, due = x.read(d.Duration).decision_body, x.decision_due_on
    if x.decision is None and due:
        found.append(typeset(f"À la fin : {body or 'une décision'}, au plus tard le {date_fr(due)}"))
    return found


def _due(day: date, late: int) -> tuple[str, str]:
    return f"au plus tard le {date_fr(day)}", f"{days(late)} de retard" if late else ""


def why(view: View) -> list[Fact]:
    """The problem, the hypothesis, what else was thought of."""
    names = ("problem", "hypothesis", "description", "novelty", "why_experiment", "alternatives", "policy")
    return facts(view.x.read(d.Identity), *names) + facts(view.x.read(d.Duration), "reason", "basis")


@dataclass(frozen=True)
class Derogation:
    """A rule set aside, with its own clock."""

    rule: str
    force: Force
    dates: str
    pole: Pole
    facts: list[Fact]
    more: list[Fact]


def derogations(view: View) -> dict[str, Any]:
    """Each rule set aside, or why none is."""
    written = view.x.read(d.Derogations)
    return {"items": [_derogation(item, view) for item in written.items], "none": joined(written.none_reason)}


def _derogation(item: d.Derogation, view: View) -> Derogation:
    x, force = view.x, force_of(view.x, item, view.today)
    ended = [item.ends_on, view.decided_on, x.field_ended_on]
    over = min((day for day in ended if day), default=None) if force not in (Force.AHEAD, Force.IN_FORCE) else None
    fate = next((f for f in x.read(r.Closing).fates if f.derogation == item.id), None)
    return Derogation(
        rule=item.rule,
        force=force,
        dates=f"Du {date_fr(item.starts_on)} au {date_fr(item.ends_on)}",
        pole=draw(item.starts_on, item.ends_on, view.today, finished_on=None if force is Force.FROZEN else over,
                  suspended_on=view.suspended_on),
        facts=facts(item, "scope", "safeguards")
        + (facts(fate, "fate", "act") if fate and x.status is Status.CLOSED else []),
        more=facts(item, "kind", "level", "basis", "interest", "harmless", "reasons", "amount", "operator",
                   "domain_title", "domain_fee", "domain_publicity"),
    )  # fmt: skip


def stakeholders(view: View) -> dict[str, Any]:
    """Who is associated, how, and the dated evidence."""
    written = view.x.read(d.Stakeholders)
    return {
        "facts": [(one.name, _association(one)) for one in written.items],
        "information": joined(written.information),
    }


def _association(one: d.Stakeholder) -> list[str]:
    kinds = joined(*(word.label for word in (one.kind, one.association) if word), by=" · ")
    when = f", le {date_fr(one.evidence_on)}" if one.evidence_on else ""
    evidence = typeset(f"Preuve : {one.evidence}{when}") if said(one.evidence) else ""
    return [text for text in (kinds, one.role, evidence) if text]


def costs(view: View) -> dict[str, Any] | None:
    """Planned and actual, then what a roll-out and a way out would cost."""
    written = view.x.read(d.Costs)
    lines = (
        ("Collectivité", written.authority, written.actual),
        ("Partenaires", written.partners, None),
        ("Subventions", written.grants, None),
    )
    rows = [[name, number_fr(planned), number_fr(actual) or "–"] for name, planned, actual in lines
            if planned is not None or actual is not None]  # fmt: skip
    more = facts(written, "actual_note", "rollout", "leaving")
    return {"rows": rows, "facts": more} if rows or more else None


def withheld(view: View) -> list[Fact]:
    """What is not published, on what ground, and until when."""
    return [
        (one.what, joined(one.ground.label if one.ground else "", _until(one.until, view.today)))
        for one in view.x.read(d.Publication).withheld
    ]


def _until(day: date | None, today: date) -> str:
    if day is None:
        return ""
    return f"Jusqu’au {date_fr(day)}" + (
        typeset(" : ce délai est passé, la publication est due.") if day < today else "."
    )
