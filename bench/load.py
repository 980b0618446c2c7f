"""The load: requests sent over kept connections to this machine alone, timed; and the processor time that they cost."""

from __future__ import annotations

import ctypes
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from itertools import count, cycle
from pathlib import Path

HOST = "127.0.0.1"
BROWSER = {
    "Accept": "text/html,application/xhtml+xml",
    "Accept-Encoding": "gzip",
    "Accept-Language": "fr",
    "User-Agent": "jalon-bench",
}


@dataclass(frozen=True)
class Request:
    """One request, and the status that its answer must have."""

    path: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    expects: int = 200


def fresh(paths: list[str], first: int = 0) -> Iterator[Request]:
    """Read these in turn, at addresses that are never the same: they differ by a word that the pages ignore."""
    for path, number in zip(cycle(paths), count(first), strict=False):
        # The API refuses a name that it does not know; this one changes nothing there.
        name = "vue" if path.startswith("/api/") else "essai"
        yield Request(f"{path}{'&' if '?' in path else '?'}{name}={number}")


class WrongAnswer(Exception):
    """What was measured is not what should have been: no figure is worth anything."""


def send(connection: HTTPConnection, request: Request) -> tuple[bytes, list[str]]:
    """The body of the answer, and its cookies. Raises WrongAnswer."""
    try:
        connection.request(request.method, request.path, request.body, {**BROWSER, **request.headers})
        answer = connection.getresponse()
        body = answer.read()
    except (HTTPException, OSError) as error:
        connection.close()
        raise WrongAnswer(f"{request.method} {request.path} : {type(error).__name__} {error}") from error
    if answer.status != request.expects:
        raise WrongAnswer(f"{request.method} {request.path} : {answer.status} au lieu de {request.expects}")
    return body, answer.headers.get_all("Set-Cookie", [])


def in_turn(port: int, requests: Iterator[Request], count: int) -> list[float]:
    """The seconds that each of so many requests took, one after the other, on one connection."""
    connection = HTTPConnection(HOST, port, timeout=30)
    connection.connect()
    seconds = []
    for _ in range(count):
        request = next(requests)
        begun = time.perf_counter()
        send(connection, request)
        seconds.append(time.perf_counter() - begun)
    connection.close()
    return seconds


def together(port: int, sources: Iterable[Iterator[Request]], count: int) -> tuple[float, list[float]]:
    """Requests a second, and the seconds that each took, with one connection for each source, `count` requests each."""
    seconds: list[float] = []
    errors: list[Exception] = []

    def work(requests: Iterator[Request]) -> None:
        try:
            seconds.extend(in_turn(port, requests, count))
        except WrongAnswer as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(requests,)) for requests in sources]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    elapsed = time.perf_counter() - begun
    if errors:
        raise errors[0]
    return len(seconds) / elapsed, seconds


def children(pid: int) -> list[int]:
    """The processes that this one started and that are still alive."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            # The name of the program stands in parentheses and may hold anything.
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue  # It ended meanwhile.
        if parent == pid:
            found.append(int(stat.parent.name))
    return found


_clock_of = ctypes.CDLL(None).clock_getcpuclockid


def used(pids: Iterable[int]) -> dict[int, float]:
    """Processor seconds that each of these processes has used since it began, threads that ended included."""
    found = {}
    for pid in pids:
        clock = ctypes.c_int()
        # /proc/PID/stat says the same, but counts in hundredths of a second.
        if _clock_of(pid, ctypes.byref(clock)) == 0:
            found[pid] = time.clock_gettime(clock.value)
    return found


def spent(pid: int, before: Mapping[int, float]) -> float:
    """The processor seconds that the children of a process used since then; one that came meanwhile began at zero."""
    return sum(now - before.get(child, 0.0) for child, now in used(children(pid)).items())
