"""The bench, on a small register: its copies are sound, and its figures make sense."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from app import clock
from app.db import Database, is_current
from bench import public, public_report, reminders, reminders_report, report
from bench.fill import SHARES, fill
from bench.load import used
from bench.measure import BARE, Effort, measure
from bench.million import multiply
from bench.public_visits import PROMISED, VISITS, Way
from bench.variety import COMMON, NAMESAKES, RARE
from experiments import lists, publications, published, queries
from experiments.filters import Filters
from experiments.model import Decision, Entry, Evaluation, Experiment, Publication, WrittenPart
from experiments.published import TOLD
from experiments.publishing import columns_of

SIZE = 50


def test_a_filled_register_is_sound(database_url: str) -> None:
    database = Database(database_url)
    fill(database, SIZE)
    assert is_current(database.engine)  # The guards are back.
    with database.reading() as session:
        rows = session.execute(select(Experiment.status, func.count()).group_by(Experiment.status)).all()
        found = dict(rows)
        assert sum(found.values()) == SIZE
        assert found.keys() == SHARES.keys()
        for owned in (WrittenPart, Entry, Evaluation, Decision):
            assert session.scalar(select(func.count()).select_from(owned)) > SIZE
        last = session.scalars(select(Experiment).order_by(Experiment.id.desc()).limit(1)).one()
        copy = queries.file(session, last.number)
        assert copy.written
        assert copy.involved
        if database.engine.dialect.name == "sqlite":
            assert not session.execute(text("PRAGMA foreign_key_check")).all()
    database.engine.dispose()


def check_publications(database: Database, size: int) -> None:
    """What the public reads agrees with itself, and is found by its words."""
    with database.public() as public:
        rows = public.execute(select(Publication.__table__).order_by(Publication.id)).all()
        told = [row for row in rows if row.status in TOLD]
        assert 0.8 * size < len(told) < len(rows) < size
        for row in rows:
            record = published.read(row.document)
            assert record.number == row.number
            if row.status in TOLD and row.id % 1000 < 20:  # Those that were not multiplied.
                columns = columns_of(record)
                assert all(getattr(row, name) == columns[name] for name in columns.keys() - {"seq", "words"})
        today = clock.today()
        for word, count in ((COMMON, len(told)), (RARE, NAMESAKES)):
            found = lists.following(public, Filters(text=word, status="all"), today, limit=size)
            assert count - 6 <= len(found) <= count + 6
        assert len({row.title for row in told}) > len(told) / 4
        assert publications.one(public, told[-1].number)
    database.public_engine.dispose()


def test_what_is_published_of_a_filled_register_is_sound(database_url: str) -> None:
    database = Database(database_url)
    fill(database, 2 * SIZE, whole=False)
    assert is_current(database.engine)
    check_publications(database, 2 * SIZE)
    if database.engine.dialect.name == "postgresql":
        multiply(database, 3)
        assert is_current(database.engine)
        check_publications(database, 6 * SIZE)
    database.engine.dispose()


@pytest.mark.only("sqlite")
def test_the_figures_of_the_public_side_make_sense(empty_database_url: str, tmp_path: Path) -> None:
    effort = public.Effort((SIZE,), 1, 1, 1)
    figures = public.measure(lambda _name: empty_database_url, str(tmp_path), effort, None, lambda _words: None)
    register = figures[SIZE]
    assert register.visits.keys() == VISITS.keys()
    for name, ways in register.visits.items():
        for visit in ways.values():
            assert 0 < visit.cost < 1, name
            assert visit.statements, name
    for name in PROMISED:
        assert register.visits[name][Way.KEPT].statements == register.visits[name][Way.HELD].statements == 1, name
        assert register.visits[name][Way.FRESH].statements > 1, name
    assert register.resident > 10_000_000
    assert all(export.bytes > 1000 for export in register.exports.values())
    page = public_report.page({"sqlite": figures}, effort, "", date(2026, 3, 2))
    assert "Recherche, mot de vingt" in page


@pytest.mark.only("sqlite")
def test_the_figures_make_sense(empty_database_url: str, tmp_path: Path) -> None:
    figures = measure(lambda _name: empty_database_url, str(tmp_path), Effort((SIZE,), 1, 4), None, lambda _words: None)
    register = figures[SIZE]
    for name, visit in register.visits.items():
        assert 0 < visit.cpu < 1, name
        assert visit.rate > 0, name
        assert 0 < report.percentile(visit.alone, 50) <= report.percentile(visit.alone, 99) < 10, name
    assert all(register.visits[name].statements for name in (*report.PAGES, *report.GATES))
    assert register.visits["list"].cpu > register.visits["asset"].cpu
    assert register.visits[BARE].statements is None
    assert register.first.requests >= 2
    assert register.first.bytes > 1000
    page = report.page({"sqlite": figures}, 1.0, Effort((SIZE,), 1, 4), "", date(2026, 3, 2))
    assert "Liste publique" in page


@pytest.mark.only("sqlite")
def test_the_figures_of_reminders_make_sense(empty_database_url: str, tmp_path: Path) -> None:
    found = reminders.measure(lambda _name: empty_database_url, str(tmp_path), (SIZE * 4,), 20, lambda _words: None)
    [planned] = found.planned.values()
    assert planned.reckoned.count == SIZE * 4
    assert planned.first_day.count > 0 < planned.reminders
    assert found.sending
    assert found.sending.count == 20
    assert 10 < found.sending.rate < 5000
    assert found.idle
    assert found.idle.statements == found.idle.count
    assert found.feed
    assert found.feed.events > SIZE
    assert "Prévoir un jour" in reminders_report.page({"sqlite": found}, "", date(2026, 3, 2))


def test_processes_that_ended_count_for_nothing() -> None:
    assert used([2**22 + 1]) == {}
