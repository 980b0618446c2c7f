"""What people ask of the register, as requests without end: read the list or a page, sign in, cross a gate."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from itertools import cycle
from typing import NamedTuple
from urllib.parse import urlencode

from sqlalchemy import select

from app.db import Database
from experiments.model import Experiment
from experiments.vocabulary import Status

from .fill import CHIEF, LEAD, PASSWORD
from .load import HOST, Request, fresh, send

DESK = "/espace/experimentations"
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
REASON = "Le comptage de juillet manque : il est à refaire avant de poursuivre."
FORM = {"Content-Type": "application/x-www-form-urlencoded"}

OTHERS = (
    ("Espace de travail", "/espace"),
    ("Vue d’ensemble", "{}"),
    ("Lecture", "{}/lecture"),
    ("Historique", "{}/historique"),
    ("Une rubrique", "{}/protocole"),
    ("Équipe", "{}/equipe"),
    ("Avis", "{}/avis"),
    ("Page d’un jalon", "{}/jalons/authorise"),
)
"""Pages of the desk that are not timed."""

READ = 40
"""Files of each status whose pages are visited."""

Files = list[tuple[str, int]]
"""Numbers and versions."""

Paths = list[str]
Sources = list[Iterator[Request]]
"""One for each connection: whoever changes files has their own, so that nobody crosses the same gate."""


class Session(NamedTuple):
    """Somebody signed in: their cookie, and the token of their forms."""

    cookie: str
    token: str


class Visitors:
    """Who visits one server, and which files are there to visit."""

    def __init__(self, port: int, database: Database, connections: int) -> None:
        self.connection = HTTPConnection(HOST, port, timeout=30)
        self.connections = connections
        with database.reading() as session:
            query = select(Experiment.number, Experiment.version, Experiment.status).order_by(Experiment.id)
            found = session.execute(query).all()
        database.engine.dispose()
        self.files: dict[Status, Files] = {status: [] for status in Status}
        for number, version, status in found:
            self.files[status].append((number, version))
        self.chief, self.lead = self.sign_in(CHIEF), self.sign_in(LEAD)

    def get(self, path: str, cookie: str = "") -> tuple[str, list[str]]:
        headers = {"Accept-Encoding": "identity"} | ({"Cookie": cookie} if cookie else {})
        body, cookies = send(self.connection, Request(path, headers=headers))
        return body.decode(), cookies

    def form(self) -> Session:
        """The form to sign in, as a passer-by gets it."""
        page, cookies = self.get("/connexion")
        return Session(cookies[0].partition(";")[0], _token(page))

    def sign_in(self, email: str) -> Session:
        """Sign in for good, and read the token that the forms of this session hold."""
        _, cookies = send(self.connection, _signing_in(self.form(), email))
        cookie = cookies[-1].partition(";")[0]
        return Session(cookie, _token(self.get("/espace", cookie)[0]))

    # Reading ----------------------------------------------------------------------------------------------------------

    def list(self) -> Sources:
        return self._fresh(["/"])

    def page(self) -> Sources:
        """Public pages: what is over and what is under way, in equal parts."""
        return self._fresh([f"/experimentations/{number}" for number in self._some(Status.CLOSED, Status.RUNNING)])

    def _fresh(self, paths: Paths) -> Sources:
        """What the server does not keep from one request to the next: bench/public.py measures what it keeps."""
        return [fresh(paths, 1_000_000 * rank) for rank in range(self.connections)]

    def gates(self) -> Sources:
        """The gates of files that wait for somebody to decide, or that are under way."""
        numbers = self._some(Status.SUBMITTED, Status.RUNNING)
        return self._each([f"{DESK}/{number}/etapes" for number in numbers], {"Cookie": self.chief.cookie})

    def desk(self) -> dict[str, Iterator[Request]]:
        """The other pages of a file and the desk itself, for their statements alone."""
        number, headers = self.files[Status.SUBMITTED][0][0], {"Cookie": self.chief.cookie}
        return {label: cycle([Request(path.format(f"{DESK}/{number}"), headers=headers)]) for label, path in OTHERS}

    def asset(self) -> Sources:
        """The style sheet."""
        found = re.search(r'href="(/assets/[^"]+\.css)"', self.get("/")[0])
        assert found is not None
        return self._each([found[1]])

    def _some(self, *statuses: Status) -> Paths:
        return [number for files in zip(*(self.files[s][:READ] for s in statuses), strict=False) for number, _ in files]

    def _each(self, paths: Paths, headers: dict[str, str] | None = None) -> Sources:
        return [cycle([Request(path, headers=headers or {}) for path in paths]) for _ in range(self.connections)]

    # Changing ---------------------------------------------------------------------------------------------------------

    def signing_in(self) -> Sources:
        return [cycle([_signing_in(self.form(), CHIEF)]) for _ in range(self.connections)]

    def suspend(self) -> Sources:
        """Suspend and resume, in turn."""
        return self._crossing(Status.RUNNING, (self.chief, "suspend", REASON), (self.chief, "resume", REASON))

    def submit(self) -> Sources:
        """Submit, with the whole checklist, and return, in turn."""
        return self._crossing(Status.DRAFT, (self.lead, "submit", ""), (self.chief, "return", REASON))

    def _crossing(self, status: Status, *gates: tuple[Session, str, str]) -> Sources:
        # Not those that are read; and many, for what a crossing costs depends on how long the history of a file is.
        files = self.files[status][READ:] or self.files[status]
        return [_in_turn(files[index :: self.connections], gates) for index in range(min(self.connections, len(files)))]


def _token(page: str) -> str:
    found = TOKEN.search(page)
    assert found is not None
    return found[1]


def _post(path: str, session: Session, **fields: str) -> Request:
    body = urlencode({"csrf_token": session.token, **fields}).encode()
    return Request(path, "POST", {**FORM, "Cookie": session.cookie}, body, 303)


def _signing_in(form: Session, email: str) -> Request:
    return _post("/connexion", form, email=email, password=PASSWORD)


def _in_turn(files: Files, gates: tuple[tuple[Session, str, str], ...]) -> Iterator[Request]:
    """Cross the gates of each file, one after the other; each crossing adds one to its version."""
    versions = dict(files)
    while True:
        for number in versions:
            for session, gate, reason in gates:
                yield _post(f"{DESK}/{number}/jalons/{gate}", session, version=str(versions[number]), reason=reason)
                versions[number] += 1


VISITS: dict[str, tuple[str, Callable[[Visitors], Sources]]] = {
    "list": ("Liste publique", Visitors.list),
    "page": ("Page d’une expérimentation", Visitors.page),
    "gates": ("Page des étapes", Visitors.gates),
    "suspend": ("Jalon : suspendre, reprendre", Visitors.suspend),
    "submit": ("Jalon : soumettre, renvoyer", Visitors.submit),
    "sign-in": ("Connexion", Visitors.signing_in),
    "asset": ("Fichier statique (feuille de style)", Visitors.asset),
}
"""What is measured of the register: its name, its French label, its requests."""
