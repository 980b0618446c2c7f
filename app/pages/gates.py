"""The ways on: for each gate, what holds, what is missing, who opens it; and crossing it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, make_response, redirect, request
from flask.typing import ResponseReturnValue

from app import auth, clock, db, example, file_history, history
from app.forms import contents
from app.outcomes import comparison, results_of
from app.typed import readable, typed
from experiments import declared as d
from experiments import editing, trace
from experiments import reported as r
from experiments.acts import Act, Nothing
from experiments.content import Content, decode
from experiments.gates import Gate, Refused, Stale, Verdict, cross, examine
from experiments.model import Experiment
from experiments.policies import roles_of
from experiments.requirements.acts import departs, promised
from experiments.vocabulary import Status
from experiments.words import typeset

from . import shell
from .access import signed_in
from .reading import since_last_submission

bp = Blueprint("gates", __name__, url_prefix=shell.BASE)


@bp.get("/<number:number>/etapes")
@signed_in
def steps(number: str) -> ResponseReturnValue:
    """Every way on, what each asks, and what is still missing: blocked is a page, not a message."""
    x = shell.load(number)
    seen = shell.verdicts(x)
    checks = {v.gate.name: shell.checks(x, v.points) for v in seen}
    return shell.page("gates/steps.html", x, verdicts=seen, checks=checks)


@bp.get("/<number:number>/jalons/<gate:gate>")
@signed_in
def gate(number: str, gate: Gate) -> ResponseReturnValue:
    """One gate: its checklist, and its form for whoever opens it."""
    x = shell.load(number)
    verdict = examine(gate, x, roles_of(auth.me(), x), clock.today())
    answers = gate.asks()
    if isinstance(answers, Act):
        _prepare(answers, x, gate)
    return _page(x, verdict, contents.shown(gate.asks, answers, x.version))


def _prepare(act: Act, x: Experiment, gate: Gate) -> None:
    """What the register already knows of an act; whoever signs it may write something else."""
    outcome = gate.outcome.label.lower() if gate.outcome else gate.label.lower()
    act.object = typeset(f"Expérimentation {x.number}, « {x.title} » : {outcome}")
    act.body, act.capacity = x.read(d.Duration).decision_body, auth.me().function
    act.signed_on = act.effective_on = clock.today()


@bp.post("/<number:number>/jalons/<gate:gate>")
@signed_in
def cross_gate(number: str, gate: Gate) -> ResponseReturnValue:
    """Cross a gate, or say everything that stands in the way, with what was typed."""
    x = shell.load(number, for_change=True)
    form = contents.form_for(gate.asks)()
    form.validate()
    answers: Content = contents.read(gate.asks, form)
    roles, today = roles_of(auth.me(), x), clock.today()
    if request.form.get("_action") == "fill" and shell.is_demonstration():
        filled = contents.shown(gate.asks, example.filled(answers, x, today, gate.name), form.version.data or x.version)
        return _page(x, examine(gate, x, roles, today), filled)
    if form.errors:
        return make_response(_page(x, examine(gate, x, roles, today, answers), form), 422)
    # A form without its version was not made by a page: it is judged on the file as it stands.
    seen = form.version.data or None
    try:
        cross(db.session(), x, gate, auth.me(), answers, seen=seen, now=clock.now(), today=today)
    except Refused as refused:
        status = 409 if refused.verdict.may_open else 403
        return make_response(_page(x, refused.verdict, form), status)
    except Stale as stale:
        found = file_history.changed_since(db.session(), x, stale.seen)
        form.version.data = x.version
        return make_response(_page(x, examine(gate, x, roles, today), form, changed=found), 409)
    db.session().commit()
    flash(f"{history.what(gate.name)} : c’est inscrit dans la trace.", "success")
    return redirect(shell.address(x), 303)


def _page(x: Experiment, verdict: Verdict, form: Any, **more: Any) -> str:
    gate, evaluation = verdict.gate, x.evaluation
    concluding = x.status is Status.EVALUATED and gate.outcome is not None
    return shell.page(
        "gates/gate.html", x, verdict=verdict, gate=gate, form=form, checks=shell.checks(x, verdict.points),
        todo={p.anchor: p.label for p in verdict.asked if not p.holds},
        asked=[shell.Check(p.label, f"#{p.anchor}", "", p.source, p.holds) for p in verdict.asked if not p.holds],
        notes=contents.notes_for(gate.asks), silent=gate.asks is Nothing,
        since=since_last_submission(x) if x.status is Status.SUBMITTED else None,
        results=results_of(x, decode(r.Evaluation, evaluation.text)) if concluding and evaluation else [],
        comparison=comparison(x) if concluding else None,
        promise=promised(x, evaluation.verdict) if concluding and evaluation and evaluation.verdict else None,
        departs=concluding and departs(x, gate.outcome), texts=readable(typed()), **more,
    )  # fmt: skip


@bp.post("/<number:number>/bilan-intermediaire/verser")
@signed_in
def record_interim(number: str) -> ResponseReturnValue:
    """Keep the interim evaluation for ever."""
    x = shell.load(number, for_change=True)
    try:
        editing.record_interim(db.session(), x, auth.me(), now=clock.now())
    except editing.Unsaid as error:
        flash(str(error), "error")
    else:
        db.session().commit()
        flash("L’évaluation intermédiaire est versée au dossier.", "success")
    return redirect(shell.address(x, "bilan-intermediaire"), 303)


@bp.post("/<number:number>/prolongation/demander")
@signed_in
def ask_extension(number: str) -> ResponseReturnValue:
    """Ask for the extension: the day counts from here."""
    x = shell.load(number, for_change=True)
    try:
        editing.ask_extension(db.session(), x, auth.me(), now=clock.now(), today=clock.today())
    except editing.Incomplete as error:
        page = shell.page("gates/extension.html", x, "prolongation", checks=shell.checks(x, error.points))
        return make_response(page, 409)
    db.session().commit()
    flash("La prolongation est demandée : un valideur peut maintenant l’accorder.", "success")
    return redirect(shell.address(x, "etapes"), 303)


@bp.get("/<number:number>/historique")
@signed_in
def timeline(number: str) -> ResponseReturnValue:
    """The trace of the file, readable."""

    x = shell.load(number)
    entries = file_history.told(trace.entries_of(db.session(), x))
    return shell.page("gates/history.html", x, entries=entries)
