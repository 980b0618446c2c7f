"""Starting and stopping what is measured: servers on free ports of this machine, each with its database."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection

from app.config import ROOT

from .load import HOST

SECRET = "banc-d-essai-qui-ne-signe-rien-de-vrai"
STATED = ("DATABASE_URL", "PUBLIC_URL", "TRUSTED_HOSTS", "AUTHORITY_NAME", "POLICY_FILE", "TRACE_KEY", "INSTANCE_DIR",
          "SMTP_URL", "MAIL_FROM", "HEARTBEAT_URL", "REMIND_QUEUE")  # fmt: skip
"""What an administrator may have set for their own register, and that must not reach the bench."""


@dataclass(frozen=True)
class Running:
    """A server that answers: where, and which process is the parent of its workers."""

    port: int
    pid: int


def environment(**settings: str) -> dict[str, str]:
    """The environment of a server of the bench: none of the settings of this machine's own register."""
    kept = {
        name: value for name, value in os.environ.items() if name.removesuffix("_FILE") not in (*STATED, "SECRET_KEY")
    }
    return {**kept, **settings}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def serving(what: str, url: str, folder: str) -> Iterator[Running]:
    """The register ("register") or the bare page ("bare"), on this database."""
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "bench.served", what],
        cwd=ROOT,
        env=environment(DATABASE_URL=url, SECRET_KEY=SECRET, PORT=str(port), INSTANCE_DIR=folder),
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert server.stdout is not None
    try:
        if not server.stdout.readline():
            raise RuntimeError(f"bench.served {what} did not start")
        yield Running(port, server.pid)
    finally:
        server.terminate()
        server.wait()
        server.stdout.close()


def answers(port: int) -> bool:
    """Whether the public list is there."""
    connection = HTTPConnection(HOST, port, timeout=10)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
