"""Whether each derogation is in force: by the status of the experiment, and by its own days."""

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from experiments import declared as d
from experiments.force import force_of
from experiments.model import Experiment
from experiments.vocabulary import Force, Status
from tests.builders import TODAY, an_experiment, cross

S, F = Status, Force
DAY = timedelta(1)


def forces(x: Experiment, on: date) -> list[Force]:
    """Those of the file of the tests: the road rule, the purchase (thirty days), the square."""
    return [force_of(x, item, on) for item in x.read(d.Derogations).items]


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (S.AUTHORISED, [F.AHEAD, F.AHEAD, F.AHEAD]),
        (S.RUNNING, [F.IN_FORCE, F.OVER, F.IN_FORCE]),
        (S.SUSPENDED, [F.FROZEN, F.OVER, F.FROZEN]),
        (S.EVALUATING, [F.UNUSED, F.OVER, F.UNUSED]),
        (S.EVALUATED, [F.UNUSED, F.OVER, F.UNUSED]),
        (S.DECIDED, [F.UNUSED, F.OVER, F.UNUSED]),
        (S.CLOSED, [F.PERMANENT, F.OVER, F.OVER]),
    ],
)
def test_a_derogation_lives_by_its_status(session: Session, status: Status, expected: list[Force]) -> None:
    assert forces(an_experiment(session, status), TODAY) == expected


def test_a_derogation_ends_with_its_last_day(session: Session) -> None:
    x = an_experiment(session, S.RUNNING)
    purchase = x.read(d.Derogations).items[1]
    assert purchase.ends_on
    assert x.ends_on
    assert force_of(x, purchase, purchase.ends_on) is F.IN_FORCE
    assert force_of(x, purchase, purchase.ends_on + DAY) is F.OVER
    assert forces(x, x.ends_on)[0] is F.IN_FORCE
    assert forces(x, x.ends_on + DAY) == [F.OVER, F.OVER, F.OVER]


@pytest.mark.parametrize("status", [S.RUNNING, S.SUSPENDED, S.EVALUATING, S.EVALUATED, S.DECIDED])
def test_nothing_is_in_force_past_the_end(session: Session, status: Status) -> None:
    x = an_experiment(session, status)
    assert x.ends_on
    assert set(forces(x, x.ends_on + DAY)) == {F.OVER}


def test_an_extension_does_not_extend_a_derogation_by_itself(session: Session) -> None:
    x = an_experiment(session, S.RUNNING)
    end = x.ends_on
    cross(session, x, "extend")
    assert end
    assert x.ends_on
    assert x.ends_on > end
    assert forces(x, end + DAY)[0] is F.OVER
