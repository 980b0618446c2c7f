"""The charter and the law, by hand, never derived from the table of gates: where an experiment may go, how it ends."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace
from sqlalchemy.orm import Session

from experiments import declared as d
from experiments import editing
from experiments import reported as r
from experiments.gates import Refused
from experiments.lifecycle import LIFECYCLE
from experiments.vocabulary import Finding, Outcome, Promise, Status
from tests import people
from tests.builders import TODAY, an_experiment, answers_for, complete, cross, missing, noon, ready_for, verdict, write
from tests.contents import DECISIONS

pytestmark = pytest.mark.only("sqlite")

DAY = timedelta(1)


# Every end is evaluated and decided -----------------------------------------------------------------------------------


def ways(start: Status, end: Status) -> Iterator[tuple[str, ...]]:
    """Every way from one status to another that goes through no status twice."""

    def go(status: Status, gates: tuple[str, ...], seen: frozenset[Status]) -> Iterator[tuple[str, ...]]:
        if status is end:
            yield gates
            return
        for gate in LIFECYCLE.leaving(status):
            if gate.target not in seen:
                yield from go(gate.target, (*gates, gate.name), seen | {gate.target})

    return go(start, (), frozenset({start}))


def test_every_way_to_closed_goes_through_an_evaluation_and_a_decision() -> None:
    found = list(ways(Status.DRAFT, Status.CLOSED))
    assert len(found) > 6
    for way in found:
        assert "authorise" in way
        assert "evaluate" in way
        assert set(way) & set(DECISIONS)
        assert way.index("evaluate") < next(i for i, gate in enumerate(way) if gate in DECISIONS) < way.index("close")


def test_even_an_early_stop_is_evaluated_and_decided() -> None:
    for way in ways(Status.DRAFT, Status.CLOSED):
        if "stop" in way:
            assert way.index("stop") < way.index("evaluate")


def test_once_authorised_an_experiment_ends_nowhere_but_closed() -> None:
    for status in Status:
        if status not in (Status.DRAFT, Status.SUBMITTED, Status.REFUSED, Status.WITHDRAWN, Status.CLOSED):
            targets = {gate.target for gate in LIFECYCLE.leaving(status)}
            assert targets
            assert not targets & {Status.REFUSED, Status.WITHDRAWN, Status.DRAFT}


def test_a_way_out_is_never_the_only_way_on() -> None:
    """The table says which they are: to withdraw, to suspend, to stop."""
    assert [gate.name for gate in LIFECYCLE.values() if gate.aside] == ["withdraw", "suspend", "stop"]
    for status in Status:
        ways = LIFECYCLE.leaving(status)
        assert not ways or any(not gate.aside for gate in ways), status


def test_nothing_leaves_closed_refused_nor_withdrawn() -> None:
    for status in (Status.CLOSED, Status.REFUSED, Status.WITHDRAWN):
        assert LIFECYCLE.leaving(status) == []


def test_the_decision_names_the_version_of_the_evaluation_that_stood(session: Session) -> None:
    x = an_experiment(session, Status.EVALUATED)
    first = x.evaluation_id
    write(session, x, replace(x.read(r.Evaluation), limits="Un seul été, et un parvis témoin déserté."))
    cross(session, x, "evaluate")
    assert x.evaluation_id != first
    cross(session, x, "decide-generalise")
    assert x.decision is not None
    assert x.evaluation is not None
    assert (x.decision.evaluation_id, x.evaluation.version) == (x.evaluation_id, 2)


def test_a_date_makes_an_experiment_overdue_and_invents_nothing(session: Session) -> None:
    x = an_experiment(session, Status.RUNNING)
    assert x.ends_on is not None
    much_later = x.ends_on + timedelta(400)
    assert x.is_overdue(much_later)
    assert x.status is Status.RUNNING
    assert x.evaluation is None
    assert x.decision is None


def test_an_evaluation_needs_every_frozen_criterion_measured_or_explained(session: Session) -> None:
    x = ready_for(session, "evaluate")
    evaluation = x.read(r.Evaluation)
    write(session, x, replace(evaluation, results=evaluation.results[:1]))
    (point,) = verdict(session, x, "evaluate").missing
    assert point.label.startswith("Critère 2")
    zero = r.Result(criterion="chaleur", value=Decimal(0))
    write(session, x, replace(evaluation, results=[*evaluation.results[:1], zero]))
    assert missing(session, x, "evaluate") == []


# No way back ----------------------------------------------------------------------------------------------------------


def test_there_is_no_way_back_to_running_past_the_end(session: Session) -> None:
    back = [gate.name for gate in LIFECYCLE.values() if gate.target is Status.RUNNING]
    assert sorted(back) == ["extend", "resume", "start"]
    for gate in back:
        x = ready_for(session, gate)
        assert x.ends_on is not None
        for late in (1, 30, 4000):
            on = x.ends_on + timedelta(late)
            assert "period.over" in missing(session, x, gate, on)
            with pytest.raises(Refused):
                cross(session, x, gate, on=on)


def test_past_its_end_an_experiment_can_still_be_evaluated_and_decided(session: Session) -> None:
    x = an_experiment(session, Status.RUNNING)
    assert x.ends_on is not None
    late = x.ends_on + timedelta(12)
    cross(session, x, "finish", on=late)
    write(session, x, complete(TODAY)[r.Evaluation], on=late)
    cross(session, x, "evaluate", on=late)
    cross(session, x, "decide-abandon", on=late)
    assert x.status is Status.DECIDED


def test_after_the_end_nothing_is_suspended_any_more(session: Session) -> None:
    x = an_experiment(session, Status.RUNNING)
    assert x.ends_on is not None
    assert missing(session, x, "suspend", x.ends_on) == []
    assert missing(session, x, "suspend", x.ends_on + timedelta(1)) == ["period.over"]
    assert missing(session, x, "finish", x.ends_on + timedelta(1)) == []


def test_the_clock_keeps_running_while_suspended(session: Session) -> None:
    x = an_experiment(session, Status.SUSPENDED)
    before = x.ends_on
    cross(session, x, "resume")
    assert x.ends_on == before


# Extension ------------------------------------------------------------------------------------------------------------


def test_an_extension_is_never_retroactive(session: Session) -> None:
    x = ready_for(session, "extend")
    end = x.ends_on
    assert end is not None
    assert missing(session, x, "extend", end) == []
    assert missing(session, x, "extend", end + DAY) == ["period.over"]
    request = x.read(r.ExtensionRequest)
    write(session, x, replace(request, ends_on=end))
    with pytest.raises(editing.Incomplete):
        editing.ask_extension(session, x, people.awa(session), now=noon(TODAY), today=TODAY)
    write(session, x, request)
    with pytest.raises(editing.Incomplete):
        editing.ask_extension(session, x, people.awa(session), now=noon(end + DAY), today=end + DAY)


def test_an_extension_begins_the_day_after_the_term_and_keeps_both_periods(session: Session) -> None:
    x = ready_for(session, "extend")
    end, wanted = x.ends_on, x.read(r.ExtensionRequest).ends_on
    assert end is not None
    cross(session, x, "extend")
    first, second = x.periods
    assert (first.ends_on, second.starts_on, second.ends_on) == (end, end + DAY, wanted)
    assert (x.ends_on, x.decision_due_on, x.evaluation_due_on) == (wanted, wanted, wanted - timedelta(30))
    interim = [e for e in x.evaluations if e.interim]
    assert second.evaluation_id == interim[-1].id


def test_an_experiment_is_extended_once(session: Session) -> None:
    x = ready_for(session, "extend")
    cross(session, x, "extend")
    assert "extension.once" in missing(session, x, "extend")
    with pytest.raises(editing.Incomplete) as incomplete:
        editing.ask_extension(session, x, people.awa(session), now=noon(TODAY), today=TODAY)
    assert "extension.once" in {point.code for point in incomplete.value.points}


def test_an_extension_rests_on_an_interim_evaluation(session: Session) -> None:
    x = an_experiment(session, Status.AUTHORISED)
    cross(session, x, "start")
    write(session, x, r.ExtensionRequest(ends_on=TODAY + timedelta(400), reason="Un second été."))
    with pytest.raises(editing.Incomplete) as incomplete:
        editing.ask_extension(session, x, people.awa(session), now=noon(TODAY), today=TODAY)
    assert [point.code for point in incomplete.value.points] == ["extension.interim"]


def test_an_edited_request_was_not_asked(session: Session) -> None:
    x = ready_for(session, "extend")
    write(session, x, replace(x.read(r.ExtensionRequest), reason="Un troisième été."))
    assert missing(session, x, "extend") == ["extension.asked"]
    editing.ask_extension(session, x, people.awa(session), now=noon(TODAY), today=TODAY)
    assert missing(session, x, "extend") == []


# The verdict is one thing, the decision another -----------------------------------------------------------------------


PROMISED = {
    Finding.CONFIRMED: "decide-generalise",
    Finding.REFUTED: "decide-abandon",
    Finding.INCONCLUSIVE: "decide-maintain",
}


@pytest.mark.parametrize("finding", Finding)
@pytest.mark.parametrize("gate", DECISIONS)
def test_a_gap_between_the_promise_and_the_decision_needs_written_reasons(
    session: Session, finding: Finding, gate: str
) -> None:
    kept = PROMISED[finding] == gate
    evaluation = complete(TODAY)[r.Evaluation]
    x = an_experiment(session, Status.EVALUATED, written={r.Evaluation: replace(evaluation, verdict=finding)})
    silent = replace(answers_for(gate), departure="")
    if kept:
        cross(session, x, gate, answers=silent)
    else:
        with pytest.raises(Refused):
            cross(session, x, gate, answers=silent)
        cross(session, x, gate, answers=replace(silent, departure="Le budget voté en mars ne le permet plus."))
    assert x.decision is not None
    assert x.decision.departs is not kept


def test_a_promise_to_generalise_what_is_refuted_does_not_excuse_from_reasons(session: Session) -> None:
    protocol = replace(complete(TODAY)[d.Protocol], if_refuted=Promise.GENERALISATION)
    evaluation = replace(complete(TODAY)[r.Evaluation], verdict=Finding.REFUTED)
    x = an_experiment(session, Status.EVALUATED, written={d.Protocol: protocol, r.Evaluation: evaluation})
    silent = replace(answers_for("decide-generalise"), departure="")
    assert [p.code for p in verdict(session, x, "decide-generalise", answers=silent).missing] == ["act.departure"]


def test_a_refusal_is_kept_with_its_remedies(session: Session) -> None:
    x = an_experiment(session, Status.REFUSED)
    (decision,) = x.decisions
    assert decision.outcome is Outcome.REFUSAL
    assert "tribunal administratif" in decision.text
