"""The real server, as ./run serve starts it: a process of its own, its workers, its threads."""

import os
import secrets
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPResponse
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy.orm import Session

from app import auth, clock, serve
from app.db import Database
from experiments.model import Person
from tests.forked import PROCESSES, begin

SECRET = "une clé qui ne sert qu’aux tests, de plus de 32 caractères"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Server:
    """A server that answers, and those who are signed in to it."""

    def __init__(self, process: ForkServerProcess, port: int, database_url: str) -> None:
        self.process, self.port, self.url = process, port, f"http://127.0.0.1:{port}"
        self.database = Database(database_url)
        self.browsers: list[Browser] = []

    def workers(self) -> list[int]:
        """The processes that answer requests."""
        pid = self.process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        # They are copies of it; the reminder is another program.
        return [int(child) for child in children if _program(child) == _program(pid)]

    def kill_a_worker(self) -> None:
        os.kill(secrets.choice(self.workers()), signal.SIGKILL)

    def browser(self, person: Callable[[Session], Person]) -> "Browser":
        """Somebody signed in, without the time that a password takes."""
        with self.database.changing() as session:
            user = auth.open_session(session, person(session), clock.now(), "tests")
        self.browsers.append(Browser(self.port, user.token))
        return self.browsers[-1]

    def close(self) -> None:
        for browser in self.browsers:
            browser.connection.close()
        self.database.engine.dispose()


class Browser:
    """One connection, one cookie."""

    def __init__(self, port: int, token: str) -> None:
        self.port, self.connection = port, HTTPConnection("127.0.0.1", port, timeout=30)
        signer = Flask(__name__)
        signer.secret_key = SECRET
        raw = secrets.token_hex(20)
        content = {"_user_id": token, "_fresh": True, "csrf_token": raw}
        serializer = SecureCookieSessionInterface().get_signing_serializer(signer)
        assert serializer is not None
        self.cookie = f"jalon={serializer.dumps(content)}"
        self.csrf = URLSafeTimedSerializer(SECRET, salt="wtf-csrf-token").dumps(raw)

    def post(self, path: str, fields: dict[str, str]) -> HTTPResponse:
        """What a form is answered, read to its end. Raises OSError or HTTPException when nobody answers."""
        body = urlencode({**fields, "csrf_token": self.csrf})
        headers = {"Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"}
        try:
            self.connection.request("POST", path, body, headers)
            answer = self.connection.getresponse()
            answer.read()
        except Exception:
            self.connection.close()
            raise
        return answer


def _program(pid: object) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


def _serve_alone() -> None:
    # Nobody here waits for a mail: the reminder is one more Python, and loading the program costs it two seconds.
    serve.REMIND = ("sleep", "infinity")  # type: ignore[assignment]
    serve.main()


@contextmanager
def serving(database_url: str, instance: Path, *, reminds: bool = False, **more: str) -> Iterator[Server]:
    """The server on this database, once it is ready; ended with its workers at the end."""
    port, log = free_port(), instance / "server.log"
    env = {**os.environ, "DATABASE_URL": database_url, "SECRET_KEY": SECRET, "INSTANCE_DIR": str(instance),
           "PORT": str(port), **more}  # fmt: skip
    heard, said = PROCESSES.Pipe(duplex=False)
    process = begin(serve.main if reminds else _serve_alone, ("./run serve", "--empty"), env, log, said)
    said.close()
    with heard, open(heard.fileno(), closefd=False) as lines:
        for line in lines:
            if line.startswith("Ctrl-C"):
                break
        assert process.is_alive(), log.read_text()
        server = Server(process, port, database_url)
        try:
            yield server
        finally:
            server.close()
            waiting = server.workers() if process.is_alive() else []
            process.terminate()
            # They would wait a second more for requests that nobody sends.
            for worker in waiting:
                with suppress(ProcessLookupError):  # It went by itself.
                    os.kill(worker, signal.SIGKILL)
            process.join(20)
            if process.is_alive():
                process.kill()
