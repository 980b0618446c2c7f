"""Who is to do something, as a French sentence says it: « à faire par l’évaluateur », « par un valideur »."""

from __future__ import annotations

from experiments.obligations import Rank
from experiments.vocabulary import Role

# One person is named to the first ones; whoever holds the others may act, and one is enough.
_RANKS = {
    Rank.ADVISER: "la personne consultée",
    Rank.EVALUATOR: "l’évaluateur",
    Rank.LEAD: "le porteur",
    Rank.DEPUTY: "le suppléant",
    Rank.HEAD: "la direction",
    Rank.VALIDATOR: "un valideur",
    Rank.AUDITOR: "un auditeur",
    Rank.ADMINISTRATOR: "un administrateur",
}
_ROLES = {
    Role.LEAD: "le porteur ou le suppléant",
    Role.EDITOR: "un contributeur",
    Role.EVALUATOR: "l’évaluateur",
    Role.ADVISER: "la personne consultée pour avis",
    Role.VALIDATOR: "un valideur",
    Role.AUDITOR: "un auditeur",
    Role.ADMINISTRATOR: "un administrateur",
    Role.EVALUATED: "l’auteur de l’évaluation",
    Role.HEAD: "la direction",
}


def done_by(who: Rank | Role) -> str:
    """« à faire par le porteur ou le suppléant »; nothing where nobody can but wait."""
    if isinstance(who, Rank):
        return f"à faire par {_RANKS[who]}"
    return f"à faire par {' ou '.join(_ROLES[role] for role in who)}" if who else ""
