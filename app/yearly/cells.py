"""A figure in words, never a bare percentage: « 2 sur 3 », « 12 sur 15 (80 %) », « 3 jours », « 356 000 € »."""

from __future__ import annotations

from decimal import Decimal

from app import wording
from app.i18n import gettext as _
from app.i18n import later, ngettext
from experiments.report import Figure, Report, Unit

PLAIN = frozenset(
    {"proposed", "refused", "withdrawn", "returned", "under-way.before", "authorised", "decided", "under-way"}
)
"""Figures of which « sur 15 » would say nothing: their denominator is all that the report tells of."""
ENOUGH = 10
"""Under so many, a percentage says less than the two numbers."""

SMALL = (
    later("une"), later("deux"), later("trois"), later("quatre"), later("cinq"), later("six"), later("sept"),
    later("huit"), later("neuf"),
)  # fmt: skip
"""Numbers under ten are written in full in a sentence."""


def spelt(count: int) -> str:
    """« une », « deux », « 12 »: what is counted here is feminine where it is one."""
    return _(SMALL[count - 1]) if 0 < count <= len(SMALL) else wording.number(count)


def shown(report: Report, figure: Figure) -> str:
    """The value of a figure, as it is read."""
    if figure.unit is Unit.EUROS:
        return _euros(figure)
    if figure.unit is Unit.DAYS:
        return _days(report, figure)
    return wording.number(figure.numerator) if figure.code in PLAIN else ratio(figure.numerator, figure.denominator)


def ratio(kept: int, total: int) -> str:
    """« 2 sur 3 », « 12 sur 15 (80 %) »."""
    if total == 0:
        return _("sans objet")
    known = {"kept": wording.number(kept), "total": wording.number(total)}
    if total < ENOUGH:
        return _("%(kept)s sur %(total)s", **known)
    return _("%(kept)s sur %(total)s (%(share)s\u00a0%%)", share=round(100 * kept / total), **known)


def money(amount: Decimal) -> str:
    return _("%(amount)s\u00a0€", amount=wording.number(amount))


def _euros(figure: Figure) -> str:
    if figure.value is None:
        return _("aucune fiche ne le dit") if figure.denominator else _("sans objet")
    return ngettext(
        "%(amount)s, d’après %(num)s fiche sur %(total)s", "%(amount)s, d’après %(num)s fiches sur %(total)s",
        figure.numerator, amount=money(figure.value), num=wording.number(figure.numerator),
        total=wording.number(figure.denominator),
    )  # fmt: skip


def _days(report: Report, figure: Figure) -> str:
    if figure.value is not None:
        return in_days(float(figure.value))
    values = sorted(x.days_over for x in report.named(figure.numbers))
    if not values:
        return _("sans objet")
    return ngettext(
        "pas de médiane (une seule valeur : %(values)s)", "pas de médiane (%(num)s valeurs : %(values)s)", len(values),
        num=spelt(len(values)), values=", ".join(wording.days(value) for value in values),
    )  # fmt: skip


def in_days(count: float) -> str:
    """« 1,5 jour », « 12 jours », « 3 jours d’avance »."""
    # The plural turns on whole days: « 1,5 jour », « 2 jours ».
    known, whole = {"number": wording.number(abs(count))}, int(abs(count))
    if count < 0:
        return ngettext("%(number)s\u00a0jour d’avance", "%(number)s\u00a0jours d’avance", whole, **known)
    return ngettext("%(number)s\u00a0jour", "%(number)s\u00a0jours", whole, **known)
