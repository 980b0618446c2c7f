"""Results, promise and decision, set side by side as the templates draw them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from markupsafe import Markup

from experiments import declared as d
from experiments import reported as r
from experiments.acts import Conclusion
from experiments.content import Content, decode
from experiments.ladder import paris_day
from experiments.model import Experiment
from experiments.parts import PartOfFile, Writer
from experiments.record import Record
from experiments.requirements.acts import promised
from experiments.requirements.reported import baseline_of
from experiments.vocabulary import Direction

from . import gauge
from .i18n import Typed, later, rich


class ResultLine(NamedTuple):
    """A frozen criterion and what was measured, as the macro `results` takes it."""

    question: str
    indicator: str
    unit: str
    source: str
    baseline: Decimal | None
    target: Decimal | None
    threshold: Decimal | None
    direction: Direction | None
    result: Decimal | None
    reached: bool | None
    stopped: bool
    absence: str
    comment: str
    gauge: gauge.Gauge | None
    instead: Markup | str = ""
    """What stands in the place of a figure that is not there."""
    awaited: str = ""
    """And what is still to come."""
    half_way: bool = False
    """Whether the figure that the gauge draws was seen half-way."""


def as_recorded(x: Experiment, part: PartOfFile) -> tuple[Content, bool]:
    """A part as it counts, and whether the evaluator wrote something else since: what is decided on is the record."""
    interim = part.content is r.Interim
    kept = [e for e in x.evaluations if e.interim is interim] if part.writer is Writer.EVALUATOR else []
    if part.writer is not Writer.EVALUATOR or not kept:
        return x.read(part.content), part.writer is Writer.EVALUATOR
    return decode(part.content, kept[-1].text), kept[-1].text != x.text(part)


def results_of(x: Record, evaluation: r.Evaluation | r.Interim | None) -> list[ResultLine]:
    """Every frozen criterion, with its result when there is one."""
    found = {result.criterion: result for result in evaluation.results} if evaluation else {}
    return [_line(x, criterion, found.get(criterion.id)) for criterion in x.read(d.Protocol).criteria]


def _line(x: Record, c: d.Criterion, result: r.Result | None) -> ResultLine:
    start, value = baseline_of(x, c), result.value if result else None
    baseline = start.value if start else None
    return ResultLine(
        c.question or c.indicator, c.indicator, c.unit, c.source, baseline, c.target, c.threshold, c.direction, value,
        reached=_beyond(value, c.target, c.direction), stopped=_beyond(value, c.threshold, c.direction) is False,
        absence=result.not_measured if result else "", comment=result.comment if result else "",
        gauge=gauge.scale(baseline, c.target, c.threshold, value),
    )  # fmt: skip


def _beyond(value: Decimal | None, mark: Decimal | None, direction: Direction | None) -> bool | None:
    """Whether a figure is on the right side of a mark (reaching it counts); None when that cannot be said."""
    if value is None or mark is None or direction is None:
        return None
    return value >= mark if direction is Direction.UP else value <= mark


def comparison(x: Record) -> dict[str, Any] | None:
    """Verdict, promise and decision for the macro `compare`; None before any evaluation."""
    evaluation, decision = x.evaluation, x.decision
    if evaluation is None or evaluation.verdict is None:
        return None
    promise = promised(x, evaluation.verdict)
    act = decode(Conclusion, decision.text) if decision else None
    return {
        "verdict": {"what": evaluation.verdict.label, "text": "", "on": paris_day(evaluation.recorded_at)},
        "commitment": {
            "what": promise.label if promise else later("Rien n’avait été promis"),
            "text": "",
            "on": _sealed_on(x),
        },
        "decision": {
            "what": decision.outcome.label if decision else None,
            "text": rich("Acte %(number)s, %(body)s", number=act.number, body=Typed(act.body)) if act else "",
            "on": act.signed_on if act else None,
        },
        "gap": act.departure if act and decision and decision.departs else None,
    }


def _sealed_on(x: Record) -> date | None:
    return paris_day(x.decisions[0].decided_at) if x.decisions else None
