"""The first visit, as bytes over the wire; and the cold start, as seconds from ./run serve to the first answer."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import tempfile
import time
from statistics import median
from typing import NamedTuple

from app.config import ROOT

from .load import BROWSER, HOST
from .server import answers, environment, free_port

LINKED = re.compile(rb'<(?:link|script|img)\b[^>]*\b(?:href|src)="(/[^"]+)"[^>]*>')
NAVIGATION = re.compile(rb'rel="(?:alternate|canonical|next|prev|search)"')
"""Links that a browser does not follow by itself."""


class First(NamedTuple):
    requests: int
    bytes: int


def first_visit(port: int) -> First:
    """The public list and all that it loads, for somebody who comes for the first time: heads and bodies, packed."""
    page, weight = _fetch(port, "/", "identity")[1], _fetch(port, "/", "gzip")[0]
    linked = {found[1].decode() for found in LINKED.finditer(page) if not NAVIGATION.search(found[0])}
    return First(1 + len(linked), weight + sum(_fetch(port, path, "gzip")[0] for path in linked))


def _fetch(port: int, path: str, encoding: str) -> tuple[int, bytes]:
    """Every byte that the server sends, and the body."""
    headers = {**BROWSER, "Host": f"{HOST}:{port}", "Accept-Encoding": encoding, "Connection": "close"}
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    with socket.create_connection((HOST, port), timeout=30) as wire:
        wire.sendall(f"GET {path} HTTP/1.1\r\n{lines}\r\n".encode())
        received = b"".join(iter(lambda: wire.recv(65536), b""))
    head, _, body = received.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200"), f"{path}: {head[:40]!r}"
    return len(received), body


def cold_start(times: int) -> float:
    """Seconds from the command to the first answer, on a register made by an earlier start: the median of a few."""
    with tempfile.TemporaryDirectory() as instance:
        _start(instance)
        return median(_start(instance) for _ in range(times))


def _start(instance: str) -> float:
    port, begun = free_port(), time.perf_counter()
    server = subprocess.Popen(
        ["./run", "serve"],
        cwd=ROOT,
        env=environment(INSTANCE_DIR=instance, PORT=str(port)),
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        while not answers(port):
            if server.poll() is not None:
                raise RuntimeError("./run serve did not start")
            time.sleep(0.005)
        return time.perf_counter() - begun
    finally:
        # As Ctrl-C does: whatever it started ends with it. A worker that is being born would not hear it, and gunicorn
        # would wait for it for thirty seconds.
        time.sleep(0.5)
        if server.poll() is None:
            os.kill(server.pid, signal.SIGINT)
        server.wait()
