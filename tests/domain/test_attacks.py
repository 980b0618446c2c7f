"""Ways round that somebody tried on the finished register, each now shut."""

import secrets
from datetime import date, timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy.orm import Session

from experiments import declared as d
from experiments import editing, opinions, policies
from experiments import reported as r
from experiments.editing import NotYours, Unsaid
from experiments.model import Person
from experiments.parts import BY_CONTENT
from experiments.vocabulary import Account, OpinionKind, Part, Status
from tests import people
from tests.builders import an_experiment, cross, missing, noon, ready_for, verdict, write
from tests.contents import TODAY, answers_for


def a_colleague(session: Session, account: Account = Account.AGENT) -> Person:
    person = Person(
        email=f"{account}-{secrets.token_hex(3)}@autre.example",
        name="Autre",
        function="",
        account=account,
        created_at=noon(TODAY),
    )
    session.add(person)
    session.flush()
    return person


def test_the_evaluator_cannot_be_changed_until_the_verdict_pleases(session: Session) -> None:
    x = ready_for(session, "evaluate")
    lead, claire = people.awa(session), people.claire(session)
    with pytest.raises(Unsaid):
        editing.unname(session, x, lead, claire, Part.EVALUATOR, now=noon(TODAY))
    with pytest.raises(Unsaid):
        editing.name(session, x, lead, a_colleague(session), Part.EVALUATOR, now=noon(TODAY))
    claire.disabled_at = noon(TODAY)
    editing.name(session, x, lead, a_colleague(session), Part.EVALUATOR, now=noon(TODAY))


@pytest.mark.parametrize("account", [a for a in Account if a is not Account.AGENT])
def test_nobody_bars_a_validator_by_naming_them_evaluator(session: Session, account: Account) -> None:
    x = an_experiment(session, Status.DRAFT)
    with pytest.raises(Unsaid):
        editing.name(session, x, people.awa(session), a_colleague(session, account), Part.EVALUATOR, now=noon(TODAY))


def test_whoever_evaluates_does_not_come_to_carry(session: Session) -> None:
    x = ready_for(session, "evaluate")
    for part in (Part.LEAD, Part.DEPUTY, Part.CONTRIBUTOR):
        with pytest.raises(Unsaid):
            editing.name(session, x, people.awa(session), people.claire(session), part, now=noon(TODAY))


def test_a_file_that_lost_its_carrier_gets_one_from_an_administrator(session: Session) -> None:
    x = ready_for(session, "start")
    hugo, next_one = people.hugo(session), a_colleague(session)
    with pytest.raises(NotYours):
        editing.name(session, x, hugo, next_one, Part.LEAD, now=noon(TODAY))
    for person in x.named(Part.LEAD, Part.DEPUTY):
        person.disabled_at = noon(TODAY)
    editing.name(session, x, hugo, next_one, Part.LEAD, now=noon(TODAY))
    assert policies.may_lead(next_one, x)


def test_stakeholders_cannot_be_removed_to_start_without_their_evidence(session: Session) -> None:
    x = ready_for(session, "start")
    write(session, x, replace(x.read(d.Stakeholders), items=[]))
    assert "stakeholders.items" in missing(session, x, "start")


def test_no_act_is_signed_before_what_it_rests_on(session: Session) -> None:
    for gate in ("authorise", "extend", "decide-abandon"):
        x = ready_for(session, gate)
        old = replace(answers_for(gate, TODAY), signed_on=date(1990, 1, 1), effective_on=date(1990, 1, 1))
        assert "act.signed_on" in {point.code for point in verdict(session, x, gate, answers=old).missing}, gate


def test_an_authorisation_opens_no_window_before_its_act(session: Session) -> None:
    x = ready_for(session, "authorise")
    assert x.starts_on is not None
    late = x.starts_on + timedelta(20)
    cross(session, x, "authorise", on=late)
    assert x.starts_on == late == x.periods[0].starts_on


def test_the_reason_of_a_granted_extension_stays(session: Session) -> None:
    x = ready_for(session, "extend")
    cross(session, x, "extend")
    assert not policies.may_write(people.awa(session), x, BY_CONTENT[r.ExtensionRequest])


def test_the_opinion_of_the_data_protection_officer_is_theirs(session: Session) -> None:
    x = an_experiment(session, Status.DRAFT)
    other = a_colleague(session, Account.ADVISER)
    with pytest.raises(Unsaid):
        opinions.ask(
            session, x, people.awa(session), other, OpinionKind.DPO, "", now=noon(TODAY), today=TODAY
        )  # fmt: skip
