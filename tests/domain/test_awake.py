"""Reminders wait for whoever can act: a day may be known long before anybody is asked for anything."""

from datetime import timedelta

from msgspec import structs
from sqlalchemy import select
from sqlalchemy.orm import Session

from experiments import editing, planning, policy
from experiments.ladder import day_of
from experiments.model import Absence, Deadline, Experiment, Mail, Notice, Person, Reminder
from experiments.obligations import Rank, Task
from experiments.vocabulary import Part, Status
from tests import people
from tests.builders import TODAY, an_experiment, cross, noon


def the(session: Session, x: Experiment, task: Task) -> Deadline:
    session.flush()
    query = select(Deadline).where(Deadline.experiment_id == x.id, Deadline.task == task)
    return session.scalars(query.execution_options(populate_existing=True)).one()


def test_the_evaluation_is_known_from_the_authorisation_and_asked_once_the_field_is_over(session: Session) -> None:
    x = an_experiment(session, Status.RUNNING)
    asleep = the(session, x, Task.EVALUATION)
    assert (asleep.due_on, asleep.next_on, asleep.is_open) == (x.evaluation_due_on, None, True)
    known = asleep.version
    cross(session, x, "finish")
    awake = the(session, x, Task.EVALUATION)
    assert awake.next_on
    assert TODAY < awake.next_on <= awake.due_on
    # Its date did not move: calendars have nothing to hear.
    assert awake.version == known


def test_the_decision_is_asked_once_there_is_an_evaluation_to_decide_on(session: Session) -> None:
    x = an_experiment(session, Status.EVALUATING)
    assert the(session, x, Task.DECISION).next_on is None
    cross(session, x, "evaluate")
    assert the(session, x, Task.DECISION).next_on


def test_what_wakes_late_is_told_at_once(session: Session) -> None:
    x = an_experiment(session, Status.RUNNING)
    assert x.ends_on
    late = x.ends_on + timedelta(3)
    cross(session, x, "finish", on=late)
    assert the(session, x, Task.EVALUATION).next_on == late


def test_nobody_is_reminded_of_what_sleeps(session: Session) -> None:
    x = an_experiment(session, Status.RUNNING)
    assert x.decision_due_on
    while planning.step(session, noon(x.decision_due_on)):
        pass
    for task in (Task.EVALUATION, Task.DECISION):
        assert (the(session, x, task).told, the(session, x, task).rung) == (0, None)
    assert the(session, x, Task.FIELD).told == 1


def test_whoever_is_named_hears_of_it_and_nobody_else(session: Session) -> None:
    x = an_experiment(session, Status.RUNNING)
    while planning.step(session, noon(TODAY)):
        pass
    before = set(session.scalars(select(Notice.seq).order_by(Notice.seq)))
    editing.name(session, x, people.awa(session), people.ines(session), Part.DEPUTY, now=noon(TODAY))
    while planning.step(session, noon(TODAY)):
        pass
    told = session.scalars(
        select(Person.name)
        .join(Mail, Mail.person_id == Person.id)
        .join(Notice, Notice.mail_id == Mail.id)
        .where(Notice.seq.not_in(before))
        .order_by(Person.name)
    ).all()
    assert told == ["Inès Caron"]


def test_an_unfinished_ladder_is_not_begun_again_by_an_edit(session: Session) -> None:
    x = an_experiment(session, Status.RUNNING)
    assert x.evaluation_due_on
    day = x.evaluation_due_on - timedelta(30)
    while planning.step(session, noon(day)):
        pass
    told = the(session, x, Task.FIELD)
    found = (told.told, told.rung, told.next_on, told.version)
    editing.name(session, x, people.awa(session), people.ines(session), Part.DEPUTY, now=noon(day))
    after = the(session, x, Task.FIELD)
    assert (after.told, after.rung, after.next_on, after.version) == found


def test_new_rungs_reach_the_ladders_that_have_begun(session: Session) -> None:
    x = an_experiment(session, Status.RUNNING)
    assert x.evaluation_due_on
    day = x.evaluation_due_on - timedelta(50)
    while planning.step(session, noon(day)):
        pass
    before = the(session, x, Task.FIELD)
    assert (before.rung, before.told) == (-60, 1)
    kept = policy.current()
    try:
        policy.use(structs.replace(kept, reminders=structs.replace(kept.reminders, days_before=(55, 7, 0))))
        while planning.step(session, noon(day)):
            pass
        after = the(session, x, Task.FIELD)
        # The rung that the new rules had passed meanwhile is told, once; the next ones are theirs.
        assert (after.rung, after.told) == (-55, 2)
        assert after.next_on == day_of(-7, x.evaluation_due_on)
    finally:
        policy.use(kept)


def test_what_lapses_climbs_no_rank_and_finds_whoever_stands_in(session: Session) -> None:
    x = an_experiment(session, Status.RUNNING)
    editing.name(session, x, people.awa(session), people.ines(session), Part.DEPUTY, now=noon(TODAY))
    assert x.ends_on

    def ranks() -> set[Rank]:
        found = select(Reminder.rank).join(Reminder.deadline).where(Deadline.task == Task.END).order_by(Reminder.id)
        return set(session.scalars(found))

    for days in (90, 60, 30):
        while planning.step(session, noon(x.ends_on - timedelta(days))):
            pass
    assert ranks() == {Rank.LEAD}
    session.add(Absence(person_id=people.awa(session).id, from_on=x.ends_on - timedelta(10)))
    while planning.step(session, noon(x.ends_on - timedelta(7))):
        pass
    assert ranks() == {Rank.LEAD, Rank.DEPUTY}
