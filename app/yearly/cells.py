"""A figure in words, never a bare percentage: « 2 sur 3 », « 12 sur 15 (80 %) », « 3 jours », « 356 000 € »."""

from __future__ import annotations

import re
from decimal import Decimal

from app import wording
from app.i18n import gettext as _
from app.i18n import later, ngettext
from app.sheet.waited import Debt, debt
from experiments.lateness import Late, Whence
from experiments.published import Owed
from experiments.report import Awaited, Figure, Report, Unit

PLAIN = frozenset(
    {"proposed", "refused", "withdrawn", "returned", "under-way.before", "authorised", "decided", "under-way"}
)
"""Figures of which « sur 15 » would say nothing: their denominator is all that the report tells of."""
ENOUGH = 10
"""Under so many, a percentage says less than the two numbers."""

MOST_NAMED = 40
"""Experiments that a figure names; the file in JSON names them all."""
_END = re.compile(r"(?<=[.!?…])\s")

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
        return _("%(kept)s sur\u00a0%(total)s", **known)
    return _("%(kept)s sur\u00a0%(total)s (%(share)s\u00a0%%)", share=round(100 * kept / total), **known)


def money(amount: Decimal) -> str:
    return _("%(amount)s\u00a0€", amount=wording.number(amount))


def counted(report: Report, figure: Figure) -> str:
    """The numbers of what a figure counts; of a promise, also of those who did not keep it; of a verdict, of those that
    rest on no figure.
    """
    kept, others = figure.numbers, missed(figure)
    if figure.code.startswith("promise."):
        said = [_("Tenue : %(numbers)s.", numbers=numbers(kept)) if kept else "",
                _("Non tenue : %(numbers)s.", numbers=numbers(others)) if others else ""]  # fmt: skip
        return " ".join(filter(None, said))
    if figure.code.startswith("verdict.") and (blind := unmeasured(report, kept)):
        return f"{numbers(kept)}. " + _("Sans aucune mesure publiée : %(numbers)s.", numbers=numbers(blind))
    return numbers(kept)


def unmeasured(report: Report, some: list[str]) -> list[str]:
    """Of these experiments, those of which the verdict rests on no published figure."""
    return [x.number for x in report.named(some) if x.ending and x.ending.unmeasured]


def missed(figure: Figure) -> list[str]:
    """The experiments of the denominator that the numerator does not count."""
    kept = set(figure.numbers)
    return [number for number in figure.among if number not in kept]


def numbers(some: list[str]) -> str:
    """« 2025-001, 2025-004 »; of many, the first and how many more."""
    named, more = ", ".join(some[:MOST_NAMED]), len(some) - MOST_NAMED
    if more <= 0:
        return named
    return ngettext(
        "%(numbers)s et %(num)s autre, que donne le fichier JSON",
        "%(numbers)s et %(num)s autres, que donne le fichier JSON", more, numbers=named, num=wording.number(more),
    )  # fmt: skip


def owed(one: Awaited) -> Debt:
    """One thing that was late, as the board of what is late says it."""
    return debt(Late(Owed(one.task, "", "", one.due_on), one.days, Whence.FILE))


def first_sentence(text: str) -> str:
    """Of a summary, what stands on one line."""
    return _END.split(text, maxsplit=1)[0]


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
