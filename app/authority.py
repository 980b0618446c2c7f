"""Who answers for the site: what the law asks an authority to say of itself, as the environment says it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace

from email_validator import EmailNotValidError, validate_email

LONGEST = 500


class AuthorityError(Exception):
    """One line that names the variable and says what to do."""


@dataclass(frozen=True)
class Authority:
    """What is not said is empty: the declarations then say what is missing, and nothing fails."""

    contact: str = ""
    address: str = ""
    director: str = ""
    host: str = ""
    dpo: str = ""
    plan: str = ""
    """Where its plan to make its services accessible is published."""

    def unsaid(self) -> list[str]:
        """The variables that the environment leaves empty: for whoever sets the site up, not for its readers."""
        return [VARIABLES[name] for name, value in asdict(self).items() if not value]

    def or_else(self, other: Authority) -> Authority:
        """The same, with what another one says where this one is silent."""
        return replace(self, **{name: asdict(other)[name] for name, value in asdict(self).items() if not value})


VARIABLES = {
    "contact": "AUTHORITY_CONTACT", "address": "AUTHORITY_ADDRESS", "director": "PUBLICATION_DIRECTOR",
    "host": "SITE_HOST", "dpo": "DPO_CONTACT", "plan": "ACCESSIBILITY_PLAN",
}  # fmt: skip
# Domains, and numbers of telephone, that are set apart for examples and for fiction.
DEMONSTRATION = Authority(
    contact="experimentations@demo.example",
    address="1 place de l’Exemple, 44000 Nantes, 02\u00a061\u00a091\u00a000\u00a000 (fictif)",
    director="La vice-présidence au numérique et à l’innovation (fictif)",
    host="Centre de données de démonstration, 2 rue de l’Exemple, 44000 Nantes, "
    "02\u00a061\u00a091\u00a000\u00a001 (fictif)",
    dpo="dpo@demo.example",
    plan="https://example.org/accessibilite",
)
"""What a register of demonstration says of itself."""


def read(value: Callable[[str], str | None]) -> Authority:
    """What the environment says, `value` giving each variable. Raises AuthorityError."""
    return Authority(
        contact=_mailbox(value, VARIABLES["contact"]),
        address=_line(value, VARIABLES["address"]),
        director=_line(value, VARIABLES["director"]),
        host=_line(value, VARIABLES["host"]),
        dpo=_mailbox(value, VARIABLES["dpo"]),
        plan=_page(value, VARIABLES["plan"]),
    )


def _line(value: Callable[[str], str | None], name: str) -> str:
    given = " ".join((value(name) or "").split())
    if len(given) > LONGEST or not given.isprintable():
        raise AuthorityError(f"{name} : trop long ou illisible ; une ligne de {LONGEST} caractères au plus")
    return given


def _mailbox(value: Callable[[str], str | None], name: str) -> str:
    given = _line(value, name)
    if not given:
        return ""
    try:
        return validate_email(given, check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise AuthorityError(
            f"{name} : « {given} » n’est pas une adresse ; attendu experimentations@ville.fr"
        ) from error


def _page(value: Callable[[str], str | None], name: str) -> str:
    given = _line(value, name)
    if given and (not given.startswith(("https://", "http://")) or " " in given):
        raise AuthorityError(f"{name} : « {given} » n’est pas l’adresse d’une page ; attendu https://ville.fr/schema")
    return given
