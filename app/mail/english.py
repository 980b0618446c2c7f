"""The words of mails, in English: the same names as in french.py. Titles, and what people wrote, stay as they are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from app.pole import Pole
from experiments.obligations import Occasion, Rank, Task
from experiments.policy import in_force
from experiments.succession import Obstacle
from experiments.vocabulary import OpinionKind, Status
from experiments.words import inside

from .english_duties import ACTS, BUTTONS, LAPSED, OVERSEEN, SOURCES, TASKS
from .english_history import EVENTS, KINDS, event, happened, on

__all__ = [
    "ACTS", "BUTTONS", "EVENTS", "LAPSED", "OVERSEEN", "SOURCES", "TASKS",
    "event", "happened", "on",
]  # fmt: skip

UNTITLED = "Untitled"

EXPECTED = {
    "submit": "Read the file of {} and decide",
    "return": "Take up {} again and resubmit it",
    "finish": "Submit the evaluation of {}",
    "evaluate": "Decide what follows {}",
    "opinion-asked": "Give your opinion on {}",
    "extension-asked": "Decide on the extension of {}",
}

STATUSES = {
    Status.DRAFT: "draft",
    Status.SUBMITTED: "submitted",
    Status.AUTHORISED: "authorised",
    Status.REFUSED: "refused",
    Status.RUNNING: "under way",
    Status.SUSPENDED: "suspended",
    Status.EVALUATING: "being evaluated",
    Status.EVALUATED: "evaluated",
    Status.DECIDED: "decided",
    Status.CLOSED: "closed",
    Status.WITHDRAWN: "withdrawn",
}
RANKS = {
    Rank.ADVISER: "adviser",
    Rank.EVALUATOR: "evaluator",
    Rank.LEAD: "lead",
    Rank.DEPUTY: "deputy",
    Rank.HEAD: "management",
    Rank.VALIDATOR: "validator",
    Rank.AUDITOR: "auditor",
    Rank.ADMINISTRATOR: "administrator",
}
_SEVERAL = (Rank.VALIDATOR, Rank.AUDITOR, Rank.ADMINISTRATOR)
THE = {rank: f"the {word}{'s' * (rank in _SEVERAL)}" for rank, word in RANKS.items()} | {Rank.HEAD: "the management"}
TO = {rank: f"to {word}" for rank, word in THE.items()}
WHY = {
    Rank.ADVISER: "your opinion is asked for on this file",
    Rank.EVALUATOR: "you evaluate this experiment",
    Rank.LEAD: "you lead this experiment",
    Rank.DEPUTY: "you are the deputy of its lead",
    Rank.HEAD: "you manage the department that leads it",
    Rank.VALIDATOR: "you validate experiments",
    Rank.AUDITOR: "you audit the register",
    Rank.ADMINISTRATOR: "you administer the register and nobody else can be reached for this file",
}
TITLES = {Occasion.REMINDER: "What awaits you", Occasion.NOTICE: "What happened"}

OPEN = "Open the file"
NOTHING = "Nothing is asked of you."
NOBODY_ELSE = "Nobody else has been told so far."
MORE = "And also"
NEXT = "The next dates of this file"
NONE_NEXT = "This file has no other date that concerns you."
REASON = "Reason given"
OPINION = "Opinion"
ATTACHED = "The dates are attached for your calendar, in French (echeances.ics)."
REPLY = "A reply to this mail enters no file: everything is done in the register."
PACE = "Choose the language of these mails, and the pace of those that no rule imposes"


def _days(count: int) -> str:
    return f"{count:,}\u00a0day{'' if count == 1 else 's'}"


def _plural(count: int, one: str) -> str:
    return f"{count}\u00a0{one}{'' if count == 1 else 's'}"


def register(authority: str) -> str:
    return f"Register of experiments, {authority}"


def quoted(title: str) -> str:
    return f"“{title}”"


def colon(before: str, after: str) -> str:
    return f"{before}: {after}" if after else f"{before}:"


def left(count: int) -> str:
    if count < 0:
        return f"{_days(-count)} late"
    return f"{_days(count)} left" if count else "due today"


def away(count: int) -> str:
    if count < 0:
        return f"{_days(-count)} late"
    return ("today", "tomorrow")[count] if count < 2 else f"in {_days(count)}"


def due(day: date, count: int) -> str:
    return f"It was due on {on(day)}: {away(count)}." if count < 0 else f"Due on {on(day)}, {away(count)}."


def worked(count: int, since: date) -> str:
    return f"The time allowed is {_plural(count, 'working day')} after the submission of {on(since)}."


def subject_of(subject: str) -> str:
    return f"What it is about: {_in_english(subject)}"


def _in_english(subject: str) -> str:
    """The kind of an opinion; the rule that a derogation sets aside stays as it was written."""
    kind = next((kind for kind in OpinionKind if kind.label == subject), None)
    return KINDS[kind] if kind else subject


def then(rank: Rank, day: date) -> str:
    return f"If nothing is done, we shall also tell {THE[rank]} on {on(day)}."


def again(day: date) -> str:
    return f"Next reminder: on {on(day)}, if it is not done."


def why(reasons: Sequence[str]) -> str:
    return f"You receive this mail {_listed([f'because {one}' for one in reasons])}."


def _listed(parts: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))


def missing(name: str, rank: Rank, obstacle: Obstacle) -> str:
    who = f"{name} ({RANKS[rank]})"
    if obstacle.kind == "closed":
        return f"{who} no longer has an open account"
    if obstacle.kind == "bounced":
        return f"the address of {who} refuses our mails"
    return f"{who} is away until {on(obstacle.until)}" if obstacle.until else f"{who} has left the position"


def in_vain(rank: Rank, count: int) -> str:
    return f"{'one reminder' if count == 1 else _plural(count, 'reminder')} {TO[rank]} had no effect"


def undelivered(rank: Rank) -> str:
    return f"the reminder {TO[rank]} could not be delivered"


def told(who: str, on_days: Sequence[date]) -> str:
    if len(on_days) > 3:
        when = f"{len(on_days)}\u00a0times, from {on(on_days[0])} to {on(on_days[-1])}"
    else:
        when = "on " + _listed([on(day) for day in on_days]) if on_days else ""
    return f"{who} {when}".rstrip()


def many(count: int, rank: Rank) -> str:
    return f"{count}\u00a0people ({RANKS[rank]})"


def told_before(people: Sequence[str]) -> str:
    return f"Already told: {'; '.join(people)}."


def told_also(people: Sequence[str]) -> str:
    return f"The reminder also leaves for: {'; '.join(people)}."


def source(task: Task) -> str:
    return f"What asks for it: {in_force(SOURCES[task], english=True)}."


def file(title: str, number: str, status: Status) -> str:
    return f"{quoted(title)} ({number}), {STATUSES[status]}"


def life(pole: Pole, starts_on: date, ends_on: date, today: date) -> str:
    rest = {
        "planned": f"begins in {_days((starts_on - today).days)}",
        "overdue": f"{_days((today - ends_on).days)} past its firm end",
    }.get(pole.kind, f"{_days((ends_on - today).days)} left" if ends_on > today else "last day")
    return f"From {on(starts_on)} to {on(ends_on)}; {rest}."


def date_line(day: date, count: int, task: Task, subject: str) -> str:
    return f"{on(day)} ({away(count)}): {TASKS[task].lower()}" + (f" ({_in_english(subject)})" if subject else "")


def count_asks(count: int, late: int, *, own: bool) -> str:
    if late == count:
        return f"{_plural(count, 'late deadline')} " + ("await you" if own else "to follow")
    return f"{_plural(count, 'deadline')} " + ("await you" if own else "to follow") + (f", {late} late" if late else "")


def count_news(count: int, asked: int, title: str) -> str:
    of = f"about {quoted(title)}" if title else "about your files"
    wants = "1 asks you to act" if asked == 1 else f"{asked} ask you to act"
    return f"{count}\u00a0pieces of news {of}" + (f", {wants}" if asked else "")


def digest(asks: int, late: int, news: int) -> str:
    delayed = f", {late} late," if late else ""
    pieces = "1\u00a0piece" if news == 1 else f"{news}\u00a0pieces"
    return f"Summary: {_plural(asks, 'deadline')}{delayed} and {pieces} of news"


def most_urgent(act: str) -> str:
    return f"The most urgent is to {inside(act)}"


def foremost(act: str, when: str, others: int, news: int) -> str:
    also = [_plural(others, "other deadline")] if others else []
    also += ["1\u00a0piece of news" if news == 1 else f"{news}\u00a0pieces of news"] if news else []
    return f"{act} ({when}), " + (f"and {also[0]}" if len(also) == 1 else " and ".join(also))
