"""The words of the mail about a webhook that stopped, in French. alarm_english.py has the same names."""

from __future__ import annotations

from datetime import datetime

from app.templating import moment_fr, plural

from .french import REPLY, colon, quoted, register

__all__ = ["REPLY", "colon", "register"]

SEE = "Voir ce programme et son journal"
STOPS: dict[str, str] = {}
"""Why it stopped is said in French where it is kept."""
ADMINISTERS = "Vous recevez ce courriel parce que vous administrez le registre\u00a0; une fois pour cet arrêt."


def stopped(label: str) -> str:
    return f"Programme qui n’est plus prévenu\u00a0: {label}"


def nothing_sent(label: str, since: datetime) -> str:
    return f"Plus rien n’est envoyé au programme {quoted(label)} depuis le {moment_fr(since)}."


def waiting(count: int) -> str:
    """What becomes of what was to be said."""
    if not count:
        return "Rien n’attend encore\u00a0: ce qui se passe d’ici la reprise partira alors."
    then = "attend, et partira" if count == 1 else "attendent, et partiront"
    return f"{plural(count, 'message')} {then} à la reprise."


def why(reason: str) -> str:
    return f"{reason}."
