"""THE FIGURES of the yearly report: one line each. Page, PDF, CSV, JSON and command draw on this table."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from ..vocabulary import UNDER_WAY, Association, DerogationKind, Finding, Force, Outcome, RuleLevel, StopReason
from ..vocabulary import StakeholderKind as Kind
from ..vocabulary import Status as S
from ..words import later
from .declared import Count, Declared, Items, Median, Section, Sum, Test, Unit
from .life import Associated, Life, SetAside
from .period import Period

A, N = Section, Decimal(0)


def proposed(x: Life, p: Period) -> bool:
    return p.holds(x.submitted_on)


def was_under_way(x: Life, _p: Period) -> bool:
    return x.status_before in UNDER_WAY


def authorised(x: Life, p: Period) -> bool:
    return p.holds(x.authorised_on)


def conducted(x: Life, p: Period) -> bool:
    """Under way at some moment of the period."""
    return was_under_way(x, p) or authorised(x, p)


def decided(x: Life, p: Period) -> bool:
    return p.holds(x.decided_on)


def ends(x: Life, p: Period) -> bool:
    """Whether its firm end is of the period, and past."""
    return p.holds(x.ends_on) and x.ends_on != p.made_on


def evaluation_due(x: Life, p: Period) -> bool:
    return p.holds(x.evaluation_due_on) and x.evaluation_due_on != p.made_on


def midterm_due(x: Life, p: Period) -> bool:
    """Whether its day is of the period, and past; once the trial is over, the final evaluation takes its place."""
    return p.holds(x.midterm_on) and x.midterm_on != p.made_on and not _came_to_nothing(x)


def _came_to_nothing(x: Life) -> bool:
    """Whether the trial was over before the day of a mid-term evaluation that was not filed."""
    over = x.field_ended_on and x.midterm_on and x.field_ended_on < x.midterm_on
    return bool(over) and x.midterm_done_on is None


def publication_due(x: Life, p: Period) -> bool:
    return p.holds(x.publication_due_on) and x.publication_due_on != p.made_on


def overran(x: Life, p: Period) -> bool:
    """Decided in the period, or past its firm end and still waiting for a decision."""
    return decided(x, p) or x.overdue or x.undecided


def stopped(x: Life, p: Period) -> bool:
    return p.holds(x.stopped_on)


def by(field: str, limit: str) -> Test:
    """Whether a day comes no later than another."""

    def kept(x: Life, _p: Period) -> bool:
        day, until = getattr(x, field), getattr(x, limit)
        return day is not None and until is not None and day <= until

    return kept


def stands(*statuses: S) -> Test:
    return lambda x, _p: x.status in statuses


def concluded(outcome: Outcome) -> Test:
    return lambda x, _p: x.ending is not None and x.ending.outcome is outcome


def found(verdict: Finding) -> Test:
    return lambda x, _p: x.ending is not None and x.ending.verdict is verdict


def stopped_for(reason: StopReason) -> Test:
    return lambda x, _p: x.stop_reason is reason


def always(_x: object, _p: Period | None = None) -> bool:
    return True


def _ranked(level: RuleLevel) -> Callable[[SetAside], bool]:
    return lambda item: item.level is level


def _of_kind(kind: DerogationKind) -> Callable[[SetAside], bool]:
    return lambda item: item.kind is kind


def _stands(force: Force) -> Callable[[SetAside], bool]:
    return lambda item: item.force is force


def _who(kind: Kind) -> Callable[[Associated], bool]:
    return lambda item: item.kind is kind


def _how(association: Association) -> Callable[[Associated], bool]:
    return lambda item: item.association is association


# fmt: off
FATES = {
    S.SUBMITTED: later("En instruction"), S.DRAFT: later("Renvoyées à leur équipe"), S.WITHDRAWN: later("Retirées"),
    S.REFUSED: later("Refusées"),
    S.AUTHORISED: later("Autorisées, pas encore lancées"), S.RUNNING: later("En cours"),
    S.SUSPENDED: later("Suspendues"),
    S.EVALUATING: later("En évaluation"), S.EVALUATED: later("Évaluées"), S.DECIDED: later("Décidées"),
    S.CLOSED: later("Closes"),
}
_FATE = later("Propositions déposées dans l’année qui en étaient là à la fin de la période, d’après la trace.")
_DURING = later("Parmi les expérimentations ouvertes à un moment de la période.")
_TERM = later("Parmi celles dont la fin ferme tombait dans la période, et est passée.")

PROPOSALS: tuple[Declared, ...] = (
    Count("proposed", A.PROPOSALS, later("Propositions déposées"),
          later("Soumises pour la première fois dans la période, parmi tout ce que compte ce bilan."),
          proposed, always),
    *(Count(f"fate.{status}", A.PROPOSALS, label, _FATE, stands(status), proposed) for status, label in FATES.items()),
    Count("refused", A.PROPOSALS, later("Refusées dans la période"), later("Quelle que soit l’année de leur dépôt."),
          lambda x, p: p.holds(x.refused_on), always),
    Count("withdrawn", A.PROPOSALS, later("Retirées après leur dépôt"), later("Quelle que soit l’année de leur dépôt."),
          lambda x, p: p.holds(x.withdrawn_on), always),
    Count("returned", A.PROPOSALS, later("Renvoyées au moins une fois à leur équipe"),
          later("Quelle que soit l’année de leur dépôt ; elles ont pu être soumises de nouveau."),
          lambda x, p: p.holds(x.returned_on), always),
)
FLOW: tuple[Declared, ...] = (
    Count("under-way.before", A.UNDER_WAY, later("Ouvertes au début de l’année"),
          later("Autorisées avant le début de l’année, et alors sans décision de suite."),
          was_under_way, always),
    Count("authorised", A.UNDER_WAY, later("Autorisées dans la période"),
          later("D’après la date de l’étape dans la trace."), authorised, always),
    Count("decided", A.UNDER_WAY, later("Décisions de suite prises dans la période"),
          later("Une décision de suite a été prise : généralisation, maintien partiel ou abandon."), decided, always),
    Count("under-way", A.UNDER_WAY, later("Ouvertes à la fin de la période"),
          later("Celles du début de l’année, plus les autorisées, moins celles qui ont reçu leur décision de suite."),
          stands(*UNDER_WAY), always),
    Count("suspended", A.UNDER_WAY, later("Suspendues au moins une fois"), _DURING,
          lambda x, p: p.holds(x.suspended_on), conducted),
)
DECISIONS: tuple[Declared, ...] = (
    *(Count(f"outcome.{one}", A.DECISIONS, one.label, later("Parmi les décisions de suite prises dans la période."),
            concluded(one), decided) for one in (Outcome.GENERALISATION, Outcome.PARTIAL, Outcome.ABANDONMENT)),
    *(Count(f"verdict.{one}", A.DECISIONS, one.label,
            later("Verdict de l’évaluation sur laquelle la décision a été prise."), found(one), decided)
      for one in Finding),
    Count("departs", A.DECISIONS, later("Décisions qui s’écartent du verdict ou de l’engagement préalable"),
          later("Écart constaté par le registre ; les raisons écrites sont publiées."),
          lambda x, _p: x.ending is not None and x.ending.departs, decided),
)
PROMISES: tuple[Declared, ...] = (
    Count("promise.field", A.PROMISES, later("Essai terminé au plus tard à la fin ferme"), _TERM,
          by("field_ended_on", "ends_on"), ends),
    Count("promise.evaluated", A.PROMISES, later("Évaluation versée au plus tard à la fin ferme"), _TERM,
          by("evaluated_on", "ends_on"), ends),
    Count("promise.decided", A.PROMISES, later("Décision prise au plus tard à la fin ferme"), _TERM,
          by("decided_on", "ends_on"), ends),
    Count("promise.due", A.PROMISES, later("Évaluation versée à la date prévue"),
          later("Parmi celles dont l’évaluation était due dans la période ; sans date fixée, la fin ferme compte."),
          by("evaluated_on", "evaluation_due_on"), evaluation_due),
    Count("promise.midterm", A.PROMISES, later("Évaluation à mi-parcours versée à la date prévue"),
          later("Parmi celles dont la date de mi-parcours tombait dans la période ; sans date fixée, c’est le milieu "
                "de la durée, quand une évaluation à mi-parcours était due. Si l’essai s’est terminé avant cette date, "
                "l’évaluation finale la remplace : elle ne compte que si elle a été versée."),
          by("midterm_done_on", "midterm_on"), midterm_due),
    Count("promise.published", A.PROMISES,
          later("Publication de l’évaluation attestée dans le délai qui suit la décision"),
          later("Parmi celles dont le délai de publication (douze semaines, sauf règle locale) s’achevait dans la "
                "période. Le registre montre l’évaluation dès la décision ; la date comptée est celle que le porteur "
                "atteste à la clôture. Un dossier qui n’est pas clos compte comme non attesté."),
          by("published_on", "publication_due_on"), publication_due),
    Count("extended", A.PROMISES, later("Prolongées"), _DURING,
          lambda x, p: any(p.holds(one.on) for one in x.extensions), conducted),
    Count("overdue", A.PROMISES, later("Échues à la fin de la période, sans évaluation"),
          later("Parmi celles qui étaient ouvertes ce jour-là ; la fin ferme est celle qui valait alors."),
          lambda x, _p: x.overdue, stands(*UNDER_WAY)),
    Count("undecided", A.PROMISES, later("Terme passé, évaluées, sans décision à la fin de la période"),
          later("Parmi celles qui étaient ouvertes ce jour-là."),
          lambda x, _p: x.undecided, stands(*UNDER_WAY)),
    Median("overrun", A.PROMISES, later("Dépassement médian de la fin ferme"),
           later("Jours de la fin ferme à la décision de suite (zéro si elle est venue avant), pour celles qui l’ont "
                 "reçue dans la période ; jusqu’au dernier jour de la période, pour celles qui l’attendent, leur terme "
                 "passé. Sous cinq valeurs, aucune médiane."),
           lambda x: x.days_over, overran),
)
STOPS: tuple[Declared, ...] = (
    Count("stopped", A.STOPS, later("Arrêtées par un acte motivé"),
          later("Avant leur terme, ou une fois leur terme passé ; parmi les expérimentations ouvertes à un moment de "
                "la période."),
          stopped, conducted),
    *(Count(f"stop.{one}", A.STOPS, one.label, later("Parmi les arrêts de la période, motif de l’acte."),
            stopped_for(one), stopped) for one in StopReason),
)
KINDS = {kind: kind.label for kind in DerogationKind} | {
    DerogationKind.ORDINARY: later("Ni achat innovant, ni occupation du domaine public"),
}
_RULES = later("Parmi les dérogations des expérimentations ouvertes à un moment de la période.")
_END = later("Parmi les mêmes dérogations ; état au dernier jour de la période.")
DEROGATIONS: tuple[Declared, ...] = (
    Count("derogating", A.DEROGATIONS, later("Expérimentations qui écartent au moins une règle"), _DURING,
          lambda x, _p: bool(x.derogations), conducted),
    *(Items(f"level.{one}", A.DEROGATIONS, one.label, _RULES, Unit.DEROGATIONS, lambda x: x.derogations, _ranked(one),
            conducted) for one in RuleLevel),
    *(Items(f"kind.{one}", A.DEROGATIONS, label, _RULES, Unit.DEROGATIONS, lambda x: x.derogations, _of_kind(one),
            conducted) for one, label in KINDS.items()),
    *(Items(f"force.{one}", A.DEROGATIONS, one.label, _END, Unit.DEROGATIONS, lambda x: x.derogations, _stands(one),
            conducted) for one in Force),
)
_WHO = later("Parmi les parties prenantes déclarées par les expérimentations ouvertes à un moment de la période.")
STAKEHOLDERS: tuple[Declared, ...] = (
    *(Items(f"who.{one}", A.STAKEHOLDERS, one.label, _WHO, Unit.STAKEHOLDERS, lambda x: x.stakeholders, _who(one),
            conducted) for one in Kind),
    *(Items(f"how.{one}", A.STAKEHOLDERS, one.label, _WHO, Unit.STAKEHOLDERS, lambda x: x.stakeholders, _how(one),
            conducted) for one in Association),
    Items("proved", A.STAKEHOLDERS, later("Association prouvée, avec une date"),
          later("Parmi les mêmes parties prenantes ; une preuve datée d’après la période ne compte pas."),
          Unit.STAKEHOLDERS, lambda x: x.stakeholders,
          lambda item: item.proved, conducted),
)
_COSTS = later("Somme de ce que disent les fiches des expérimentations autorisées dans la période.")
MONEY: tuple[Declared, ...] = (
    Sum("cost.authority", A.MONEY, later("Coût prévu pour la collectivité"), _COSTS, lambda x: x.money.authority,
        authorised),
    Sum("cost.partners", A.MONEY, later("Apport prévu des partenaires"), _COSTS, lambda x: x.money.partners,
        authorised),
    Sum("cost.grants", A.MONEY, later("Subventions prévues"), _COSTS, lambda x: x.money.grants, authorised),
    Sum("spent.planned", A.MONEY, later("Coût prévu, là où le coût réel est connu"),
        later("Pour celles qui ont reçu leur décision de suite dans la période, et dont la fiche dit le coût réel."),
        lambda x: (x.money.authority or N) if x.money.actual is not None else None, decided),
    Sum("spent", A.MONEY, later("Coût réel des expérimentations qui ont reçu leur décision"),
        later("Somme de ce que disent les fiches de celles qui ont reçu leur décision de suite dans la période."),
        lambda x: x.money.actual, decided),
)
# fmt: on

FIGURES = (*PROPOSALS, *FLOW, *DECISIONS, *PROMISES, *STOPS, *DEROGATIONS, *STAKEHOLDERS, *MONEY)
