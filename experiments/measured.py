"""Whether the verdict of an evaluation rests on any figure that the public reads."""

from __future__ import annotations

from . import declared as d
from . import reported as r
from .content import decode
from .record import Assessed, Record


def nothing_measured(x: Record, evaluation: Assessed | None) -> bool:
    """Whether a verdict that the public reads rests on no published figure at all."""
    if evaluation is None or evaluation.verdict is None or not evaluation.text:
        return False
    frozen = {criterion.id for criterion in x.read(d.Protocol).criteria}
    results = decode(r.Evaluation, evaluation.text).results
    return not any(result.value is not None and result.criterion in frozen for result in results)
