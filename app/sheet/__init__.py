"""The public page of one experiment, section by section: what each template of templates/public/experiment/ reads.

A section is a line of SECTIONS, a function beside, and a template of its name. A function that gives nothing back
leaves its section out: nothing empty is shown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.i18n import gettext as _
from app.i18n import later
from app.presentation import whole_pole_of
from experiments.published import Published
from experiments.vocabulary import PUBLIC

from . import happened, promised, refused
from .alerts import alerts
from .view import View
from .waited import waited


@dataclass(frozen=True)
class Section:
    """One part of the page; `data` is what its template reads."""

    name: str
    title: str
    data: Any


def of(x: Published, today: date) -> dict[str, Any]:
    """All that the template reads."""
    view, authorised = View(x, today), x.status in PUBLIC
    sections = SECTIONS if authorised else OF_A_REFUSAL
    drawn = [Section(name, _(title(x) if callable(title) else title), make(view)) for name, title, make in sections]
    return {
        "x": x,
        "place": view.place,
        "overdue": x.is_overdue(today),
        "pole": whole_pole_of(x, today, suspended_on=view.suspended_on) if authorised else None,
        "alerts": alerts(view),
        "sections": [section for section in drawn if section.data],
        "has_calendar": authorised,
        "has_poster": x.is_under_way,
    }


def _evaluation_title(x: Published) -> str:
    return later("Ce que dit l’évaluation") if x.decision else later("Comment on saura si cela marche")


def _decision_title(x: Published) -> str:
    return later("Verdict, engagement, décision") if x.decision else later("Ce qui est promis d’avance")


Line = tuple[str, str | Callable[[Published], str], Callable[[View], Any]]
SECTIONS: tuple[Line, ...] = (
    ("essentials", later("L’essentiel"), promised.essentials),
    ("waited", later("Ce qui est encore dû"), lambda view: waited(view.x, view.today)),
    ("evaluation", _evaluation_title, happened.evaluation),
    ("decision", _decision_title, happened.decision),
    ("why", later("Pourquoi l’essayer"), promised.why),
    ("derogations", later("Règles écartées"), promised.derogations),
    # The algorithm and personal data will be a line each here.
    ("stakeholders", later("Qui est associé"), promised.stakeholders),
    ("launch", later("Conditions et lancement"), happened.launch),
    ("extensions", later("Prolongation"), happened.extensions),
    # So will the amendments.
    ("costs", later("Ce que cela coûte"), promised.costs),
    ("closing", later("Ce qu’on en a appris"), happened.closing),
    ("follow_up", later("Un an après"), happened.follow_up),
    ("withheld", later("Ce qui n’est pas publié"), promised.withheld),
    ("acts", later("Les actes"), happened.acts),
    # And the documents.
    ("trace", later("Traçabilité"), happened.traceability),
)
OF_A_REFUSAL: tuple[Line, ...] = (
    ("refusal", later("Pourquoi c’est refusé"), refused.refusal),
    ("proposed", later("Ce qui était proposé"), refused.proposed),
    ("withheld", later("Ce qui n’est pas publié"), promised.withheld),
    ("trace", later("Traçabilité"), happened.traceability),
)
