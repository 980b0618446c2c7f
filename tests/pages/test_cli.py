"""What an administrator types on the server: each command does it, or says why not and ends with 1."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from argon2 import PasswordHasher
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select, text

from app import auth, clock, db
from app.commands import handbook as commands
from app.config import ROOT
from app.db import Database
from app.follow_links import box_of
from app.templating import date_fr
from experiments import editing, guards, handbook, queries, refusals
from experiments.lifecycle import LIFECYCLE
from experiments.model import Disclosure, Entry, Experiment, Person, SignIn, Token
from experiments.vocabulary import Account, OpinionKind, Role, Status
from tests import people
from tests.builders import answers_for
from tests.pages.visitor import Visitor

Make = Callable[..., str]
Run = Callable[..., Result]
PASSWORD = "une phrase qui se retient"


@pytest.fixture
def run(app: Flask) -> Run:
    """Type a command; `said` is what it answers on standard error."""

    def typed(*words: str, code: int = 0, said: str = "", typing: str | None = None) -> Result:
        result = app.test_cli_runner().invoke(args=words, input=typing)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == code, f"{result.stdout}\n{result.stderr}"
        assert said in result.stderr
        assert "Traceback" not in result.stderr
        return result

    return typed


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords that take no time."""
    monkeypatch.setattr(auth, "hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def everyone(register: Database) -> None:
    """Every person of the tests has an account."""
    with register.changing() as session:
        for person in people.EVERYONE:
            person(session)


# The database ---------------------------------------------------------------------------------------------------------


def test_the_schema_goes_up_down_and_is_checked(app: Flask, run: Run, empty_database_url: str) -> None:
    database = app.extensions["database"] = Database(empty_database_url)
    run("db", "check", code=1, said="lancez flask db upgrade")
    run("account", "list", code=1, said="lancez flask db upgrade")
    run("db", "upgrade")
    assert db.head() in run("db", "check").stdout
    run("db", "downgrade", "base")
    run("db", "check", code=1)
    run("db", "upgrade", "nowhere", code=1, said="« nowhere »")
    run("db", "downgrade", code=2)
    database.engine.dispose()


@pytest.mark.only("postgresql")
def test_a_database_that_is_gone_is_one_line(app: Flask, run: Run) -> None:
    app.extensions["database"] = Database("postgresql://someone:a-password@127.0.0.1:9/register")
    result = run("account", "list", code=1, said="la base ne répond pas")
    assert len(result.stderr.splitlines()) == 1
    assert "a-password" not in result.stderr


# Accounts -------------------------------------------------------------------------------------------------------------


def test_an_account_is_opened_and_its_owner_signs_in(run: Run, quick: None, register: Database) -> None:
    run(
        "account", "create", "Anne.Le-Bris@Exemple.FR", "--role", "Évaluateur", "--name", "Anne Le Bris",
        "--function", "Chargée d’évaluation", "--password-stdin", typing=f"{PASSWORD}\n",
    )  # fmt: skip
    with register.reading() as session:
        anne = queries.person_by_email(session, "anne.le-bris@exemple.fr")
        assert anne is not None
        assert (anne.name, anne.function, anne.account) == ("Anne Le Bris", "Chargée d’évaluation", Account.AGENT)
        assert auth.password_matches(anne, PASSWORD)
        assert PASSWORD not in (anne.password or "")


@pytest.mark.only("sqlite")
@pytest.mark.parametrize(
    ("word", "account", "advises"),
    [
        ("porteur", Account.AGENT, None), ("agent", Account.AGENT, None), ("contributeur", Account.AGENT, None),
        ("avis", Account.ADVISER, OpinionKind.OTHER), ("dpo", Account.ADVISER, OpinionKind.DPO),
        ("RSSI", Account.ADVISER, OpinionKind.SECURITY), ("valideur", Account.VALIDATOR, None),
        ("validator", Account.VALIDATOR, None), ("auditeur", Account.AUDITOR, None),
        ("admin", Account.ADMINISTRATOR, None), ("administrator", Account.ADMINISTRATOR, None),
    ],
)  # fmt: skip
def test_a_role_is_said_in_french_or_by_its_code(
    run: Run, quick: None, register: Database, word: str, account: Account, advises: OpinionKind | None
) -> None:
    run("account", "create", "x@exemple.fr", "--role", word, "--password-stdin", typing=f"{PASSWORD}\n")
    with register.reading() as session:
        x = queries.person_by_email(session, "x@exemple.fr")
        assert x is not None
        assert (x.account, x.advises) == (account, advises)


@pytest.mark.only("sqlite")
def test_a_wrong_account_is_refused(run: Run, quick: None) -> None:
    create = ("account", "create", "x@exemple.fr", "--password-stdin")
    run(*create, "--role", "roi", code=2, said="Rôle inconnu : « roi »", typing=f"{PASSWORD}\n")
    run(*create, code=2, said="--role", typing=f"{PASSWORD}\n")
    run(*create, "--role", "dpo", code=1, said="trop court", typing="court\n")
    run(*create, "--role", "dpo", code=1, said="trop court", typing="")
    run(
        "account", "create", "pas une adresse", "--role", "dpo", "--password-stdin",
        code=1, said="n’est pas une adresse", typing=f"{PASSWORD}\n",
    )  # fmt: skip
    run("account", "create", "x@exemple.fr", "--role", "dpo", code=1, said="--password-stdin")
    run(*create, "--role", "dpo", typing=f"{PASSWORD}\n")
    run(*create, "--role", "dpo", code=1, said="existe déjà", typing=f"{PASSWORD}\n")
    for verb in ("disable", "enable"):
        run("account", verb, "personne@exemple.fr", code=1, said="Aucun compte")


def _live(register: Database, person: str) -> tuple[int, int]:
    """How many sessions are open, and how many keys still open something."""
    with register.reading() as session:
        mine = select(Person.id).where(Person.email == person).scalar_subquery()
        sessions = session.scalar(select(func.count()).where(SignIn.person_id == mine))
        tokens = session.scalar(select(func.count()).where(Token.person_id == mine, Token.revoked_at.is_(None)))
        return sessions or 0, tokens or 0


@pytest.mark.parametrize(
    ("words", "left"),
    [
        (("disable", "awa.diallo@exemple.fr"), (0, 0)),
        (("role", "awa.diallo@exemple.fr", "--role", "auditeur"), (0, 0)),
        (("password", "awa.diallo@exemple.fr", "--password-stdin"), (0, 1)),
        (("enable", "awa.diallo@exemple.fr"), (1, 1)),
    ],
)
def test_what_an_account_may_no_longer_do_ends_at_once(
    run: Run, quick: None, awa: Visitor, register: Database, words: tuple[str, ...], left: tuple[int, int]
) -> None:
    with register.changing() as session:
        token = Token(person_id=people.awa(session).id, label="essai", token_hash="0" * 64, made_at=clock.now())
        session.add(token)
    assert _live(register, "awa.diallo@exemple.fr") == (1, 1)
    run("account", *words, typing=f"{PASSWORD}\n")
    assert _live(register, "awa.diallo@exemple.fr") == left
    assert awa.get("/espace").status_code == (200 if left[0] else 303)


def test_accounts_are_listed(run: Run, register: Database) -> None:
    with register.changing() as session:
        people.awa(session)
        people.denis(session)
    run("account", "disable", "denis.roux@exemple.fr")
    lines = run("account", "list").stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["ADRESSE", "awa.diallo@exemple.fr", "denis.roux@exemple.fr"]
    assert [line.split()[-1] for line in lines[1:]] == ["ouvert", "fermé"]
    assert len({line.index(word) for line, word in zip(lines, ("RÔLE", "Agent", "Donne des avis"), strict=True)}) == 1


def test_an_absence_is_said_and_listed(run: Run, register: Database) -> None:
    with register.changing() as session:
        for who in (people.awa, people.bruno, people.claire, people.denis):
            who(session)
        people.denis(session).bounced_at = clock.now()
    today = clock.today()
    awa, bruno = "awa.diallo@exemple.fr", "bruno.le-gall@exemple.fr"
    assert "absence du" in run("account", "absent", awa, "--from", str(today), "--until", str(today)).stdout
    assert "sans retour prévu" in run("account", "absent", bruno, "--from", str(today)).stdout
    run("account", "absent", "claire.martineau@exemple.fr", "--from", str(today + timedelta(1)))
    states = {line.split()[0]: line for line in run("account", "list").stdout.splitlines()}
    assert states[awa].endswith(f"absent jusqu’au {date_fr(today)}")
    assert states[bruno].endswith("parti")
    assert states["claire.martineau@exemple.fr"].endswith("ouvert")
    assert states["denis.roux@exemple.fr"].endswith("adresse refusée")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("nobody@exemple.fr", "--from", "2099-01-01"), 1, "Aucun compte"),
        (("awa.diallo@exemple.fr",), 2, "--from"),
        (("awa.diallo@exemple.fr", "--from", "demain"), 2, "n’est pas un jour"),
        (("awa.diallo@exemple.fr", "--from", "2099-01-02", "--until", "2099-01-01"), 1, "finit avant de commencer"),
        (("awa.diallo@exemple.fr", "--from", "2020-01-01", "--until", "2020-01-02"), 1, "déjà finie"),
    ],
)
def test_an_absence_that_makes_no_sense_is_refused(
    run: Run, register: Database, words: tuple[str, ...], code: int, said: str
) -> None:
    with register.changing() as session:
        people.awa(session)
    run("account", "absent", *words, code=code, said=said)


# The demonstration ----------------------------------------------------------------------------------------------------


@pytest.mark.only("sqlite")
def test_the_demonstration_stays_home_and_alone(
    app: Flask, run: Run, register: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as away:
        away.setitem(app.config, "JALON", replace(app.config["JALON"], public_url="https://registre.exemple.fr"))
        run("sample", "load", code=1, said="PUBLIC_URL")
    with register.changing() as session:
        people.awa(session)
    run("sample", "load", code=1, said="n’est pas vide")


@pytest.mark.only("sqlite")
def test_the_demonstration_loads_and_its_trace_agrees(run: Run, register: Database) -> None:
    run("sample", "load")
    run("trace", "verify")
    with register.reading() as session:
        assert session.scalar(select(func.count()).select_from(Experiment))
    run("sample", "load", code=1, said="n’est pas vide")


# Gates ----------------------------------------------------------------------------------------------------------------


def test_the_gates_say_what_is_missing(run: Run, make: Make, register: Database) -> None:
    with register.changing() as session:
        bare = editing.open_experiment(
            session, people.awa(session), "Un titre", "n", now=clock.now(), today=clock.today()
        )
    said = run("gates", bare.number).stdout
    assert all(name in said for name in LIFECYCLE)
    assert "submit : ce qui manque" in said
    assert "– Résumer en quelques lignes (porteur ou suppléant)" in said
    assert "peut être franchi" in run("gates", make(Status.SUBMITTED)).stdout
    run("gates", "2026-999", code=1, said="2026-999")
    run("gates", code=2)


def _act_of(gate: str) -> list[str]:
    fields = msgspec.to_builtins(answers_for(gate, clock.today()))
    return [f"--act={name}={value}" for name, value in fields.items() if value is not None]


@pytest.mark.parametrize("gate", ["submit", "authorise", "suspend", "stop", "decide-abandon"])
@pytest.mark.usefixtures("everyone")
def test_a_gate_is_crossed_as_by_its_page(
    run: Run, make: Make, look: Callable[[str], Experiment], gate: str
) -> None:  # fmt: skip
    number = make(LIFECYCLE[gate].sources[0])
    who = {Role.LEAD: "awa.diallo@exemple.fr"}.get(LIFECYCLE[gate].opener.roles, "elise.moreau@exemple.fr")
    reason = ["--reason", "Un motif qui se tient."] if gate == "suspend" else _act_of(gate)
    said = run("cross", number, gate, "--as", who, *reason).stdout
    assert look(number).status is LIFECYCLE[gate].target
    assert LIFECYCLE[gate].target.label in said
    run("trace", "verify")


@pytest.mark.usefixtures("everyone")
def test_a_gate_that_stays_shut_says_everything(run: Run, make: Make, register: Database) -> None:
    number = make(Status.SUBMITTED)
    lead, chief = "awa.diallo@exemple.fr", "elise.moreau@exemple.fr"
    result = run("cross", number, "authorise", "--as", chief, code=1, said="il manque")
    assert len([line for line in result.stderr.splitlines() if line.startswith("  – ")]) == len(
        {"act", "number", "signed_on", "body", "capacity", "object", "law", "facts", "effective_on"}
    )
    run("cross", number, "authorise", "--as", lead, code=1, said="s’ouvre par : valideur")
    run("cross", number, "return", "--as", chief, code=1, said="Donner le motif")
    run("cross", number, "return", "--as", chief, "--reason", " - ", code=1, said="Donner le motif")
    run("cross", number, "close", "--as", chief, code=1, said="part de : Décidée")
    run("cross", number, "authorise", "--as", "personne@exemple.fr", code=1, said="Aucun compte")
    run("cross", "2026-999", "authorise", "--as", chief, code=1, said="2026-999")
    with register.reading() as session:
        entries = session.scalar(select(func.max(Entry.seq)))
    run("cross", number, "zzz", "--as", chief, code=2, said="zzz")
    run("cross", number, "authorise", code=2, said="--as")
    run("cross", number, "authorise", "--as", chief, "--act", "number", code=2, said="CHAMP=VALEUR")
    run("cross", number, "authorise", "--as", chief, "--act", "zzz=1", code=2, said="« zzz »")
    run("cross", number, "authorise", "--as", chief, "--act", "signed_on=demain", code=2, said="« signed_on »")
    run("cross", number, "authorise", "--as", chief, "--reason", "x", code=2, said="« reason »")
    with register.reading() as session:
        assert session.scalar(select(func.max(Entry.seq))) == entries, "a refusal leaves no mark"


def test_somebody_who_edited_does_not_decide_from_the_server_either(run: Run, make: Make) -> None:
    number, edited = make(Status.SUBMITTED), "awa.diallo@exemple.fr"
    assert f"à pourvoir : {number}." in run("account", "role", edited, "--role", "valideur").stdout
    run("cross", number, "refuse", "--as", edited, code=1, said="une autre personne doit")


# The trace ------------------------------------------------------------------------------------------------------------


def test_the_trace_is_verified_and_exported(run: Run, make: Make, visitor: Visitor, tmp_path: Path) -> None:
    make(Status.DECIDED)
    assert "Tout concorde" in run("trace", "verify").stdout
    file = tmp_path / "trace.jsonl"
    run("trace", "export", str(file))
    served = visitor.get("/trace.jsonl").get_data(as_text=True)
    assert file.read_text() == run("trace", "export").stdout == served


@pytest.mark.only("sqlite")
def test_a_register_touched_by_hand_does_not_agree(run: Run, make: Make, register: Database) -> None:
    number = make(Status.RUNNING)
    with register.changing() as session:
        session.execute(text("DROP TRIGGER status_moves_with_trace"))
        session.execute(text(f"UPDATE experiments SET status = 'suspended' WHERE number = '{number}'"))
    run("trace", "verify", code=1, said="lancez flask db upgrade")
    with register.changing() as session:
        guards.install(session.connection())
    run("trace", "verify", code=1, said=number)


def test_a_name_is_redacted_and_the_trace_says_so(run: Run, make: Make, register: Database) -> None:
    make(Status.SUBMITTED)
    run("trace", "redact", "1", "by", "--reason", "Demande du 3 mars 2026")
    with register.reading() as session:
        kept = session.get(Disclosure, (1, "by"))
        assert kept is not None
        assert (kept.salt, kept.value) == (None, None)
    run("trace", "verify")
    run("trace", "redact", "1", "by", "--reason", "encore", code=1, said="déjà effacé")
    run("trace", "redact", "1", "zzz", "--reason", "x", code=1, said="« zzz »")
    run("trace", "redact", "0", "by", "--reason", "x", code=2)
    run("trace", "redact", "1", "by", code=2, said="--reason")


def test_a_refusal_by_letter_is_recorded_and_lifted(app: Flask, run: Run, register: Database) -> None:
    run("refusal", "lift", "jo@exemple.fr", code=1, said="n’a pas refusé")
    run("refusal", "record", "jo chez exemple", code=2, said="mal écrite")
    run("refusal", "record", "Jo+abc@Exemple.fr")
    box = box_of("jo@exemple.fr", app.config["SECRET_KEY"])
    with register.reading() as session:
        assert refusals.since(session, box) == clock.today()
    run("refusal", "lift", "jo@exemple.fr")
    with register.reading() as session:
        assert refusals.since(session, box) is None


# The handbook ---------------------------------------------------------------------------------------------------------


@pytest.mark.only("sqlite")
def test_the_handbook_is_written_between_its_marks(
    app: Flask, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "ROOT", tmp_path)
    readme = tmp_path / "README.md"
    assert run("handbook").stdout == f"{handbook.text()}\n"
    run("handbook", "--check", code=1, said="absent")
    readme.write_text("Avant\n\n<!-- handbook -->\nvieux\n<!-- /handbook -->\n\nAprès\n")
    run("handbook", "--check", code=1, said="n’est pas à jour")
    run("handbook")
    assert readme.read_text() == f"Avant\n\n<!-- handbook -->\n\n{handbook.text()}\n\n<!-- /handbook -->\n\nAprès\n"
    run("handbook", "--check")
    run("handbook")


def test_the_handbook_tells_every_gate_and_status() -> None:
    table, diagram = handbook.table(), handbook.diagram()
    assert all(f"| `{gate.name}` | {gate.label} |" in table for gate in LIFECYCLE.values())
    for gate in LIFECYCLE.values():
        assert all(f"{source} --> {gate.target} : {gate.label}" in diagram for source in gate.sources)
    assert all(f"{status} : {status.label}" in diagram for status in Status)


def test_the_documentation_lists_every_command_as_it_is(app: Flask) -> None:
    page = (ROOT / "docs" / "installer.md").read_text(encoding="utf-8")
    with app.app_context():
        assert commands.put_into(page, "commands", commands.commands()) == page, "./run flask handbook"
    for name, command in app.cli.commands.items():
        for one in getattr(command, "commands", {"": command}):
            assert f"| `{f'{name} {one}'.strip()}" in page


def test_every_command_explains_itself(app: Flask) -> None:
    assert {"db", "account", "sample", "trace", "cross", "remind", "report", "export"} <= app.cli.commands.keys()
    for command in app.cli.commands.values():
        for one in (command, *getattr(command, "commands", {}).values()):
            assert one.help, one.name
