"""What was declared before the start: the essential, the reasons, the derogations, who is associated, the costs."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from markupsafe import Markup, escape

from app import wording
from app.i18n import Typed, later, ngettext, rich, to
from app.i18n import gettext as _
from app.pole import Pole, draw
from experiments import declared as d
from experiments import reported as r
from experiments.force import force_of
from experiments.lived import never_began
from experiments.published import Assessment, Published
from experiments.vocabulary import FIELD_NOT_OVER, Force
from experiments.voices import HEARD
from experiments.words import inside, said

from .view import Fact, View, act_name, facts, joined, written

UNSAID = later("La fiche ne le dit pas.")


def essentials(view: View) -> dict[str, Any]:
    """What, where, how to refuse, until when, who decides, whom to ask."""
    x, identity, publication = view.x, view.x.read(d.Identity), view.x.read(d.Publication)
    stakeholders = x.read(d.Stakeholders)
    mail = Markup('<a href="mailto:{0}">{0}</a>').format(identity.mailbox) if identity.mailbox else None
    is_there = x.is_under_way and not never_began(x, view.today)
    if not is_there:
        # Nobody is left to refuse, nor to be told of it on the spot; or nobody ever was.
        stakeholders, publication = d.Stakeholders(), d.Publication(plain=publication.plain)
    # Whoever may still refuse is told that nobody wrote how; whoever was there may still ask to be left out.
    unsaid = _(UNSAID) if is_there and x.status in FIELD_NOT_OVER else None
    asked = [
        (_("Qu’est-ce qui change ?"), written(publication.plain)),
        (_("Où ?"), Typed(view.where)),
        (_("Comment refuser ou se retirer ?"), written(stakeholders.withdrawal) or unsaid),
        (_("Et pour qui refuse ?"), written(stakeholders.alternative)),
        (_("Jusqu’à quand ?"), view.pole.label),
        (_("Pour qui ?"), people_of(identity)),
        (
            _("Qui en répond ?"),
            [Typed(t) for t in (identity.organisation, identity.department, identity.function) if said(t)],
        ),
        (_("Qui a décidé ?") if x.decision else _("Qui décide ?"), deciders(view)),
        (_("Comment est-ce signalé sur place ?"), written(publication.notice)),
        (_("Comment contester la décision ?"), written(*(act.remedies for _decision, act in view.acts[-1:]))),
        (_("À qui écrire ?"), (mail or Markup()) + _ways_in(x, after=bool(mail))),
    ]
    return {"facts": [(question, answer) for question, answer in asked if answer]}


def _ways_in(x: Published, *, after: bool) -> Markup:
    """To react or to follow, for whoever does not read to the foot of the page. Useless on paper."""
    here = f"/experimentations/{x.number}"
    ways = ((f"{here}/reagir", to_be_heard(x)), (f"{here}/suivre", _("Suivre par courriel")))
    links = [Markup('<a href="{}">{}</a>').format(to(address), words) for address, words in ways]
    lead = " · " if after else ""
    return Markup('<span class="no-print">{}{}</span>').format(lead, Markup(" · ").join(links))


def to_be_heard(x: Published) -> str:
    """What one may do now: react to what is lived, or say what is wrong on the page."""
    return _("Réagir, ou signaler une erreur") if x.status in HEARD else _("Signaler une erreur")


def people_of(identity: d.Identity) -> Markup | None:
    found = [escape(Typed(identity.people))] if said(identity.people) else []
    if most := identity.people_max:
        counted = ngettext(
            "%(num)s\u00a0personne au plus", "%(num)s\u00a0personnes au plus", most, num=wording.number(most)
        )
        found.append(escape(counted))
    return Markup(", ").join(found) if found else None


def deciders(view: View) -> list[Markup]:
    x = view.x
    found = [
        rich(
            "%(act)s : %(body)s (%(capacity)s), le %(day)s",
            act=act_name(decision),
            body=Typed(act.body),
            capacity=Typed(inside(act.capacity)),
            day=wording.day(act.signed_on),
        )
        for decision, act in view.acts
    ]
    body, due = x.read(d.Duration).decision_body, x.decision_due_on
    if x.decision is None and due:
        taken = Typed(body) if body else _("une décision")
        found.append(rich("À la fin : %(body)s, au plus tard le %(day)s", body=taken, day=wording.day(due)))
    return found


def why(view: View) -> list[Fact]:
    """The problem and the hypothesis."""
    return facts(view.x.read(d.Identity), "problem", "hypothesis")


class Derogation(NamedTuple):
    """A rule set aside, with its own clock."""

    rule: str
    force: Force
    dates: str
    pole: Pole
    facts: list[Fact]


def derogations(view: View) -> dict[str, Any]:
    """Each rule set aside, or why none is."""
    declared = view.x.read(d.Derogations)
    return {"items": [_derogation(item, view) for item in declared.items], "none": written(declared.none_reason)}


def _derogation(item: d.Derogation, view: View) -> Derogation:
    x, force = view.x, force_of(view.x, item, view.today)
    ended = [item.ends_on, x.decided_on, x.field_ended_on]
    over = min((day for day in ended if day), default=None) if force not in (Force.AHEAD, Force.IN_FORCE) else None
    fate = next((f for f in x.read(r.Closing).fates if f.derogation == item.id), None)
    return Derogation(
        rule=item.rule,
        force=force,
        dates=_("Du %(first)s au %(last)s", first=wording.day(item.starts_on), last=wording.day(item.ends_on)),
        pole=draw(item.starts_on, item.ends_on, view.today, finished_on=None if force is Force.FROZEN else over,
                  suspended_on=view.suspended_on),
        facts=facts(item, "scope", "safeguards")
        + (facts(fate, "fate", "act") if fate else []),
    )  # fmt: skip


def stakeholders(view: View) -> dict[str, Any]:
    """Who is associated, how, and the dated evidence."""
    declared = view.x.read(d.Stakeholders)
    return {
        "facts": [(Typed(one.name), _association(one)) for one in declared.items],
        "informed": said(declared.information),
    }


def _association(one: d.Stakeholder) -> list[str]:
    kinds = joined(*(_(word.label) for word in (one.kind, one.association) if word), by=" · ")
    evidence = ""
    if said(one.evidence) and one.evidence_on:
        evidence = rich("Preuve : %(text)s, le %(day)s", text=Typed(one.evidence), day=wording.day(one.evidence_on))
    elif said(one.evidence):
        evidence = rich("Preuve : %(text)s", text=Typed(one.evidence))
    return [text for text in (kinds, Typed(one.role), evidence) if text]


def costs(view: View) -> dict[str, Any] | None:
    """What each pays: planned, then spent."""
    declared = view.x.read(d.Costs)
    lines = (
        (_("Collectivité"), declared.authority, declared.actual),
        (_("Partenaires"), declared.partners, None),
        (_("Subventions"), declared.grants, None),
    )
    paid = [(name, _paid(planned, actual)) for name, planned, actual in lines]
    known = [(name, text) for name, text in paid if text]
    explained = any(map(said, (declared.actual_note, declared.rollout, declared.leaving)))
    return {"facts": known, "explained": explained} if known or explained else None


def _paid(planned: Decimal | None, actual: Decimal | None) -> str:
    known = {"planned": wording.number(planned), "actual": wording.number(actual)}
    if actual is None:
        return "" if planned is None else _("%(planned)s\u00a0€ prévus", **known)
    if planned is None:
        return _("%(actual)s\u00a0€ dépensés", **known)
    return _("%(planned)s\u00a0€ prévus, %(actual)s\u00a0€ dépensés", **known)


def withheld(view: View) -> list[Fact]:
    """What is not published, on what ground, and until when."""
    secrets = [
        (Typed(one.what), joined(_(one.ground.label) if one.ground else "", _until(one.until, view.today)))
        for one in view.x.read(d.Publication).withheld
    ]
    return [*secrets, *((_assessment_name(one), _until_decided(view.x)) for one in view.x.unread_evaluations)]


def _assessment_name(one: Assessment) -> str:
    if one.interim:
        return _("L’évaluation à mi-parcours, version %(version)s", version=one.version)
    return _("L’évaluation, version %(version)s", version=one.version)


def _until_decided(x: Published) -> str:
    """A preparatory document waits for its decision, and no longer."""
    ground = _("Document préparatoire : elle paraîtra avec la décision qui s’appuie sur elle (CRPA L311-2).")
    due = x.decision_due_on or x.ends_on
    awaited = _("Décision attendue au plus tard le %(day)s.", day=wording.day(due))
    return f"{ground} {awaited}" if due else ground


def _until(day: date | None, today: date) -> str:
    if day is None:
        return ""
    if day < today:
        return _("Jusqu’au %(day)s : ce délai est passé, la publication est due.", day=wording.day(day))
    return _("Jusqu’au %(day)s.", day=wording.day(day))
