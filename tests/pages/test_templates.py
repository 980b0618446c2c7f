"""Templates are compiled in our way, which changes how long a page takes, and not a word of it."""

import re

import pytest
from flask import Flask
from flask.templating import Environment
from markupsafe import Markup, escape
from werkzeug.local import LocalProxy

from app import Jalon, create_app, keeping
from app.db import Database
from app.templating import uncut
from experiments.vocabulary import Status

from .conftest import Build
from .public_side import named

PAGES = ("", "?statut=all", "retards", "bilan", "donnees", "filtres", "accessibilite", "suivre", "trace")
TOKEN = re.compile(r' value="[\w-]+\.[\w-]+\.[\w-]+"')
"""What a form carries that is new each time."""
HOSTILE = """<b title='x'>"l'ombre" & le reste</b>"""
OF_ONE = ("", "/dossier", "/historique", "/observations", "/reagir")


@pytest.mark.only("sqlite")
def test_pages_say_what_jinja_alone_would_make_them_say(
    app: Flask, register: Database, make: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    hostile = dict.fromkeys(("title", "summary", "place", "organisation"), HOSTILE)
    numbers = [make(status, written=named(**hostile)) for status in (Status.RUNNING, Status.REFUSED, Status.CLOSED)]
    paths = [f"/{page}" for page in PAGES] + [f"/experimentations/{n}{page}" for n in numbers for page in OF_ONE]
    # What was drawn by one is not handed out by the other.
    monkeypatch.setattr(keeping, "_shelf", keeping.PageShelf(0))
    monkeypatch.setattr(Jalon, "jinja_environment", Environment)
    # Nor is what one compiled run by the other.
    monkeypatch.setattr(Jalon, "jinja_options", {})
    plain = create_app(app.config["JALON"])
    plain.extensions["database"] = register
    for path in (*paths, *(f"/en{path}" for path in paths)):
        ours, theirs = (one.test_client().get(path) for one in (app, plain))
        assert ours.status_code == theirs.status_code, path
        assert TOKEN.sub("", ours.text) == TOKEN.sub("", theirs.text), path


def test_no_function_of_the_templates_asks_for_their_context(app: Flask) -> None:
    functions = ((name, one) for name, one in app.jinja_env.globals.items() if not isinstance(one, LocalProxy))
    asking = [name for name, one in functions if hasattr(one, "jinja_pass_arg")]
    assert not asking, "templates call it without"


@pytest.mark.parametrize(
    ("words", "held"),
    [
        ("Autorisée, acte n°\u00a02026-058 (fictif)", ["2026-058"]),
        ("2025-001, 2025-004. Parmi les mêmes.", ["2025-001,", "2025-004."]),
        ("CM/2025/014 et DELIB-2025-7", ["CM/2025/014", "DELIB-2025-7"]),
        ("à mi-parcours, vice-présidence", []),
        ("un numéro de 2026-" + "058-" * 8 + "9", []),
        (Markup('<a href="/experimentations/2026-001">l’acte n° 7-b</a>'), ["7-b"]),
        ("<b>2026-058</b> & l'ombre", ["2026-058"]),
    ],
)
def test_a_number_is_not_cut_at_its_hyphen_and_no_word_is_changed(words: str, held: list[str]) -> None:
    shown = uncut(words)
    assert re.findall(r'<span class="uncut">(.*?)</span>', shown) == held
    assert re.sub(r'<span class="uncut">(.*?)</span>', r"\1", shown) == str(escape(words))


def test_what_stands_on_the_first_line_of_a_list_needs_no_element_to_hold_it() -> None:
    listed = ", ".join(f"2026-00{n}" for n in range(1, 6))
    assert uncut(listed, 30).count("<span") == 2
    assert uncut(listed).count("<span") == 5
