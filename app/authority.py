"""Who answers for the site: what the law asks an authority to say of itself, as the environment says it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

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


def read(value: Callable[[str], str | None]) -> Authority:
    """What the environment says, `value` giving each variable. Raises AuthorityError."""
    return Authority(
        contact=_mailbox(value, "AUTHORITY_CONTACT"),
        address=_line(value, "AUTHORITY_ADDRESS"),
        director=_line(value, "PUBLICATION_DIRECTOR"),
        host=_line(value, "SITE_HOST"),
        dpo=_mailbox(value, "DPO_CONTACT"),
        plan=_page(value, "ACCESSIBILITY_PLAN"),
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
