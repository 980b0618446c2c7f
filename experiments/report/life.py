"""One experiment as the report of a year tells of it: what it was at the end of that year, and the days that count."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from msgspec import Struct

from .. import declared as d
from .. import reported as r
from ..acts import Act, Conclusion
from ..content import decode
from ..duties import midterm_of
from ..force import force_of
from ..ladder import paris_day
from ..lived import is_past_term
from ..measured import nothing_measured
from ..past import Crossed, as_of, first, last
from ..policy import current as policy
from ..published import Judged, Published
from ..requirements.acts import promised
from ..vocabulary import (
    ENDED,
    Association,
    DerogationKind,
    Finding,
    Force,
    Outcome,
    Promise,
    RuleLevel,
    StakeholderKind,
    Status,
    StopReason,
)
from ..words import said
from .period import Period


class Extension(Struct):
    """One more period granted."""

    on: date
    until: date
    act: str
    reason: str


class Ruling(Struct):
    """An act that refused, or that stopped, with the reasons in fact that it publishes."""

    on: date
    act: str
    body: str
    facts: str


class SetAside(Struct):
    """A rule set aside, and where it stood at the end of the period."""

    rule: str
    level: RuleLevel | None
    kind: DerogationKind
    force: Force


class Associated(Struct):
    """A stakeholder, and whether a dated proof says that it was associated."""

    kind: StakeholderKind | None
    association: Association | None
    proved: bool


class Ending(Struct):
    """The decision that ended it, beside the verdict and what had been promised for that verdict."""

    on: date
    outcome: Outcome
    act: str
    verdict: Finding | None
    unmeasured: bool
    """Whether that verdict rests on no published figure at all."""
    promise: Promise | None
    departs: bool
    departure: str


class Money(Struct):
    """In euros; None where the file does not say."""

    authority: Decimal | None
    partners: Decimal | None
    grants: Decimal | None
    actual: Decimal | None


class Life(Struct):
    """One experiment. What happened after the period is not in it, but for the day on which its evaluation appeared."""

    number: str
    title: str
    summary: str
    organisation: str
    policy: str
    communes: list[str]
    """By their codes."""
    status: Status
    status_before: Status | None
    """On the eve of the period; None when it had not been submitted."""
    submitted_on: date
    returned_on: date | None
    authorised_on: date | None
    refused_on: date | None
    refusal: Ruling | None
    withdrawn_on: date | None
    started_on: date | None
    suspended_on: date | None
    field_ended_on: date | None
    stopped_on: date | None
    stop_reason: StopReason | None
    early_stop: Ruling | None
    evaluated_on: date | None
    closed_on: date | None
    ends_on: date | None
    midterm_on: date | None
    midterm_done_on: date | None
    evaluation_due_on: date | None
    ending: Ending | None
    publication_due_on: date | None
    published_on: date | None
    days_over: int
    """From the firm end to the decision; to the last day of the period when none was taken."""
    overdue: bool
    """Past its firm end without an evaluation, on the last day of the period."""
    undecided: bool
    """Past its firm end, evaluated, without a decision."""
    extensions: list[Extension]
    derogations: list[SetAside]
    stakeholders: list[Associated]
    money: Money

    @property
    def decided_on(self) -> date | None:
        return self.ending.on if self.ending else None

    @property
    def was_stopped_late(self) -> bool:
        """Stopped once its firm end was past."""
        return is_past_term(self.stopped_on, self.ends_on)


def tell(x: Published, gates: Sequence[Crossed], then: Published, period: Period) -> Life | None:
    """What a report says of an experiment, `then` being what it was on the last day; None when it has no part in that
    period.
    """
    submitted_on = first(gates, "submit")
    if submitted_on is None or submitted_on > period.last:
        return None
    if _is_past(then, gates, period):
        return None
    before = as_of(x, gates, period.eve)
    known = [one for one in gates if one.on <= period.last]
    acts = {one.outcome: one for one in then.decisions}
    stop = acts.get(Outcome.EARLY_STOP)
    final = [one for one in then.evaluations if not one.interim]
    interim = [one for one in then.evaluations if one.interim]
    return Life(
        number=x.number, title=x.title, summary=x.summary, organisation=x.organisation, policy=x.policy,
        communes=x.communes, status=then.status, status_before=before.status if submitted_on <= period.eve else None,
        submitted_on=submitted_on, returned_on=last(known, "return"), authorised_on=first(known, "authorise"),
        refused_on=first(known, "refuse"), refusal=_ruling(acts.get(Outcome.REFUSAL)),
        withdrawn_on=first(known, "withdraw"), started_on=then.started_on,
        suspended_on=last(known, "suspend"), field_ended_on=then.field_ended_on,
        stopped_on=first(known, "stop"), stop_reason=stop.stop_reason if stop else None, early_stop=_ruling(stop),
        evaluated_on=paris_day(final[0].recorded_at) if final else None, closed_on=then.closed_on,
        ends_on=then.ends_on, midterm_on=midterm_of(then),
        midterm_done_on=paris_day(interim[0].recorded_at) if interim else None,
        evaluation_due_on=then.ends_on and (then.evaluation_due_on or then.ends_on), ending=_ending(then),
        publication_due_on=_twelve_weeks(then),
        published_on=x.published_on, days_over=_days_over(then, period.last),
        overdue=then.is_overdue(period.last), undecided=then.is_undecided(period.last), extensions=_extensions(then),
        derogations=_derogations(then, period.last), stakeholders=_stakeholders(then, period.last), money=_money(then),
    )  # fmt: skip


def _is_past(then: Published, gates: Sequence[Crossed], period: Period) -> bool:
    """Whether nothing of it is of the period any more: it was over, or left with its team, on the eve.

    Its end is the one that was granted: that asked for by what was refused is nobody's.
    """
    latest = [one for one in gates if one.on <= period.last][-1]
    if latest.on >= period.first or latest.to not in ENDED | {Status.DRAFT}:
        return False
    return not (period.holds(then.ends_on) or period.holds(_twelve_weeks(then)))


def _ending(then: Published) -> Ending | None:
    decision = then.decision
    if decision is None:
        return None
    act = decode(Conclusion, decision.text)
    read = next((one for one in then.evaluations if one.id == decision.evaluation_id), None)
    verdict = read.verdict if read else None
    return Ending(
        paris_day(decision.decided_at), decision.outcome, act.number, verdict, nothing_measured(then, read),
        promised(then, verdict) if verdict else None, decision.departs, act.departure if decision.departs else "",
    )  # fmt: skip


def _ruling(one: Judged | None) -> Ruling | None:
    if one is None:
        return None
    act = decode(Act, one.text)
    return Ruling(paris_day(one.decided_at), act.number, act.body, act.facts)


def _twelve_weeks(then: Published) -> date | None:
    if then.decision is None:
        return None
    signed_on = decode(Act, then.decision.text).signed_on or paris_day(then.decision.decided_at)
    return signed_on + timedelta(weeks=policy().publication.weeks_after_decision)


def _days_over(then: Published, day: date) -> int:
    if then.ends_on is None:
        return 0
    return max(0, ((then.decided_on or day) - then.ends_on).days)


def _extensions(then: Published) -> list[Extension]:
    reason = then.read(r.ExtensionRequest).reason
    return [_extension(one, one.ends_on, reason) for one in then.periods[1:] if one.ends_on]


def _extension(one: Judged, until: date, reason: str) -> Extension:
    act = decode(Act, one.text)
    return Extension(paris_day(one.decided_at), until, act.number, reason or act.facts)


def _derogations(then: Published, day: date) -> list[SetAside]:
    items = then.read(d.Derogations).items if then.ends_on else []
    return [SetAside(item.rule, item.level, item.kind, force_of(then, item, day)) for item in items]


def _stakeholders(then: Published, day: date) -> list[Associated]:
    items = then.read(d.Stakeholders).items if then.ends_on else []
    return [
        Associated(i.kind, i.association, said(i.evidence) and i.evidence_on is not None and i.evidence_on <= day)
        for i in items
    ]


def _money(then: Published) -> Money:
    costs = then.read(d.Costs)
    return Money(costs.authority, costs.partners, costs.grants, costs.actual)
