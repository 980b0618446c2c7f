"""Whoever got past the guards is still seen: the trace, walked again, no longer agrees with the tables."""

import json

import pytest
from sqlalchemy import Connection, select, text
from sqlalchemy.orm import Session

from app.db import Database
from experiments import audit, trace
from experiments.model import Disclosure
from experiments.vocabulary import Status
from tests import people
from tests.builders import TODAY, an_experiment, cross, noon
from tests.domain.guards_off import take_down

ENTRY = "experiment_id, at_version, event, from_status, to_status, body"

# The change, and what verification says of it.
FALSIFIED = {
    "a status": ("UPDATE experiments SET status = 'evaluated' WHERE status = 'decided'", "la base dit « evaluated »"),
    "an end": ("UPDATE experiments SET ends_on = '2031-01-01' WHERE status = 'running'", "la base dit 2031-01-01"),
    "an end that is gone": (
        "UPDATE experiments SET status = 'draft', ends_on = NULL WHERE status = 'running'",
        "la base dit None",
    ),
    "a line of the trace": ("UPDATE trace SET body = replace(body, 'generalisation', 'abandonment')", "empreinte"),
    "a line and its hash": ("UPDATE trace SET hash = 'h' WHERE seq = 4", "Entrée 5 : elle ne suit pas"),
    "a column of the trace": ("UPDATE trace SET to_status = 'closed' WHERE to_status = 'decided'", "ses colonnes"),
    "the experiment of an entry": ("UPDATE trace SET experiment_id = NULL WHERE seq = 2", "ses colonnes"),
    "a middle line, gone": (
        "DELETE FROM disclosures WHERE seq = 4; DELETE FROM trace WHERE seq = 4",
        "la suite est rompue",
    ),
    "the protocol": (
        "UPDATE written_parts SET text = replace(text, '\"40\"', '\"20\"') WHERE slug = 'protocole'",
        "autorisés",
    ),
    "the derogations": (
        "UPDATE written_parts SET text = replace(text, '48000', '88000') WHERE slug = 'derogations'",
        "autorisés",
    ),
    "the dates, gone": ("DELETE FROM written_parts WHERE slug = 'duree'", "autorisés"),
    "a name": (
        "UPDATE disclosures SET value = 'Un autre' WHERE field = 'by' AND seq = 3",
        "n’est plus ce qui avait été engagé",
    ),
    "a salt": (
        "UPDATE disclosures SET salt = '00' WHERE field = 'by' AND seq = 3",
        "n’est plus ce qui avait été engagé",
    ),
    "a name, forgotten in silence": (
        "UPDATE disclosures SET value = NULL, salt = NULL WHERE seq = 3",
        "sans que la trace dise pourquoi",
    ),
    "a name, gone": ("DELETE FROM disclosures WHERE seq = 3", "sans que la trace dise pourquoi"),
    "the text of an evaluation": (
        "UPDATE evaluations SET text = replace(text, '44', '94') WHERE NOT interim",
        "l’évaluation",
    ),
    "the text of an interim evaluation": (
        "UPDATE evaluations SET text = replace(text, '31', '91') WHERE interim",
        "l’évaluation",
    ),
    "a verdict": ("UPDATE evaluations SET verdict = 'refuted' WHERE NOT interim", "l’évaluation"),
    "the text of a decision": ("UPDATE decisions SET text = replace(text, 'Bureau', 'Conseil')", "la décision"),
    "an outcome": ("UPDATE decisions SET outcome = 'abandonment' WHERE outcome = 'generalisation'", "la décision"),
    "an evaluation from nowhere": (
        "INSERT INTO evaluations SELECT 900, experiment_id, interim, 7, text, fingerprint, verdict, recorded_at, "
        "recorded_by_id FROM evaluations WHERE NOT interim",
        "La trace ne dit rien de l’évaluation 900",
    ),
    "a decision from nowhere": (
        "INSERT INTO decisions SELECT 900, experiment_id, outcome, text, evaluation_id, saw_fingerprint, departs, "
        "stop_reason, starts_on, ends_on, decided_at, decided_by_id FROM decisions WHERE outcome = 'generalisation'",
        "La trace ne dit rien de la décision 900",
    ),
    "the evaluation that stands": (
        "UPDATE experiments SET status = 'evaluated', decision_id = NULL, evaluation_id = (SELECT MIN(id) FROM "
        "evaluations WHERE experiment_id = experiments.id) WHERE status = 'decided'",
        "retenue",
    ),
}


def verified(connection: Connection) -> list[str]:
    with Session(connection) as session:
        return audit.verify(session)


@pytest.mark.parametrize("what", FALSIFIED)
def test_verification_notices_that_somebody_falsified(raw: Connection, what: str) -> None:
    assert verified(raw) == []
    take_down(raw)
    if raw.dialect.name == "sqlite":
        raw.execute(text("PRAGMA defer_foreign_keys = ON"))
    statements, said = FALSIFIED[what]
    for statement in statements.split("; "):
        assert raw.execute(text(statement)).rowcount > 0
    found = verified(raw)
    assert any(said in problem for problem in found), found
    raw.rollback()


def test_a_whole_history_rewritten_no_longer_ends_where_it_did(raw: Connection) -> None:
    """Who owns the server can forge a whole chain that holds; whoever kept its last hash still sees it."""
    take_down(raw)
    entries = raw.execute(text("SELECT seq, body, hash FROM trace ORDER BY seq")).all()
    kept, previous = entries[-1].hash, trace.START
    for seq, body, _ in entries:
        said = json.loads(body) | {"previous": previous}
        if said["event"] == "authorise":
            said["facts"]["act_signed_on"] = "2001-01-01"
        forged = json.dumps(said)
        row = {"seq": seq, "body": forged, "previous": previous, "hash": trace.hash_of(forged)}
        raw.execute(text("UPDATE trace SET body = :body, previous = :previous, hash = :hash WHERE seq = :seq"), row)
        previous = row["hash"]
    assert verified(raw) == []
    assert previous != kept


def test_an_experiment_that_the_trace_never_opened_is_noticed(register: Database) -> None:
    with register.writing() as session:
        x = an_experiment(session, Status.DRAFT)
        columns = ", ".join(c.key for c in x.__table__.columns if c.key not in ("id", "shelf"))
        copy = columns.replace("number, nonce", "'2020-001', 'x'")
        session.execute(text(f"INSERT INTO experiments ({columns}) SELECT {copy} FROM experiments"))
        assert audit.verify(session) == ["2020-001 : aucune entrée de la trace ne parle de ce dossier"]


def test_an_honest_register_has_nothing_to_hide(register: Database) -> None:
    with register.writing() as session:
        for status in Status:
            an_experiment(session, status)
        extended = an_experiment(session, Status.RUNNING)
        cross(session, extended, "extend")
        stopped = an_experiment(session, Status.AUTHORISED)
        cross(session, stopped, "stop")
        session.commit()
    with register.reading() as session:
        assert audit.verify(session) == []


def test_an_empty_register_has_nothing_to_hide(register: Database) -> None:
    with register.reading() as session:
        assert audit.verify(session) == []
        assert list(trace.lines(session)) == []


# The right to erasure -------------------------------------------------------------------------------------------------


def test_a_redaction_forgets_the_name_keeps_the_chain_and_says_so(register: Database) -> None:
    with register.changing() as session:
        an_experiment(session, Status.DECIDED)
    with register.changing() as session:
        before = list(trace.lines(session))
        signed = session.scalars(select(Disclosure).where(Disclosure.field == "by")).all()
        for found in signed:
            trace.redact(session, found.seq, "by", "Droit à l’effacement", by=people.hugo(session), now=noon(TODAY))
    with register.reading() as session:
        assert audit.verify(session) == []
        after = list(trace.lines(session))
        assert after[: len(before)] == before
        said = [json.loads(line) for line in after[len(before) :]]
        assert {(body["facts"]["seq"], body["event"]) for body in said} == {(found.seq, "redact") for found in signed}
        values = session.scalars(select(Disclosure.value).where(Disclosure.value.contains("Awa Diallo"))).all()
        assert values == []


def test_what_is_forgotten_cannot_be_forgotten_twice_nor_invented(register: Database) -> None:
    with register.writing() as session:
        an_experiment(session, Status.DRAFT)
        for seq, field in ((1, "surnom"), (99, "by")):
            with pytest.raises(trace.TraceError, match="n’a pas de champ"):
                trace.redact(session, seq, field, "Erreur", by=None, now=noon(TODAY))
        trace.redact(session, 1, "by", "Droit à l’effacement", by=None, now=noon(TODAY))
        with pytest.raises(trace.TraceError, match="déjà effacé"):
            trace.redact(session, 1, "by", "Encore", by=None, now=noon(TODAY))


def test_no_name_and_no_long_text_is_ever_in_the_lines_of_the_trace(register: Database) -> None:
    with register.writing() as session:
        x = an_experiment(session, Status.CLOSED)
        returned = an_experiment(session, Status.SUBMITTED)
        cross(session, returned, "return")
        whole = "\n".join(trace.lines(session))
        for who in people.EVERYONE:
            assert who(session).name not in whole
            assert who(session).email not in whole
        for said in ("compte rendu", "donnée personnelle", "complet et l’avis", "second mois de juin", x.title):
            assert said not in whole


def test_two_equal_texts_have_two_commitments(register: Database) -> None:
    with register.writing() as session:
        an_experiment(session, Status.CLOSED)
        bodies = [json.loads(line) for line in trace.lines(session)]
        commitments = [body["withheld"]["by"] for body in bodies]
        assert len(set(commitments)) == len(commitments) > 8
