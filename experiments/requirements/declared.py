"""What the charter asks before anything starts: the six demands of Principle 9."""

from __future__ import annotations

from datetime import date, timedelta

from .. import declared as d
from ..dates import bounds, lasts_at_most
from ..duties import owes_midterm
from ..model import Experiment
from ..policy import current as policy
from ..vocabulary import Role
from .how import CHARTER, OPINIONS_PAGE, each_given, given, requirement

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


@requirement("duration.order", "Placer la fin après le début", d.Duration, "ends_on", when=_dated)
def ends_after_it_starts(x: Experiment, _today: date) -> bool:
    it = x.read(d.Duration)
    return bool(it.starts_on and it.ends_on and it.ends_on > it.starts_on)


@requirement(
    "duration.ceiling", "Tenir la durée sous le plafond de sa base juridique", d.Duration, "ends_on",
    source="Règle locale : {rule.duration.ceiling_months[none]} mois sans base particulière", when=_dated,
)  # fmt: skip
def under_the_ceiling(x: Experiment, _today: date) -> bool:
    it = x.read(d.Duration)
    return bool(it.starts_on and it.ends_on and lasts_at_most(it.starts_on, it.ends_on, policy().ceiling(it.basis)))


def _owes_midterm(x: Experiment, _today: date) -> bool:
    it = x.read(d.Duration)
    return bool(it.starts_on and it.ends_on and owes_midterm(it.starts_on, it.ends_on, it.basis))


@requirement(
    "duration.midterm_on", "Fixer l’évaluation à mi-parcours, entre le début et la fin", d.Duration, "midterm_on",
    source="CGCT LO1113-5 ; règle locale à partir de {rule.duration.midterm_from_months} mois", when=_owes_midterm,
)  # fmt: skip
def midterm(x: Experiment, _today: date) -> bool:
    it = x.read(d.Duration)
    return bool(it.midterm_on and it.starts_on and it.ends_on and it.starts_on < it.midterm_on < it.ends_on)


@requirement(
    "duration.evaluation_due_on", "Fixer la remise de l’évaluation, assez tôt avant la fin pour décider",
    d.Duration, "evaluation_due_on",
    source="Règle locale : {rule.duration.evaluation_days_before_end:jour|jours} avant le terme",
)  # fmt: skip
def evaluation_due(x: Experiment, _today: date) -> bool:
    it = x.read(d.Duration)
    (start, end), due = bounds(it.starts_on, it.ends_on), it.evaluation_due_on
    margin = timedelta(policy().duration.evaluation_days_before_end)
    return due is not None and start < due <= end - margin


@requirement(
    "duration.decision_due_on", "Fixer la date de la décision, après l’évaluation et avant la fin",
    d.Duration, "decision_due_on", source="CGCT LO1113-6",
)  # fmt: skip
def decision_due(x: Experiment, _today: date) -> bool:
    it = x.read(d.Duration)
    _, end = bounds(it.starts_on, it.ends_on)
    return it.decision_due_on is not None and (it.evaluation_due_on or date.min) <= it.decision_due_on <= end


DURATION = (
    starts_on, ends_on, ends_after_it_starts, under_the_ceiling, duration_reason, midterm, evaluation_due,
    decision_due, decision_body,
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
