"""The report, drawn from public records and a year: a pure function, which anyone may run on the open data."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from msgspec import Struct

from ..past import as_of, crossings
from ..policy import current as policy
from ..published import Published
from .declared import Figure, Section
from .figures import FIGURES
from .late import Awaited, awaited
from .life import Life, tell
from .period import Period


class Month(Struct):
    """How many experiments were under way on the last day of a month."""

    on: date
    under_way: int


class Report(Struct):
    """What page, PDF, CSV, JSON and command show. `experiments` holds all that the figures are reckoned from."""

    year: int
    since: date
    until: date
    made_on: date
    is_over: bool
    publication_weeks: int
    """The local rule: an evaluation is published so many weeks after the decision."""
    figures: list[Figure]
    months: list[Month]
    late: list[Awaited]
    """All that the public was owed and had not got on the last day, the longest since first."""
    experiments: list[Life]

    def __getitem__(self, code: str) -> Figure:
        """One figure, by its code."""
        return next(one for one in self.figures if one.code == code)

    def group(self, prefix: str) -> list[Figure]:
        """The figures that share a beginning: « stop » for all the reasons of stops."""
        return [one for one in self.figures if one.code.startswith(f"{prefix}.")]

    def section(self, section: Section) -> list[Figure]:
        return [one for one in self.figures if one.section is section]

    def named(self, numbers: Iterable[str]) -> list[Life]:
        """The experiments of these numbers."""
        wanted = set(numbers)
        return [x for x in self.experiments if x.number in wanted]


def draw(records: Iterable[Published], year: int, made_on: date) -> Report:
    """The report of a year, made on a day. One record is held at a time: only those of the year leave a trace."""
    period = Period(year, made_on)
    lives: list[Life] = []
    late: list[Awaited] = []
    for x in records:
        gates = crossings(x)
        then = as_of(x, gates, period.last)
        late += awaited(x, then, period)
        if life := tell(x, gates, then, period):
            lives.append(life)
    lives.sort(key=lambda x: _order(x.number))
    return Report(
        year=year, since=period.first, until=period.last, made_on=made_on, is_over=period.is_over,
        publication_weeks=policy().publication.weeks_after_decision,
        figures=[declared.drawn(lives, period) for declared in FIGURES],
        months=[Month(day, sum(_is_under_way(x, day) for x in lives)) for day in period.months()],
        late=sorted(late, key=lambda one: (one.due_on, _order(one.number))), experiments=lives,
    )  # fmt: skip


def _order(number: str) -> tuple[int, int]:
    return int(number[:4]), int(number[5:])


def _is_under_way(x: Life, day: date) -> bool:
    begun = x.authorised_on is not None and x.authorised_on <= day
    return begun and (x.decided_on is None or x.decided_on > day)
