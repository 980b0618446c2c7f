"""How many experiments each filter would keep: the ways to narrow a list, counted on what it holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from experiments.policy import current as policy
from experiments.publications import Found
from experiments.search import COMMUNE, DEROGATION, GROUP, OUTCOME, POLICY, STATUS, YEAR, facet
from experiments.vocabulary import PUBLIC, UNEVALUATED, Status

from .asked import DEROGATIONS, GROUPS, OUTCOMES, STATUSES, Asked
from .i18n import gettext as _
from .i18n import later

SHOWN = 30
"""The most choices of one kind: the largest come first."""


@dataclass(frozen=True)
class Choice:
    label: str
    count: int
    url: str
    chosen: bool


@dataclass(frozen=True)
class Facet:
    """One kind of filter, with what may be chosen; `chosen` when one is."""

    title: str
    choices: list[Choice]

    @property
    def chosen(self) -> bool:
        return any(choice.chosen for choice in self.choices)


TITLES = {
    "policy": later("Politique publique"),
    "commune": later("Commune"),
    "organisation": later("Organisme"),
    "period": later("Année"),
    "derogation": later("Règles écartées"),
    "outcome": later("Suite donnée"),
}
KINDS = {"policy": POLICY, "commune": COMMUNE, "period": YEAR, "derogation": DEROGATION, "outcome": OUTCOME}


def of(asked: Asked, found: Found, everything: Found) -> list[Facet]:
    """The filters that would narrow the list further, and those that already do; statuses are counted on everything."""
    counts = found.counts
    named = Counter(organisation for _id, _ends_on, _status, organisation, _words in found.hits if organisation)
    drawn = []
    for field, title in TITLES.items():
        if field == "organisation":
            numbers = dict(named)
        else:
            numbers = {code: counts[word] for code, word in _words(field, counts).items() if counts[word]}
        drawn.append(Facet(_(title), _choices(asked, field, numbers)))
    statuses = everything.counts
    told = {str(one): statuses[facet(STATUS, one)] for one in Status if one in PUBLIC and statuses[facet(STATUS, one)]}
    drawn.insert(0, Facet(_("Statut"), _choices(asked, "status", told)))
    total = len(found.hits)
    return [one for one in drawn if one.chosen or any(choice.count < total for choice in one.choices)]


def _words(field: str, counts: Iterable[str]) -> dict[str, str]:
    """The codes of a kind of filter, each with its word."""
    if field == "period":
        return {word[2:]: word for word in counts if word[:2] == f"f{YEAR}"}
    codes = {"policy": policy().policies, "commune": policy().communes, "derogation": DEROGATIONS, "outcome": OUTCOMES}
    return _coded(KINDS[field], tuple(codes[field]))


@lru_cache(maxsize=64)
def _coded(kind: str, codes: tuple[str, ...]) -> dict[str, str]:
    return {code: facet(kind, code) for code in codes}


def _labels(field: str) -> Mapping[str, str]:
    """The choices of a kind of filter, in French; those that are said as they are written are not there."""
    return {
        "policy": policy().policies, "commune": policy().communes, "derogation": DEROGATIONS, "outcome": OUTCOMES,
        "status": STATUSES,
    }.get(field, {})  # fmt: skip


def _choices(asked: Asked, field: str, numbers: Mapping[str, int]) -> list[Choice]:
    held = getattr(asked.filters, field)
    if field == "status" and held in GROUPS:
        held = ""
    if held and held not in numbers:
        numbers = {**numbers, held: 0}
    order = sorted(numbers, reverse=True)
    if field != "period":
        order.sort(key=lambda one: -numbers[one])
    labels = _labels(field)
    said = (lambda label: label) if field == "commune" else _  # Its name is a place's, in any language.
    return [
        Choice(
            said(labels[code]) if code in labels else code,
            numbers[code],
            asked.having(field, "" if code == held else code),
            code == held,
        )
        for code in order[:SHOWN]
    ]


def groups(asked: Asked, everything: Found, today: date) -> list[Choice]:
    """The groups of statuses, counted on what the other filters keep."""
    held = {"": "current", "past": "past", "refused": "refused"}
    counts = {code: everything.counts[facet(GROUP, group)] for code, group in held.items()}
    over = sum(
        status in UNEVALUATED and ends_on is not None and ends_on < today
        for _id, ends_on, status, _organisation, _words in everything.hits
    )
    counts |= {"all": len(everything.hits), "overdue": over}
    chosen = asked.filters.status
    return [
        Choice(_(label), counts[code], asked.having("status", code), code == chosen)
        for code, label in GROUPS.items()
        if counts[code] or code in ("", chosen) or everything.capped
    ]
