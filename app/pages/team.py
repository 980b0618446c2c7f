"""Who takes part in a file: naming people to it, and who has edited it."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect
from flask.typing import ResponseReturnValue

from app import auth, clock, db
from app.forms.experiment import NameForm
from experiments import absences, editing, queries
from experiments.model import Experiment
from experiments.policies import may_lead, may_name
from experiments.requirements.how import TEAM_PAGE
from experiments.succession import obstacle
from experiments.vocabulary import NAMED, Part

from . import shell
from .access import signed_in

bp = Blueprint("team", __name__, url_prefix=shell.BASE)


@bp.route("/<number:number>/equipe", methods=["GET", "POST"])
@signed_in
def team(number: str) -> ResponseReturnValue:
    """The people of the file; its carrier names them."""
    form = NameForm()
    x = shell.load(number, for_change=form.is_submitted())
    if not form.is_submitted():
        return _page(x, form)
    if form.validate():
        person = queries.person_by_email(db.session(), form.email.data or "")
        try:
            editing.name(db.session(), x, auth.me(), person, Part(form.part.data), now=clock.now())
            db.session().commit()
            flash("C’est noté.", "success")
            return redirect(shell.address(x, TEAM_PAGE), 303)
        except editing.Unsaid as error:
            form.email.errors = [str(error)]
    return make_response(_page(x, form), 422)


@bp.post("/<number:number>/equipe/<int:person_id>/<part>/retirer")
@signed_in
def remove(number: str, person_id: int, part: str) -> ResponseReturnValue:
    """End somebody's part; what they did stays known."""
    x = shell.load(number, for_change=True)
    found = next((i for i in x.involved if i.person_id == person_id and i.part == part and i.until is None), None)
    if found:
        try:
            editing.unname(db.session(), x, auth.me(), found.person, found.part, now=clock.now())
            db.session().commit()
            flash("C’est noté.", "success")
        except editing.Unsaid as error:
            flash(str(error), "error")
    return redirect(shell.address(x, TEAM_PAGE), 303)


def _page(x: Experiment, form: NameForm) -> str:
    away = absences.away(db.session(), clock.today(), {i.person_id for i in x.involved})
    return shell.page(
        "files/team.html", x, TEAM_PAGE, form=form, leads=may_lead(auth.me(), x),
        following=shell.going_on(x, TEAM_PAGE),
        names=may_name(auth.me(), x, Part.LEAD, clock.today()),
        obstacles={i.person_id: obstacle(i.person, away) for i in x.involved},
        named=[i for i in x.involved if i.part in NAMED and i.until is None],
        editors=[i for i in x.involved if i.part in (Part.EDITED, Part.EVALUATED)], Part=Part,
    )  # fmt: skip
