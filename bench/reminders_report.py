"""The figures of the reminders in French: docs/benchmark-rappels.md, the aims beside the measures, met or not."""

from __future__ import annotations

from datetime import date

from app.templating import NBSP, date_fr, number_fr

from .machine import machine, versions
from .reminders import Reminding, Timed
from .report import ENGINES, Aim, aims_table, figure, milliseconds, table, times

Measured = dict[str, Reminding]


def seconds(timed: Timed) -> str:
    return f"{figure(timed.seconds, 2)}{NBSP}s"


NOISE = 1.1
"""Two runs gave × 1.03 and × 0.97: below a tenth, nothing has been seen to grow."""


def growth(found: Reminding) -> float:
    """How many times longer a deadline takes in the largest register than in the smallest, at worst of the two days."""
    few, many = found.planned[min(found.planned)], found.planned[max(found.planned)]
    days = ((many.first_day, few.first_day), (many.ordinary, few.ordinary))
    return max((large.seconds / large.count) / (small.seconds / small.count) for large, small in days)


def aims(measured: Measured) -> list[Aim]:
    """The aims, judged on the worst of the two databases."""
    largest = {engine: max(found.planned) for engine, found in measured.items()}
    day = max(found.planned[largest[engine]].ordinary.seconds for engine, found in measured.items())
    worst = max(growth(found) for found in measured.values()) if len(set(largest.values())) else 1
    rate = min(found.sending.rate for found in measured.values() if found.sending)
    ratio = min(f.sending.rate / max(f.sending.plain, f.sending.plain_kept) for f in measured.values() if f.sending)
    idle = max(found.idle.statements for found in measured.values() if found.idle)
    size = number_fr(max(largest.values()))
    return [
        Aim(f"Prévoir un jour, {size} expérimentations : moins de 10 s", f"{figure(day, 2)}{NBSP}s", day < 10),
        Aim("Prévoir : au plus proportionnel au nombre d’échéances (10 % près)", times(worst), worst <= NOISE),
        Aim("Envoyer, un facteur : au moins 150 courriels par seconde", figure(rate, 0), rate >= 150),
        Aim("Envoyer : au moins 2 fois une simple boucle de smtplib", times(ratio), ratio >= 2),
        Aim("Une heure sans rien à faire : au plus 120 requêtes SQL", f"{idle}", idle <= 120),
    ]


def planning(measured: Measured) -> str:
    head = ("", "Premier calcul", "Premier jour", "Requêtes", "Jour ordinaire", "Échéances vues", "Requêtes")
    rows = (
        [
            f"{ENGINES[engine]}, {number_fr(size)}",
            seconds(one.reckoned),
            f"{seconds(one.first_day)}, {number_fr(one.first_day.count)} échéances",
            number_fr(one.first_day.statements),
            seconds(one.ordinary),
            number_fr(one.ordinary.count),
            number_fr(one.ordinary.statements),
        ]
        for engine, found in measured.items()
        for size, one in found.planned.items()
    )
    return table(head, rows)


def sending(measured: Measured) -> str:
    loops = ("Boucle, une connexion gardée", "Boucle, une connexion par courriel")
    rows = (
        [
            ENGINES[engine],
            number_fr(s.count),
            *(figure(rate, 0) for rate in (s.rate, s.plain_kept, s.plain)),
            f"{figure(s.megabytes, 0)}{NBSP}Mo",
        ]
        for engine, found in measured.items()
        if (s := found.sending)
    )
    return table(("Courriels par seconde", "Envoyés", "Facteur", *loops, "Mémoire du facteur"), rows)


def others(measured: Measured) -> str:
    feed = ("Agenda : échéances", "Première fois", "Ensuite", "Inchangé (304)")
    rows = (
        [
            ENGINES[engine],
            f"{milliseconds(i.seconds)} de processeur",
            str(i.statements),
            str(f.events),
            *(milliseconds(found) for found in (f.cold, f.warm, f.unchanged)),
        ]
        for engine, found in measured.items()
        if (i := found.idle) and (f := found.feed)
    )
    return table(("", "Heure sans rien à faire", "Requêtes", *feed), rows)


PAGE = """# Mesures des rappels

Écrit par `./run bench rappels` le {day} ; à relancer plutôt qu’à corriger.

Machine : {machine}.
Versions : {versions}.

## Ce qui était visé

{aims}

« Au pire » : la plus mauvaise des valeurs obtenues sur les deux bases.

## Prévoir

{planning}

- **Premier calcul** : les échéances de tous les dossiers, comme au passage à cette version ou quand les règles locales
  changent. Une fois, par paquets de cent dossiers : un arrêt au milieu ne perd rien.
- **Premier jour** : tout ce qui est déjà en retard se rappelle à la fois. La base a d’abord rangé ce qu’elle range
  d’elle-même dans les heures qui suivent (`VACUUM ANALYZE` et `CHECKPOINT`, ou un point de reprise de SQLite).
- **Jour ordinaire** : moyenne des cinq jours ouvrés suivants, tous les rappels de la journée prévus d’affilée. Seules
  les échéances dont l’échelon tombe ce jour-là sont lues.
- **Proportionnel** : secondes par échéance, le premier jour et un jour ordinaire, dans le plus grand registre et dans
  le plus petit. Deux tours, le 28 novembre 2026, ont donné × 1,03 et × 0,97.

## Envoyer

{sending}

Le facteur est un processus à part, tel que `flask remind` le fait ; il écrit chaque courriel (texte, HTML et dates
jointes), le remet à un serveur SMTP local qui prend tout, et le marque dès la réponse. La *boucle* écrit les mêmes
courriels dans le même registre, comme on le fait d’abord : pour chacun, le lire, le composer, `smtplib`, le marquer,
valider.

## Le reste

{others}

- **Heure sans rien à faire** : 120 passages du facteur, un toutes les trente secondes.
- **Agenda** : une personne qui porte autant de dossiers qu’il en faut pour tant d’échéances, par une requête HTTP dans
  le processus.

Le registre est celui des autres mesures ([benchmark.md](benchmark.md)) ; chaque dossier a son porteur, son évaluateur.
"""


def page(measured: Measured, postgresql: str, day: date) -> str:
    """The whole of docs/benchmark-rappels.md."""
    return PAGE.format(
        day=date_fr(day), machine=machine(), versions=versions(postgresql), aims=aims_table(aims(measured)),
        planning=planning(measured), sending=sending(measured), others=others(measured),
    )  # fmt: skip
