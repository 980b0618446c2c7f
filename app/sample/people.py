"""The ten accounts of the demonstration: what each stands for is in its function."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from experiments.people import Person
from experiments.vocabulary import Account, OpinionKind

PASSWORD = "jalon-demo-2026"  # noqa: S105 - public on purpose: a server that is not local refuses these accounts
DOMAIN = "demo.example"

Cast = dict[str, Person]


class Figure(NamedTuple):
    key: str
    name: str
    function: str
    account: Account
    advises: OpinionKind | None = None

    @property
    def email(self) -> str:
        return f"{self.key}@{DOMAIN}"


FIGURES = (
    Figure("porteur", "Camille Exemple", "Cheffe de projet expérimentations numériques", Account.AGENT),
    Figure("porteur2", "Sacha Maquette", "Chef de projet espace public et climat", Account.AGENT),
    Figure("contributeur", "Dominique Brouillon", "Chargé de mission innovation", Account.AGENT),
    Figure("evaluateur", "Morgan Témoin", "Évaluatrice d’un organisme indépendant", Account.AGENT),
    Figure("dpo", "Alix Modèle", "Déléguée à la protection des données", Account.ADVISER, OpinionKind.DPO),
    Figure("rssi", "Lou Canevas", "Responsable de la sécurité des systèmes d’information", Account.ADVISER,
           OpinionKind.SECURITY),
    Figure("valideur", "Maxime Esquisse", "Vice-présidence, numérique et innovation", Account.VALIDATOR),
    Figure("valideur2", "Andréa Spécimen", "Direction générale, transitions et espace public", Account.VALIDATOR),
    Figure("auditeur", "Charlie Épreuve", "Inspection générale", Account.AUDITOR),
    Figure("admin", "Noa Gabarit", "Administration du registre", Account.ADMINISTRATOR),
)  # fmt: skip


def accounts() -> list[tuple[str, str, str, Account]]:
    """Who may sign in: address, name, function, kind of account."""
    return [(figure.email, figure.name, figure.function, figure.account) for figure in FIGURES]


AWAY = "porteur2"
"""Who is away these days, so that somebody else is told in their place."""


def make_people(session: Session, now: datetime) -> Cast:
    """Open the accounts. One hash serves them all: it is slow on purpose, and the password is public."""
    password = PasswordHasher().hash(PASSWORD)
    cast = {
        figure.key: Person(
            email=figure.email, name=figure.name, function=figure.function, account=figure.account,
            advises=figure.advises, password=password, created_at=now, demonstration=True,
        )
        for figure in FIGURES
    }  # fmt: skip
    session.add_all(cast.values())
    session.flush()
    return cast
