"""SIGKILL, at any instant: what was acknowledged is there, and nothing is half there."""

import random
import time

from sqlalchemy import select

from app.db import Database
from experiments import audit
from experiments.model import Entry
from experiments.vocabulary import Status
from tests.builders import an_experiment
from tests.domain.copies import copies
from tests.domain.worker import work
from tests.forked import PROCESSES

KILLS = 25


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
    for _ in range(KILLS):
        heard, said = PROCESSES.Pipe(duplex=False)
        process = PROCESSES.Process(target=work, args=(database_url, said))
        process.start()
        said.close()
        for _ in range(chance.randint(1, 12)):
            acknowledged.update([heard.recv()])
        time.sleep(chance.random() * 0.02)
        process.kill()
        process.join()
        while heard.poll():
            try:
                acknowledged.update([heard.recv()])
            except EOFError:
                break
        with register.reading() as session:
            kept = dict(session.execute(select(Entry.seq, Entry.hash).where(Entry.seq > last)).all())  # type: ignore[arg-type]
            assert acknowledged.items() <= kept.items()
            unsaid = len(kept) - len(acknowledged)
    with register.reading() as session:
        assert audit.verify(session) == []
    # Between the commit and its acknowledgement there is room for one gate a kill, and no more.
    assert unsaid <= KILLS
    assert len(acknowledged) > KILLS
