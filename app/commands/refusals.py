"""flask refusal: the boxes that the register never writes to, for those who ask by letter or have lost the link."""

from __future__ import annotations

import click
from email_validator import EmailNotValidError, validate_email
from flask import current_app

from app import clock
from app.follow_links import box_of
from experiments import refusals

from .frame import Failed, Group, usable_database

refusal = Group("refusal", help="Les adresses qui ont refusé pour toujours les courriels de suivi.")


def _fingerprint(email: str) -> str:
    return box_of(email, current_app.config["SECRET_KEY"])


def _as_servers_know_it(_ctx: click.Context, _param: click.Parameter, email: str) -> str:
    try:
        checked = validate_email(email, check_deliverability=False, globally_deliverable=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise click.BadParameter("cette adresse est incomplète ou mal écrite") from error
    return checked.ascii_email or checked.normalized


_email = click.argument("email", callback=_as_servers_know_it)


@refusal.command("record")
@_email
def record(email: str) -> None:
    """Note un refus reçu par un autre chemin que le lien d’un courriel."""
    with usable_database().changing() as session:
        refusals.refuse(session, _fingerprint(email), _fingerprint, clock.today())
    click.echo(f"Refus noté : plus aucun courriel de suivi ne part vers {email}.")


@refusal.command("lift")
@_email
def lift(email: str) -> None:
    """Lève un refus, à la demande de la personne et d’elle seule."""
    with usable_database().changing() as session:
        lifted = refusals.lift(session, _fingerprint(email))
    if not lifted:
        raise Failed(f"{email} n’a pas refusé les courriels de suivi")
    click.echo(f"Refus levé : {email} peut de nouveau demander à suivre.")
