"""The written parts of a file: one page each, saved on leaving and while typing."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Blueprint, flash, jsonify, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app import auth, clock, db, example
from app.answers import changes, marks_of, names_of
from app.forms import contents
from app.forms.experiment import OpenForm
from app.outcomes import as_recorded
from app.templating import hour_fr
from experiments import declared as d
from experiments import editing, voices
from experiments import reported as r
from experiments.content import Content, differences
from experiments.gates import Stale
from experiments.model import Experiment
from experiments.parts import BEFORE, PartOfFile
from experiments.policies import may_open, may_write
from experiments.policy import current as policy
from experiments.requirements.derogations import legal_route

from . import shell
from .access import signed_in

bp = Blueprint("files", __name__, url_prefix=shell.BASE)


@bp.route("/new", methods=["GET", "POST"])
@signed_in
def new() -> ResponseReturnValue:
    """Open a draft: a title is enough."""
    if not may_open(auth.me()):
        raise editing.NotYours
    form = OpenForm()
    if not form.is_submitted():
        form.nonce.data = secrets.token_hex(16)
        return render_template("files/new.html", form=form)
    if form.validate():
        # Nobody's form can name a file that somebody else opened.
        nonce = f"{auth.me().id}-{form.nonce.data or secrets.token_hex(16)}"[:64]
        try:
            x = editing.open_experiment(
                db.session(), auth.me(), form.title.data or "", nonce, now=clock.now(), today=clock.today()
            )
            db.session().commit()
            return redirect(shell.address(x), 303)
        except editing.Unsaid as error:
            form.title.errors = [str(error)]
    return make_response(render_template("files/new.html", form=form), 422)


@bp.get("/<number:number>/<part:part>")
@signed_in
def show(number: str, part: PartOfFile) -> ResponseReturnValue:
    """One part of the file: its form for whoever writes it, its text for whoever reads."""
    x = shell.load(number)
    content = _with_its_rows(x, x.read(part.content))
    if not may_write(auth.me(), x, part):
        recorded, draft = as_recorded(x, part)
        content = _with_its_rows(x, recorded)
        return shell.page("files/read_part.html", x, part.slug, part=part, content=content, draft=draft)
    kept = x.part(part.slug)
    return _form_page(x, part, contents.shown(part.content, content, kept.version if kept else 0))


@bp.post("/<number:number>/<part:part>")
@signed_in
def save(number: str, part: PartOfFile) -> ResponseReturnValue:
    """Keep what is written, complete or not; what cannot be read stays on the page with what is wrong."""
    x = shell.load(number, for_change=True)
    before = _with_its_rows(x, x.read(part.content))
    form = contents.form_for(part.content)()
    place = contents.act_on_rows(form, request.form.get("_action", ""))
    form.validate()
    content = contents.read(part.content, form, before)
    if request.form.get("_action") == "fill" and shell.is_demonstration():
        content = example.filled(content, x, clock.today())
    try:
        kept = editing.write(
            db.session(), x, auth.me(), part, content, seen=form.version.data or 0, now=clock.now()
        )  # fmt: skip
    except Stale:
        return _conflict(x, part, form, content)
    db.session().commit()
    if request.headers.get("X-Autosave"):
        return jsonify(version=kept.version, saved_at=hour_fr(kept.written_at), errors=_flat_errors(form))
    if form.errors:
        form.version.data = kept.version
        return make_response(_form_page(x, part, form), 422)
    if not place:
        flash("Enregistré.", "success")
    if request.form.get("_action") == "next":
        return redirect(shell.following(x, part.slug), 303)
    return redirect(shell.address(x, part.slug, place), 303)


def _with_its_rows(x: Experiment, content: Content) -> Content:
    """The content with a row ready for each criterion or derogation that it answers for."""
    criteria = [c.id for c in x.read(d.Protocol).criteria]
    if isinstance(content, r.Launch):
        content.baselines = _one_each(content.baselines, r.Baseline, "criterion", criteria)
    elif isinstance(content, r.Interim | r.Evaluation):
        content.results = _one_each(content.results, r.Result, "criterion", criteria)
    elif isinstance(content, r.Closing):
        ids = [item.id for item in x.read(d.Derogations).items]
        content.fates = _one_each(content.fates, r.Fate, "derogation", ids)
    return content


def _one_each(rows: list[Any], kind: type[Any], field: str, ids: list[str]) -> list[Any]:
    by_id = {getattr(row, field): row for row in rows}
    # A row not yet kept takes the name of what it answers for: the same at every reading of the page.
    return [by_id.get(key) or kind(**{"id": f"r-{key}", field: key}) for key in ids]


def _form_page(x: Experiment, part: PartOfFile, form: Any, **more: Any) -> str:
    seen = shell.verdicts(x)
    todo = {p.anchor: p.label for p in shell.points_ahead(x, seen) if p.page == part.slug and not p.holds}
    return shell.page(
        "files/write_part.html", x, part.slug, part=part, form=form, todo=todo, notes=contents.all_notes(part.content),
        asked_days=policy().extension.asked_days_before_end,
        lists=contents.list_fields(part.content), names=names_of(x),
        marks=marks_of(x), routes=_routes(x), kept=x.part(part.slug), verdicts=seen, declares=x.status in BEFORE,
        **_heard(x, part), **more,
    )  # fmt: skip


def _heard(x: Experiment, part: PartOfFile) -> dict[str, Any]:
    """What citizens said and may be read, where their remarks are written."""
    if part.content is not r.Evaluation:
        return {"heard": [], "heard_in_all": 0}
    found = voices.published(db.session(), x.number)
    return {
        "heard": [one for one in found if one.withdrawn_on is None],
        "heard_in_all": voices.how_many(db.session(), x.number),
    }


def _routes(x: Experiment) -> dict[str, str]:
    """For each derogation that cannot be, the legal route that exists instead."""
    return {item.id: legal_route(item) for item in x.read(d.Derogations).items}


def _conflict(x: Experiment, part: PartOfFile, form: Any, typed: Content) -> ResponseReturnValue:
    """Somebody wrote this part in between: both texts on one page, and nothing lost."""
    kept = x.part(part.slug)
    assert kept is not None
    url = shell.address(x, part.slug)
    if request.headers.get("X-Autosave"):
        return jsonify(message=f"{kept.written_by.name} a modifié cette page entre-temps.", url=url), 409
    form.version.data = kept.version
    found = changes(differences(typed, x.read(part.content)), x)
    return make_response(_form_page(x, part, form, conflict=kept, found=found), 409)


def _flat_errors(form: Any) -> dict[str, str]:
    """The first error of each field, by its name on the page."""
    found: dict[str, str] = {}
    for field in form:
        if hasattr(field, "entries"):
            for entry in field.entries:
                found |= _flat_errors(entry.form) if hasattr(entry, "form") else {}
        elif hasattr(field, "form"):
            found |= _flat_errors(field.form)
        elif field.errors:
            found[field.name] = field.errors[0]
    return found
