"""Several at once: workers that share a register double nothing, and what is told to one person travels together."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.db import Database
from experiments import outbox
from experiments.model import Deadline, Experiment, Involvement, Mail, Notice, Person, Pulse, Reminder
from experiments.obligations import Fate, Occasion, Pace, Task
from experiments.vocabulary import Part, Status
from tests import people
from tests.builders import an_experiment
from tests.mail.server import MailServer

from .nursery import Post, nursery
from .office import TUESDAY, Box, Clock, at, clerk, crowd, mails, mails_of, only, run_until_idle

DAY = timedelta(1)


def wait_until(register: Database, holds: Callable[[Session], bool], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while True:
        with register.reading() as session:
            if holds(session):
                return
        assert time.monotonic() < until
        time.sleep(0.05)


def count(session: Session, table: type, *conditions: object) -> int:
    return session.scalar(select(func.count()).select_from(table).where(*conditions)) or 0  # type: ignore[arg-type]


def test_four_workers_and_no_accident_send_each_mail_once(
    register: Database, database_url: str, server: MailServer, tmp_path: Path
) -> None:
    with register.changing() as session:
        crowd(session, 400, TUESDAY)
    with nursery(Post(database_url, server.url, time.monotonic(), at(TUESDAY)), tmp_path / "complaints") as workers:
        for _ in range(4):
            workers.start()
        wait_until(register, lambda session: count(session, Mail, Mail.fate == Fate.SENT) >= 400)
        # Whoever would send one more has the time to do it.
        time.sleep(0.3)
    assert (tmp_path / "complaints").read_text() == ""
    arrived = Counter(mail.message["Message-ID"].strip() for mail in server.plan.received)
    with register.reading() as session:
        ledger = mails(session)
    assert arrived == {f"<{mail.key}@test>": 1 for mail in ledger}
    assert {(mail.fate, mail.tries, mail.leased_until) for mail in ledger} == {(Fate.SENT, 1, None)}
    assert len({mail.leased_by for mail in ledger}) > 1


def test_planners_at_once_plan_everything_and_nothing_twice(
    register: Database, database_url: str, server: MailServer, tmp_path: Path
) -> None:
    """Files to reckon anew, entries of the trace to tell and reminders to plan, for three processes, at night."""
    with register.changing() as session:
        crowd(session, 600, TUESDAY)
        told = an_experiment(session, Status.RUNNING, today=TUESDAY)
        session.execute(update(Pulse).values(rules=""))
        assert told.id
    post = Post(database_url, server.url, time.monotonic(), at(TUESDAY, 5))
    with nursery(post, tmp_path / "complaints") as workers:
        for _ in range(3):
            workers.start()
        wait_until(
            register,
            lambda session: not (
                count(session, Experiment, Experiment.settled != Experiment.version)
                or count(session, Deadline, Deadline.next_on <= TUESDAY)
            ) and session.scalars(select(Pulse)).one().rules != "",
        )  # fmt: skip
        time.sleep(0.2)
    assert (tmp_path / "complaints").read_text() == ""
    assert server.plan.received == []
    with register.reading() as session:
        # A draft without dates owes them, sixty days after it was opened: it is told of it once, at the last rung.
        dates = select(Deadline).where(Deadline.task == Task.DATES).order_by(Deadline.id)
        assert Counter((one.told, one.version, one.is_open) for one in session.scalars(dates)) == {
            (1, 1, True): 600, (0, 2, False): 1
        }  # fmt: skip
        rows = session.execute(
            select(Reminder.deadline_id, func.count(), func.count(Reminder.rung.distinct()))
            .join(Deadline, Deadline.id == Reminder.deadline_id)
            .where(Deadline.task == Task.DATES)
            .group_by(Reminder.deadline_id)
            .order_by(Reminder.deadline_id)
        ).all()
        assert [tuple(row)[1:] for row in rows] == [(1, 1)] * 600
        assert count(session, Notice) == len(set(session.execute(select(Notice.seq, Notice.person_id)).all())) > 5
        leads = Counter(m.person.email for m in mails(session, Mail.occasion == Occasion.REMINDER))
        assert {leads[f"porteur-{n}@exemple.fr"] for n in range(600)} == {1}


def test_two_mails_refused_at_the_same_moment_name_the_same_heir_once(register: Database) -> None:
    with register.changing() as session:
        crowd(session, 1, TUESDAY)
        session.scalars(select(Deadline)).one().told = 2
    clock = Clock(at(TUESDAY))
    worker = clerk(register, clock, Box(clock))
    worker._plan()
    taken = {worker.holder: worker._take()}
    lead, deputy = only(taken.values())
    failed: list[Exception] = []

    def refuse() -> None:
        try:
            with register.changing() as session:
                outbox.refused(session, deputy, worker.holder, "554", clock(), address=True, at_any_hour=False)
        except Exception as error:
            failed.append(error)

    other = threading.Thread(target=refuse)
    with register.changing() as session:
        outbox.refused(session, lead, worker.holder, "554", clock(), address=True, at_any_hour=False)
        other.start()
        time.sleep(0.3)
    other.join(20)
    assert failed == []
    run_until_idle(worker)
    with register.reading() as session:
        told = [(m.person.email.partition("@")[0], m.fate, len(m.reminders)) for m in mails(session)]
    assert sorted(told) == [("porteur-0", Fate.REFUSED, 1), ("suppleant-0", Fate.REFUSED, 1),
                            ("valideur", Fate.SENT, 1)]  # fmt: skip


# One mail for what comes together -------------------------------------------------------------------------------------


def all_of_one(session: Session, files: int) -> None:
    """So many files, due three days apart, carried by one person and already told a week before."""
    crowd(session, files, TUESDAY)
    carrier = session.scalars(select(Person.id).where(Person.email == "porteur-0@exemple.fr")).one()
    session.execute(update(Involvement).where(Involvement.part == Part.LEAD).values(person_id=carrier))
    for number, one in enumerate(session.scalars(select(Deadline).order_by(Deadline.id))):
        one.due_on = one.next_on = TUESDAY + timedelta(3 * number)
        one.rung, one.told = -7, 1
    session.flush()


def test_after_ten_days_of_silence_one_mail_says_it_all(register: Database) -> None:
    with register.changing() as session:
        all_of_one(session, 4)
    clock = Clock(at(TUESDAY + 10 * DAY))
    box = Box(clock)
    run_until_idle(clerk(register, clock, box))
    letter = only(box.to("porteur-0@exemple.fr"))
    assert [ask.days for ask in letter.asks] == [-10, -7, -4, -1]
    with register.reading() as session:
        assert [r.rung for r in only(mails_of(session, "porteur-0")).reminders] == [7, 7, 0, 0]


def test_two_files_on_one_day_are_one_mail(register: Database) -> None:
    with register.changing() as session:
        all_of_one(session, 2)
        session.execute(update(Deadline).values(due_on=TUESDAY, next_on=TUESDAY))
    clock = Clock(at(TUESDAY, 5))
    box = Box(clock)
    worker = clerk(register, clock, box)
    run_until_idle(worker)
    clock.moment = at(TUESDAY, 8)
    run_until_idle(worker)
    assert len(only(box.to("porteur-0@exemple.fr")).asks) == 2


@pytest.mark.parametrize(("pace", "days"), [(Pace.AT_ONCE, 0), (Pace.DAILY, 1), (Pace.WEEKLY, 6)])
def test_a_digest_holds_back_only_what_is_not_statutory(pace: Pace, days: int, register: Database) -> None:
    with register.changing() as session:
        all_of_one(session, 3)
        session.execute(update(Person).values(pace=pace))
        ids = session.scalars(select(Deadline.id).order_by(Deadline.id)).all()
        session.execute(update(Deadline).values(due_on=TUESDAY, next_on=TUESDAY))
        session.execute(update(Deadline).where(Deadline.id.in_(ids[1:])).values(task=Task.REVIEW))
    clock = Clock(at(TUESDAY, 8))
    box = Box(clock)
    worker = clerk(register, clock, box)
    for _ in range(8 * 4):
        run_until_idle(worker)
        clock.forward(hours=6)
    first_week = [(moment, a.deadline.task, a.deadline.id) for moment, letter in box.left for a in letter.asks
                  if letter.person.email.startswith("porteur-0") and moment < at(TUESDAY + 7 * DAY, 7)]  # fmt: skip
    assert (at(TUESDAY, 8), Task.FIELD, ids[0]) in first_week
    assert {at_ for at_, task, _ in first_week if task is Task.REVIEW} == {at(TUESDAY + days * DAY, 8)}
    assert sorted(number for *_, number in first_week) == ids


def test_what_happens_to_a_file_and_what_it_owes_are_told_apart(register: Database) -> None:
    """An act to do is never buried in the news of the week."""
    with register.changing() as session:
        an_experiment(session, Status.SUBMITTED, today=TUESDAY)
        people.elise(session).pace = Pace.WEEKLY
    clock = Clock(at(TUESDAY))
    box = Box(clock)
    run_until_idle(clerk(register, clock, box))
    # A file submitted waits for her: at once, whatever her pace.
    assert [news.entry.event for letter in box.to("elise.moreau@exemple.fr") for news in letter.news] == ["submit"]
