"""The public side measured: each page asked for in three ways, on registers served at once and visited in turn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from http.client import HTTPConnection
from itertools import cycle
from typing import NamedTuple

from app import create_app
from app.config import load_config
from app.db import Database, upgrade

from .cluster import Cluster
from .exported import Exported, export, memory
from .fill import fill
from .first import First, first_visit
from .load import BROWSER, HOST, Request, WrongAnswer, fresh, send, together
from .measure import CONNECTIONS, Visit, bare, visit_once
from .million import multiply
from .public_visits import EXPORTS, FEEDS, PROMISED, VISITS, Way, addresses
from .server import SECRET, Running, environment, serving
from .statements import counted

OFTEN = 3
"""What the server keeps is quick: so many times more requests."""


class Effort(NamedTuple):
    """Sizes of the registers, rounds, requests of one round; how many times the largest is multiplied on PostgreSQL."""

    sizes: tuple[int, ...]
    rounds: int
    requests: int
    times: int


@dataclass
class Register:
    """One register: its pages by name and way, and what else was measured."""

    database: Database
    server: Running
    paths: dict[str, list[str]]
    beside: dict[str, Visit] = field(default_factory=dict)
    """The bare page, as it was visited within the same seconds as each page."""
    visits: dict[str, dict[Way, Visit]] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    """Bytes of a page over the wire, packed, without its head."""
    exports: dict[str, Exported] = field(default_factory=dict)
    first: First | None = None
    resident: int = 0
    """Bytes of memory of the processes that answer, once all was measured."""


Figures = dict[int, Register]
Tell = Callable[[str], None]


def measure(
    make_url: Callable[[str], str], folder: str, effort: Effort, cluster: Cluster | None, tell: Tell
) -> Figures:
    """Fill a register of each size, serve them all, and visit them in turn."""
    figures: Figures = {}
    with ExitStack() as running:
        filled = list(_registers(make_url, effort, cluster, tell))
        for size, database in filled:
            figures[size] = _serve(running, database, folder, tuple(VISITS) if size in effort.sizes else PROMISED)
        for number in range(effort.rounds + 1):
            tell(f"tour {number} sur {effort.rounds}" if number else "mise en route")
            postmaster = cluster.pid if cluster else None
            _round(
                list(figures.values()),
                effort.requests if number else min(4, effort.requests),
                postmaster,
                kept=number > 0,
            )
        for size, register in figures.items():
            register.first, register.resident = first_visit(register.server.port), memory(register.server.pid)
            if size in effort.sizes:
                tell(f"exports, {size} expérimentations")
                register.exports = {path: export(register.server, path) for path in EXPORTS}
    return figures


def _registers(
    make_url: Callable[[str], str], effort: Effort, cluster: Cluster | None, tell: Tell
) -> Iterator[tuple[int, Database]]:
    """Each register, filled; on PostgreSQL, the largest once more, multiplied."""
    for size in effort.sizes:
        tell(f"remplissage, {size} expérimentations")
        database = Database(make_url(_name(size)), hasty=True)
        upgrade(database.engine)
        fill(database, size, whole=False)
        yield size, database
    if cluster:
        largest = effort.sizes[-1]
        tell(f"remplissage, {largest * effort.times} expérimentations")
        database = Database(cluster.create(_name(largest * effort.times), _name(largest)), hasty=True)
        multiply(database, effort.times)
        yield largest * effort.times, database


def _name(size: int) -> str:
    return f"public_{size}"


def _serve(running: ExitStack, database: Database, folder: str, names: tuple[str, ...]) -> Register:
    server = running.enter_context(serving("register", database.url, folder))
    beside = running.enter_context(serving("bare", database.url, folder))
    paths = addresses(database, names)
    register = Register(database, server, paths)
    counts = _statements(database.url, paths)
    wire = HTTPConnection(HOST, server.port, timeout=60)
    for name, some in paths.items():
        # All of what is kept is asked for at one address.
        register.sizes[name] = len(send(wire, Request(some[0]))[0])
        held = Request(some[0], headers={"If-None-Match": _tag(server.port, some[0])}, expects=304)
        sources = {
            Way.FRESH: [fresh(some, 1_000_000 * rank) for rank in range(CONNECTIONS)],
            Way.KEPT: [cycle([Request(some[0])]) for _ in range(CONNECTIONS)],
            Way.HELD: [cycle([held]) for _ in range(CONNECTIONS)],
        }
        register.beside[name] = Visit(beside, [bare() for _ in range(CONNECTIONS)])
        register.visits[name] = {way: Visit(server, sources[way], counts[name][way]) for way in Way}
    wire.close()
    return register


def _tag(port: int, path: str) -> str:
    connection = HTTPConnection(HOST, port, timeout=60)
    connection.request("GET", path, headers=BROWSER)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.headers["ETag"] or ""


def _statements(url: str, paths: dict[str, list[str]]) -> dict[str, dict[Way, int]]:
    """The statements of each page, asked for in each way, in this process."""
    app = create_app(load_config(environment(DATABASE_URL=url, SECRET_KEY=SECRET)))
    client = app.test_client(use_cookies=False)
    found = {}
    with counted(app.extensions["database"]) as said:

        def ask(path: str, status: int, **headers: str) -> tuple[int, str]:
            said.clear()
            answer = client.get(path, headers={**BROWSER, **headers})
            answer.close()
            if answer.status_code != status:
                raise WrongAnswer(f"{path} : {answer.status_code} au lieu de {status}")
            return len(said), answer.headers["ETag"] or ""

        for name, some in paths.items():
            first = max(ask(path, 200)[0] for path in some[:2])
            kept, tag = ask(some[0], 200)
            held, _ = ask(some[0], 304, **{"If-None-Match": tag})
            found[name] = {Way.FRESH: first, Way.KEPT: kept, Way.HELD: held}
    return found


def _round(registers: list[Register], requests: int, postmaster: int | None, *, kept: bool) -> None:
    """One round: each page of each register beside the bare page, so that they are compared within the same seconds."""
    for name in VISITS:
        for register in (one for one in registers if name in one.visits):
            visit_once(register.beside[name], requests, postmaster, kept=kept)
            for way, visit in register.visits[name].items():
                count = requests if way is Way.FRESH else requests * OFTEN
                if name in FEEDS and way is Way.FRESH:
                    count = max(1, requests // 12)
                if way is Way.KEPT:
                    # Each process that answers keeps its own.
                    together(visit.server.port, [*visit.sources, *visit.sources], 2)
                visit_once(visit, count, postmaster, kept=kept)
