"""The words of the field: what the code says, and the French label people read."""

from enum import Flag, StrEnum, auto
from functools import cache
from typing import Self


class Word(StrEnum):
    """A value of a closed list, with the French label that people read."""

    label: str

    def __new__(cls, value: str, label: str = "") -> Self:
        word = str.__new__(cls, value)
        word._value_ = value
        word.label = label
        return word


class Status(Word):
    """Where an experiment stands. *Échue* is not here: a date says it, nothing stores it."""

    DRAFT = "draft", "Brouillon"
    SUBMITTED = "submitted", "Soumise"
    AUTHORISED = "authorised", "Autorisée"
    REFUSED = "refused", "Refusée"
    RUNNING = "running", "En cours"
    SUSPENDED = "suspended", "Suspendue"
    EVALUATING = "evaluating", "En évaluation"
    EVALUATED = "evaluated", "Évaluée"
    DECIDED = "decided", "Décidée"
    CLOSED = "closed", "Close"
    WITHDRAWN = "withdrawn", "Retirée"


S = Status
IN_THE_FIELD = frozenset({S.RUNNING, S.SUSPENDED})
"""The trial itself has begun, and is not over."""
FIELD_NOT_OVER = IN_THE_FIELD | {S.AUTHORISED}
"""The same, and what has not begun yet."""
UNDER_WAY = FIELD_NOT_OVER | {S.EVALUATING, S.EVALUATED}
"""From the authorisation to the decision: what a resident calls "current"."""
PUBLIC = UNDER_WAY | {S.DECIDED, S.CLOSED}
"""Transparency runs from the authorisation on, not from the end."""
GROUPS = {"current": UNDER_WAY, "past": PUBLIC - UNDER_WAY, "refused": frozenset({S.REFUSED})}
"""What has a page, as lists share it out."""
UNEVALUATED = UNDER_WAY - {S.EVALUATED}
"""Past its end date, an experiment in one of these is *échue*."""
ENDED = frozenset({S.REFUSED, S.WITHDRAWN, S.CLOSED})


class Account(Word):
    """What an account may be asked to do; what it may do on one file is computed from that file."""

    AGENT = "agent", "Agent"
    ADVISER = "adviser", "Donne des avis"
    VALIDATOR = "validator", "Valideur"
    AUDITOR = "auditor", "Auditeur"
    ADMINISTRATOR = "administrator", "Administrateur"


class Role(Flag):
    """Who somebody is for one experiment. EDITOR and EVALUATED count what people did, named to it or no longer."""

    NOBODY = 0
    LEAD = auto()
    EDITOR = auto()
    EVALUATOR = auto()
    ADVISER = auto()
    VALIDATOR = auto()
    AUDITOR = auto()
    ADMINISTRATOR = auto()
    EVALUATED = auto()
    HEAD = auto()

    @property
    def label(self) -> str:
        """The French words for the roles held, joined: « porteur, valideur »."""
        return _roles_label(self)


CARRYING = Role.LEAD | Role.EDITOR
"""Whoever carries a file or wrote in it: they neither evaluate it nor decide on it."""

_ROLE_LABELS = {
    Role.LEAD: "porteur ou suppléant",
    Role.EDITOR: "contributeur",
    Role.EVALUATOR: "évaluateur",
    Role.ADVISER: "personne consultée pour avis",
    Role.VALIDATOR: "valideur",
    Role.AUDITOR: "auditeur",
    Role.ADMINISTRATOR: "administrateur",
    Role.EVALUATED: "auteur de l’évaluation",
    Role.HEAD: "direction",
}


@cache
def _roles_label(held: Role) -> str:
    # To go through a flag takes longer than to read a page's worth of words.
    return ", ".join(_ROLE_LABELS[role] for role in held)


class Part(Word):
    """How a person takes part in one experiment: named to it, or found to have done it."""

    LEAD = "lead", "Porteur"
    DEPUTY = "deputy", "Suppléant"
    CONTRIBUTOR = "contributor", "Contributeur"
    EVALUATOR = "evaluator", "Évaluateur"
    HEAD = "head", "Direction"
    ADVISER = "adviser", "Consulté pour avis"
    EDITED = "edited", "A modifié le dossier"
    EVALUATED = "evaluated", "A rédigé l’évaluation"


NAMED = (Part.LEAD, Part.DEPUTY, Part.CONTRIBUTOR, Part.EVALUATOR, Part.HEAD)
HELD = (*NAMED, Part.ADVISER)
"""What somebody holds until it ends, and not what they did: their account must let them."""


class Outcome(Word):
    """The closed list of CGCT LO1113-6, and what may happen before it."""

    AUTHORISATION = "authorisation", "Autorisation"
    REFUSAL = "refusal", "Refus"
    EARLY_STOP = "early-stop", "Arrêt anticipé"
    EXTENSION = "extension", "Prolongation ou modification"
    GENERALISATION = "generalisation", "Généralisation"
    PARTIAL = "partial", "Maintien partiel ou extension ciblée"
    ABANDONMENT = "abandonment", "Abandon"


class Finding(Word):
    """The verdict of the evaluation: another thing than the decision taken on it."""

    CONFIRMED = "confirmed", "Hypothèse confirmée"
    REFUTED = "refuted", "Hypothèse infirmée"
    INCONCLUSIVE = "inconclusive", "Résultats non concluants"


class Promise(Word):
    """What the authority commits, before the start, to do at the end."""

    GENERALISATION = "generalisation", "Généraliser"
    PARTIAL = "partial", "Maintenir en partie ou étendre de façon ciblée"
    ABANDONMENT = "abandonment", "Abandonner"


class StopReason(Word):
    """Why an experiment stops before its term."""

    OBJECTIVE_REACHED = "objective-reached", "Objectif atteint"
    TECHNICAL = "technical", "Obstacle technique"
    RISK = "risk", "Risque pour les personnes ou les biens"
    BREACH = "breach", "Manquement aux conditions"
    PARTNER = "partner", "Retrait d’un partenaire"
    BUDGET = "budget", "Budget"
    ORDINARY_LAW = "ordinary-law", "Réalisable dans le droit commun"
    OTHER = "other", "Autre motif"


class Basis(Word):
    """The legal basis of the experiment, which sets the ceiling of its duration."""

    NONE = "none", "Aucune base particulière\u00a0: règle locale"
    ARTICLE_72 = "article-72", "Constitution, article 72 alinéa 4 (CGCT LO1113-1 et suivants)"
    ARTICLE_37_1 = "article-37-1", "Constitution, article 37-1"


class RuleLevel(Word):
    """The rank of the rule that is set aside."""

    LAW = "law", "Loi"
    DECREE = "decree", "Décret"
    ORDER = "order", "Arrêté"
    DELIBERATION = "deliberation", "Délibération"
    INTERNAL = "internal", "Règlement intérieur"
    CHARTER = "charter", "Charte"
    SECURITY = "security", "Politique de sécurité"
    CONTRACT = "contract", "Contrat"


class DerogationKind(Word):
    """What the derogation is about: two kinds have conditions of their own."""

    ORDINARY = "ordinary", "Règle écartée"
    PURCHASE = "purchase", "Achat innovant sans concurrence (CCP R2122-9-1)"
    PUBLIC_DOMAIN = "public-domain", "Occupation du domaine public (CG3P)"


class Untouchable(Word):
    """What no local experiment may set aside (Constitution art. 72 al. 4; charter, principles 4 and 10)."""

    NONE = "none", "Non, rien de cette liste"
    GDPR = "gdpr", "Le RGPD ou la loi Informatique et libertés"
    EU_LAW = "eu-law", "Le droit de l’Union européenne"
    INDEPENDENT_AUTHORITY = "independent-authority", "Une règle d’une autorité indépendante"
    LIBERTY = "liberty", "L’exercice d’une liberté publique ou d’un droit constitutionnel"
    BIOMETRIC = "biometric", "L’interdiction de l’identification biométrique"
    SENSITIVE = "sensitive", "L’interdiction de collecter des données sensibles sur des personnes"
    AUTOMATED = "automated", "L’interdiction des décisions individuelles entièrement automatisées"


LEGAL_ROUTE = {
    Untouchable.GDPR: "aucune dérogation au RGPD n’existe, même temporaire : "
    "demandez un accompagnement à la CNIL (bac à sable, conseil) et adaptez le projet",
    Untouchable.EU_LAW: "le droit de l’Union prime : cherchez une dérogation prévue par le texte européen lui-même",
    Untouchable.INDEPENDENT_AUTHORITY: "saisissez l’autorité concernée : "
    "certaines ont leur propre dispositif d’expérimentation",
    Untouchable.LIBERTY: "seule la loi le peut, sans toucher aux conditions essentielles : "
    "Constitution, article 72, alinéa 4",
    Untouchable.BIOMETRIC: "la charte l’exclut (principe 10) : cherchez un moyen qui n’identifie personne",
    Untouchable.SENSITIVE: "la charte l’exclut (principe 10) : travaillez sur des données agrégées",
    Untouchable.AUTOMATED: "la charte l’interdit (principe 10) : gardez une personne qui décide",
}


class StakeholderKind(Word):
    PARTNER = "partner", "Partenaire"
    FUNDER = "funder", "Financeur"
    EVALUATOR = "evaluator", "Évaluateur"
    RESIDENTS = "residents", "Habitants"
    USERS = "users", "Usagers"
    AGENTS = "agents", "Agents"
    STAFF = "staff", "Représentants du personnel"
    COMMUNE = "commune", "Commune"
    ELECTED = "elected", "Élu"
    DPO = "dpo", "Délégué à la protection des données"
    SECURITY = "security", "Responsable de la sécurité"


class Association(Word):
    INFORMED = "informed", "Informé"
    CONSULTED = "consulted", "Consulté"
    CO_DESIGN = "co-design", "Associé à la conception"
    DECIDES = "decides", "Décide"


class Direction(Word):
    UP = "up", "Doit monter"
    DOWN = "down", "Doit baisser"


class Method(Word):
    RANDOMISED = "randomised", "Tirage au sort"
    COMPARISON = "comparison", "Comparaison avec un autre groupe ou un autre lieu"
    BEFORE_AFTER = "before-after", "Avant et après"
    QUALITATIVE = "qualitative", "Enquête qualitative"
    FULL_CIRCLE = "360", "Évaluation à 360°"


class OpinionKind(Word):
    DPO = "dpo", "Délégué à la protection des données"
    SECURITY = "security", "Sécurité des systèmes d’information"
    LEGAL = "legal", "Affaires juridiques"
    PROCUREMENT = "procurement", "Commande publique"
    OTHER = "other", "Autre service"


class OpinionSense(Word):
    FAVOURABLE = "favourable", "Favorable"
    RESERVED = "reserved", "Favorable avec réserves"
    UNFAVOURABLE = "unfavourable", "Défavorable"


class DerogationFate(Word):
    LAPSED = "lapsed", "A pris fin"
    PERMANENT = "permanent", "Rendue permanente par un acte"


class Force(Word):
    """Whether a derogation is in force: a date says it, nothing stores it."""

    AHEAD = "ahead", "pas encore en vigueur"
    IN_FORCE = "in-force", "en vigueur"
    FROZEN = "frozen", "gelée"
    UNUSED = "unused", "n’est plus utilisée"
    OVER = "over", "n’est plus en vigueur"
    PERMANENT = "permanent", "rendue permanente"


class ActKind(Word):
    DELIBERATION = "deliberation", "Délibération"
    ORDER = "order", "Arrêté"
    DECISION = "decision", "Décision"


class Ground(Word):
    """Why a section is withheld from the public page (CRPA L311-5 and L311-6)."""

    PRIVACY = "privacy", "Protection de la vie privée (CRPA L311-6)"
    BUSINESS = "business", "Secret des affaires (CRPA L311-6)"
    SECURITY = "security", "Sécurité publique ou des systèmes d’information (CRPA L311-5)"
    PROCEEDINGS = "proceedings", "Procédure en cours (CRPA L311-5)"
