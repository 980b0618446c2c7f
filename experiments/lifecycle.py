"""THE SCREEN: what must be on record, then every way on, and who opens it."""

from __future__ import annotations

from . import effects as then
from .acts import Act, Conclusion, Reason, Stop
from .gates import Gate, Lifecycle, Opener
from .obligations import Rank
from .requirements import declared as before
from .requirements import reported as after
from .requirements.derogations import DEROGATIONS
from .requirements.protocol import EVALUATION
from .vocabulary import CARRYING, Outcome, Role
from .vocabulary import Status as S

# What must be on record, as the charter composes it -------------------------------------------------------------------

TO_SUBMIT = (
    *before.IDENTITY, *before.DURATION, *DEROGATIONS, *before.STAKEHOLDERS, *EVALUATION, *before.TRANSPARENCY,
)  # fmt: skip
TO_AUTHORISE = (*TO_SUBMIT, before.opinions_in, before.term_is_ahead)
TO_START = (*before.STAKEHOLDERS, *before.TRANSPARENCY, *after.READY, after.period_open, after.before_the_end)
TO_ASK_EXTENSION = (*after.EXTENSION, after.before_the_end)
TO_EXTEND = (*TO_ASK_EXTENSION, after.asked_in_time)
TO_EVALUATE = after.RESULTS
TO_DECIDE = (after.evaluation_standing,)
TO_CLOSE = (*before.STAKEHOLDERS, *before.TRANSPARENCY, *after.ALL_SETTLED)

# Who opens. Nobody decides on what they carry, edit or evaluate; nobody evaluates what they carry or edit. ------------

LEAD = Opener(Role.LEAD)
JUDGE = Opener(Role.EVALUATOR, none_of=CARRYING)
CHIEF = Opener(Role.VALIDATOR, none_of=CARRYING | Role.EVALUATOR | Role.EVALUATED)
ANYONE_IN_CHARGE = Opener(Role.VALIDATOR | Role.LEAD)

# Who is told, but for whoever did it.
CARRIERS, CHIEFS = (Rank.LEAD, Rank.DEPUTY), (Rank.VALIDATOR,)
ALL = (*CARRIERS, Rank.EVALUATOR)

# Every way on ---------------------------------------------------------------------------------------------------------

LIFECYCLE = Lifecycle(
    Gate("submit", "Soumettre", S.DRAFT, S.SUBMITTED, LEAD, requires=TO_SUBMIT,
         effect=then.keep_submission, past="Soumise", tells=CHIEFS,
         purpose="Un valideur pourra lire le dossier et décider."),
    Gate("return", "Renvoyer", S.SUBMITTED, S.DRAFT, CHIEF,
         asks=Reason, effect=then.reason, past="Renvoyée à son équipe", tells=CARRIERS,
         purpose="Le dossier revient à son équipe, avec ce qu’il faut y revoir."),
    Gate("authorise", "Autoriser", S.SUBMITTED, S.AUTHORISED, CHIEF, requires=TO_AUTHORISE,
         asks=Act, outcome=Outcome.AUTHORISATION, effect=then.authorise, past="Autorisée", tells=ALL,
         purpose="Les dates, les dérogations et le protocole sont gelés ; la page publique s’ouvre."),
    Gate("refuse", "Refuser", S.SUBMITTED, S.REFUSED, CHIEF,
         asks=Act, outcome=Outcome.REFUSAL, effect=then.refuse, past="Refusée", tells=ALL,
         purpose="Le dossier reste au registre ; la décision, ses motifs et les voies de recours sont publiés."),
    Gate("withdraw", "Retirer", (S.DRAFT, S.SUBMITTED), S.WITHDRAWN, LEAD, aside=True,
         asks=Reason, effect=then.reason, past="Retirée", tells=CHIEFS,
         purpose="Avant l’autorisation seulement. Le dossier reste au registre."),
    Gate("start", "Lancer", S.AUTHORISED, S.RUNNING, LEAD, requires=TO_START,
         effect=then.start, past="Lancée", tells=(*CHIEFS, Rank.EVALUATOR),
         purpose="L’essai commence, dans la fenêtre autorisée."),
    Gate("suspend", "Suspendre", S.RUNNING, S.SUSPENDED, ANYONE_IN_CHARGE, requires=(after.before_the_end,), aside=True,
         asks=Reason, effect=then.public_reason, past="Suspendue", tells=(*ALL, *CHIEFS),
         purpose="Les dérogations sont gelées. Le temps, lui, continue de courir. "
                 "Le motif est publié : n’y nommez personne."),
    Gate("resume", "Reprendre", S.SUSPENDED, S.RUNNING, CHIEF, requires=(after.before_the_end,),
         asks=Reason, effect=then.public_reason, past="Reprise", tells=ALL,
         purpose="L’essai reprend, avant la fin ferme seulement. Le motif est publié : n’y nommez personne."),
    Gate("extend", "Prolonger", S.RUNNING, S.RUNNING, CHIEF, requires=TO_EXTEND,
         asks=Act, outcome=Outcome.EXTENSION, effect=then.extend, past="Prolongée", tells=ALL,
         purpose="Une période de plus, une nouvelle fin ferme. Jamais tacite, jamais rétroactive."),
    Gate("finish", "Terminer l’essai", (S.RUNNING, S.SUSPENDED), S.EVALUATING, LEAD,
         effect=then.end_field_work, past="Essai terminé", tells=(Rank.EVALUATOR, *CHIEFS),
         purpose="L’essai est fini ; l’évaluateur peut rendre ses résultats."),
    Gate("stop", "Arrêter", (S.AUTHORISED, S.RUNNING, S.SUSPENDED), S.EVALUATING, CHIEF, aside=True,
         asks=Stop, outcome=Outcome.EARLY_STOP, effect=then.stop, past="Arrêtée", tells=ALL,
         purpose="Arrêt anticipé et motivé. L’évaluation et la décision restent dues."),
    Gate("evaluate", "Verser l’évaluation", (S.EVALUATING, S.EVALUATED), S.EVALUATED, JUDGE, requires=TO_EVALUATE,
         effect=then.record_evaluation, past="Évaluation versée", tells=(*CARRIERS, *CHIEFS),
         purpose="Cette version ne pourra plus être modifiée ; une autre pourra la suivre."),
    Gate("decide-generalise", "Généraliser", S.EVALUATED, S.DECIDED, CHIEF, requires=TO_DECIDE,
         asks=Conclusion, outcome=Outcome.GENERALISATION, effect=then.conclude, past="Décidée", tells=ALL,
         purpose="L’expérimentation devient la règle."),
    Gate("decide-maintain", "Maintenir en partie", S.EVALUATED, S.DECIDED, CHIEF, requires=TO_DECIDE,
         asks=Conclusion, outcome=Outcome.PARTIAL, effect=then.conclude, past="Décidée", tells=ALL,
         purpose="Une partie est gardée, ou étendue de façon ciblée."),
    Gate("decide-abandon", "Abandonner", S.EVALUATED, S.DECIDED, CHIEF, requires=TO_DECIDE,
         asks=Conclusion, outcome=Outcome.ABANDONMENT, effect=then.conclude, past="Décidée", tells=ALL,
         purpose="L’expérimentation s’arrête là ; ce qu’on a appris reste."),
    Gate("close", "Clore", S.DECIDED, S.CLOSED, CHIEF, requires=TO_CLOSE,
         effect=then.close, past="Close", tells=ALL,
         purpose="Quand tout est réglé : dérogations, données, équipements, participants, enseignements."),
)  # fmt: skip
