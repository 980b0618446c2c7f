"""Whole exports, taken once: seconds, bytes, and the memory that the server needs for it."""

from __future__ import annotations

import time
from http.client import HTTPConnection
from pathlib import Path
from typing import NamedTuple

from .load import BROWSER, HOST, WrongAnswer, children, spent, used
from .memory import kilobytes
from .server import Running

CHUNK = 1 << 20


class Exported(NamedTuple):
    """One file: seconds until its last byte, processor seconds, bytes as they came, most memory taken."""

    seconds: float
    cpu: float
    bytes: int
    peak: int
    """Bytes: how much the process that made it grew at most."""


def memory(pid: int) -> int:
    """Bytes of memory that the processes under this one hold, what they share counted once."""
    return sum(kilobytes(child, "smaps_rollup", "Pss") for child in children(pid)) * 1024


def export(server: Running, path: str) -> Exported:
    """Ask for a file that nobody has asked for yet."""
    workers = children(server.pid)
    for pid in workers:
        Path(f"/proc/{pid}/clear_refs").write_text("5")  # The peak begins anew.
    held = {pid: kilobytes(pid, "status", "VmRSS") for pid in workers}
    before, begun = used(workers), time.perf_counter()
    size = _fetch(server.port, path)
    seconds, cpu = time.perf_counter() - begun, spent(server.pid, before)
    peak = max(kilobytes(pid, "status", "VmHWM") - held[pid] for pid in workers) * 1024
    return Exported(seconds, cpu, size, peak)


def _fetch(port: int, path: str) -> int:
    connection = HTTPConnection(HOST, port, timeout=600)
    connection.request("GET", path, headers=BROWSER)
    answer = connection.getresponse()
    if answer.status != 200:
        raise WrongAnswer(f"GET {path} : {answer.status} au lieu de 200")
    size = 0
    while chunk := answer.read(CHUNK):
        size += len(chunk)
    connection.close()
    return size
