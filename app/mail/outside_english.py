"""The words of mails to people outside, in English: the same names as in outside_french.py."""

from __future__ import annotations

from datetime import date

from experiments.model.voice import Decline, VoiceKind

from .english import colon, event, on, quoted, register

__all__ = ["colon", "event", "quoted", "register"]

REGISTER = "every experiment"
CONFIRM = "Confirm"
CONFIRM_ALL = "Confirm: follow every experiment"
ASKED = "Somebody, most likely you, asked for this address to receive news of:"
UNCONFIRMED = "Was it not you? Do nothing: this request will lead to nothing."
MANAGE = "Choose what you follow, or receive nothing any more"
REFUSE = "Refuse these e-mails for good, whoever asks for them"
DAILY = "One e-mail a day at most, and only on days when something was published."
READ = "Read the page of the experiment"
READ_VOICES = "Read what people say of it"
YOURS = "Your comment, as it is published"
ANSWER = "Answer"
AGAIN = "Write another comment"
DECLINES = {
    Decline.OFF_TOPIC: "Off topic",
    Decline.UNLAWFUL: "Unlawful words",
    Decline.PERSONAL: "Personal data that cannot be taken out of the text",
    Decline.DUPLICATE: "Already said",
}
KINDS = {
    VoiceKind.REACTION: "your comment",
    VoiceKind.QUESTION: "your question",
    VoiceKind.MISTAKE: "the mistake that you reported",
    VoiceKind.OBSTACLE: "the obstacle that you reported",
}


def confirm_one(title: str) -> str:
    return f"Confirm: follow {quoted(title)}"


def confirm_many(count: int) -> str:
    return f"Confirm: follow {count} experiments"


def lapses(days: int) -> str:
    return f"Unless you confirm, it is erased after {days} days."


def news(count: int, files: int) -> str:
    """The subject of a mail that tells several things."""
    return f"{count} pieces of news of {f'{files} experiments' if files > 1 else 'one experiment'}"


def happened_on(what: str, day: date) -> str:
    return f"{what}, on {on(day)}."


def why(authority: str) -> str:
    return f"You receive this e-mail because this address follows experiments of {authority}."


def answered(reference: str) -> str:
    return f"Answer to your comment {reference}"


def settled(reference: str) -> str:
    return f"Your comment {reference}"


def about(kind: VoiceKind, title: str) -> str:
    return f"Here is the answer to {KINDS[kind]}" + (f", about {quoted(title)}." if title else ".")


def declined(kind: VoiceKind, title: str, *, withdrawn: bool) -> str:
    what = KINDS[kind] + (f", about {quoted(title)}," if title else "")
    if withdrawn:
        return f"We have taken {what} off the public page, for this reason:"
    then = "and do not publish this text" if title else "and will not act on it"
    return f"We have read {what} {then}, for this reason:"


def erased(months: int) -> str:
    return f"Your address and your text are erased {months} months after this answer at the latest."
