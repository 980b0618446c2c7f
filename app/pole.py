"""The picture of an experiment's life: a ranging pole, as numbers and one sentence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal, NamedTuple

from . import wording
from .i18n import gettext as _
from .i18n import later

Kind = Literal["ghost", "planned", "running", "overdue", "over"]
State = Literal["ahead", "kept", "belated", "late", "missed"]
"""What became of a day: kept, done after it, late and owed, or never done and owed no more."""
SIGNS = {"ahead": "", "kept": "✓", "belated": "✓", "late": "!", "missed": "✗"}

LENGTH = 1000
MONTH = 30.4375  # days in a month, on average: one band
HORIZON = 730  # days: the pole that fills the width of a list row
LETTER = 11  # what one letter of a label takes of the pole, where it is narrowest
MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)


class Stake(NamedTuple):
    """A day that matters. Its label is a French noun, « Évaluation », « Décision »; its mark has that of the page."""

    on: date
    label: str
    state: State = "ahead"
    words: str = ""
    """What is said of that: « versée le 11 mai 2026, 40 jours après la date »."""
    brief: str = ""
    """The same on the drawing, where there is little room: « versée 40 jours après »."""
    aside: str = ""
    """What else is told with that day."""

    @property
    def done(self) -> bool:
        return self.state in ("kept", "belated")

    @property
    def sign(self) -> str:
        """What the drawing writes after the day."""
        return " ".join(filter(None, (SIGNS[self.state], self.brief)))


class Mark(NamedTuple):
    """A stake, placed: `level` keeps its label clear of the others'."""

    stake: Stake
    label: str
    x: int
    side: Literal["start", "end"]
    level: int


class Pole(NamedTuple):
    """Positions run from 0 to 1000; bands are counted, the template draws them in one stroke."""

    kind: Kind
    label: str
    note: str = ""
    end: int = LENGTH
    done: int = 0
    tail: int = LENGTH
    today: int | None = None
    frozen_from: int | None = None
    bands: float = 12
    bands_done: float = 0
    extent: int = 0  # in days
    share: int = 100  # percent of a list row: a month is as long on every row
    joints: tuple[int, ...] = ()
    marks: tuple[Mark, ...] = ()
    levels: int = 0


GHOST = Pole("ghost", later("Dates non fixées."), bands=24)


def untried(starts_on: date | None, ends_on: date | None) -> Pole:
    """The pole of what was only proposed: it has dates, and no life."""
    if starts_on is None or ends_on is None:
        return GHOST._replace(label=_(GHOST.label))
    first, last = wording.day(starts_on), wording.day(ends_on)
    return GHOST._replace(
        label=_("Proposée du %(first)s au %(last)s ; rien n’a été essayé.", first=first, last=last)
    )  # fmt: skip


def intended(starts_on: date | None, ends_on: date | None, stakes: Sequence[Stake] = ()) -> Pole:
    """The pole of what nobody has authorised yet: its length and its days, none of them lived, whatever the day."""
    if starts_on is None or ends_on is None or ends_on < starts_on:
        return GHOST._replace(label=_(GHOST.label))
    length = _("prévue sur %(days)s", days=wording.days((ends_on - starts_on).days + 1))
    return draw(starts_on, ends_on, starts_on - timedelta(1), stakes, field=length)


def draw(
    starts_on: date | None,
    ends_on: date | None,
    today: date,
    stakes: Sequence[Stake] = (),
    *,
    finished_on: date | None = None,
    suspended_on: date | None = None,
    field: str = "",
    joints: Sequence[date] = (),
    whole: bool = False,
) -> Pole:
    """Draw a life. `finished_on` stops the clock; `joints` are the first days of extensions; `field` is said of a
    field that is over, in place of the days left.

    An overrun longer than half of the life is not drawn to its end, unless `whole`.
    """
    if starts_on is None or ends_on is None or ends_on < starts_on:
        return GHOST._replace(label=_(GHOST.label))
    after_end = ends_on + timedelta(days=1)  # the last day is lived in full
    planned = (after_end - starts_on).days
    seen = min(finished_on or today, today)
    overrun = max(0, (seen - ends_on).days)
    drawn = overrun if whole else min(overrun, max(planned // 2, 60))
    extent = planned + drawn

    def at(day: date) -> int:
        return max(0, min(LENGTH, round(LENGTH * (day - starts_on).days / extent)))

    end, done = at(after_end), min(at(seen), at(after_end))
    kind = _kind(starts_on, today, finished_on, overrun)
    marks = _spread([(end if s.on == ends_on else at(s.on), s) for s in stakes])
    return Pole(
        kind=kind,
        label=_sentence(kind, starts_on, ends_on, today, stakes, finished_on, suspended_on, field),
        note=_note(kind, overrun, suspended_on),
        end=end,
        done=done,
        tail=LENGTH if drawn else end,
        today=at(today) if kind in ("running", "overdue") else None,
        frozen_from=at(suspended_on) if suspended_on and kind == "running" else None,
        bands=round(planned / MONTH, 2),
        bands_done=round(planned / MONTH * done / end, 2),
        extent=extent,
        share=max(6, min(100, round(100 * extent / HORIZON))),
        joints=tuple(at(day) for day in joints),
        marks=marks,
        levels=1 + max((mark.level for mark in marks), default=-1),
    )


def _kind(starts_on: date, today: date, finished_on: date | None, overrun: int) -> Kind:
    if finished_on is not None and finished_on <= today:
        return "over"
    if today < starts_on:
        return "planned"
    return "overdue" if overrun else "running"


def _note(kind: Kind, overrun: int, suspended_on: date | None) -> str:
    if kind == "overdue":
        return _("%(days)s de retard", days=wording.days(overrun))
    return _("suspendue") if suspended_on and kind == "running" else ""


def _sentence(
    kind: Kind,
    starts_on: date,
    ends_on: date,
    today: date,
    stakes: Sequence[Stake],
    finished_on: date | None,
    suspended_on: date | None,
    field: str,
) -> str:
    left = (ends_on - today).days
    if field and kind in ("planned", "running"):
        rest = field
    elif kind == "planned":
        rest = _("commence dans %(days)s", days=wording.days((starts_on - today).days))
    elif kind == "overdue":
        rest = _("terme passé depuis %(days)s", days=wording.days(-left)) + _lacking(stakes)
        rest = _("%(rest)s ; %(field)s", rest=rest, field=field) if field else rest
    elif kind == "over" and finished_on is not None:
        return _over(starts_on, ends_on, finished_on, field)
    else:
        rest = _("il reste %(days)s", days=wording.days(left)) if left else _("dernier jour")
        if suspended_on:
            rest = _("suspendue depuis le %(day)s, %(rest)s", day=wording.day(suspended_on), rest=rest)
    first, last = wording.day(starts_on), wording.day(ends_on)
    return _("Du %(first)s au %(last)s ; %(rest)s.", first=first, last=last, rest=rest)


def _over(starts_on: date, ends_on: date, decided_on: date, field: str) -> str:
    """The dates were a plan: the trial ended on a day of its own, and was decided on another."""
    rest = _("décision prise le %(day)s", day=wording.day(decided_on)) + _gap((decided_on - ends_on).days)
    rest = _("%(field)s ; %(rest)s", field=field, rest=rest) if field else rest
    first, last = wording.day(starts_on), wording.day(ends_on)
    return _("Prévue du %(first)s au %(last)s ; %(rest)s.", first=first, last=last, rest=rest)


def _lacking(stakes: Sequence[Stake]) -> str:
    waited = {
        word
        for word in ("évaluation", "décision")
        if any(not s.done and s.label.casefold().startswith(word) for s in stakes)
    }
    if len(waited) == 2:
        return _(" sans évaluation ni décision")
    return _(" sans évaluation") if "évaluation" in waited else _(" sans décision") if waited else ""


def _gap(days: int) -> str:
    if not days:
        return _(", au jour dit")
    length = wording.days(abs(days))
    if days > 0:
        return _(", %(days)s après la fin prévue", days=length)
    return _(", %(days)s avant la fin prévue", days=length)


def _spread(placed: Sequence[tuple[int, Stake]]) -> tuple[Mark, ...]:
    """Give each label the highest level where neither it nor its stem meets another."""
    # Labels lean towards the start: from left to right, a stem falls beyond the labels above it.
    # Only those with no room there lean the other way, and are placed from right to left.
    sized = [(x, LETTER * (len(_(s.label)) + len(wording.day(s.on)) + len(s.sign) + 2), s) for x, s in placed]
    leaning = sorted((p for p in sized if p[0] >= p[1]), key=lambda p: p[0])
    first = sorted((p for p in sized if p[0] < p[1]), key=lambda p: -p[0])
    taken: list[tuple[int, int, int]] = []
    marks = []
    for x, width, stake in (*leaning, *first):
        side: Literal["start", "end"] = "end" if x >= width else "start"
        left, right = (x - width, x) if side == "end" else (x, x + width)
        level = max((n + 1 for low, high, n in taken if left <= high and right >= low), default=0)
        taken.append((left, right, level))
        marks.append(Mark(stake, _(stake.label), x, side, level))
    return tuple(sorted(marks, key=lambda mark: (mark.stake.on, mark.x)))
