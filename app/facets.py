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
    named = Counter(hit.organisation for hit in found.hits if hit.organisation)
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


def label_of(field: str, code: str) -> str:
    """A choice, in words."""
    known: dict[str, Mapping[str, str]] = {
        "policy": policy().policies, "commune": policy().communes, "derogation": DEROGATIONS, "outcome": OUTCOMES,
        "status": STATUSES,
    }  # fmt: skip
    label = known.get(field, {}).get(code, code)
    return label if field in ("commune", "organisation", "period") else _(label)


def _choices(asked: Asked, field: str, numbers: Mapping[str, int]) -> list[Choice]:
    held = getattr(asked.filters, field)
    if field == "status" and held in GROUPS:
        held = ""
    if held and held not in numbers:
        numbers = {**numbers, held: 0}
    order = sorted(numbers, reverse=True)
    if field != "period":
        order.sort(key=lambda one: -numbers[one])
    return [
        Choice(label_of(field, code), numbers[code], asked.having(field, "" if code == held else code), code == held)
        for code in order[:SHOWN]
    ]


def groups(asked: Asked, everything: Found, today: date) -> list[Choice]:
    """The groups of statuses, counted on what the other filters keep."""
    held = {"": "current", "past": "past", "refused": "refused"}
    counts = {code: everything.counts[facet(GROUP, group)] for code, group in held.items()}
    late = {facet(STATUS, status) for status in UNEVALUATED}
    over = (hit.facets.split() for hit in everything.hits if hit.ends_on and hit.ends_on < today)
    counts |= {"all": len(everything.hits), "overdue": sum(not late.isdisjoint(words) for words in over)}
    chosen = asked.filters.status
    return [
        Choice(_(label), counts[code], asked.having("status", code), code == chosen)
        for code, label in GROUPS.items()
        if counts[code] or code in ("", chosen) or everything.capped
    ]
