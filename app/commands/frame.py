"""How every command works: it checks the database first, and says its failures in a sentence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy.exc import DBAPIError, OperationalError

from app import accounts, db, named_answers
from app.config import ConfigError
from app.db import Database, SchemaError
from app.representations import refusal
from experiments import trace
from experiments.absences import AbsenceError
from experiments.gates import Refused, Verdict


class Failed(click.ClickException):
    """Refused or failed: exit code 1, and why on standard error."""

    def show(self, file: Any = None) -> None:
        click.echo(f"Jalon : {self.message}", err=True)


class PlainCommand(click.Command):
    """A command whose failures are sentences, not tracebacks."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (accounts.AccountError, AbsenceError, trace.TraceError, SchemaError, ConfigError) as error:
            raise Failed(str(error)) from error
        except named_answers.Unreadable as error:
            raise click.UsageError(str(error), ctx) from error
        except Refused as error:
            raise Failed(why(error.verdict)) from error
        except OperationalError as error:
            raise Failed(f"la base ne répond pas ({_first_line(error)})") from error
        except DBAPIError as error:
            raise Failed(f"la base refuse ({_first_line(error)})") from error


def _first_line(error: DBAPIError) -> str:
    return str(error.orig).strip().splitlines()[0]


class Group(AppGroup):
    command_class = PlainCommand


def usable_database() -> Database:
    """The database, once it is known to be fit for use."""
    found = db.database()
    db.check(found.engine)
    return found


def table(rows: Sequence[Sequence[str]]) -> Iterable[str]:
    """Lines whose columns are aligned; the first is their heads."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def listed(verdict: Verdict) -> str:
    """What is missing, one point a line."""
    return "\n".join(f"  – {p.label}" + (f" ({p.who.label})" if p.who else "") for p in verdict.missing)


def why(verdict: Verdict) -> str:
    """Why a gate stays shut, all of it."""
    if not verdict.may_open or verdict.wrong_status:
        return refusal(verdict)
    return f"« {verdict.gate.label} » reste fermé ; il manque :\n{listed(verdict)}"
