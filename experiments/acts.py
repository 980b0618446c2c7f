"""What is asked of a person at a gate: a reason, or the act by which an authority decides."""

from __future__ import annotations

from datetime import date
from typing import Annotated as A

from .content import Content, ask
from .vocabulary import ActKind, StopReason


class Nothing(Content):
    """A gate that asks nothing more than what is on record."""


class Reason(Content):
    reason: A[str, ask("Motif", "Il entre dans la trace de la décision.", longest=4000)] = ""


class Act(Content):
    """A decision as it can be answered for in court; the fields line up with the SCDL schema *délibérations*."""

    act: A[ActKind | None, ask("Nature de l'acte")] = None
    number: A[str, ask("Numéro de l'acte", "", "2026-117", kind="line", longest=60)] = ""
    signed_on: A[date | None, ask("Date de l'acte")] = None
    body: A[str, ask("Instance ou autorité", "", "Bureau métropolitain", kind="line", longest=200)] = ""
    capacity: A[
        str,
        ask(
            "Décide en qualité de", "Une qualité, pas un nom.", "Vice-présidente au numérique", kind="line", longest=200
        ),
    ] = ""
    object: A[str, ask("Objet", kind="line", longest=300)] = ""
    law: A[str, ask("Motifs de droit", "Les textes sur lesquels la décision repose (CRPA L211-5).", longest=8000)] = ""
    facts: A[str, ask("Motifs de fait", "Ce qui, dans ce dossier, la justifie (CRPA L211-5).", longest=8000)] = ""
    effective_on: A[date | None, ask("Prend effet le")] = None
    conditions: A[
        str, ask("Conditions", "À remplir avant le lancement ; laissez vide s'il n'y en a pas.", longest=8000)
    ] = ""
    deadline_on: A[date | None, ask("Prochaine échéance", "Facultatif.")] = None
    remedies: A[str, ask("Voies et délais de recours", "", longest=2000)] = (
        "Recours gracieux auprès de l’autorité, ou recours devant le tribunal administratif, "
        "dans les deux mois de la publication."
    )


class Stop(Act):
    stop_reason: A[StopReason | None, ask("Pourquoi l'expérimentation s'arrête avant son terme")] = None


class Conclusion(Act):
    departure: A[
        str,
        ask(
            "Pourquoi la décision s'écarte de l'évaluation ou de l'engagement préalable",
            "Demandé seulement s'il y a un écart ; affiché en public à côté de la décision.",
            longest=8000,
        ),
    ] = ""
