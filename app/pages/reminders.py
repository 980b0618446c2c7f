"""What a file owes, who is told of it and when, who was told already; and saying that the file is up to date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import groupby

from flask import Blueprint, flash, make_response, redirect
from flask.typing import ResponseReturnValue

from app import auth, clock, db
from app.forms.experiment import ReplyForm
from app.templating import away, days_fr
from experiments import editing, replies, watch
from experiments.duties import Duty, duties_on
from experiments.ladder import paris_day
from experiments.leaves import Leaf
from experiments.model import Deadline, Experiment, Person, Reminder
from experiments.obligations import Rank
from experiments.policies import may_lead
from experiments.policy import current as policy
from experiments.published import Reply
from experiments.succession import Addressee, Obstacle, Roll
from experiments.vocabulary import UNDER_WAY
from experiments.words import typeset

from . import shell
from .access import signed_in
from .paging import page_asked

bp = Blueprint("reminders", __name__, url_prefix=shell.BASE)

PAGE = "rappels"


@dataclass(frozen=True)
class Step:
    """One rank of those to whom one turns: who stands there, and when they are told."""

    rank: Rank
    people: list[tuple[Person, Obstacle | None]]
    when: str


@dataclass(frozen=True)
class Owed:
    """A duty as the page shows it."""

    duty: Duty
    source: str
    left: str
    late: int
    url: str
    steps: list[Step]
    next_on: date | None
    next_to: list[Addressee]
    is_known: bool
    """Whether the worker has reckoned it yet."""
    is_asleep: bool
    """Whether somebody else must act first."""


@dataclass(frozen=True)
class SentReminder:
    """One reminder of one duty, and each person it went to."""

    on: date
    deadline: Deadline
    when: str
    to: list[tuple[Reminder, Person]]


@bp.get("/<number:number>/rappels")
@signed_in
def reminders(number: str) -> ResponseReturnValue:
    """The duties of a file by date, then what was told of them."""
    return _page(shell.load(number), ReplyForm(formdata=None))


def _page(x: Experiment, form: ReplyForm) -> str:
    today, leads = clock.today(), may_lead(auth.me(), x)
    late = replies.is_late(x, today)
    roll, kept = Roll(db.session(), {x.id}, today), watch.deadlines(db.session(), x)
    leaf = watch.told(db.session(), x, page_asked())
    return shell.page(
        "files/reminders.html", x, PAGE, owed=[_owed(x, duty, kept, roll) for duty in duties_on(x, today)],
        leaf=leaf, told=_told(leaf),
        reviews=leads and x.status in UNDER_WAY, replies=_replies(x) if late else [],
        form=form if late and leads else None,
        state=watch.state(db.session(), clock.now()),
        leaf_address=lambda n: f"{shell.address(x, PAGE)}?page={n}#dits",
    )  # fmt: skip


def _told(leaf: Leaf[Reminder, Person]) -> list[SentReminder]:
    """What was told, each reminder once: those that went to several people follow each other."""
    grouped = groupby(leaf.rows, lambda row: (row[0].planned_on, row[0].deadline_id, row[0].rung))
    rows = [[(told, person) for told, person in of] for _, of in grouped]
    return [SentReminder(of[0][0].planned_on, of[0][0].deadline, rung_said(of[0][0].rung), of) for of in rows]


def _replies(x: Experiment) -> list[Reply]:
    """What was answered, in the shape in which the public reads it."""
    return [Reply(paris_day(one.at), one.text) for one in replies.given(db.session(), x)]


@bp.post("/<number:number>/relecture")
@signed_in
def review(number: str) -> ResponseReturnValue:
    """The carrier has read the file again, and says that it is up to date."""
    x = shell.load(number, for_change=True)
    editing.review(db.session(), x, auth.me(), now=clock.now(), today=clock.today())
    db.session().commit()
    flash("C’est noté\u00a0: la fiche est à jour.", "success")
    return redirect(shell.address(x, PAGE), 303)


@bp.post("/<number:number>/reponse")
@signed_in
def reply(number: str) -> ResponseReturnValue:
    """The carrier answers in public to what is late."""
    x, form = shell.load(number, for_change=True), ReplyForm()
    try:
        replies.reply(db.session(), x, auth.me(), form.text.data or "", now=clock.now())
    except editing.Unsaid as error:
        form.text.errors = [str(error)]
        return make_response(_page(x, form), 422)
    db.session().commit()
    flash("Votre réponse est publiée, avec sa date.", "success")
    return redirect(shell.address(x, PAGE, "repondre"), 303)


def _owed(x: Experiment, duty: Duty, kept: dict[tuple[str, str], Deadline], roll: Roll) -> Owed:
    deadline = kept.get((duty.rule.task, duty.about))
    told = deadline.told if deadline else 0
    return Owed(
        duty, typeset(duty.rule.source), away((duty.due_on - roll.today).days), duty.days_late(roll.today),
        shell.address(x, duty.rule.page),
        _steps(x, duty, roll), deadline.next_on if deadline else None,
        roll.addressees(x.id, duty.rule.ranks, told, only=duty.person_id), deadline is not None,
        x.status in duty.rule.asleep,
    )  # fmt: skip


def _steps(x: Experiment, duty: Duty, roll: Roll) -> list[Step]:
    """Each rank in turn; one where nobody can be reached leaves its place to the next."""
    found, reached = [], 0
    for rank in duty.rule.ranks:
        people = [p for p in roll.standing(x.id, rank) if rank is not Rank.ADVISER or p.id == duty.person_id]
        seen = [(person, roll.obstacle(person)) for person in people]
        can = any(obstacle is None for _, obstacle in seen)
        found.append(Step(rank, seen, _when(reached, duty) if can else "passe au suivant"))
        reached += can
    return found


def _when(place: int, duty: Duty) -> str:
    if place == 0:
        return "d’abord"
    if duty.rule.lapses:
        return "si personne avant n’est joignable"
    return f"puis, après {place * policy().reminders.escalate_after} rappels sans effet"


def rung_said(rung: int) -> str:
    """« 30 jours avant », « le jour même », « 7 jours après »."""
    return f"{days_fr(abs(rung))} {'après' if rung > 0 else 'avant'}" if rung else "le jour même"
