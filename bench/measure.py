"""One database measured: its registers, small and large, served at once and visited in turn, round after round.

The machine drifts: what is compared is measured within the same seconds, and medians are taken over the rounds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import cycle
from statistics import median, quantiles
from typing import NamedTuple

from app.db import Database, upgrade

from .fill import fill
from .first import First, first_visit
from .load import Request, children, in_turn, spent, together, used
from .server import Running, serving
from .statements import count_statements
from .visits import VISITS, Sources, Visitors

CONNECTIONS = 4
BARE = "bare"
SLOW = {"sign-in"}
"""What takes long on purpose: a tenth of the requests is enough."""


class Effort(NamedTuple):
    """How much to measure: sizes of the registers, rounds, and requests of one round, each way."""

    sizes: tuple[int, ...]
    rounds: int
    requests: int


@dataclass
class Round:
    """What one round says of one visit."""

    cpu: float
    """Processor seconds of the server, a request."""
    database_cpu: float
    rate: float
    """Requests a second, over the connections together."""


@dataclass
class Visit:
    """One thing visited on one server, and all that was measured of it."""

    server: Running
    sources: Sources
    statements: int | None = None
    rounds: list[Round] = field(default_factory=list)
    alone: list[float] = field(default_factory=list)
    loaded: list[float] = field(default_factory=list)

    @property
    def cpu(self) -> float:
        return median(r.cpu for r in self.rounds)

    @property
    def database_cpu(self) -> float:
        return median(r.database_cpu for r in self.rounds)

    @property
    def rate(self) -> float:
        return median(r.rate for r in self.rounds)

    @property
    def cost(self) -> float:
        """Processor seconds, those of the database included."""
        return median(r.cpu + r.database_cpu for r in self.rounds)

    def whole_ratio(self, other: Visit) -> float:
        """How many times the cost of another visit, round by round."""
        pairs = zip(self.rounds, other.rounds, strict=True)
        return median((mine.cpu + mine.database_cpu) / (its.cpu + its.database_cpu) for mine, its in pairs)

    def ratio(self, other: Visit) -> float:
        """How many times the processor time of another visit, round by round."""
        return median(mine.cpu / its.cpu for mine, its in zip(self.rounds, other.rounds, strict=True))


class Register(NamedTuple):
    """What was measured of a register of one size: each visit by its name, and the first visit of a reader."""

    visits: dict[str, Visit]
    first: First
    desk: dict[str, int]
    """The statements of the pages that are not timed, by their French label."""


Figures = dict[int, Register]
"""For each size."""


def percentile(seconds: list[float], rank: int) -> float:
    """The time that `rank` requests out of a hundred stay under."""
    return quantiles(seconds, n=100, method="inclusive")[rank - 1] if len(seconds) > 1 else seconds[0]


def measure(
    make_url: Callable[[str], str], folder: str, effort: Effort, postmaster: int | None, tell: Callable[[str], None]
) -> Figures:
    """Fill a register of each size, serve them all, and visit them in turn."""
    figures: Figures = {}
    with ExitStack() as running:
        for size in effort.sizes:
            url = make_url(f"register_{size}")
            tell(f"remplissage, {size} expérimentations")
            database = Database(url)
            upgrade(database.engine)
            fill(database, size)
            figures[size] = _serve(running, url, folder, database)
        for number in range(effort.rounds + 1):
            tell(f"tour {number} sur {effort.rounds}" if number else "mise en route")
            for register in figures.values():
                for name, visit in register.visits.items():
                    few = max(2, effort.requests // (10 if name in SLOW else 1))
                    visit_once(visit, few if number else max(2, few // 4), postmaster, kept=number > 0)
    return figures


def _serve(running: ExitStack, url: str, folder: str, database: Database) -> Register:
    register = running.enter_context(serving("register", url, folder))
    visitors = Visitors(register.port, database, CONNECTIONS)
    running.callback(visitors.connection.close)
    visits = {name: Visit(register, sources(visitors)) for name, (_, sources) in VISITS.items()}
    for name, counted in count_statements(url, {name: visit.sources[0] for name, visit in visits.items()}).items():
        visits[name].statements = counted
    beside = running.enter_context(serving("bare", url, folder))
    visits[BARE] = Visit(beside, [bare() for _ in range(CONNECTIONS)])
    return Register(visits, first_visit(register.port), count_statements(url, visitors.desk()))


def bare() -> Iterator[Request]:
    return cycle([Request("/")])


def visit_once(visit: Visit, requests: int, postmaster: int | None, *, kept: bool) -> None:
    """One round of one visit: requests one by one for the processor time, then together for the rate."""
    port, pid = visit.server.port, visit.server.pid
    before, database_before = used(children(pid)), used(children(postmaster)) if postmaster else {}
    alone = in_turn(port, visit.sources[0], requests)
    cpu = spent(pid, before) / requests
    database_cpu = spent(postmaster, database_before) / requests if postmaster else 0.0
    rate, loaded = together(port, visit.sources, -(-requests // len(visit.sources)))
    if kept:
        visit.rounds.append(Round(cpu, database_cpu, rate))
        visit.alone += alone
        visit.loaded += loaded
