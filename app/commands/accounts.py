"""flask account: who may come in, and as what."""

from __future__ import annotations

import sys
from datetime import date

import click

from app import accounts, clock
from app.templating import date_fr
from experiments import absences, queries
from experiments.model import Person
from experiments.succession import Obstacle, obstacle

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
    "--role",
    metavar="RÔLE",
    required=True,
    callback=_known_role,
    help=f"Un rôle : {', '.join(sorted(accounts.ROLES))}.",
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
@click.option("--name", metavar="NOM", default="", help="Nom de la personne.")
@click.option("--function", metavar="FONCTION", default="", help="Sa fonction : ce que le public peut lire.")
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
        left = accounts.change_role(session, person, role, now=clock.now())
    click.echo(f"Rôle changé : {email} ({_role_of(person)}). Ses sessions et ses clés ne valent plus.")
    if left:
        click.echo(f"Ce rôle ne prend part à aucun dossier ; sa place y est à pourvoir : {', '.join(left)}.")


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


def _day(_ctx: click.Context, _param: click.Parameter, text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter(f"« {text} » n’est pas un jour : écrivez-le comme 2026-03-01") from error


@account.command("absent")
@click.argument("email")
@click.option(
    "--from", "from_on", metavar="JOUR", required=True, callback=_day, help="Premier jour d’absence, comme 2026-03-01."
)
@click.option(
    "--until", "until_on", metavar="JOUR", callback=_day, help="Dernier jour ; sans lui, la personne est partie."
)
def absent(email: str, from_on: date, until_on: date | None) -> None:
    """Dit qu’une personne est absente : ses rappels vont à qui la supplée."""
    with usable_database().changing() as session:
        person = accounts.find(session, email)
        absences.say(session, person, from_on, until_on, today=clock.today())
    until = f" au {date_fr(until_on)}" if until_on else ", sans retour prévu"
    click.echo(f"C’est noté : {person.email}, absence du {date_fr(from_on)}{until}.")


@account.command("list")
def list_accounts() -> None:
    """Liste les comptes, ouverts et fermés."""
    with usable_database().reading() as session:
        people = queries.everyone(session)
        away = absences.away(session, clock.today())
    rows = [("ADRESSE", "NOM", "RÔLE", "ÉTAT")]
    rows += [(p.email, p.name, _role_of(p), _state_of(obstacle(p, away))) for p in people]
    for line in table(rows):
        click.echo(line)


def _state_of(found: Obstacle | None) -> str:
    if found is None:
        return "ouvert"
    if found.kind == "away":
        return f"absent jusqu’au {date_fr(found.until)}" if found.until else "parti"
    return "fermé" if found.kind == "closed" else "adresse refusée"


def _role_of(person: Person) -> str:
    return f"{person.account.label} : {person.advises.label}" if person.advises else person.account.label
