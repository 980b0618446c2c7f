"""The charter and the law, in sentences written by hand: nothing here is derived from the table of gates."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace
from sqlalchemy.orm import Session

from experiments import declared as d
from experiments import editing, opinions, policies
from experiments import reported as r
from experiments.gates import Refused
from experiments.lifecycle import LIFECYCLE
from experiments.model import Experiment, Involvement, Person
from experiments.parts import BY_CONTENT
from experiments.vocabulary import (
    Account,
    Finding,
    OpinionKind,
    OpinionSense,
    Outcome,
    Part,
    Promise,
    Role,
    Status,
    Untouchable,
)
from tests import people
from tests.builders import (
    TODAY,
    an_experiment,
    answers_for,
    complete,
    cross,
    missing,
    noon,
    opine,
    ready_for,
    verdict,
    write,
)

pytestmark = pytest.mark.only("sqlite")

DAY = timedelta(1)
DECISIONS = ("decide-generalise", "decide-maintain", "decide-abandon")
CHIEF_GATES = ("return", "authorise", "refuse", "resume", "extend", "stop", *DECISIONS, "close")


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


# Who decides ----------------------------------------------------------------------------------------------------------


def leave(x: Experiment, person: Person, part: Part) -> None:
    """End somebody's part as an account that closes does; once authorised, a file keeps its evaluator."""
    for involvement in x.involved:
        if involvement.person_id == person.id and involvement.part is part:
            involvement.until = noon(TODAY)


def seat(x: Experiment, person: Person, part: Part) -> None:
    """Put somebody where no verb would, to see that the judge looks for itself."""
    x.involved.append(Involvement(person_id=person.id, person=person, part=part, since=noon(TODAY), opinion=None))


def make_validator(session: Session, person: Person) -> None:
    person.account = Account.VALIDATOR
    session.flush()


CONFLICTS = ("carries", "edits", "edited once", "evaluates", "evaluated once")
IN_CONFLICT = [
    (gate, conflict)
    for gate in CHIEF_GATES
    for conflict in CONFLICTS
    # Nothing can be evaluated before the authorisation.
    if conflict != "evaluated once" or gate not in ("return", "authorise", "refuse")
]


@pytest.mark.parametrize(("gate", "conflict"), IN_CONFLICT)
def test_nobody_decides_on_what_they_carry_edit_or_evaluate(session: Session, gate: str, conflict: str) -> None:
    """Computed from what was done: whoever wrote or evaluated once is barred, even when no longer named."""
    x = an_experiment(session, LIFECYCLE[gate].sources[-1])
    lead, helper, evaluator = people.awa(session), people.bruno(session), people.claire(session)
    who = {"carries": lead, "evaluates": evaluator, "evaluated once": evaluator}.get(conflict, helper)
    if conflict == "edited once":
        write(session, x, replace(x.read(d.Costs), actual_note="Un devis de moins."), by=helper)
        editing.unname(session, x, lead, helper, Part.CONTRIBUTOR, now=noon(TODAY))
    if conflict == "evaluated once":
        leave(x, evaluator, Part.EVALUATOR)
    make_validator(session, who)
    with pytest.raises(Refused) as refused:
        cross(session, x, gate, by=who)
    assert refused.value.verdict.conflict
    assert not refused.value.verdict.may_open
    # The same gate opens to somebody who did nothing on this file.
    assert verdict(session, x, gate, by=people.elise(session)).may_open


def test_who_wrote_once_is_remembered_by_writing_alone(session: Session) -> None:
    x = an_experiment(session, Status.DRAFT)
    lead, helper = people.awa(session), people.bruno(session)
    assert not any(i.part is Part.EDITED and i.person_id == helper.id for i in x.involved)
    write(session, x, replace(x.read(d.Costs), actual_note="Un devis de moins."), by=helper)
    editing.unname(session, x, lead, helper, Part.CONTRIBUTOR, now=noon(TODAY))
    make_validator(session, helper)
    assert policies.roles_of(helper, x) & Role.EDITOR
    opine(session, x, on=TODAY)
    cross(session, x, "submit")
    with pytest.raises(Refused) as refused:
        cross(session, x, "authorise", by=helper)
    assert refused.value.verdict.conflict is Role.EDITOR


@pytest.mark.parametrize("part", [Part.LEAD, Part.DEPUTY])
def test_nobody_decides_on_nor_evaluates_what_they_carried_once(session: Session, part: Part) -> None:
    """Even without a word written: they submitted it, or answered for it."""
    x = an_experiment(session, Status.SUBMITTED)
    lead, helper = people.awa(session), people.bruno(session)
    editing.unname(session, x, lead, helper, Part.CONTRIBUTOR, now=noon(TODAY))
    editing.name(session, x, lead, helper, part, now=noon(TODAY))
    if part is Part.LEAD:
        editing.name(session, x, helper, lead, Part.LEAD, now=noon(TODAY))
    else:
        editing.unname(session, x, lead, helper, part, now=noon(TODAY))
    assert helper not in x.named(part)
    editing.unname(session, x, lead, people.claire(session), Part.EVALUATOR, now=noon(TODAY))
    editing.name(session, x, lead, helper, Part.EVALUATOR, now=noon(TODAY))
    assert missing(session, x, "authorise") == ["team.evaluator"]
    editing.unname(session, x, lead, helper, Part.EVALUATOR, now=noon(TODAY))
    make_validator(session, helper)
    assert verdict(session, x, "refuse", by=helper).conflict is Role.EDITOR


def test_a_file_always_keeps_its_carrier(session: Session) -> None:
    x = an_experiment(session, Status.DRAFT)
    lead, helper = people.awa(session), people.bruno(session)
    with pytest.raises(editing.Unsaid):
        editing.unname(session, x, lead, lead, Part.LEAD, now=noon(TODAY))
    editing.name(session, x, lead, helper, Part.LEAD, now=noon(TODAY))
    assert x.named(Part.LEAD) == [helper]
    with pytest.raises(editing.NotYours):
        editing.name(session, x, lead, lead, Part.LEAD, now=noon(TODAY))


def test_nobody_is_named_whose_account_decides_audits_or_administers(session: Session) -> None:
    x = an_experiment(session, Status.DRAFT)
    for who in (people.denis, people.elise, people.gaelle, people.hugo):
        for part in (Part.LEAD, Part.DEPUTY, Part.CONTRIBUTOR):
            with pytest.raises(editing.Unsaid):
                editing.name(session, x, people.awa(session), who(session), part, now=noon(TODAY))
    for part in (Part.EDITED, Part.EVALUATED, Part.ADVISER):
        with pytest.raises(editing.Unsaid):
            editing.name(session, x, people.awa(session), people.bruno(session), part, now=noon(TODAY))


def test_a_draft_is_seen_by_its_own_by_auditors_and_administrators_and_by_validators_once_submitted(
    session: Session,
) -> None:
    x = an_experiment(session, Status.DRAFT)
    inside = {people.awa, people.bruno, people.claire, people.denis, people.gaelle, people.hugo}
    assert {who for who in people.EVERYONE if policies.may_see(who(session), x)} == inside
    cross(session, x, "submit")
    assert {who for who in people.EVERYONE if policies.may_see(who(session), x)} == set(people.EVERYONE)
    cross(session, x, "return")
    assert policies.may_see(people.elise(session), x)


def test_nobody_evaluates_what_they_carry_or_edited(session: Session) -> None:
    x = ready_for(session, "evaluate")
    lead, helper = people.awa(session), people.bruno(session)
    seat(x, lead, Part.EVALUATOR)
    seat(x, helper, Part.EVALUATOR)
    for who in (lead, helper):
        assert not policies.may_write(who, x, BY_CONTENT[r.Evaluation])
        with pytest.raises(Refused):
            cross(session, x, "evaluate", by=who)


def test_an_evaluator_no_longer_named_records_nothing_more(session: Session) -> None:
    x = ready_for(session, "evaluate")
    claire = people.claire(session)
    leave(x, claire, Part.EVALUATOR)
    assert not policies.may_write(claire, x, BY_CONTENT[r.Evaluation])
    with pytest.raises(Refused):
        cross(session, x, "evaluate", by=claire)


def test_an_evaluator_who_edits_the_file_is_no_evaluator_any_more(session: Session) -> None:
    x = an_experiment(session, Status.DRAFT)
    lead, claire = people.awa(session), people.claire(session)
    editing.name(session, x, lead, claire, Part.CONTRIBUTOR, now=noon(TODAY))
    assert missing(session, x, "submit") == ["team.evaluator"]
    editing.unname(session, x, lead, claire, Part.CONTRIBUTOR, now=noon(TODAY))
    assert missing(session, x, "submit") == []
    editing.name(session, x, lead, claire, Part.CONTRIBUTOR, now=noon(TODAY))
    write(session, x, replace(x.read(d.Costs), actual_note="Une ligne."), by=claire)
    editing.unname(session, x, lead, claire, Part.CONTRIBUTOR, now=noon(TODAY))
    assert missing(session, x, "submit") == ["team.evaluator"]


def test_an_administrator_decides_nothing(session: Session) -> None:
    for gate in LIFECYCLE:
        x = ready_for(session, gate)
        assert not verdict(session, x, gate, by=people.hugo(session)).may_open


def test_the_team_can_stop_the_field_at_once_but_not_resume_it(session: Session) -> None:
    x = an_experiment(session, Status.RUNNING)
    cross(session, x, "suspend", by=people.awa(session))
    with pytest.raises(Refused):
        cross(session, x, "resume", by=people.awa(session))
    cross(session, x, "resume", by=people.elise(session))


@pytest.mark.parametrize("who", [people.elise, people.gaelle, people.hugo, people.denis, people.claire])
def test_only_the_team_writes_what_the_team_declares(session: Session, who: Callable[[Session], Person]) -> None:
    x = an_experiment(session, Status.DRAFT)
    costs = replace(x.read(d.Costs), actual_note="Une autre main.")
    with pytest.raises(editing.NotYours):
        write(session, x, costs, by=who(session))


def test_what_is_frozen_stays_frozen_after_the_authorisation(session: Session) -> None:
    for status in (Status.AUTHORISED, Status.RUNNING, Status.SUSPENDED, Status.EVALUATING, Status.EVALUATED):
        x = an_experiment(session, status)
        for kind, change in (
            (d.Duration, {"ends_on": TODAY + timedelta(900)}),
            (d.Derogations, {"items": []}),
            (d.Protocol, {"criteria": []}),
        ):
            with pytest.raises(editing.NotYours):
                write(session, x, replace(x.read(kind), **change))


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


# Opinions -------------------------------------------------------------------------------------------------------------


def test_an_opinion_counts_only_for_the_text_it_was_given_on(session: Session) -> None:
    x = ready_for(session, "authorise")
    assert missing(session, x, "authorise") == []
    costs = x.read(d.Costs)
    write(session, x, replace(costs, actual_note="Une caméra de plus."))
    assert missing(session, x, "authorise") == ["opinions.due"]
    with pytest.raises(Refused):
        cross(session, x, "authorise")
    write(session, x, costs)
    assert missing(session, x, "authorise") == [], "the very text that was read is back"
    write(session, x, replace(costs, actual_note="Une caméra de plus."))
    opine(session, x, on=TODAY)
    cross(session, x, "authorise")


def test_an_opinion_is_awaited_to_the_end_of_its_delay_and_no_longer(session: Session) -> None:
    x = an_experiment(session, Status.SUBMITTED)
    (opinion,) = x.opinions
    write(session, x, replace(x.read(d.Costs), actual_note="Une ligne de plus."))
    assert missing(session, x, "authorise", opinion.due_on - DAY) == ["opinions.due"]
    assert missing(session, x, "authorise", opinion.due_on) == ["opinions.due"]
    assert missing(session, x, "authorise", opinion.due_on + DAY) == []


def test_an_opinion_that_says_nothing_is_not_given(session: Session) -> None:
    x = ready_for(session, "authorise")
    write(session, x, replace(x.read(d.Costs), actual_note="Une ligne de plus."))
    (opinion,) = x.opinions
    for sense, text in ((None, "Favorable."), (OpinionSense.FAVOURABLE, " - "), (OpinionSense.UNFAVOURABLE, "n/a")):
        with pytest.raises(editing.Unsaid):
            opinions.give(session, x, people.denis(session), opinion, sense, text, seen=x.version, now=noon(TODAY))
    assert missing(session, x, "authorise") == ["opinions.due"]


def test_nobody_gives_an_opinion_in_the_place_of_another(session: Session) -> None:
    x = an_experiment(session, Status.SUBMITTED)
    (opinion,) = x.opinions
    for who in (people.awa, people.elise, people.hugo, people.claire):
        with pytest.raises(editing.NotYours):
            opinions.give(
                session, x, who(session), opinion, OpinionSense.FAVOURABLE, "Oui.", seen=None, now=noon(TODAY)
            )


def test_an_opinion_is_asked_of_those_who_give_them_and_once(session: Session) -> None:
    x = an_experiment(session, Status.SUBMITTED)
    for adviser, kind in (
        (people.bruno(session), OpinionKind.LEGAL),
        (people.denis(session), OpinionKind.DPO),
        (None, OpinionKind.DPO),
    ):
        with pytest.raises(editing.Unsaid):
            opinions.ask(session, x, people.awa(session), adviser, kind, "", now=noon(TODAY), today=TODAY)


# Derogations ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "rule",
    [
        "RGPD, article 9", "le R.G.P.D.", "Règlement (UE) 2016/679, article 6", "GDPR art. 5",
        "Règlement général sur la protection des données", "Loi Informatique et Libertés, article 8",
        "loi n° 78-17 du 6 janvier 1978",
    ],
)  # fmt: skip
@pytest.mark.parametrize("ticked", [False, True])
def test_a_derogation_to_the_gdpr_is_refused_with_the_legal_route(session: Session, rule: str, ticked: bool) -> None:
    """Ticked or only named; the refusal itself says what to do instead."""
    x = an_experiment(session, Status.DRAFT)
    derogations = x.read(d.Derogations)
    untouchable = Untouchable.GDPR if ticked else Untouchable.NONE
    first = replace(derogations.items[0], rule=rule, untouchable=untouchable)
    write(session, x, replace(derogations, items=[first, *derogations.items[1:]]))
    (point,) = verdict(session, x, "submit").missing
    assert point.code == "derogation.untouchable"
    assert point.anchor == "items-0-untouchable"
    assert "CNIL" in point.label
    assert "aucune expérimentation locale" in point.label
    with pytest.raises(Refused):
        cross(session, x, "submit")


@pytest.mark.parametrize("untouchable", [one for one in Untouchable if one is not Untouchable.NONE])
def test_what_no_local_experiment_may_set_aside_is_refused_with_its_route(
    session: Session, untouchable: Untouchable
) -> None:
    x = an_experiment(session, Status.DRAFT)
    derogations = x.read(d.Derogations)
    items = [*derogations.items[:2], replace(derogations.items[2], untouchable=untouchable)]
    write(session, x, replace(derogations, items=items))
    (point,) = verdict(session, x, "submit").missing
    assert point.code == "derogation.untouchable"
    assert point.label.startswith("Dérogation 3")
    assert point.label.endswith(")")


def test_either_a_derogation_or_a_reasoned_none(session: Session) -> None:
    x = an_experiment(session, Status.DRAFT)
    some = x.read(d.Derogations).items
    reason = "L’offre relève du droit commun."
    for derogations, expected in (
        (d.Derogations(), ["derogations.said"]),
        (d.Derogations(none=True), ["derogations.none_reason"]),
        (d.Derogations(none=True, none_reason=reason), []),
        (d.Derogations(none=True, none_reason=reason, items=some), ["derogations.said"]),
        (d.Derogations(items=some), []),
    ):
        write(session, x, derogations)
        assert missing(session, x, "submit") == expected


def test_every_derogation_has_its_fate_before_the_end(session: Session) -> None:
    x = ready_for(session, "close")
    closing = x.read(r.Closing)
    write(session, x, replace(closing, fates=closing.fates[:2]))
    (point,) = verdict(session, x, "close").missing
    assert point.label.startswith("Dérogation 3")


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
