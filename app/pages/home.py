"""The public register: what is being tried, as a list, as a chart, as a map; narrowed by the filters of its address."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app import asked as addresses
from app import clock, db, facets, places, tiles
from app.asked import Asked
from app.gantt import Life, Scale, scale_of
from app.i18n import lang, to
from app.keeping import kept
from app.presentation import listed_pole_of, public_line, standing_of
from app.wording import month
from experiments import lists, publications
from experiments.dates import add_months
from experiments.filters import LATEST_FIRST, Filters
from experiments.lists import Counts, Found
from experiments.model import Experiment
from experiments.policy import current as policy
from experiments.rows import Hit, Listed

bp = Blueprint("home", __name__)

SOON = timedelta(90)
NUMBER = re.compile(r"\d{4}-\d{3,9}", re.ASCII)
PAGE = 18
"""Lines of a page: more, all of them late, would no longer be an A of the EcoIndex."""
PAGES = {"frise": 50}
"""A chart is read whole, and its lines are four elements each."""
RECENT = 3
"""How many of the last decisions the home shows."""


@dataclass(frozen=True)
class Leaf:
    """One page of what was found: its rows, and the address of the next."""

    rows: Sequence[Listed]
    following: str


@bp.get("/")
@kept
def index() -> ResponseReturnValue:
    """What is being tried, one line each; whoever searches for a number is led to it."""
    asked, today = addresses.read(request.args), clock.today()
    number = asked.filters.text
    if NUMBER.fullmatch(number) and publications.document(db.public(), number):
        return redirect(to(f"/experimentations/{number}"))
    found, met = lists.find_near(db.public(), asked.filters, today)
    leaf = Leaf((), "") if asked.view == "carte" else leaf_of(asked, found, today)
    unsorted = found.capped and asked.view != "carte" and not lists.has_shelf(asked.filters)
    return render_template(
        "public/register.html",
        asked=asked,
        found=found,
        widely=met.widely,
        leaf=leaf,
        groups=facets.groups(asked, found.standing),
        known_groups=addresses.GROUPS,
        names=addresses.NAMES,
        has_map=bool(policy().tiles),
        views=addresses.VIEWS,
        unsorted=unsorted,
        latest_first=unsorted or asked.filters.status in LATEST_FIRST,
        **_drawn(asked, met, leaf, today),
        **(_home(today) if asked == Asked(Filters()) else {"soon": 0, "recent": ()}),
    )


@bp.get("/filtres")
@kept
def narrowing() -> str:
    """The ways to narrow a list further, with how many each would keep; the address is that of the list."""
    asked, today = addresses.read(request.args), clock.today()
    found, met = lists.find_near(db.public(), asked.filters, today)
    counts = lists.count(db.public(), met, today)
    instead = {kind: _without(kind, met, today) for kind in facets.TITLES if getattr(met, kind)}
    return render_template(
        "public/filters.html",
        asked=asked,
        found=found,
        groups=facets.groups(asked, found.standing),
        facets=facets.of(asked, found, counts, instead),
        capped=any(one.capped for one in (counts, *instead.values())),
        known_groups=addresses.GROUPS,
    )


def _without(kind: str, met: Filters, today: date) -> Counts:
    """What the others of these filters keep: choosing again of the same kind takes the place of what was chosen."""
    nothing: dict[str, Any] = {kind: ""}
    return lists.count(db.public(), replace(met, **nothing), today)


def leaf_of(asked: Asked, found: Found, today: date) -> Leaf:
    """One page of what was found, after the place that the address gives."""
    count = PAGES.get(asked.view, PAGE)
    last: Listed | Hit | None
    if found.capped or lists.has_shelf(asked.filters):
        rows = lists.page(db.public(), asked.filters, found, today, after=asked.after, limit=count)
        last = rows[count - 1] if len(rows) > count else None
    else:
        hits = found.hits[_rank(asked, found) :]
        rows = lists.rows(db.public(), [hit.id for hit in hits[:count]])
        last = hits[count - 1] if len(hits) > count else None
    # What was refused may have no dates: it stands after all that has, as _rank has it.
    return Leaf(rows[:count], asked.url(after=places.written(last.ends_on or date.max, last.id)) if last else "")


def _rank(asked: Asked, found: Found) -> int:
    """How many hits stand before the place that the address gives, that one included."""
    if asked.after is None:
        return 0
    places = [(hit.ends_on or date.max, hit.id) for hit in found.hits]
    if asked.after in places:
        return places.index(asked.after) + 1
    # What stood there is gone from the list: go on from where it would be.
    backwards = asked.filters.status in LATEST_FIRST
    return sum(place > asked.after if backwards else place < asked.after for place in places)


def _home(today: date) -> dict[str, Any]:
    """What only the home says: what ends soon, what was decided lately."""
    soon = lists.how_many_end(db.public(), today, today + SOON)
    return {
        "soon": soon if soon <= lists.MOST else 0,
        "recent": [public_line(row, today, lang(), 3) for row in lists.latest(db.public(), limit=RECENT)],
    }


def _drawn(asked: Asked, met: Filters, leaf: Leaf, today: date) -> dict[str, Any]:
    """What the view asked for draws."""
    if asked.view == "carte":
        anywhere = replace(met, commune="")
        past = lists.count(db.public(), replace(anywhere, status="past"), today) if not met.status else None
        return {"tiles": tiles.of(asked, lists.count(db.public(), anywhere, today), past)}
    if asked.view == "frise":
        return _chart(leaf.rows, today)
    return {"lines": [public_line(row, today, lang()) for row in leaf.rows]}


def _chart(rows: Sequence[Any], today: date) -> dict[str, Any]:
    poles = [(row, listed_pole_of(row, today, whole=True)) for row in rows]
    scale: Scale = scale_of([(row.starts_on, pole) for row, pole in poles if pole.extent], today)
    lives = [
        Life(to(f"/experimentations/{row.number}"), row.number, row.title, str(row.status),
             standing_of(row), Experiment.is_overdue(row, today), pole,
             scale.place(row.starts_on, pole) if pole.extent else None)
        for row, pole in poles
    ]  # fmt: skip
    return {
        "lives": lives, "scale": scale, "first": month(scale.first),
        "last": month(add_months(scale.last, -1)),
    }  # fmt: skip
