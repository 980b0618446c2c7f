"""The desk of whoever is signed in: what waits for me, what is mine, what is late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from app import auth, clock, db
from app.pole import Pole
from app.presentation import own_pole_of
from app.templating import date_fr, days_fr
from experiments import appointments, queries, voices, watch
from experiments.lifecycle import LIFECYCLE
from experiments.model import Experiment, Person
from experiments.parts import BEFORE
from experiments.policies import may_administer, may_advise, may_lead, may_see, may_watch, roles_of
from experiments.vocabulary import ENDED, Account, Role, Status
from experiments.words import clean

from . import shell
from .access import signed_in
from .due import lines, longest_late

bp = Blueprint("desk", __name__)

NEXT = 5
"""Deadlines shown on the desk."""


@dataclass(frozen=True)
class Row:
    """One file on the desk, as the macro `experiment_row` takes it; `act` is the one thing asked of the reader."""

    url: str
    number: str
    title: str
    summary: str
    place: str
    carrier: str
    status_code: str
    status_label: str
    dates: str
    overdue: bool
    late: str
    pole: Pole
    act: str
    heard: int
    """Observations that wait to be read by whoever reads this."""


@bp.get("/espace")
@signed_in
def desk() -> ResponseReturnValue:
    """What waits for me, by what day, what is late, and the rest of what is mine."""
    me, today = auth.me(), clock.today()
    text = clean(request.args.get("q", ""))[:200]
    if text:
        rows_found = [_row(x, me, today) for x in queries.files_found(db.session(), text) if may_see(me, x)]
        return render_template("desk/found.html", text=text, rows=rows_found)
    found = {x.id: x for x in (*queries.files_of(db.session(), me), *_by_account(me)) if may_see(me, x)}
    rows = {x.id: _row(x, me, today) for x in found.values()}
    waiting = [row for row in rows.values() if row.act]
    # Each file stands once: with what it waits for, else with what is late, else with the others.
    late = [row for row in rows.values() if row.late and not row.act]
    others = [row for x in found.values() if not ((row := rows[x.id]).act or row.late) and x.status not in ENDED]
    heard = [row for row in rows.values() if row.heard]
    unread = voices.unread(db.session()) if may_administer(me) else 0
    over = [rows[x.id] for x in found.values() if x.status in ENDED and not rows[x.id].act]
    due = appointments.mine(db.session(), me, today)
    return render_template(
        "desk/desk.html", me=me, waiting=waiting, late=late, heard=heard, unread=unread, others=others, over=over,
        declares=me.account is Account.AGENT,
        appointments=lines(due, me, today, most=NEXT), late_by=longest_late(due, me, today),
        left=me.has_left(today), cut=len(found) >= queries.DESK, most=queries.DESK, watched=may_watch(me),
        unsent_since=watch.state(db.session(), clock.now()).unsent_since,
    )  # fmt: skip


def statuses_followed(me: Person) -> list[Status]:
    """Where an account follows files without being named to them: validators what they decide, auditors everything."""
    if me.account is Account.VALIDATOR:
        return [s for s in Status if s is not Status.DRAFT and s not in ENDED]
    return list(Status) if me.account in (Account.AUDITOR, Account.ADMINISTRATOR) else []


def _by_account(me: Person) -> list[Experiment]:
    statuses = statuses_followed(me)
    return list(queries.files_in(db.session(), *statuses)) if statuses else []


def _row(x: Experiment, me: Person, today: date) -> Row:
    over = x.days_over(today)
    return Row(
        url=shell.address(x), number=x.number, title=x.title or "Sans titre", summary=x.summary,
        place=x.place, carrier=x.organisation, status_code=str(x.status), status_label=x.status.label,
        dates=f"Du {date_fr(x.starts_on)} au {date_fr(x.ends_on)}" if x.starts_on and x.ends_on else "Dates non fixées",
        overdue=x.is_overdue(today), late=f"{days_fr(over)} de retard" if over else "", pole=own_pole_of(x, today),
        act=_act(x, me), heard=(x.unheard or 0) if may_lead(me, x) else 0,
    )  # fmt: skip


def _owes_opinion(x: Experiment, me: Person) -> bool:
    """Whether an opinion is awaited from this person: never given, or on a text that has changed since."""
    text = x.fingerprint()
    return any(may_advise(me, o) and not o.counts_for(text) for o in x.opinions)


def _act(x: Experiment, me: Person) -> str:
    """The one thing that this file waits for from this person; empty when it waits for somebody else."""
    roles = roles_of(me, x)
    if x.status in BEFORE and roles & Role.ADVISER and _owes_opinion(x, me):
        return "Donner votre avis"
    opens = [gate for gate in LIFECYCLE.leaving(x.status) if gate.opener.admits(roles)]
    if roles & Role.VALIDATOR:
        return (
            {
                Status.SUBMITTED: "Lire et décider\u00a0: autoriser, renvoyer ou refuser",
                Status.EVALUATED: "Décider de la suite",
                Status.DECIDED: "Clore, quand tout est réglé",
            }.get(x.status, "")
            if opens
            else ""
        )
    if roles & Role.LEAD:
        return {
            Status.DRAFT: "Revoir, puis soumettre de nouveau" if x.submitted_on else "Compléter, puis soumettre",
            Status.AUTHORISED: "Préparer le lancement",
            Status.DECIDED: "Préparer la clôture",
        }.get(x.status, "")
    if roles & Role.EVALUATOR and x.status is Status.EVALUATING:
        return "Rendre l’évaluation"
    return ""
