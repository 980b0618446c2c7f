"""flask account: who may come in, and as what."""

from __future__ import annotations

import sys

import click
from sqlalchemy import select

from app import accounts, clock
from experiments.model import Person

from .frame import Failed, Group, table, usable_database

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
    database = usable_database()
    password = _password(from_stdin=password_stdin)
    with database.changing() as session:
        person = accounts.create(session, email, role, password, name=name, function=function, now=clock.now())
    click.echo(f"Compte ouvert : {person.email} ({_role_of(person)}).")


@account.command("disable")
@click.argument("email")
def disable(email: str) -> None:
    """Ferme un compte : ses sessions et ses clés cessent aussitôt."""
    with usable_database().changing() as session:
        accounts.disable(session, accounts.find(session, email), now=clock.now())
    click.echo(f"Compte fermé : {email}. Ses sessions et ses clés ne valent plus.")


@account.command("enable")
@click.argument("email")
def enable(email: str) -> None:
    """Rouvre un compte."""
    with usable_database().changing() as session:
        accounts.enable(accounts.find(session, email))
    click.echo(f"Compte rouvert : {email}.")


@account.command("role")
@click.argument("email")
@_role
def change_role(email: str, role: str) -> None:
    """Change le rôle d’un compte : ses sessions et ses clés cessent aussitôt."""
    with usable_database().changing() as session:
        person = accounts.find(session, email)
        accounts.change_role(session, person, role, now=clock.now())
    click.echo(f"Rôle changé : {email} ({_role_of(person)}). Ses sessions et ses clés ne valent plus.")


@account.command("password")
@click.argument("email")
@_stdin
def change_password(email: str, password_stdin: bool) -> None:
    """Change le mot de passe d’un compte : ses sessions cessent aussitôt."""
    database = usable_database()
    with database.reading() as session:
        accounts.find(session, email)
    password = _password(from_stdin=password_stdin)
    with database.changing() as session:
        accounts.change_password(session, accounts.find(session, email), password)
    click.echo(f"Mot de passe changé : {email}. Ses sessions ne valent plus.")


@account.command("list")
def list_accounts() -> None:
    """Liste les comptes, ouverts et fermés."""
    with usable_database().reading() as session:
        people = session.scalars(select(Person).order_by(Person.email)).all()
    rows = [("ADRESSE", "NOM", "RÔLE", "ÉTAT")]
    rows += [(p.email, p.name, _role_of(p), "ouvert" if p.is_active else "fermé") for p in people]
    for line in table(rows):
        click.echo(line)


def _role_of(person: Person) -> str:
    return f"{person.account.label} : {person.advises.label}" if person.advises else person.account.label
