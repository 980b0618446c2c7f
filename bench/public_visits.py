"""What is read of the public side, and the three ways to ask for it: afresh, kept in memory, already held."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from urllib.parse import urlencode

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import clock
from app.db import Database
from experiments.model import Publication
from experiments.vocabulary import Status

from .variety import COMMON, MIDDLING, RARE

P = Publication
PAGES = 40
"""Experiments whose pages are read in turn."""


class Way(Enum):
    """How a page is asked for."""

    FRESH = "recalculée"
    """At an address that nobody has asked for: it differs by a word that the page ignores."""
    KEPT = "gardée"
    """At an address that the server keeps in memory."""
    HELD = "inchangée (304)"
    """With the ETag of the answer that the reader already has."""


def _list(**filters: str) -> Callable[[Session], list[str]]:
    return lambda _session: [f"/?{urlencode(filters)}" if filters else "/"]


def _deep(session: Session) -> list[str]:
    """A page of what is over, nine tenths of the way down: the latest come first."""
    size = session.scalar(select(func.count()).where(P.shelf == "past")) or 0
    past = select(P.ends_on, P.id).where(P.shelf == "past").order_by(P.ends_on, P.id)
    row = session.execute(past.offset(size // 10).limit(1)).one()
    return [f"/?{urlencode({'statut': 'past', 'page': f'{row.ends_on}~{row.id}'})}"]


def _year(_session: Session) -> list[str]:
    """What ran seven years ago: the numbers of that time are far from the newest."""
    return [f"/?{urlencode({'statut': 'all', 'annee': clock.today().year - 7})}"]


def _pages(session: Session) -> list[str]:
    """What is over and what is under way, in equal parts."""
    numbers: list[str] = []
    for status in (Status.CLOSED, Status.RUNNING):
        some = select(P.number).where(P.status == status).order_by(P.id.desc()).limit(PAGES // 2)
        numbers += session.scalars(some)
    return [f"/experimentations/{number}" for number in numbers]


def _at(path: str) -> Callable[[Session], list[str]]:
    return lambda _session: [path]


VISITS: dict[str, tuple[str, Callable[[Session], list[str]]]] = {
    "home": ("Accueil", _list()),
    "list": ("Liste, tous les statuts", _list(statut="all")),
    "deep": ("Liste, page lointaine", _deep),
    "year": ("Liste d’une année ancienne", _year),
    "common": ("Recherche, mot de toutes", _list(q=COMMON, statut="all")),
    "middling": ("Recherche, mot d’une sur deux cents", _list(q=MIDDLING, statut="all")),
    "rare": ("Recherche, mot de vingt", _list(q=RARE, statut="all")),
    "filters": ("Recherche et trois filtres", _list(q=COMMON, statut="past", commune="44109", annee="2024")),
    "page": ("Page d’une expérimentation", _pages),
    "overdue": ("Retards", _at("/retards")),
    "api": ("API, une page de la liste", _at("/api/v1/experiments?status=all")),
    "atom": ("Atom", _at("/experimentations.atom")),
    "ics": ("Agenda public (.ics)", _at("/experimentations.ics")),
}
"""Its name, its French label, its addresses."""
PROMISED = ("list", "deep", "year", "common", "rare", "filters", "page")
"""What must cost the same however large the register is: the list, the searches, the page of one."""
FEEDS = ("atom", "ics")
"""What is long to write: it is asked for less often."""
FOR_PROGRAMS = ("api", *FEEDS)
"""What is no page: programs read it, and it may be as long as the register."""
EXPORTS = {"/experimentations.csv": "CSV", "/experimentations.json": "JSON"}


def addresses(database: Database, names: tuple[str, ...]) -> dict[str, list[str]]:
    """Where each thing is read on this register."""
    with database.public() as public:
        found = {name: VISITS[name][1](public) for name in names}
    database.public_engine.dispose()
    return found
