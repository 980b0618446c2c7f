"""The words of the mail about a webhook that stopped, in English: the same names as in alarm_french.py."""

from __future__ import annotations

from datetime import datetime

from experiments import deliveries
from experiments.ladder import PARIS, paris_day

from .english import REPLY, colon, on, quoted, register

__all__ = ["REPLY", "colon", "register"]

SEE = "See this webhook and its log"
STOPS = {
    deliveries.DISAPPEARED: "The receiver answered 410: it no longer exists",
    deliveries.SILENT: "Nothing was received for five days",
    deliveries.UNREADABLE: "Its secret can no longer be read: the key of the register (SECRET_KEY) has changed",
}
ADMINISTERS = "You receive this mail because you administer the register; once for this stop."


def stopped(label: str) -> str:
    return f"Webhook stopped: {label}"


def nothing_sent(label: str, since: datetime) -> str:
    there = since.astimezone(PARIS)
    return f"Nothing has been sent to the program {quoted(label)} since {on(paris_day(since))}, {there:%H:%M}."


def waiting(count: int) -> str:
    """What becomes of what was to be said."""
    if not count:
        return "Nothing waits yet: what happens until it resumes will be sent then."
    return f"{count} message{'s' if count > 1 else ''} {'wait' if count > 1 else 'waits'}, to be sent when it resumes."


def why(reason: str) -> str:
    return f"{reason}."
