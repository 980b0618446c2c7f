"""flask db and flask sample: the schema, its guards, and the demonstration register."""

from __future__ import annotations

from typing import Any

import click

from app import clock, db
from app.config import current as config
from app.hooks.seal import seal_of
from experiments import queries, webhooks

from .frame import Failed, Group, usable_database

base = Group("db", help="La base : son schéma et ses gardes.")


@base.command("upgrade")
@click.argument("revision", metavar="[RÉVISION]", default="head")
def db_upgrade(revision: str) -> None:
    """Amène le schéma à une révision, la dernière par défaut."""
    _migrate(db.upgrade, revision)
    if revision == "head":
        with db.database().changing() as session:
            webhooks.seal_all(session, seal_of(config()))


@base.command("downgrade")
@click.argument("revision", metavar="RÉVISION")
def db_downgrade(revision: str) -> None:
    """Ramène le schéma à une révision ; « base » l’efface, et tout ce qu’il contient."""
    _migrate(db.downgrade, revision)


def _migrate(verb: Any, revision: str) -> None:
    from alembic.util.exc import CommandError

    try:
        verb(db.database().engine, revision)
    except CommandError as error:
        raise Failed(f"révision « {revision} » : {error}") from error
    click.echo(f"Schéma à la révision demandée : {db.head() if revision == 'head' else revision}.")


@base.command("check")
def db_check() -> None:
    """Dit si le schéma est le dernier, avec toutes ses gardes."""
    usable_database()
    click.echo(f"Schéma à jour ({db.head()}), gardes en place.")


sample = Group("sample", help="Le registre de démonstration.")


@sample.command("load")
def load_sample() -> None:
    """Charge le registre de démonstration dans un registre vide, sur cette machine seulement."""
    # Imported here: no other command needs these stories.
    from app import sample as stories
    from app.sample.past import postman

    if not config().is_local:
        raise Failed(f"PUBLIC_URL est {config().public_url} : la démonstration ne se charge que sur une adresse locale")
    with usable_database().changing() as session:
        if not queries.is_empty(session):
            raise Failed("le registre n’est pas vide : la démonstration ne s’y mêle pas")
        stories.load(session, now=clock.now(), today=clock.today(), deliver=postman(config()))
    click.echo("Registre de démonstration chargé.")
