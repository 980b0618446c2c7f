"""What somebody wishes to receive: the language and the pace of mails, absences, the key of one's own calendar."""

from __future__ import annotations

import secrets

from flask import Blueprint, flash, redirect
from flask.typing import ResponseReturnValue

from app import accounts, auth, clock, db
from app.forms.account import AbsenceForm, WishesForm
from experiments import absences
from experiments.model import Absence
from experiments.obligations import Language, Pace

from .access import signed_in
from .account import page

bp = Blueprint("settings", __name__, url_prefix="/espace/compte")


def _done(sentence: str, anchor: str) -> ResponseReturnValue:
    flash(sentence, "success")
    return redirect(f"/espace/compte#{anchor}", 303)


@bp.post("/courriers")
@signed_in
def wishes() -> ResponseReturnValue:
    """Choose the language of mails, and how often those come that nothing compels."""
    form, me = WishesForm(), auth.me()
    if not form.validate():
        return page(422, wishes=form)
    me.language, me.pace = Language(form.language.data), Pace(form.pace.data)
    db.session().commit()
    return _done("Vos choix sont enregistrés. Ils valent pour les prochains courriels.", "rythme")


@bp.post("/absences")
@signed_in
def add_absence() -> ResponseReturnValue:
    """Say when one is away: what is due meanwhile goes to the next in line."""
    form = AbsenceForm()
    if not form.validate():
        return page(422, absence=form)
    try:
        absences.say(db.session(), auth.me(), form.from_on.data, form.until_on.data, today=clock.today())
    except absences.AbsenceError as error:
        form.until_on.errors = [str(error)]
        return page(422, absence=form)
    db.session().commit()
    return _done("Votre absence est notée.", "absences")


@bp.post("/absences/<row:number>/retirer")
@signed_in
def remove_absence(number: int) -> ResponseReturnValue:
    """Take back an absence, or come back sooner."""
    found = db.session().get(Absence, number)
    if found and found.person_id == auth.me().id:
        absences.end(db.session(), found, today=clock.today())
        db.session().commit()
    return _done("L’absence est retirée.", "absences")


@bp.post("/agenda")
@signed_in
def make_agenda() -> ResponseReturnValue:
    """Make the key of one's own calendar, in place of the one before: shown this once, kept as a fingerprint."""
    made = secrets.token_urlsafe(32)
    auth.me().agenda_hash = auth.fingerprint(made)
    db.session().commit()
    return page(agenda=made)


@bp.post("/agenda/revoquer")
@signed_in
def revoke_agenda() -> ResponseReturnValue:
    """Revoke that key: the calendar answers nothing from now on."""
    auth.me().agenda_hash = None
    db.session().commit()
    return _done("L’adresse de votre agenda ne répond plus.", "agenda")


@bp.post("/adresse")
@signed_in
def try_address_again() -> ResponseReturnValue:
    """Write again to an address that a mail server had refused."""
    accounts.retry_address(auth.me())
    db.session().commit()
    return _done("Le prochain courriel sera envoyé à votre adresse.", "contenu")
