"""The public page of one experiment, section by section: what each template of templates/public/experiment/ reads.

A section is a line of SECTIONS, a function beside, and a template of its name. A function that gives nothing back
leaves its section out: nothing empty is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.presentation import paris_day, where, whole_pole_of
from app.templating import NBSP, date_fr, days
from experiments.model import Entry, Experiment
from experiments.vocabulary import Outcome
from experiments.words import typeset

from . import happened, promised
from .view import View, inside


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
    if view.suspended_on and not x.is_overdue(today):
        found.append(Alert("warning", f"Suspendue depuis le {date_fr(view.suspended_on)}", typeset(
            "Les dérogations sont gelées. Le temps, lui, continue de courir : "
            f"la fin reste fixée au {date_fr(x.ends_on)}."
        )))  # fmt: skip
    for stop in x.decisions:
        if stop.outcome is Outcome.EARLY_STOP and stop.stop_reason:
            found.append(Alert("information", f"Arrêtée avant son terme, le {date_fr(paris_day(stop.decided_at))}",
                               f"Motif{NBSP}: {inside(stop.stop_reason.label)}."))  # fmt: skip
    return found


def _evaluation_title(x: Experiment) -> str:
    return "Ce que dit l’évaluation" if x.decision else "Comment on saura si cela marche"


def _decision_title(x: Experiment) -> str:
    return "Verdict, engagement, décision" if x.decision else "Ce qui est promis d’avance"


SECTIONS: tuple[tuple[str, str | Callable[[Experiment], str], Callable[[View], Any]], ...] = (
    ("essentials", "L’essentiel", promised.essentials),
    ("evaluation", _evaluation_title, happened.evaluation),
    ("decision", _decision_title, happened.decision),
    ("why", "Pourquoi l’essayer", promised.why),
    ("derogations", "Règles écartées", promised.derogations),
    ("stakeholders", "Qui est associé", promised.stakeholders),
    ("launch", "Conditions et lancement", happened.launch),
    ("extensions", "Prolongation", happened.extensions),
    ("costs", "Ce que cela coûte", promised.costs),
    ("closing", "Ce qu’on en a appris", happened.closing),
    ("follow_up", "Un an après", happened.follow_up),
    # A part that a later version asks (algorithm, personal data…) is one more line here.
    ("withheld", "Ce qui n’est pas publié", promised.withheld),
    ("acts", "Les actes", happened.acts),
    ("trace", "Traçabilité", happened.traceability),
)
