"""What the charter asks before anything starts: the six demands of Principle 9."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from .. import declared as d
from ..dates import lasts_at_most
from ..model import Experiment
from ..policy import current as policy
from ..vocabulary import LEGAL_ROUTE, DerogationKind, Direction, Part, Role, Untouchable
from ..words import UNITS, fold, said
from .how import each_given, given, requirement

TEAM_PAGE, OPINIONS_PAGE = "equipe", "avis"
CHARTER = "Charte, principe 9"

# Who and what ---------------------------------------------------------------------------------------------------------

title = given(d.Identity, "title", "Donner un titre")
summary = given(d.Identity, "summary", "Résumer en quelques lignes", source=CHARTER)
problem = given(d.Identity, "problem", "Dire quel problème est posé")
hypothesis = given(d.Identity, "hypothesis", "Poser l’hypothèse à vérifier")
organisation = given(d.Identity, "organisation", "Nommer l’organisme porteur")
function = given(d.Identity, "function", "Donner la fonction de la personne responsable")
mailbox = given(d.Identity, "mailbox", "Donner une boîte générique où écrire")
communes = given(d.Identity, "communes", "Choisir au moins une commune")


@requirement("identity.policy", "Choisir la politique publique servie", d.Identity, "policy", source=CHARTER)
def public_policy(x: Experiment, _today: date) -> bool:
    return x.read(d.Identity).policy in policy().policies


IDENTITY = (title, summary, public_policy, problem, hypothesis, organisation, function, mailbox, communes)

# Limited duration -----------------------------------------------------------------------------------------------------

starts_on = given(d.Duration, "starts_on", "Fixer la date de début", source=CHARTER)
ends_on = given(d.Duration, "ends_on", "Fixer la date de fin ferme", source=CHARTER)
duration_reason = given(d.Duration, "reason", "Dire pourquoi cette durée et pas plus")
decision_body = given(d.Duration, "decision_body", "Nommer l’instance qui décidera", source="CGCT LO1113-6")


def _dated(x: Experiment, _today: date) -> bool:
    it = x.read(d.Duration)
    return it.starts_on is not None and it.ends_on is not None


def _bounds(x: Experiment) -> tuple[date, date]:
    """Between which days all the rest is placed; a date that is missing or out of order bounds nothing, once said."""
    it = x.read(d.Duration)
    start, end = it.starts_on or date.min, it.ends_on or date.max
    return (start, end) if start < end else (date.min, date.max)


@requirement("duration.order", "Placer la fin après le début", d.Duration, "ends_on", when=_dated)
def ends_after_it_starts(x: Experiment, _today: date) -> bool:
    it = x.read(d.Duration)
    return bool(it.starts_on and it.ends_on and it.ends_on > it.starts_on)


@requirement(
    "duration.ceiling", "Tenir la durée sous le plafond de sa base juridique", d.Duration, "ends_on",
    source="Règle locale : 24 mois sans base particulière", when=_dated,
)  # fmt: skip
def under_the_ceiling(x: Experiment, _today: date) -> bool:
    it = x.read(d.Duration)
    return bool(it.starts_on and it.ends_on and lasts_at_most(it.starts_on, it.ends_on, policy().ceiling(it.basis)))


def _long(x: Experiment, today: date) -> bool:
    it = x.read(d.Duration)
    months = policy().duration.midterm_from_months
    return bool(it.starts_on and it.ends_on and not lasts_at_most(it.starts_on, it.ends_on + timedelta(1), months))


@requirement(
    "duration.midterm_on", "Fixer l’évaluation à mi-parcours, entre le début et la fin", d.Duration, "midterm_on",
    source="Demandée à partir de douze mois", when=_long,
)  # fmt: skip
def midterm(x: Experiment, _today: date) -> bool:
    it = x.read(d.Duration)
    return bool(it.midterm_on and it.starts_on and it.ends_on and it.starts_on < it.midterm_on < it.ends_on)


@requirement(
    "duration.evaluation_due_on", "Fixer la remise de l’évaluation, assez tôt avant la fin pour décider",
    d.Duration, "evaluation_due_on", source="Règle locale : 30 jours avant le terme",
)  # fmt: skip
def evaluation_due(x: Experiment, _today: date) -> bool:
    start, end = _bounds(x)
    due = x.read(d.Duration).evaluation_due_on
    margin = timedelta(policy().duration.evaluation_days_before_end)
    return due is not None and start < due <= end - margin


@requirement(
    "duration.decision_due_on", "Fixer la date de la décision, après l’évaluation et avant la fin",
    d.Duration, "decision_due_on", source="CGCT LO1113-6",
)  # fmt: skip
def decision_due(x: Experiment, _today: date) -> bool:
    it = x.read(d.Duration)
    _, end = _bounds(x)
    return it.decision_due_on is not None and (it.evaluation_due_on or date.min) <= it.decision_due_on <= end


DURATION = (
    starts_on, ends_on, ends_after_it_starts, under_the_ceiling, duration_reason, midterm, evaluation_due,
    decision_due, decision_body,
)  # fmt: skip

# Derogations spelled out ----------------------------------------------------------------------------------------------


def _derogations(x: Experiment) -> list[d.Derogation]:
    return x.read(d.Derogations).items


def _none_asked(x: Experiment, _today: date) -> bool:
    return x.read(d.Derogations).none


@requirement(
    "derogations.said", "Décrire au moins une dérogation, ou dire qu’il n’y en a aucune : l’un ou l’autre",
    d.Derogations, "none", source=CHARTER,
)  # fmt: skip
def derogations_said(x: Experiment, _today: date) -> bool:
    it = x.read(d.Derogations)
    return it.none != bool(it.items)


no_derogation_reason = given(
    d.Derogations, "none_reason", "Dire pourquoi aucune dérogation n’est nécessaire", source=CHARTER, when=_none_asked
)


def _each(field: str, sentence: str, *, source: str = "", only: DerogationKind | None = None):  # type: ignore[no-untyped-def]
    applies = None if only is None else (lambda item: item.kind is only)
    return each_given("derogation", d.Derogations, "items", _derogations, field, sentence, source=source, only=applies)


derogation_rule = _each("rule", "Nommer la règle exacte qui est écartée", source=CHARTER)
derogation_level = _each("level", "Dire le rang de cette règle")
derogation_basis = _each("basis", "Dire ce qui permet d’y déroger")
derogation_scope = _each("scope", "Dire qui peut faire quoi, et où")
derogation_reasons = _each("reasons", "Motiver en droit et en fait", source="CRPA L211-3 et L211-5")
purchase_operator = _each("operator", "Nommer l’opérateur de l’achat", only=DerogationKind.PURCHASE)
domain_title = _each("domain_title", "Donner le titre d’occupation", source="CG3P L2122-1",
                     only=DerogationKind.PUBLIC_DOMAIN)  # fmt: skip
domain_fee = _each("domain_fee", "Dire la redevance, ou pourquoi il n’y en a pas", source="CG3P L2125-1",
                   only=DerogationKind.PUBLIC_DOMAIN)  # fmt: skip
domain_publicity = _each("domain_publicity", "Dire la publicité faite, ou pourquoi il n’y en a pas",
                         source="CG3P L2122-1-1", only=DerogationKind.PUBLIC_DOMAIN)  # fmt: skip

_GDPR = (
    "rgpd", "r g p d", "gdpr", "reglement general sur la protection des donnees", "2016 679",
    "informatique et libertes", "78 17",
)  # fmt: skip


def untouchable(item: d.Derogation) -> Untouchable:
    """What the derogation touches that no local experiment may: what was ticked, or what the rule's name says."""
    if item.untouchable is Untouchable.NONE and any(f" {word} " in f" {fold(item.rule)} " for word in _GDPR):
        return Untouchable.GDPR
    return item.untouchable


def legal_route(item: d.Derogation) -> str:
    """The legal route that exists instead of a derogation that cannot be; empty when it can."""
    return LEGAL_ROUTE.get(untouchable(item), "")


@requirement(
    "derogation.untouchable", "Ne pas déroger à ce qu’aucune expérimentation locale ne peut écarter",
    d.Derogations, "items-{i}-untouchable", source="Constitution, art. 72 al. 4 ; charte, principes 4 et 10",
    each=_derogations, instead=legal_route,
)  # fmt: skip
def derogable(item: d.Derogation, _x: Experiment, _today: date) -> bool:
    return untouchable(item) is Untouchable.NONE


@requirement(
    "derogation.dates", "La dater, dans les bornes de l’expérimentation", d.Derogations, "items-{i}-ends_on",
    source=CHARTER, each=_derogations,
)  # fmt: skip
def derogation_within(item: d.Derogation, x: Experiment, _today: date) -> bool:
    start, end = _bounds(x)
    return bool(item.starts_on and item.ends_on and start <= item.starts_on <= item.ends_on <= end)


@requirement(
    "derogation.amount", "Donner un montant inférieur au plafond des achats innovants", d.Derogations,
    "items-{i}-amount", source="CCP R2122-9-1", each=_derogations, only=lambda i: i.kind is DerogationKind.PURCHASE,
)  # fmt: skip
def purchase_amount(item: d.Derogation, _x: Experiment, _today: date) -> bool:
    return item.amount is not None and Decimal(0) < item.amount < policy().purchase.ceiling_euros


DEROGATIONS = (
    derogations_said, no_derogation_reason, derogation_rule, derogation_level, derogable, derogation_basis,
    derogation_scope, derogation_within, derogation_reasons, purchase_amount, purchase_operator, domain_title,
    domain_fee, domain_publicity,
)  # fmt: skip

# Stakeholders associated ----------------------------------------------------------------------------------------------


def stakeholders_of(x: Experiment) -> list[d.Stakeholder]:
    return x.read(d.Stakeholders).items


stakeholders = given(
    d.Stakeholders, "items", "Associer au moins une partie prenante au-delà du porteur", source=CHARTER
)
stakeholder_name = each_given("stakeholder", d.Stakeholders, "items", stakeholders_of, "name", "Dire qui elle est")
stakeholder_kind = each_given("stakeholder", d.Stakeholders, "items", stakeholders_of, "kind", "Dire sa nature")
stakeholder_association = each_given(
    "stakeholder", d.Stakeholders, "items", stakeholders_of, "association", "Dire comment elle est associée",
    source=CHARTER,
)  # fmt: skip
information = given(d.Stakeholders, "information", "Écrire l’information des participants, en mots simples")
withdrawal = given(d.Stakeholders, "withdrawal", "Dire comment refuser ou se retirer")

STAKEHOLDERS = (stakeholders, stakeholder_name, stakeholder_kind, stakeholder_association, information, withdrawal)

# Evaluation -----------------------------------------------------------------------------------------------------------


def criteria_of(x: Experiment) -> list[d.Criterion]:
    return x.read(d.Protocol).criteria


def _criterion(field: str, sentence: str):  # type: ignore[no-untyped-def]
    return each_given("criterion", d.Protocol, "criteria", criteria_of, field, sentence, source=CHARTER)


criteria = given(d.Protocol, "criteria", "Fixer au moins un critère de réussite", source=CHARTER)
criterion_indicator = _criterion("indicator", "Dire ce qui sera compté")


@requirement("criterion.unit", "Donner l’unité", d.Protocol, "criteria-{i}-unit", source=CHARTER, each=criteria_of)
def criterion_unit(item: d.Criterion, _x: Experiment, _today: date) -> bool:
    return item.unit.strip() in UNITS or said(item.unit)


criterion_direction = _criterion("direction", "Dire dans quel sens il doit évoluer")
criterion_target = _criterion("target", "Donner la cible")
criterion_threshold = _criterion("threshold", "Donner le seuil d’arrêt")
criterion_source = _criterion("source", "Dire d’où vient le chiffre")
criterion_who = _criterion("measured_by", "Dire qui mesure")
criterion_when = _criterion("measured_when", "Dire quand il est mesuré")


@requirement(
    "criterion.order", "Placer le seuil d’arrêt du mauvais côté de la cible", d.Protocol, "criteria-{i}-threshold",
    each=criteria_of, only=lambda c: None not in (c.target, c.threshold, c.direction),
)  # fmt: skip
def threshold_below_target(item: d.Criterion, _x: Experiment, _today: date) -> bool:
    if item.target is None or item.threshold is None:
        return True
    return item.threshold < item.target if item.direction is Direction.UP else item.threshold > item.target


method = given(d.Protocol, "method", "Choisir la méthode", source=CHARTER)
comparison = given(d.Protocol, "comparison", "Décrire la comparaison, ou dire pourquoi il n’y en a pas")
evaluator_named = given(d.Protocol, "evaluator", "Nommer l’évaluateur", source=CHARTER)
interests = given(d.Protocol, "interests", "Déclarer les intérêts de l’évaluateur")
effect_cost = given(d.Protocol, "effects-cost", "Dire comment le coût sera observé", source="CGCT LO1113-5")
effect_quality = given(d.Protocol, "effects-quality", "Dire comment la qualité sera observée", source="CGCT LO1113-5")
effect_organisation = given(
    d.Protocol, "effects-organisation", "Dire comment l’organisation des services sera observée", source="CGCT LO1113-5"
)
effect_finances = given(
    d.Protocol, "effects-finances", "Dire comment les finances seront observées", source="CGCT LO1113-5"
)
if_confirmed = given(d.Protocol, "if_confirmed", "S’engager sur la suite si l’hypothèse est confirmée")
if_refuted = given(d.Protocol, "if_refuted", "S’engager sur la suite si elle est infirmée")
if_inconclusive = given(d.Protocol, "if_inconclusive", "S’engager sur la suite si rien ne conclut")


@requirement(
    "team.evaluator", "Désigner un évaluateur qui n’a ni porté ni modifié le dossier", TEAM_PAGE, "evaluator",
    source="Règle de séparation",
)  # fmt: skip
def independent_evaluator(x: Experiment, _today: date) -> bool:
    busy = {i.person_id for i in x.involved if i.part in CARRYING and (i.until is None or i.part is Part.EDITED)}
    return any(p.is_active and p.id not in busy for p in x.named(Part.EVALUATOR))


CARRYING = frozenset({Part.LEAD, Part.DEPUTY, Part.CONTRIBUTOR, Part.EDITED})

EVALUATION = (
    criteria, criterion_indicator, criterion_unit, criterion_direction, criterion_target, criterion_threshold,
    threshold_below_target, criterion_source, criterion_who, criterion_when, method, comparison, evaluator_named,
    interests, effect_cost, effect_quality, effect_organisation, effect_finances, if_confirmed, if_refuted,
    if_inconclusive, independent_evaluator,
)  # fmt: skip

# Costs, transparency --------------------------------------------------------------------------------------------------

cost = given(d.Costs, "authority", "Chiffrer le coût prévu pour la collectivité")
plain = given(d.Publication, "plain", "Écrire en mots simples ce qui change pour les gens", source=CHARTER)
withheld_what = each_given("withheld", d.Publication, "withheld", lambda x: x.read(d.Publication).withheld, "what",
                           "Dire ce qui n’est pas publié")  # fmt: skip
withheld_ground = each_given("withheld", d.Publication, "withheld", lambda x: x.read(d.Publication).withheld, "ground",
                             "Donner le fondement légal", source="CRPA L311-5 et L311-6")  # fmt: skip

TRANSPARENCY = (cost, plain, withheld_what, withheld_ground)

# Before the decision --------------------------------------------------------------------------------------------------


@requirement(
    "opinions.due", "Attendre les avis demandés, ou la fin du délai laissé pour les rendre", OPINIONS_PAGE, "avis",
    who=Role.ADVISER,
)  # fmt: skip
def opinions_in(x: Experiment, today: date) -> bool:
    text = x.fingerprint()
    return all(opinion.counts_for(text) or today > opinion.due_on for opinion in x.opinions)


def _ends(x: Experiment, _today: date) -> bool:
    return x.read(d.Duration).ends_on is not None


@requirement(
    "duration.ahead", "Fixer une fin à venir : une autorisation n’est jamais rétroactive", d.Duration, "ends_on",
    when=_ends,
)  # fmt: skip
def term_is_ahead(x: Experiment, today: date) -> bool:
    ends_on = x.read(d.Duration).ends_on
    return ends_on is not None and ends_on > today


TO_SUBMIT = (*IDENTITY, *DURATION, *DEROGATIONS, *STAKEHOLDERS, *EVALUATION, *TRANSPARENCY)
TO_AUTHORISE = (*TO_SUBMIT, opinions_in, term_is_ahead)
