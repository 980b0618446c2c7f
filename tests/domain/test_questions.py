"""Every question says why it is asked, and gives an example."""

from datetime import date

import pytest

from app import example
from experiments import acts
from experiments.content import Content, Question, questions
from experiments.lifecycle import LIFECYCLE
from experiments.model import Experiment
from experiments.parts import PARTS


def every_question() -> list[tuple[type[Content], Question]]:
    found: dict[tuple[type[Content], str], Question] = {}
    waiting: list[type[Content]] = [part.content for part in PARTS]
    waiting += [acts.Reason, acts.Act, acts.Stop, acts.Conclusion]
    while waiting:
        kind = waiting.pop()
        for question in questions(kind):
            found[kind, question.name] = question
            if question.kind in {"items", "group"}:
                waiting.append(question.type)
    return [(kind, question) for (kind, _), question in found.items()]


@pytest.mark.parametrize(("kind", "question"), every_question())
def test_a_question_says_why_it_is_asked(kind: type[Content], question: Question) -> None:
    assert question.why, f"{kind.__name__}.{question.name} ({question.title}) does not say why it is asked"


@pytest.mark.parametrize(
    ("kind", "question"),
    [(k, q) for k, q in every_question() if q.kind in {"line", "text", "email", "number", "integer"} and not q.list],
)
def test_a_question_answered_in_words_or_figures_gives_an_example(kind: type[Content], question: Question) -> None:
    assert question.example, f"{kind.__name__}.{question.name} ({question.title}) gives no example"


def test_no_gate_gives_the_reasons_of_another_as_an_example() -> None:
    x = Experiment(number="2026-001", version=3)
    said = []
    for gate in LIFECYCLE.values():
        filled = example.filled(gate.asks(), x, date(2026, 11, 27), gate.name)
        said += [getattr(filled, name) for name in ("facts", "reason") if hasattr(filled, name)]
    assert len(said) == 11
    assert len(set(said)) == 11, said
