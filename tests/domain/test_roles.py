"""Who decides, evaluates, writes and sees, in sentences written by hand: nobody judges what they had a hand in."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy.orm import Session

from experiments import declared as d
from experiments import editing, policies
from experiments import reported as r
from experiments.gates import Refused
from experiments.lifecycle import LIFECYCLE
from experiments.model import Experiment, Involvement, Person
from experiments.parts import BY_CONTENT
from experiments.vocabulary import Account, Part, Role, Status
from tests import people
from tests.builders import TODAY, an_experiment, cross, missing, noon, opine, ready_for, verdict, write
from tests.contents import DECISIONS

pytestmark = pytest.mark.only("sqlite")

CHIEF_GATES = ("return", "authorise", "refuse", "resume", "extend", "stop", *DECISIONS, "close")


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
