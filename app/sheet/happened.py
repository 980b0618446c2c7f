"""What happened since: extension, evaluation, decision, closing, a year later.

Only what is recorded is read: an evaluation being written, a closing not yet judged or a request not yet made stay
inside.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from markupsafe import Markup

from app import gauge, wording
from app.i18n import Typed, rich
from app.i18n import gettext as _
from app.outcomes import ResultLine, comparison, results_of
from experiments import declared as d
from experiments import reported as r
from experiments.acts import Act
from experiments.content import decode
from experiments.ladder import paris_day
from experiments.measured import nothing_measured
from experiments.vocabulary import IN_THE_FIELD

from .view import Fact, View, anchor, facts


def evaluation(view: View) -> dict[str, Any]:
    """The frozen criteria with their results, and what to know of them; before, what was seen half-way."""
    x, recorded, interim = view.x, view.evaluation, view.interim
    said_of_it = decode(r.Evaluation, recorded.text) if recorded else None
    half_way = decode(r.Interim, interim.text) if interim and not recorded else None
    return {
        "version": recorded,
        "waits": x.evaluation if recorded is None else None,
        "summary": Typed(said_of_it.summary) if said_of_it else "",
        "results": results_of(x, said_of_it) if recorded else [_awaited(view, one) for one in results_of(x, half_way)],
        "read": facts(said_of_it, "limits", "departures", "remarks") if said_of_it else [],
        "interim": {"on": paris_day(interim.recorded_at), "summary": Typed(half_way.summary)}
        if interim and half_way
        else None,
    }


def _awaited(view: View, line: ResultLine) -> ResultLine:
    """A criterion before the evaluation is public: half-way is said as such, and is judged against no target."""
    instead: Markup | str = _("pas encore mesuré")
    awaited, seen = "", None
    if view.x.evaluation:
        instead, awaited = _("pas encore publié"), _("Le résultat paraîtra avec la décision.")
    elif line.result is not None and view.interim:
        seen = line.result
        instead, awaited = _half_way(line, paris_day(view.interim.recorded_at)), _("La mesure finale est attendue.")
    elif any(not one.text for one in view.x.evaluations):
        instead = _("pas encore publié")
    drawn = gauge.scale(line.baseline, line.target, line.threshold, seen)
    return line._replace(
        result=None, reached=None, stopped=False, absence="", comment="", gauge=drawn, instead=instead, awaited=awaited,
        half_way=seen is not None,
    )  # fmt: skip


def _half_way(line: ResultLine, on: date) -> Markup:
    return rich("%(figure)s (%(day)s)", figure=wording.quantity(line.result, line.unit),
                day=wording.day(on))  # fmt: skip


def decision(view: View) -> dict[str, Any]:
    """Verdict, promise and decision side by side; before the decision, what is promised for each verdict."""
    if view.x.decision:
        return {"comparison": comparison(view.x), "unmeasured": nothing_measured(view.x, view.x.evaluation)}
    promises = facts(view.x.read(d.Protocol), "if_confirmed", "if_refuted", "if_inconclusive")
    return {"comparison": None, "promises": promises}


def extensions(view: View) -> list[dict[str, Any]]:
    """The periods granted after the first, and the request that waits."""
    x, request = view.x, view.x.read(r.ExtensionRequest)
    found: list[dict[str, Any]] = [
        {"granted": True, "ends_on": period.ends_on,
         "was_to_end_on": period.starts_on - timedelta(1) if period.starts_on else None,
         "reason": request.reason, "act": decode(Act, period.text), "anchor": anchor(period)}
        for period in x.periods[1:]
    ]  # fmt: skip
    if x.extension_asked_on and not found and x.status in IN_THE_FIELD:
        found.append({"granted": False, "on": x.extension_asked_on, "ends_on": request.ends_on,
                      "reason": request.reason})  # fmt: skip
    return found


def closing(view: View) -> list[Fact]:
    """What was learnt, for whoever tries it again."""
    return facts(view.x.read(r.Closing), "lessons")


def follow_up(view: View) -> list[Fact]:
    """What is left a year later, once somebody went to see."""
    return facts(view.x.read(r.FollowUp), "state", "surprises", "seen_on")
