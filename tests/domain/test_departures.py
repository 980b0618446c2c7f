"""Somebody who left for good, account open or not: what they held alone can be given to somebody else."""

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from experiments import absences, editing, policies
from experiments.model import Experiment, Person
from experiments.vocabulary import Part, Status
from tests import people
from tests.builders import TODAY, an_experiment, noon

DAY = timedelta(1)


def leave(session: Session, person: Person, from_on: date = TODAY, until_on: date | None = None) -> None:
    absences.say(session, person, from_on, until_on, today=TODAY)


def name(session: Session, x: Experiment, by: Person, person: Person, part: Part) -> None:
    editing.name(session, x, by, person, part, now=noon(TODAY))


def test_when_carrier_and_deputy_have_left_an_administrator_names_the_next_carrier(session: Session) -> None:
    x, awa, hugo, ines = an_experiment(session), people.awa(session), people.hugo(session), people.ines(session)
    name(session, x, awa, people.bruno(session), Part.DEPUTY)
    leave(session, awa)
    # The deputy is still there, and names somebody if need be.
    assert not policies.may_name(hugo, x, Part.LEAD, TODAY)
    with pytest.raises(editing.NotYours):
        name(session, x, hugo, ines, Part.LEAD)
    leave(session, people.bruno(session))
    assert not [part for part in Part if part is not Part.LEAD and policies.may_name(hugo, x, part, TODAY)]
    name(session, x, hugo, ines, Part.LEAD)
    assert x.named(Part.LEAD) == [ines]
    assert not policies.may_name(hugo, x, Part.LEAD, TODAY)


def test_whoever_is_away_for_a_while_or_bounced_or_leaves_tomorrow_has_not_left(session: Session) -> None:
    x, awa, hugo = an_experiment(session), people.awa(session), people.hugo(session)
    leave(session, awa, until_on=TODAY + 400 * DAY)
    awa.bounced_at = noon(TODAY)
    leave(session, awa, TODAY + DAY)
    assert not policies.may_name(hugo, x, Part.LEAD, TODAY)
    assert policies.may_name(hugo, x, Part.LEAD, TODAY + DAY)


@pytest.mark.parametrize("who", [people.claire, people.elise, people.gaelle, people.ines])
def test_nobody_but_an_administrator_names_the_carrier_of_an_orphan(session: Session, who: object) -> None:
    x = an_experiment(session)
    leave(session, people.awa(session))
    assert not policies.may_name(who(session), x, Part.LEAD, TODAY)  # type: ignore[operator]


def test_an_evaluator_who_left_is_replaced_after_the_authorisation(session: Session) -> None:
    x = an_experiment(session, Status.RUNNING)
    awa, claire, ines = people.awa(session), people.claire(session), people.ines(session)
    leave(session, claire, until_on=TODAY + DAY)
    with pytest.raises(editing.Unsaid, match="gelé"):
        name(session, x, awa, ines, Part.EVALUATOR)
    leave(session, claire)
    editing.unname(session, x, awa, claire, Part.EVALUATOR, now=noon(TODAY))
    name(session, x, awa, ines, Part.EVALUATOR)
    assert x.named(Part.EVALUATOR) == [ines]
