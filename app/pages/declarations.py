"""What a public service owes its readers: accessibility, legal notice, privacy, eco-design, each as it really is."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from pathlib import Path

import msgspec
from flask import Blueprint, current_app, render_template

from app.authority import DEMONSTRATION, Authority
from app.config import current as config
from app.i18n import later
from app.keeping import kept
from experiments.policy import current as policy

bp = Blueprint("declarations", __name__)

PAGES = {
    "/": later("L’accueil"),
    "/?statut=all": later("La liste de toutes"),
    "/?vue=frise&statut=all": later("La frise de toutes"),
    "/experimentations/…": later("Une expérimentation"),
    "/experimentations/…/dossier": later("Son dossier en détail"),
    "/retards": later("Les retards"),
    "/bilan/ANNÉE": later("Le bilan de l’année"),
    "/bilan/ANNÉE/chiffres": later("Ce que compte chaque chiffre"),
}
CLAIMS = Path(__file__).with_suffix(".toml")


class Measured(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a first visit to a page costs: requests, bytes over the wire, elements, and its EcoIndex, from A to G."""

    path: str
    requests: int
    bytes: int
    elements: int
    grade: str

    @property
    def name(self) -> str:
        return PAGES[self.path]

    @property
    def kilobytes(self) -> int:
        """Rounded up: a claim is not flattered."""
        return -(-self.bytes // 1000)


class Claims(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was verified, when, and with which version of axe."""

    on: date
    axe: str
    pages: list[Measured]


@cache
def claims() -> Claims:
    """The file beside, read once."""
    return msgspec.convert(tomllib.loads(CLAIMS.read_text(encoding="utf-8")), Claims)


def _authority() -> Authority:
    """What the authority says of itself; a demonstration stands for nobody, and shows what such pages look like."""
    given = config().authority
    return given.or_else(DEMONSTRATION) if current_app.jinja_env.globals["demo"] else given


@bp.get("/accessibilite")
@kept
def accessibility() -> str:
    """The declaration of the order of 20 September 2019: without a valid audit, « non conforme »."""
    return render_template(
        "declarations/accessibility.html", authority=_authority(), claims=claims(), site=config().public_url
    )


@bp.get("/mentions-legales")
@kept
def legal() -> str:
    """Who publishes, who hosts, under which licence."""
    return render_template("declarations/legal.html", authority=_authority())


@bp.get("/confidentialite")
@kept
def privacy() -> str:
    """What is kept of people, why and for how long; the delays are those of the policy file."""
    return render_template("declarations/privacy.html", authority=_authority(), voices=policy().voices)


@bp.get("/eco-conception")
@kept
def eco_design() -> str:
    """What a visit costs, measured, and what was done for it."""
    return render_template("declarations/eco_design.html", authority=_authority(), claims=claims())
