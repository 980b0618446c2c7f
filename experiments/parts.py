"""THE PARTS of a file, in order: who writes each, and while the experiment stands where.

To add a part: a struct of questions, a line here, its requirements. Its form, its page, its difference and its
fingerprint follow.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from . import declared as d
from . import reported as r
from .content import Content
from .vocabulary import Status as S
from .words import typeset


class Writer(StrEnum):
    TEAM = "team"
    EVALUATOR = "evaluator"


class Freeze(StrEnum):
    """What the authorisation does to a part."""

    FROZEN = "frozen"
    """Its fingerprint is published, and nothing changes it: there are no amendments yet."""
    DECLARED = "declared"
    """An opinion was given on it, but it lives on."""
    REPORTED = "reported"
    """Written after the authorisation."""


@dataclass(frozen=True)
class PartOfFile:
    slug: str
    label: str
    content: type[Content]
    writer: Writer
    open_in: frozenset[S]
    freeze: Freeze
    lead: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "lead", typeset(self.lead))


BEFORE = frozenset({S.DRAFT, S.SUBMITTED})
ALIVE = BEFORE | {S.AUTHORISED, S.RUNNING, S.SUSPENDED, S.EVALUATING, S.EVALUATED, S.DECIDED}
TEAM, EVALUATOR = Writer.TEAM, Writer.EVALUATOR

PARTS = (
    PartOfFile("identite", "Identité", d.Identity, TEAM, BEFORE, Freeze.DECLARED,
        "Ce qui est essayé, pourquoi, par qui et pour qui."),
    PartOfFile("duree", "Durée", d.Duration, TEAM, BEFORE, Freeze.FROZEN,
        "Une expérimentation a une fin : une date, connue de tous dès le début."),
    PartOfFile("derogations", "Dérogations", d.Derogations, TEAM, BEFORE, Freeze.FROZEN,
        "Les règles écartées, une par une, avec leurs propres dates. Ou aucune, et pourquoi."),
    PartOfFile("parties-prenantes", "Parties prenantes", d.Stakeholders, TEAM, ALIVE, Freeze.DECLARED,
        "Qui est associé, comment, et la preuve que cela a eu lieu."),
    PartOfFile("protocole", "Protocole d’évaluation", d.Protocol, TEAM, BEFORE, Freeze.FROZEN,
        "À quoi l’on saura si cela marche, fixé avant de commencer."),
    PartOfFile("couts", "Coûts", d.Costs, TEAM, ALIVE, Freeze.DECLARED,
        "Ce que cela coûte, ce que coûterait une généralisation, et une sortie."),
    PartOfFile("publication", "Publication", d.Publication, TEAM, ALIVE, Freeze.DECLARED,
        "Ce que lisent les habitants, dès l’autorisation."),
    PartOfFile("lancement", "Lancement", r.Launch, TEAM, frozenset({S.AUTHORISED}), Freeze.REPORTED,
        "Ce qui doit être prêt avant le premier jour."),
    PartOfFile("bilan-intermediaire", "Évaluation intermédiaire", r.Interim, EVALUATOR,
        frozenset({S.RUNNING, S.SUSPENDED}), Freeze.REPORTED,
        "Ce que l’on sait à mi-parcours, par l’évaluateur."),
    PartOfFile("prolongation", "Demande de prolongation", r.ExtensionRequest, TEAM,
        frozenset({S.RUNNING, S.SUSPENDED}), Freeze.REPORTED,
        "Dans les limites de la règle locale, et sur une évaluation intermédiaire."),
    PartOfFile("evaluation", "Évaluation", r.Evaluation, EVALUATOR, frozenset({S.EVALUATING, S.EVALUATED}),
        Freeze.REPORTED, "Un résultat pour chaque critère gelé, par l’évaluateur."),
    PartOfFile("cloture", "Clôture", r.Closing, TEAM, frozenset({S.DECIDED}), Freeze.REPORTED,
        "Le sort de chaque dérogation, de chaque donnée, et ce qu’on a appris."),
    PartOfFile("suivi", "Suivi à douze mois", r.FollowUp, TEAM, frozenset({S.CLOSED}), Freeze.REPORTED,
        "Ce qu’il en reste, un an après."),
)  # fmt: skip

BY_SLUG = {part.slug: part for part in PARTS}
BY_CONTENT = {part.content: part for part in PARTS}
DECLARED = tuple(part for part in PARTS if part.freeze is not Freeze.REPORTED)
FROZEN = tuple(part for part in PARTS if part.freeze is Freeze.FROZEN)
