"""How the open data are written: cell by cell for people, of one moment, in little memory, whole or not at all."""

import csv
import json
import sqlite3
import tracemalloc
from collections.abc import Callable
from contextlib import closing
from datetime import UTC
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from app.db import Database
from experiments import documents, queries
from experiments.exports import writing
from experiments.exports.columns import Table
from experiments.exports.forms import PEOPLE, PROGRAMS, Batch, exact, harmless
from experiments.exports.tables import TABLES
from experiments.model import Publication
from experiments.vocabulary import Status
from tests.builders import TODAY, an_experiment, cross
from tests.domain.exported import BY


@pytest.mark.parametrize(
    ("value", "cell"),
    [("=1+1", "'=1+1"), ("\t=1", "'\t'=1"), ("\r@x", "'\r'@x"), ("a\n- b", "a\n'- b"), ("＠x", "'＠x"),
     ("un - deux = trois", "un - deux = trois"), ("a ; -b", "a ;' -b"), (Decimal("-3.50"), "-3,50"), (-4, "-4"),
     ("\u200b\ufeff=1+1", "'\u200b\ufeff=1+1"), (True, "oui"), (None, ""), ("", "")],
)  # fmt: skip
def test_a_cell_for_people(value: Any, cell: str) -> None:
    assert harmless(value) == cell


class Rows(Batch):
    """These rows, whatever the table."""

    def __init__(self, rows: list[list[Any]]) -> None:
        super().__init__([], BY)
        self.rows = rows

    def lines(self, table: Table) -> list[list[Any]]:
        return self.rows


_texts = st.text(st.sampled_from("ab é’;,|\t\r\n\"'=-+@−\u200b\u00a0"), max_size=8)
_values = st.one_of(
    _texts, st.none(), st.booleans(), st.integers(), st.decimals(allow_nan=False, allow_infinity=False), st.dates(),
    st.datetimes(timezones=st.just(UTC)), st.sampled_from(Status),
)  # fmt: skip


@given(st.lists(st.lists(_values, min_size=3, max_size=3), max_size=4))
def test_rows_looked_at_as_a_whole_are_those_that_the_csv_module_writes_cell_by_cell(rows: list[list[Any]]) -> None:
    for form, write, separator in ((PEOPLE, harmless, ";"), (PROGRAMS, exact, ",")):
        expected = StringIO()
        csv.writer(expected, delimiter=separator).writerows(map(write, row) for row in rows)
        assert form.rows(TABLES["communes"], Rows(rows)).decode() == expected.getvalue()


class Watched(BytesIO):
    """A file that does something when it is first written to."""

    def __init__(self, first: Callable[[], object]) -> None:
        super().__init__()
        self.first: Callable[[], object] | None = first

    def write(self, data: Any, /) -> int:
        first, self.first = self.first, None
        if first:
            first()
        return super().write(data)


def test_a_file_tells_one_moment_even_while_the_register_changes(register: Database) -> None:
    with register.changing() as session:
        number = an_experiment(session, Status.RUNNING).number

    def change() -> None:
        with register.changing() as session:
            x = queries.file(session, number, for_change=True)
            assert x is not None
            cross(session, x, "suspend", on=TODAY)
            an_experiment(session, Status.AUTHORISED)

    before, after = Watched(change), BytesIO()
    for file in (before, after):
        with register.public() as public:
            writing.fill(public, {"/experimentations.json": file}, BY)
    told, later = (json.loads(file.getvalue()) for file in (before, after))
    assert [x["status"] for x in told["experiments"]] == ["running"]
    assert [x["status"] for x in later["experiments"]] == ["suspended", "authorised"]
    assert told["trace"]["entries"] == told["experiments"][0]["steps"][-1]["seq"]
    assert told["version"] < later["version"]


def _copy(database: Database, first: int, last: int) -> None:
    """More rows like the only one there was at first: nothing but what is public of it, and no file behind."""
    kept = [c.name for c in Publication.__table__.columns if c.computed is None]
    new = {"id": "id + n", "number": f"'9' || substr(CAST(n + {10**5} AS text), 4) || '-' || (100000 + n)"}
    series = f"WITH RECURSIVE s(n) AS (SELECT {first} UNION ALL SELECT n + 1 FROM s WHERE n < {last})"
    values = ", ".join(new.get(name, name) for name in kept)
    insert = f"INSERT INTO publications ({', '.join(kept)}) {series} SELECT {values} FROM publications, s WHERE id = 1"
    if database.engine.dialect.name == "sqlite":
        with closing(sqlite3.connect(database.engine.url.database or "")) as connection, connection:
            connection.execute(insert)
    else:
        with database.engine.begin() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            connection.execute(text(insert))


class Nowhere:
    def write(self, data: bytes, /) -> None: ...


def _peak(database: Database) -> int:
    tracemalloc.start()
    try:
        with database.public() as public:
            writing.fill(public, {"/experimentations.json": Nowhere(), "/donnees/criteres.csv": Nowhere()}, BY)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_does_not_grow_with_the_register(register: Database) -> None:
    with register.changing() as session:
        an_experiment(session, Status.CLOSED)
    _copy(register, 1, 300)
    small = _peak(register)
    _copy(register, 301, 1200)
    assert _peak(register) < 1.3 * small


class Full:
    """A disk with room for little more than the head of a file."""

    room = 2000

    def write(self, data: bytes, /) -> None:
        self.room -= len(data)
        if self.room < 0:
            raise OSError("No space left on device")


def test_a_file_that_cannot_be_written_leaves_the_session_as_good_as_before(register: Database) -> None:
    with register.changing() as session:
        an_experiment(session, Status.CLOSED)
    _copy(register, 1, 300)
    with register.public() as public:
        with pytest.raises(OSError, match="No space"):
            writing.fill(public, {"/experimentations.json": Full()}, BY)
        public.rollback()
        assert len(documents.some(public, told=False, limit=1000)) == 301


def test_a_folder_is_written_whole_or_not_at_all(register: Database, tmp_path: Path) -> None:
    with register.changing() as session:
        an_experiment(session, Status.RUNNING)
    (tmp_path / "experimentations.json").write_text("hier")
    (tmp_path / "donnees").write_text("un fichier où il faut un dossier")
    with register.public() as public, pytest.raises(OSError, match="donnees"):
        writing.export(public, tmp_path, BY)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["donnees", "experimentations.json"]
    assert (tmp_path / "experimentations.json").read_text() == "hier"
    (tmp_path / "donnees").unlink()
    with register.public() as public:
        written = writing.export(public, tmp_path, BY)
    assert sorted(path for path in tmp_path.rglob("*") if path.is_file()) == sorted(written)
    assert json.loads((tmp_path / "experimentations.json").read_bytes())["experiments"]
