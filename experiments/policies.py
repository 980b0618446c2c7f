"""Who a person is for one experiment, computed from that experiment; who may see it, who may write what."""

from __future__ import annotations

from datetime import date

from .model import Evaluation, Experiment, Opinion, Person
from .parts import PartOfFile, Writer
from .reported import ExtensionRequest
from .vocabulary import CARRYING, Account, Part, Role, Status

BY_PART = {
    Part.LEAD: Role.LEAD,
    Part.DEPUTY: Role.LEAD,
    Part.CONTRIBUTOR: Role.EDITOR,
    Part.EDITED: Role.EDITOR,
    Part.EVALUATOR: Role.EVALUATOR,
    Part.EVALUATED: Role.EVALUATED,
    Part.ADVISER: Role.ADVISER,
    Part.HEAD: Role.HEAD,
}
_BY_ACCOUNT = {
    Account.VALIDATOR: Role.VALIDATOR,
    Account.AUDITOR: Role.AUDITOR,
    Account.ADMINISTRATOR: Role.ADMINISTRATOR,
}
# Having edited or evaluated stays true when one is no longer named.
LASTING = frozenset({Part.EDITED, Part.EVALUATED})


def roles_of(person: Person, x: Experiment) -> Role:
    """The roles of a person for an experiment: what their account allows, what they are named to, what they did."""
    if not person.is_active:
        return Role.NOBODY
    roles = _BY_ACCOUNT.get(person.account, Role.NOBODY)
    for involvement in x.involved:
        if involvement.person_id == person.id and (involvement.until is None or involvement.part in LASTING):
            roles |= BY_PART[involvement.part]
    return roles


def _named(person: Person, x: Experiment, *parts: Part) -> bool:
    return any(i.person_id == person.id and i.until is None and i.part in parts for i in x.involved)


def may_see(person: Person, x: Experiment) -> bool:
    """Those who take part, auditors and administrators always; validators from the first submission on."""
    roles = roles_of(person, x)
    never_submitted = x.status is Status.DRAFT and x.trace_seq is None
    return bool(roles & ~Role.VALIDATOR) or bool(roles and not never_submitted)


def may_write(person: Person, x: Experiment, part: PartOfFile) -> bool:
    """Whether this person may write this part now: the right hand, while the file stands at the right place."""
    if x.status not in part.open_in or not person.is_active:
        return False
    if part.content is ExtensionRequest and x.extensions:
        # It is the public reason of an extension that was granted.
        return False
    if part.writer is Writer.EVALUATOR:
        return _named(person, x, Part.EVALUATOR) and not roles_of(person, x) & CARRYING
    return _named(person, x, Part.LEAD, Part.DEPUTY, Part.CONTRIBUTOR)


def may_open(person: Person) -> bool:
    """Whether this person may open a file: agents carry; nobody carries what their account decides or audits."""
    return person.is_active and person.account is Account.AGENT


def may_hold(account: Account, part: Part) -> bool:
    """Whether somebody with such an account may hold a part: who decides or audits takes part in no file."""
    if part is Part.ADVISER:
        return account is Account.ADVISER
    return account is Account.AGENT or (part is Part.HEAD and account is Account.VALIDATOR)


def may_advise(person: Person, opinion: Opinion) -> bool:
    """Whether it is this person who gives an opinion: it was asked of them, and their account still gives some."""
    return opinion.involvement.person_id == person.id and person.account is Account.ADVISER


def may_watch(person: Person) -> bool:
    """Whether this person sees how the register goes: its reminders, its mails, who cannot be reached."""
    return person.is_active and person.account in (Account.AUDITOR, Account.ADMINISTRATOR)


def may_administer(person: Person) -> bool:
    """Whether this person mends it."""
    return person.is_active and person.account is Account.ADMINISTRATOR


def may_lead(person: Person, x: Experiment) -> bool:
    """Whether this person may name people to the file and ask for opinions."""
    return person.is_active and _named(person, x, Part.LEAD, Part.DEPUTY)


def may_name(person: Person, x: Experiment, part: Part, today: date) -> bool:
    """Its carrier names people to a file; when no carrier is left, an administrator names the next one."""
    orphan = not any(p.is_active and not p.has_left(today) for p in x.named(Part.LEAD, Part.DEPUTY))
    return may_lead(person, x) or (
        part is Part.LEAD and orphan and Role.ADMINISTRATOR in roles_of(person, x) and person.is_active
    )


def public_evaluations(x: Experiment) -> list[Evaluation]:
    """The evaluations that the public may read: a preparatory document waits for its decision (CRPA L311-2)."""
    cited = {decision.evaluation_id for decision in x.decisions}
    return [e for e in x.evaluations if x.decision_id is not None or e.id in cited]
