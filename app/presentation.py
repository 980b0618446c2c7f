"""How an experiment is shown anywhere: its ranging pole, its line in a list, its lateness with the arithmetic."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec
from flask import current_app
from markupsafe import Markup

from experiments.ladder import paris_day
from experiments.lived import is_past_term, was_stopped
from experiments.model import Experiment
from experiments.parts import BEFORE
from experiments.policy import current as policy
from experiments.published import Owed
from experiments.record import Record
from experiments.rows import Listed
from experiments.search import OUTCOME, facet
from experiments.vocabulary import ENDED, Outcome, Status
from experiments.words import inside

from . import wording
from .i18n import gettext as _
from .i18n import later, ngettext, to
from .pole import Pole, draw, intended, untried
from .stakes import field_told, stakes_of

UNTRIED = frozenset({Status.REFUSED, Status.WITHDRAWN})
"""What ended before it could begin."""
AFTER_THE_FIELD = {
    Status.EVALUATING: later("reste à évaluer, puis à décider"),
    Status.EVALUATED: later("reste à décider"),
}
NAMED_COMMUNES = 4
"""Beyond so many, a line counts the communes instead of naming them."""


def whole_pole_of(
    x: Record, today: date, *, suspended_on: date | None = None, owed: Collection[Owed] = ()
) -> Pole:  # fmt: skip
    """The pole of a whole file (its evaluations and decisions are loaded), with its stakes and its exact end.

    `owed` is what it still owes to the public: without it, nothing is said to be late.
    """
    if x.status in UNTRIED:
        return untried(x.starts_on, x.ends_on)
    if x.status in BEFORE:
        return intended(x.starts_on, x.ends_on, stakes_of(x, today))
    return draw(
        x.starts_on,
        x.ends_on,
        today,
        stakes_of(x, today, owed),
        finished_on=paris_day(x.decision.decided_at) if x.decision else None,
        suspended_on=suspended_on,
        field=field_over(x, today),
        joints=[p.starts_on for p in x.periods[1:] if p.starts_on],
    )


def field_over(x: Record, today: date) -> str:
    """« essai terminé le 30 octobre 2026 ; décision attendue au plus tard le 21 décembre 2026 », or nothing."""
    told, due = field_told(x, stopped=was_stopped(x)), x.decision_due_on or x.ends_on
    if not told or due is None or x.decision:
        return told
    if due < today:
        return told + _(" ; décision attendue depuis le %(day)s", day=wording.day(due))
    return told + _(" ; décision attendue au plus tard le %(day)s", day=wording.day(due))


def pole_of(
    x: Any, today: date, *,
    decided_on: date | None = None, suspended_on: date | None = None, field: str = "", whole: bool = False,
) -> Pole:  # fmt: skip
    """The small pole of a line of a list: any object with the columns of an experiment. No stakes: it stays light."""
    if x.status in UNTRIED:
        return untried(x.starts_on, x.ends_on)
    if x.status in BEFORE:
        return intended(x.starts_on, x.ends_on)
    over = x.status is Status.DECIDED or x.status in ENDED
    finished_on = decided_on or (x.ends_on if over else None)
    # However a line tells of the field that is over, no days are left of it.
    field = _(AFTER_THE_FIELD[x.status]) if x.status in AFTER_THE_FIELD else field
    return draw(
        x.starts_on, x.ends_on, today, finished_on=finished_on, suspended_on=suspended_on, field=field, whole=whole
    )


def own_pole_of(row: Any, today: date, *, whole: bool = False) -> Pole:
    """As `pole_of`, for a line of the desk, which tells when it was decided and by which entry it was suspended."""
    return pole_of(
        row, today, whole=whole, decided_on=paris_day(row.decided_at) if row.decided_at else None,
        suspended_on=suspended_on(row.suspension) if row.suspension else None,
    )  # fmt: skip


def suspended_on(entry: str) -> date:
    """The day that an entry of the trace says."""
    return paris_day(msgspec.json.decode(entry, type=_Dated).at)


class _Dated(msgspec.Struct):
    at: datetime


def communes_named(codes: list[str], most: int = NAMED_COMMUNES) -> str:
    """« Nantes, Rezé », or « 24 communes » beyond `most`."""
    names = [policy().communes.get(code, code) for code in codes]
    if len(names) <= most:
        return ", ".join(names)
    return ngettext("%(num)s\u00a0commune", "%(num)s\u00a0communes", len(names))


def where(x: Any) -> str:
    """The communes, then the exact place."""
    return " · ".join(filter(None, (communes_named([c for c in x.communes.split(";") if c]), x.place)))


def lateness(x: Any, today: date) -> str:
    """« fin le 30 juin 2026 : 12 jours de retard », or nothing. A row of a list has the columns that this reads."""
    late = Experiment.days_over(x, today)
    if not late:
        return ""
    known = {"day": wording.day(x.ends_on), "days": wording.days(late)}
    if x.status is Status.EVALUATED:
        return _("fin le %(day)s : %(days)s de retard, sans décision", **known)
    return _("fin le %(day)s : %(days)s de retard", **known)


class ExperimentLine(NamedTuple):
    """One experiment in a list, as parts/experiment_row.html reads it."""

    url: str
    number: str
    title: str
    summary: str
    place: str
    carrier: str
    status_code: str
    status_label: str
    dates: str
    overdue: bool
    late: str
    pole: Pole


def line_of(x: Listed, today: date) -> ExperimentLine:
    """The line of a row of the public list."""
    late = lateness(x, today)
    return ExperimentLine(
        to(f"/experimentations/{x.number}"),
        x.number,
        x.title or _("Sans titre"),
        x.summary,
        where(x),
        x.organisation,
        str(x.status),
        standing_of(x),
        _begun(x) if late else _dates(x),
        Experiment.is_overdue(x, today),  # type: ignore[arg-type]
        late,
        listed_pole_of(x, today),
    )


def listed_pole_of(x: Listed, today: date, *, whole: bool = False) -> Pole:
    """As `pole_of`, for a row of the public list."""
    field = field_told(x, stopped=_is_stopped(x))
    return pole_of(x, today, whole=whole, decided_on=x.decided_on, suspended_on=x.suspended_on, field=field)


def standing_of(x: Listed) -> str:
    """« Close : généralisation », or the status alone of what has not ended."""
    outcome = outcome_of(x.facets.split())
    return _(x.status.label) + (_(" : ") + inside(outcome) if outcome else "")


def _dates(x: Listed) -> str:
    """From when to when: what was lived, once it is over; what was asked for, where nothing was."""
    known = {"first": wording.day(x.starts_on), "last": wording.day(x.ends_on)}
    if x.status is Status.REFUSED:
        asked = _(" ; dates demandées : du %(first)s au %(last)s", **known) if x.starts_on and x.ends_on else ""
        return _("Refusée le %(day)s", day=wording.day(paris_day(x.changed_at))) + asked
    if x.starts_on is None or x.ends_on is None:
        return _("Dates non fixées")
    if x.field_ended_on is None:
        return _("Du %(first)s au %(last)s", **known)
    if x.decided_on:
        return _lived(x) + _(" ; décision le %(day)s", day=wording.day(x.decided_on))
    return _lived(x) + _(" ; fin ferme le %(last)s", **known)


def _begun(x: Listed) -> str:
    """When what is late began: the day that was planned, of what never did."""
    if x.started_on:
        return _("Début le %(day)s", day=wording.day(x.started_on))
    planned = wording.day(x.starts_on)
    if x.field_ended_on:
        return _("Arrêtée avant de commencer ; début prévu le %(day)s", day=planned)
    return _("Jamais lancée ; début prévu le %(day)s", day=planned)


def _lived(x: Listed) -> str:
    """When the trial itself began and ended, whatever had been planned."""
    first, last = wording.day(x.started_on), wording.day(x.field_ended_on)
    if not x.started_on:
        return _("Arrêtée avant de commencer, le %(last)s", last=last)
    if _is_stopped(x):
        if is_past_term(x.field_ended_on, x.ends_on):
            return _("Arrêtée après son terme : essai du %(first)s au %(last)s", first=first, last=last)
        return _("Arrêtée avant son terme : essai du %(first)s au %(last)s", first=first, last=last)
    return _("Essai du %(first)s au %(last)s", first=first, last=last)


_GO_ON = {Outcome.AUTHORISATION, Outcome.REFUSAL, Outcome.EXTENSION}
_ENDS = {facet(OUTCOME, one): one for one in Outcome if one not in _GO_ON}
_STOPPED = facet(OUTCOME, Outcome.EARLY_STOP)


def _is_stopped(x: Listed) -> bool:
    return _STOPPED in x.facets.split()


def outcome_of(facets: list[str]) -> str:
    """How an experiment ended, by the words that a filter keeps it by; nothing of one that goes on, or was refused."""
    ends = sorted((word for word in facets if word in _ENDS), key=_STOPPED.__eq__)  # What was decided after a stop.
    return _(_ENDS[ends[0]].label) if ends else ""


@lru_cache(maxsize=1024)
def public_line(row: Listed, today: date, _lang: str, level: int = 2) -> Markup:
    """The HTML of one line of the public list, made once a day and a language for what the database says of it.

    `level` is that of its title: one more in a section that has its own.
    """
    macro = current_app.jinja_env.get_template("parts/experiment_row.html").module
    found: Markup = macro.experiment_row(line_of(row, today), level)  # type: ignore[attr-defined]
    return found
