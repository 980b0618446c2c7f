"""The words of mails, in French. english.py says the same, under the same names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from app import history
from app.pole import Pole
from app.templating import away, date_fr, days_fr, plural
from experiments.notices import TELLS
from experiments.obligations import Occasion, Rank, Task
from experiments.policy import in_force
from experiments.record import RecordedEntry
from experiments.succession import Obstacle
from experiments.vocabulary import OpinionSense, Status
from experiments.words import fold, inside

from .french_duties import ACTS, BUTTONS, LAPSED, OVERSEEN, SOURCES, TASKS

__all__ = ["ACTS", "BUTTONS", "LAPSED", "OVERSEEN", "SOURCES", "TASKS", "away"]

_AND = "\u202f; "
UNTITLED = "Sans titre"

EXPECTED = {
    "submit": "Lire le dossier de {} et décider",
    "return": "Reprendre le dossier de {} et le soumettre de nouveau",
    "finish": "Verser l’évaluation de {}",
    "evaluate": "Décider de la suite de {}",
    "opinion-asked": "Donner votre avis sur {}",
    "extension-asked": "Décider de la prolongation de {}",
}

STATUSES = {status: status.label.lower() for status in Status}
EVENTS = {event: history.what(event) for event in TELLS}
RANKS = {rank: rank.label for rank in Rank}
THE = {
    Rank.ADVISER: "la personne consultée",
    Rank.EVALUATOR: "l’évaluateur",
    Rank.LEAD: "le porteur",
    Rank.DEPUTY: "le suppléant",
    Rank.HEAD: "la direction",
    Rank.VALIDATOR: "les valideurs",
    Rank.AUDITOR: "les auditeurs",
    Rank.ADMINISTRATOR: "les administrateurs",
}
TO = {
    Rank.ADVISER: "à la personne consultée",
    Rank.EVALUATOR: "à l’évaluateur",
    Rank.LEAD: "au porteur",
    Rank.DEPUTY: "au suppléant",
    Rank.HEAD: "à la direction",
    Rank.VALIDATOR: "aux valideurs",
    Rank.AUDITOR: "aux auditeurs",
    Rank.ADMINISTRATOR: "aux administrateurs",
}
WHY = {
    Rank.ADVISER: "votre avis est demandé sur ce dossier",
    Rank.EVALUATOR: "vous évaluez cette expérimentation",
    Rank.LEAD: "vous portez ce dossier",
    Rank.DEPUTY: "vous suppléez le porteur de ce dossier",
    Rank.HEAD: "vous dirigez le service qui porte ce dossier",
    Rank.VALIDATOR: "vous validez les expérimentations",
    Rank.AUDITOR: "vous auditez le registre",
    Rank.ADMINISTRATOR: "vous administrez le registre et que personne d’autre ne peut être joint pour ce dossier",
}
TITLES = {Occasion.REMINDER: "Ce qui vous attend", Occasion.NOTICE: "Ce qui s’est passé"}

OPEN = "Ouvrir le dossier"
NOTHING = "Il ne vous est rien demandé."
NOBODY_ELSE = "Personne d’autre n’en est prévenu pour le moment."
MORE = "Et aussi"
NEXT = "Les prochaines dates de ce dossier"
NONE_NEXT = "Ce dossier n’a pas d’autre date qui vous concerne."
REASON = "Motif"
OPINION = "Avis"
ATTACHED = "Les dates sont jointes à ce courriel pour votre agenda (echeances.ics)."
REPLY = "Une réponse à ce courriel n’entre dans aucun dossier\u00a0: tout se fait dans le registre."
PACE = "Choisir la langue de ces courriels, et le rythme de ceux que la règle n’impose pas"


def register(authority: str) -> str:
    return f"Registre des expérimentations, {authority}"


def on(day: date) -> str:
    """« 1er mars 2026 »."""
    return date_fr(day)


def quoted(title: str) -> str:
    return f"«\u00a0{title}\u00a0»"


def colon(before: str, after: str) -> str:
    return f"{before}\u00a0: {after}" if after else f"{before}\u00a0:"


def left(count: int) -> str:
    """In a subject: « J-7 », « 12 jours de retard »."""
    if count < 0:
        return f"{days_fr(-count)} de retard"
    return f"J-{count}" if count else "c’est aujourd’hui"


def due(day: date, count: int) -> str:
    """The day with its arithmetic: the sentence under the act."""
    if count < 0:
        return f"C’était attendu pour le {on(day)}\u00a0: {away(count)}."
    return f"Échéance\u00a0: le {on(day)}, {away(count)}."


def worked(count: int, since: date) -> str:
    return f"Le délai est de {plural(count, 'jour ouvré', 'jours ouvrés')} après la soumission du {on(since)}."


def subject_of(subject: str) -> str:
    """Which of several: the opinion, the derogation."""
    return f"De quoi il s’agit\u00a0: {subject}"


def then(rank: Rank, day: date) -> str:
    return f"Si rien n’est fait, nous préviendrons aussi {THE[rank]} le {on(day)}."


def again(day: date) -> str:
    return f"Prochain rappel\u00a0: le {on(day)}, si ce n’est pas fait."


def why(reasons: Sequence[str]) -> str:
    """« Vous recevez ce courriel parce que vous portez ce dossier et qu’un rappel est resté sans effet. »"""
    first, *rest = reasons
    clauses = [f"parce que {first}", *(_elided("que", one) for one in rest)]
    return f"Vous recevez ce courriel {_listed(clauses)}."


def _elided(word: str, after: str) -> str:
    """« que Camille », « qu’Awa »."""
    vowel = fold(after[:1]) in tuple("aeiou")
    return f"{word[:-1]}’{after}" if vowel else f"{word} {after}"


def _listed(parts: Sequence[str]) -> str:
    return " et ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))


def missing(name: str, rank: Rank, obstacle: Obstacle) -> str:
    """Why somebody could not be told first; it goes on from « parce que ». No word depends on their gender."""
    who = f"{name} ({RANKS[rank]})"
    if obstacle.kind == "closed":
        return f"{who} n’a plus de compte ouvert"
    if obstacle.kind == "bounced":
        return f"l’adresse {_elided('de', who)} refuse nos courriels"
    return f"{who} est en absence jusqu’au {on(obstacle.until)}" if obstacle.until else f"{who} a quitté ses fonctions"


def in_vain(rank: Rank, count: int) -> str:
    if count == 1:
        return f"un rappel {TO[rank]} est resté sans effet"
    return f"{plural(count, 'rappel')} {TO[rank]} sont restés sans effet"


def undelivered(rank: Rank) -> str:
    return f"le rappel {TO[rank]} n’a pas pu être remis"


def told(who: str, on_days: Sequence[date]) -> str:
    """« Awa Diallo (porteur) le 1er mars 2026 et le 31 mars 2026 »; the name alone while no mail has left."""
    if len(on_days) > 3:
        return f"{who} {len(on_days)}\u00a0fois, du {on(on_days[0])} au {on(on_days[-1])}"
    return f"{who} {_listed([f'le {on(day)}' for day in on_days] or [''])}".rstrip()


def many(count: int, rank: Rank) -> str:
    return f"{count}\u00a0personnes ({RANKS[rank]})"


def told_before(people: Sequence[str]) -> str:
    return f"Déjà prévenus\u00a0: {_AND.join(people)}."


def told_also(people: Sequence[str]) -> str:
    return f"Le rappel part aussi pour\u00a0: {_AND.join(people)}."


def source(task: Task) -> str:
    return f"Ce qui le demande\u00a0: {in_force(SOURCES[task])}."


def file(title: str, number: str, status: Status) -> str:
    return f"{quoted(title)} ({number}), {STATUSES[status]}"


def life(pole: Pole, starts_on: date, ends_on: date, today: date) -> str:
    """The dates of a file. Its status is said beside: past its end, it is not over for all that."""
    if pole.kind != "overdue":
        return pole.label
    over = days_fr((today - ends_on).days)
    return f"Du {on(starts_on)} au {on(ends_on)}\u202f; fin ferme dépassée de {over}."


def event(entry: RecordedEntry, sense: OpinionSense | None) -> str:
    """What happened, as the history says it."""
    return history.line(entry).what + (f", {sense.label.lower()}" if sense else "")


def happened(entry: RecordedEntry) -> str:
    """When, and in what capacity: never who. A comma may come before it."""
    line = history.line(entry)
    return f"Le {on(line.on)}" + (f", {_elided('en qualité de', line.who)}." if line.who else ".")


def date_line(day: date, count: int, task: Task, subject: str) -> str:
    """« 30 juin 2026 (dans 12 jours) : évaluation »."""
    return f"{on(day)} ({away(count)})\u00a0: {TASKS[task].lower()}" + (f" ({subject})" if subject else "")


def count_asks(count: int, late: int, *, own: bool) -> str:
    """« 3 échéances vous attendent, dont 1 en retard »."""
    if late == count:
        return plural(count, "échéance en retard", "échéances en retard") + (" vous attendent" if own else " à suivre")
    what = f"{plural(count, 'échéance')} " + ("vous attendent" if own else "à suivre")
    return what + (f", dont {late}\u00a0en retard" if late else "")


def count_news(count: int, asked: int, title: str) -> str:
    """« 3 nouvelles de « Navette autonome », dont 1\u00a0vous demande d’agir »."""
    of = f"de {quoted(title)}" if title else "de vos dossiers"
    wants = "dont 1\u00a0vous demande d’agir" if asked == 1 else f"dont {asked}\u00a0vous demandent d’agir"
    return f"{plural(count, 'nouvelle')} {of}" + (f", {wants}" if asked else "")


def digest(asks: int, late: int, news: int) -> str:
    """« Récapitulatif : 2 échéances, dont 1 en retard, et 3 nouvelles »."""
    delayed = f", dont {late}\u00a0en retard," if late else ""
    return f"Récapitulatif\u00a0: {plural(asks, 'échéance')}{delayed} et {plural(news, 'nouvelle')}"


def most_urgent(act: str) -> str:
    return f"Le plus urgent est {_elided('de', inside(act))}"


def foremost(act: str, when: str, others: int, news: int) -> str:
    """« Verser l’évaluation de « … » (12 jours de retard), et 3 autres échéances »."""
    due, told = plural(others, "autre échéance", "autres échéances"), plural(news, "nouvelle")
    return f"{act} ({when}), " + (f"{due} et {told}" if others and news else f"et {due if others else told}")
