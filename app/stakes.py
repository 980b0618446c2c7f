"""The days promised in a life, each with what became of it: kept, done too late, owed, or never done."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from experiments.duties import midterm_of
from experiments.ladder import paris_day
from experiments.lived import is_past_term, was_stopped
from experiments.obligations import Task
from experiments.published import Owed
from experiments.record import Record

from . import wording
from .i18n import gettext as _
from .i18n import later
from .pole import Stake

_LATER = {
    Task.MIDTERM: later("versée %(days)s après"),
    Task.EVALUATION: later("versée %(days)s après"),
    Task.DECISION: later("prise %(days)s après"),
}
_DONE = {
    Task.MIDTERM: later("versée le %(day)s, %(days)s après la date"),
    Task.EVALUATION: later("versée le %(day)s, %(days)s après la date"),
    Task.DECISION: later("prise le %(day)s, %(days)s après la date"),
}


def stakes_of(x: Record, today: date, owed: Collection[Owed] = ()) -> list[Stake]:
    """Mid-term, evaluation, decision, the end that an extension put off, and the end.

    What is owed says what is late, and the day of what nobody fixed.
    """
    due = {one.task: one.due_on for one in owed}
    decided_on = paris_day(x.decision.decided_at) if x.decision else None
    asked = (
        (Task.MIDTERM, later("Mi-parcours"), midterm_of(x), _first(e for e in x.evaluations if e.interim)),
        (Task.EVALUATION, later("Évaluation"), x.evaluation_due_on, _first(e for e in x.evaluations if not e.interim)),
        (Task.DECISION, later("Décision"), x.decision_due_on, decided_on),
    )
    found = []
    for task, label, fixed_on, done_on in asked:
        on = fixed_on or due.get(task)
        if on:
            found.append(_stake(x, task, label, on, done_on, is_late=task in due and due[task] < today))
    put_off = [p.starts_on - timedelta(1) for p in x.periods[1:] if p.starts_on]
    first_ends = (Stake(on, later("Fin d’abord prévue"), words=_("reportée")) for on in put_off)
    return [*found, *first_ends, *_end(x, today, decided_on)]


def field_told(x: Any, *, stopped: bool) -> str:
    """« essai terminé le 30 octobre 2026 », or nothing while it is not; of a file, or of a line of a list."""
    if x.field_ended_on is None:
        return ""
    day = wording.day(x.field_ended_on)
    if x.started_on is None:
        return _("arrêtée avant de commencer, le %(day)s", day=day)
    if not stopped:
        return _("essai terminé le %(day)s", day=day)
    if is_past_term(x.field_ended_on, x.ends_on):
        return _("essai arrêté le %(day)s, après son terme", day=day)
    return _("essai arrêté le %(day)s, avant son terme", day=day)


def _first(evaluations: Iterable[Any]) -> date | None:
    """The day of the first version: those that follow correct it, and make it no later."""
    return min((paris_day(one.recorded_at) for one in evaluations), default=None)


def _stake(x: Record, task: Task, label: str, on: date, done_on: date | None, *, is_late: bool) -> Stake:
    if done_on and done_on <= on:
        return Stake(on, label, "kept")
    if done_on:
        days = wording.days((done_on - on).days)
        words = _(_DONE[task], day=wording.day(done_on), days=days)
        return Stake(on, label, "belated", words, _(_LATER[task], days=days))
    if is_late:
        return Stake(on, label, "late", _("en retard"))
    if task is Task.MIDTERM and x.field_ended_on:
        # The final evaluation takes its place: it is claimed no more, and nothing was missed before its day.
        if x.field_ended_on < on:
            return Stake(on, label, words=_("sans objet, l’essai s’est terminé avant"))
        never = _("jamais versée")
        return Stake(on, label, "missed", never, never)
    return Stake(on, label)


def _end(x: Record, today: date, decided_on: date | None) -> Iterator[Stake]:
    """The firm end is kept by a decision taken by then; the end of the field is another thing, and told apart."""
    if x.ends_on is None:
        return
    label, on, field = later("Fin"), x.ends_on, field_told(x, stopped=was_stopped(x))
    if decided_on and decided_on <= on:
        yield Stake(on, label, "kept", aside=field)
    elif decided_on:
        yield Stake(on, label, "missed", _("passée sans décision"), _("sans décision"), field)
    elif x.is_overdue(today):
        yield Stake(on, label, "late", _("passée sans évaluation"), aside=field)
    elif x.is_undecided(today):
        yield Stake(on, label, "late", _("passée sans décision"), aside=field)
    else:
        yield Stake(on, label, aside=field)
