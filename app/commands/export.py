"""flask export: the open data in a folder, under the names that they have on the site."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import with_appcontext

from app.config import current as config
from experiments.exports import writing

from .frame import Failed, PlainCommand, usable_database


@click.command("export", cls=PlainCommand)
@click.argument("folder", metavar="DOSSIER", type=click.Path(file_okay=False, path_type=Path))
@with_appcontext
def export(folder: Path) -> None:
    """Écrit toutes les données ouvertes dans un dossier : tables, schémas, catalogue, d’un même instant."""
    with usable_database().public() as public:
        try:
            written = writing.export(public, folder, config().publisher)
        except OSError as error:
            raise Failed(f"{folder} : impossible d’y écrire ({error.strerror})") from error
    click.echo(f"{len(written)} fichiers écrits dans {folder}, sous {config().licence.title}.")
