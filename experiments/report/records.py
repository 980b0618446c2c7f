"""The public records that a report reads: those of its year, and those that owe something since."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from sqlalchemy import Connection, or_, select

from .. import published
from ..ladder import PARIS
from ..model import Publication as P
from ..policy import current as policy
from ..published import Published
from ..vocabulary import ENDED
from .period import Period

BATCH = 200


def records(public: Connection, period: Period) -> Iterator[Published]:
    """What was proposed by then and not over before, batch by batch; `draw` judges each, and would leave out others."""
    first = datetime.combine(period.first, time(), PARIS)
    waiting = timedelta(weeks=policy().publication.weeks_after_decision)
    still = or_(
        P.status.not_in(ENDED), P.changed_at >= first, P.ends_on >= period.first,
        P.decided_on >= period.first - waiting, P.owed_on < period.last,
    )  # fmt: skip
    query = select(P.id, P.document).where(P.number < str(period.year + 1), still).order_by(P.id).limit(BATCH)
    after = 0
    while batch := public.execute(query.where(P.id > after)).all():
        yield from (published.read(row.document) for row in batch)
        after = batch[-1].id
