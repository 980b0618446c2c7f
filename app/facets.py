"""How many experiments each filter would keep: the ways to narrow a list, counted on what it holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from experiments.lists import Counts, Found, Standing
from experiments.policy import current as policy
from experiments.search import COMMUNE, DEROGATION, OUTCOME, POLICY, YEAR, facet
from experiments.vocabulary import PUBLIC, Status

from .asked import DEROGATIONS, GROUPS, OUTCOMES, STATUSES, Asked
from .i18n import Typed, later
from .i18n import gettext as _

SHOWN = 30
"""The most choices of one kind: the largest come first."""


class Choice(NamedTuple):
    """One value of a filter, and where it leads."""

    label: str
    tally: int | None
    """None: too many to be counted."""
    url: str
    chosen: bool

    def narrows(self, total: int | None) -> bool:
        """Whether it keeps less than what is found; there is no total of what is too much to be counted."""
        return self.tally is None or total is None or self.tally < total


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
    "period": later("Année où elle court"),
    "derogation": later("Règles écartées"),
    "outcome": later("Suite donnée"),
}
KINDS = {"policy": POLICY, "commune": COMMUNE, "period": YEAR, "derogation": DEROGATION, "outcome": OUTCOME}


def of(asked: Asked, found: Found, counts: Counts, instead: Mapping[str, Counts]) -> list[Facet]:
    """The filters that would narrow the list further, and those that already do; statuses are counted on everything.

    `instead`: what the other filters keep, by each kind that is chosen; its choices are counted on that.
    """
    drawn = [Facet(_("Statut"), _choices(asked, "status", _statuses(found.standing)))]
    for field, title in TITLES.items():
        among = instead.get(field, counts)
        if field == "organisation":
            numbers = among.organisations
        else:
            words = _words(field, among.words)
            numbers = {code: among.words[word] for code, word in words.items() if among.words.get(word)}
        drawn.append(Facet(_(title), _choices(asked, field, numbers)))
    return [one for one in drawn if one.chosen or any(choice.narrows(found.total) for choice in one.choices)]


def _statuses(standing: Standing | None) -> Mapping[str, int | None]:
    if standing is None or standing.by_status is None:
        return {str(one): None for one in Status if one in PUBLIC}
    return {str(one): standing.by_status[one] for one in Status if one in PUBLIC and standing.by_status[one]}


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


def _choices(asked: Asked, field: str, numbers: Mapping[str, int | None]) -> list[Choice]:
    held = getattr(asked.filters, field)
    if field == "status" and held in GROUPS:
        held = ""
    if held and held not in numbers:
        numbers = {**numbers, held: 0}
    order = sorted(numbers, reverse=True)
    if field != "period":
        order.sort(key=lambda one: -(numbers[one] or 0))
    labels, address = _labels(field), asked.ways(field)
    said = (lambda label: label) if field == "commune" else _  # Its name is a place's, in any language.
    bare = Typed if field == "organisation" else str
    return [
        Choice(
            said(labels[code]) if code in labels else bare(code),
            numbers[code],
            address("" if code == held else code),
            code == held,
        )
        for code in order[:SHOWN]
    ]


def groups(asked: Asked, standing: Standing | None) -> list[Choice]:
    """The groups of statuses, counted on what the other filters keep."""
    chosen, address = asked.filters.status, asked.ways("status")
    counts = standing.groups if standing else dict.fromkeys(GROUPS)
    return [
        Choice(_(label), counts[code], address(code), code == chosen)
        for code, label in GROUPS.items()
        if counts[code] != 0 or code in ("", chosen)
    ]
