"""The documentation of the API: what it shows is what happens."""

import json
import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from flask import Flask
from standardwebhooks import WebhookVerificationError
from werkzeug.serving import make_server

from app import clock, openapi
from app.asked import NAMES
from app.config import ROOT
from app.hooks import message
from app.hooks.post import post
from app.hooks.reach import TRYING
from app.pages import api
from experiments.deliveries import Parcel
from experiments.vocabulary import Status
from tests.pages.page import Page, read
from tests.pages.visitor import Visitor

GUIDE = "/donnees/api"
URL = "https://experimentations.exemple.fr"
DOCUMENT = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
SECRET = "whsec_" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo="
Make = Callable[..., str]


def codes(page: Page) -> list[str]:
    return [read(one) for one in page.all("pre")]


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", DOCUMENT, re.DOTALL)


def a_parcel() -> Parcel:
    return Parcel(1, 1, "", "essai-1", (SECRET,), None, "", clock.now())


def test_every_address_of_the_page_answers_as_it_says(visitor: Visitor, app: Flask, make: Make) -> None:
    numbers = [make(Status.RUNNING), make(Status.CLOSED)]
    page, site = visitor.page(GUIDE), app.config["JALON"].public_url
    asked = [
        address for code in codes(page) if "curl" in code for address in re.findall(rf"{site}(/api/v1/[^' ]+)", code)
    ]
    assert len(asked) >= 5
    for address in asked:
        answer = app.test_client().get(address)
        assert answer.status_code == (400 if "termine" in address else 200), address
    [shown] = [code for code in codes(page) if '"status_label"' in code and '"type"' not in code]
    first = app.test_client().get("/api/v1/experiments?statut=all").json["experiments"][0]
    assert json.loads(shown) == first
    assert first["number"] == numbers[-1]
    [told] = [code for code in codes(page) if '"type"' in code]
    assert json.loads(told) == msgspec.to_builtins(message.example(site))


def test_the_page_is_whole_on_an_empty_register_and_in_french_only(visitor: Visitor, awa: Visitor) -> None:
    page = visitor.page(GUIDE)
    for name in ("q", "statut", "commune", "politique", "organisme", "annee", "derogation", "suite"):
        assert name in [read(code) for code in page.all("code")]
    answer = visitor.get(f"/en{GUIDE}")
    assert (answer.status_code, answer.headers["Location"]) == (301, GUIDE)
    assert GUIDE in awa.page("/espace/compte").links


def test_the_filters_documented_are_those_of_the_list() -> None:
    assert [name for name, *_more in openapi.FILTERS] == list(NAMES.values())
    told = re.search(r"Les filtres sont ceux.*?combinent", DOCUMENT, re.DOTALL)
    assert told
    for name, english, *_more in openapi.FILTERS:
        assert f"`{name}`" in told.group()
        assert not english or f"`{english}`" in told.group()


@pytest.mark.parametrize(("name", "english", "_what", "example"), openapi.FILTERS)
@pytest.mark.only("sqlite")
def test_each_filter_is_understood_by_both_its_names(
    app: Flask, name: str, english: str, _what: str, example: str
) -> None:
    client = app.test_client()
    for known in filter(None, (name, english)):
        assert client.get(f"/api/v1/experiments?{known}={example}").status_code == 200
        wrong = client.get(f"/api/v1/experiments?{known}=zzz").status_code
        # Words and organisations are free.
        assert wrong == (200 if name in ("q", "organisme") else 400)


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The address where the application really answers."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    site = f"http://127.0.0.1:{server.port}"
    app.config["JALON"] = replace(app.config["JALON"], public_url=site)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield site
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.only("sqlite")
def test_the_code_of_the_document_runs(make: Make, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "PAGE", 2)
    known: dict[str, Any] = {}
    for block in blocks("python"):
        exec(compile(block, "api.md", "exec"), known)  # noqa: S102 - our own documentation
    made = [make(Status.RUNNING), make(Status.REFUSED), make(Status.CLOSED)]
    with served(app) as site:
        assert [x["number"] for x in known["every"](site)] == made[::-1]
    body = message.write(a_parcel(), URL)
    headers = message.headers(a_parcel().key, [SECRET], body, clock.now())
    assert known["read"](SECRET, headers, body)["type"] == "trial"
    with pytest.raises(WebhookVerificationError):
        known["read"](SECRET, headers, body + b" ")


def test_the_message_of_the_document_is_the_one_that_is_sent() -> None:
    [block] = blocks("json")
    assert json.loads(block) == msgspec.to_builtins(message.example(URL))


@contextmanager
def receiving(folder: Path) -> Iterator[int]:
    """The port of docs/recevoir.py, at work in a folder."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    env = {**os.environ, "JALON_SECRET": SECRET, "PORT": str(port)}
    with subprocess.Popen([sys.executable, ROOT / "docs" / "recevoir.py"], cwd=folder, env=env) as process:
        while post(TRYING, f"http://127.0.0.1:{port}/", b"{}", {}).code is None:
            assert process.poll() is None
        yield port
        process.kill()


def test_the_receiver_that_is_shown_takes_what_is_signed_once_and_refuses_the_rest(tmp_path: Path) -> None:
    with receiving(tmp_path) as port:
        url, body = f"http://127.0.0.1:{port}/", message.write(a_parcel(), URL)
        headers = message.headers(a_parcel().key, [SECRET], body, clock.now())
        assert [post(TRYING, url, body, headers).code for _ in range(2)] == [204, 204]
        assert post(TRYING, url, body + b" ", headers).code == 401
    assert (tmp_path / "jalon.jsonl").read_bytes() == body + b"\n"
