"""What every page of a file is set in: its head, its tabs, the list of its parts and what is left to write."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

from flask import abort, current_app, render_template

from app import auth, clock, db
from app.doers import done_by
from app.presentation import suspended_on, whole_pole_of
from experiments import queries, voices
from experiments.gates import Verdict, examine
from experiments.lifecycle import LIFECYCLE
from experiments.model import Experiment
from experiments.parts import PARTS, Freeze, PartOfFile
from experiments.policies import may_lead, may_see, roles_of
from experiments.requirements.how import OPINIONS_PAGE, TEAM_PAGE, Point
from experiments.vocabulary import Outcome, Part, Status

BASE = "/espace/experimentations"


def is_demonstration() -> bool:
    """Whether this register is the demonstration one."""
    return bool(current_app.jinja_env.globals["demo"])


def load(number: str, *, for_change: bool = False) -> Experiment:
    """The file of this number, for somebody who may see it; for anybody else it does not exist."""
    x = queries.file(db.session(), number, for_change=for_change)
    if x is None or not may_see(auth.me(), x):
        abort(404)
    return x


def address(x: Experiment, page: str = "", anchor: str = "") -> str:
    """The exact place of a field: its page and, on it, its anchor."""
    return f"{BASE}/{x.number}{'/' + page if page else ''}{'#' + quote(anchor) if anchor else ''}"


@dataclass(frozen=True)
class Check:
    """A point of a verdict, as the checklist shows it."""

    label: str
    url: str | None
    who: str
    source: str
    holds: bool


def checks(x: Experiment, points: Iterable[Point]) -> list[Check]:
    """Points with the address where each is mended; what only time mends has none."""
    return [
        Check(p.label, address(x, p.page, p.anchor) if p.who else None, done_by(p.who), p.source, p.holds)
        for p in points
    ]


def verdicts(x: Experiment) -> list[Verdict]:
    """What the judge says of every way on, for the person signed in, today; the ways out come last."""
    roles = roles_of(auth.me(), x)
    ways = sorted(LIFECYCLE.leaving(x.status), key=lambda gate: gate.aside)
    return [examine(gate, x, roles, clock.today()) for gate in ways]


def points_ahead(x: Experiment, seen: Iterable[Verdict] | None = None) -> list[Point]:
    """What the next gates ask of the file. Extending is a choice: it asks nothing of whoever has not begun to."""
    found = {}
    for verdict in verdicts(x) if seen is None else seen:
        if verdict.gate.outcome is Outcome.EXTENSION and x.part("prolongation") is None:
            continue
        for point in verdict.points:
            found[point.code, point.anchor] = point
    return list(found.values())


def _is_shown(x: Experiment, part: PartOfFile) -> bool:
    return part.freeze is not Freeze.REPORTED or x.status in part.open_in or x.part(part.slug) is not None


def _parts(x: Experiment, current: str, points: list[Point]) -> list[dict[str, object]]:
    missing: dict[str, int] = {}
    for point in points:
        missing[point.page] = missing.get(point.page, 0) + (not point.holds)
    listed = [
        {"url": address(x, part.slug), "label": part.label, "missing": missing.get(part.slug, 0),
         "empty": x.part(part.slug) is None, "current": part.slug == current}
        for part in PARTS if _is_shown(x, part)
    ]  # fmt: skip
    people = [
        (TEAM_PAGE, "Équipe", not x.named(Part.EVALUATOR)),
        (OPINIONS_PAGE, "Avis", not x.opinions),
    ]
    return listed + [
        {"url": address(x, slug), "label": label, "missing": missing.get(slug, 0),
         "empty": empty and not missing.get(slug, 0), "current": slug == current}
        for slug, label, empty in people
    ]  # fmt: skip


def following(x: Experiment, slug: str) -> str:
    """Where whoever declares goes on from a part: the next one, the team, the opinions, then the ways on."""
    order = [*(part.slug for part in PARTS if _is_shown(x, part)), TEAM_PAGE, OPINIONS_PAGE, "etapes"]
    return address(x, order[order.index(slug) + 1])


def going_on(x: Experiment, slug: str) -> str:
    """The same for a page that saves nothing when one leaves it; empty for whoever does not declare."""
    return following(x, slug) if x.status is Status.DRAFT and may_lead(auth.me(), x) else ""


def heard(x: Experiment) -> str:
    """The tab of what citizens say, with how many wait to be read."""
    return f"Observations ({x.unheard})" if x.unheard else "Observations"


def head(x: Experiment, current: str = "", points: list[Point] | None = None) -> dict[str, object]:
    """The variable `file` that layouts/file.html expects."""
    today = clock.today()
    tabs = [
        (address(x), "Vue d’ensemble"),
        (address(x, "lecture"), "Lecture"),
        (address(x, "etapes"), "Étapes"),
        (address(x, "rappels"), "Rappels"),
        (address(x, "historique"), "Historique"),
    ]
    if voices.may_moderate(auth.me(), x):
        tabs.insert(4, (address(x, "observations"), heard(x)))
    return {
        "number": x.number,
        "title": x.title or "Sans titre",
        "status_code": str(x.status),
        "status_label": x.status.label,
        "overdue": x.is_overdue(today),
        "pole": whole_pole_of(x, today, suspended_on=suspended_on(x.suspension) if x.suspension else None),
        "tabs": tabs,
        "sections": _parts(x, current, points_ahead(x) if points is None else points),
    }


def page(
    template: str, x: Experiment, current: str = "", *, verdicts: Iterable[Verdict] | None = None, **context: object
) -> str:  # fmt: skip
    """Render a page of a file; `verdicts` are what the judge already said of it, if the page shows them."""
    points = points_ahead(x, verdicts)
    return render_template(
        template, x=x, file=head(x, current, points), points=points, me=auth.me(), roles=roles_of(auth.me(), x),
        here=address(x), Status=Status, verdicts=verdicts, **context,
    )  # fmt: skip
