"""What is done to an account, whoever asks for it: the pages and the commands call these.

None of them commits. What an account may no longer do, it may no longer do at once: its sessions are ended.
"""

from __future__ import annotations

from datetime import datetime

from email_validator import EmailNotValidError, validate_email
from sqlalchemy.orm import Session

from experiments import editing, queries
from experiments.model import Person
from experiments.vocabulary import Account, OpinionKind
from experiments.words import clean, fold

from . import auth
from .forms.account import LEAST

LONGEST = 1000

ROLES: dict[str, tuple[Account, OpinionKind | None]] = {
    "porteur": (Account.AGENT, None),
    "suppleant": (Account.AGENT, None),
    "contributeur": (Account.AGENT, None),
    "evaluateur": (Account.AGENT, None),
    "avis": (Account.ADVISER, OpinionKind.OTHER),
    "dpo": (Account.ADVISER, OpinionKind.DPO),
    "rssi": (Account.ADVISER, OpinionKind.SECURITY),
    "juridique": (Account.ADVISER, OpinionKind.LEGAL),
    "achats": (Account.ADVISER, OpinionKind.PROCUREMENT),
    "valideur": (Account.VALIDATOR, None),
    "auditeur": (Account.AUDITOR, None),
    "admin": (Account.ADMINISTRATOR, None),
    "administrateur": (Account.ADMINISTRATOR, None),
    **{str(account): (account, None) for account in Account},
    str(Account.ADVISER): (Account.ADVISER, OpinionKind.OTHER),
}
"""The names a role may be given by, without accents. Who carries or evaluates what is said on each file."""


class AccountError(Exception):
    """What stands in the way; its text is a French sentence."""


def role(word: str) -> tuple[Account, OpinionKind | None]:
    """The kind of account that a word names, and what it advises on. Raises AccountError."""
    try:
        return ROLES[fold(word)]
    except KeyError as error:
        raise AccountError(f"Rôle inconnu : « {word} ». Choisissez parmi : {', '.join(sorted(ROLES))}") from error


def find(session: Session, email: str) -> Person:
    """The account of an address. Raises AccountError."""
    found = queries.person_by_email(session, email)
    if found is None:
        raise AccountError(f"Aucun compte à l’adresse {email}")
    return found


def create(
    session: Session, email: str, role_word: str, password: str, *, name: str = "", function: str = "", now: datetime
) -> Person:
    """Open an account. Raises AccountError."""
    address = _address(email)
    if queries.person_by_email(session, address):
        raise AccountError(f"Un compte existe déjà à l’adresse {address}")
    account, advises = role(role_word)
    person = Person(
        email=address, name=clean(name)[:200] or address.partition("@")[0], function=clean(function)[:200],
        account=account, advises=advises, password=_hashed(password), created_at=now,
    )  # fmt: skip
    session.add(person)
    session.flush()
    return person


def _address(email: str) -> str:
    try:
        # A town hall may well have an internal domain that no public server delivers to.
        found = validate_email(email.strip(), check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError as error:
        raise AccountError(f"« {email} » n’est pas une adresse électronique") from error
    return found.normalized.lower()


def _hashed(password: str) -> str:
    if len(password) < LEAST:
        raise AccountError(f"Mot de passe trop court : {LEAST} caractères au moins")
    if len(password) > LONGEST:
        raise AccountError(f"Mot de passe trop long : {LONGEST} caractères au plus")
    return auth.hasher.hash(password)


def disable(session: Session, person: Person, *, now: datetime) -> None:
    """Shut an account: its sessions, its tokens and its calendar end at once; what it did stays its own."""
    person.disabled_at = person.disabled_at or now
    auth.end_all_sessions(session, person)
    auth.revoke_tokens(session, person, now=now)
    person.agenda_hash = None


def enable(person: Person) -> None:
    """Open an account again; its tokens stay revoked."""
    person.disabled_at = None


def retry_address(person: Person) -> None:
    """Write again to an address that a mail server had refused for good."""
    person.bounced_at, person.bounced_words = None, ""


def change_role(session: Session, person: Person, role_word: str, *, now: datetime) -> list[str]:
    """Give another role; whoever was signed in with the old one signs in again. Raises AccountError.

    The keys made with the old role, of the API and of the calendar, open nothing any more. The parts that the new
    role may not hold end: the numbers of the files left are given back.
    """
    person.account, person.advises = role(role_word)
    left = [x.number for x in queries.files_held(session, person) if editing.leave(session, x, person, now=now)]
    auth.end_all_sessions(session, person)
    auth.revoke_tokens(session, person, now=now)
    person.agenda_hash = None
    return left


def change_password(session: Session, person: Person, password: str) -> None:
    """Give another password; every session opened with the old one ends. Raises AccountError."""
    person.password = _hashed(password)
    auth.end_all_sessions(session, person)
