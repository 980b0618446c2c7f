"""flask gates and flask cross: what is missing, and crossing by the same judge as everywhere."""

from __future__ import annotations

import click
from flask.cli import with_appcontext
from sqlalchemy.orm import Session

from app import accounts, clock, named_answers
from experiments import gates, queries
from experiments.acts import Nothing
from experiments.gates import Gate, Verdict, examine
from experiments.lifecycle import LIFECYCLE
from experiments.model import Experiment
from experiments.vocabulary import Role

from .frame import Failed, PlainCommand, listed, table, usable_database


def _file(session: Session, number: str, *, for_change: bool = False) -> Experiment:
    x = queries.file(session, number, for_change=for_change)
    if x is None:
        raise Failed(f"aucune expérimentation ne porte le numéro {number}")
    return x


@click.command("gates", cls=PlainCommand)
@click.argument("number", metavar="NUMÉRO")
@with_appcontext
def list_gates(number: str) -> None:
    """Chaque jalon d’une expérimentation, et ce qui manque pour le franchir."""
    with usable_database().reading() as session:
        x = _file(session, number)
        verdicts = [examine(gate, x, Role.NOBODY, clock.today()) for gate in LIFECYCLE.values()]
    click.echo(f"{x.number} « {x.title} » : {x.status.label}\n")
    rows = [("JALON", "NOM", "OUVERT PAR", "ÉTAT")]
    rows += [(v.gate.name, v.gate.label, v.gate.opener.roles.label, _state(v)) for v in verdicts]
    for line in table(rows):
        click.echo(line)
    for verdict in verdicts:
        if verdict.missing and not verdict.wrong_status:
            click.echo(f"\n{verdict.gate.name} : ce qui manque\n{listed(verdict)}")


def _state(verdict: Verdict) -> str:
    if verdict.wrong_status:
        return f"part de : {', '.join(status.label for status in verdict.gate.sources)}"
    count = len(verdict.missing)
    return f"il manque {count} condition{'s' if count > 1 else ''}" if count else _ready(verdict.gate)


def _ready(gate: Gate) -> str:
    if gate.asks is Nothing:
        return "peut être franchi"
    return "peut être franchi, avec un motif" if gate.outcome is None else "peut être franchi, avec un acte"


def _gate(_ctx: click.Context, _param: click.Parameter, name: str) -> Gate:
    if name not in LIFECYCLE:
        raise click.BadParameter(f"« {name} » n’est pas un jalon ; choisissez parmi : {', '.join(LIFECYCLE)}")
    return LIFECYCLE[name]


def _fields(_ctx: click.Context, _param: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for one in given:
        field, equal, value = one.partition("=")
        if not equal:
            raise click.BadParameter(f"« {one} » : attendu CHAMP=VALEUR")
        found[field] = value
    return found


@click.command("cross", cls=PlainCommand)
@click.argument("number", metavar="NUMÉRO")
@click.argument("gate", metavar="JALON", callback=_gate)
@click.option("--as", "email", required=True, metavar="EMAIL", help="Qui franchit le jalon.")
@click.option("--reason", metavar="MOTIF", help="Le motif, quand le jalon en demande un.")
@click.option("--act", multiple=True, callback=_fields, metavar="CHAMP=VALEUR", help="Un champ de l’acte ; répétable.")
@with_appcontext
def cross(number: str, gate: Gate, email: str, reason: str | None, act: dict[str, str]) -> None:
    """Franchit un jalon au nom de quelqu’un, aux mêmes conditions que par la page."""
    answers = named_answers.read(gate.asks, act if reason is None else {**act, "reason": reason})
    with usable_database().changing() as session:
        person, x = accounts.find(session, email), _file(session, number, for_change=True)
        before = x.status
        entry = gates.cross(session, x, gate, person, answers, seen=None, now=clock.now(), today=clock.today())
    click.echo(
        f"{x.number} : {before.label} → {x.status.label}. Entrée {entry.seq} de la trace, empreinte {entry.hash}"
    )
