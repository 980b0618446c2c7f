"""The file as it is read: its overview, and the whole of it on one page to read and to print."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
from flask import Blueprint
from flask.typing import ResponseReturnValue

from app import auth, clock, db, file_history
from app.answers import changes
from app.history import HistoryLine
from app.outcomes import as_recorded, comparison, results_of
from experiments import declared as d
from experiments import queries, trace
from experiments import reported as r
from experiments.acts import Act
from experiments.content import decode, differences
from experiments.model import Decision, Experiment, Submission
from experiments.parts import DECLARED, PARTS, Freeze
from experiments.policies import may_lead, may_write
from experiments.published import TOLD
from experiments.vocabulary import UNDER_WAY, Outcome, Status

from . import shell
from .access import signed_in

bp = Blueprint("reading", __name__, url_prefix=shell.BASE)


@dataclass(frozen=True)
class Since:
    """What changed since a submission: which one, when, and the differences part by part."""

    number: int
    submission: Submission
    parts: list[tuple[str, list[tuple[str, str, str]]]]


def since_last_submission(x: Experiment) -> list[Since]:
    """What the file says now against what it said when submitted: the last time, and the time before."""
    kept = queries.submissions(db.session(), x)
    found = [Since(one.number, one, _differences(x, one)) for one in kept[-2:]]
    return [one for one in found if one.parts]


def _differences(x: Experiment, submission: Submission) -> list[tuple[str, list[tuple[str, str, str]]]]:
    texts: dict[str, str] = msgspec.json.decode(submission.texts)
    found = []
    for part in DECLARED:
        before = decode(part.content, texts.get(part.slug))
        if changed := changes(differences(before, x.read(part.content)), x):
            found.append((part.label, list(changed)))
    return found


def acts(x: Experiment) -> list[tuple[Decision, Act]]:
    """The acts taken on a file, oldest first."""
    return [(decision, decode(Act, decision.text)) for decision in x.decisions]


def sent_back(x: Experiment) -> HistoryLine | None:
    """Who sent the file back to its team, when and why, as long as it is not submitted again."""
    if x.status is not Status.DRAFT or x.submitted_on is None:
        return None
    told = file_history.told([one for one in trace.entries_of(db.session(), x) if one.event == "return"])
    return told[-1] if told else None


@bp.get("/<number:number>")
@signed_in
def overview(number: str) -> ResponseReturnValue:
    """Where the file stands, what comes next, and for whom."""
    x = shell.load(number)
    seen = shell.verdicts(x)
    return shell.page("files/overview.html", x, verdicts=seen, acts=acts(x), sent_back=sent_back(x),
                      may_stop=any(v.gate.outcome is Outcome.EARLY_STOP for v in seen),
                      comparison=comparison(x), mine=[p for p in PARTS if may_write(auth.me(), x, p)],
                      leads=may_lead(auth.me(), x), derogates=bool(x.read(d.Derogations).items),
                      public_page=f"/experimentations/{x.number}" if x.status in TOLD else None,
                      has_poster=x.status in UNDER_WAY,
                      days_over=x.days_over(clock.today()))  # fmt: skip


@bp.get("/<number:number>/lecture")
@signed_in
def whole(number: str) -> ResponseReturnValue:
    """The file in full, to read and to print: what a validator decides on."""
    x = shell.load(number)
    shown = [part for part in PARTS if part.freeze is not Freeze.REPORTED or x.part(part.slug)]
    evaluation = decode(r.Evaluation, x.evaluation.text) if x.evaluation else None
    return shell.page("files/whole.html", x, parts=[(part, *as_recorded(x, part)) for part in shown], acts=acts(x),
                      since=since_last_submission(x), results=results_of(x, evaluation) if evaluation else [],
                      comparison=comparison(x))  # fmt: skip
