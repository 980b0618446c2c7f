"""What a public service owes its readers, as the configuration of the authority says it, and what is still missing."""

from dataclasses import replace

import pytest
from flask import Flask

from app.authority import Authority
from app.config import ConfigError, load_config
from experiments.policy import current as policy
from tests.pages.visitor import Visitor

pytestmark = pytest.mark.only("sqlite")  # Nothing of this is in the database.

SAID = {
    "AUTHORITY_CONTACT": "registre@nantesmetropole.fr",
    "AUTHORITY_ADDRESS": "2 cours du Champ-de-Mars, 44923 Nantes Cedex 9, 02 40 99 48 48",
    "PUBLICATION_DIRECTOR": "La présidente de Nantes Métropole",
    "SITE_HOST": "Centre de données de l’autorité, 44000 Nantes",
    "DPO_CONTACT": "dpd@nantesmetropole.fr",
    "ACCESSIBILITY_PLAN": "https://metropole.nantes.fr/schema-accessibilite",
}
PAGES = ("/accessibilite", "/mentions-legales", "/confidentialite", "/eco-conception")


def declare(app: Flask, tmp_path: object, **said: str) -> Authority:
    env = {"INSTANCE_DIR": str(tmp_path), "SECRET_KEY": "s" * 32, **said}
    authority = load_config(env).authority
    app.config["JALON"] = replace(app.config["JALON"], authority=authority)
    return authority


def test_what_the_authority_says_is_on_its_pages(app: Flask, visitor: Visitor, tmp_path: object) -> None:
    declare(app, tmp_path, **SAID)
    legal, privacy, accessible = (
        visitor.page(path) for path in ("/mentions-legales", "/confidentialite", "/accessibilite")
    )
    for name in ("AUTHORITY_ADDRESS", "PUBLICATION_DIRECTOR", "SITE_HOST", "AUTHORITY_CONTACT"):
        assert SAID[name] in legal.text
    assert f"mailto:{SAID['DPO_CONTACT']}" in privacy.links
    assert f"mailto:{SAID['AUTHORITY_CONTACT']}" in accessible.links
    assert SAID["ACCESSIBILITY_PLAN"] in accessible.links
    assert not [page.path for page in (legal, privacy, accessible) if "À compléter" in page.text]


def test_what_it_has_not_said_is_asked_for_in_public(app: Flask, visitor: Visitor, tmp_path: object) -> None:
    assert declare(app, tmp_path) == Authority()
    pages = {path: visitor.page(path).html.decode() for path in PAGES}
    asked = {path: html.count("À compléter par l’autorité") for path, html in pages.items()}
    assert asked == {"/accessibilite": 2, "/mentions-legales": 4, "/confidentialite": 1, "/eco-conception": 0}
    # Which variable says it is nothing to a reader.
    assert not [name for name in SAID if any(name in html for html in pages.values())]
    assert "To be completed by the authority" in visitor.page("/en/mentions-legales").text


def test_whoever_sets_the_site_up_is_told_which_variables_are_missing(
    app: Flask, hugo: Visitor, tmp_path: object
) -> None:
    declare(app, tmp_path, **{name: value for name, value in SAID.items() if name != "SITE_HOST"})
    assert "donnez cette variable\u00a0: <code>SITE_HOST</code> (" in hugo.page("/espace/administration").html.decode()
    declare(app, tmp_path, **SAID)
    assert "donnez ces variables" not in hugo.page("/espace/administration").text
    declare(app, tmp_path)
    assert "donnez ces variables" in hugo.page("/espace/administration").text


def test_a_demonstration_says_of_itself_what_is_made_up(
    app: Flask, visitor: Visitor, tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    declare(app, tmp_path, SITE_HOST=SAID["SITE_HOST"])
    monkeypatch.setitem(app.jinja_env.globals, "demo", True)
    legal = visitor.page("/mentions-legales").text
    assert SAID["SITE_HOST"] in legal
    assert "À compléter" not in legal
    assert legal.count("(fictif)") == 2


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AUTHORITY_CONTACT", "registre"),
        ("DPO_CONTACT", "Mme Martin <dpd@ville.fr>"),
        ("SITE_HOST", "x" * 501),
        ("ACCESSIBILITY_PLAN", "notre schéma"),
    ],
)
def test_a_wrong_value_stops_the_start_and_is_named(name: str, value: str, tmp_path: object) -> None:
    with pytest.raises(ConfigError, match=f"^{name} : "):
        load_config({"INSTANCE_DIR": str(tmp_path), "SECRET_KEY": "s" * 32, name: value})


def test_accessibility_is_declared_on_the_plan_of_the_order(visitor: Visitor) -> None:
    """Arrêté du 20 septembre 2019: without an audit, « non conforme », and every page says so."""
    page = visitor.page("/accessibilite")
    assert page.one("strong").text == "non conforme"
    places = ("etat", "contenus", "etablissement", "contact", "recours")
    assert [h.get("id") for h in page.all("h2")] == list(places)
    assert "Libre réponse 71120" in page.text
    for path in ("/", "/trace", *PAGES):
        assert "Accessibilité\u00a0: non conforme" in visitor.page(path).text


def test_privacy_tells_the_delays_that_the_register_keeps(visitor: Visitor) -> None:
    text = visitor.page("/confidentialite").text.replace("\u00a0", " ")
    kept = policy().voices
    assert f"effacés {kept.erased_months_after_reply} mois après la réponse" in text
    assert f"au plus tard {kept.erased_months_after_receipt} mois après la réception" in text
    assert f"effacée après {kept.unconfirmed_days} jours" in text


def test_reading_sets_no_cookie(visitor: Visitor) -> None:
    fresh = visitor.app.test_client()
    for path in ("/", "/?q=eau", "/trace", "/en/", *PAGES):
        assert "Set-Cookie" not in fresh.get(path).headers, path
