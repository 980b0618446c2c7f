"""A program that reads and acts through the API, as the tests of it have it."""

import secrets
from collections.abc import Callable
from typing import Any

import msgspec
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app import auth, clock
from experiments.model import Person, Token

Who = Callable[[Session], Person]


class Program:
    """A program with somebody's key, or without any."""

    def __init__(self, app: Flask, person: Who | None = None) -> None:
        self.app, self.client, self.headers = app, app.test_client(), {}
        if person is not None:
            secret = secrets.token_hex(8)
            self.headers = {"Authorization": f"Bearer {secret}"}
            with app.extensions["database"].changing() as session:
                kept = {"label": "essai", "token_hash": auth.fingerprint(secret), "made_at": clock.now()}
                session.add(Token(person_id=person(session).id, **kept))

    def get(self, path: str, status: int = 200) -> Any:
        return self._read(self.client.get(f"/api/v1{path}", headers=self.headers), status)

    def rest(self, page: Any) -> Any:
        """The page that follows, at the address that this one gives; None after the last."""
        address = page["next"]
        return address and self.get(address.removeprefix(f"{self.app.config['JALON'].public_url}/api/v1"))

    def post(self, number: str, gate: str, body: Any = None, status: int = 201) -> Any:
        data = body if isinstance(body, bytes) else msgspec.json.encode(body if body is not None else {})
        path = f"/api/v1/experiments/{number}/gates/{gate}"
        return self._read(self.client.post(path, data=data, headers=self.headers), status)

    def _read(self, answer: TestResponse, status: int) -> Any:
        assert answer.status_code == status, answer.text
        kind = "application/json" if status < 400 else "application/problem+json"
        assert answer.content_type == kind
        # What everybody reads may be kept by everybody; the rest by nobody.
        shared = status == 200 and not self.headers
        assert ("public" if shared else "no-store") in answer.headers["Cache-Control"]
        # The description is the same whoever asks.
        varies = shared and not answer.request.path.endswith("openapi.json")
        assert varies is ("Authorization" in answer.headers.get("Vary", ""))
        found = answer.json
        if status >= 400:
            assert found["status"] == status
            assert found["title"]
        return found


With = Callable[[Who], Program]
