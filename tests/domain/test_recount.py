"""The program that the site hands out finds every figure of a report again, from the tables alone."""

from collections.abc import Iterator
from datetime import date
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest
from msgspec.structs import replace

from app.db import Database
from experiments import documents, policy
from experiments.exports import writing
from experiments.exports.publisher import Publisher
from experiments.report import Period, draw
from experiments.vocabulary import Status
from tests.builders import an_experiment, cross

BY = Publisher("Métropole d’Exemple", "https://experimentations.exemple.fr")
PROGRAM = Path(__file__).parents[2] / "docs" / "recalculer.py"


@pytest.fixture
def program() -> ModuleType:
    """It, apart from everything of ours: it is run by people who have nothing else."""
    spec = spec_from_file_location("recalculer", PROGRAM)
    assert spec
    assert spec.loader
    found = module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


def fill(register: Database) -> None:
    """Each status, each way out, an extension granted after the end of a year, terms kept and missed."""
    day = date(2025, 3, 10)
    with register.changing() as session:
        for status in Status:
            an_experiment(session, status, today=day)
        cross(session, an_experiment(session, Status.SUBMITTED, today=day), "return", on=day)
        cross(session, an_experiment(session, Status.SUBMITTED, today=day), "withdraw", on=day)
        cross(session, an_experiment(session, Status.RUNNING, today=date(2025, 4, 15)), "stop", on=date(2025, 6, 2))
        cross(session, an_experiment(session, Status.RUNNING, today=date(2025, 4, 15)), "extend", on=date(2025, 9, 1))
        cross(session, an_experiment(session, Status.AUTHORISED, today=day), "stop", on=day)
        an_experiment(session, Status.CLOSED, today=date(2025, 12, 20))
        late = an_experiment(session, Status.EVALUATING, today=date(2025, 10, 7))
        cross(session, late, "evaluate", on=date(2026, 1, 20))
        cross(session, late, "decide-abandon", on=date(2026, 2, 10))
        an_experiment(session, Status.EVALUATING, today=date(2025, 10, 7))


@pytest.fixture(params=[12, 4], ids=["the charter's", "a stricter"])
def weeks(request: pytest.FixtureRequest) -> Iterator[int]:
    """How long publishing may take here, in weeks."""
    ours = policy.current()
    policy.use(replace(ours, publication=replace(ours.publication, weeks_after_decision=request.param)))
    yield request.param
    policy.use(ours)


def test_every_figure_is_found_again_from_the_tables_without_a_word_of_this_program(
    register: Database, tmp_path: Path, program: ModuleType, weeks: int
) -> None:
    fill(register)
    with register.public() as public:
        writing.export(public, tmp_path, BY)
    with register.public() as public:
        records = [*documents.every(public, told=False)]
    data = program.Data(str(tmp_path))
    assert data.weeks() == weeks
    for year in range(2023, 2027):
        for made_on in (date(year, 1, 1), date(year, 7, 14), date(2027, 5, 3)):
            period = Period(year, made_on)
            report = draw(records, year, made_on)
            told = program.Period(period.first, period.last, made_on)
            found = {code: counts for code, *counts in program.reckon(data, told, data.weeks())}
            assert found == {one.code: [one.value, one.numerator, one.denominator] for one in report.figures}
