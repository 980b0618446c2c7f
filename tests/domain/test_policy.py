"""The charter and the law, in sentences written by hand: nothing here is derived from the table of gates."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace
from sqlalchemy.orm import Session

from experiments import declared as d
from experiments import editing, policies, policy
from experiments import reported as r
from experiments.dates import add_months, lasts_at_most
from experiments.gates import Refused
from experiments.lifecycle import LIFECYCLE
from experiments.model import Experiment, Person
from experiments.parts import BY_CONTENT
from experiments.vocabulary import (
    Account,
    Basis,
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
from experiments.words import said
from tests import people
from tests.builders import (
    TODAY,
    an_experiment,
    answers_for,
    complete,
    cross,
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


def missing(session: Session, x: Experiment, gate: str, on: date = TODAY) -> list[str]:
    return [point.code for point in verdict(session, x, gate, on=on).missing]


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
    """Computed from what was done: the helper and the evaluator are no longer named, and are barred all the same."""
    x = an_experiment(session, LIFECYCLE[gate].sources[-1])
    lead, helper, evaluator = people.awa(session), people.bruno(session), people.claire(session)
    who = {"carries": lead, "evaluates": evaluator, "evaluated once": evaluator}.get(conflict, helper)
    if conflict == "edited once":
        write(session, x, replace(x.read(d.Costs), actual_note="Un devis de moins."), by=helper)
        editing.unname(session, x, lead, helper, Part.CONTRIBUTOR, now=noon(TODAY))
    if conflict == "evaluated once":
        editing.unname(session, x, lead, evaluator, Part.EVALUATOR, now=noon(TODAY))
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


def test_nobody_evaluates_what_they_carry_or_edited(session: Session) -> None:
    x = ready_for(session, "evaluate")
    lead, helper = people.awa(session), people.bruno(session)
    editing.name(session, x, lead, lead, Part.EVALUATOR, now=noon(TODAY))
    editing.name(session, x, lead, helper, Part.EVALUATOR, now=noon(TODAY))
    for who in (lead, helper):
        assert not policies.may_write(who, x, BY_CONTENT[r.Evaluation])
        with pytest.raises(Refused):
            cross(session, x, "evaluate", by=who)


def test_an_evaluator_no_longer_named_records_nothing_more(session: Session) -> None:
    x = ready_for(session, "evaluate")
    claire = people.claire(session)
    editing.unname(session, x, people.awa(session), claire, Part.EVALUATOR, now=noon(TODAY))
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


def test_the_clock_keeps_running_while_suspended(session: Session) -> None:
    x = an_experiment(session, Status.SUSPENDED)
    before = x.ends_on
    cross(session, x, "resume")
    assert x.ends_on == before


# Extension ------------------------------------------------------------------------------------------------------------


def extension_of(session: Session, x: Experiment, ends_on: date, *, asked_on: date) -> None:
    write(session, x, replace(x.read(r.ExtensionRequest), ends_on=ends_on), on=asked_on)
    editing.ask_extension(session, x, people.awa(session), now=noon(asked_on), today=asked_on)


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
    assert x.ends_on is not None
    write(session, x, replace(x.read(r.ExtensionRequest), ends_on=x.ends_on + timedelta(20)))
    with pytest.raises(editing.Incomplete) as incomplete:
        editing.ask_extension(session, x, people.awa(session), now=noon(TODAY), today=TODAY)
    assert [point.code for point in incomplete.value.points] == ["extension.once"]


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
            editing.give_opinion(
                session, x, people.denis(session), opinion, sense, text, seen=x.version, now=noon(TODAY)
            )
    assert missing(session, x, "authorise") == ["opinions.due"]


def test_nobody_gives_an_opinion_in_the_place_of_another(session: Session) -> None:
    x = an_experiment(session, Status.SUBMITTED)
    (opinion,) = x.opinions
    for who in (people.awa, people.elise, people.hugo, people.claire):
        with pytest.raises(editing.NotYours):
            editing.give_opinion(
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
            editing.ask_opinion(session, x, people.awa(session), adviser, kind, "", now=noon(TODAY), today=TODAY)


# What says nothing ----------------------------------------------------------------------------------------------------

NOTHING = [
    "", " ", "\t\n", "\u00a0", "\u202f", "\u2003\u2009", "\u200b", "\u200b\u00a0\u2060\ufeff", "\u00ad",
    "\u3164", "\u2800", "\u200e\u200f", "-", "--", "—", "–", "‐", "- - -", "\u00a0-\u00a0", "_", "___", ".",
    "...", "…", "/", "\\", "?", "!", "*", "**", "•", "«\u00a0»", "()", "%", "🙂", "N/A", "n/a", "N.A.",
    "n. a.", "NA", "n/a.", "- n/a -", "Ｎ／Ａ", "s.o.", "S/O", "sans objet", "SANS OBJET.", "Sans\u00a0objet",
    "non communiqué", "non renseigné", "à compléter", "A COMPLETER", "à définir…", "à préciser", "à venir",
    "TBD", "todo", "null", "None", "nc", "N.C.", "n.d.", "xxx", "XXXX", "aaaa", "<p></p>", "<br>", "<br/>",
    "<p>&nbsp;</p>", "&nbsp;", "<p><strong> </strong></p>", "<!-- rien -->",
]  # fmt: skip
SOMETHING = [
    "Aucun", "Aucun.", "Néant", "Rien à signaler", "Oui", "0", "12 %", "€/m²", "°C", "5 < 6", "111", "2026-117",
    "Ça va", "Île", "m", "нет", "لا", "無", "<p>Un texte.</p>", "L’article 14", "R&D",
]  # fmt: skip


@pytest.mark.parametrize("text", NOTHING)
def test_required_is_not_met_by_spaces_dashes_or_not_applicable(text: str) -> None:
    assert not said(text)


@pytest.mark.parametrize("text", SOMETHING)
def test_a_short_answer_is_an_answer(text: str) -> None:
    assert said(text)


def test_no_question_that_is_required_is_met_by_nothing(session: Session) -> None:
    """Through the judge, in each part: what says nothing stays missing."""
    x = an_experiment(session, Status.DRAFT)
    identity, protocol = x.read(d.Identity), x.read(d.Protocol)
    for text in ("\u00a0", "—", "N/A", "\u200b", "<br>", "à compléter"):
        write(session, x, replace(identity, problem=text))
        assert missing(session, x, "submit") == ["identity.problem"]
        write(session, x, identity)
        criteria = [replace(protocol.criteria[0], source=text), *protocol.criteria[1:]]
        write(session, x, replace(protocol, criteria=criteria, interests=text))
        assert missing(session, x, "submit") == ["criterion.source", "protocol.interests"]
        write(session, x, protocol)


def test_a_unit_may_be_a_sign(session: Session) -> None:
    x = an_experiment(session, Status.DRAFT)
    protocol = x.read(d.Protocol)
    for unit, fine in (("%", True), (" € ", True), ("°", True), ("-", False), ("n/a %", False)):
        write(session, x, replace(protocol, criteria=[replace(protocol.criteria[0], unit=unit), protocol.criteria[1]]))
        assert (missing(session, x, "submit") == []) is fine


def test_a_title_that_says_nothing_opens_no_file(session: Session) -> None:
    for title in ("", " ", "-", "N/A", "\u200b"):
        with pytest.raises(editing.Unsaid):
            editing.open_experiment(session, people.awa(session), title, f"nonce{title}", now=noon(TODAY), today=TODAY)


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


# Edges of dates -------------------------------------------------------------------------------------------------------


# What is asked of a running experiment, by how many days it ends from today.
@pytest.mark.parametrize(
    ("ends_in", "overdue", "days_over", "over"),
    [(-2, True, 2, True), (-1, True, 1, True), (0, False, 0, False), (1, False, 0, False)],
    ids=["the day before yesterday", "yesterday", "today", "tomorrow"],
)
def test_the_last_day_is_included(session: Session, ends_in: int, overdue: bool, days_over: int, over: bool) -> None:
    x = an_experiment(session, Status.SUSPENDED)
    assert x.ends_on is not None
    on = x.ends_on - timedelta(ends_in)
    assert x.is_overdue(on) is overdue
    assert x.days_over(on) == days_over
    assert missing(session, x, "resume", on) == (["period.over"] if over else [])


@pytest.mark.parametrize(("ends_in", "expected"), [(-1, ["duration.ahead"]), (0, ["duration.ahead"]), (1, [])])
def test_an_authorisation_is_given_before_the_last_day(session: Session, ends_in: int, expected: list[str]) -> None:
    x = ready_for(session, "authorise")
    assert x.ends_on is not None
    assert missing(session, x, "authorise", x.ends_on - timedelta(ends_in)) == expected


@pytest.mark.parametrize(("starts_in", "expected"), [(1, ["period.open"]), (0, []), (-1, [])])
def test_the_field_starts_on_the_first_day_of_the_window(session: Session, starts_in: int, expected: list[str]) -> None:
    x = ready_for(session, "start")
    assert x.starts_on is not None
    assert missing(session, x, "start", x.starts_on - timedelta(starts_in)) == expected


@pytest.mark.parametrize(("before_the_end", "expected"), [(61, []), (60, []), (59, ["extension.asked"])])
def test_an_extension_is_asked_sixty_days_before_the_term(
    session: Session, before_the_end: int, expected: list[str]
) -> None:
    x = ready_for(session, "extend")
    assert x.ends_on is not None
    asked_on = x.ends_on - timedelta(before_the_end)
    extension_of(session, x, x.ends_on + timedelta(30), asked_on=asked_on)
    assert missing(session, x, "extend", x.ends_on) == expected


@pytest.mark.parametrize(("days", "fits"), [(1, True), (100, True), (101, False)])
def test_an_extension_is_at_most_half_of_the_initial_duration(session: Session, days: int, fits: bool) -> None:
    start = TODAY - timedelta(120)
    duration = replace(
        complete(start)[d.Duration], ends_on=start + timedelta(199), midterm_on=None,
        evaluation_due_on=start + timedelta(160), decision_due_on=start + timedelta(190),
    )  # fmt: skip
    derogations = d.Derogations(none=True, none_reason="L’offre relève du droit commun.")
    request = r.ExtensionRequest(ends_on=start + timedelta(210), reason="Un second été.")
    x = an_experiment(
        session, Status.RUNNING, written={d.Duration: duration, d.Derogations: derogations, r.ExtensionRequest: request}
    )
    assert x.ends_on is not None
    wanted = x.ends_on + timedelta(days)
    write(session, x, replace(request, ends_on=wanted))
    assert ("extension.ends_on" not in missing(session, x, "extend")) is fits


def test_an_odd_number_of_days_is_halved_downwards(session: Session) -> None:
    x = ready_for(session, "extend")
    assert x.starts_on is not None
    assert x.ends_on is not None
    half = ((x.ends_on - x.starts_on).days + 1) // 2
    assert (x.ends_on - x.starts_on).days % 2 == 0
    write(session, x, replace(x.read(r.ExtensionRequest), ends_on=x.ends_on + timedelta(half)))
    assert missing(session, x, "extend") == ["extension.asked"]
    write(session, x, replace(x.read(r.ExtensionRequest), ends_on=x.ends_on + timedelta(half + 1)))
    assert missing(session, x, "extend") == ["extension.ends_on", "extension.asked"]


@pytest.mark.parametrize(("beyond", "fits"), [(-1, True), (0, False)])
def test_an_extension_stays_under_the_ceiling_of_the_whole(session: Session, beyond: int, fits: bool) -> None:
    """Twenty months granted, ten more would be half: the ceiling of twenty-four comes first."""
    start = TODAY - timedelta(120)
    end = add_months(start, 20) - DAY
    duration = replace(
        complete(start)[d.Duration],
        ends_on=end,
        evaluation_due_on=end - timedelta(40),
        decision_due_on=end - timedelta(9),
    )
    request = r.ExtensionRequest(ends_on=end + timedelta(10), reason="Un second été.")
    x = an_experiment(session, Status.RUNNING, written={d.Duration: duration, r.ExtensionRequest: request})
    wanted = add_months(start, 24) + timedelta(beyond)
    write(session, x, replace(request, ends_on=wanted))
    assert ("extension.ends_on" not in missing(session, x, "extend")) is fits


@pytest.mark.parametrize(("basis", "months"), [(Basis.NONE, 24), (Basis.ARTICLE_72, 60), (Basis.ARTICLE_37_1, 60)])
@pytest.mark.parametrize(("beyond", "fits"), [(-2, True), (-1, True), (0, False), (1, False)])
def test_the_ceiling_of_the_legal_basis_is_reached_and_not_passed(
    session: Session, basis: Basis, months: int, beyond: int, fits: bool
) -> None:
    x = an_experiment(session, Status.DRAFT)
    duration = x.read(d.Duration)
    assert duration.starts_on is not None
    end = add_months(duration.starts_on, months) + timedelta(beyond)
    write(session, x, replace(duration, basis=basis, ends_on=end))
    assert missing(session, x, "submit") == ([] if fits else ["duration.ceiling"])


@pytest.mark.parametrize(
    ("short_by", "expected"), [(2, []), (1, ["duration.midterm_on"]), (0, ["duration.midterm_on"])]
)
def test_a_mid_term_evaluation_is_asked_from_twelve_months_on(
    session: Session, short_by: int, expected: list[str]
) -> None:
    """Twelve months end on the eve of the same day, a year later."""
    x = an_experiment(session, Status.DRAFT)
    duration = x.read(d.Duration)
    assert duration.starts_on is not None
    end = add_months(duration.starts_on, 12) - timedelta(short_by)
    write(session, x, replace(duration, midterm_on=None, ends_on=end))
    write(session, x, d.Derogations(none=True, none_reason="L’offre relève du droit commun."))
    assert missing(session, x, "submit") == expected


@pytest.mark.parametrize(
    ("field", "anchor", "days", "expected"),
    [
        ("midterm_on", "starts_on", 0, ["duration.midterm_on"]),
        ("midterm_on", "starts_on", 1, []),
        ("midterm_on", "ends_on", -1, []),
        ("midterm_on", "ends_on", 0, ["duration.midterm_on"]),
        ("evaluation_due_on", "starts_on", 0, ["duration.evaluation_due_on"]),
        ("evaluation_due_on", "starts_on", 1, []),
        ("evaluation_due_on", "ends_on", -30, []),
        ("evaluation_due_on", "ends_on", -29, ["duration.evaluation_due_on"]),
        ("decision_due_on", "evaluation_due_on", -1, ["duration.decision_due_on"]),
        ("decision_due_on", "evaluation_due_on", 0, []),
        ("decision_due_on", "ends_on", 0, []),
        ("decision_due_on", "ends_on", 1, ["duration.decision_due_on"]),
    ],
)
def test_the_dates_of_an_experiment_follow_each_other(
    session: Session, field: str, anchor: str, days: int, expected: list[str]
) -> None:
    x = an_experiment(session, Status.DRAFT)
    duration = x.read(d.Duration)
    end = duration.ends_on
    if (field, anchor) == ("evaluation_due_on", "ends_on"):
        duration = replace(duration, decision_due_on=end)
    write(session, x, replace(duration, **{field: getattr(duration, anchor) + timedelta(days)}))
    assert missing(session, x, "submit") == expected


@pytest.mark.parametrize(
    ("field", "days", "fits"),
    [("starts_on", 0, True), ("starts_on", -1, False), ("ends_on", 0, True), ("ends_on", 1, False)],
)
def test_a_derogation_lives_within_the_experiment(session: Session, field: str, days: int, fits: bool) -> None:
    x = an_experiment(session, Status.DRAFT)
    derogations, duration = x.read(d.Derogations), x.read(d.Duration)
    first = replace(derogations.items[0], **{field: getattr(duration, field) + timedelta(days)})
    write(session, x, replace(derogations, items=[first, *derogations.items[1:]]))
    assert missing(session, x, "submit") == ([] if fits else ["derogation.dates"])


@pytest.mark.parametrize(("euros", "fits"), [("0", False), ("0.01", True), ("99999.99", True), ("100000", False)])
def test_a_purchase_without_competition_stays_under_a_hundred_thousand_euros(
    session: Session, euros: str, fits: bool
) -> None:
    x = an_experiment(session, Status.DRAFT)
    derogations = x.read(d.Derogations)
    items = [replace(i, amount=Decimal(euros)) if i.id == "achat" else i for i in derogations.items]
    write(session, x, replace(derogations, items=items))
    assert missing(session, x, "submit") == ([] if fits else ["derogation.amount"])


@pytest.mark.parametrize(
    ("start", "end", "months", "fits"),
    [
        (date(2026, 3, 1), date(2027, 2, 28), 12, True),
        (date(2026, 3, 1), date(2027, 3, 1), 12, False),
        (date(2024, 2, 29), date(2025, 2, 27), 12, True),
        (date(2024, 2, 29), date(2025, 2, 28), 12, False),
        (date(2026, 1, 31), date(2026, 2, 27), 1, True),
        (date(2026, 1, 31), date(2026, 2, 28), 1, False),
        (date(2026, 12, 15), date(2027, 1, 14), 1, True),
    ],
)
def test_so_many_months_end_on_the_eve_of_the_same_day(start: date, end: date, months: int, fits: bool) -> None:
    assert lasts_at_most(start, end, months) is fits


def test_the_local_rules_are_those_of_the_policy_file(session: Session) -> None:
    x = ready_for(session, "extend")
    ours = policy.current()
    try:
        policy.use(replace(ours, extension=replace(ours.extension, times=0)))
        assert missing(session, x, "extend") == ["extension.once"]
    finally:
        policy.use(ours)
