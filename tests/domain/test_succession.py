"""Who is told: whose duty it is, then whoever is next when nobody answers or when somebody cannot be reached."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from experiments import editing
from experiments.duties import DUTIES
from experiments.model import Absence, Experiment, Person
from experiments.obligations import Rank, Task
from experiments.succession import Roll
from experiments.vocabulary import Part, Status
from tests import people
from tests.builders import TODAY, an_experiment, noon

DAY = timedelta(1)


@pytest.fixture
def x(session: Session) -> Experiment:
    """Awa carries it, Inès stands in, Farid is her director and also decides, Claire evaluates, Élise decides."""
    found = an_experiment(session, Status.RUNNING)
    for person, part in ((people.ines(session), Part.DEPUTY), (people.farid(session), Part.HEAD)):
        editing.name(session, found, people.awa(session), person, part, now=noon(TODAY))
    people.gaelle(session)
    people.hugo(session)
    return found


def told(session: Session, x: Experiment, task: Task, times: int = 0) -> list[tuple[str, Rank]]:
    session.flush()
    roll = Roll(session, {x.id}, TODAY)
    return [(one.person.name.split()[0], one.rank) for one in roll.addressees(x.id, DUTIES[task].ranks, times)]


def away(session: Session, person: Person, since: int = 0, until: int | None = 0) -> None:
    until_on = None if until is None else TODAY + until * DAY
    session.add(Absence(person_id=person.id, from_on=TODAY + since * DAY, until_on=until_on))


@pytest.mark.parametrize(
    ("times", "names"),
    [
        (0, {"Awa"}),
        (1, {"Awa"}),
        (2, {"Awa", "Inès"}),
        (3, {"Awa", "Inès"}),
        (4, {"Awa", "Inès", "Farid"}),
        (6, {"Awa", "Inès", "Farid", "Élise"}),
        (60, {"Awa", "Inès", "Farid", "Élise"}),
    ],
)
def test_after_two_reminders_without_effect_the_next_rank_is_told_too(
    session: Session, x: Experiment, times: int, names: set[str]
) -> None:
    assert {name for name, _ in told(session, x, Task.FIELD, times)} == names


def test_the_evaluation_is_asked_of_the_evaluator_first(session: Session, x: Experiment) -> None:
    assert told(session, x, Task.EVALUATION) == [("Claire", Rank.EVALUATOR)]
    assert {name for name, _ in told(session, x, Task.EVALUATION, 2)} == {"Claire", "Awa"}


def test_the_decision_is_asked_of_all_who_may_take_it_and_of_the_auditors_next(session: Session, x: Experiment) -> None:
    assert {name for name, _ in told(session, x, Task.DECISION)} == {"Élise", "Farid"}
    assert {name for name, _ in told(session, x, Task.DECISION, 2)} == {"Élise", "Farid", "Gaëlle"}


def test_a_validator_who_edited_the_file_is_not_asked_to_decide(session: Session, x: Experiment) -> None:
    x.involved.append(editing.takes_part(people.farid(session), Part.EDITED, noon(TODAY)))
    assert told(session, x, Task.DECISION) == [("Élise", Rank.VALIDATOR)]


@pytest.mark.parametrize("why", ["closed", "left", "away", "bounced"])
def test_a_carrier_who_cannot_be_reached_leaves_the_place_to_the_deputy(
    session: Session, x: Experiment, why: str
) -> None:
    awa = people.awa(session)
    if why == "closed":
        awa.disabled_at = noon(TODAY)
    elif why == "bounced":
        awa.bounced_at = noon(TODAY)
    else:
        away(session, awa, until=None if why == "left" else 3)
    assert told(session, x, Task.FIELD) == [("Inès", Rank.DEPUTY)]
    # And the ladder goes on from there.
    assert {name for name, _ in told(session, x, Task.FIELD, 2)} == {"Inès", "Farid"}


def test_without_carrier_nor_deputy_the_head_is_told_and_without_anybody_an_administrator(
    session: Session, x: Experiment
) -> None:
    for person in (people.awa(session), people.ines(session)):
        person.disabled_at = noon(TODAY)
    assert told(session, x, Task.FIELD) == [("Farid", Rank.HEAD)]
    for person in (people.farid(session), people.elise(session)):
        person.bounced_at = noon(TODAY)
    assert told(session, x, Task.FIELD) == [("Hugo", Rank.ADMINISTRATOR)]


@pytest.mark.parametrize(("since", "until", "here"), [(-3, -1, True), (-3, 0, False), (0, 0, False), (1, 3, True)])
def test_an_absence_counts_from_its_first_to_its_last_day(
    session: Session, x: Experiment, since: int, until: int, here: bool
) -> None:
    away(session, people.awa(session), since, until)
    assert (told(session, x, Task.FIELD) == [("Awa", Rank.LEAD)]) is here


def test_one_of_two_deputies_away_does_not_silence_the_other(session: Session, x: Experiment) -> None:
    editing.name(session, x, people.awa(session), people.bruno(session), Part.DEPUTY, now=noon(TODAY))
    away(session, people.ines(session))
    people.awa(session).disabled_at = noon(TODAY)
    assert told(session, x, Task.FIELD) == [("Bruno", Rank.DEPUTY)]


def test_somebody_with_two_ranks_is_told_once_as_the_first(session: Session, x: Experiment) -> None:
    editing.name(session, x, people.awa(session), people.ines(session), Part.HEAD, now=noon(TODAY))
    found = told(session, x, Task.FIELD, 4)
    assert found.count(("Inès", Rank.DEPUTY)) == 1
    assert ("Inès", Rank.HEAD) not in found


def test_whoever_left_the_file_is_told_nothing_any_more(session: Session, x: Experiment) -> None:
    awa = people.awa(session)
    editing.name(session, x, awa, people.bruno(session), Part.LEAD, now=noon(TODAY))
    assert told(session, x, Task.FIELD) == [("Bruno", Rank.LEAD)]


def test_an_opinion_is_asked_of_the_one_who_owes_it(session: Session) -> None:
    draft = an_experiment(session, Status.DRAFT)
    denis = people.denis(session)
    session.flush()
    found = Roll(session, {draft.id}, TODAY).addressees(draft.id, DUTIES[Task.OPINION].ranks, 0, only=denis.id)
    assert [one.person for one in found] == [denis]
    away(session, denis)
    session.flush()
    found = Roll(session, {draft.id}, TODAY).addressees(draft.id, DUTIES[Task.OPINION].ranks, 0, only=denis.id)
    assert [one.rank for one in found] == [Rank.LEAD]
