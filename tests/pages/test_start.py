"""The start: the command of the README; a wrong value in the environment is one line, and nothing comes up."""

import os
from pathlib import Path

import pytest

from app import serve
from app.config import load_config
from app.db import Database
from bench.first import cold_start
from experiments import policy
from tests import people
from tests.forked import begin
from tests.server import SECRET, free_port

POLICY = policy.DEFAULT.read_text(encoding="utf-8")


def start(folder: Path, **env: str) -> tuple[int, str]:
    """Start the server as ./run does; its exit code and what it says on standard error."""
    known = {"INSTANCE_DIR": str(folder / "instance"), "PORT": str(free_port())}
    clean = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    said = folder / "said"
    process = begin(serve.main, ("./run serve", "--empty"), {**clean, **known, **env}, said)
    process.join(60)
    if process.exitcode is None:
        process.kill()
        pytest.fail("it came up")
    return process.exitcode, said.read_text(encoding="utf-8")


def test_the_command_of_the_readme_serves_a_register_and_serves_it_again() -> None:
    assert 0 < cold_start(1) < 60


@pytest.mark.parametrize(
    ("env", "said"),
    [
        ({"PORT": "80000"}, "PORT"),
        ({"PORT": "huit mille"}, "PORT"),
        ({"DATABASE_URL": "mysql://x/y"}, "DATABASE_URL"),
        ({"DATABASE_URL": "n’importe quoi"}, "DATABASE_URL"),
        ({"DATABASE_URL": "postgresql://x@127.0.0.1:1/jalon", "SECRET_KEY": SECRET}, "DATABASE_URL"),
        ({"DATABASE_URL": "postgresql://x@127.0.0.1:1/jalon"}, "SECRET_KEY"),
        ({"DATABASE_URL": "sqlite:////proc/none/jalon.sqlite"}, "DATABASE_URL"),
        ({"SECRET_KEY": "courte"}, "SECRET_KEY"),
        ({"SECRET_KEY_FILE": "/nowhere/key"}, "SECRET_KEY_FILE"),
        ({"PUBLIC_URL": "experimentations.ville.fr"}, "PUBLIC_URL"),
        ({"PUBLIC_URL": "https://[oups"}, "PUBLIC_URL"),
        ({"TRACE_KEY": "pas une clé"}, "TRACE_KEY"),
        ({"POLICY_FILE": "/nowhere/policy.toml"}, "POLICY_FILE"),
    ],
    ids=lambda value: "-".join(f"{k}={v[:24]}" for k, v in value.items()) if isinstance(value, dict) else "",
)
def test_a_wrong_value_stops_the_start_with_one_line_that_names_it(
    env: dict[str, str], said: str, tmp_path: Path
) -> None:
    code, error = start(tmp_path, **env)
    assert code not in {0, None}
    assert len(error.strip().splitlines()) == 1, error
    assert said in error
    assert "Traceback" not in error


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("share = ", "sharre = ", "sharre"),
        ("ceiling_euros = 100000", 'ceiling_euros = "beaucoup"', "ceiling_euros"),
        ("times = 1", "times = -1", "times"),
        ("[duration]", "[duration", ""),
    ],
    ids=["unknown key", "wrong type", "out of bounds", "not toml"],
)
def test_a_wrong_policy_is_named_with_its_key(old: str, new: str, said: str, tmp_path: Path) -> None:
    assert POLICY.count(old) == 1, old
    file = tmp_path / "policy.toml"
    file.write_text(POLICY.replace(old, new), encoding="utf-8")
    code, error = start(tmp_path, POLICY_FILE=str(file))
    assert code not in {0, None}
    assert len(error.strip().splitlines()) == 1, error
    assert "POLICY_FILE" in error
    assert said in error


def test_an_empty_register_says_how_its_first_account_is_opened(database_url: str, tmp_path: Path) -> None:
    config = load_config({"DATABASE_URL": database_url, "SECRET_KEY": SECRET, "INSTANCE_DIR": str(tmp_path)})
    database = Database(database_url)
    assert "./run flask account create" in serve.prepare(database, config, demonstration=False)
    with database.changing() as session:
        people.hugo(session)
    assert not serve.prepare(database, config, demonstration=False)
    database.engine.dispose()
    database.public_engine.dispose()


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        code, error = start(tmp_path, PORT=str(taken.getsockname()[1]))
    assert code not in {0, None}
    assert "PORT" in error
    assert len(error.strip().splitlines()) == 1
