"""A process that crosses gates as fast as it can, says each one once it is kept, and is killed in the middle."""

from multiprocessing.connection import Connection

from sqlalchemy import select

from app.db import Database
from experiments import queries
from experiments import reported as r
from experiments.model import Experiment
from experiments.vocabulary import Status
from tests.builders import TODAY, complete, cross, write

NEXT = {
    Status.RUNNING: "suspend",
    Status.SUSPENDED: "finish",
    Status.EVALUATING: "evaluate",
    Status.EVALUATED: "decide-abandon",
}


def work(url: str, said: Connection) -> None:
    """Until killed, or until every file is decided."""
    register = Database(url)
    while True:
        with register.changing() as session:
            waiting = select(Experiment.number).where(Experiment.status.in_(NEXT)).order_by(Experiment.id).limit(1)
            number = session.scalar(waiting)
            if number is None:
                return
            x = queries.file(session, number, for_change=True)
            assert x is not None
            if x.status is Status.EVALUATING:
                write(session, x, complete(TODAY)[r.Evaluation])
            entry = cross(session, x, NEXT[x.status])
            kept = (entry.seq, entry.hash)
        said.send(kept)
