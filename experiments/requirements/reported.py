"""What is asked once it is authorised: to start, to extend, to evaluate, to close."""

from __future__ import annotations

from datetime import date, timedelta

from .. import declared as d
from .. import reported as r
from ..acts import Act
from ..content import decode, fingerprint
from ..dates import lasts_at_most
from ..ladder import paris_day
from ..model import Experiment
from ..parts import BY_CONTENT
from ..policy import current as policy
from ..record import Record
from ..vocabulary import Association, DerogationFate, Role
from ..words import said
from .declared import stakeholders_of
from .derogations import derogations_of
from .how import CHARTER, given, requirement
from .protocol import criteria_of

# To start -------------------------------------------------------------------------------------------------------------


def baseline_of(x: Record, criterion: d.Criterion) -> r.Baseline | None:
    """The measure before the start: the one taken at the launch, else the one declared."""
    taken = next((b for b in x.read(r.Launch).baselines if b.criterion == criterion.id and b.value is not None), None)
    return taken or (r.Baseline(value=criterion.baseline) if criterion.baseline is not None else None)


@requirement(
    "launch.baseline", "Mesurer la valeur de départ", r.Launch, "baselines-{i}-value",
    source="Conseil d’État, 2019", each=criteria_of,
)  # fmt: skip
def baseline(item: d.Criterion, x: Experiment, _today: date) -> bool:
    return baseline_of(x, item) is not None


agreements = given(r.Launch, "agreements", "Dire les conventions, l’assurance et la responsabilité")
informed_how = given(r.Launch, "informed_how", "Dire comment les participants ont été informés", source=CHARTER)


@requirement("launch.informed_on", "Informer les participants, et dater cette information", r.Launch, "informed_on",
             source=CHARTER)  # fmt: skip
def informed(x: Experiment, today: date) -> bool:
    told = x.read(r.Launch).informed_on
    return told is not None and told <= today


def _conditional(x: Experiment, _today: date) -> bool:
    return any(said(decode(Act, period.text).conditions) for period in x.periods)


conditions = given(
    r.Launch, "conditions", "Dire comment chaque condition de l’autorisation est remplie", when=_conditional
)


@requirement(
    "stakeholder.evidence", "Donner la preuve datée qu’elle a été associée", d.Stakeholders, "items-{i}-evidence",
    source=CHARTER, each=stakeholders_of, only=lambda s: s.association not in (None, Association.INFORMED),
)  # fmt: skip
def evidence(item: d.Stakeholder, _x: Experiment, today: date) -> bool:
    return said(item.evidence) and item.evidence_on is not None and item.evidence_on <= today


@requirement("period.open", "Attendre la date de début autorisée", "etapes", "periode", who=Role.NOBODY)
def period_open(x: Experiment, today: date) -> bool:
    effective = [decode(Act, period.text).effective_on for period in x.periods[:1]]
    return x.starts_on is not None and all(day is not None and day <= today for day in (x.starts_on, *effective))


@requirement(
    "period.over", "Agir avant la fin ferme : ensuite, il ne reste qu’à évaluer et décider, ou à arrêter", "etapes",
    "periode", source="CGCT LO1113-6", who=Role.NOBODY,
)  # fmt: skip
def before_the_end(x: Experiment, today: date) -> bool:
    return x.ends_on is not None and today <= x.ends_on


READY = (baseline, agreements, informed, informed_how, conditions, evidence)

# To extend ------------------------------------------------------------------------------------------------------------

extension_reason = given(r.ExtensionRequest, "reason", "Dire pourquoi prolonger")


@requirement("extension.once", "Ne pas dépasser le nombre de prolongations permis : {rule.extension.times}", "etapes",
             "prolongation", source="Règle locale", who=Role.NOBODY)  # fmt: skip
def extended_at_most_once(x: Experiment, _today: date) -> bool:
    return x.extensions < policy().extension.times


@requirement("extension.interim", "Verser une évaluation intermédiaire", r.Interim, "summary", source="CGCT LO1113-6")
def interim_evaluation(x: Experiment, _today: date) -> bool:
    return any(evaluation.interim for evaluation in x.evaluations)


@requirement(
    "extension.ends_on",
    "Fixer une nouvelle fin, après le terme, sous le plafond, à {rule.extension.percent} % de la durée initiale "
    "au plus",
    r.ExtensionRequest, "ends_on", source="Règle locale",
)  # fmt: skip
def extension_fits(x: Experiment, _today: date) -> bool:
    asked = x.read(r.ExtensionRequest).ends_on
    if not (asked and x.starts_on and x.ends_on and asked > x.ends_on):
        return False
    initial = x.periods[0].ends_on if x.periods else None
    longest = (((initial or x.ends_on) - x.starts_on).days + 1) * policy().extension.share
    ceiling = policy().ceiling(x.read(d.Duration).basis)
    return (asked - x.ends_on).days <= longest and lasts_at_most(x.starts_on, asked, ceiling)


@requirement(
    "extension.asked",
    "Demander la prolongation au moins {rule.extension.asked_days_before_end:jour|jours} avant le terme",
    r.ExtensionRequest, "demander", source="Règle locale",
)  # fmt: skip
def asked_in_time(x: Experiment, _today: date) -> bool:
    unchanged = x.extension_asked == fingerprint(x.text(BY_CONTENT[r.ExtensionRequest]))
    days = timedelta(policy().extension.asked_days_before_end)
    return bool(x.extension_asked_on and x.ends_on and unchanged and x.extension_asked_on <= x.ends_on - days)


EXTENSION = (extended_at_most_once, interim_evaluation, extension_fits, extension_reason)

# To evaluate ----------------------------------------------------------------------------------------------------------


def result_of(x: Experiment, criterion: d.Criterion) -> r.Result | None:
    return next((found for found in x.read(r.Evaluation).results if found.criterion == criterion.id), None)


@requirement(
    "evaluation.result", "Donner le résultat, ou dire pourquoi il n’a pas été mesuré", r.Evaluation,
    "results-{i}-value", source=CHARTER, each=criteria_of,
)  # fmt: skip
def result(item: d.Criterion, x: Experiment, _today: date) -> bool:
    found = result_of(x, item)
    return found is not None and (found.value is not None or said(found.not_measured))


limits = given(r.Evaluation, "limits", "Dire les limites de ces résultats")
departures = given(r.Evaluation, "departures", "Dire les écarts au protocole")
remarks = given(r.Evaluation, "remarks", "Rapporter les observations des parties prenantes", source=CHARTER)
verdict = given(r.Evaluation, "verdict", "Donner le verdict", source="CGCT LO1113-5")
evaluation_summary = given(r.Evaluation, "summary", "Écrire ce qu’un habitant doit en retenir", source=CHARTER)

EFFECTS = tuple(
    given(r.Evaluation, f"effects-{field}", f"Dire l’effet observé : {label}", source=source)
    for field, label, source in (
        ("cost", "coût", "CGCT LO1113-5"),
        ("quality", "qualité du service", "CGCT LO1113-5"),
        ("organisation", "organisation des services", "CGCT LO1113-5"),
        ("finances", "finances", "CGCT LO1113-5"),
        ("agents", "agents", CHARTER),
        ("environment", "environnement", CHARTER),
        ("equity", "égalité", CHARTER),
        ("privacy", "vie privée", CHARTER),
        ("undesired", "effets non désirés", CHARTER),
    )
)

RESULTS = (result, limits, departures, remarks, *EFFECTS, verdict, evaluation_summary)

# To decide, to close --------------------------------------------------------------------------------------------------


@requirement("evaluation.standing", "Verser l’évaluation", r.Evaluation, "results", source="CGCT LO1113-6")
def evaluation_standing(x: Experiment, _today: date) -> bool:
    return x.evaluation is not None


@requirement(
    "closing.fate", "Dire ce qu’elle devient, et par quel acte si elle devient permanente", r.Closing,
    "fates-{i}-fate", source="Règle locale", each=derogations_of,
)  # fmt: skip
def derogation_fate(item: d.Derogation, x: Experiment, _today: date) -> bool:
    found = next((fate for fate in x.read(r.Closing).fates if fate.derogation == item.id), None)
    return found is not None and (
        found.fate is DerogationFate.LAPSED or (found.fate is DerogationFate.PERMANENT and said(found.act))
    )


data_fate = given(r.Closing, "data", "Dire le sort de chaque jeu de données", source="Charte, principe 6")
equipment_fate = given(r.Closing, "equipment", "Dire le sort des équipements", source="Charte, principe 6")
lessons = given(r.Closing, "lessons", "Écrire les enseignements", source=CHARTER)


def _past(field: str):  # type: ignore[no-untyped-def]
    def test(x: Experiment, today: date) -> bool:
        day = getattr(x.read(r.Closing), field)
        decided_on = paris_day(x.decision.decided_at) if x.decision else date.min
        return day is not None and decided_on <= day <= today

    return test


told = requirement("closing.told_on", "Informer les participants de la fin, et dater", r.Closing, "told_on")(
    _past("told_on")
)
published = requirement(
    "closing.published_on", "Publier l’évaluation, et dater", r.Closing, "published_on", source=CHARTER
)(_past("published_on"))
attested = given(r.Closing, "attested", "Attester la clôture (porteur)")

ALL_SETTLED = (derogation_fate, data_fate, equipment_fate, told, lessons, published, attested)
