"""How the register goes: who sends the reminders, what became of the mails, who cannot be reached, what is left alone.

Auditors read it; administrators mend what can be mended from here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import urlencode

from flask import Blueprint, flash, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app import accounts, auth, clock, db
from app.config import current as config
from app.forms.administration import AbsenceForm
from experiments import absences, queries, reach, watch
from experiments.leaves import Leaf
from experiments.model import Absence, Experiment, Person
from experiments.obligations import Rank
from experiments.policies import may_administer
from experiments.succession import Addressee, Obstacle, Roll

from .access import for_administrators, for_watchers, signed_in
from .paging import page_asked

bp = Blueprint("administration", __name__, url_prefix="/espace/administration")

STAND_INS = (Rank.DEPUTY, Rank.HEAD)


@bp.get("")
@signed_in
def page() -> ResponseReturnValue:
    """The whole of it."""
    for_watchers()
    return _page(AbsenceForm(formdata=None))


@bp.post("/absences")
@signed_in
def say_absent() -> ResponseReturnValue:
    """Say that somebody is away."""
    for_administrators()
    form, session = AbsenceForm(), db.session()
    if form.validate():
        person = queries.person_by_email(session, form.email.data or "")
        if person is None:
            form.email.errors = ["Aucun compte à cette adresse"]
        else:
            try:
                absences.say(session, person, form.from_on.data, form.until_on.data, today=clock.today())
                session.commit()
                return _done(f"C’est noté\u00a0: {person.name} est en absence.", "absences")
            except absences.AbsenceError as error:
                form.from_on.errors = [str(error)]
    return make_response(_page(form), 422)


@bp.post("/absences/<row:number>/fin")
@signed_in
def end_absence(number: int) -> ResponseReturnValue:
    """They are back: today, or before it began."""
    for_administrators()
    found = db.session().get(Absence, number, with_for_update=True)
    if found is None:
        return _done("Cette absence n’existe plus.", "absences")
    absences.end(db.session(), found, today=clock.today())
    db.session().commit()
    return _done("L’absence est finie\u00a0: les rappels lui reviennent.", "absences")


@bp.post("/personnes/<row:number>/reessayer")
@signed_in
def retry(number: int) -> ResponseReturnValue:
    """Write again to an address that was refused."""
    for_administrators()
    found = db.session().get(Person, number, with_for_update=True)
    if found is None or found.bounced_at is None:
        return _done("Cette adresse n’est plus marquée comme refusée.", "adresses")
    accounts.retry_address(found)
    db.session().commit()
    return _done(f"Le prochain courriel à {found.email} sera tenté.", "adresses")


def _done(sentence: str, place: str) -> ResponseReturnValue:
    flash(sentence, "success")
    return redirect(f"/espace/administration#{place}", 303)


class Listed(NamedTuple):
    """A leaf of a list, and the address of the others."""

    leaf: Any
    name: str

    def href(self, page: int) -> str:
        others = {name: number for name, number in request.args.items() if name in _LISTS}
        return f"/espace/administration?{urlencode(others | {self.name: str(page)})}#{self.name}"


_LISTS = ("courriers", "adresses", "absences", "comptes", "dossiers", "echeances")


@dataclass(frozen=True)
class Alone:
    """A file whose carrier cannot be told, why, and who is told in their place."""

    x: Experiment
    carriers: list[tuple[Person, Obstacle | None]]
    stand_ins: list[Addressee]


def _page(form: AbsenceForm) -> str:
    session, today, now = db.session(), clock.today(), clock.now()
    at = {name: page_asked(name) for name in _LISTS}
    leaves: dict[str, Any] = {
        "courriers": watch.unsent(session, at["courriers"]),
        "adresses": reach.bounced(session, at["adresses"]),
        "absences": reach.absent(session, today, at["absences"]),
        "comptes": reach.gone(session, at["comptes"]),
        "dossiers": reach.without_carrier(session, today, at["dossiers"]),
        "echeances": reach.untold(session, today, at["echeances"]),
    }
    return render_template(
        "administration/administration.html", form=form, mends=may_administer(auth.me()), me=auth.me(),
        state=watch.state(session, now), fates=watch.fates(session, now), Health=watch.Health,
        about=watch.files_of(session, leaves["courriers"]), alone=_alone(leaves["dossiers"]),
        undeclared=config().authority.unsaid(), lists={name: Listed(leaf, name) for name, leaf in leaves.items()},
    )  # fmt: skip


def _alone(leaf: Leaf[Experiment]) -> list[Alone]:
    files = [x for (x,) in leaf.rows]
    roll = Roll(db.session(), {x.id for x in files}, clock.today())
    return [
        Alone(
            x, [(person, roll.obstacle(person)) for person in roll.standing(x.id, Rank.LEAD)],
            [Addressee(person, rank) for rank in STAND_INS for person in roll.standing(x.id, rank)
             if roll.obstacle(person) is None],
        )
        for x in files
    ]  # fmt: skip
