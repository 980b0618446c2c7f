"""Opinions: asking for one, giving one, and seeing which still count for the file as it reads now."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, abort, flash, make_response, redirect
from flask.typing import ResponseReturnValue

from app import auth, clock, db, file_history
from app.forms.experiment import AskOpinionForm, OpinionForm
from app.forms.fields import SelectChoice
from experiments import editing, opinions, queries
from experiments.gates import Stale
from experiments.model import Experiment, Opinion, Person
from experiments.parts import BEFORE
from experiments.policies import may_advise, may_lead, roles_of
from experiments.requirements.how import OPINIONS_PAGE
from experiments.vocabulary import Account, OpinionKind, OpinionSense, Role

from . import shell
from .access import signed_in

bp = Blueprint("opinions", __name__, url_prefix=shell.BASE)


@bp.route("/<number:number>/avis", methods=["GET", "POST"])
@signed_in
def asked(number: str) -> ResponseReturnValue:
    """The opinions asked on a file; its carrier or a validator asks for one here."""
    form = AskOpinionForm()
    x = shell.load(number, for_change=form.is_submitted())
    advisers = _offer_advisers(form)
    if not form.is_submitted():
        return _page(x, form)
    if form.validate():
        adviser = next((p for p in advisers if p.id == form.adviser.data), None)
        try:
            opinions.ask(
                db.session(), x, auth.me(), adviser, OpinionKind(form.kind.data), form.question.data or "",
                now=clock.now(), today=clock.today(),
            )  # fmt: skip
            db.session().commit()
            flash("L’avis est demandé.", "success")
            return redirect(shell.address(x, OPINIONS_PAGE), 303)
        except editing.Unsaid as error:
            form.adviser.errors = [str(error)]
    return make_response(_page(x, form), 422)


@bp.post("/<number:number>/avis/<int:opinion_id>")
@signed_in
def give(number: str, opinion_id: int) -> ResponseReturnValue:
    """Give one's opinion on the file as it was read."""
    x = shell.load(number, for_change=True)
    opinion = next((o for o in x.opinions if o.id == opinion_id), None)
    if opinion is None:
        abort(404)
    if not may_advise(auth.me(), opinion):
        raise editing.NotYours
    form = OpinionForm()
    changed: list[str] = []
    if form.validate():
        sense = OpinionSense(form.sense.data) if form.sense.data else None
        try:
            opinions.give(
                db.session(), x, auth.me(), opinion, sense, form.text.data or "", seen=form.version.data or None,
                now=clock.now(),
            )  # fmt: skip
            db.session().commit()
            flash("Votre avis est donné, sur le dossier tel qu’il se lit maintenant.", "success")
            return redirect(shell.address(x, OPINIONS_PAGE), 303)
        except editing.Unsaid as error:
            form.text.errors = [str(error)]
        except Stale as stale:
            changed = file_history.changed_since(db.session(), x, stale.seen)
            form.version.data = x.version
    return make_response(_page(x, _asking(), form, opinion, changed), 409 if changed else 422)


def _asking() -> AskOpinionForm:
    form = AskOpinionForm(formdata=None)
    _offer_advisers(form)
    return form


def _offer_advisers(form: AskOpinionForm) -> Sequence[Person]:
    """Whose opinion may be asked; nobody is chosen beforehand, for what is asked stays in the trace."""
    found = queries.people(db.session(), Account.ADVISER)
    known = [SelectChoice(p.id, f"{p.name}, {p.function or 'sans fonction dite'}") for p in found]
    form.adviser.choices = [SelectChoice(0, "Choisir…"), *known]
    return found


def _page(
    x: Experiment, form: AskOpinionForm, giving: OpinionForm | None = None, on: Opinion | None = None,
    changed: list[str] | None = None,
) -> str:  # fmt: skip
    me, open_ = auth.me(), x.status in BEFORE
    mine = [o for o in x.opinions if may_advise(me, o)] if open_ else []
    forms = {
        o.id: giving if giving and o is on else OpinionForm(
            formdata=None, data={"version": x.version, "sense": o.sense or "", "text": o.text}
        )
        for o in mine
    }  # fmt: skip
    asks = open_ and (may_lead(me, x) or bool(roles_of(me, x) & Role.VALIDATOR))
    return shell.page("files/opinions.html", x, OPINIONS_PAGE, form=form, forms=forms, asks=asks,
                      text=x.fingerprint(), changed=changed or [],
                      following=shell.going_on(x, OPINIONS_PAGE))  # fmt: skip
