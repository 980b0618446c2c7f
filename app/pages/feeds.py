"""What was published lately, as Atom: the gates crossed, for programs that watch for readers (RFC 4287)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from flask import Blueprint, Response, abort, render_template
from flask.typing import ResponseReturnValue

from app import db, history
from app.config import current as config
from app.keeping import kept
from app.mail.draft import WORDS
from experiments import gazette, voices
from experiments.gazette import Published
from experiments.obligations import Language
from experiments.voices import Subject

bp = Blueprint("feeds", __name__)

BORN = datetime.fromisoformat("2026-01-01T00:00:00+00:00")
"""When a feed without entries was last changed: before there was anything to say."""


@bp.get("/experimentations.atom")
@kept
def register() -> ResponseReturnValue:
    """What was published lately."""
    return _feed(None, gazette.latest(db.public()))


@bp.get("/experimentations/<number:number>.atom")
@kept
def experiment(number: str) -> ResponseReturnValue:
    """What was published of one experiment."""
    about = voices.subject(db.public(), number)
    if about is None or not about.may_be_followed:
        abort(404)
    return _feed(about, gazette.latest(db.public(), about.id))


def _feed(about: Subject | None, news: Sequence[Published]) -> Response:
    words = WORDS[Language.FRENCH]
    entries = [(one, history.body_of(one.entry).at, words.event(one.entry, None)) for one in news]
    body = render_template(
        "following/feed.xml",
        site=config().public_url,
        about=about,
        entries=entries,
        updated=entries[0][1] if entries else BORN,
    )
    answer = Response(body, content_type="application/atom+xml; charset=utf-8")
    # That of what it says: another experiment that changes does not make this one new.
    answer.set_etag(hashlib.sha256(body.encode()).hexdigest()[:32])
    answer.headers["Cache-Control"] = "public, max-age=900"
    return answer
