"""The migrations: up, down with data in every table, up again; and the tables they build are those of the model."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect, select, text, update
from sqlalchemy.orm import Session

from app.db import Database, SchemaError, check, downgrade, is_current, make_engine, upgrade
from experiments import audit, lists, planning, replies, voices, webhooks, years
from experiments.filters import Filters
from experiments.model import (
    Absence,
    Attempt,
    Base,
    Entry,
    Experiment,
    Publication,
    SignIn,
    Submission,
    Token,
    Voice,
    Webhook,
)
from experiments.model.voice import Decline
from experiments.sealing import Seal, Unsealable
from experiments.vocabulary import Status
from tests import citizens, people
from tests.builders import TODAY, an_experiment, noon
from tests.domain.guards_off import take_down

SEAL = Seal("une clé d’essai, d’au moins trente-deux signes", "essais")


def fill(session: Session) -> None:
    portal, _secret = webhooks.add(session, "Portail", "https://portail.exemple.fr/", noon(TODAY), SEAL)
    webhooks.rotate(session, portal, noon(TODAY), SEAL)
    for status in Status:
        an_experiment(session, status)
    awa = people.awa(session)
    late = an_experiment(session, Status.RUNNING, today=TODAY - timedelta(300))
    replies.reply(session, late, awa, "Le rapport arrive le mois prochain.", now=noon(TODAY))
    session.add_all(
        [
            SignIn(token_hash="0" * 64, person_id=awa.id, opened_at=noon(TODAY), ends_at=noon(TODAY), device="x"),
            Token(person_id=awa.id, label="x", token_hash="1" * 64, made_at=noon(TODAY)),
            Attempt(key="2" * 64, at=noon(TODAY)),
            Absence(person_id=awa.id, from_on=TODAY, until_on=None),
        ]
    )
    session.flush()
    # Reminders and notices, with the mails that carry them; what comes from outside, with those that answer it.
    citizens.a_voice(session, None)
    citizens.a_follower(session)
    citizens.a_refusal(session, "sam@exemple.fr")
    while planning.step(session, noon(TODAY + timedelta(30))):
        pass
    # Last: who knocked is forgotten by whoever plans.
    citizens.a_knock(session)


def leftovers(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        functions = (
            "SELECT proname FROM pg_proc JOIN pg_namespace n ON n.oid = pronamespace WHERE nspname = 'public'"
            if engine.dialect.name == "postgresql"
            else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        )
        return [*inspect(connection).get_table_names(), *connection.execute(text(functions)).scalars()]


def test_up_down_with_data_in_every_table_and_up_again(empty_database_url: str) -> None:
    register = Database(empty_database_url)
    for _ in range(2):
        upgrade(register.engine)
        assert is_current(register.engine)
        with register.changing() as session:
            fill(session)
        with register.reading() as session:
            for table in Base.metadata.sorted_tables:
                assert session.execute(select(table).limit(1)).first(), f"{table.name} is empty: fill it above"
            assert audit.verify(session) == []
        downgrade(register.engine, "base")
        assert leftovers(register.engine) == ["alembic_version"]
    upgrade(register.engine)
    check(register.engine)
    register.engine.dispose()


def test_what_was_published_before_is_counted_by_the_upgrade_and_once(register: Database) -> None:
    with register.changing() as session:
        for status in (Status.SUBMITTED, Status.REFUSED, Status.CLOSED):
            an_experiment(session, status)
        session.flush()
        counted = years.held(session)
    downgrade(register.engine, "0013")
    for _ in range(2):
        upgrade(register.engine)
        with register.public() as public:
            assert years.held(public) == counted


def test_the_days_that_a_trial_lived_are_read_by_the_upgrade_in_what_was_published(register: Database) -> None:
    days = select(Publication.number, Publication.started_on, Publication.field_ended_on).order_by(Publication.id)
    with register.changing() as session:
        for status in Status:
            an_experiment(session, status)
        session.flush()
        lived = session.execute(days).all()
    with register.public() as public:
        found = lists.find(public, Filters(text="ombre", status="all"), TODAY).total
    assert found
    assert {(started is None, ended is None) for _, started, ended in lived} == {
        (True, True),
        (False, True),
        (False, False),
    }
    downgrade(register.engine, "0015")
    upgrade(register.engine)
    with register.reading() as session:
        assert session.execute(days).all() == lived
    # The words of a search are found where they are: SQLite made the table anew.
    with register.public() as public:
        assert lists.find(public, Filters(text="ombre", status="all"), TODAY).total == found


def test_a_database_that_was_not_migrated_is_refused_with_what_to_do(empty_database_url: str) -> None:
    engine = make_engine(empty_database_url)
    with pytest.raises(SchemaError, match="flask db upgrade"):
        check(engine)
    upgrade(engine)
    check(engine)
    downgrade(engine, "base")
    with pytest.raises(SchemaError, match="flask db upgrade"):
        check(engine)
    engine.dispose()


def test_a_database_whose_guards_are_down_is_refused_and_mended_by_an_upgrade(register: Database) -> None:
    with register.engine.execution_options(writes=True).begin() as connection:
        take_down(connection)
    with pytest.raises(SchemaError, match="garde"):
        check(register.engine)
    upgrade(register.engine)
    check(register.engine)


def is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """Whether the model knows of it: each database keeps words or filters in tables of its own."""
    return kind != "table" or not (name or "").startswith(("publication_words", "publication_facets"))


def test_the_migrations_build_the_tables_of_the_model(register: Database) -> None:
    with register.engine.connect() as connection:

        def is_here(of: object, name: str | None, *_more: object) -> bool:
            only = {"ix_publications_words": "postgresql", "ix_publications_hits": "sqlite"}
            return only.get(name or "", connection.dialect.name) == connection.dialect.name

        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_name": is_ours, "include_object": is_here}
        )
        assert compare_metadata(context, Base.metadata) == []


def test_the_migrations_write_the_same_checks_as_the_model(register: Database) -> None:
    """Which the comparison above does not look at."""
    modelled = make_engine("sqlite://")
    Base.metadata.create_all(modelled)
    found, expected = inspect(register.engine), inspect(modelled)
    for table in expected.get_table_names():
        names = {check["name"] for check in expected.get_check_constraints(table)}
        assert {check["name"] for check in found.get_check_constraints(table)} == names, table
    if register.engine.dialect.name == "sqlite":
        for table in expected.get_table_names():
            told = {" ".join(check["sqltext"].split()) for check in expected.get_check_constraints(table)}
            assert {" ".join(check["sqltext"].split()) for check in found.get_check_constraints(table)} == told
    modelled.dispose()


@pytest.mark.parametrize("status", Status)
def test_every_status_is_accepted_by_the_tables_that_the_migrations_built(register: Database, status: Status) -> None:
    with register.writing() as session:
        x = an_experiment(session, Status.DECIDED)
        take_down(session.connection())
        session.execute(text(f"UPDATE experiments SET status = '{status}'"))
        assert session.scalar(select(Experiment.status).where(Experiment.id == x.id)) is status


def test_the_shelf_is_reckoned_by_the_database_from_the_status(register: Database) -> None:
    shelves = {
        Status.AUTHORISED: "current", Status.RUNNING: "current", Status.SUSPENDED: "current",
        Status.EVALUATING: "current", Status.EVALUATED: "current", Status.DECIDED: "past", Status.CLOSED: "past",
    }  # fmt: skip
    with register.writing() as session:
        for status in Status:
            x = an_experiment(session, status)
            kept = session.execute(text("SELECT shelf FROM experiments WHERE id = :id"), {"id": x.id}).scalar()
            assert kept == shelves.get(status, "inside")


def test_secrets_in_clear_are_sealed_and_on_the_way_back_nothing_signs_in_silence(register: Database) -> None:
    with register.changing() as session:
        made, secret = webhooks.add(session, "Portail", "https://portail.exemple.fr/", noon(TODAY), SEAL)
        # As an older program kept it.
        made.secret = secret
    with register.changing() as session:
        assert webhooks.seal_all(session, SEAL) == 1
        assert webhooks.seal_all(session, SEAL) == 0
    with register.reading() as session:
        kept = session.get_one(Webhook, made.id).secret
        assert secret not in kept
        assert SEAL.open(kept) == secret
        with pytest.raises(Unsealable):
            Seal("une autre clé d’essai, de trente-deux signes", "essais").open(kept)
    downgrade(register.engine, "0010")
    with register.engine.connect() as connection:
        [row] = connection.execute(text("SELECT secret, paused_by_us, paused_why FROM webhooks")).all()
    assert row.secret.startswith("whsec_")
    assert row.secret != secret
    assert row.paused_by_us
    assert "changez-le" in row.paused_why
    upgrade(register.engine)


def test_what_is_published_keeps_its_day_when_days_of_publication_come(register: Database) -> None:
    with register.changing() as session:
        x = an_experiment(session, Status.RUNNING)
        shown, kept = citizens.a_voice(session, x), citizens.a_voice(session, x, "Les bancs sont au soleil.")
        voices.publish(session, shown, "Les bancs sont à l’ombre.", sure=False, today=TODAY)
        voices.decline(session, kept, Decline.DUPLICATE, sure=False, today=TODAY)
    downgrade(register.engine, "0011")
    with register.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM voices WHERE standing = 'published'")).scalar() == 1
    upgrade(register.engine)
    check(register.engine)
    with register.reading() as session:
        days = session.execute(select(Voice.published_on).order_by(Voice.id)).scalars().all()
    assert days == [TODAY, None]


@pytest.mark.parametrize(("at", "day"), [("2026-03-10T23:30", "2026-03-11"), ("2026-07-10T21:59", "2026-07-10")])
def test_days_before_the_duties_are_those_of_paris(register: Database, at: str, day: str) -> None:
    moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
    with register.changing() as session:
        x = an_experiment(session, Status.CLOSED)
        number = x.id
        take_down(session.connection())
        session.execute(update(Submission).values(at=moment))
        [entry] = session.scalars(select(Entry).where(Entry.event == "close").order_by(Entry.seq))
        body = json.loads(entry.body) | {"at": moment.isoformat().replace("+00:00", "Z")}
        session.execute(update(Entry).where(Entry.seq == entry.seq).values(body=json.dumps(body)))
    downgrade(register.engine, "0001")
    upgrade(register.engine)
    with register.reading() as session:
        days = session.execute(
            select(Experiment.submitted_on, Experiment.closed_on).where(Experiment.id == number)
        ).one()
    assert tuple(days) == (date.fromisoformat(day),) * 2
