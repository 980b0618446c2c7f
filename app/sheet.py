"""The public page of one experiment, section by section: what each template of templates/public/experiment/ reads.

A section is a line of SECTIONS, a function here, and a template of its name. A function that gives nothing back
leaves its section out: nothing empty is shown. Only what is recorded is read: an evaluation being written, a
closing not yet judged or a request not yet made stay inside.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from markupsafe import Markup

from experiments import declared as d
from experiments import reported as r
from experiments.acts import Act, Conclusion, Stop
from experiments.content import Content, decode, fingerprint, questions
from experiments.duties import force_of, owed
from experiments.model import Decision, Entry, Experiment
from experiments.parts import BY_CONTENT
from experiments.vocabulary import Force, Outcome, Status
from experiments.words import said, typeset

from . import history
from .answers import text_of
from .outcomes import comparison, results_of
from .pole import Pole, draw
from .presentation import paris_day, where, whole_pole_of
from .templating import NBSP, date_fr, days, number_fr

Fact = tuple[str, Any]
FIELD = (Status.RUNNING, Status.SUSPENDED)


@dataclass(frozen=True)
class View:
    """What every section is drawn from: the record, its trace, the day."""

    x: Experiment
    entries: Sequence[Entry]
    today: date

    @property
    def suspended_on(self) -> date | None:
        """The day of the suspension that still holds."""
        if self.x.status is not Status.SUSPENDED:
            return None
        return next((history.day_of(e) for e in self.entries if e.seq == self.x.trace_seq), None)

    @property
    def decided_on(self) -> date | None:
        return paris_day(self.x.decision.decided_at) if self.x.decision else None


@dataclass(frozen=True)
class Alert:
    """What must be known before anything else."""

    kind: str
    title: str
    text: str


@dataclass(frozen=True)
class Section:
    """One part of the page; `data` is what its template reads."""

    name: str
    title: str
    data: Any


def of(x: Experiment, entries: Sequence[Entry], today: date) -> dict[str, Any]:
    """All that the template reads."""
    view = View(x, entries, today)
    drawn = [Section(name, title(x) if callable(title) else title, make(view)) for name, title, make in SECTIONS]
    return {
        "x": x,
        "place": where(x),
        "overdue": x.is_overdue(today),
        "pole": whole_pole_of(x, today, suspended_on=view.suspended_on),
        "alerts": alerts(view),
        "sections": [section for section in drawn if section.data],
    }


def facts(content: Content, *names: str, known: dict[str, str] | None = None) -> list[Fact]:
    """The answered questions of a content, all of them or those that are named."""
    found = ((q.title, text_of(q, getattr(content, q.name), known or {})) for q in questions(type(content))
             if q.kind not in ("items", "group") and (not names or q.name in names))  # fmt: skip
    return [(title, answer) for title, answer in found if answer is not None]


def joined(*texts: str, by: str = "\n\n") -> str | None:
    """The texts that say something, one after the other; None when none does."""
    return by.join(text for text in texts if said(text)) or None


def alerts(view: View) -> list[Alert]:
    """Late, suspended, stopped early: said in words, with the arithmetic."""
    x, today = view.x, view.today
    found = []
    term = typeset(f"Fin le {date_fr(x.ends_on)} : {days(x.days_over(today))} de retard.")
    if x.is_overdue(today):
        found.append(Alert("error", "Échue, sans évaluation", typeset(
            f"{term} Les dérogations ne sont plus en vigueur. Deux suites sont possibles : évaluer puis décider, ou "
            "arrêter."
        )))  # fmt: skip
    elif x.is_undecided(today):
        found.append(Alert("error", "Terminée, sans décision", typeset(
            f"{term} L’évaluation est versée, la décision manque. Une expérimentation qui se poursuivrait sans elle "
            "serait irrégulière (CGCT LO1113-6)."
        )))  # fmt: skip
    if view.suspended_on:
        found.append(Alert("warning", f"Suspendue depuis le {date_fr(view.suspended_on)}", typeset(
            "Les dérogations sont gelées. Le temps, lui, continue de courir : "
            f"la fin reste fixée au {date_fr(x.ends_on)}."
        )))  # fmt: skip
    for stop in x.decisions:
        if stop.outcome is Outcome.EARLY_STOP and stop.stop_reason:
            found.append(Alert("information", f"Arrêtée avant son terme, le {date_fr(paris_day(stop.decided_at))}",
                               f"Motif{NBSP}: {_inside(stop.stop_reason.label)}."))  # fmt: skip
    return found


def _inside(label: str) -> str:
    return label[:1].lower() + label[1:]


# The sections ---------------------------------------------------------------------------------------------------------


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
        typeset(f"{act_name(decision)} : {act.body} ({_inside(act.capacity)}), le {date_fr(act.signed_on)}")
        for decision, act in _acts(x)
    ]
    body, due = x.read(d.Duration).decision_body, x.decision_due_on
    if x.decision is None and due:
        found.append(typeset(f"À la fin : {body or 'une décision'}, au plus tard le {date_fr(due)}"))
    return found


def _due(day: date, late: int) -> tuple[str, str]:
    return f"due le {date_fr(day)}", f"{days(late)} de retard" if late else ""


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


def evaluation(view: View) -> dict[str, Any]:
    """The frozen criteria with their results, then all that the evaluation says; else when it is due."""
    x, protocol, recorded = view.x, view.x.read(d.Protocol), view.x.evaluation
    said_of_it = decode(r.Evaluation, recorded.text) if recorded else None
    interims = [e for e in x.evaluations if e.interim]
    return {
        "version": recorded,
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
    """Verdict, promise and decision side by side; before any evaluation, what is promised for each verdict."""
    return {
        "comparison": comparison(view.x),
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
         "act": decode(Act, period.text), "anchor": _anchor(period)}
        for period in x.periods[1:]
    ]  # fmt: skip
    if asked and not found and x.status in FIELD:
        found.append({"granted": False, "on": x.extension_asked_on, "ends_on": request.ends_on,
                      "reason": request.reason})  # fmt: skip
    return found


def launch(view: View) -> list[Fact]:
    """The conditions of the acts, and how the launch met them."""
    asked = [("Conditions de l’acte", act.conditions) for _, act in _acts(view.x) if said(act.conditions)]
    if view.x.started_on is None:
        return asked
    met = view.x.read(r.Launch)
    return [*asked, *facts(met, "conditions", "informed_on", "informed_how", "agreements")]


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


def closing(view: View) -> list[Fact]:
    """What remains once all is settled."""
    if view.x.status is not Status.CLOSED:
        return []
    return facts(view.x.read(r.Closing), "lessons", "data", "equipment", "told_on", "published_on")


def acts(view: View) -> list[dict[str, Any]]:
    """The acts of the authority, in full."""
    return [
        {
            "anchor": _anchor(decision),
            "title": act_name(decision),
            "facts": facts(act, "act", "number", "signed_on", "body", "capacity", "remedies"),
            "more": facts(act, "object", "law", "facts", "effective_on", "deadline_on", "stop_reason"),
        }
        for decision, act in _acts(view.x)
    ]


def act_name(decision: Decision) -> str:
    """« Autorisation », « Abandon »."""
    return decision.outcome.label


def _anchor(decision: Decision) -> str:
    return f"acte-{decision.id}"


def _acts(x: Experiment) -> list[tuple[Decision, Act]]:
    kinds = {Outcome.AUTHORISATION: Act, Outcome.EXTENSION: Act, Outcome.EARLY_STOP: Stop}
    return [(decision, decode(kinds.get(decision.outcome, Conclusion), decision.text)) for decision in x.decisions]


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


def _evaluation_title(x: Experiment) -> str:
    return "Ce que dit l’évaluation" if x.evaluation else "Comment on saura si cela marche"


def _decision_title(x: Experiment) -> str:
    return "Verdict, engagement, décision" if x.evaluation else "Ce qui est promis d’avance"


SECTIONS: tuple[tuple[str, str | Callable[[Experiment], str], Callable[[View], Any]], ...] = (
    ("essentials", "L’essentiel", essentials),
    ("evaluation", _evaluation_title, evaluation),
    ("decision", _decision_title, decision),
    ("why", "Pourquoi l’essayer", why),
    ("derogations", "Règles écartées", derogations),
    ("stakeholders", "Qui est associé", stakeholders),
    ("launch", "Conditions et lancement", launch),
    ("extensions", "Prolongation", extensions),
    ("costs", "Ce que cela coûte", costs),
    ("closing", "Ce qu’il en reste", closing),
    ("withheld", "Ce qui n’est pas publié", withheld),
    ("acts", "Les actes", acts),
    ("trace", "Traçabilité", traceability),
)
