"""Derogations spelled out: each rule that is set aside, by what right, for how long; or none, and why."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from .. import declared as d
from ..dates import bounds
from ..model import Experiment
from ..policy import current as policy
from ..vocabulary import LEGAL_ROUTE, DerogationKind, Untouchable
from ..words import fold, typeset
from .how import CHARTER, each_given, given, requirement


def derogations_of(x: Experiment) -> list[d.Derogation]:
    return x.read(d.Derogations).items


def _none_asked(x: Experiment, _today: date) -> bool:
    return x.read(d.Derogations).none


@requirement(
    "derogations.said", "Décrire au moins une dérogation, ou dire qu’il n’y en a aucune : l’un ou l’autre",
    d.Derogations, "none", source=CHARTER,
)  # fmt: skip
def derogations_said(x: Experiment, _today: date) -> bool:
    it = x.read(d.Derogations)
    return it.none != bool(it.items)


no_derogation_reason = given(
    d.Derogations, "none_reason", "Dire pourquoi aucune dérogation n’est nécessaire", source=CHARTER, when=_none_asked
)


def _each(field: str, sentence: str, *, source: str = "", only: DerogationKind | None = None):  # type: ignore[no-untyped-def]
    applies = None if only is None else (lambda item: item.kind is only)
    return each_given(
        "derogation", d.Derogations, "items", derogations_of, field, sentence, source=source, only=applies
    )


derogation_rule = _each("rule", "Nommer la règle exacte qui est écartée", source=CHARTER)
derogation_level = _each("level", "Dire le rang de cette règle")
derogation_basis = _each("basis", "Dire ce qui permet d’y déroger")
derogation_scope = _each("scope", "Dire qui peut faire quoi, et où")
derogation_reasons = _each("reasons", "Motiver en droit et en fait", source="CRPA L211-3 et L211-5")
purchase_operator = _each("operator", "Nommer l’opérateur de l’achat", only=DerogationKind.PURCHASE)
domain_title = _each("domain_title", "Donner le titre d’occupation", source="CG3P L2122-1",
                     only=DerogationKind.PUBLIC_DOMAIN)  # fmt: skip
domain_fee = _each("domain_fee", "Dire la redevance, ou pourquoi il n’y en a pas", source="CG3P L2125-1",
                   only=DerogationKind.PUBLIC_DOMAIN)  # fmt: skip
domain_publicity = _each("domain_publicity", "Dire la publicité faite, ou pourquoi il n’y en a pas",
                         source="CG3P L2122-1-1", only=DerogationKind.PUBLIC_DOMAIN)  # fmt: skip

_GDPR = (
    "rgpd", "r g p d", "gdpr", "reglement general sur la protection des donnees", "2016 679",
    "informatique et libertes", "78 17",
)  # fmt: skip


def untouchable(item: d.Derogation) -> Untouchable:
    """What the derogation touches that no local experiment may: what was ticked, or what the rule's name says."""
    if item.untouchable is Untouchable.NONE and any(f" {word} " in f" {fold(item.rule)} " for word in _GDPR):
        return Untouchable.GDPR
    return item.untouchable


def legal_route(item: d.Derogation) -> str:
    """The legal route that exists instead of a derogation that cannot be; empty when it can."""
    return typeset(LEGAL_ROUTE.get(untouchable(item), ""))


@requirement(
    "derogation.untouchable", "Ne pas déroger à ce qu’aucune expérimentation locale ne peut écarter",
    d.Derogations, "items-{i}-untouchable", source="Constitution, art. 72 al. 4 ; charte, principes 4 et 10",
    each=derogations_of, instead=legal_route,
)  # fmt: skip
def derogable(item: d.Derogation, _x: Experiment, _today: date) -> bool:
    return untouchable(item) is Untouchable.NONE


@requirement(
    "derogation.dates", "La dater, dans les bornes de l’expérimentation", d.Derogations, "items-{i}-ends_on",
    source=CHARTER, each=derogations_of,
)  # fmt: skip
def derogation_within(item: d.Derogation, x: Experiment, _today: date) -> bool:
    whole = x.read(d.Duration)
    start, end = bounds(whole.starts_on, whole.ends_on)
    return bool(item.starts_on and item.ends_on and start <= item.starts_on <= item.ends_on <= end)


@requirement(
    "derogation.amount", "Donner un montant inférieur au plafond des achats innovants", d.Derogations,
    "items-{i}-amount", source="CCP R2122-9-1", each=derogations_of, only=lambda i: i.kind is DerogationKind.PURCHASE,
)  # fmt: skip
def purchase_amount(item: d.Derogation, _x: Experiment, _today: date) -> bool:
    return item.amount is not None and Decimal(0) < item.amount < policy().purchase.ceiling_euros


DEROGATIONS = (
    derogations_said, no_derogation_reason, derogation_rule, derogation_level, derogable, derogation_basis,
    derogation_scope, derogation_within, derogation_reasons, purchase_amount, purchase_operator, domain_title,
    domain_fee, domain_publicity,
)  # fmt: skip
