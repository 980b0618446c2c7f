"""THE SCREEN: every way on, who opens it, and what must be on record first."""

from __future__ import annotations

from . import effects as then
from .acts import Act, Conclusion, Nothing, Reason, Stop
from .gates import Gate, Lifecycle, Opener
from .requirements.declared import TO_AUTHORISE, TO_SUBMIT
from .requirements.reported import TO_CLOSE, TO_DECIDE, TO_EVALUATE, TO_EXTEND, TO_START, before_the_end
from .vocabulary import Outcome, Role
from .vocabulary import Status as S

# Nobody decides on what they carry, edit or evaluate; nobody evaluates what they carry or edit;
# an administrator administers and decides nothing.
LEAD = Opener(Role.LEAD)
JUDGE = Opener(Role.EVALUATOR, none_of=Role.LEAD | Role.EDITOR)
CHIEF = Opener(Role.VALIDATOR, none_of=Role.LEAD | Role.EDITOR | Role.EVALUATOR | Role.EVALUATED | Role.ADMINISTRATOR)
ANYONE_IN_CHARGE = Opener(Role.VALIDATOR | Role.LEAD)

FIELD = (S.RUNNING, S.SUSPENDED)

LIFECYCLE = Lifecycle(
    Gate("submit", "Soumettre", (S.DRAFT,), S.SUBMITTED, LEAD, TO_SUBMIT, Nothing, None, then.keep_submission,
         "Un valideur pourra lire le dossier et décider."),
    Gate("return", "Renvoyer", (S.SUBMITTED,), S.DRAFT, CHIEF, (), Reason, None, then.reason,
         "Le dossier revient à son équipe, avec ce qu’il faut y revoir."),
    Gate("authorise", "Autoriser", (S.SUBMITTED,), S.AUTHORISED, CHIEF, TO_AUTHORISE, Act, Outcome.AUTHORISATION,
         then.authorise, "Les dates, les dérogations et le protocole sont gelés ; la page publique s’ouvre."),
    Gate("refuse", "Refuser", (S.SUBMITTED,), S.REFUSED, CHIEF, (), Act, Outcome.REFUSAL, then.refuse,
         "Le dossier reste au registre, avec la décision et les voies de recours."),
    Gate("withdraw", "Retirer", (S.DRAFT, S.SUBMITTED), S.WITHDRAWN, LEAD, (), Reason, None, then.reason,
         "Avant l’autorisation seulement. Le dossier reste au registre.", aside=True),
    Gate("start", "Lancer", (S.AUTHORISED,), S.RUNNING, LEAD, TO_START, Nothing, None, then.start,
         "Le terrain commence, dans la fenêtre autorisée."),
    Gate("suspend", "Suspendre", (S.RUNNING,), S.SUSPENDED, ANYONE_IN_CHARGE, (), Reason, None, then.public_reason,
         "Les dérogations sont gelées. Le temps, lui, continue de courir. Le motif est publié : n’y nommez personne.",
         aside=True),
    Gate("resume", "Reprendre", (S.SUSPENDED,), S.RUNNING, CHIEF, (before_the_end,), Reason, None, then.public_reason,
         "Le terrain reprend, avant la fin ferme seulement. Le motif est publié : n’y nommez personne."),
    Gate("extend", "Prolonger", FIELD[:1], S.RUNNING, CHIEF, TO_EXTEND, Act, Outcome.EXTENSION, then.extend,
         "Une période de plus, une nouvelle fin ferme. Jamais tacite, jamais rétroactive."),
    Gate("finish", "Terminer le terrain", FIELD, S.EVALUATING, LEAD, (), Nothing, None, then.end_field_work,
         "Le terrain est fini ; l’évaluateur peut rendre ses résultats."),
    Gate("stop", "Arrêter", (S.AUTHORISED, *FIELD), S.EVALUATING, CHIEF, (), Stop, Outcome.EARLY_STOP, then.stop,
         "Arrêt anticipé et motivé. L’évaluation et la décision restent dues.", aside=True),
    Gate("evaluate", "Verser l’évaluation", (S.EVALUATING, S.EVALUATED), S.EVALUATED, JUDGE, TO_EVALUATE, Nothing,
         None, then.record_evaluation, "Cette version ne pourra plus être modifiée ; une autre pourra la suivre."),
    Gate("decide-generalise", "Généraliser", (S.EVALUATED,), S.DECIDED, CHIEF, TO_DECIDE, Conclusion,
         Outcome.GENERALISATION, then.conclude, "L’expérimentation devient la règle."),
    Gate("decide-maintain", "Maintenir en partie", (S.EVALUATED,), S.DECIDED, CHIEF, TO_DECIDE, Conclusion,
         Outcome.PARTIAL, then.conclude, "Une partie est gardée, ou étendue de façon ciblée."),
    Gate("decide-abandon", "Abandonner", (S.EVALUATED,), S.DECIDED, CHIEF, TO_DECIDE, Conclusion,
         Outcome.ABANDONMENT, then.conclude, "L’expérimentation s’arrête là ; ce qu’on a appris reste."),
    Gate("close", "Clore", (S.DECIDED,), S.CLOSED, CHIEF, TO_CLOSE, Nothing, None, then.close,
         "Quand tout est réglé : dérogations, données, équipements, participants, enseignements."),
)  # fmt: skip
