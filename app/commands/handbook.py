"""flask handbook: what the documentation says of gates, of open data and of commands, kept as they are in the code."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from app.config import ROOT
from experiments import handbook
from experiments.exports import schema

from .frame import Failed, PlainCommand


@click.command("handbook", cls=PlainCommand)
@click.option("--check", is_flag=True, help="Dit seulement s’ils sont à jour.")
@with_appcontext
def write_handbook(check: bool) -> None:
    """Le parcours (README.md), les tables des données et les commandes (docs/), récrits entre leurs repères."""
    for name, (mark, draw) in DRAWN.items():
        page = ROOT / name
        kept = page.read_text(encoding="utf-8") if page.exists() else ""
        wanted = put_into(kept, mark, draw())
        if wanted is not None:
            _keep(page, kept, wanted, check=check)
        elif draw is handbook.text:
            if check:
                raise Failed(f"{name} est absent, ou n’a pas les repères « {mark} »")
            click.echo(draw())


def put_into(page: str, mark: str, text: str) -> str | None:
    """A page with what stands between its marks drawn anew; None when it has no such marks."""
    opens, closes = f"<!-- {mark} -->", f"<!-- /{mark} -->"
    before, opened, rest = page.partition(opens)
    _, closed, after = rest.partition(closes)
    return f"{before}{opens}\n\n{text}\n\n{closes}{after}" if opened and closed else None


def _keep(page: Path, kept: str, wanted: str, *, check: bool) -> None:
    if wanted == kept:
        click.echo(f"{page.name} est à jour.")
    elif check:
        raise Failed(f"{page.name} n’est pas à jour : lancez flask handbook")
    else:
        page.write_text(wanted, encoding="utf-8")
        click.echo(f"{page.name} récrit.")


def commands() -> str:
    """A Markdown table: one command a line, as it is typed, and what it does."""
    lines = [
        # A bar would end the cell.
        f"| `{' '.join(_typed(name, one)).replace('|', chr(92) + '|')}` | {' '.join((one.help or '').split())} |"
        for name, one in _every(current_app.cli)
    ]
    return "\n".join(["| Commande | Ce qu’elle fait |", "| --- | --- |", *lines])


def _every(group: click.Group, before: str = "") -> Iterator[tuple[str, click.Command]]:
    for name, one in sorted(group.commands.items()):
        if isinstance(one, click.Group):
            yield from _every(one, f"{before}{name} ")
        else:
            yield f"{before}{name}", one


def _typed(name: str, command: click.Command) -> Iterator[str]:
    yield name
    context = click.Context(command)
    for param in command.params:
        words = param.make_metavar(context)
        if isinstance(param, click.Option):
            words = param.opts[0] if param.is_flag else f"{param.opts[0]} {words}"
            words = words if param.required else f"[{words}]"
        yield f"{words}…" if param.multiple else words


DRAWN = {
    "README.md": ("handbook", handbook.text),
    "docs/schema-experimentations.md": ("schema", schema.manual),
    "docs/installer.md": ("commands", commands),
}
"""The pages that hold a part drawn from the code: between which marks, and by what."""
