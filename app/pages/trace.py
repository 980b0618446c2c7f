"""The public trace: what it is, its exact lines, its signed head, and the program that checks them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from flask import Blueprint, Response, abort, jsonify, render_template, request
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from app import clock, db, downloads, history, signing
from app.config import current as config
from app.converters import LARGEST
from app.db import Database
from app.i18n import to
from app.keeping import kept_while
from app.lane import in_turn
from experiments import trace, verifier
from experiments.published import TOLD
from experiments.vocabulary import Status
from experiments.words import whole

bp = Blueprint("trace", __name__)

SHOWN = 20
BATCH = 500
"""Lines read at a time: between two batches nothing is held, neither transaction nor connection."""
PROGRAM = Path(verifier.__file__).read_bytes()


@bp.record_once
def _check_key(state: BlueprintSetupState) -> None:
    signing.check(state.app.config["JALON"])


@dataclass(frozen=True)
class Shown:
    """One entry of the trace, as the page shows it: no name, and the file only when it is public."""

    seq: int
    told: history.HistoryLine
    number: str | None
    url: str | None
    hash: str
    body: str


@bp.get("/trace")
# Drafts add to it what publishes nothing: it has changed when its head has.
@partial(kept_while, trace.head)
def page() -> ResponseReturnValue:
    """What the trace is, how to check it, and its last entries; `?entree=12` gives those up to the twelfth."""
    size, head = trace.head(db.public())
    asked = _place("entree", size)
    entries = [_shown(*row) for row in trace.latest(db.public(), asked, SHOWN)]
    if (asked or size) and (not entries or entries[0].seq != asked):
        abort(404)
    return render_template(
        "trace/trace.html", entries=entries, asked=asked, size=size, head=head, public_url=config().public_url
    )


def _shown(entry: trace.Exact, status: Status | None) -> Shown:
    number = history.body_of(entry).experiment
    url = to(f"/experimentations/{number}") if status in TOLD else None
    return Shown(entry.seq, history.line(entry), number, url, trace.hash_of(entry.body), entry.body)


def _place(name: str, default: int) -> int:
    """The number of an entry, in the address."""
    number = whole(request.args.get(name, str(default)), 10)
    if number is None or number > LARGEST:
        abort(400, f"«\u00a0{name}\u00a0» est un numéro d’entrée")
    return number


@bp.get("/trace.jsonl")
def lines() -> ResponseReturnValue:
    """The exact lines, in order; `?after=12` gives those that follow the twelfth."""
    after, (_, head) = _place("after", 0), trace.head(db.public())
    answer = Response(_stream(db.database(), after), content_type="application/x-ndjson; charset=utf-8")
    # An entry may be added while it is sent: it is then told as new once more.
    answer = downloads.same(answer, f"{head[:24]}-{after}")
    return answer if answer.status_code == 304 else in_turn(answer)


def _stream(database: Database, after: int) -> Iterator[str]:
    while True:
        with database.public() as public:
            found = trace.batch(public, after, BATCH)
        if not found:
            return
        yield "".join(f"{body}\n" for _, body in found)
        after = found[-1][0]


@bp.get("/trace/checkpoint")
def checkpoint() -> ResponseReturnValue:
    """The signed head."""
    size, head = trace.head(db.public())
    point = signing.signed(config(), size, head, clock.now())
    # Signed again later, or by a renewed key: the first says no less, the second is another answer.
    return downloads.same(jsonify(point), f"{head[:24]}-{size}-{point['key']['n'][:16]}")


@bp.get("/trace/verifier.py")
def program() -> ResponseReturnValue:
    """The verifier: one file, the standard library alone."""
    return downloads.told_once(Response(PROGRAM, content_type="text/x-python; charset=utf-8"))
