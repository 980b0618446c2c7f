"""A process that crosses gates as fast as it can, says each one once it is kept, and is killed in the middle.

Those who die one after the other are copies of one process, which has crossed every gate once and taken it back: they
know their statements when they are born, where preparing them took longer than they live.
"""

import os
from multiprocessing.connection import Connection

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import Database
from experiments import queries
from experiments import reported as r
from experiments.model import Entry, Experiment
from experiments.vocabulary import Status
from tests.builders import TODAY, complete, cross, write

NEXT = {
    Status.RUNNING: "suspend",
    Status.SUSPENDED: "finish",
    Status.EVALUATING: "evaluate",
    Status.EVALUATED: "decide-abandon",
}


def bear(url: str, asked: Connection, said: Connection) -> None:
    """A new process whenever one is asked for, until it dies; the end of each is said too."""
    register = rehearsed(url)
    while asked.recv():
        child = os.fork()
        if child == 0:
            said.send(os.getpid())
            work(register, said)
            os._exit(0)
        os.waitpid(child, 0)
        said.send(None)


def rehearsed(url: str) -> Database:
    """The register, in which every gate was crossed once; no connection is left that two processes would share."""
    register = Database(url)
    with register.writing() as session:
        for _ in NEXT:
            step(session)
        session.rollback()
    register.engine.dispose()
    return register


def work(register: Database, said: Connection) -> None:
    """Until killed, or until every file is decided."""
    while True:
        with register.changing() as session:
            entry = step(session)
            if entry is None:
                return
            kept = (entry.seq, entry.hash)
        said.send(kept)


def step(session: Session) -> Entry | None:
    """The first file that is not decided goes through its next gate."""
    waiting = select(Experiment.number).where(Experiment.status.in_(NEXT))
    number = session.scalar(waiting.order_by(Experiment.id).limit(1))
    if number is None:
        return None
    x = queries.file(session, number, for_change=True)
    assert x is not None
    if x.status is Status.EVALUATING:
        write(session, x, complete(TODAY)[r.Evaluation])
    return cross(session, x, NEXT[x.status])
