"""Processes that begin as copies of one that has imported the program: milliseconds, where importing takes a second."""

import multiprocessing
import os
import sys
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path

ROOT = Path(__file__).parent.parent
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(
    ["app.serve", "flask.cli", "tests.domain.worker", "tests.reminders.loop", "tests.server", "tests.warm"]
)


def begin(
    program: Callable[[], object], words: Sequence[str], env: dict[str, str], log: Path, said: Connection | None = None
) -> ForkServerProcess:
    """A process that runs this program, as if these words had been typed: what it writes is in the log, or is said."""
    process = PROCESSES.Process(target=_run, args=(program, list(words), env, log, said))
    process.start()
    return process


def _run(
    program: Callable[[], object], words: list[str], env: dict[str, str], log: Path, said: Connection | None
) -> None:
    os.environ.clear()
    os.environ.update(env)
    os.chdir(ROOT)
    with log.open("w") as file:
        os.dup2(said.fileno() if said else file.fileno(), sys.stdout.fileno())
        os.dup2(file.fileno(), sys.stderr.fileno())
    sys.argv = words
    program()
