"""The words of mails to people outside, in French. outside_english.py says the same, under the same names."""

from __future__ import annotations

from datetime import date

from experiments.model.voice import Decline, VoiceKind

from .french import colon, event, on, quoted, register

__all__ = ["colon", "event", "quoted", "register"]

REGISTER = "toutes les expérimentations"
CONFIRM = "Confirmer"
CONFIRM_ALL = "Confirmer\u00a0: suivre toutes les expérimentations"
ASKED = "Quelqu’un, sans doute vous, a demandé que cette adresse reçoive des nouvelles de\u00a0:"
UNCONFIRMED = "Ce n’est pas vous\u202f? Ne faites rien\u00a0: cette demande restera sans suite."
MANAGE = "Choisir ce que vous suivez, ou ne plus rien recevoir"
REFUSE = "Refuser pour toujours ces courriels, qui que ce soit qui les demande"
DAILY = "Un courriel par jour au plus, et seulement les jours où quelque chose a été publié."
READ = "Lire la page de l’expérimentation"
READ_VOICES = "Lire ce qu’en disent les habitants"
YOURS = "Votre observation, telle qu’elle est publiée"
ANSWER = "Réponse"
AGAIN = "Écrire une autre observation"
DECLINES = {reason: reason.label for reason in Decline}
KINDS = {
    VoiceKind.REACTION: "votre réaction",
    VoiceKind.QUESTION: "votre question",
    VoiceKind.MISTAKE: "l’erreur que vous avez signalée",
    VoiceKind.OBSTACLE: "l’obstacle que vous avez signalé",
}


def confirm_one(title: str) -> str:
    return f"Confirmer\u00a0: suivre {quoted(title)}"


def confirm_many(count: int) -> str:
    return f"Confirmer\u00a0: suivre {count}\u00a0expérimentations"


def lapses(days: int) -> str:
    return f"Sans confirmation, elle est effacée au bout de {days}\u00a0jours."


def news(count: int, files: int) -> str:
    """The subject of a mail that tells several things."""
    of = f"{files}\u00a0expérimentations" if files > 1 else "une expérimentation"
    return f"{count}\u00a0nouvelles de {of}" if files > 1 else f"{count}\u00a0nouvelles d’{of}"


def happened_on(what: str, day: date) -> str:
    return f"{what}, le {on(day)}."


def why(authority: str) -> str:
    return f"Vous recevez ce courriel parce que cette adresse suit des expérimentations de {authority}."


def answered(reference: str) -> str:
    return f"Réponse à votre observation {reference}"


def settled(reference: str) -> str:
    return f"Votre observation {reference}"


def about(kind: VoiceKind, title: str) -> str:
    return f"Voici la réponse à {KINDS[kind]}" + (f", au sujet de {quoted(title)}." if title else ".")


def declined(kind: VoiceKind, title: str, *, withdrawn: bool) -> str:
    what = KINDS[kind] + (f", au sujet de {quoted(title)}," if title else "")
    if withdrawn:
        return f"Nous avons retiré de la page publique {what} pour cette raison\u00a0:"
    then = "et ne publions pas ce texte" if title else "et n’y donnons pas suite"
    return f"Nous avons lu {what} {then}, pour cette raison\u00a0:"


def erased(months: int) -> str:
    return f"Votre adresse et votre texte sont effacés au plus tard {months}\u00a0mois après cette réponse."
