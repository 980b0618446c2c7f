"""Between the day a reminder is planned and the hour it leaves, the file may change: the mail says what still holds."""

import threading
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import Database
from app.mail.transport import Answer
from app.mail.transport import Fate as Outcome
from app.worker import Worker
from experiments import declared as d
from experiments import editing, events, planning, queries
from experiments.model import Absence, Deadline, Experiment, Person
from experiments.obligations import Fate, Rank, Task
from experiments.vocabulary import Part, Status
from tests import people
from tests.builders import an_experiment, cross, noon

from .office import TUESDAY, Box, Clock, at, clerk, crowd, mails, mails_of, only, run_until_idle, somebody

DAY = timedelta(1)


def file_due(session: Session, task: Task, on: date) -> Experiment:
    """A running file, seconded by a deputy, where something falls due on that day and all before it was told."""
    x = an_experiment(session, Status.RUNNING, today=on - timedelta(days_to(task)))
    editing.name(session, x, people.awa(session), somebody(session, "suppleante"), Part.DEPUTY, now=noon(on))
    people.hugo(session)
    return x


def days_to(task: Task) -> int:
    """From the day on which the file of the tests is built to this date of it (its term is day 364 of its period)."""
    return {Task.FIELD: 324, Task.EVALUATION: 324}[task] - 120


def the(session: Session, task: Task) -> Deadline:
    query = select(Deadline).where(Deadline.task == task).execution_options(populate_existing=True)
    return session.scalars(query).one()


@pytest.fixture
def clock() -> Clock:
    """A Tuesday morning, before anybody is written to."""
    return Clock(at(TUESDAY, 6))


@pytest.fixture
def box(clock: Clock) -> Box:
    return Box(clock)


@pytest.fixture
def worker(register: Database, clock: Clock, box: Box) -> Worker:
    """A worker that has planned this morning's reminders, of which none has left; the end of the field is today."""
    with register.changing() as session:
        file_due(session, Task.FIELD, TUESDAY)
    found = clerk(register, clock, box)
    # Everything of before is told, or out of date, by last week.
    clock.moment = at(TUESDAY - timedelta(8), 6)
    run_until_idle(found)
    clock.moment = at(TUESDAY - timedelta(7), 9)
    run_until_idle(found)
    box.left.clear()
    with register.changing() as session:
        # As if it were the first time: the carrier alone is told.
        the(session, Task.FIELD).told = 0
    clock.moment = at(TUESDAY, 6)
    run_until_idle(found)
    with register.reading() as session:
        assert the(session, Task.FIELD).rung == 0
        assert not mails_of(session, "suppleante") or all(
            mail.fate is Fate.SENT for mail in mails_of(session, "suppleante")
        )
    assert box.left == []
    return found


def morning(worker: Worker, clock: Clock) -> None:
    clock.moment = at(TUESDAY, 8, 1)
    run_until_idle(worker)


def the_file(session: Session) -> Experiment:
    number = session.scalars(select(Experiment.number)).one()
    x = queries.file(session, number, for_change=True)
    assert x is not None
    return x


def recalled(box: Box, local: str) -> list[Task]:
    return [ask.deadline.task for letter in box.to(f"{local}@exemple.fr") for ask in letter.asks]


def test_when_nothing_changes_the_mail_says_what_was_planned(worker: Worker, clock: Clock, box: Box) -> None:
    morning(worker, clock)
    assert Task.FIELD in recalled(box, "awa.diallo")


def test_a_date_moved_through_its_gate_is_not_recalled_as_it_was(
    register: Database, worker: Worker, clock: Clock, box: Box
) -> None:
    with register.changing() as session:
        x = the_file(session)
        old = the(session, Task.FIELD)
        before = events.event_of(old, x, "https://jalon.exemple.fr")
        cross(session, x, "extend", on=TUESDAY)
        moved = the(session, Task.FIELD)
        after = events.event_of(moved, x, "https://jalon.exemple.fr")
        assert x.ends_on
        assert moved.due_on == x.evaluation_due_on
        assert moved.due_on
        assert moved.due_on > TUESDAY
    morning(worker, clock)
    assert all(ask.deadline.due_on > TUESDAY or ask.deadline.task is not Task.FIELD
               for _, letter in box.left for ask in letter.asks)  # fmt: skip
    assert Task.FIELD not in recalled(box, "awa.diallo")
    # What calendars read: the same event, later, newer.
    assert (after.uid, after.on, after.cancelled) == (before.uid, moved.due_on, False)
    assert after.sequence > before.sequence
    # The ladder of the new date begins: its rungs are told on their own days.
    with register.reading() as session:
        new = the(session, Task.FIELD)
        assert new.next_on
        assert new.next_on > TUESDAY
    clock.moment = at(new.next_on, 9)
    run_until_idle(worker)
    assert Task.FIELD in recalled(box, "awa.diallo")


def test_a_duty_fulfilled_meanwhile_is_not_recalled_and_its_mail_is_cancelled(
    register: Database, worker: Worker, clock: Clock, box: Box
) -> None:
    with register.changing() as session:
        cross(session, the_file(session), "finish", on=TUESDAY)
    with register.reading() as session:
        planned = [m.id for m in mails_of(session, "awa.diallo") if m.fate is Fate.WAITING]
    morning(worker, clock)
    assert Task.FIELD not in recalled(box, "awa.diallo")
    with register.reading() as session:
        for mail in mails(session):
            carried = {r.deadline_id for r in mail.reminders} & {the(session, Task.FIELD).id}
            if mail.id in planned and carried and len(mail.reminders) == 1:
                assert mail.fate is Fate.CANCELLED
        assert all(mail.fate in (Fate.SENT, Fate.CANCELLED) for mail in mails(session))


def is_unnamed(session: Session) -> None:
    x, now = the_file(session), at(TUESDAY, 7)
    editing.name(session, x, people.awa(session), somebody(session, "relais"), Part.LEAD, now=now)


def leaves_the_team(session: Session) -> None:
    # Her successor left too: the deputy remains.
    is_unnamed(session)
    session.scalars(select(Person).where(Person.email == "relais@exemple.fr")).one().disabled_at = at(TUESDAY, 7)


def is_disabled(session: Session) -> None:
    people.awa(session).disabled_at = at(TUESDAY, 7)


def is_away(session: Session) -> None:
    session.add(Absence(person_id=people.awa(session).id, from_on=TUESDAY, until_on=TUESDAY + 5 * DAY))


def has_left(session: Session) -> None:
    session.add(Absence(person_id=people.awa(session).id, from_on=TUESDAY, until_on=None))


def bounces(session: Session) -> None:
    people.awa(session).bounced_at = at(TUESDAY, 7)


@pytest.mark.parametrize(
    ("happens", "heir"),
    [(is_unnamed, "relais"), (leaves_the_team, "suppleante"), (is_disabled, "suppleante"), (is_away, "suppleante"),
     (has_left, "suppleante"), (bounces, "suppleante")],
)  # fmt: skip
def test_the_duty_of_a_reader_who_is_gone_reaches_the_next_in_line_the_same_day(
    happens: object, heir: str, register: Database, worker: Worker, clock: Clock, box: Box
) -> None:
    assert callable(happens)
    with register.changing() as session:
        happens(session)
    morning(worker, clock)
    assert Task.FIELD not in recalled(box, "awa.diallo")
    assert recalled(box, heir).count(Task.FIELD) == 1
    with register.reading() as session:
        end = the(session, Task.FIELD)
        told = [r for m in mails_of(session, heir) for r in m.reminders if (r.deadline_id, r.rung) == (end.id, 0)]
        assert only(told).planned_on == TUESDAY
        assert all(mail.fate in (Fate.SENT, Fate.CANCELLED) for mail in mails(session))


def test_a_deputy_who_becomes_the_carrier_meanwhile_is_told_all_the_same(
    register: Database, worker: Worker, clock: Clock, box: Box
) -> None:
    with register.changing() as session:
        session.add(Absence(person_id=people.awa(session).id, from_on=TUESDAY, until_on=None))
    # The mail was passed to the deputy, and has not left yet.
    box.answer = lambda to: Answer(Outcome.DOWN, None, "panne")
    clock.moment = at(TUESDAY, 8, 1)
    worker.run()
    with register.changing() as session:
        x, awa = the_file(session), people.awa(session)
        deputy = session.scalars(select(Person).where(Person.email == "suppleante@exemple.fr")).one()
        editing.unname(session, x, awa, deputy, Part.DEPUTY, now=at(TUESDAY, 8, 2))
        editing.name(session, x, awa, deputy, Part.LEAD, now=at(TUESDAY, 8, 2))
    box.answer = None
    clock.moment = at(TUESDAY, 8, 30)
    run_until_idle(worker)
    asks = [ask for letter in box.to("suppleante@exemple.fr") for ask in letter.asks if ask.deadline.task is Task.FIELD]
    assert only(asks).rank is Rank.LEAD


def test_what_is_owed_by_somebody_else_meanwhile_leaves_the_rest_of_the_mail(
    register: Database, clock: Clock, box: Box
) -> None:
    """Awa carries two files; she leaves one of them."""
    with register.changing() as session:
        for _ in range(2):
            an_experiment(session, Status.RUNNING, today=TUESDAY - timedelta(days_to(Task.FIELD)))
        numbers = session.scalars(select(Experiment.number).order_by(Experiment.id)).all()
    worker = clerk(register, clock, box)
    clock.moment = at(TUESDAY - timedelta(5))
    run_until_idle(worker)
    box.left.clear()
    clock.moment = at(TUESDAY, 6)
    run_until_idle(worker)
    with register.changing() as session:
        x = queries.file(session, numbers[0], for_change=True)
        assert x
        editing.name(session, x, people.awa(session), somebody(session, "relais"), Part.LEAD, now=at(TUESDAY, 7))
    morning(worker, clock)
    ends = {
        local: [ask.x.number for letter in box.to(f"{local}@exemple.fr") for ask in letter.asks
                if ask.deadline.task is Task.FIELD]
        for local in ("awa.diallo", "relais")
    }  # fmt: skip
    assert ends == {"awa.diallo": [numbers[1]], "relais": [numbers[0]]}


@pytest.mark.only("postgresql")
def test_a_date_that_moves_while_a_rung_is_being_planned_begins_its_own_ladder(
    register: Database, clock: Clock
) -> None:
    with register.changing() as session:
        file_due(session, Task.FIELD, TUESDAY)
    clock.moment = at(TUESDAY - timedelta(8), 6)
    run_until_idle(clerk(register, clock, Box(clock)))
    with register.changing() as session:
        # It stands where the ladder of the new date will begin: nothing but the date would seem to change.
        end = the(session, Task.FIELD)
        end.told, end.rung, end.next_on = 0, None, TUESDAY
    done = threading.Event()

    def move() -> None:
        with register.changing() as session:
            cross(session, the_file(session), "extend", on=TUESDAY)
        done.set()

    mover = threading.Thread(target=move)
    with register.changing() as session:
        while planning.step(session, at(TUESDAY, 6)):
            pass
        assert the(session, Task.FIELD).rung == 0
        mover.start()
        assert not done.wait(0.5)
    mover.join(10)
    with register.reading() as session:
        moved = the(session, Task.FIELD)
        assert (moved.told, moved.rung) == (0, None)
        assert moved.next_on
        assert TUESDAY < moved.next_on <= moved.due_on - timedelta(60)


def test_a_date_that_moves_while_slow_mails_leave_is_not_recalled_as_it_was(
    register: Database, clock: Clock, box: Box
) -> None:
    with register.changing() as session:
        crowd(session, 3, TUESDAY)
    carriers = ["porteur-0", "porteur-1", "porteur-2"]

    def answer(to: str) -> Answer:
        if len(carriers) == 3:
            # A slow server: meanwhile a date of those that wait behind moves, and the other carrier leaves.
            carriers.remove(to.partition("@")[0])
            clock.forward(seconds=10)
            moved, gone = carriers
            with register.changing() as session:
                one = session.get_one(Deadline, only(only(mails_of(session, moved)).reminders).deadline_id)
                one.version, one.due_on = one.version + 1, TUESDAY + 100 * DAY
                session.scalars(select(Person).where(Person.email == f"{gone}@exemple.fr")).one().disabled_at = clock()
        return Answer(Outcome.SENT, 250, "pris")

    box.answer, clock.moment = answer, at(TUESDAY, 9)
    run_until_idle(clerk(register, clock, box))
    moved, gone = carriers
    assert not box.to(f"{moved}@exemple.fr") + box.to(f"{gone}@exemple.fr")
    assert len(box.to(gone.replace("porteur", "suppleant") + "@exemple.fr")) == 1
    with register.reading() as session:
        assert only(mails_of(session, moved)).fate is Fate.CANCELLED


def test_a_file_sent_back_takes_its_validation_out_of_the_mail(register: Database, clock: Clock, box: Box) -> None:
    with register.changing() as session:
        x = an_experiment(session, Status.SUBMITTED, today=TUESDAY)
        people.elise(session)
        due_on = the(session, Task.VALIDATION).due_on
        assert x.read(d.Identity).title
    worker = clerk(register, clock, box)
    clock.moment = at(due_on, 6)
    run_until_idle(worker)
    with register.changing() as session:
        cross(session, the_file(session), "return", on=due_on)
    clock.moment = at(due_on, 9)
    run_until_idle(worker)
    assert Task.VALIDATION not in recalled(box, "elise.moreau")
