"""The figures of the public side in French: docs/benchmark-public.md, the aims beside the measures, met or not."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date

from app.templating import NBSP, date_fr, number_fr

from .machine import machine, versions
from .measure import CONNECTIONS, percentile
from .public import OFTEN, Effort, Figures, Register
from .public_visits import EXPORTS, FOR_PROGRAMS, PROMISED, VISITS, Way
from .report import ENGINES, Aim, aims_table, figure, kilobytes, milliseconds, table, times

Measured = dict[str, Figures]
"""By the name of the engine."""

MOST_SECONDS, MOST_GROWTH = 30, 1.5


def megabytes(count: float) -> str:
    return f"{figure(count / 1_000_000)}{NBSP}Mo"


def _growth(figures: Figures, name: str) -> tuple[float, int]:
    """How many times more a page costs on the largest register that has it than on the smallest, and its size."""
    sizes = [size for size, register in figures.items() if name in register.visits]
    large, small = (figures[size].visits[name][Way.FRESH] for size in (max(sizes), min(sizes)))
    return large.whole_ratio(small), max(sizes)


def _worst(found: Iterator[tuple[float, str]]) -> tuple[float, str]:
    return max(found)


def _growths(measured: Measured) -> Iterator[tuple[float, str]]:
    for engine, figures in measured.items():
        for name in PROMISED:
            ratio, size = _growth(figures, name)
            yield ratio, f"{VISITS[name][0]}, {ENGINES[engine]}, {number_fr(size)}"


def _beside_bare(measured: Measured, way: Way, names: tuple[str, ...]) -> Iterator[tuple[float, str]]:
    for engine, figures in measured.items():
        for size, register in figures.items():
            for name in register.visits.keys() & set(names):
                ratio = register.visits[name][way].whole_ratio(register.beside[name])
                yield ratio, f"{VISITS[name][0]}, {ENGINES[engine]}, {number_fr(size)}"


def _kept(measured: Measured, names: Collection[str]) -> Iterator[tuple[float, str]]:
    for engine, figures in measured.items():
        for register in figures.values():
            for name in register.visits.keys() & names:
                for way in (Way.KEPT, Way.HELD):
                    yield register.visits[name][way].cost, f"{VISITS[name][0]}, {way.value}, {ENGINES[engine]}"


def aims(measured: Measured) -> list[Aim]:
    """The aims, judged on the worst of all that was measured; the worst is named."""
    growth, grown = _worst(_growths(measured))
    fresh, slowest = _worst(_beside_bare(measured, Way.FRESH, PROMISED))
    kept, heaviest = _worst(_beside_bare(measured, Way.KEPT, tuple(VISITS)))
    cost, costly = _worst(_kept(measured, VISITS.keys() - FOR_PROGRAMS))
    other, longest = _worst(_kept(measured, set(FOR_PROGRAMS)))
    registers = [register for figures in measured.values() for register in figures.values()]
    said = max(v[way].statements or 0 for r in registers for v in r.visits.values() for way in (Way.KEPT, Way.HELD))
    firsts = [register.first for register in registers if register.first]
    requests, weight = max(f.requests for f in firsts), max(f.bytes for f in firsts)
    return [
        Aim("Liste, recherche, page : au plus 1,5 fois le plus petit registre", f"{times(growth)} ({grown})",
            growth <= MOST_GROWTH),
        Aim("Liste, recherche, page : au plus 2 fois la page nue", f"{times(fresh)} ({slowest})", fresh <= 2),
        Aim("Page gardée : pas plus que la page nue", f"{times(kept)} ({heaviest})", kept <= 1),
        Aim("Page gardée ou inchangée : une requête SQL", f"{said}", said <= 1),
        Aim("Page gardée ou inchangée : au plus 2 ms de processeur", f"{milliseconds(cost)} ({costly})", cost <= 0.002),
        Aim("Fil, agenda, API, de même", f"{milliseconds(other)} ({longest})", other <= 0.002),
        *_exported(measured),
        Aim("Première visite : au plus 5 requêtes HTTP", f"{requests}", requests <= 5),
        Aim("Première visite : au plus 50 ko", kilobytes(weight), weight <= 50_000),
    ]  # fmt: skip


def _exported(measured: Measured) -> list[Aim]:
    made = [register.exports for figures in measured.values() for register in figures.values() if register.exports]
    seconds = max(found.seconds for exports in made for found in exports.values())
    largest = number_fr(max(size for figures in measured.values() for size, r in figures.items() if r.exports))
    growth = max(_more_memory(figures, path) for figures in measured.values() for path in EXPORTS)
    return [
        Aim(f"Export de {largest} : moins de 30 s", f"{figure(seconds)}{NBSP}s", seconds < MOST_SECONDS),
        Aim("Export : la mémoire ne grandit pas avec le registre (8 Mo près)", megabytes(growth), growth < 8_000_000),
    ]


def _more_memory(figures: Figures, path: str) -> int:
    """How much more memory the largest export takes than that of the size before: the first ones load the program."""
    peaks = [register.exports[path].peak for _, register in sorted(figures.items()) if register.exports]
    return max(0, peaks[-1] - min(peaks[:-1], default=peaks[-1]))


def ratios(measured: Measured) -> str:
    """What is worth keeping from one machine to another: each page beside the bare page of the same run."""
    names = list(VISITS)
    rows = [
        [
            f"{ENGINES[engine]}, {number_fr(size)}",
            *(times(r.visits[n][Way.FRESH].whole_ratio(r.beside[n])) if n in r.visits else "–" for n in names),
        ]
        for engine, figures in measured.items()
        for size, r in figures.items()
    ]
    return table(("Recalculée / nue", *(VISITS[name][0] for name in names)), rows)


def growth(measured: Measured) -> str:
    """How much more the largest register costs."""
    rows = [
        [ENGINES[engine], *(times(_growth(figures, name)[0]) for name in VISITS)]
        for engine, figures in measured.items()
    ]
    return table(("Grand / petit", *(label for label, _ in VISITS.values())), rows)


MEASURES = (
    "", "Processeur, serveur", "Processeur, base", "Requêtes SQL", "Octets", "p50, seul", "p99, seul",
    f"Requêtes/s, à {CONNECTIONS}", "Gardée : processeur", "p50, seul", f"Requêtes/s, à {CONNECTIONS}",
    "Inchangée (304) : processeur",
)  # fmt: skip


def _rows(register: Register) -> Iterator[list[str]]:
    for name, ways in register.visits.items():
        fresh, kept, held = (ways[way] for way in Way)
        yield [
            VISITS[name][0], milliseconds(fresh.cpu), milliseconds(fresh.database_cpu) if fresh.database_cpu else "–",
            str(fresh.statements), kilobytes(register.sizes[name]), milliseconds(percentile(fresh.alone, 50)),
            milliseconds(percentile(fresh.alone, 99)), figure(fresh.rate, 0), milliseconds(kept.cost),
            milliseconds(percentile(kept.alone, 50)), figure(kept.rate, 0), milliseconds(held.cost),
        ]  # fmt: skip
    nude = register.beside["list"]
    yield ["Page nue de Flask, 50 lignes", milliseconds(nude.cpu),
           milliseconds(nude.database_cpu) if nude.database_cpu else "–", "1", "–",
           milliseconds(percentile(nude.alone, 50)), milliseconds(percentile(nude.alone, 99)), figure(nude.rate, 0),
           "–", "–", "–", "–"]  # fmt: skip


def measures(measured: Measured) -> str:
    """Every measure, one table for each database and size."""
    parts = []
    for engine, figures in measured.items():
        for size, register in figures.items():
            title = f"### {ENGINES[engine]}, {number_fr(size)} expérimentations"
            held = f"Mémoire des processus qui répondent, à la fin : {megabytes(register.resident)}."
            parts.append(f"{title}\n\n{table(MEASURES, _rows(register))}\n\n{held}")
    return "\n\n".join(parts)


def exports(measured: Measured) -> str:
    rows = [
        [
            f"{ENGINES[engine]}, {number_fr(size)}, {EXPORTS[path]}", f"{figure(one.seconds)}{NBSP}s",
            f"{figure(one.cpu)}{NBSP}s", megabytes(one.bytes), megabytes(one.peak),
        ]
        for engine, figures in measured.items()
        for size, register in figures.items()
        for path, one in register.exports.items()
    ]  # fmt: skip
    return table(("Export entier, la première fois", "Durée", "Processeur", "Reçu, comprimé", "Mémoire en plus"), rows)


PAGE = """# Mesures de la partie publique

Écrit par `./run bench public` le {day} ; à relancer plutôt qu’à corriger.

Machine : {machine}.
Versions : {versions}.

Les chiffres absolus changent d’une machine à l’autre, et d’une heure à l’autre : comparer les **rapports**.

## Ce qui était visé

{aims}

« Au pire » : la plus mauvaise des valeurs obtenues sur les deux bases et toutes les tailles.

## Rapports

Temps processeur, celui de la base compris. La *page nue* est celle de [benchmark.md](benchmark.md), mesurée dans le
même tour. *Grand / petit* : le plus grand registre où la page est mesurée, et le plus petit.

{ratios}

{growth}

## Exports

{exports}

## Mesures

{measures}

## Comment c’est mesuré

- **Registres** : {sizes} expérimentations. Une vraie expérimentation par statut, faite par les verbes du domaine, puis
  copiée : chaque copie a son document public entier (12 à 19 ko), avec son numéro, son titre, son lieu, son organisme
  (72), sa commune (24), sa politique et ses dates ; ses filtres et ses mots sont ceux que
  `experiments/publishing.py` en tire. La trace des étapes et les échéances publiques sont copiées aussi ; le reste du
  dossier est vide : la partie publique ne le lit pas. « ombrières » est dans tous les documents, un nom de quartier
  dans un sur deux cents, un nom de rue dans vingt, quelle que soit la taille.
- **{million}**, sur PostgreSQL seulement : le registre de {largest}, multiplié par {times} dans la base. Les copies
  ont leur numéro (dans la ligne, les mots et le document) et leur nom de rue ; le titre, les dates, les filtres et le
  reste du document sont ceux de leur modèle. La table n’y est pas journalisée (`UNLOGGED`), et ces documents sont
  comprimés
  en lz4 : les lectures n’en dépendent pas.
- Après le remplissage : `VACUUM ANALYZE` et `CHECKPOINT`, ou un point de reprise de SQLite.
- **Recalculée** : chaque requête a une adresse nouvelle, que la page ignore ; rien n’est donc gardé, et la réponse est
  comprimée puis mise de côté comme d’ordinaire. **Gardée** : la même adresse, que chaque processus a déjà répondue.
  **Inchangée** : la même, avec `If-None-Match`. Les totaux de « Retards » sont comptés une fois par version du
  registre : une page recalculée les retrouve. L’agenda n’est jamais comprimé.
  Une ligne de liste est dessinée une fois par jour et par version de la fiche, et ses mots découpés une fois : une
  liste recalculée les retrouve.
- **Charge** : {rounds} tours de {requests} requêtes ({often} fois plus quand la page est gardée, quatre fois moins
  pour Atom et l’agenda), une à une puis par {connections} connexions ; médiane des tours, après une mise en route.
  Les registres d’une base sont servis ensemble et visités tour à tour, page par page ; les rapports sont pris tour
  par tour. *Page d’une expérimentation* : 40 pages, closes ou en cours.
- **Processeur** : temps des processus de travail de gunicorn (2 processus de 4 fils), et à part ceux de PostgreSQL.
- **Octets** : le corps de la réponse, `gzip`. **Première visite** : la liste et tout ce qu’elle charge,
  en-têtes compris.
- **Export** : demandé une fois, `gzip`, jusqu’au dernier octet ; la mémoire est le plus haut qu’ait atteint le
  processus qui l’a fait, moins ce qu’il tenait avant.
"""


def page(measured: Measured, effort: Effort, postgresql: str, day: date) -> str:
    """The whole of docs/benchmark-public.md."""
    largest = max(effort.sizes)
    return PAGE.format(
        day=date_fr(day), machine=machine(), versions=versions(postgresql), aims=aims_table(aims(measured)),
        ratios=ratios(measured), growth=growth(measured), exports=exports(measured), measures=measures(measured),
        sizes=", ".join(number_fr(size) for size in effort.sizes), largest=number_fr(largest),
        million=number_fr(largest * effort.times), times=effort.times, rounds=effort.rounds,
        requests=effort.requests, often=OFTEN, connections=CONNECTIONS,
    )  # fmt: skip
