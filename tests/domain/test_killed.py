"""SIGKILL, at any instant: what was acknowledged is there, and nothing is half there."""

import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection

from sqlalchemy import select

from app.db import Database
from experiments import audit
from experiments.model import Entry
from experiments.vocabulary import Status
from tests.builders import an_experiment
from tests.domain.copies import copies
from tests.domain.worker import bear
from tests.forked import PROCESSES

KILLS = 25


@contextmanager
def cradle(url: str) -> Iterator[Callable[[], tuple[int, Connection]]]:
    """Who asks is given the number of a new process, and what it says: gates crossed, then None once it is dead."""
    told, asked = PROCESSES.Pipe(duplex=False)
    heard, said = PROCESSES.Pipe(duplex=False)
    with told, asked, heard, said:
        mother = PROCESSES.Process(target=bear, args=(url, told, said))
        mother.start()

        def born() -> tuple[int, Connection]:
            asked.send(True)
            return heard.recv(), heard

        yield born
        # Nobody is left to bear.
        asked.send(False)
        mother.join()


def test_a_killed_process_loses_nothing_it_acknowledged_and_leaves_nothing_half_done(
    register: Database, database_url: str
) -> None:
    with register.changing() as session:
        copies(session, an_experiment(session, Status.RUNNING), 75)
        last = session.scalars(select(Entry.seq).order_by(Entry.seq.desc())).first() or 0
    register.engine.dispose()
    chance = random.Random(2026)
    acknowledged: dict[int, str] = {}
    unsaid = 0
    with cradle(database_url) as born:
        for _ in range(KILLS):
            process, heard = born()
            for _ in range(chance.randint(1, 12)):
                acknowledged.update([heard.recv()])
            time.sleep(chance.random() * 0.02)
            os.kill(process, signal.SIGKILL)
            while (late := heard.recv()) is not None:
                acknowledged.update([late])
            with register.reading() as session:
                query = select(Entry.seq, Entry.hash).where(Entry.seq > last)
                kept = dict(session.execute(query).all())  # type: ignore[arg-type]
            assert acknowledged.items() <= kept.items()
            unsaid = len(kept) - len(acknowledged)
    with register.reading() as session:
        assert audit.verify(session) == []
    # Between the commit and its acknowledgement there is room for one gate a kill, and no more.
    assert unsaid <= KILLS
    assert len(acknowledged) > KILLS
