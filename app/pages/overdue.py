"""The overdue board: what the public was promised and has not got, by organisation, with the arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from flask import Blueprint, render_template, request

from app import clock, db, places
from app.db import Database
from app.i18n import gettext as _
from app.i18n import ngettext, to
from app.keeping import kept
from app.sheet.waited import Debt, debt
from app.wording import number
from experiments import lateness, publications, register
from experiments.lateness import Counts
from experiments.published import Owing, Reply

bp = Blueprint("overdue", __name__)

PAGE = 25
"""Experiments of a page."""


@dataclass(frozen=True)
class Row:
    """One experiment that is late: its debts, the oldest first, and what its carrier answers to them."""

    number: str
    title: str
    url: str
    debts: list[Debt]
    replies: list[Reply]


@bp.get("/retards")
@kept
def board() -> str:
    """What is late, an experiment a row, under its organisation; the longest delays first."""
    today, after = clock.today(), places.read(request.args.get("page", ""))
    found = publications.owing(db.public(), today, after=after, limit=PAGE)
    shown = found[:PAGE]
    following = ""
    if len(found) > len(shown):
        following = to(f"/retards?page={places.written(*shown[-1][0])}")
    summary = _summary(_counted(db.database(), register.version(db.public()), today))
    return render_template(
        "public/overdue.html",
        organisations=_by_organisation([x for _place, x in shown]),
        summary=summary,
        is_promised=bool(summary) or publications.has_promised(db.public()),
        is_first=after is None,
        following=following,
    )


@lru_cache(maxsize=4)
def _counted(_database: Database, _version: int, today: date) -> Counts:
    """How much is late of the whole register: reckoned once for each of its versions, whatever page is asked for."""
    return lateness.counts(db.public(), today)


def _summary(counts: Counts) -> str:
    """« 3 retards, dans 2 expérimentations de 2 organismes. »; nothing when nothing is late."""
    if not counts.late:
        return ""
    late, files, bodies = counts.late, counts.experiments, counts.organisations
    return _(
        "%(late)s, dans %(experiments)s %(organisations)s.",
        late=ngettext("%(num)s\u00a0retard", "%(num)s\u00a0retards", late, num=number(late)),
        experiments=ngettext("%(num)s\u00a0expérimentation", "%(num)s\u00a0expérimentations", files, num=number(files)),
        organisations=ngettext("d’un seul organisme", "de %(num)s\u00a0organismes", bodies, num=number(bodies)),
    )


def _by_organisation(found: Sequence[Owing]) -> list[tuple[str, list[Row]]]:
    """The rows under their organisations, each where its oldest debt stands."""
    groups: dict[str, list[Row]] = {}
    for x in found:
        groups.setdefault(x.organisation, []).append(_row(x))
    return list(groups.items())


def _row(x: Owing) -> Row:
    today = clock.today()
    debts = [debt(one) for one in lateness.late(x, today)]
    return Row(x.number, x.title, to(f"/experimentations/{x.number}"), debts, lateness.answers(x, today))
