"""What an act must say before a gate opens: its number, its date, its author by capacity, its reasons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from .. import declared as d
from ..acts import Act, Conclusion, Reason, Stop
from ..content import Content
from ..ladder import paris_day
from ..model import Experiment
from ..record import Record
from ..vocabulary import Finding, Outcome, Promise
from ..words import typeset
from .how import answered


@dataclass(frozen=True)
class Asked:
    """One thing asked of the person at the gate itself. `test` sees the answers, the record and the day."""

    code: str
    sentence: str
    field: str
    source: str
    of: type[Content]
    test: Callable[[Content, Experiment, Outcome | None, date], bool]


ASKED: list[Asked] = []


def _asked(of: type[Content], field: str, sentence: str, source: str = "",
           test: Callable[..., bool] | None = None, code: str = "") -> None:  # fmt: skip
    def is_given(answers: Content, _x: Experiment, _outcome: Outcome | None, _today: date) -> bool:
        return answered(getattr(answers, field))

    ASKED.append(Asked(code or f"act.{field}", typeset(sentence), field, typeset(source), of, test or is_given))


def _signed(answers: Act, x: Experiment, outcome: Outcome | None, today: date) -> bool:
    return answers.signed_on is not None and _ripe_on(x, outcome) <= answers.signed_on <= today


def _ripe_on(x: Experiment, outcome: Outcome | None) -> date:
    """The first day on which an act can be signed: nobody signs on what is not on record yet."""
    seen = [e for e in x.evaluations if e.interim] if outcome is Outcome.EXTENSION else [x.evaluation]
    concludes = outcome in (Outcome.EXTENSION, Outcome.GENERALISATION, Outcome.PARTIAL, Outcome.ABANDONMENT)
    last = seen[-1] if seen and concludes else None
    return paris_day(last.recorded_at if last else x.created_at)


def _effective(answers: Act, x: Experiment, outcome: Outcome | None, _today: date) -> bool:
    if answers.effective_on is None or answers.signed_on is None:
        return False
    # An act that grants time takes effect within it; when there is none left, another condition says so.
    granting = outcome in (Outcome.AUTHORISATION, Outcome.EXTENSION)
    last = x.ends_on if granting and x.ends_on and x.ends_on >= answers.signed_on else date.max
    return answers.signed_on <= answers.effective_on <= last


def promised(x: Record, verdict: Finding) -> Promise | None:
    """What was promised, before the start, for this verdict."""
    protocol = x.read(d.Protocol)
    return {
        Finding.CONFIRMED: protocol.if_confirmed,
        Finding.REFUTED: protocol.if_refuted,
        Finding.INCONCLUSIVE: protocol.if_inconclusive,
    }[verdict]


def departs(x: Experiment, outcome: Outcome | None) -> bool:
    """Whether a decision departs from the verdict or from the promise made for it: then reasons are owed."""
    verdict = x.evaluation.verdict if x.evaluation else None
    if verdict is None or outcome is None:
        return False
    promise = promised(x, verdict)
    against_promise = promise is not None and str(promise) != str(outcome)
    against_verdict = (outcome, verdict) in {
        (Outcome.GENERALISATION, Finding.REFUTED),
        (Outcome.GENERALISATION, Finding.INCONCLUSIVE),
        (Outcome.PARTIAL, Finding.REFUTED),
        (Outcome.ABANDONMENT, Finding.CONFIRMED),
    }
    return against_promise or against_verdict


def _departure(answers: Conclusion, x: Experiment, outcome: Outcome | None, _today: date) -> bool:
    return answered(answers.departure) or not departs(x, outcome)


_asked(Reason, "reason", "Donner le motif", code="reason")
_asked(Act, "act", "Dire la nature de l’acte")
_asked(Act, "number", "Donner le numéro de l’acte")
_asked(Act, "signed_on", "Dater l’acte, après ce sur quoi il s’appuie et au plus tard aujourd’hui", test=_signed)
_asked(Act, "body", "Nommer l’instance ou l’autorité")
_asked(Act, "capacity", "Dire en quelle qualité vous décidez", "Charte, principe 9 : traçabilité de la décision")
_asked(Act, "object", "Donner l’objet de l’acte")
_asked(Act, "law", "Donner les motifs de droit", "CRPA L211-5")
_asked(Act, "facts", "Donner les motifs de fait", "CRPA L211-5")
_asked(
    Act,
    "effective_on",
    "Dire quand l’acte prend effet : jamais avant d’être signé, ni après la fin qu’il règle",
    test=_effective,
)
_asked(Act, "remedies", "Donner les voies et délais de recours")
_asked(Stop, "stop_reason", "Dire pourquoi l’expérimentation s’arrête")
_asked(Conclusion, "departure", "Dire pourquoi la décision s’écarte de l’évaluation ou de l’engagement préalable",
       "Charte, principe 9 : traçabilité de la décision", test=_departure)  # fmt: skip
