"""The duties in French: the act asked of whoever owes it, of whoever sees to it, and what lapses."""

from __future__ import annotations

from experiments.duties import DUTIES
from experiments.obligations import Task
from experiments.words import typeset

# Each with the title of the experiment: what is asked of whoever does it, then of whoever sees that it is done.
ACTS = {
    Task.DATES: "Fixer le début et la fin ferme de {}",
    Task.OPINION: "Donner votre avis sur {}",
    Task.VALIDATION: "Lire le dossier de {} et décider",
    Task.REVIEW: "Relire la fiche de {} et dire qu’elle est à jour",
    Task.START: "Lancer {}, ou faire arrêter ce dossier",
    Task.MIDTERM: "Verser l’évaluation à mi-parcours de {}",
    Task.EXTENSION: "Demander la prolongation de {}, si elle se justifie",
    Task.ANSWER: "Répondre à la demande de prolongation de {}",
    Task.DEROGATION: "Préparer la fin d’une dérogation de {}",
    Task.END: "Préparer la fin de {}",
    Task.FIELD: "Terminer l’essai de {}, pour que l’évaluation soit versée à temps",
    Task.EVALUATION: "Verser l’évaluation de {}",
    Task.DECISION: "Décider de la suite de {}",
    Task.PUBLICATION: "Attester que l’évaluation de {} est publiée, et préparer la clôture",
    Task.CLOSURE: "Clore le dossier de {}",
    Task.FOLLOW_UP: "Dire ce qu’il reste de {}, un an après",
}
OVERSEEN = {
    Task.DATES: "Faire fixer le début et la fin ferme de {}",
    Task.OPINION: "Obtenir l’avis attendu sur {}",
    Task.VALIDATION: "Obtenir la décision attendue sur {}",
    Task.REVIEW: "Faire relire la fiche de {}",
    Task.START: "Faire lancer ou arrêter {}",
    Task.MIDTERM: "Faire verser l’évaluation à mi-parcours de {}",
    Task.EXTENSION: "Faire examiner la prolongation de {}",
    Task.ANSWER: "Obtenir la réponse à la demande de prolongation de {}",
    Task.DEROGATION: "Faire préparer la fin d’une dérogation de {}",
    Task.END: "Faire préparer la fin de {}",
    Task.FIELD: "Faire terminer l’essai de {}, pour que l’évaluation soit versée à temps",
    Task.EVALUATION: "Faire verser l’évaluation de {}",
    Task.DECISION: "Obtenir la décision sur la suite de {}",
    Task.PUBLICATION: "Faire attester que l’évaluation de {} est publiée, et préparer la clôture",
    Task.CLOSURE: "Obtenir la clôture du dossier de {}",
    Task.FOLLOW_UP: "Faire dire ce qu’il reste de {}, un an après",
}

# What comes by itself when the day is past.
LAPSED = {
    Task.END: "Ce jour passé, les dérogations ne sont plus en vigueur\u00a0; l’évaluation et la décision restent dues.",
    Task.ANSWER: "Sans réponse, la fin ferme demeure.",
    Task.EXTENSION: "Ce jour passé, aucune prolongation ne peut plus être demandée et la fin ferme demeure.",
    Task.DEROGATION: "Ce jour passé, la dérogation n’est plus en vigueur et la règle s’applique de nouveau.",
}  # fmt: skip

TASKS = {task: task.label for task in Task}
BUTTONS = {task: rule.act for task, rule in DUTIES.items()}
SOURCES = {
    task: typeset(rule.asked_by.replace(" : ", ", ").replace("Règle", "règle").replace("Charte", "charte"))
    for task, rule in DUTIES.items()
}
