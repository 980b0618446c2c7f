"""The public register: the list of what is being tried, and the page of one experiment."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, abort, current_app, render_template, request

from app import clock, db, sheet
from app.presentation import public_line
from app.templating import NBSP
from experiments import queries
from experiments.policy import current as policy
from experiments.queries import Filters
from experiments.vocabulary import PUBLIC, Status
from experiments.words import clean, fold, typeset

bp = Blueprint("public", __name__)

PAGE = 50
LONGEST = 200
"""Characters of an answer to a filter: nobody searches for more, and whoever sends a novel gets an answer too."""
CURSOR = re.compile(r"(\d{4}-\d{2}-\d{2})~(\d{1,9})", re.ASCII)
"""The place of the last line read: « 2026-06-30~17 »."""

GROUPS = {"": "En ce moment", "overdue": "Échues, sans évaluation", "past": "Passées", "all": "Toutes"}
STATUSES = GROUPS | {str(status): status.label for status in Status if status in PUBLIC}


@dataclass(frozen=True)
class Widening:
    """One filter less: what is then shown, and where."""

    label: str
    url: str


@dataclass(frozen=True)
class Asked:
    """What the address asks of the list: the filters understood, those that were not, and the place in the list."""

    filters: Filters
    unknown: tuple[str, ...]
    after: tuple[date, int] | None

    def url(self, filters: Filters | None = None, after: str = "") -> str:
        """The address of the list with these filters (its own by default), from a place on."""
        f = filters or self.filters
        asked = {"q": f.text, "statut": f.status, "commune": f.commune, "politique": f.policy, "page": after}
        kept = urlencode({name: value for name, value in asked.items() if value})
        return f"/?{kept}" if kept else "/"

    def widenings(self) -> list[Widening]:
        """The ways to find more: each filter left out in turn, then all of them."""
        f = self.filters
        ways = (
            (f.text, "Sans ces mots", replace(f, text="")),
            (f.commune, "Dans toutes les communes", replace(f, commune="")),
            (f.policy, "Pour toutes les politiques publiques", replace(f, policy="")),
            (f.status != "all", "Quel que soit le statut", replace(f, status="all")),
        )
        found = [Widening(label, self.url(filters)) for held, label, filters in ways if held]
        return found if f == Filters() else [*found, Widening("Tout ce qui est en cours", "/")]


def read_address(args: Mapping[str, str]) -> Asked:
    """The filters and the place that an address asks for; what it does not say right is set aside, and said."""
    unknown: list[str] = []

    def chosen(name: str, choices: Mapping[str, str], what: str) -> str:
        given = clean(args.get(name, "")[:LONGEST])
        found = _choice(given, choices)
        if found is None:
            unknown.append(typeset(f"« {given} » n’est pas {what}."))
        return found or ""

    text = clean(args.get("q", "")[:LONGEST])
    if text and not fold(text):
        unknown.append(typeset(f"« {text} » ne contient aucun mot : rien n’est cherché."))
        text = ""
    filters = Filters(
        text=text,
        status=chosen("statut", STATUSES, "un statut du registre : voici ce qui est en cours"),
        commune=chosen("commune", policy().communes, "une commune du registre : les voici toutes"),
        policy=chosen("politique", policy().policies, "une politique publique du registre : les voici toutes"),
    )
    return Asked(filters, tuple(unknown), place_of(args.get("page", "")))


def _choice(given: str, choices: Mapping[str, str]) -> str | None:
    """The code of a choice, said by its code or by its name: « 44109 », « Nantes », « nantes »."""
    if not given or given in choices:
        return given
    wanted = fold(given)
    return next((code for code, label in choices.items() if wanted and fold(label) == wanted), None)


def place_of(cursor: str) -> tuple[date, int] | None:
    """Where a page begins; a cursor that says nothing begins at the beginning."""
    found = CURSOR.fullmatch(cursor)
    try:
        return (date.fromisoformat(found[1]), int(found[2])) if found else None
    except ValueError:
        return None


@bp.get("/")
def index() -> str:
    """What is being tried, one line each."""
    asked, today = read_address(request.args), clock.today()
    rows = queries.public_list(db.session(), asked.filters, today, after=asked.after, limit=PAGE)
    return render_template(
        "public/list.html",
        asked=asked,
        lines=[public_line(row, today) for row in rows[:PAGE]],
        following=_following(asked, rows),
        statuses=STATUSES,
        communes=policy().communes,
        policies=policy().policies,
        sought=_sought(asked.filters),
        latest_first=asked.filters.status in queries.LATEST_FIRST,
    )


def _following(asked: Asked, rows: Sequence[Any]) -> str:
    """The address of the next page; empty on the last one."""
    if len(rows) <= PAGE:
        return ""
    last = rows[PAGE - 1]
    return asked.url(after=f"{last.ends_on.isoformat()}~{last.id}")


def _sought(filters: Filters) -> str:
    """What was looked for, in words: « “ombre”, à Rezé »."""
    return ", ".join(
        filter(
            None,
            (
                filters.text and f"«{NBSP}{filters.text}{NBSP}»",
                filters.status and f"statut «{NBSP}{STATUSES[filters.status].lower()}{NBSP}»",
                policy().communes.get(filters.commune, ""),
                policy().policies.get(filters.policy, ""),
            ),
        )
    )


@bp.get("/experimentations/<number:number>")
def experiment(number: str) -> str:
    """All that the public may read of one experiment, from its authorisation on; before, it does not exist."""
    x = queries.published(db.session(), number) or abort(404)
    entries = queries.public_history(db.session(), x)
    address = f"{current_app.config['JALON'].public_url}/experimentations/{x.number}"
    return render_template("public/experiment.html", address=address, **sheet.of(x, entries, clock.today()))
