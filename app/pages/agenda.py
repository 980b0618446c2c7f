"""What is due, for whoever is signed in: as a list, by month, by year, and all lives on one scale."""

from __future__ import annotations

from calendar import Calendar
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from app import auth, clock, db, places
from app.gantt import Life, scale_of
from app.pole import MONTHS
from app.presentation import own_pole_of
from experiments import appointments, queries
from experiments.dates import add_months
from experiments.workdays import public_holidays

from . import desk, shell
from .access import signed_in
from .due import DueLine, lines
from .paging import page_asked

bp = Blueprint("agenda", __name__, url_prefix="/espace/echeances")

SPANS = {"30": "30 jours", "90": "90 jours", "": "Tout"}
FIRST, LAST = date(2000, 1, 1), date(2100, 12, 1)
IN_A_DAY, IN_A_MONTH, IN_A_CHART = 4, 400, 50
MONDAY_FIRST = Calendar(0)


def month_name(day: date) -> str:
    """« novembre 2026 »."""
    return f"{MONTHS[day.month - 1]} {day.year}"


@bp.get("")
@signed_in
def listed() -> ResponseReturnValue:
    """Everything that is due, the earliest first: what is late, then month after month."""
    today, span = clock.today(), request.args.get("dans", "")
    span, after = span if span in SPANS else "", places.read(request.args.get("page", ""))
    found = appointments.mine(
        db.session(), auth.me(), today, until=today + timedelta(int(span)) if span else None,
        after=after, limit=appointments.PAGE + 1,
    )  # fmt: skip
    shown = found[: appointments.PAGE]
    following = places.written(shown[-1].due_on, shown[-1].id) if len(found) > len(shown) else ""
    grouped = groupby(
        lines(shown, auth.me(), today), lambda line: "En retard" if line.late else month_name(line.on).capitalize()
    )
    return render_template(
        "agenda/list.html", groups=[(heading, [*of]) for heading, of in grouped], spans=SPANS, span=span,
        following=following, paged=after is not None, month=today,
    )  # fmt: skip


@dataclass(frozen=True)
class Day:
    """One day of a month. `more`: how many deadlines are not shown here."""

    on: date
    inside: bool
    holiday: str
    lines: list[DueLine]
    more: int


@bp.get("/mois/<month:month>")
@signed_in
def month(month: date) -> ResponseReturnValue:
    """One month, week by week."""
    session, me, today = db.session(), auth.me(), clock.today()
    last = add_months(month, 1) - timedelta(1)
    counts = appointments.per_day(session, me, today, month, last)
    found: dict[date, list[DueLine]] = defaultdict(list)
    if counts:
        shown = appointments.mine(session, me, today, since=month, until=last, limit=IN_A_MONTH)
        for line in lines(shown, auth.me(), today):
            found[line.on].append(line)

    def day(on: date) -> Day:
        kept = found[on][:IN_A_DAY]
        return Day(on, on.month == month.month, public_holidays(on.year).get(on, ""), kept,
                   counts.get(on, 0) - len(kept) if on.month == month.month else 0)  # fmt: skip

    weeks = [[day(on) for on in week] for week in MONDAY_FIRST.monthdatescalendar(month.year, month.month)]
    return render_template(
        "agenda/month.html", month=month, name=month_name(month), weeks=weeks, total=sum(counts.values()),
        before=add_months(month, -1) if month > FIRST else None, after=add_months(month, 1) if month < LAST else None,
        month_name=month_name,
    )  # fmt: skip


@bp.get("/annee/<year:year>")
@signed_in
def year(year: int) -> ResponseReturnValue:
    """Twelve small months."""
    counts = appointments.per_day(db.session(), auth.me(), clock.today(), date(year, 1, 1), date(year, 12, 31))
    months = []
    for number in range(1, 13):
        total = sum(count for day, count in counts.items() if day.month == number)
        months.append((date(year, number, 1), MONDAY_FIRST.monthdatescalendar(year, number), total))
    return render_template(
        "agenda/year.html", year=year, months=months, counts=counts, total=sum(counts.values()), names=MONTHS,
        holidays=public_holidays(year), first=FIRST.year, last=LAST.year,
    )  # fmt: skip


@bp.get("/frise")
@signed_in
def chart() -> ResponseReturnValue:
    """The poles of the files that one follows, all on one scale of time."""
    page, me, today = page_asked(), auth.me(), clock.today()
    rows = queries.rows_followed(
        db.session(), me, desk.statuses_followed(me), skip=IN_A_CHART * (page - 1), limit=IN_A_CHART
    )
    drawn = [(row, own_pole_of(row, today, whole=True)) for row in rows[:IN_A_CHART]]
    scale = scale_of([(row.starts_on, pole) for row, pole in drawn if pole.extent], today)
    lives = [
        Life(
            f"{shell.BASE}/{row.number}", row.number, row.title or "Sans titre", str(row.status), row.status.label,
            pole.kind == "overdue", pole, scale.place(row.starts_on, pole) if pole.extent else None,
        )
        for row, pole in drawn
    ]  # fmt: skip
    return render_template("agenda/chart.html", lives=lives, scale=scale, page=page, more=len(rows) > IN_A_CHART,
                           first=month_name(scale.first), last=month_name(add_months(scale.last, -1)),
                           month=today)  # fmt: skip
