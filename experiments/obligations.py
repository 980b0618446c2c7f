"""The words of what is owed, of who is told, and of what became of the mail that told them."""

from .vocabulary import Word


class Task(Word):
    """What an experiment may owe, by a day."""

    DATES = "dates", "Dates à fixer"
    OPINION = "opinion", "Avis à rendre"
    VALIDATION = "validation", "Validation"
    REVIEW = "review", "Relecture de la fiche"
    START = "start", "Lancement"
    MIDTERM = "midterm", "Évaluation à mi-parcours"
    EXTENSION = "extension", "Dernier jour pour demander une prolongation"
    ANSWER = "answer", "Réponse à la demande de prolongation"
    DEROGATION = "derogation", "Fin d’une dérogation"
    END = "end", "Fin ferme"
    FIELD = "field", "Fin de l’essai"
    EVALUATION = "evaluation", "Évaluation"
    DECISION = "decision", "Décision"
    PUBLICATION = "publication", "Attestation que l’évaluation est publiée"
    CLOSURE = "closure", "Clôture"
    FOLLOW_UP = "follow-up", "Suivi à douze mois"


class Rank(Word):
    """The ranks through which a reminder goes up, each with who stands there for one file."""

    ADVISER = "adviser", "personne consultée"
    EVALUATOR = "evaluator", "évaluateur"
    LEAD = "lead", "porteur"
    DEPUTY = "deputy", "suppléant"
    HEAD = "head", "direction"
    VALIDATOR = "validator", "valideur"
    AUDITOR = "auditor", "auditeur"
    ADMINISTRATOR = "administrator", "administrateur"


class Pace(Word):
    """How often somebody wishes to be written to about what is not statutory."""

    AT_ONCE = "at-once", "Au fur et à mesure"
    DAILY = "daily", "Une fois par jour"
    WEEKLY = "weekly", "Une fois par semaine"


class Language(Word):
    FRENCH = "fr", "Français"
    ENGLISH = "en", "English"


class Fate(Word):
    """What became of a mail."""

    WAITING = "waiting", "en attente"
    SENT = "sent", "remis au serveur de messagerie"
    REFUSED = "refused", "refusé"
    EXPIRED = "expired", "abandonné"
    CANCELLED = "cancelled", "devenu sans objet"


class Occasion(Word):
    """Why a mail is written."""

    REMINDER = "reminder", "Rappel"
    DIGEST = "digest", "Récapitulatif"
    NOTICE = "notice", "Avis d’étape"
    CONFIRMATION = "confirmation", "Demande de suivi à confirmer"
    NEWS = "news", "Nouvelles du registre"
    ANSWER = "answer", "Réponse à une observation"
    STOPPED = "stopped", "Programme qui n’est plus prévenu"


UNHELD = Occasion.CONFIRMATION
"""What leaves at any hour: somebody has just asked for it, and waits."""
