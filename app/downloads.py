"""The files of the open data: each is made once for a version of the register, then sent as often as it is asked.

A file is made whole before it is sent: the database is left as soon as it is written, however slowly it is taken. It
is kept packed, without a name, in the folder of the instance: nothing is left of it when the program ends.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import weakref
import zlib
from collections import defaultdict
from collections.abc import Iterator
from tempfile import TemporaryFile
from threading import Lock

from flask import Response, current_app, request

from experiments import register
from experiments.exports import writing

from . import db
from .config import Config
from .db import Database
from .keeping import SHARED, settings

CHUNK = 64 * 1024
LEVEL = 1
"""Of packing: higher ones take several times longer, to gain a quarter."""


class Made:
    """A packed file, closed once nobody sends it any more."""

    def __init__(self, database: Database, address: str, config: Config) -> None:
        config.instance.mkdir(parents=True, exist_ok=True)
        self._file = TemporaryFile(dir=config.instance)  # noqa: SIM115 - it is closed by the line below
        weakref.finalize(self, self._file.close)
        packing = gzip.GzipFile(fileobj=self._file, mode="wb", compresslevel=LEVEL, mtime=0)
        with packing, database.public() as session:
            writing.fill(session, {address: packing}, config.publisher)
        self._file.flush()
        self.size = self._file.tell()

    def packed(self) -> Iterator[bytes]:
        """Its bytes; several may read it at once."""
        place = 0
        while chunk := os.pread(self._file.fileno(), CHUNK, place):
            place += len(chunk)
            yield chunk

    def plain(self) -> Iterator[bytes]:
        """The same, for whoever does not unpack; never more in memory, however well it was packed."""
        unpacking = zlib.decompressobj(wbits=31)
        for chunk in self.packed():
            while chunk:
                yield unpacking.decompress(chunk, CHUNK)
                chunk = unpacking.unconsumed_tail
        yield unpacking.flush()


class Shelf:
    """The last version of each file. Whoever asks for one that is being made waits for it, rather than make it too."""

    def __init__(self) -> None:
        self._made: dict[str, tuple[str, Made]] = {}
        self._turns: defaultdict[str, Lock] = defaultdict(Lock)

    def get(self, tag: str, database: Database, address: str, config: Config) -> Made:
        with self._turns[address]:
            known, made = self._made.get(address, ("", None))
            if made is None or known != tag:
                made = Made(database, address, config)
                self._made[address] = (tag, made)
            return made


_shelf = Shelf()


def send(address: str) -> Response:
    """A file of the open data, for whoever does not have this version of it."""
    version = register.version(db.public())
    tag = hashlib.sha256(f"{settings()} {version} {address}".encode()).hexdigest()[:24]
    response = Response(status=304)
    if not request.if_none_match.contains_weak(tag):
        response = _file(f"{db.database().name} {tag}", address)
    response.set_etag(tag, weak=True)
    response.headers["Cache-Control"] = SHARED
    response.headers["Vary"] = "Accept-Encoding"
    return response


def _file(tag: str, address: str) -> Response:
    # What this request read is done with: it holds no connection while the file is made.
    db.public().close()
    made = _shelf.get(tag, db.database(), address, current_app.config["JALON"])
    kind = writing.FILES[address][1].mimetype
    name = {"Content-Disposition": f'inline; filename="{address.rpartition("/")[2]}"'}
    if "gzip" not in request.headers.get("Accept-Encoding", ""):
        return Response(made.plain(), content_type=kind, headers=name)
    packed = {"Content-Encoding": "gzip", "Content-Length": str(made.size)}
    return Response(made.packed(), content_type=kind, headers={**name, **packed})
