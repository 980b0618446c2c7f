"""What must be known of an experiment before anything else, in words and with the arithmetic."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from app import history, wording
from app.i18n import Typed, rich, to
from app.i18n import gettext as _
from experiments import declared as d
from experiments import lateness
from experiments.ladder import paris_day
from experiments.lived import is_past_term, never_began
from experiments.measured import nothing_measured
from experiments.vocabulary import Outcome, Status, StopReason
from experiments.words import inside

from .view import View, anchor


@dataclass(frozen=True)
class Alert:
    """`link` is the section that says more, or nothing."""

    kind: str
    title: str
    text: str
    link: str = ""
    label: str = ""


def alerts(view: View) -> list[Alert]:
    """Late, suspended, stopped early, decided, refused."""
    return [*_lateness(view), *_suspension(view), *_stops(view), *_end(view)]


def _lateness(view: View) -> Iterator[Alert]:
    x = view.x
    known = {"day": wording.day(x.ends_on), "days": wording.days(x.days_over(view.today))}
    term = _("Fin le %(day)s : %(days)s de retard.", **known)
    answered = bool(lateness.answers(x, view.today))
    label = _("Voir ce qui est dû, et ce que répond le porteur") if answered else _("Voir ce qui est dû")
    more = ("#waited", label)
    if x.is_overdue(view.today):
        rest = _("Deux suites sont possibles : évaluer puis décider, ou arrêter.")
        if never_began(x, view.today):  # It has nothing to evaluate until an act stops it.
            rest = _("Elle n’a jamais été lancée : il reste à l’arrêter, puis à évaluer et à décider.")
        if x.status is Status.EVALUATING:  # What is over in the field is not stopped.
            rest = _("Il reste à évaluer, puis à décider.")
        set_aside = _("Les dérogations ne sont plus en vigueur.") if _sets_rules_aside(view) else ""
        text = " ".join(filter(None, (term, set_aside, rest)))
        yield Alert("error", _("Échue, sans évaluation"), text, *more)
    elif x.is_undecided(view.today):
        rest = _(
            "L’évaluation est versée, la décision manque. Une expérimentation qui se poursuivrait sans elle serait "
            "irrégulière (CGCT LO1113-6)."
        )
        yield Alert("error", _("Terminée, sans décision"), f"{term} {rest}", *more)


def _sets_rules_aside(view: View) -> bool:
    return bool(view.x.read(d.Derogations).items)


def _suspension(view: View) -> Iterator[Alert]:
    """A suspension asks for a reason, not for an act: since reasons are published, whoever lives it reads this one.

    Those written before were promised to the trace alone: they stay sealed in it.
    """
    step = view.suspension
    if step is None or view.x.is_overdue(view.today):
        return
    why = step.reasons.get("reason")
    told = (
        _("Les dérogations sont gelées.") if _sets_rules_aside(view) else "",
        _("Le temps continue de courir : la fin reste fixée au %(day)s.", day=wording.day(view.x.ends_on)),
        rich("Pourquoi : %(text)s", text=Typed(why))
        if why
        else _("Pourquoi : le motif a été écrit ce jour-là ; il est scellé dans la trace, et n’est pas publié."),
    )
    title = _("Suspendue depuis le %(day)s", day=wording.day(history.day_of(step)))
    link = to(f"/trace?entree={step.seq}#entree-{step.seq}")
    yield Alert("warning", title, Markup(" ").join(filter(None, told)), link, _("Voir cette étape dans la trace"))


def _stops(view: View) -> Iterator[Alert]:
    """The closed list says little; the act says why."""
    for stop in view.x.decisions:
        if stop.outcome is Outcome.EARLY_STOP and stop.stop_reason:
            on = paris_day(stop.decided_at)
            title = _("Arrêtée avant son terme, le %(day)s", day=wording.day(on))
            if is_past_term(on, view.x.ends_on):
                title = _("Arrêtée après son terme, le %(day)s", day=wording.day(on))
            reason = _("Motif : %(reason)s.", reason=inside(_(stop.stop_reason.label)))
            if stop.stop_reason is StopReason.OTHER:
                reason = _("Pour un motif que l’acte donne.")
            link = to(f"/experimentations/{view.x.number}/dossier#{anchor(stop)}")
            yield Alert("information", title, reason, link, _("Lire les motifs dans l’acte"))


def _end(view: View) -> Iterator[Alert]:
    """How it ended, for whoever reads no further."""
    x = view.x
    if x.status is Status.REFUSED:
        on = wording.day(paris_day(x.decisions[-1].decided_at))
        yield Alert("information", _("Proposition refusée le %(day)s", day=on), _("Rien n’a été essayé."))
    elif x.decision and x.evaluation and x.evaluation.verdict:
        title = _(
            "%(outcome)s : c’est la décision prise le %(day)s",
            outcome=_(x.decision.outcome.label),
            day=wording.day(x.decided_on),
        )
        text = _("L’évaluation conclut : %(verdict)s.", verdict=inside(_(x.evaluation.verdict.label)))
        if nothing_measured(x, x.evaluation):
            text += " " + _("Ce verdict est rendu sans aucune mesure publiée.")
        yield Alert("information", title, text, "#decision", _("Voir ce qui avait été promis, et ce qui est décidé"))
