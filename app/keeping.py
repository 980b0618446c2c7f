"""Pages of the public side, kept as they were answered until the register changes: then a page costs one statement.

What is kept hangs on the version of the register, on the day and on the address; nothing of a person is in it, since
public pages are the same for everybody. A proxy in front may keep them too: the ETag tells it when they changed. A view
that hangs on less than the whole register says so (Drawn), and outlives what happens elsewhere.
"""

from __future__ import annotations

import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, wraps
from threading import Lock
from typing import Any

from flask import Response, current_app, make_response, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from experiments import register

from . import clock, db
from .config import ROOT
from .config import current as config
from .i18n import lang

MOST_BYTES = 24_000_000
"""Kept in each process, packed; the pages asked for least recently go first."""
EACH = 600
"""Bytes that an answer takes besides its own: of endless addresses that say little, those are nearly all."""
LONGEST_ADDRESS = 400
SHARED = "public, no-cache, s-maxage=60, stale-while-revalidate=600"
"""A browser asks each time whether it changed; a proxy may answer by itself for a minute."""
SQUEEZE = 3
"""Of gzip: a page is packed anew at each version of the register, and 6 takes twice as long to spare a tenth."""
SAID = ("Content-Type", "Content-Disposition", "Cache-Control")
"""What a view says of its answer, kept with it."""
NEVER_PACKED = "text/calendar"
"""Outlook does not read a calendar that is."""


@dataclass(frozen=True, slots=True)
class KeptPage:
    """An answer, as it leaves again."""

    body: bytes
    packed: bool
    said: dict[str, str]
    tag: str
    """Its ETag: that of the view where it gives one, for what stays the same while the register changes."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a view answers when its page hangs on these facts, and on nothing else of the register: while they stay, its
    tag stays, whatever changes elsewhere, and a process that still has it does not draw it again."""

    facts: tuple[object, ...]
    draw: Callable[[], ResponseReturnValue]


class PageShelf:
    """Answers by what they hang on, the most recently asked last."""

    def __init__(self, most: int) -> None:
        self._most, self._held = most, 0
        self._answers: OrderedDict[str, KeptPage] = OrderedDict()
        self._lock = Lock()

    def get(self, key: str) -> KeptPage | None:
        with self._lock:
            found = self._answers.get(key)
            if found is not None:
                self._answers.move_to_end(key)
            return found

    def put(self, key: str, kept: KeptPage) -> None:
        with self._lock:
            self._held += _weight(kept) - (_weight(old) if (old := self._answers.get(key)) else 0)
            self._answers[key] = kept
            while self._held > self._most:
                self._held -= _weight(self._answers.popitem(last=False)[1])


def _weight(kept: KeptPage) -> int:
    return len(kept.body) + EACH


_shelf = PageShelf(MOST_BYTES)


def kept(view: Callable[..., ResponseReturnValue | Drawn]) -> Callable[..., Response]:
    """Keep what this view answers, and tell who already has it. It must read nothing but what is public."""
    return kept_while(register.version, view)


def kept_while(
    fact: Callable[[Connection], object], view: Callable[..., ResponseReturnValue | Drawn]
) -> Callable[..., Response]:
    """The same, for as long as this fact stays, which one statement says: nothing that it reads changes without."""

    @wraps(view)
    def answer(*args: Any, **facts: Any) -> Response:
        if request.method not in ("GET", "HEAD") or len(request.full_path) > LONGEST_ADDRESS:
            unkept = view(*args, **facts)
            return make_response(unkept.draw() if isinstance(unkept, Drawn) else unkept)
        tag = _tag(fact(db.public()))
        held = request.if_none_match
        if held.contains_weak(tag) and not held.star_tag:
            return _told(Response(status=304), tag, SHARED, packed=True)
        found = _shelf.get(_place(tag)) or _shelved(view(*args, **facts), tag)
        if isinstance(found, Response):
            return found
        answered = Response(status=304) if held.contains_weak(found.tag) else _given(found)
        return _told(answered, found.tag, found.said["Cache-Control"], packed=found.packed)

    return answer


def _place(tag: str) -> str:
    return f"{db.database().name}{tag}"


def _shelved(answer: ResponseReturnValue | Drawn, tag: str) -> KeptPage | Response:
    """What a view answers, put on the shelf under this tag; an error is not."""
    found: KeptPage | Response
    if isinstance(answer, Drawn):
        own = _tag(*answer.facts)
        found = _shelf.get(_place(own)) or _shelved(answer.draw(), own)
    else:
        response = make_response(answer)
        found = _packed(response, tag) if response.status_code == 200 else response
    if isinstance(found, KeptPage):
        _shelf.put(_place(tag), found)
    return found


def _packed(response: Response, tag: str) -> KeptPage:
    body, packed = response.get_data(), response.mimetype != NEVER_PACKED
    said = {"Cache-Control": SHARED} | {name: response.headers[name] for name in SAID if name in response.headers}
    own, _weak = response.get_etag()
    return KeptPage(gzip.compress(body, SQUEEZE, mtime=0) if packed else body, packed, said, own or tag)


def _given(found: KeptPage) -> Response:
    if found.packed and not request.accept_encodings["gzip"]:
        return Response(gzip.decompress(found.body), headers=found.said)
    response = Response(found.body, headers=found.said)
    if found.packed:
        response.headers["Content-Encoding"] = "gzip"
    return response


def _told(response: Response, tag: str, cache: str, *, packed: bool) -> Response:
    response.set_etag(tag, weak=packed)
    response.headers["Cache-Control"] = cache
    if packed:
        response.headers["Vary"] = "Accept-Encoding"
    return response


def _tag(*facts: object) -> str:
    on = (settings(), current_app.jinja_env.globals["demo"], clock.today(), lang(), request.full_path, *facts)
    return hashlib.sha256("\n".join(map(str, on)).encode()).hexdigest()[:24]


def settings() -> str:
    """The fingerprint of the program and of its settings."""
    if "kept" not in current_app.extensions:
        current_app.extensions["kept"] = hashlib.sha256(f"{_program()}{config()!r}".encode()).hexdigest()
    found: str = current_app.extensions["kept"]
    return found


@cache
def _program() -> str:
    """What the pages are written by: another program writes other pages."""
    digest = hashlib.sha256()
    for folder in ("app", "experiments", "templates"):
        for path in sorted(ROOT.joinpath(folder).rglob("*")):
            if path.suffix in {".py", ".html", ".css", ".js", ".po", ".toml", ".svg"}:
                digest.update(path.read_bytes())
    return digest.hexdigest()
