"""The people of the tests. Each stands for somebody that the register must serve, or must stop."""

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from experiments import queries
from experiments.model import Person
from experiments.vocabulary import Account, OpinionKind


def awa(session: Session) -> Person:
    """Carries the file. Knows her squares and her residents; discovers the rules as the page says them."""
    return _person(session, "awa.diallo", "Awa Diallo", "Responsable des espaces publics", Account.AGENT)


def bruno(session: Session) -> Person:
    """Helps to write, in the same office. What he wrote follows him, even when he is no longer of the team."""
    return _person(session, "bruno.le-gall", "Bruno Le Gall", "Chargé de projet nature en ville", Account.AGENT)


def claire(session: Session) -> Person:
    """Evaluates, from another department. Her word must be hers: nobody edits it, and she decides nothing."""
    return _person(session, "claire.martineau", "Claire Martineau", "Chargée d’évaluation", Account.AGENT)


def denis(session: Session) -> Person:
    """Gives opinions on personal data. Reads many files, quickly; an opinion is worth the text it was given on."""
    return _person(
        session, "denis.roux", "Denis Roux", "Délégué à la protection des données", Account.ADVISER, OpinionKind.DPO
    )


def elise(session: Session) -> Person:
    """Decides, and answers for it in council. Has two minutes and wants to see what is missing."""
    return _person(session, "elise.moreau", "Élise Moreau", "Vice-présidente au numérique", Account.VALIDATOR)


def farid(session: Session) -> Person:
    """Decides too, on the same day, from another office, and not always the same."""
    return _person(session, "farid.haddad", "Farid Haddad", "Directeur général adjoint", Account.VALIDATOR)


def gaelle(session: Session) -> Person:
    """Audits: reads all and touches nothing."""
    return _person(session, "gaelle.perrin", "Gaëlle Perrin", "Auditrice interne", Account.AUDITOR)


def hugo(session: Session) -> Person:
    """Administers accounts. Owns every key, and decides nothing."""
    return _person(session, "hugo.blanc", "Hugo Blanc", "Administrateur du registre", Account.ADMINISTRATOR)


def ines(session: Session) -> Person:
    """Carries other files, in another team: this one is none of her business, and stays so."""
    return _person(session, "ines.caron", "Inès Caron", "Cheffe de projet mobilités", Account.AGENT)


EVERYONE = (awa, bruno, claire, denis, elise, farid, gaelle, hugo)


# Theirs whoever comes first, so that one register is like another; far above those that a database gives.
_IDS = {
    "awa.diallo": 100_001, "bruno.le-gall": 100_002, "claire.martineau": 100_003, "denis.roux": 100_004,
    "elise.moreau": 100_005, "farid.haddad": 100_006, "gaelle.perrin": 100_007, "hugo.blanc": 100_008,
    "ines.caron": 100_009, "rssi": 100_010,
}  # fmt: skip


def _person(
    session: Session, local: str, name: str, function: str, account: Account, advises: OpinionKind | None = None
) -> Person:
    email = f"{local}@exemple.fr"
    # Asked for a hundred times by whoever builds a file.
    known = session.info.setdefault("people", {})
    if email in known and known[email] in session:
        return known[email]
    found = queries.person_by_email(session, email)
    if found is None:
        found = Person(
            id=_IDS[local], email=email, name=name, function=function, account=account, advises=advises,
            created_at=datetime(2025, 1, 6, 9, tzinfo=UTC),
        )  # fmt: skip
        session.add(found)
        session.flush()
    known[email] = found
    return found
