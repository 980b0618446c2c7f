"""Workers that start in a few milliseconds: a process that has loaded everything and forks one for each line it reads.

It has said all that a worker says to the database, and taken it back: a worker knows its statements when it is born.

python -m tests.reminders.nursery: a line is the JSON of a `Post`, the answer is the number of the new process, which
works until it is killed.
"""

import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import msgspec

from app import worker
from app.db import Database
from experiments import letters, outbox, planning

from .office import postman

ROOT = Path(__file__).parent.parent.parent


class Post(msgspec.Struct):
    """Where a worker works, and how fast its clock runs since a moment of the machine's."""

    database_url: str
    smtp_url: str
    began: float
    at: datetime
    speed: float = 1
    pause: float = 0.02
    batch: int = worker.BATCH

    def now(self) -> datetime:
        return self.at + timedelta(seconds=(time.monotonic() - self.began) * self.speed)


def work(database: Database, post: Post) -> None:
    """As the loop of `flask remind` does, with shorter pauses."""
    worker.BATCH = post.batch
    one = postman(database, post.now, post.smtp_url)
    while True:
        one.run()
        time.sleep(post.pause)


@cache
def rehearsed(url: str, now: datetime) -> Database:
    """The register, to which everything was said once; no connection is left that two processes would share."""
    database = Database(url, hasty=True)
    with database.writing() as session:
        planning.beat(session, now)
        planning.step(session, now)
        taken = outbox.lease(session, "rehearsal", now, limit=1, at_any_hour=True)
        letters.write(session, taken, now)
        for number in taken:
            outbox.sent(session.connection(), number, "rehearsal", now)
        outbox.give_back(session, taken, "rehearsal")
        planning.ran(session, now)
        session.rollback()
    database.engine.dispose()
    return database


def main() -> None:
    # Whoever is killed needs nobody to wait for it.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        post = msgspec.json.decode(line, type=Post)
        database = rehearsed(post.database_url, post.at)
        child = os.fork()
        if child == 0:
            try:
                work(database, post)
            except BaseException:
                traceback.print_exc()
            os._exit(1)
        os.write(1, f"{child}\n".encode())


class Nursery:
    """The process, and those that it made and that are not yet killed."""

    def __init__(self, process: subprocess.Popen[str], post: Post) -> None:
        self.process, self.post = process, post
        self.alive: list[int] = []

    def start(self) -> None:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(msgspec.json.encode(self.post).decode() + "\n")
        self.process.stdin.flush()
        self.alive.append(int(self.process.stdout.readline()))

    def kill(self, which: int) -> None:
        os.kill(self.alive.pop(which), signal.SIGKILL)


@contextmanager
def nursery(post: Post, complaints: Path) -> Iterator[Nursery]:
    """The nursery; what its workers complain of goes to a file, and nobody survives it."""
    with (
        complaints.open("w") as log,
        subprocess.Popen(
            [sys.executable, "-m", "tests.reminders.nursery"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=log, text=True,
        ) as process,
    ):  # fmt: skip
        found = Nursery(process, post)
        try:
            yield found
        finally:
            while found.alive:
                found.kill(0)
            process.kill()


if __name__ == "__main__":
    main()
