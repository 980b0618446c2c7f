"""What crossing a gate writes besides the status: a submission kept, a period granted, an evaluation, a decision."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
from sqlalchemy import func, select

from . import declared as d
from . import reported as r
from . import trace
from .acts import Act, Conclusion, Reason, Stop
from .content import encode, fingerprint
from .gates import Crossing, Done
from .model import Decision, Evaluation, Submission
from .parts import BY_CONTENT, DECLARED
from .policy import current as policy
from .requirements.acts import departs


def keep_submission(crossing: Crossing) -> Done:
    """Keep what the file said when it was submitted."""
    x = crossing.x
    earlier = crossing.session.scalar(select(func.count()).where(Submission.experiment_id == x.id)) or 0
    texts = msgspec.json.encode({part.slug: x.text(part) for part in DECLARED}).decode()
    kept = Submission(experiment_id=x.id, number=earlier + 1, at=crossing.now, texts=texts, fingerprint=x.fingerprint())
    crossing.session.add(kept)
    crossing.session.flush()
    facts = {"submission": kept.number, "fingerprint": kept.fingerprint}
    return Done(facts, columns={"submitted_on": crossing.today})


def reason(crossing: Crossing) -> Done:
    """Keep the reason, behind its commitment."""
    assert isinstance(crossing.answers, Reason)
    return Done(withheld={"reason": crossing.answers.reason})


def public_reason(crossing: Crossing) -> Done:
    """The same once the experiment has a page: the entry says that its reason was written to be published."""
    done = reason(crossing)
    done.facts[trace.PUBLIC] = sorted(done.withheld)
    return done


def _decide(crossing: Crossing, **columns: Any) -> tuple[Decision, Done]:
    act, x = crossing.answers, crossing.x
    assert isinstance(act, Act)
    assert crossing.gate.outcome is not None
    decision = Decision(
        experiment_id=x.id,
        outcome=crossing.gate.outcome,
        text=encode(act),
        saw_fingerprint=x.fingerprint(),
        decided_at=crossing.now,
        decided_by_id=crossing.person.id,
        **columns,
    )
    x.decisions.append(decision)
    crossing.session.flush()
    facts = {
        "decision": decision.id,
        "decision_fingerprint": fingerprint(decision.text),
        "outcome": str(decision.outcome),
        "act_number": act.number,
        "act_signed_on": str(act.signed_on),
        "fingerprint": decision.saw_fingerprint,
    }
    if decision.evaluation_id is not None:
        facts["on_evaluation"] = decision.evaluation_id
    return decision, Done(facts, {"law": act.law, "facts": act.facts})


def refuse(crossing: Crossing) -> Done:
    """Keep the act that refuses."""
    return _decide(crossing)[1]


def authorise(crossing: Crossing) -> Done:
    """Grant the first period, and freeze: the fingerprint of dates, derogations and protocol is published."""
    x, duration, act = crossing.x, crossing.x.read(d.Duration), crossing.answers
    assert isinstance(act, Act)
    # Never retroactive: a window that was to open before the act opens with it.
    starts_on = max(day for day in (duration.starts_on, act.effective_on) if day)
    _, done = _decide(crossing, starts_on=starts_on, ends_on=duration.ends_on)
    done.facts |= {"sealed": x.sealed(), "starts_on": str(starts_on), "ends_on": str(duration.ends_on)}
    done.columns["starts_on"] = starts_on
    return done


def start(crossing: Crossing) -> Done:
    """Say on which day it really began."""
    return Done({"started_on": str(crossing.today)}, columns={"started_on": crossing.today})


def end_field_work(crossing: Crossing) -> Done:
    """Say on which day the field work stopped."""
    return Done({"field_ended_on": str(crossing.today)}, columns={"field_ended_on": crossing.today})


def stop(crossing: Crossing) -> Done:
    """Keep the act that stops early, with the code of its reason; the evaluation is still owed."""
    act = crossing.answers
    assert isinstance(act, Stop)
    _, done = _decide(crossing, stop_reason=act.stop_reason)
    done.facts |= {"stop_reason": str(act.stop_reason), "field_ended_on": str(crossing.today)}
    done.columns["field_ended_on"] = crossing.today
    return done


def extend(crossing: Crossing) -> Done:
    """Grant one more period, from the day after the term to a new firm end; the dates due before it follow."""
    x, ends_on = crossing.x, crossing.x.read(r.ExtensionRequest).ends_on
    assert ends_on is not None
    assert x.ends_on is not None
    interim = [e for e in x.evaluations if e.interim][-1]
    _, done = _decide(crossing, evaluation_id=interim.id, starts_on=x.ends_on + timedelta(1), ends_on=ends_on)
    done.facts |= {"ends_on": str(ends_on)}
    done.columns = {
        "ends_on": ends_on,
        "evaluation_due_on": ends_on - timedelta(policy().duration.evaluation_days_before_end),
        "decision_due_on": ends_on,
        "extensions": x.extensions + 1,
    }
    return done


def record_evaluation(crossing: Crossing) -> Done:
    """Keep this version of the evaluation for ever; it is the one that stands until another is recorded."""
    text = crossing.x.text(BY_CONTENT[r.Evaluation])
    evaluation = new_evaluation(crossing, text, interim=False)
    evaluation.verdict = crossing.x.read(r.Evaluation).verdict
    crossing.x.evaluations.append(evaluation)
    crossing.session.flush()
    # Until a decision is taken on it, what it concludes is nobody's business but the file's (CRPA L311-2).
    withheld = {"verdict": str(evaluation.verdict)}
    return Done(evaluation_facts(evaluation), withheld, {"evaluation_id": evaluation.id})


def new_evaluation(crossing: Crossing, text: str, *, interim: bool) -> Evaluation:
    """The next version of an evaluation, not yet in the session."""
    earlier = [e.version for e in crossing.x.evaluations if e.interim is interim]
    return Evaluation(
        experiment_id=crossing.x.id,
        interim=interim,
        version=max(earlier, default=0) + 1,
        text=text,
        fingerprint=fingerprint(text),
        recorded_at=crossing.now,
        recorded_by_id=crossing.person.id,
    )


def evaluation_facts(evaluation: Evaluation) -> dict[str, Any]:
    """What the trace says of an evaluation: which one, which version, and the fingerprint of its text."""
    return {
        "evaluation": evaluation.id,
        "version": evaluation.version,
        "evaluation_fingerprint": evaluation.fingerprint,
    }


def conclude(crossing: Crossing) -> Done:
    """Keep the decision of LO1113-6, on the version of the evaluation that stands, with the reasons of any gap."""
    x, act = crossing.x, crossing.answers
    assert isinstance(act, Conclusion)
    gap = departs(x, crossing.gate.outcome)
    decision, done = _decide(crossing, evaluation_id=x.evaluation_id, departs=gap)
    done.facts["departs"] = gap
    if gap:
        done.withheld["departure"] = act.departure
    done.columns["decision_id"] = decision.id
    return done


def close(crossing: Crossing) -> Done:
    """Say on which day it was closed: the follow-up is owed from there."""
    return Done({"closed_on": str(crossing.today)}, columns={"closed_on": crossing.today})
