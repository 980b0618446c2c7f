"""Somebody in front of the register: their browser, their session, and the eye that checks every page they read."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Flask, Response, g
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import event
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app import auth, clock
from app.db import Database
from experiments.model import Person
from tests.pages.page import Page

Data = Mapping[str, Any] | Sequence[tuple[str, str]]


class Visitor:
    """A client that reads French and posts forms with their token; `person` is None for a passer-by."""

    def __init__(self, app: Flask, person: Callable[[Session], Person] | None = None) -> None:
        self.app, self.client = app, app.test_client()
        self.raw_token = secrets.token_hex(20)
        self.token = URLSafeTimedSerializer(app.config["SECRET_KEY"], salt="wtf-csrf-token").dumps(self.raw_token)
        self.typed = ""
        if person is not None:
            self.sign_in(person)
        else:
            self._open({})

    def sign_in(self, person: Callable[[Session], Person]) -> None:
        """Open a real session for this person, without the time that a password takes."""
        database: Database = self.app.extensions["database"]
        with database.changing() as session, self.app.test_request_context():
            user = auth.open_session(session, person(session), clock.now(), "tests")
        self._open({"_user_id": user.get_id(), "_fresh": True})

    def _open(self, more: dict[str, Any]) -> None:
        with self.client.session_transaction(base_url="http://localhost") as cookie:
            cookie.update(csrf_token=self.raw_token, **more)

    def get(self, path: str, **options: Any) -> TestResponse:
        # Read to its end and closed, as any server does.
        answer = self.client.get(path, **{"buffered": True, **options})
        self._look(answer, path)
        return answer

    def post(self, path: str, data: Data | None = None, *, token: bool = True, **options: Any) -> TestResponse:
        fields = list(data.items()) if isinstance(data, Mapping) else list(data or [])
        self.typed = " ".join(str(value) for name, value in fields if name != "csrf_token")
        if token and not any(name == "csrf_token" for name, _ in fields):
            fields.append(("csrf_token", self.token))
        body = by_name(fields)
        answer = self.client.post(path, data=body, **options)
        self._look(answer, path)
        return answer

    def page(self, path: str, status: int = 200, **options: Any) -> Page:
        """The page at this address, which answers with this status."""
        answer = self.get(path, **options)
        assert answer.status_code == status, f"{path}: {answer.status}, {said(answer)}"
        return Page(answer, path)

    def posted(self, path: str, data: Data | None = None, status: int = 303, **options: Any) -> Page | TestResponse:
        """What a form is answered, which has this status: a page, or the redirection as it is."""
        answer = self.post(path, data, **options)
        assert answer.status_code == status, f"POST {path}: {answer.status}, {said(answer)}"
        return answer if 300 <= status < 400 or not answer.text.startswith("<!doctype") else Page(answer, path)

    def _look(self, answer: TestResponse, path: str) -> None:
        kept = answer.headers
        assert "Content-Security-Policy" in kept, path
        assert kept["X-Content-Type-Options"] == "nosniff", path
        if answer.content_type == "text/html; charset=utf-8" and not 300 <= answer.status_code < 400:
            Page(answer, path).check(typed=self.typed)
        if path.startswith("/espace"):
            assert "no-store" in kept["Cache-Control"], path


def said(answer: TestResponse) -> str:
    """What an answer that was not expected says, for the report of a failure."""
    return Page(answer, "").text[600:3000] if answer.text.startswith("<!doctype") else answer.text[:600]


def by_name(fields: list[tuple[str, str]]) -> dict[str, list[str]]:
    """Fields as Werkzeug's client takes them: a name may come several times."""
    found: dict[str, list[str]] = {}
    for name, value in fields:
        found.setdefault(name, []).append(value)
    return found


def watch(database: Database) -> None:
    """Note what the sessions of this database change and do not commit."""
    for maker in (database._read, database.write):
        event.listen(maker, "after_flush", _flushed)
        event.listen(maker, "do_orm_execute", _executed)
        event.listen(maker, "after_commit", _settled)
        event.listen(maker, "after_rollback", _settled)


def expect_commits(app: Flask) -> None:
    """Fail the request that answered well and left what it changed uncommitted."""

    @app.after_request
    def all_is_saved(answer: Response) -> Response:
        session: Session | None = g.get("session")
        if session is not None and answer.status_code < 400:
            pending = [*session.new, *session.deleted, *(o for o in session.dirty if session.is_modified(o))]
            assert not pending, f"answered {answer.status} before writing {pending}"
            assert "unsaved" not in session.info, f"answered {answer.status} without a commit"
        return answer


def _flushed(session: Session, _context: object) -> None:
    session.info["unsaved"] = True


def _executed(state: Any) -> None:
    if state.is_insert or state.is_update or state.is_delete:
        state.session.info["unsaved"] = True


def _settled(session: Session) -> None:
    session.info.pop("unsaved", None)
