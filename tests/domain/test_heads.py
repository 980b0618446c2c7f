"""The direction of a file: told when its carriers do not act. It reads, it never writes, and that is all."""

import pytest
from sqlalchemy.orm import Session

from experiments import declared as d
from experiments import editing, gates, policies
from experiments.lifecycle import LIFECYCLE
from experiments.model import Experiment, Person
from experiments.parts import PARTS
from experiments.vocabulary import Account, Part, Role, Status
from tests import people
from tests.builders import TODAY, an_experiment, answers_for, cross, noon, verdict, write

pytestmark = pytest.mark.only("sqlite")


def named_head(session: Session, x: Experiment, person: Person) -> Person:
    editing.name(session, x, people.awa(session), person, Part.HEAD, now=noon(TODAY))
    return person


@pytest.mark.parametrize("status", list(Status))
def test_a_head_reads_the_file_and_writes_none_of_it(session: Session, status: Status) -> None:
    x = an_experiment(session, status)
    ines = people.ines(session)
    assert not policies.may_see(ines, x)
    named_head(session, x, ines)
    assert policies.may_see(ines, x)
    assert not [part.slug for part in PARTS if policies.may_write(ines, x, part)]
    assert not policies.may_lead(ines, x)
    assert not [part for part in Part if policies.may_name(ines, x, part, TODAY)]


@pytest.mark.parametrize("gate", list(LIFECYCLE))
def test_being_a_head_opens_no_gate(session: Session, gate: str) -> None:
    x = an_experiment(session, LIFECYCLE[gate].sources[0])
    assert not verdict(session, x, gate, by=named_head(session, x, people.ines(session))).may_open


@pytest.mark.parametrize(
    "gate", ["authorise", "refuse", "suspend", "extend", "stop", "decide-generalise", "decide-abandon", "close"]
)
def test_a_head_who_is_a_validator_may_still_decide(session: Session, gate: str) -> None:
    x = an_experiment(session, LIFECYCLE[gate].sources[0])
    cross(session, x, gate, by=named_head(session, x, people.farid(session)))
    assert x.status is LIFECYCLE[gate].target


def test_but_not_on_a_file_that_they_edited_before_their_account_changed(session: Session) -> None:
    x = an_experiment(session, Status.DRAFT)
    farid = people.farid(session)
    farid.account = Account.AGENT
    editing.name(session, x, people.awa(session), farid, Part.CONTRIBUTOR, now=noon(TODAY))
    write(session, x, d.Identity(title="Autrement dit"), by=farid)
    farid.account = Account.VALIDATOR
    editing.unname(session, x, people.awa(session), farid, Part.CONTRIBUTOR, now=noon(TODAY))
    named_head(session, x, farid)
    assert policies.roles_of(farid, x) == Role.VALIDATOR | Role.EDITOR | Role.HEAD
    assert not verdict(session, x, "authorise", by=farid).may_open


def test_naming_a_head_leaves_the_file_and_its_opinions_as_they_were(session: Session) -> None:
    x = an_experiment(session, Status.SUBMITTED)
    before, carriers = x.fingerprint(), x.named(Part.LEAD)
    named_head(session, x, people.ines(session))
    assert (x.fingerprint(), x.named(Part.LEAD), x.status) == (before, carriers, Status.SUBMITTED)
    assert all(opinion.counts_for(x.fingerprint()) for opinion in x.opinions)
    gates.cross(
        session, x, LIFECYCLE["authorise"], people.elise(session), answers_for("authorise", TODAY), seen=None,
        now=noon(TODAY), today=TODAY,
    )  # fmt: skip


def test_a_head_who_leaves_it_keeps_nothing_of_it(session: Session) -> None:
    x = an_experiment(session, Status.RUNNING)
    ines = named_head(session, x, people.ines(session))
    editing.unname(session, x, people.awa(session), ines, Part.HEAD, now=noon(TODAY))
    assert policies.roles_of(ines, x) is Role.NOBODY
    assert not policies.may_see(ines, x)


def test_whoever_evaluates_is_not_the_direction_of_what_they_evaluate(session: Session) -> None:
    x = an_experiment(session, Status.RUNNING)
    with pytest.raises(editing.Unsaid):
        named_head(session, x, people.claire(session))


@pytest.mark.parametrize("person", [people.denis, people.gaelle, people.hugo])
def test_whoever_advises_audits_or_administers_is_nobody_s_direction(session: Session, person: object) -> None:
    x = an_experiment(session, Status.RUNNING)
    with pytest.raises(editing.Unsaid):
        named_head(session, x, person(session))  # type: ignore[operator]
