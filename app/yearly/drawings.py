"""What is drawn of the report, and what is said of it in tables: section by section."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from babel.dates import format_date

from app import charts, wording
from app.i18n import gettext as _
from app.i18n import lang, later
from experiments.report import Figure, Report, Section
from experiments.words import begun, inside

from .cells import shown


@dataclass(frozen=True)
class Drawing:
    """A chart, said in a sentence, with the figures that it shows; `kind` is its macro in parts/chart.html: « alone »
    where there is nothing to compare, which draws none.
    """

    id: str
    kind: str
    title: str
    said: str
    marks: Sequence[object]
    figures: Sequence[Figure] = ()


@dataclass(frozen=True)
class Chapter:
    """One section of the report."""

    code: str
    title: str
    drawings: list[Drawing] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    """Those that no chart shows."""


BARS = {
    "fate": (Section.PROPOSALS, later("Ce que sont devenues les propositions de la période")),
    "outcome": (Section.DECISIONS, later("Décisions de suite")),
    "verdict": (Section.DECISIONS, later("Verdicts des évaluations sur lesquelles elles ont été prises")),
    "stop": (Section.STOPS, later("Motifs des arrêts")),
    "level": (Section.DEROGATIONS, later("Règles écartées, par rang")),
    "force": (Section.DEROGATIONS, later("Où en étaient ces dérogations à la fin de la période")),
    "who": (Section.STAKEHOLDERS, later("Parties prenantes, par nature")),
    "how": (Section.STAKEHOLDERS, later("Parties prenantes, par manière d’associer")),
}
"""The groups of figures that are drawn as bars."""


def chapters(report: Report) -> list[Chapter]:
    """The sections in order, each with its charts and its figures."""
    return [_chapter(report, section) for section in Section]


def _chapter(report: Report, section: Section) -> Chapter:
    drawings = [drawn for group, (home, title) in BARS.items() if home is section
                if (drawn := _bars(report, group, _(title)))]  # fmt: skip
    if section is Section.UNDER_WAY:
        drawings.append(_months(report))
    if section is Section.PROMISES and (promised := _promises(report)):
        drawings.append(promised)
    grouped = {one.code for group in (*BARS, "promise", "kind") for one in report.group(group)}
    rest = [one for one in report.section(section) if one.code not in grouped and not _is_idle(one)]
    kinds = [one for one in report.group("kind") if one.numerator] if section is Section.DEROGATIONS else []
    return Chapter(str(section), _(section.label), drawings, [*rest, *kinds])


def _is_idle(figure: Figure) -> bool:
    """What was planned is said beside what was spent, and of no use without it."""
    return figure.code == "spent.planned" and figure.value is None


def _bars(report: Report, group: str, title: str) -> Drawing | None:
    """The bars of what is not nothing; no drawing when all is."""
    figures = [one for one in report.group(group) if one.numerator]
    if not figures:
        return None
    if len(figures) == 1:
        return Drawing(f"chart-{group}", "alone", title, _alone(report, figures[0]), (), figures)
    # Some words are kept small, for the middle of a sentence.
    rows = [(begun(_(one.label)), wording.number(one.numerator), one.numerator) for one in figures]
    return Drawing(f"chart-{group}", "bar", title, _said(report, figures), charts.bars(rows), figures)


def _alone(report: Report, figure: Figure) -> str:
    return f"{inside(_(figure.label))}, {shown(report, figure)}"


def _promises(report: Report) -> Drawing | None:
    figures = [one for one in report.group("promise") if one.denominator]
    if not figures:
        return None
    marks = [charts.bands(_(one.label), shown(report, one), one.numerator, one.denominator) for one in figures]
    return Drawing("chart-promise", "band", _("Promesses tenues"), _said(report, figures), marks, figures)


def _months(report: Report) -> Drawing:
    initials = [(format_date(month.on, "LLLLL", locale=lang()), month.under_way) for month in report.months]
    said = _(" ; ").join(f"{wording.day(month.on)}, {wording.number(month.under_way)}" for month in report.months)
    title = _("Expérimentations ouvertes au dernier jour de chaque mois")
    return Drawing("chart-months", "column", title, said, charts.columns(initials))


def _said(report: Report, figures: Sequence[Figure]) -> str:
    return _(" ; ").join(f"{_(one.label)}, {shown(report, one)}" for one in figures)
