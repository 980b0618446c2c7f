"""The real server, as ./run serve starts it: a process of its own, its workers, its threads."""

import os
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy.orm import Session

from app import auth, clock
from app.db import Database
from experiments.model import Person

ROOT = Path(__file__).parent.parent
SECRET = "une clé qui ne sert qu’aux tests, de plus de 32 caractères"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Server:
    """A server that answers, and those who are signed in to it."""

    def __init__(self, process: subprocess.Popen[str], port: int, database_url: str) -> None:
        self.process, self.port, self.url = process, port, f"http://127.0.0.1:{port}"
        self.database = Database(database_url)
        self.browsers: list[Browser] = []

    def workers(self) -> list[int]:
        """The processes that answer requests."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [int(pid) for pid in children if "app.serve" in Path(f"/proc/{pid}/cmdline").read_text()]

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


@contextmanager
def serving(database_url: str, instance: Path, **more: str) -> Iterator[Server]:
    """The server on this database, once it is ready; ended with its workers at the end."""
    port = free_port()
    env = {**os.environ, "DATABASE_URL": database_url, "SECRET_KEY": SECRET, "INSTANCE_DIR": str(instance),
           "PORT": str(port), "PYTHONUNBUFFERED": "1", **more}  # fmt: skip
    log = (instance / "server.log").open("w")
    process = subprocess.Popen(
        [sys.executable, "-m", "app.serve", "--empty"], cwd=ROOT, env=env, text=True, stdout=subprocess.PIPE, stderr=log
    )
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("Ctrl-C"):
            break
    assert process.poll() is None, (instance / "server.log").read_text()
    server = Server(process, port, database_url)
    try:
        yield server
    finally:
        server.close()
        waiting = server.workers() if process.poll() is None else []
        process.terminate()
        # They would wait a second more for requests that nobody sends.
        for worker in waiting:
            os.kill(worker, signal.SIGKILL)
        try:
            process.wait(20)
        finally:
            if process.poll() is None:
                process.kill()
            process.stdout.close()
            log.close()
