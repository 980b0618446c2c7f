"""The commands: what an administrator does from the server. Each calls what the pages call."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext
from sqlalchemy import exists, select
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from experiments import audit, gates, handbook, queries, trace
from experiments.gates import Gate, Refused, examine
from experiments.lifecycle import LIFECYCLE
from experiments.model import Experiment, Person
from experiments.vocabulary import Role

from . import accounts, clock, db, named_answers
from .config import ROOT, Config, ConfigError
from .db import Database, SchemaError
from .representations import refusal


class Failed(click.ClickException):
    """Refused or failed: exit code 1, and why on standard error."""

    def show(self, file: Any = None) -> None:
        click.echo(f"Jalon : {self.message}", err=True)


class Told(click.Command):
    """A command whose failures are sentences, not tracebacks."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (accounts.AccountError, trace.TraceError, SchemaError, ConfigError) as error:
            raise Failed(str(error)) from error
        except named_answers.Unreadable as error:
            raise click.UsageError(str(error), ctx) from error
        except Refused as error:
            raise Failed(_why(error.verdict)) from error
        except OperationalError as error:
            raise Failed(f"la base ne répond pas ({_first_line(error)})") from error
        except DBAPIError as error:
            raise Failed(f"la base refuse ({_first_line(error)})") from error


def _first_line(error: DBAPIError) -> str:
    return str(error.orig).strip().splitlines()[0]


class Group(AppGroup):
    command_class = Told


def _database() -> Database:
    """The database, once it is known to be fit for use."""
    found = db.database()
    db.check(found.engine)
    return found


def table(rows: Sequence[Sequence[str]]) -> Iterable[str]:
    """Lines whose columns are aligned; the first is their heads."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


# The database ---------------------------------------------------------------------------------------------------------

base = Group("db", help="La base : son schéma et ses gardes.")


@base.command("upgrade")
@click.argument("revision", default="head")
def db_upgrade(revision: str) -> None:
    """Amène le schéma à une révision, la dernière par défaut."""
    _migrate(db.upgrade, revision)


@base.command("downgrade")
@click.argument("revision")
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
    _database()
    click.echo(f"Schéma à jour ({db.head()}), gardes en place.")


# Accounts -------------------------------------------------------------------------------------------------------------

account = Group("account", help="Les comptes.")
_stdin = click.option("--password-stdin", is_flag=True, help="Lit le mot de passe sur l’entrée standard.")


def _known_role(_ctx: click.Context, _param: click.Parameter, word: str) -> str:
    try:
        accounts.role(word)
    except accounts.AccountError as error:
        raise click.BadParameter(str(error)) from error
    return word


_role = click.option(
    "--role", required=True, callback=_known_role, help=f"Un rôle : {', '.join(sorted(accounts.ROLES))}."
)


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise Failed("pas de terminal où demander le mot de passe : donnez-le par --password-stdin")
    asked: str = click.prompt("Mot de passe", hide_input=True, confirmation_prompt="Une seconde fois")
    return asked


@account.command("create")
@click.argument("email")
@_role
@click.option("--name", default="", help="Nom de la personne.")
@click.option("--function", default="", help="Sa fonction : ce que le public peut lire.")
@_stdin
def create(email: str, role: str, name: str, function: str, password_stdin: bool) -> None:
    """Ouvre un compte."""
    database = _database()
    password = _password(from_stdin=password_stdin)
    with database.changing() as session:
        person = accounts.create(session, email, role, password, name=name, function=function, now=clock.now())
    click.echo(f"Compte ouvert : {person.email} ({_role_of(person)}).")


@account.command("disable")
@click.argument("email")
def disable(email: str) -> None:
    """Ferme un compte : ses sessions et ses clés cessent aussitôt."""
    with _database().changing() as session:
        accounts.disable(session, accounts.find(session, email), now=clock.now())
    click.echo(f"Compte fermé : {email}. Ses sessions et ses clés ne valent plus.")


@account.command("enable")
@click.argument("email")
def enable(email: str) -> None:
    """Rouvre un compte."""
    with _database().changing() as session:
        accounts.enable(accounts.find(session, email))
    click.echo(f"Compte rouvert : {email}.")


@account.command("role")
@click.argument("email")
@_role
def change_role(email: str, role: str) -> None:
    """Change le rôle d’un compte : ses sessions et ses clés cessent aussitôt."""
    with _database().changing() as session:
        person = accounts.find(session, email)
        accounts.change_role(session, person, role, now=clock.now())
    click.echo(f"Rôle changé : {email} ({_role_of(person)}). Ses sessions et ses clés ne valent plus.")


@account.command("password")
@click.argument("email")
@_stdin
def change_password(email: str, password_stdin: bool) -> None:
    """Change le mot de passe d’un compte : ses sessions cessent aussitôt."""
    database = _database()
    with database.reading() as session:
        accounts.find(session, email)
    password = _password(from_stdin=password_stdin)
    with database.changing() as session:
        accounts.change_password(session, accounts.find(session, email), password)
    click.echo(f"Mot de passe changé : {email}. Ses sessions ne valent plus.")


@account.command("list")
def list_accounts() -> None:
    """Liste les comptes, ouverts et fermés."""
    with _database().reading() as session:
        people = session.scalars(select(Person).order_by(Person.email)).all()
    rows = [("ADRESSE", "NOM", "RÔLE", "ÉTAT")]
    rows += [(p.email, p.name, _role_of(p), "ouvert" if p.is_active else "fermé") for p in people]
    for line in table(rows):
        click.echo(line)


def _role_of(person: Person) -> str:
    return f"{person.account.label} : {person.advises.label}" if person.advises else person.account.label


# The demonstration register -------------------------------------------------------------------------------------------

sample = Group("sample", help="Le registre de démonstration.")


@sample.command("load")
def load_sample() -> None:
    """Charge le registre de démonstration dans un registre vide, sur cette machine seulement."""
    # Imported here: no other command needs these stories.
    from . import sample as stories

    config: Config = current_app.config["JALON"]
    if not config.is_local:
        raise Failed(f"PUBLIC_URL est {config.public_url} : la démonstration ne se charge que sur une adresse locale")
    with _database().changing() as session:
        if session.scalar(select(exists().select_from(Person))) or session.scalar(
            select(exists().select_from(Experiment))
        ):
            raise Failed("le registre n’est pas vide : la démonstration ne s’y mêle pas")
        stories.load(session, now=clock.now(), today=clock.today())
    click.echo("Registre de démonstration chargé.")


# Gates ----------------------------------------------------------------------------------------------------------------


def _file(session: Session, number: str, *, for_change: bool = False) -> Experiment:
    x = queries.file(session, number, for_change=for_change)
    if x is None:
        raise Failed(f"aucune expérimentation ne porte le numéro {number}")
    return x


@click.command("gates", cls=Told)
@click.argument("number")
@with_appcontext
def list_gates(number: str) -> None:
    """Chaque jalon d’une expérimentation, et ce qui manque pour le franchir."""
    with _database().reading() as session:
        x = _file(session, number)
        verdicts = [examine(gate, x, Role.NOBODY, clock.today()) for gate in LIFECYCLE.values()]
    click.echo(f"{x.number} « {x.title} » : {x.status.label}\n")
    rows = [("JALON", "NOM", "OUVERT PAR", "ÉTAT")]
    rows += [(v.gate.name, v.gate.label, v.gate.opener.roles.label, _state(v)) for v in verdicts]
    for line in table(rows):
        click.echo(line)
    for verdict in verdicts:
        if verdict.missing and not verdict.wrong_status:
            click.echo(f"\n{verdict.gate.name} : ce qui manque\n{_list(verdict)}")


def _state(verdict: gates.Verdict) -> str:
    if verdict.wrong_status:
        return f"part de : {', '.join(status.label for status in verdict.gate.sources)}"
    count = len(verdict.missing)
    return f"il manque {count} condition{'s' if count > 1 else ''}" if count else "peut être franchi"


def _list(verdict: gates.Verdict) -> str:
    return "\n".join(f"  – {p.label}" + (f" ({p.who.label})" if p.who else "") for p in verdict.missing)


def _why(verdict: gates.Verdict) -> str:
    if not verdict.may_open or verdict.wrong_status:
        return refusal(verdict)
    return f"« {verdict.gate.label} » reste fermé ; il manque :\n{_list(verdict)}"


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


@click.command("cross", cls=Told)
@click.argument("number")
@click.argument("gate", callback=_gate)
@click.option("--as", "email", required=True, metavar="EMAIL", help="Qui franchit le jalon.")
@click.option("--reason", help="Le motif, quand le jalon en demande un.")
@click.option("--act", multiple=True, callback=_fields, metavar="CHAMP=VALEUR", help="Un champ de l’acte ; répétable.")
@with_appcontext
def cross(number: str, gate: Gate, email: str, reason: str | None, act: dict[str, str]) -> None:
    """Franchit un jalon au nom de quelqu’un, aux mêmes conditions que par la page."""
    answers = named_answers.read(gate.asks, act if reason is None else {**act, "reason": reason})
    with _database().changing() as session:
        person, x = accounts.find(session, email), _file(session, number, for_change=True)
        before = x.status
        entry = gates.cross(session, x, gate, person, answers, seen=None, now=clock.now(), today=clock.today())
    click.echo(
        f"{x.number} : {before.label} → {x.status.label}. Entrée {entry.seq} de la trace, empreinte {entry.hash}"
    )


# The trace ------------------------------------------------------------------------------------------------------------

ledger = Group("trace", help="La trace des décisions.")


@ledger.command("verify")
def verify() -> None:
    """Vérifie la chaîne, et compare ce qu’elle dit à ce que dit la base."""
    with _database().reading() as session:
        problems = audit.verify(session)
        size, head = trace.head(session)
    for problem in problems:
        click.echo(problem, err=True)
    if problems:
        raise Failed(f"la trace et le registre ne concordent pas ({len(problems)})")
    click.echo(f"Tout concorde : {size} entrées. Dernière empreinte : {head}")


@ledger.command("export")
@click.argument("file", type=click.File("w", encoding="utf-8", atomic=True), default="-")
def export(file: Any) -> None:
    """Écrit la trace, une entrée par ligne, dans un fichier ou sur la sortie standard."""
    with _database().reading() as session:
        for line in trace.lines(session):
            file.write(f"{line}\n")


@ledger.command("redact")
@click.argument("seq", type=click.IntRange(min=1))
@click.argument("field")
@click.option("--reason", required=True, help="Pourquoi : la demande, sa date.")
@click.option("--as", "email", metavar="EMAIL", help="Qui l’a décidé.")
def redact(seq: int, field: str, reason: str, email: str | None) -> None:
    """Oublie ce qu’un engagement recouvre (droit à l’effacement) ; la chaîne tient, et dit que c’est fait."""
    with _database().changing() as session:
        by = accounts.find(session, email) if email else None
        entry = trace.redact(session, seq, field, reason, by=by, now=clock.now())
    click.echo(f"« {field} » de l’entrée {seq} est effacé ; l’entrée {entry.seq} le dit.")


# The handbook ---------------------------------------------------------------------------------------------------------


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


def init_app(app: Flask) -> None:
    """Every command, under `flask`."""
    for command in (base, account, sample, ledger, list_gates, cross, write_handbook):
        app.cli.add_command(command)
