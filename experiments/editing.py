"""The other verbs: open a file, write a part, name somebody, record an interim evaluation, ask an extension, review.

Each expects an experiment loaded for a change, adds one to its version, and does not commit.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from . import consequences, trace
from . import declared as d
from . import reported as r
from .content import Content, decode, encode, fingerprint
from .effects import evaluation_facts
from .gates import Stale
from .ladder import paris_day
from .lifecycle import TO_ASK_EXTENSION
from .model import Counter, Evaluation, Experiment, Involvement, Opinion, Person, WrittenPart
from .parts import BEFORE, BY_CONTENT, PartOfFile, Writer
from .policies import may_hold, may_lead, may_name, may_open, may_write, roles_of
from .policy import current as policy
from .requirements.how import Point
from .vocabulary import HELD, NAMED, UNDER_WAY, Part, Role, Status
from .words import clean, fold, said


class NotYours(Exception):
    """This is not this person's to do, or not now."""


class Incomplete(Exception):
    """Something is missing; `points` says what, all of it."""

    def __init__(self, *points: Point) -> None:
        super().__init__("; ".join(point.label for point in points))
        self.points = points


class Unsaid(Exception):
    """An answer that says nothing, or names nobody who can be named. Its text is a French sentence."""


def touch(x: Experiment) -> int:
    """One change, one version."""
    x.version += 1
    return x.version


def open_experiment(
    session: Session, person: Person, title: str, nonce: str, *, now: datetime, today: date, demonstration: bool = False
) -> Experiment:
    """Open a draft, with its permanent number, carried by this person.

    `nonce` is the form's: posted twice, it opens one file. Raises Unsaid without a title, NotYours for an account
    that carries nothing.
    """
    trace.wait_turn(session)
    already = session.scalar(select(Experiment).where(Experiment.nonce == nonce))
    if already:
        return already
    if not may_open(person):
        raise NotYours
    if not said(title):
        raise Unsaid("Donnez un titre : il se modifie ensuite")
    x = Experiment(
        number=_next_number(session, today.year), nonce=nonce, status=Status.DRAFT, version=1, created_at=now,
        demonstration=demonstration,
        involved=[takes_part(person, Part.LEAD, now)],
        written=[], evaluations=[], decisions=[],
    )  # fmt: skip
    session.add(x)
    session.flush()
    write(session, x, person, BY_CONTENT[d.Identity], d.Identity(title=clean(title)[:100]), seen=0, now=now)
    trace.append(session, trace.Event("open", {}, {}, None, Status.DRAFT), x=x, by=person, capacity=Role.LEAD, now=now)
    return x


def takes_part(person: Person, part: Part, now: datetime, opinion: Opinion | None = None) -> Involvement:
    """Somebody's part in a file, from now on."""
    # `opinion` is said even when there is none: what was never said would be looked for in the database.
    return Involvement(person_id=person.id, person=person, part=part, since=now, opinion=opinion)


def _next_number(session: Session, year: int) -> str:
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    last = session.scalar(
        insert(Counter)
        .values(year=year, last=1)
        .on_conflict_do_update(index_elements=["year"], set_={"last": Counter.last + 1})
        .returning(Counter.last)
    )
    return f"{year}-{last:03d}"


def write(
    session: Session, x: Experiment, person: Person, part: PartOfFile, content: Content, *, seen: int | None,
    now: datetime,
) -> WrittenPart:  # fmt: skip
    """Keep a part as it is now, complete or not.

    `seen` is the version of the part that was on the person's screen, 0 for an empty one, None to write whatever is
    there. Raises NotYours; Stale when somebody else wrote in between (the same text posted twice is no conflict).
    """
    if not may_write(person, x, part):
        raise NotYours
    if isinstance(content, r.Closing) and not may_lead(person, x):
        # The carrier attests, and of the text as it reads: somebody else's change undoes it.
        content.attested = False
    kept, text = x.part(part.slug), encode(content)
    if kept and kept.text == text:
        return kept
    if kept and seen is not None and seen != kept.version:
        raise Stale(seen, kept.version)
    if kept is None:
        kept = WrittenPart(slug=part.slug, version=0)
        x.written.append(kept)
    at = touch(x)
    kept.text, kept.version, kept.at_version = text, kept.version + 1, at
    kept.written_at, kept.written_by_id, kept.written_by = now, person.id, person
    _remember(x, person, Part.EVALUATED if part.writer is Writer.EVALUATOR else Part.EDITED, now)
    _carry_to_lists(x)
    consequences.draw(session, x, now)
    session.flush()
    return kept


def _remember(x: Experiment, person: Person, part: Part, now: datetime) -> None:
    """Who edited is a fact of its own: it bars them from deciding, for ever, whatever they are named to."""
    if not any(i.person_id == person.id and i.part is part for i in x.involved):
        x.involved.append(takes_part(person, part, now))


def _carry_to_lists(x: Experiment) -> None:
    """Repeat, on the experiment itself, what lists and searches read; granted dates are no longer the team's."""
    identity = x.read(d.Identity)
    x.title, x.summary, x.policy = identity.title, identity.summary, identity.policy
    x.organisation, x.place = identity.organisation, identity.place
    x.communes = f";{';'.join(identity.communes)};" if identity.communes else ""
    names = [policy().communes.get(code, "") for code in identity.communes]
    x.found_by = fold(" ".join((x.number, x.title, x.summary, x.place, x.organisation, *names)))
    if x.status in (Status.DRAFT, Status.SUBMITTED):
        duration = x.read(d.Duration)
        ordered = not (duration.starts_on and duration.ends_on) or duration.ends_on >= duration.starts_on
        x.starts_on, x.ends_on = (duration.starts_on, duration.ends_on) if ordered else (None, None)
        x.midterm_on = duration.midterm_on
        x.evaluation_due_on, x.decision_due_on = duration.evaluation_due_on, duration.decision_due_on


def name(session: Session, x: Experiment, by: Person, person: Person | None, part: Part, *, now: datetime) -> None:
    """Name somebody to a part of the file. Raises NotYours, or Unsaid with what stands in the way."""
    today = paris_day(now)
    if not may_name(by, x, part, today):
        raise NotYours
    if person is None or not person.is_active or part not in NAMED:
        raise Unsaid("Aucun compte actif à cette adresse : vérifiez-la, ou demandez à l’administration de l’ouvrir")
    if not may_hold(person.account, part):
        raise Unsaid("Seul un compte d’agent porte, contribue ou évalue : qui décide ou contrôle n’y prend pas part")
    if person in x.named(part):
        return
    if part is Part.EVALUATOR:
        _keep_the_evaluator(x, today)
    elif roles_of(person, x) & (Role.EVALUATED if x.status in BEFORE else Role.EVALUATOR | Role.EVALUATED):
        raise Unsaid("Cette personne évalue le dossier : elle ne peut ni le porter ni y contribuer")
    if part is Part.LEAD:
        _step_down(x, x.named(Part.LEAD), Part.LEAD, now)
    x.involved.append(takes_part(person, part, now))
    say(session, x, by, "named", {"part": str(part)}, {"person": trace.signature_of(person)}, now)


def unname(session: Session, x: Experiment, by: Person, person: Person, part: Part, *, now: datetime) -> None:
    """End somebody's part. A file always keeps its carrier: name another one instead."""
    if not may_lead(by, x):
        raise NotYours
    if part is Part.LEAD:
        raise Unsaid("Un dossier garde toujours un porteur : désignez-en un autre à sa place")
    if person not in x.named(part):
        return
    if part is Part.EVALUATOR:
        _keep_the_evaluator(x, paris_day(now))
    _step_down(x, [person], part, now)
    say(session, x, by, "unnamed", {"part": str(part)}, {"person": trace.signature_of(person)}, now)


def leave(session: Session, x: Experiment, person: Person, *, now: datetime) -> bool:
    """End the parts that somebody's account, which has just changed, no longer lets them hold; whether it ended any.

    A file left without a carrier gets one from an administrator.
    """
    over = [part for part in HELD if person in x.named(part) and not may_hold(person.account, part)]
    for part in over:
        _step_down(x, [person], part, now)
        say(session, x, None, "unnamed", {"part": str(part)}, {"person": trace.signature_of(person)}, now)
    return bool(over)


def _keep_the_evaluator(x: Experiment, today: date) -> None:
    """The authorisation freezes who evaluates: otherwise one could change evaluators until the verdict pleases."""
    if x.status not in BEFORE and any(p.is_active and not p.has_left(today) for p in x.named(Part.EVALUATOR)):
        raise Unsaid(
            "L’évaluateur est gelé par l’autorisation : il ne change que si son compte est fermé ou s’il est parti"
        )


def _step_down(x: Experiment, people: list[Person], part: Part, now: datetime) -> None:
    for involvement in list(x.involved):
        if involvement.part is part and involvement.until is None and involvement.person in people:
            involvement.until = now
            if part in (Part.LEAD, Part.DEPUTY):
                # Whoever carried a file answered for its words: they neither evaluate it nor decide on it later.
                _remember(x, involvement.person, Part.EDITED, now)


def say(
    session: Session, x: Experiment, by: Person | None, event: str, facts: dict[str, object], withheld: dict[str, str],
    now: datetime,
) -> None:  # fmt: skip
    """Enter in the trace what was done, as one more version of the file; by None, it was from the server."""
    capacity = roles_of(by, x) if by else Role.ADMINISTRATOR
    with session.no_autoflush:
        trace.append(session, trace.Event(event, facts, withheld), x=x, by=by, capacity=capacity, now=now)
        touch(x)
        consequences.draw(session, x, now)
    session.flush()


def record_interim(session: Session, x: Experiment, by: Person, *, now: datetime) -> Evaluation:
    """Keep the interim evaluation as it reads now, for ever. Raises NotYours, or Unsaid when it says nothing."""
    part = BY_CONTENT[r.Interim]
    if not may_write(by, x, part):
        raise NotYours
    interim, text = x.read(r.Interim), x.text(part)
    if not said(interim.summary):
        raise Unsaid("Écrivez d’abord ce que l’on sait à mi-parcours")
    earlier = [e for e in x.evaluations if e.interim]
    if earlier and earlier[-1].text == text:
        return earlier[-1]
    kept = Evaluation(
        experiment_id=x.id, interim=True, version=len(earlier) + 1, text=text, fingerprint=fingerprint(text),
        recorded_at=now, recorded_by_id=by.id,
    )  # fmt: skip
    x.evaluations.append(kept)
    session.flush()
    say(session, x, by, "interim-evaluation", evaluation_facts(kept), {}, now)
    return kept


def ask_extension(session: Session, x: Experiment, by: Person, *, now: datetime, today: date) -> None:
    """Ask for the extension as its request reads now; the day it was asked counts. Raises NotYours or Incomplete."""
    part = BY_CONTENT[r.ExtensionRequest]
    if not may_lead(by, x) or x.status not in part.open_in:
        raise NotYours
    lacking = [p for requirement in TO_ASK_EXTENSION for p in requirement.judge(x, today) if not p.holds]
    if lacking:
        raise Incomplete(*lacking)
    asked = fingerprint(x.text(part))
    if x.extension_asked == asked:
        return
    x.extension_asked, x.extension_asked_on = asked, today
    wanted = decode(r.ExtensionRequest, x.text(part))
    say(session, x, by, "extension-asked", {"until": str(wanted.ends_on)}, {"reason": wanted.reason}, now)


def review(session: Session, x: Experiment, by: Person, *, now: datetime, today: date) -> None:
    """Say that the record was read again and is up to date. Raises NotYours."""
    if not may_lead(by, x) or x.status not in UNDER_WAY:
        raise NotYours
    if x.reviewed_on == today:
        return
    x.reviewed_on = today
    say(session, x, by, "reviewed", {}, {}, now)
