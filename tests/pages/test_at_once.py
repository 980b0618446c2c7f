"""Two people at one gate at the same moment, and workers killed in the middle: on the real server."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from pathlib import Path
from threading import Barrier, Event

import pytest
from sqlalchemy import select

from app import clock
from experiments import audit
from experiments.model import Disclosure, Entry, Experiment
from experiments.vocabulary import Status
from tests import people
from tests.builders import an_experiment
from tests.server import Browser, Server, serving

RACES = 50
KILLS = 6


@pytest.fixture
def server(database_url: str, tmp_path: Path) -> Iterator[Server]:
    with serving(database_url, tmp_path) as running:
        yield running


@pytest.fixture
def whole_server(database_url: str, tmp_path: Path) -> Iterator[Server]:
    """With its reminder, which writes in the same database meanwhile."""
    with serving(database_url, tmp_path, reminds=True) as running:
        yield running


def running(server: Server) -> str:
    with server.database.changing() as session:
        number = an_experiment(session, Status.RUNNING, today=clock.today()).number
        people.farid(session)
        return number


def version_of(server: Server, number: str) -> str:
    with server.database.reading() as session:
        return str(session.scalar(select(Experiment.version).where(Experiment.number == number)))


def test_of_two_validators_at_one_gate_one_crosses_and_the_other_is_told(server: Server) -> None:
    number = running(server)
    both = server.browser(people.elise), server.browser(people.farid)
    answers = []
    with ThreadPoolExecutor(2) as pool:
        for race in range(RACES):
            gate = "suspend" if race % 2 == 0 else "resume"
            # One race in five comes from programs, which saw no page and say no version.
            fields = {"reason": f"Motif de la course {race}"}
            if race % 5:
                fields["version"] = version_of(server, number)
            start = Barrier(2)
            path = f"/espace/experimentations/{number}/jalons/{gate}"

            def cross(who: Browser, start: Barrier = start, path: str = path, fields: dict[str, str] = fields) -> int:
                start.wait()
                return who.post(path, fields).status

            answers.append(sorted(pool.map(cross, both)))
    assert answers == [[303, 409]] * RACES
    with server.database.reading() as session:
        assert audit.verify(session) == []
        crossed = session.scalars(select(Entry.event).where(Entry.event.in_(("suspend", "resume")))).all()
    assert len(crossed) == RACES


def test_what_was_answered_is_in_the_trace_even_when_workers_are_killed(whole_server: Server) -> None:
    server = whole_server
    numbers = [running(server) for _ in range(3)]
    told: dict[str, list[str]] = {number: [] for number in numbers}
    over = Event()
    lost: list[str] = []

    def go_on(number: str) -> None:
        """Suspend and resume until the end; notes what nobody answered."""
        who, turn = server.browser(people.elise), 0
        while not over.is_set():
            turn += 1
            reason = f"{number}, tour {turn}"
            gate = "suspend" if _status(server, number) is Status.RUNNING else "resume"
            try:
                answer = who.post(f"/espace/experimentations/{number}/jalons/{gate}", {"reason": reason})
            except (OSError, HTTPException):
                lost.append(reason)
                continue
            assert answer.status == 303
            told[number].append(reason)

    with ThreadPoolExecutor(3) as pool:
        going = [pool.submit(go_on, number) for number in numbers]
        kills, pause, until = 0, 0.4, time.monotonic() + 60
        # A kill may fall between two requests: there are some until one falls within.
        while kills < KILLS or ((not lost or min(map(len, told.values())) < KILLS) and time.monotonic() < until):
            time.sleep(pause)
            server.kill_a_worker()
            # Where the machine is slow, a worker needs longer to begin again and to answer somebody.
            kills, pause = kills + 1, pause * 1.1
        over.set()
        for one in going:
            one.result()
    assert lost, "nobody was killed while answering: this run proved nothing"
    assert min(map(len, told.values())) >= KILLS
    with server.database.reading() as session:
        assert audit.verify(session) == []
        kept = set(session.scalars(select(Disclosure.value).where(Disclosure.field == "reason")))
    assert {reason for reasons in told.values() for reason in reasons} - kept == set()


def _status(server: Server, number: str) -> Status:
    with server.database.reading() as session:
        status = session.scalar(select(Experiment.status).where(Experiment.number == number))
        assert status is not None
        return status
