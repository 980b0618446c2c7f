"""The table of gates tests itself: whatever line is added to it is tried here."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy.orm import Session

from experiments import editing, effects, gates, policies
from experiments.acts import Act, Conclusion, Reason, Stop
from experiments.content import Content
from experiments.lifecycle import LIFECYCLE
from experiments.requirements.acts import ASKED
from experiments.requirements.how import ALL
from experiments.vocabulary import Outcome, Role, Status
from tests import people
from tests.breaks import BREAKS, Scene, spoil
from tests.builders import (
    TODAY,
    answers_for,
    cross,
    noon,
    opener_of,
    verdict,
)
from tests.domain.conftest import Ready

# Nothing here depends on the engine; the races and the guards do, and run on both.
pytestmark = pytest.mark.only("sqlite")

ASKED_AT = [(gate.name, one.code) for gate in LIFECYCLE.values() for one in gate.requires]
WAYS = [(gate.name, source) for gate in LIFECYCLE.values() for source in gate.sources]


def codes(found: gates.Verdict) -> list[str]:
    return [point.code for point in found.missing]


def test_every_requirement_is_asked_at_some_gate_and_has_its_break() -> None:
    asked = {code for _, code in ASKED_AT}
    assert asked == set(ALL)
    assert set(BREAKS) == set(ALL)


@pytest.mark.parametrize(("gate", "source"), WAYS)
def test_a_ready_experiment_crosses(ready: Ready, gate: str, source: Status) -> None:
    session, x = ready(source)
    before = x.version
    entry = cross(session, x, gate)
    assert x.status is LIFECYCLE[gate].target
    assert (entry.event, entry.from_status, entry.to_status) == (gate, source, x.status)
    assert (x.trace_seq, x.version, entry.at_version) == (entry.seq, before + 1, before + 1)


@pytest.mark.parametrize(("gate", "code"), ASKED_AT)
def test_each_requirement_alone_keeps_its_gate_shut_and_is_the_only_one_named(
    ready: Ready, gate: str, code: str
) -> None:
    session, x = ready(gate)
    today = spoil(session, x, code)
    status, version = x.status, x.version
    with pytest.raises(gates.Refused) as refused:
        cross(session, x, gate, on=today)
    assert codes(refused.value.verdict) == [code]
    assert refused.value.verdict.missing[0].label
    assert (x.status, x.version) == (status, version)


@pytest.mark.parametrize(("gate", "code"), [way for way in ASKED_AT if way[1] in ("closing.fate", "criterion.target")])
def test_a_requirement_on_items_names_the_one_that_lacks_it(ready: Ready, gate: str, code: str) -> None:
    session, x = ready(gate)
    today = spoil(session, x, code)
    (point,) = verdict(session, x, gate, on=today).missing
    label, anchor = {
        "closing.fate": ("Dérogation 1\u00a0: ", "fates-0-fate"),
        "criterion.target": ("Critère 1\u00a0: ", "criteria-0-target"),
    }[code]
    assert point.label.startswith(label)
    assert point.anchor == anchor


@pytest.mark.parametrize("status", Status)
def test_a_gate_opens_from_its_own_statuses_only(ready: Ready, status: Status) -> None:
    session, x = ready(status)
    for gate in LIFECYCLE.values():
        found = verdict(session, x, gate.name)
        assert found.wrong_status is (status not in gate.sources)
        if found.wrong_status:
            with pytest.raises(gates.Refused):
                cross(session, x, gate.name)
            assert x.status is status


@pytest.mark.parametrize("gate", list(LIFECYCLE))
def test_only_the_named_roles_open(ready: Ready, gate: str) -> None:
    """Said by hand, name by name: Awa carries, Bruno helps, Claire evaluates, Denis advises, Élise and Farid decide."""
    openers = {
        "submit": "awa", "withdraw": "awa", "start": "awa", "finish": "awa",
        "suspend": "awa elise farid", "evaluate": "claire",
    }.get(gate, "elise farid")  # fmt: skip
    session, x = ready(gate)
    opens = {who.__name__ for who in people.EVERYONE if verdict(session, x, gate, by=who(session)).may_open}
    assert opens == set(openers.split())
    for who in people.EVERYONE:
        if who.__name__ not in opens:
            with pytest.raises(gates.Refused) as refused:
                cross(session, x, gate, by=who(session))
            assert not refused.value.verdict.may_open


@pytest.mark.parametrize("gate", list(LIFECYCLE))
def test_a_disabled_account_opens_nothing(ready: Ready, gate: str) -> None:
    session, x = ready(gate)
    opener = opener_of(session, gate)
    opener.disabled_at = opener.created_at
    assert policies.roles_of(opener, x) is Role.NOBODY
    with pytest.raises(gates.Refused):
        cross(session, x, gate)


def test_everything_missing_is_said_at_once(ready: Ready) -> None:
    session, x = ready("submit")
    breaks = ("identity.problem", "derogation.basis", "stakeholder.kind", "criterion.unit", "costs.authority")
    for code in breaks:
        BREAKS[code](Scene(session, x, TODAY))
    assert set(codes(verdict(session, x, "submit"))) == set(breaks)


def test_an_empty_draft_is_told_all_of_what_it_lacks_and_nothing_that_follows_from_it(session: Session) -> None:
    x = editing.open_experiment(session, people.awa(session), "Idée", "empty", now=noon(TODAY), today=TODAY)
    missing = codes(verdict(session, x, "submit"))
    assert len(missing) == len(set(missing)) > 25
    assert "identity.title" not in missing
    # Without dates there is nothing to say of their order, nor of a ceiling.
    assert {"duration.starts_on", "duration.ends_on"} <= set(missing)
    assert not {"duration.order", "duration.ceiling", "duration.midterm_on"} & set(missing)


# The act itself -------------------------------------------------------------------------------------------------------

TOMORROW = TODAY + timedelta(1)
YESTERDAY = TODAY - timedelta(1)
BAD_ACTS: dict[str, dict[str, object]] = {
    "act.act": {"act": None},
    "act.number": {"number": " – "},
    "act.signed_on": {"signed_on": TOMORROW, "effective_on": TOMORROW},
    "act.body": {"body": ""},
    "act.capacity": {"capacity": "\u00a0"},
    "act.object": {"object": ""},
    "act.law": {"law": "n/a"},
    "act.facts": {"facts": "à compléter"},
    "act.effective_on": {"effective_on": YESTERDAY},
    "act.remedies": {"remedies": "-"},
    "act.stop_reason": {"stop_reason": None},
    "act.departure": {"departure": ""},
    "reason": {"reason": "…"},
}
ASKED_OF = [
    (gate.name, one.code)
    for gate in LIFECYCLE.values()
    for one in ASKED
    if issubclass(gate.asks, one.of)
    # Generalising what was confirmed, as promised, departs from nothing.
    and (gate.name, one.code) != ("decide-generalise", "act.departure")
]


def test_every_demand_of_an_act_is_tried() -> None:
    assert {code for _, code in ASKED_OF} == {one.code for one in ASKED} == set(BAD_ACTS)


@pytest.mark.parametrize(("gate", "code"), ASKED_OF)
def test_each_demand_of_the_act_alone_keeps_the_gate_shut(ready: Ready, gate: str, code: str) -> None:
    session, x = ready(gate)
    answers = replace(answers_for(gate), **BAD_ACTS[code])
    with pytest.raises(gates.Refused) as refused:
        cross(session, x, gate, answers=answers)
    assert codes(refused.value.verdict) == [code]


@pytest.mark.parametrize("gate", [gate.name for gate in LIFECYCLE.values() if issubclass(gate.asks, (Act, Reason))])
def test_an_empty_form_is_told_all_that_the_act_must_say(ready: Ready, gate: str) -> None:
    session, x = ready(gate)
    asks = LIFECYCLE[gate].asks
    expected = {
        one.code
        for one in ASKED
        if issubclass(asks, one.of) and one.code not in ("act.remedies", "act.departure")
        # A usual text is offered for the remedies.
    }
    assert set(codes(verdict(session, x, gate, answers=asks()))) - {"act.departure"} == expected


@pytest.mark.parametrize(
    ("kind", "gate"),
    [(Reason, "authorise"), (Act, "stop"), (Act, "decide-abandon"), (Stop, "decide-abandon"), (Conclusion, "return")],
)
def test_the_form_of_another_gate_opens_nothing(ready: Ready, kind: type[Content], gate: str) -> None:
    session, x = ready(gate)
    filled = next(answers_for(name) for name, one in LIFECYCLE.items() if one.asks is kind)
    with pytest.raises(gates.Refused):
        cross(session, x, gate, answers=filled)


def test_an_act_signed_today_that_takes_effect_today_is_in_time(ready: Ready) -> None:
    session, x = ready("authorise")
    act = answers_for("authorise")
    assert act.signed_on == act.effective_on == TODAY
    cross(session, x, "authorise", answers=act)


def test_a_departure_is_owed_only_when_there_is_one(ready: Ready) -> None:
    session, x = ready("decide-generalise")
    as_promised = replace(answers_for("decide-generalise"), departure="")
    assert not verdict(session, x, "decide-generalise", answers=as_promised).missing
    for gate in ("decide-maintain", "decide-abandon"):
        found = verdict(session, x, gate, answers=replace(answers_for(gate), departure=""))
        assert codes(found) == ["act.departure"]


@pytest.mark.parametrize("day", [date(2024, 2, 29), date(2026, 1, 1), date(2026, 12, 31), date(2027, 10, 31)])
def test_a_ready_experiment_crosses_whatever_the_day(ready: Ready, day: date) -> None:
    for gate in LIFECYCLE:
        session, x = ready(gate, day)
        assert not verdict(session, x, gate, on=day).missing
        cross(session, x, gate, on=day)


# The table itself -----------------------------------------------------------------------------------------------------


def a_gate(name: str, source: Status | tuple[Status, ...], target: Status, **facts: Any) -> gates.Gate:
    said: dict[str, Any] = {"effect": effects.reason, "past": "Passée", "tells": (), "purpose": "Avancer."}
    return gates.Gate(name, "Passer", source, target, LIFECYCLE["submit"].opener, **said | facts)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda table: [*table, table[0]], "one name"),
        (lambda table: [gate for gate in table if gate.name != "close"], "closed"),
        (lambda table: [g for g in table if g.target is not Status.AUTHORISED], "running"),
        (lambda table: [*table, a_gate("nowhere", (), Status.DRAFT)], "nothing leads"),
        (lambda table: [*table, a_gate("act", Status.DRAFT, Status.DRAFT, asks=Act)], "an act decides"),
        (lambda table: [*table, a_gate("word", Status.DRAFT, Status.DRAFT, outcome=Outcome.REFUSAL)], "an act decides"),
    ],
    ids=["twice", "unreached", "reached from nowhere that a draft comes to", "no source", "no outcome", "no act"],
)
def test_a_table_that_makes_no_sense_does_not_load(
    change: Callable[[list[gates.Gate]], list[gates.Gate]], said: str
) -> None:
    gates.Lifecycle(*LIFECYCLE.values())
    with pytest.raises(ValueError, match=said):
        gates.Lifecycle(*change(list(LIFECYCLE.values())))
