"""What a reader narrows the public list by, as words of the index (search.py)."""

from __future__ import annotations

from dataclasses import dataclass

from .search import COMMUNE, DEROGATION, GROUP, LISTED, ORGANISATION, OUTCOME, POLICY, STATUS, YEAR, facet
from .vocabulary import GROUPS, Status


@dataclass(frozen=True)
class Filters:
    """What a reader narrows the public list by; "" keeps everything.

    `status` is a status, "overdue", "past", "refused", "all", or "" for what is under way. `period` is a year;
    `derogation` the rank of a rule, a kind, or "none"; `outcome` how it went on or ended.
    """

    text: str = ""
    status: str = ""
    commune: str = ""
    policy: str = ""
    organisation: str = ""
    period: str = ""
    derogation: str = ""
    outcome: str = ""
    widely: bool = False
    """One word of the text is enough."""

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the status narrows the list."""
        return any(
            (self.text, self.commune, self.policy, self.organisation, self.period, self.derogation, self.outcome)
        )


SCOPES = {"": "current", "past": "past", "refused": "refused", "all": "listed"}
"""The parts of the register in which every filter is counted, by the status that asks for them."""
PARTS = SCOPES | {"overdue": "current"}
"""The same, and where what is late is found."""
STANDING = {asked: GROUPS[part] for asked, part in SCOPES.items() if part in GROUPS}
"""What a group holds."""
LATEST_FIRST = frozenset({"past", "refused", "all", str(Status.DECIDED), str(Status.CLOSED), str(Status.REFUSED)})
"""Elsewhere, what should have ended comes first."""


def narrow_of(f: Filters) -> list[str]:
    """The words of all but the status and the text."""
    kinds = {COMMUNE: f.commune, POLICY: f.policy, ORGANISATION: f.organisation, YEAR: f.period,
             DEROGATION: f.derogation, OUTCOME: f.outcome}  # fmt: skip
    return [facet(kind, value) for kind, value in kinds.items() if value]


def words_of(f: Filters) -> list[str]:
    """The words of filters that must all be borne."""
    standing = facet(GROUP, PARTS[f.status]) if f.status in PARTS else facet(STATUS, f.status)
    narrow = narrow_of(f)
    # Whatever has a page is listed: nothing more is asked of what is narrowed already.
    return narrow if narrow and standing == LISTED else [standing, *narrow]
