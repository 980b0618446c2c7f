"""What is asked of a person at a gate: a reason, or the act by which an authority decides."""

from __future__ import annotations

from datetime import date
from typing import Annotated as A

from .content import Content, ask
from .vocabulary import ActKind, StopReason

# fmt: off

class Nothing(Content):
    """A gate that asks nothing more than what is on record."""


class Reason(Content):
    reason: A[str, ask(
        "Motif", "Il entre dans la trace de la décision.",
        "Le protocole ne dit pas qui mesure le deuxième critère.",
        longest=4000)] = ""


class Act(Content):
    """A decision as it can be answered for in court; the fields line up with the SCDL schema *délibérations*."""
    act: A[ActKind | None, ask("Nature de l’acte", "Délibération, arrêté ou décision : ce qui fait foi.")] = None
    number: A[str, ask(
        "Numéro de l’acte", "Pour retrouver l’acte, et le joindre au registre des délibérations.",
        "2026-117",
        kind="line", longest=60)] = ""
    signed_on: A[date | None, ask(
        "Date de l’acte", "Celle où une délibération est adoptée ; un acte n’est jamais antidaté.")] = None
    body: A[str, ask(
        "Instance ou autorité", "Qui a pris l’acte.",
        "Bureau métropolitain",
        kind="line", longest=200)] = ""
    capacity: A[str, ask(
        "Décide en qualité de", "Une qualité, pas un nom.",
        "Vice-présidente au numérique",
        kind="line", longest=200)] = ""
    object: A[str, ask(
        "Objet", "Repris tel quel dans le registre des délibérations.",
        "Expérimentation 2026-014, « Internet solidaire » : autorisation",
        kind="line", longest=300)] = ""
    law: A[str, ask(
        "Motifs de droit", "Les textes sur lesquels la décision repose (CRPA L211-5).",
        "Code général des collectivités territoriales, article L5217-2 ; délibération 2025-112.",
        longest=8000)] = ""
    facts: A[str, ask(
        "Motifs de fait", "Ce qui, dans ce dossier, la justifie (CRPA L211-5).",
        "Le protocole est complet, l’évaluateur indépendant, le quartier volontaire.",
        longest=8000)] = ""
    effective_on: A[date | None, ask(
        "Prend effet le", "Jamais avant d’être signé : une décision n’est pas rétroactive.")] = None
    conditions: A[str, ask(
        "Conditions", "Ce que la décision exige d’abord ; laissez vide si elle n’exige rien.",
        "Faire contrôler l’accessibilité avant l’ouverture.",
        longest=8000)] = ""
    deadline_on: A[date | None, ask("Prochaine échéance", "Facultatif.")] = None
    remedies: A[str, ask(
        "Voies et délais de recours", "Qui conteste doit savoir où et jusqu’à quand (CRPA L211-5, CJA R421-1).",
        "Recours devant le tribunal administratif dans les deux mois.",
        longest=2000)] = (
        "Recours gracieux auprès de l’autorité, ou recours devant le tribunal administratif, "
        "dans les deux mois de la publication."
    )


class Stop(Act):
    stop_reason: A[StopReason | None, ask(
        "Pourquoi l’expérimentation s’arrête avant son terme",
        "Une liste fermée : c’est ce qui permettra de compter pourquoi les essais s’arrêtent.")] = None


class Conclusion(Act):
    departure: A[str, ask(
        "Pourquoi la décision s’écarte de l’évaluation ou de l’engagement préalable",
        "Demandé seulement s’il y a un écart ; affiché en public à côté de la décision.",
        "L’hypothèse est confirmée, mais la subvention qui portait l’essai s’arrête.",
        longest=8000)] = ""
