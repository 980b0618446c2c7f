"""The public pages of one experiment, section by section: what each template of templates/public/experiment/ reads.

The sheet is read in a minute; two more pages say the rest: the file in full, and every step of its history.

A section is a line of SECTIONS, a function beside, and a template of its name. A function that gives nothing back
leaves its section out: nothing empty is shown.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

from app.i18n import gettext as _
from app.i18n import later
from experiments.published import Published
from experiments.vocabulary import PUBLIC

from . import detailed, happened, promised, refused, traced
from .alerts import alerts
from .view import View
from .waited import waited


class Section(NamedTuple):
    """One part of the page; `data` is what its template reads."""

    name: str
    title: str
    data: Any


def of(x: Published, today: date) -> dict[str, Any]:
    """All that the template of the sheet reads."""
    view, authorised = View(x, today), x.status in PUBLIC
    return {
        "x": x,
        "place": view.place,
        "overdue": x.is_overdue(today),
        "pole": view.pole if authorised else None,
        "alerts": alerts(view),
        "sections": _drawn(SECTIONS if authorised else OF_A_REFUSAL, view),
        "has_calendar": authorised,
        "has_detail": authorised,
        "has_poster": x.is_under_way,
    }


def detail_of(x: Published, today: date) -> dict[str, Any] | None:
    """All that the template of the second page reads; nothing of what was refused, told in full on the first."""
    if x.status not in PUBLIC:
        return None
    return {"x": x, "sections": _drawn(IN_FULL, View(x, today))}


def history_of(x: Published, today: date) -> dict[str, Any]:
    """All that the template of the history reads."""
    return {"x": x, "data": traced.everything(View(x, today))}


def _drawn(lines: tuple[SectionSpec, ...], view: View) -> list[Section]:
    drawn = [Section(name, _(title(view.x) if callable(title) else title), make(view)) for name, title, make in lines]
    return [section for section in drawn if section.data]


def _evaluation_title(x: Published) -> str:
    return later("Ce que dit l’évaluation") if x.decision else later("Comment on saura si cela marche")


def _decision_title(x: Published) -> str:
    return later("Verdict, engagement, décision") if x.decision else later("Ce qui est promis d’avance")


SectionSpec = tuple[str, str | Callable[[Published], str], Callable[[View], Any]]
SECTIONS: tuple[SectionSpec, ...] = (
    ("essentials", later("L’essentiel"), promised.essentials),
    ("waited", later("Ce qui est encore dû"), lambda view: waited(view.x, view.today)),
    ("evaluation", _evaluation_title, happened.evaluation),
    ("decision", _decision_title, happened.decision),
    ("why", later("Pourquoi l’essayer"), promised.why),
    ("derogations", later("Règles écartées"), promised.derogations),
    # The algorithm and personal data will be a line each here.
    ("stakeholders", later("Qui est associé"), promised.stakeholders),
    ("extensions", later("Prolongation"), happened.extensions),
    # So will the amendments.
    ("costs", later("Ce que cela coûte"), promised.costs),
    ("closing", later("Ce qu’on en a appris"), happened.closing),
    ("follow_up", later("Un an après"), happened.follow_up),
    ("withheld", later("Ce qui n’est pas publié"), promised.withheld),
    ("trace", later("Les étapes, et comment les vérifier"), traced.steps),
)
OF_A_REFUSAL: tuple[SectionSpec, ...] = (
    ("refusal", later("Pourquoi c’est refusé"), refused.refusal),
    ("proposed", later("Ce qui était proposé"), refused.proposed),
    ("withheld", later("Ce qui n’est pas publié"), promised.withheld),
    ("trace", later("Les étapes, et comment les vérifier"), traced.steps),
)
IN_FULL: tuple[SectionSpec, ...] = (
    ("project", later("Ce qui est fait, et pourquoi ainsi"), detailed.project),
    ("grounds", later("Sur quoi repose chaque dérogation"), detailed.grounds),
    ("information", later("Ce que lit chaque participant"), detailed.information),
    ("method", later("Comment on évalue"), detailed.method),
    ("launch", later("Conditions et lancement"), detailed.launch),
    ("costs", later("Les coûts expliqués"), detailed.costs),
    ("ending", later("Ce que deviennent données et équipements"), detailed.ending),
    ("acts", later("Les actes"), detailed.acts),
    # And the documents.
)
