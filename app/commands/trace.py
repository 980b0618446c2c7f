"""flask trace: verifying, exporting, forgetting a name."""

from __future__ import annotations

from typing import Any

import click

from app import accounts, clock
from experiments import audit, publishing, trace

from .frame import Failed, Group, usable_database

ledger = Group("trace", help="La trace des décisions.")


@ledger.command("verify")
def verify() -> None:
    """Vérifie la chaîne, et compare ce qu’elle dit à ce que dit la base."""
    with usable_database().reading() as session:
        problems = audit.verify(session)
        size, head = trace.head(session)
    for problem in problems:
        click.echo(problem, err=True)
    if problems:
        raise Failed(f"la trace et le registre ne concordent pas ({len(problems)})")
    click.echo(f"Tout concorde : {size} entrées. Dernière empreinte : {head}")


@ledger.command("export")
@click.argument("file", metavar="[FICHIER]", type=click.File("w", encoding="utf-8", atomic=True), default="-")
def export(file: Any) -> None:
    """Écrit la trace, une entrée par ligne, dans un fichier ou sur la sortie standard."""
    with usable_database().reading() as session:
        for line in trace.lines(session):
            file.write(f"{line}\n")


@ledger.command("redact")
@click.argument("seq", metavar="ENTRÉE", type=click.IntRange(min=1))
@click.argument("field", metavar="CHAMP")
@click.option("--reason", metavar="MOTIF", required=True, help="Pourquoi : la demande, sa date.")
@click.option("--as", "email", metavar="EMAIL", help="Qui l’a décidé.")
def redact(seq: int, field: str, reason: str, email: str | None) -> None:
    """Oublie ce qu’un engagement recouvre (droit à l’effacement) ; la chaîne tient, et dit que c’est fait."""
    with usable_database().changing() as session:
        by = accounts.find(session, email) if email else None
        entry = publishing.forget(session, seq, field, reason, by=by, now=clock.now())
    click.echo(f"« {field} » de l’entrée {seq} est effacé ; l’entrée {entry.seq} le dit.")
