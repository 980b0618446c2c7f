"""The one door through which the inside becomes public: what of a file is published, and when.

It is passed in the transaction of each change of a file, so that what the public reads is what the record says.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from msgspec import Raw
from sqlalchemy import or_, select
from sqlalchemy.orm import Session, selectinload

from . import declared as d
from . import register, tallies, trace, years
from . import reported as r
from .acts import Conclusion
from .content import Content, decode, fingerprint
from .duties import owed
from .ladder import paris_day
from .model import Decision, Entry, Evaluation, Experiment, Person, Publication
from .model import Reply as Row
from .parts import BY_CONTENT, DECLARED
from .policies import public_evaluations
from .policy import current as policy
from .published import FORM, NOTHING, TOLD, Assessment, Judged, Owed, Published, Reply, Step
from .search import COMMUNE, DEROGATION, GROUP, LISTED, ORGANISATION, OUTCOME, POLICY, STATUS, YEAR, facet, words_of
from .vocabulary import GROUPS, DerogationKind, Outcome, Status
from .words import said

NO_DEROGATION, SOME_DEROGATION = "none", "some"
REASONS = ("facts", "law", "departure")
"""What the trace holds as commitments, and the public reads in the acts."""
WHOLE = (
    selectinload(Experiment.written), selectinload(Experiment.evaluations), selectinload(Experiment.decisions),
)  # fmt: skip


def publish(session: Session, x: Experiment) -> None:
    """Write what the public may read of a whole file, if it may read anything; in the caller's transaction."""
    with session.no_autoflush:
        told = record_of(session, x)
        if told is None:
            return
        kept = session.get(Publication, x.id)
        if kept is None:
            session.add(kept := Publication(id=x.id, number=x.number, marks=""))
        before = tallies.words_of(kept)
        _write(kept, x, told)
        register.changed(session)
        tallies.follow(session, before, kept)


def record_of(session: Session, x: Experiment) -> Published | None:
    """What the public may read of a whole file as it stands; None when it was never submitted: that is its team's."""
    if x.submitted_on is None and x.status not in TOLD:
        return None
    if x.status in TOLD:
        return _told(x, trace.entries_of(session, x), _replies(session, x))
    entries = session.scalars(select(Entry).where(Entry.experiment_id == x.id).order_by(Entry.seq)).all()
    return _counted(x, entries)


def forget(session: Session, seq: int, field: str, reason: str, *, by: Person | None, now: datetime) -> Entry:
    """Redact what a commitment stands for, and take its salt back from the public record. Raises trace.TraceError."""
    about = select(Experiment).join(Entry, Entry.experiment_id == Experiment.id).where(Entry.seq == seq)
    x = session.scalars(about.options(*WHOLE).with_for_update(of=Experiment)).unique().one_or_none()
    entry = trace.redact(session, seq, field, reason, by=by, now=now)
    if x is not None:
        publish(session, x)
    return entry


def renew(session: Session, files: Sequence[Experiment]) -> None:
    """Write anew what is published of whole files, where something is: what they owe may have changed."""
    some = select(Publication.id).where(Publication.id.in_([x.id for x in files])).order_by(Publication.id)
    known = set(session.scalars(some))
    for x in files:
        if x.id in known:
            publish(session, x)


def catch_up(session: Session, *, limit: int = 200) -> int:
    """Publish files whose publication is missing or of another form of this program; how many there were."""
    stale = select(Publication.id).where(
        Publication.id == Experiment.id, Publication.form == FORM, Publication.version == Experiment.version
    )
    proposed = or_(Experiment.submitted_on.is_not(None), Experiment.status.in_(TOLD))
    late = select(Experiment).where(proposed, ~stale.exists())
    files = session.scalars(late.order_by(Experiment.id).limit(limit).options(*WHOLE)).unique().all()
    for x in files:
        publish(session, x)
    session.flush()
    return len(files)


def _counted(x: Experiment, entries: Sequence[Entry]) -> Published:
    """A proposal of which the public knows that it exists, and how far it went."""
    return Published(
        number=x.number, status=x.status, title="", summary="", policy="", organisation="", place="", communes=[],
        demonstration=x.demonstration, submitted_on=x.submitted_on, starts_on=None, ends_on=None, midterm_on=None,
        evaluation_due_on=None, decision_due_on=None, started_on=None, field_ended_on=None, closed_on=None,
        extension_asked_on=None, parts={}, sealed="", decisions=[], evaluations=[], evaluation_id=None,
        decision_id=None, owed=[], replies=[], steps=[_step(entry, {}, {}) for entry in entries if entry.to_status],
    )  # fmt: skip


def _told(x: Experiment, entries: Sequence[Entry], replies: list[Reply]) -> Published:
    asked = x.extension_asked and x.extension_asked == fingerprint(x.text(BY_CONTENT[r.ExtensionRequest]))
    reasons = _reasons(x)
    same = {
        name: getattr(x, name)
        for name in Published.__struct_fields__
        if name in Experiment.__table__.columns and name not in {"communes", "extension_asked_on"}
    }
    return Published(
        **same,
        communes=[code for code in x.communes.split(";") if code],
        extension_asked_on=x.extension_asked_on if asked else None,
        parts=_parts(x, asked=bool(asked)),
        sealed=x.sealed(),
        decisions=[_judged(decision) for decision in x.decisions],
        evaluations=[_assessment(e, readable=e in public_evaluations(x)) for e in x.evaluations],
        owed=[Owed(one.rule.task, one.about, one.subject, one.due_on) for one in owed(x)],
        replies=replies,
        steps=[_reasoned(entry, reasons) for entry in entries],
    )


def _reasons(x: Experiment) -> set[tuple[str, str]]:
    acts = [decode(Conclusion, one.text) for one in x.decisions]
    return {(field, getattr(act, field)) for act in acts for field in REASONS}


def _reasoned(entry: Entry, in_acts: set[tuple[str, str]]) -> Step:
    """With the reasons that it publishes, and the salts of all that are: nothing is left of one that was redacted."""
    own = set(msgspec.json.decode(entry.body, type=_Marked).facts.public)
    kept = [one for one in entry.disclosures if one.salt and one.value]
    reasons = {one.field: one.value for one in kept if one.field in own and one.value}
    salts = {
        one.field: one.salt for one in kept if one.salt and (one.field in reasons or (one.field, one.value) in in_acts)
    }
    return _step(entry, salts, reasons)


class _Facts(msgspec.Struct):
    public: list[str] = []


class _Marked(msgspec.Struct):
    """What is read of an entry: which of its reasons were written to be published."""

    facts: _Facts


def _replies(session: Session, x: Experiment) -> list[Reply]:
    rows = session.scalars(select(Row).where(Row.experiment_id == x.id).order_by(Row.id))
    return [Reply(paris_day(one.at), one.text) for one in rows]


def _parts(x: Experiment, *, asked: bool) -> dict[str, Raw]:
    """The declared parts; of those reported later, what has been done: not what somebody is writing."""
    done: dict[type[Content], bool] = {
        r.Launch: x.started_on is not None,
        r.ExtensionRequest: asked,
        r.Closing: x.status is Status.CLOSED,
        r.FollowUp: x.status is Status.CLOSED and said(x.read(r.FollowUp).state),
    }
    parts = [*DECLARED, *(BY_CONTENT[content] for content, is_done in done.items() if is_done)]
    return {part.slug: Raw(text.encode()) for part in parts if (text := x.text(part))}


def _judged(one: Decision) -> Judged:
    return Judged(
        one.id, one.outcome, one.decided_at, one.starts_on, one.ends_on, one.stop_reason, one.departs,
        one.evaluation_id, Raw(one.text.encode()),
    )  # fmt: skip


def _assessment(one: Evaluation, *, readable: bool) -> Assessment:
    content = Raw(one.text.encode()) if readable else NOTHING
    verdict = one.verdict if readable else None
    return Assessment(one.id, one.interim, one.version, one.recorded_at, one.fingerprint, verdict, content)


def _step(entry: Entry, salts: dict[str, str], reasons: dict[str, str]) -> Step:
    return Step(entry.seq, entry.event, entry.hash, Raw(entry.body.encode()), salts, reasons)


def _write(kept: Publication, x: Experiment, told: Published) -> None:
    kept.version, kept.form = x.version, FORM
    kept.document = msgspec.json.encode(told).decode()
    for name, value in columns_of(told).items():
        setattr(kept, name, value)
    crossed = [step.at for step in told.steps if step.seq == x.trace_seq]
    kept.changed_at = crossed[0]
    kept.suspended_on = paris_day(crossed[0]) if told.status is Status.SUSPENDED else None


_REPEATED = ("status", "title", "summary", "policy", "organisation", "place", "starts_on", "ends_on", "midterm_on",
             "evaluation_due_on", "decision_due_on", "decided_on", "started_on", "field_ended_on")  # fmt: skip


def columns_of(told: Published) -> dict[str, Any]:
    """What lists and searches need of a record, as its row repeats it."""
    facets = facets_of(told) if told.is_told else set()
    return {name: getattr(told, name) for name in _REPEATED} | {
        "communes": f";{';'.join(told.communes)};" if told.communes else "",
        "seq": told.steps[-1].seq if told.steps else 0,
        "owed_on": min((one.due_on for one in told.owed), default=None),
        "facets": " ".join(sorted(facets)),
        "words": " ".join(sorted(facets | words_of(*_sought(told)))) if facets else "",
        "marks": years.marks_of(told),
    }


def _sought(told: Published) -> tuple[str, ...]:
    identity = told.read(d.Identity)
    names = (policy().communes.get(code, "") for code in told.communes)
    rules = (item.rule for item in told.read(d.Derogations).items)
    return (told.number, told.title, told.summary, told.place, told.organisation, identity.people, *names, *rules)


def facets_of(told: Published) -> set[str]:
    """The words by which a filter keeps it."""
    group = next(name for name, some in GROUPS.items() if told.status in some)
    found = {LISTED, facet(GROUP, group), facet(STATUS, told.status), facet(POLICY, told.policy)}
    found |= {facet(COMMUNE, code) for code in told.communes}
    if told.organisation:
        found.add(facet(ORGANISATION, told.organisation))
    found |= {facet(YEAR, str(year)) for year in years_of(told.starts_on, told.ends_on)}
    found |= {facet(DEROGATION, word) for word in derogations_of(told)}
    return found | {facet(OUTCOME, outcome) for outcome in outcomes_of(told)}


def years_of(starts_on: date | None, ends_on: date | None) -> list[int]:
    """The years in which it runs."""
    return list(range(starts_on.year, ends_on.year + 1)) if starts_on and ends_on else []


def derogations_of(told: Published) -> set[str]:
    """The ranks of the rules set aside, the two kinds that have conditions of their own, and « some »; or « none ».

    Nothing is said of a refused proposal: it has set nothing aside.
    """
    if told.status is Status.REFUSED:
        return set()
    items = told.read(d.Derogations).items
    kinds = {str(item.kind) for item in items if item.kind is not DerogationKind.ORDINARY}
    return {SOME_DEROGATION} | {str(item.level) for item in items if item.level} | kinds if items else {NO_DEROGATION}


def outcomes_of(told: Published) -> set[Outcome]:
    """How it went on or ended: an authorisation says nothing of that."""
    return {one.outcome for one in told.decisions} - {Outcome.AUTHORISATION}
