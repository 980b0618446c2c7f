"""flask handbook: the gates in README.md and the open data in docs/, kept as they are in the code."""

from __future__ import annotations

from pathlib import Path

import click

from app.config import ROOT
from experiments import handbook
from experiments.exports import schema

from .frame import Failed, PlainCommand


@click.command("handbook", cls=PlainCommand)
@click.option("--check", is_flag=True, help="Dit seulement s’ils sont à jour.")
def write_handbook(check: bool) -> None:
    """Le parcours (README.md) et les tables des données ouvertes (docs/), récrits entre leurs repères."""
    _handbook(ROOT / "README.md", check=check)
    data = ROOT / "docs" / "schema-experimentations.md"
    wanted = schema.put_into(data.read_text(encoding="utf-8")) if data.exists() else None
    if wanted is not None:
        _keep(data, wanted, check=check)


def _handbook(readme: Path, *, check: bool) -> None:
    kept = readme.read_text(encoding="utf-8") if readme.exists() else ""
    wanted = handbook.put_into(kept)
    if check and wanted is None:
        raise Failed(f"{readme.name} est absent, ou n’a pas les repères {handbook.OPENS} et {handbook.CLOSES}")
    if wanted is None:
        click.echo(handbook.text())
    else:
        _keep(readme, wanted, check=check)


def _keep(page: Path, wanted: str, *, check: bool) -> None:
    if wanted == page.read_text(encoding="utf-8"):
        click.echo(f"{page.name} est à jour.")
    elif check:
        raise Failed(f"{page.name} n’est pas à jour : lancez flask handbook")
    else:
        page.write_text(wanted, encoding="utf-8")
        click.echo(f"{page.name} récrit.")
