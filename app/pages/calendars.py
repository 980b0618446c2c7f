"""The addresses that calendars come back to: one's own, that of one experiment, that of the whole register."""

from __future__ import annotations

from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue

from app import auth, clock, db, errors
from app.config import current as config
from app.keeping import kept
from app.templating import NBSP
from experiments import appointments, own_calendar, publications, queries
from experiments.calendar import etag, feed
from experiments.events import public_event_of
from experiments.own_calendar import OwnCalendar
from experiments.vocabulary import PUBLIC

bp = Blueprint("calendars", __name__)

REGISTER = "Échéances des expérimentations"


@bp.get("/agenda/<key>.ics")
# Evolution and Thunderbird call a calendar after the last part of its address: this one keeps the key off the screen.
@bp.get("/agenda/<key>/echeances.ics")
def personal(key: str) -> ResponseReturnValue:
    """The deadlines of whoever holds this key. A key that is wrong, or revoked, opens nothing."""
    session = db.session()
    person = queries.person_by_agenda(session, auth.fingerprint(key))
    if person is None:
        return _hidden(errors.answer(404))
    source = f"{config().public_url}/agenda/{key}.ics"
    return _hidden(_own(own_calendar.read(session, person, clock.today(), site=config().public_url, source=source)))


def _hidden(answer: Response) -> Response:
    """The address is a secret: it is neither listed nor told to the pages that are opened from here."""
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


@bp.get("/experimentations.ics")
@kept
def register() -> ResponseReturnValue:
    """What the register owes to the public: as much as experiments.publications.deadlines lets through."""
    return _public(REGISTER, "", "/experimentations.ics", "experimentations.ics")


@bp.get("/experimentations/<number:number>.ics")
@kept
def experiment(number: str) -> ResponseReturnValue:
    """What one experiment owes to the public, from its authorisation on; before, it does not exist."""
    x = publications.one(db.public(), number)
    if x is None or x.status not in PUBLIC:
        abort(404)
    name = f"{x.title}{NBSP}: {x.number}"
    return _public(name, x.number, f"/experimentations/{x.number}.ics", f"experimentation-{x.number}.ics")


def _public(name: str, number: str, path: str, filename: str) -> Response:
    today = clock.today()
    found = publications.deadlines(db.public(), today, number=number, since=appointments.kept_since(today))
    events, source = [public_event_of(row, config().public_url) for row in found], config().public_url + path
    answer = _calendar(filename, etag(name, events, source=source))
    answer.set_data(feed(name, events, source=source))
    answer.headers["Cache-Control"] = "public, max-age=900"
    return answer


def _own(calendar: OwnCalendar) -> Response:
    """One's own calendar; a program that already has it is told so, without writing it."""
    tag = calendar.tag()
    answer = _calendar("echeances.ics", tag)
    if request.if_none_match.contains_weak(tag):
        answer.status_code = 304
    else:
        answer.set_data(calendar.written())
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


def _calendar(filename: str, tag: str) -> Response:
    answer = Response(content_type="text/calendar; charset=utf-8")
    answer.set_etag(tag)
    answer.headers["Content-Disposition"] = f"inline; filename={filename}"
    return answer


@bp.app_template_global()
def calendar_addresses(path: str) -> tuple[str, str]:
    """The address of a calendar, twice: to copy, and to open in the program that subscribes to it."""
    address = config().public_url + path
    return address, f"webcal://{address.partition('://')[2]}"
