"""The files of the open data: each is made once for a version of the register, then sent as often as it is asked.

A file of a large register takes long to make, and one process answers few at once: whoever asks meanwhile is given the
file of before, or told to come back. Pages do not wait for files.

A file is made whole before it is sent: the database is left as soon as it is written, however slowly it is taken. It
is kept packed, without a name, in the folder of the instance: nothing is left of it when the program ends.
"""

from __future__ import annotations

import gzip
import hashlib
import logging
import os
import weakref
import zlib
from collections import defaultdict
from collections.abc import Iterator
from tempfile import TemporaryFile
from threading import BoundedSemaphore, Lock

from flask import Response, request
from werkzeug.exceptions import ServiceUnavailable

from experiments import register
from experiments.exports import writing

from . import db
from .config import Config
from .config import current as config
from .db import Database
from .keeping import SHARED, settings
from .lane import PATIENCE, RETRY_AFTER, in_turn

log = logging.getLogger(__name__)

CHUNK = 64 * 1024
MAKERS = 2
"""Files made at once in each process: as many are left of its four threads for everything else."""
LEVEL = 1
"""Of packing: higher ones take several times longer, to gain a quarter."""


class Made:
    """A packed file of one version of the register, closed once nobody sends it any more."""

    def __init__(self, database: Database, address: str, config: Config) -> None:
        config.instance.mkdir(parents=True, exist_ok=True)
        self._file = TemporaryFile(dir=config.instance)  # noqa: SIM115 - it is closed by the line below
        weakref.finalize(self, self._file.close)
        packing = gzip.GzipFile(fileobj=self._file, mode="wb", compresslevel=LEVEL, mtime=0)
        with packing, database.public() as public:
            self.version = writing.fill(public, {address: packing}, config.publisher)
            self.length = packing.tell()
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


class FileShelf:
    """The last version of each file, by its address."""

    def __init__(self) -> None:
        self._made: dict[str, tuple[str, Made]] = {}
        self._turns: defaultdict[str, Lock] = defaultdict(Lock)
        self._makers = BoundedSemaphore(MAKERS)

    def get(self, source: str, version: int, address: str) -> Made | None:
        """A file of this version, or of the one before while it is being made; None when there is none to give yet."""
        made = self._kept(source, address)
        if made and made.version == version:
            return made
        patience = 0 if made else PATIENCE
        if not self._turns[address].acquire(timeout=patience):
            return made or self._kept(source, address)
        try:
            return self._make(source, address, patience)
        finally:
            self._turns[address].release()

    def _kept(self, source: str, address: str) -> Made | None:
        of, made = self._made.get(address, ("", None))
        return made if of == source else None

    def _make(self, source: str, address: str, patience: float) -> Made | None:
        database, made = db.database(), self._kept(source, address)
        with database.public() as public:
            version = register.version(public)
        # Whoever had the turn before may just have made it, from a register that had changed once more.
        if (made and made.version == version) or not self._makers.acquire(timeout=patience):
            return made
        try:
            made = Made(database, address, config())
            self._made[address] = (source, made)
            return made
        except OSError as error:
            # The disk is full, or is not ours: the file of before is still there to be sent.
            log.error("%s cannot be made: %s", address, error)
            if made is None:
                raise ServiceUnavailable(
                    "Ce fichier ne peut pas être fait pour l’instant", retry_after=RETRY_AFTER
                ) from error
            return made
        finally:
            self._makers.release()


_shelf = FileShelf()


def send(address: str) -> Response:
    """A file of the open data, for whoever does not have this version of it."""
    version = register.version(db.public())
    if request.if_none_match.contains_weak(_tag(version, address)):
        return _told(Response(status=304), version, address)
    # What this request read is done with: it holds no connection while the file is made.
    db.release_public()
    made = _shelf.get(f"{db.database().name} {settings()}", version, address)
    if made is None:
        raise ServiceUnavailable("Ce fichier est en train d’être fait", retry_after=RETRY_AFTER)
    return in_turn(_told(_file(made, address), made.version, address))


def licensed(answer: Response) -> Response:
    """The same answer, which says what anybody may do with it."""
    answer.headers.add("Link", f'<{config().licence.url}>; rel="license"')
    return answer


def told_once(answer: Response) -> Response:
    """The same answer with the fingerprint of its text; empty (304) for whoever has it already."""
    tag = hashlib.sha256(answer.get_data()).hexdigest()[:24]
    return same(answer, tag)


def same(answer: Response, tag: str) -> Response:
    """The same answer with this ETag, weak for it may be packed; empty (304) for whoever has it already."""
    if request.if_none_match.contains_weak(tag):
        answer = Response(status=304)
    answer.set_etag(tag, weak=True)
    return answer


def _tag(version: int, address: str) -> str:
    return hashlib.sha256(f"{settings()} {version} {address}".encode()).hexdigest()[:24]


def _told(response: Response, version: int, address: str) -> Response:
    response.set_etag(_tag(version, address), weak=True)
    response.headers["Cache-Control"] = SHARED
    response.headers["Vary"] = "Accept-Encoding"
    return response


def _file(made: Made, address: str) -> Response:
    kind = writing.FILES[address][1].mimetype
    name = {"Content-Disposition": f'inline; filename="{address.rpartition("/")[2]}"'}
    # « gzip;q=0 » is to refuse it.
    if not request.accept_encodings.quality("gzip"):
        # Whoever takes it knows whether all of it came.
        return Response(made.plain(), content_type=kind, headers={**name, "Content-Length": str(made.length)})
    packed = {"Content-Encoding": "gzip", "Content-Length": str(made.size)}
    return Response(made.packed(), content_type=kind, headers={**name, **packed})
