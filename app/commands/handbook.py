"""flask handbook: the table of gates, kept in README.md as it is in the code."""

from __future__ import annotations

from pathlib import Path

import click

from app.config import ROOT
from experiments import handbook

from .frame import Failed, Told


@click.command("handbook", cls=Told)
@click.option("--check", is_flag=True, help="Dit seulement si README.md est à jour.")
def write_handbook(check: bool) -> None:
    """Le parcours, tel qu’il est dans le code : récrit dans README.md entre ses repères, ou imprimé."""
    _handbook(ROOT / "README.md", check=check)


def _handbook(readme: Path, *, check: bool) -> None:
    kept = readme.read_text(encoding="utf-8") if readme.exists() else ""
    wanted = handbook.put_into(kept)
    if check and wanted is None:
        raise Failed(f"{readme.name} est absent, ou n’a pas les repères {handbook.OPENS} et {handbook.CLOSES}")
    if check and wanted != kept:
        raise Failed(f"{readme.name} n’est pas à jour : lancez flask handbook")
    if wanted is None:
        click.echo(handbook.text())
    elif wanted != kept:
        readme.write_text(wanted, encoding="utf-8")
        click.echo(f"{readme.name} récrit.")
    else:
        click.echo(f"{readme.name} est à jour.")
