"""The figures in French: docs/benchmark.md, the aims beside the measures, met or not."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from app.templating import NBSP, date_fr, number_fr

from .machine import machine, versions
from .measure import BARE, CONNECTIONS, Effort, Figures, Register, Visit, percentile
from .visits import VISITS

LABELS = {name: label for name, (label, _) in VISITS.items()} | {BARE: "Page nue de Flask, 50 lignes"}
PAGES = ("list", "page", "gates")
GATES = ("suspend", "submit")
ENGINES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}

Measured = dict[str, Figures]
"""By the name of the engine."""


class Aim(NamedTuple):
    """What was aimed at, what was measured, and whether it is met."""

    words: str
    found: str
    met: bool


def figure(value: float, digits: int = 1) -> str:
    return number_fr(round(value, digits))


def milliseconds(seconds: float) -> str:
    return f"{figure(1000 * seconds)}{NBSP}ms"


def times(ratio: float) -> str:
    return f"×{NBSP}{figure(ratio, 2)}"


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table in Markdown, its figures on the right."""
    head = list(head)
    lines = [head, ["---", *("---:" for _ in head[1:])], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def aims(measured: Measured, cold: float) -> list[Aim]:
    """The aims, judged on the worst of the two databases and of the sizes."""
    registers = [register for figures in measured.values() for register in figures.values()]
    statements = max(most_statements(register) for register in registers)
    to_bare = max(register.visits["list"].ratio(register.visits[BARE]) for register in registers)
    list_cpu = max(register.visits["list"].cpu for register in registers)
    growth = max(_growth(figures, name) for figures in measured.values() for name in PAGES)
    crossing = max(register.visits[name].cpu for register in registers for name in GATES)
    requests = max(register.first.requests for register in registers)
    weight = max(register.first.bytes for register in registers)
    return [
        Aim("Au plus 6 requêtes SQL par page, quelle que soit la taille", f"{statements}", statements <= 6),
        Aim("Liste publique : au plus 2 fois la page nue", times(to_bare), to_bare <= 2),
        Aim("Liste publique : moins de 10 ms de processeur", milliseconds(list_cpu), list_cpu < 0.010),
        Aim("Pages : le plus grand registre coûte au plus 1,2 fois le plus petit", times(growth), growth <= 1.2),
        Aim("Jalon franchi : au plus 15 ms de processeur", milliseconds(crossing), crossing <= 0.015),
        Aim("Première visite : au plus 5 requêtes HTTP", f"{requests}", requests <= 5),
        Aim("Première visite : au plus 50 ko", kilobytes(weight), weight <= 50_000),
        Aim("Démarrage à froid : moins de 3 s", f"{figure(cold, 2)}{NBSP}s", cold < 3),
    ]


def most_statements(register: Register) -> int:
    """The page that takes the most, timed or not."""
    return max(*(register.visits[name].statements or 0 for name in PAGES), *register.desk.values())


def desk(measured: Measured) -> str:
    """The statements of the pages that are not timed."""
    found = [(engine, size, register.desk) for engine, f in measured.items() for size, register in f.items()]
    head = ("Requêtes SQL", *(f"{ENGINES[engine]}, {number_fr(size)}" for engine, size, _ in found))
    return table(head, ((label, *(str(counts[label]) for *_, counts in found)) for label in found[0][2]))


def kilobytes(count: int) -> str:
    return f"{figure(count / 1000)}{NBSP}ko"


def _growth(figures: Figures, name: str) -> float:
    small, large = min(figures), max(figures)
    return figures[large].visits[name].ratio(figures[small].visits[name])


def aims_table(found: list[Aim]) -> str:
    return table(
        ("Visé", "Mesuré, au pire", "Tenu"), ((aim.words, aim.found, "oui" if aim.met else "**non**") for aim in found)
    )


def _row(name: str, visit: Visit) -> list[str]:
    return [
        LABELS[name],
        milliseconds(visit.cpu),
        milliseconds(visit.database_cpu) if visit.database_cpu else "–",
        "–" if visit.statements is None or name == "asset" else str(visit.statements),
        milliseconds(percentile(visit.alone, 50)),
        milliseconds(percentile(visit.alone, 99)),
        figure(visit.rate, 0),
        milliseconds(percentile(visit.loaded, 50)),
        milliseconds(percentile(visit.loaded, 99)),
    ]


MEASURES = (
    "", "Processeur, serveur", "Processeur, base", "Requêtes SQL", "p50, seul", "p99, seul",
    f"Requêtes/s, à {CONNECTIONS}", f"p50, à {CONNECTIONS}", f"p99, à {CONNECTIONS}",
)  # fmt: skip


def measures(measured: Measured) -> str:
    """Every measure, one table for each database and size."""
    parts = []
    for engine, figures in measured.items():
        for size, register in figures.items():
            title = f"### {ENGINES[engine]}, {number_fr(size)} expérimentations"
            parts.append(f"{title}\n\n{table(MEASURES, (_row(*item) for item in register.visits.items()))}")
    return "\n\n".join(parts)


def ratios(measured: Measured) -> str:
    """What is worth keeping from one machine to another."""
    rows = []
    for engine, figures in measured.items():
        for size, register in figures.items():
            visits = register.visits
            rows.append(
                [
                    f"{ENGINES[engine]}, {number_fr(size)}",
                    times(visits["list"].ratio(visits[BARE])),
                    times(visits["list"].ratio(visits["asset"])),
                    times(visits[BARE].ratio(visits["asset"])),
                    *(times(visits[name].ratio(visits[BARE])) for name in ("page", "gates", *GATES)),
                ]
            )
    labels = ("Page / nue", "Étapes / nue", "Suspendre / nue", "Soumettre / nue")
    return table(("Temps processeur", "Liste / nue", "Liste / statique", "Nue / statique", *labels), rows)


def growth(measured: Measured) -> str:
    """How much more a large register costs."""
    rows = (
        [ENGINES[engine], *(times(_growth(f, name)) for name in (*PAGES, *GATES))] for engine, f in measured.items()
    )
    return table(("Grand / petit", *(LABELS[name] for name in (*PAGES, *GATES))), rows)


def first_visits(measured: Measured, cold: float) -> str:
    largest = max((register.first for f in measured.values() for register in f.values()), key=lambda first: first.bytes)
    return table(
        ("", "Mesuré"),
        (
            ("Première visite de la liste : requêtes HTTP", str(largest.requests)),
            ("Première visite : octets reçus, en-têtes compris", kilobytes(largest.bytes)),
            ("Démarrage à froid, jusqu’à la première réponse", f"{figure(cold, 2)}{NBSP}s"),
        ),
    )


PAGE = """# Mesures de performance

Écrit par `./run bench` le {day} ; à relancer plutôt qu’à corriger.

Machine : {machine}.
Versions : {versions}.

Les chiffres absolus changent d’une machine à l’autre, et d’une heure à l’autre : comparer les **rapports**.

## Ce qui était visé

{aims}

« Au pire » : la plus mauvaise des valeurs obtenues sur les deux bases et les deux tailles.

## Rapports

La *page nue* est le moins que l’on puisse faire avec les mêmes outils : Flask, une requête de l’ORM de SQLAlchemy
(50 lignes d’une table qui a les colonnes montrées par la liste, triées par un index) et un gabarit Jinja d’un tableau,
sans mise en page, sans session, sans compression ; même base, même nombre de lignes, mêmes réglages de gunicorn.
Le *fichier statique* est la feuille de style, servie par le même serveur que le registre.

{ratios}

{growth}

## Première visite et démarrage

{first}

## Mesures

« Seul » : une requête à la fois. « À {connections} » : {connections} connexions qui n’attendent pas.

{measures}

### Autres pages de l’espace de travail, non chronométrées

{desk}

## Comment c’est mesuré

- **Registre** : une vraie expérimentation complète par statut, faite par les verbes du domaine, puis copiée dans la
  base avec ses rubriques, participations, avis, évaluations, décisions et entrées de trace : {sizes} expérimentations,
  60 % passées, 30 % en cours, 10 % qui ne sont pas publiques. Les dates et les titres diffèrent. Pendant la copie, et
  dans cette base jetable seulement, les gardes sont levées, puis remises ; les clés étrangères et les contraintes
  restent. La chaîne de la trace des copies ne se vérifie pas : aucune page mesurée ne la relit.
- **Serveur** : celui de `./run serve` (gunicorn, 2 processus de 4 fils), sans le facteur de rappels. PostgreSQL a ses
  réglages d’installation (`fsync` compris), par une socket locale ; SQLite écrit en `synchronous=FULL`.
- **Charge** : connexions HTTP gardées ouvertes, depuis un autre processus de la même machine : serveur, base et charge
  se partagent ses cœurs, et le débit s’en ressent. {rounds} tours de {requests} requêtes par mesure, dans les deux
  modes (dix fois moins pour la connexion, lente exprès : Argon2) ; médiane des tours, après un tour de mise en route.
  Les registres d’une même base sont servis ensemble et visités tour à tour, pour que la dérive de la machine soit la
  même pour tous ; les rapports sont pris tour par tour.
- **Processeur** : temps des processus de travail de gunicorn, et à part ceux de PostgreSQL, divisé par le nombre de
  requêtes faites une à une.
- **Requêtes SQL** : comptées dans l’application, sans `BEGIN` ni `COMMIT` ; le plus grand de deux essais.
- **Page d’une expérimentation** : 80 fiches, closes ou en cours. **Étapes** : 80 dossiers soumis ou en cours, vus par
  un valideur. **Jalons** : le formulaire envoyé, jusqu’à la redirection, tour à tour sur les dossiers de ce
  statut que les autres mesures ne lisent pas ; les brouillons du petit registre sont peu nombreux, leur historique
  s’allonge à chaque tour, et s’y paie.
- **Première visite** : la liste sur SQLite ou PostgreSQL (la plus lourde), et tout ce qu’elle charge, `gzip`, octets
  reçus du réseau, en-têtes compris.
- **Démarrage** : `./run serve`, second démarrage et suivants, registre de démonstration sur SQLite ; médiane de trois.
"""


def page(measured: Measured, cold: float, effort: Effort, postgresql: str, day: date) -> str:
    """The whole of docs/benchmark.md."""
    return PAGE.format(
        day=date_fr(day),
        machine=machine(),
        versions=versions(postgresql),
        aims=aims_table(aims(measured, cold)),
        ratios=ratios(measured),
        growth=growth(measured),
        first=first_visits(measured, cold),
        measures=measures(measured),
        desk=desk(measured),
        connections=CONNECTIONS,
        sizes=" et ".join(number_fr(size) for size in effort.sizes),
        rounds=effort.rounds,
        requests=effort.requests,
    )
