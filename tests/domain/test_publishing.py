"""What is published is what the record says, no sooner and no more; and the public side can read nothing else."""

from datetime import date

import pytest
from msgspec.structs import fields
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.db import Database
from experiments import declared as d
from experiments import editing, public_access, publications, published, publishing, queries, register
from experiments import reported as r
from experiments.model import Base, Experiment, Publication
from experiments.parts import BY_CONTENT
from experiments.vocabulary import PUBLIC, Status
from tests import people
from tests.builders import PATHS, TODAY, an_experiment, complete, cross, noon, step_by_step

TOLD = PUBLIC | {Status.REFUSED}


@pytest.fixture
def register_of(database_url: str) -> Database:
    return Database(database_url)


def kept(session: Session, x: Experiment) -> Publication | None:
    return session.get(Publication, x.id, populate_existing=True)


@pytest.mark.parametrize("status", [*Status])
def test_what_is_published_is_what_the_status_allows(session: Session, status: Status) -> None:
    x = an_experiment(session, status)
    found = kept(session, x)
    if status in (Status.DRAFT, Status.WITHDRAWN):  # The builder withdraws a draft: nobody ever proposed it.
        assert found is None
        return
    assert found is not None
    told = published.read(found.document)
    assert (told.number, told.status, found.version) == (x.number, status, x.version)
    assert told.is_told is (status in TOLD)
    assert bool(told.title) is (status in TOLD)
    assert bool(told.parts) is (status in TOLD)
    assert ("cloture" in told.parts) is (status is Status.CLOSED)
    assert all(bool(e.text) is (e.interim or status in (Status.DECIDED, Status.CLOSED)) or not e.text
               for e in told.evaluations)  # fmt: skip
    assert [step.event for step in told.steps][-1] != "open"
    for slug, raw in told.parts.items():
        assert bytes(raw).decode() == next(part.text for part in x.written if part.slug == slug), "byte for byte"


def test_an_evaluation_not_yet_decided_on_shows_its_fingerprint_alone(session: Session) -> None:
    x = an_experiment(session, Status.EVALUATED)
    found = kept(session, x)
    assert found is not None
    final = published.read(found.document).evaluation
    assert final is not None
    assert (final.text, final.verdict) == ("", None)
    assert len(final.fingerprint) == 64


def test_a_proposal_sent_back_says_its_number_and_nothing_else(session: Session) -> None:
    x = an_experiment(session, Status.SUBMITTED)
    cross(session, x, "return", on=TODAY)
    found = kept(session, x)
    assert found is not None
    assert (found.status, found.title, found.words, found.facets) == (Status.DRAFT, "", "", "")
    assert x.title not in found.document


def test_a_change_of_the_record_changes_what_is_published_in_the_same_transaction(session: Session) -> None:
    x = an_experiment(session, Status.RUNNING)
    before = register.version(session)
    costs = complete(TODAY)[d.Costs]
    costs.rollout = "Un million, selon le devis du 3 mars"
    editing.write(session, x, people.awa(session), BY_CONTENT[d.Costs], costs, seen=None, now=noon(TODAY))
    found = kept(session, x)
    assert found is not None
    assert "Un million, selon le devis" in found.document
    assert register.version(session) > before
    session.rollback()
    assert session.scalars(select(Publication)).first() is None


def test_what_is_being_written_is_not_published(session: Session) -> None:
    x = an_experiment(session, Status.RUNNING)
    interim = r.Interim(summary="Ce que personne ne doit lire encore")
    editing.write(session, x, people.claire(session), BY_CONTENT[r.Interim], interim, seen=None, now=noon(TODAY))
    found = kept(session, x)
    assert found is not None
    assert "personne ne doit lire" not in found.document


@pytest.mark.parametrize("status", [status for status in Status if "submit" in PATHS[status]])
def test_what_is_published_does_not_depend_on_how_the_file_came_to_it(session: Session, status: Status) -> None:
    x = step_by_step(session, status)
    kept = session.get(Publication, x.id)
    at_each_step = _columns(kept)
    session.delete(kept)
    session.flush()
    publishing.publish(session, x)
    session.flush()
    assert _columns(session.get(Publication, x.id)) == at_each_step


def _columns(row: Publication | None) -> dict[str, object] | None:
    return row and {column.key: getattr(row, column.key) for column in Publication.__table__.columns}


def test_older_files_are_published_at_the_next_upgrade(session: Session) -> None:
    x = an_experiment(session, Status.RUNNING)
    session.execute(update(Publication).values(form=0, document="{}"))
    session.flush()
    session.expire_all()
    assert publishing.catch_up(session) == 1
    found = kept(session, x)
    assert found is not None
    assert published.read(found.document).number == x.number
    assert publishing.catch_up(session) == 0


def test_the_public_side_reads_what_is_public_and_the_database_refuses_it_the_rest(register_of: Database) -> None:
    with register_of.changing() as session:
        x = an_experiment(session, Status.RUNNING)
        number = x.number
    with register_of.public() as public:
        found = publications.one(public, number)
        assert found is not None
        assert found.number == number
        assert publications.deadlines(public, TODAY, since=noon(date(2000, 1, 1)))
    open_to_all = {*public_access.TABLES, *public_access.VIEWS}
    for table in Base.metadata.sorted_tables:
        column = next(iter(table.columns)).name
        with register_of.public() as public:
            query = text(f"SELECT {column} FROM {table.name}")
            if table.name in open_to_all:
                public.execute(query).all()
            else:
                with pytest.raises(DBAPIError, match=r"prohibited|denied"):
                    public.execute(query).all()
    for change in ("UPDATE register SET version = 0", "DELETE FROM publications", "CREATE TABLE t (a int)"):
        with register_of.public() as public, pytest.raises(DBAPIError):
            public.execute(text(change))
    with register_of.public() as public, pytest.raises(DBAPIError):
        queries.file(public, number)
    register_of.engine.dispose()
    register_of.public_engine.dispose()


def test_a_query_that_takes_the_name_of_a_view_reads_no_more_than_the_view(register_of: Database) -> None:
    # SQLite hands its authorizer the name of a subquery where that of a view is expected.
    for name in public_access.VIEWS:
        for private in ("SELECT email FROM people", "SELECT text FROM voices", "SELECT secret FROM webhooks"):
            with register_of.public() as public, pytest.raises(DBAPIError, match=r"prohibited|denied"):
                public.execute(text(f"WITH {name} AS ({private}) SELECT * FROM {name}")).all()
    register_of.engine.dispose()
    register_of.public_engine.dispose()


ATTACKS = {
    "sqlite": (
        "ATTACH ':memory:' AS other", "PRAGMA query_only = OFF", "PRAGMA writable_schema = ON",
        "PRAGMA table_info(people)", "SELECT name FROM pragma_table_info('people')", "SELECT name FROM dbstat",
        "SELECT load_extension('x')",
        "SELECT count(*) FROM people", "SELECT 1 FROM people", "SELECT (SELECT email FROM people)",
        "SELECT id FROM publications WHERE EXISTS (SELECT 1 FROM people WHERE email LIKE 'a%')",
        "CREATE TEMP TABLE t (a int)", "CREATE TEMP VIEW t AS SELECT * FROM people",
        "CREATE TEMP TRIGGER t AFTER INSERT ON publications BEGIN SELECT 1; END",
        "CREATE VIRTUAL TABLE t USING fts5(a)",
        "INSERT INTO publication_words (publication_words) VALUES ('delete-all')", "EXPLAIN SELECT email FROM people",
    ),
    "postgresql": (
        "COPY people TO STDOUT", "COPY (SELECT 1) TO PROGRAM 'true'", "SELECT pg_read_file('postgresql.conf')",
        "SELECT lo_import('postgresql.conf')", "SELECT rolname FROM pg_authid",
        "SELECT query_to_xml('SELECT * FROM people', true, false, '')",
        "SELECT count(*) FROM people", "SELECT (SELECT email FROM people)", "SELECT nextval('people_id_seq')",
        "DO $$ BEGIN PERFORM email FROM people; END $$", "CREATE EXTENSION dblink", "CREATE TEMP TABLE t (a int)",
        "ALTER ROLE jalon_public SUPERUSER", "GRANT SELECT ON people TO jalon_public",
    ),
}  # fmt: skip


def test_no_other_door_of_the_database_opens_to_the_public(register_of: Database) -> None:
    for attack in ATTACKS[register_of.engine.dialect.name]:
        with register_of.public() as public, pytest.raises(DBAPIError):
            public.exec_driver_sql(attack).all()
    if register_of.engine.dialect.name == "postgresql":
        with register_of.public() as public:
            said = public.scalar(
                text("SELECT array_agg(most_common_vals::text) FROM pg_stats WHERE tablename = 'people'")
            )
            assert said is None
    register_of.engine.dispose()
    register_of.public_engine.dispose()


def test_the_public_record_has_room_for_nobody_s_name() -> None:
    names = {field.name for shape in (published.Published, published.Judged, published.Assessment, published.Step)
             for field in fields(shape)}  # fmt: skip
    assert not names & {"person", "person_id", "by", "decided_by_id", "recorded_by_id", "lead", "email", "involved"}
