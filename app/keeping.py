"""Pages of the public side, kept as they were answered until the register changes: then a page costs one statement.

What is kept hangs on the version of the register, on the day and on the address; nothing of a person is in it, since
public pages are the same for everybody. A proxy in front may keep them too: the ETag tells it when they changed.
"""

from __future__ import annotations

import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Callable
from functools import cache, wraps
from threading import Lock
from typing import Any, TypeVar

from flask import Response, current_app, make_response, request

from experiments import register

from . import clock, db
from .config import ROOT, Config
from .i18n import lang

F = TypeVar("F", bound=Callable[..., Any])
MOST_BYTES = 24_000_000
"""Kept in each process, packed; the pages asked for least recently go first."""
LONGEST_ADDRESS = 400
PAGE = "text/html; charset=utf-8"
SHARED = "public, no-cache, s-maxage=60, stale-while-revalidate=600"
"""A browser asks each time whether it changed; a proxy may answer by itself for a minute."""


class Shelf:
    """Packed pages by what they hang on, the most recently asked last."""

    def __init__(self, most: int) -> None:
        self._most, self._held = most, 0
        self._pages: OrderedDict[str, bytes] = OrderedDict()
        self._lock = Lock()

    def get(self, tag: str) -> bytes | None:
        with self._lock:
            found = self._pages.get(tag)
            if found is not None:
                self._pages.move_to_end(tag)
            return found

    def put(self, tag: str, packed: bytes) -> None:
        with self._lock:
            self._held += len(packed) - len(self._pages.get(tag, b""))
            self._pages[tag] = packed
            while self._held > self._most:
                self._held -= len(self._pages.popitem(last=False)[1])


_shelf = Shelf(MOST_BYTES)


def kept(view: F, kind: str = PAGE) -> F:
    """Keep what this view answers, and tell who already has it. It must read nothing but what is public."""

    @wraps(view)
    def answer(*args: Any, **facts: Any) -> Response:
        if request.method not in ("GET", "HEAD") or len(request.full_path) > LONGEST_ADDRESS:
            return make_response(view(*args, **facts))
        tag = _tag(register.version(db.public()))
        if request.if_none_match.contains_weak(tag):
            return _told(Response(status=304), tag)
        held = f"{db.database().name}{tag}"
        packed = _shelf.get(held)
        if packed is None:
            response = make_response(view(*args, **facts))
            if response.status_code != 200:
                return response
            packed = gzip.compress(response.get_data(), 6, mtime=0)
            _shelf.put(held, packed)
        return _told(_unpacked(packed, kind), tag)

    return answer  # type: ignore[return-value]


def _unpacked(packed: bytes, kind: str) -> Response:
    if "gzip" not in request.headers.get("Accept-Encoding", ""):
        return Response(gzip.decompress(packed), content_type=kind)
    return Response(packed, content_type=kind, headers={"Content-Encoding": "gzip"})


def _told(response: Response, tag: str) -> Response:
    response.set_etag(tag, weak=True)
    response.headers["Cache-Control"] = SHARED
    response.headers["Vary"] = "Accept-Encoding"
    return response


def _tag(version: int) -> str:
    on = (settings(), current_app.jinja_env.globals["demo"], version, clock.today(), lang(), request.full_path)
    return hashlib.sha256("\n".join(map(str, on)).encode()).hexdigest()[:24]


def settings() -> str:
    """The fingerprint of the program and of its settings."""
    if "kept" not in current_app.extensions:
        config: Config = current_app.config["JALON"]
        current_app.extensions["kept"] = hashlib.sha256(f"{_program()}{config!r}".encode()).hexdigest()
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
