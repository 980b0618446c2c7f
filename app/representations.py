"""What programs read of an experiment: the record and the judge, in the shapes of the API."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec

from experiments import duties
from experiments import reported as r
from experiments.acts import Conclusion
from experiments.content import Question, decode, questions
from experiments.gates import Verdict
from experiments.ladder import paris_day
from experiments.model import Experiment, Person
from experiments.parts import BY_SLUG, DECLARED, PARTS
from experiments.policies import roles_of
from experiments.published import TOLD, Owed, Published, Step
from experiments.record import Assessed, Decided
from experiments.requirements.how import Point
from experiments.vocabulary import Status, Word
from experiments.words import said

from .shapes import (
    Act,
    Advice,
    Answered,
    Assessment,
    Declared,
    Duty,
    Field,
    File,
    Missing,
    Observation,
    Summary,
    Teammate,
    Traced,
    Way,
    Whole,
    Written,
)

DESK = "/espace/experimentations"


_RECKONED = frozenset({"status_label", "overdue", "days_over", "communes", "url"})
_SAME = tuple(name for name in Summary.__struct_fields__ if name not in _RECKONED)


def _summary(x: Any, public_url: str, today: date) -> dict[str, Any]:
    """The fields of a summary: of a file, of what is published of it, or of a row of a list."""
    same = {name: getattr(x, name) for name in _SAME}
    codes = x.communes.split(";") if isinstance(x.communes, str) else x.communes
    return same | {
        "status_label": x.status.label,
        "overdue": Experiment.is_overdue(x, today),
        "days_over": Experiment.days_over(x, today),
        "communes": [code for code in codes if code],
        "url": f"{public_url}/experimentations/{x.number}" if x.status in TOLD else None,
    }


def summary(row: Any, public_url: str, today: date) -> Summary:
    """A line of a list."""
    return Summary(**_summary(row, public_url, today))


def public(x: Published, public_url: str, today: date) -> Whole:
    """An experiment, as everybody may read it."""
    evaluations = [_assessment(e) for e in x.evaluations if e.text]
    return _whole(x, public_url, today, x, evaluations, [_owed(one, today) for one in x.owed], None)


def file(x: Experiment, told: Published | None, public_url: str, today: date, reader: Person) -> Whole:
    """An experiment, with the file besides, for a reader who must be allowed to see it."""
    duties_of = [_duty(one, today) for one in duties.duties_on(x, today)]
    evaluations = [_assessment(e) for e in x.evaluations]
    return _whole(x, public_url, today, told, evaluations, duties_of, _file(x, public_url, reader))


def _whole(
    x: Experiment | Published, public_url: str, today: date, told: Published | None, evaluations: list[Assessment],
    owed: list[Duty], kept: File | None,
) -> Whole:  # fmt: skip
    is_closed = x.status is Status.CLOSED
    return Whole(
        **_summary(x, public_url, today),
        submitted_on=x.submitted_on,
        started_on=x.started_on,
        field_ended_on=x.field_ended_on,
        closed_on=x.closed_on,
        launch=told.read(r.Launch) if told and told.started_on else None,
        declared=Declared(*(x.read(part.content) for part in DECLARED)),
        decisions=[_act(decision) for decision in x.decisions],
        evaluations=evaluations,
        closing=x.read(r.Closing) if is_closed else None,
        follow_up=x.read(r.FollowUp) if is_closed and said(x.read(r.FollowUp).state) else None,
        duties=owed,
        replies=[Answered(one.on, one.text) for one in told.replies] if told else [],
        trace=[_traced(step) for step in told.steps] if told else [],
        file=kept,
    )


class _Entry(msgspec.Struct):
    at: datetime
    to: Status | None = None


_ENTRY = msgspec.json.Decoder(_Entry)


def observation(number: str, row: Any) -> Observation:
    """What a resident said; its identifier is that of the open data."""
    same = ("kind", "received_on", "published_on", "text", "answer", "answered_on", "withdrawn_on", "declined")
    said = {name: getattr(row, name) for name in same}
    return Observation(id=f"{number}-o{row.id}", kind_label=row.kind.label, **said)


def _traced(step: Step) -> Traced:
    entry = _ENTRY.decode(step.entry)
    return Traced(step.seq, step.event, entry.at, entry.to, [*step.reasons.values()], step.hash)


def _owed(one: Owed, today: date) -> Duty:
    rule = duties.DUTIES[one.task]
    return _duty(duties.Duty(rule, one.about, one.subject, one.due_on), today)


def _duty(one: duties.Duty, today: date) -> Duty:
    return Duty(one.rule.task, one.label, one.subject, one.due_on, one.days_late(today), one.rule.act)


def _act(decision: Decided) -> Act:
    # Every act reads as the widest of them; what it does not have is empty.
    act = decode(Conclusion, decision.text)
    same = {name: getattr(act, name) for name in Act.__struct_fields__ if hasattr(act, name)}
    columns = {name: getattr(decision, name) for name in ("outcome", "starts_on", "ends_on", "stop_reason", "departs")}
    return Act(**same, **columns, outcome_label=decision.outcome.label, kind=act.act)


def _assessment(e: Assessed) -> Assessment:
    return Assessment(
        version=e.version,
        interim=e.interim,
        recorded_on=paris_day(e.recorded_at),
        fingerprint=e.fingerprint,
        verdict=e.verdict,
        content=msgspec.json.decode(e.text),
    )


def _file(x: Experiment, public_url: str, reader: Person) -> File:
    return File(
        version=x.version,
        url=f"{public_url}{DESK}/{x.number}",
        roles=[role.name.lower() for role in roles_of(reader, x) if role.name],
        parts={
            kept.slug: Written(
                BY_SLUG[kept.slug].label, kept.version, kept.written_at, msgspec.json.decode(kept.text)
            )
            for kept in sorted(x.written, key=lambda kept: PARTS.index(BY_SLUG[kept.slug]))
        },
        team=[
            Teammate(i.part, i.part.label, i.person.name, i.person.function)
            for i in x.involved
            if i.until is None and i.opinion is None
        ],
        opinions=[
            Advice(o.kind, o.kind.label, o.due_on, o.given_at, o.sense, o.text, o.counts_for(x.fingerprint()))
            for o in x.opinions
        ],
    )  # fmt: skip


def missing(x: Experiment, verdict: Verdict, public_url: str) -> list[Missing]:
    """The points that do not hold, each with the exact address where it is mended."""
    base = f"{public_url}{DESK}/{x.number}/"
    in_file = [_missing(p, base + p.page) for p in verdict.points if not p.holds]
    in_act = [_missing(p, f"{base}jalons/{verdict.gate.name}") for p in verdict.asked if not p.holds]
    return in_file + in_act


def _missing(point: Point, page: str) -> Missing:
    url = page + (f"#{point.anchor}" if point.anchor else "")
    return Missing(point.code, point.label, url if point.who else None, point.who.label, point.source)


def way(x: Experiment, verdict: Verdict, public_url: str) -> Way:
    """What the judge says of a gate."""
    gate = verdict.gate
    return Way(
        name=gate.name,
        label=gate.label,
        purpose=gate.purpose,
        sources=list(gate.sources),
        target=gate.target,
        who=gate.opener.roles.label,
        leaves_here=not verdict.wrong_status,
        yours=verdict.may_open,
        opens=verdict.opens,
        fields=[Field(q.name, q.title, q.kind, _choices(q)) for q in questions(gate.asks)],
        missing=missing(x, verdict, public_url),
    )


def _choices(question: Question) -> list[str]:
    return [str(word) for word in question.type] if issubclass(question.type, Word) else []


def refusal(verdict: Verdict) -> str:
    """Why a gate stays shut, in a sentence."""
    if not verdict.may_open:
        if verdict.conflict:
            return f"Sur ce dossier, vous êtes aussi {verdict.conflict.label} : une autre personne doit ouvrir ce jalon"
        return f"Ce jalon s’ouvre par : {verdict.gate.opener.roles.label}"
    if verdict.wrong_status:
        sources = ", ".join(status.label for status in verdict.gate.sources)
        return f"Ce jalon part de : {sources}. Le dossier est : {verdict.status.label}"
    return "Il manque de quoi franchir ce jalon : voyez « missing »"
