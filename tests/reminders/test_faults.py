"""What goes wrong in one place stays there, is said, and passes: a file, a mail, a run, a clock, a process."""

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask
from sqlalchemy import select, text, update

from app import create_app
from app.commands import remind
from app.config import load_config
from app.db import Database
from app.mail.transport import Answer, Fate, Transport
from app.serve import KEEP
from app.worker import MANY, Run, Worker
from experiments import outbox, planning, watch
from experiments.model import Deadline, Entry, Experiment, Mail, Notice, Person, Pulse, WrittenPart
from experiments.obligations import Fate as Kept
from experiments.obligations import Occasion
from experiments.vocabulary import Status
from tests.builders import an_experiment
from tests.server import SECRET

from .office import TUESDAY, Box, Clock, at, clerk, crowd, mails_of, only, run_until_idle

DAY = timedelta(1)


@pytest.fixture
def clock() -> Clock:
    return Clock(at(TUESDAY))


def pulse(register: Database) -> Pulse:
    with register.reading() as session:
        return session.scalars(select(Pulse)).one()


def later(_to: str) -> Answer:
    return Answer(Fate.LATER, 451, "451 plus tard")


def down(_to: str) -> Answer:
    return Answer(Fate.DOWN, None, "Personne ne répond")


# One file, one mail, one run ------------------------------------------------------------------------------------------


def test_a_file_that_cannot_be_read_is_named_and_stops_no_other(register: Database, clock: Clock) -> None:
    with register.changing() as session:
        crowd(session, 3, TUESDAY)
        bad = an_experiment(session, Status.RUNNING, today=TUESDAY)
        good = an_experiment(session, Status.RUNNING, today=TUESDAY)
        parts = {part.slug: part.text for part in bad.written}
        bad_id, good_id, number = bad.id, good.id, bad.number
    box = Box(clock)
    worker = clerk(register, clock, box)
    run_until_idle(worker)
    before = len(box.left)
    with register.changing() as session:
        session.execute(update(WrittenPart).where(WrittenPart.experiment_id == bad_id).values(text="{"))
        session.execute(update(Experiment).where(Experiment.id.in_((bad_id, good_id))).values(settled=0))
    clock.moment = at(TUESDAY + 7 * DAY)
    done = worker.run()
    assert done.wrong == f"Le dossier {number} ne se lit pas"
    # What the others are owed is reckoned, and leaves.
    assert len([letter for _, letter in box.left[before:] if letter.asks]) >= 3
    assert (pulse(register).trouble, pulse(register).ran_at) == (done.wrong, clock())
    with register.reading() as session:
        assert session.scalars(select(Experiment.id).where(Experiment.settled == 0)).all() == [bad_id]
        assert watch.state(session, clock()).why == f"{done.wrong}."
    assert worker.run().wrong == done.wrong
    with register.changing() as session:
        for slug, words in parts.items():
            mine = (WrittenPart.experiment_id == bad_id, WrittenPart.slug == slug)
            session.execute(update(WrittenPart).where(*mine).values(text=words))
    run_until_idle(worker)
    assert pulse(register).trouble == ""


def test_notices_that_cannot_be_planned_hold_back_no_reminder(register: Database, clock: Clock) -> None:
    with register.changing() as session:
        crowd(session, 3, TUESDAY)
        an_experiment(session, Status.RUNNING, today=TUESDAY)
        # A ledger that refuses the second mail of the kind.
        session.execute(text("CREATE UNIQUE INDEX never_twice ON mails (occasion) WHERE occasion = 'notice'"))
    box = Box(clock)
    done = clerk(register, clock, box).run()
    assert done.unplanned == pulse(register).trouble == planning.FAILED
    asked = {letter.person.email for _, letter in box.left if letter.asks}
    assert asked >= {f"porteur-{n}@exemple.fr" for n in range(3)}
    with register.changing() as session:
        session.execute(text("DROP INDEX never_twice"))
    run_until_idle(clerk(register, clock, box))
    assert pulse(register).trouble == ""
    assert [letter for _, letter in box.left if letter.news]


def test_a_mail_whose_words_cannot_be_found_holds_back_no_other(register: Database, clock: Clock) -> None:
    with register.changing() as session:
        crowd(session, 10, TUESDAY)
        an_experiment(session, Status.DRAFT, today=TUESDAY)
        # An entry that nobody is told of has no words.
        silent = session.scalars(select(Entry.seq).where(Entry.event == "open").order_by(Entry.seq)).first()
        reader = session.scalars(select(Person).where(Person.email == "suppleant-3@exemple.fr")).one()
        mail = Mail(key="k", person_id=reader.id, occasion=Occasion.NOTICE, fate=Kept.WAITING, tries=0, leased_by="",
                    words="", planned_at=clock(), due_at=clock(), not_before=clock())  # fmt: skip
        session.add(mail)
        session.flush()
        session.add(Notice(seq=silent, person_id=reader.id, mail_id=mail.id))
    box = Box(clock)
    done = clerk(register, clock, box).run()
    assert len([letter for _, letter in box.left if letter.asks]) == 10
    assert (done.unwritten, done.put_off, done.trouble) == (1, 0, "")
    with register.reading() as session:
        mail = only(mails_of(session, "suppleant-3"))
        assert (mail.tries, "composé" in mail.words) == (1, True)


def test_a_run_that_fails_is_no_run_and_the_next_one_is(
    register: Database, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    with register.changing() as session:
        crowd(session, 3, TUESDAY)
    box = Box(clock)

    def broken() -> AbstractContextManager[Transport]:
        raise ZeroDivisionError

    with calling(register) as (app, _), app.app_context():
        remind._look(Worker(register, broken, box.compose, now=clock))
        assert pulse(register).trouble == planning.FAILED
        clock.forward(hours=1, minutes=1)
        remind._look(Worker(register, broken, box.compose, now=clock))
        with register.reading() as session:
            assert watch.state(session, clock()).silent_since
        assert "ZeroDivisionError" in caplog.text
        clock.moment += outbox.LEASE
        remind._look(clerk(register, clock, box))
    assert (pulse(register).trouble, pulse(register).ran_at) == ("", clock())
    assert len(box.left) == 3


def test_a_register_without_a_ledger_does_not_look_seen_to(register: Database, clock: Clock) -> None:
    with register.changing() as session:
        session.execute(text("ALTER TABLE deadlines RENAME TO hidden"))
    with calling(register) as (app, _), app.app_context():
        remind._look(clerk(register, clock, Box(clock)))
    assert (pulse(register).trouble, pulse(register).ran_at) == (planning.FAILED, None)


# The trouble and its end ----------------------------------------------------------------------------------------------


def test_a_trouble_ends_with_the_mails_that_it_held_back(register: Database, clock: Clock) -> None:
    with register.changing() as session:
        crowd(session, 3, TUESDAY)
    clerk(register, clock, Box(clock, down)).run()
    assert pulse(register).trouble == "Personne ne répond"
    with register.changing() as session:
        session.execute(update(Mail).values(fate=Kept.CANCELLED))
    clock.forward(minutes=1)
    assert clerk(register, clock, Box(clock)).run() == Run()
    assert (pulse(register).trouble, pulse(register).troubled_since) == ("", None)


def test_a_server_that_defers_everything_stays_a_trouble_between_two_tries(register: Database, clock: Clock) -> None:
    with register.changing() as session:
        crowd(session, MANY, TUESDAY)
    worker = clerk(register, clock, Box(clock, later))
    worker.run()
    began = pulse(register).troubled_since
    assert began
    for _ in range(8):
        clock.forward(seconds=20)
        worker.run()
        assert (bool(pulse(register).trouble), pulse(register).troubled_since) == (True, began)


def test_one_mail_put_off_after_a_breakdown_says_that_the_server_is_back(register: Database, clock: Clock) -> None:
    with register.changing() as session:
        crowd(session, 1, TUESDAY)
    clerk(register, clock, Box(clock, down)).run()
    clerk(register, clock, Box(clock, later)).run()
    assert pulse(register).trouble == ""


@contextmanager
def calling(register: Database) -> Iterator[tuple[Flask, list[str]]]:
    """An application whose outside watcher is a server of this test, and what that server heard."""
    heard: list[str] = []

    class Watcher(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_words: object) -> None:
            """Silent."""

    with HTTPServer(("127.0.0.1", 0), Watcher) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        app = create_app(load_config({"DATABASE_URL": register.url, "SECRET_KEY": SECRET}))
        app.config["JALON"] = replace(app.config["JALON"], heartbeat_url=f"http://127.0.0.1:{server.server_port}/")
        try:
            yield app, heard
        finally:
            server.shutdown()
            app.extensions["database"].engine.dispose()


def test_the_outside_watcher_hears_nothing_of_a_run_that_met_trouble(register: Database, clock: Clock) -> None:
    with register.changing() as session:
        crowd(session, 1, TUESDAY)
    with calling(register) as (app, heard), app.app_context():
        remind._look(clerk(register, clock, Box(clock, down)))
        time.sleep(0.5)
        assert heard == []
        remind._look(clerk(register, clock, Box(clock)))
        until = time.monotonic() + 10
        while not heard:
            assert time.monotonic() < until
            time.sleep(0.01)
    assert heard == ["/"]


# Servers that drag ----------------------------------------------------------------------------------------------------


def test_a_run_ends_once_so_many_are_put_off_and_the_next_tries_others(register: Database, clock: Clock) -> None:
    with register.changing() as session:
        crowd(session, 3 * MANY, TUESDAY)
    tried: list[str] = []

    def tarpit(to: str) -> Answer:
        tried.append(to)
        return later(to)

    worker = clerk(register, clock, Box(clock, tarpit))
    assert (worker.run().put_off, len(set(tried))) == (MANY, MANY)
    worker.run()
    assert len(set(tried)) == len(tried) == 2 * MANY
    with register.reading() as session:
        assert not session.scalars(select(Mail.id).where(Mail.leased_by != "")).all()


def test_a_run_sends_for_five_minutes_and_leaves_the_rest_to_the_next(register: Database, clock: Clock) -> None:
    with register.changing() as session:
        crowd(session, 20, TUESDAY)

    def slow(_to: str) -> Answer:
        clock.forward(minutes=1)
        return Answer(Fate.SENT, 250, "pris")

    worker = clerk(register, clock, Box(clock, slow))
    assert 5 <= worker.run().sent <= 6
    assert pulse(register).ran_at == clock()
    assert sum(run.sent for run in run_until_idle(worker)) >= 14


# Clocks ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("jump", [400 * DAY, 1500 * DAY])
def test_a_clock_that_was_years_ahead_for_a_moment_silences_nothing_for_long(
    register: Database, clock: Clock, jump: timedelta
) -> None:
    with register.changing() as session:
        crowd(session, 3, TUESDAY + 30 * DAY)
    box = Box(clock)
    worker = clerk(register, clock, box)
    clock.moment += jump
    worker.run()
    with register.changing() as session:
        # A digest booked meanwhile would wait as long.
        mail = Mail(key="k", person_id=1, occasion=Occasion.DIGEST, fate=Kept.WAITING, tries=0, leased_by="",
                    words="", planned_at=clock(), due_at=clock(), not_before=clock())  # fmt: skip
        session.add(mail)
        ahead = session.scalars(select(Deadline.next_on)).all()
    assert all(day and day > TUESDAY + 365 * DAY for day in ahead)
    clock.moment = at(TUESDAY)
    with register.reading() as session:
        assert watch.state(session, clock()).silent_since
    run_until_idle(worker)
    with register.reading() as session:
        assert {one.next_on for one in session.scalars(select(Deadline))} == {TUESDAY + 23 * DAY}
        assert watch.state(session, clock()).silent_since is None
        assert not session.scalars(select(Mail.id).where(Mail.fate == Kept.WAITING, Mail.due_at > clock() + DAY)).all()
    before = len(box.left)
    for _ in range(40):
        clock.forward(days=1)
        run_until_idle(worker)
    # A week before, on the day, a week later.
    asked = [letter for _, letter in box.left[before:] if letter.asks and letter.person.email.startswith("porteur")]
    assert len(asked) == 9


def test_what_a_clock_ten_days_ahead_put_off_until_its_morning_leaves_today(register: Database, clock: Clock) -> None:
    box = Box(clock)
    worker = clerk(register, clock, box)
    worker.run()
    with register.changing() as session:
        an_experiment(session, Status.SUBMITTED, today=TUESDAY)
    clock.moment = at(TUESDAY + 10 * DAY, 22)
    worker.run()
    assert not box.left
    clock.moment = at(TUESDAY, 14)
    run_until_idle(worker)
    assert box.to("elise.moreau@exemple.fr")
    with register.reading() as session:
        assert not session.scalars(select(Mail.id).where(Mail.fate == Kept.WAITING)).all()


def test_a_trouble_of_a_clock_that_was_ahead_lasts_from_now(register: Database, clock: Clock) -> None:
    with register.changing() as session:
        outbox.trouble(session, "Personne ne répond", clock() + 400 * DAY)
        outbox.trouble(session, "Personne ne répond encore", clock())
    assert pulse(register).troubled_since == clock()


# The process ----------------------------------------------------------------------------------------------------------


def test_the_process_of_the_reminders_is_started_again_after_it_dies(tmp_path: Path) -> None:
    lives = tmp_path / "lives"
    lives.touch()
    script = f"echo $$ >> {lives}; kill -9 $$"
    with keeping(script, "0.2") as keeper:
        try:
            wait_for(lambda: len(lives.read_text().split()) >= 3)
        finally:
            keeper.terminate()
            assert keeper.wait(5) == 0
    known = lives.read_text()
    time.sleep(0.6)
    assert lives.read_text() == known


def test_the_process_of_the_reminders_ends_with_its_keeper(tmp_path: Path) -> None:
    said = tmp_path / "said"
    script = f"trap 'echo ended > {said}; exit' TERM; echo began > {said}; while :; do sleep 0.1; done"
    # Told to end, or left by a server that was killed: a second server would have had two of them.
    for leave in (subprocess.Popen.terminate, _let_go):
        said.unlink(missing_ok=True)
        with keeping(script, "30") as keeper:
            wait_for(said.exists)
            wait_for(lambda: said.read_text() == "began\n")
            leave(keeper)
            assert keeper.wait(5) == 0
        assert said.read_text() == "ended\n"


def keeping(script: str, again: str) -> subprocess.Popen[bytes]:
    """This script kept going, as the server keeps its reminder: as long as it holds what the keeper reads."""
    keeper = ("sh", "-c", KEEP, again, "sh", "-c", script)
    return subprocess.Popen(keeper, stdin=subprocess.PIPE, start_new_session=True)


def _let_go(keeper: subprocess.Popen[bytes]) -> None:
    assert keeper.stdin
    keeper.stdin.close()


def wait_for(holds: Callable[[], bool], seconds: float = 10) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.02)
