"""What the public waits for: what is still owed, what is late, and what the carrier answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from app import wording
from app.i18n import gettext as _
from app.i18n import later
from experiments import lateness
from experiments.lateness import Late, Whence
from experiments.obligations import Task
from experiments.published import Published, Reply

IN_ITS_PLACE = {
    Whence.FILE: "",
    Whence.TERM: later("Le dossier ne fixe pas cette date : la fin ferme compte à sa place."),
    Whence.HALF: later("Le dossier ne fixe pas cette date : la moitié de la durée compte à sa place."),
    Whence.RULE: "",
}
"""What is said of a date that the file did not fix."""
_FEMININE = later("due le %(day)s")
_WAS_DUE = {Task.FOLLOW_UP: later("dû le %(day)s")}
"""The only thing owed to the public whose name is masculine."""


class Debt(NamedTuple):
    """One thing owed to the public."""

    what: str
    when: str
    """« due le 30 juin 2026 », « au plus tard le 30 juin 2026 »."""
    late: str
    """« 12 jours de retard », or nothing."""
    note: str


def debt(one: Late) -> Debt:
    """What is late, with the arithmetic."""
    return Debt(
        _(one.owed.task.label),
        _(_WAS_DUE.get(one.owed.task, _FEMININE), day=wording.day(one.owed.due_on)),
        _("%(days)s de retard", days=wording.days(one.days)),
        _(IN_ITS_PLACE[one.whence]),
    )


@dataclass(frozen=True)
class Waited:
    """The debts of one experiment, what is late first; the replies, the latest first."""

    debts: list[Debt]
    replies: list[Reply]

    def __bool__(self) -> bool:
        return bool(self.debts or self.replies)


def waited(x: Published, today: date) -> Waited:
    """All that is owed, late or not, and all that was answered."""
    ahead = [
        Debt(_(one.task.label), _("au plus tard le %(day)s", day=wording.day(one.due_on)), "", "")
        for one in x.owed
        if one.due_on >= today
    ]
    return Waited([*map(debt, lateness.late(x, today)), *ahead], x.replies[::-1])
