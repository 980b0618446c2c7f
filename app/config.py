"""What the environment says; a missing or wrong value is one line that names it."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from experiments import policy

ROOT = Path(__file__).resolve().parent.parent
LOCAL_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})


class ConfigError(Exception):
    """One line that names the variable and says what to do."""


@dataclass(frozen=True)
class Config:
    """The settings of one running program; `instance` is where the embedded default keeps its files."""

    database_url: str
    secret_key: str
    public_url: str
    trusted_hosts: tuple[str, ...]
    authority_name: str
    policy: policy.Policy
    instance: Path
    port: int
    trace_key: str | None = None

    @property
    def is_local(self) -> bool:
        """Whether only this machine is meant to reach it: the demonstration register loads nowhere else."""
        return (urlsplit(self.public_url).hostname or "") in LOCAL_HOSTS

    @property
    def is_https(self) -> bool:
        return self.public_url.startswith("https://")


def load_config(env: Mapping[str, str] | None = None) -> Config:
    """Read and check the environment. Raises ConfigError."""
    env = os.environ if env is None else env
    instance = Path(_value(env, "INSTANCE_DIR") or ROOT / "instance")
    port = _port(env)
    database_url = _database_url(env, instance)
    public_url = _public_url(env, port)
    return Config(
        database_url=database_url,
        secret_key=_secret_key(env, instance, embedded=database_url.startswith("sqlite")),
        public_url=public_url,
        trusted_hosts=_trusted_hosts(env, public_url),
        authority_name=_value(env, "AUTHORITY_NAME") or "Nantes Métropole et Ville de Nantes",
        policy=_policy(env),
        instance=instance,
        port=port,
        trace_key=_value(env, "TRACE_KEY"),
    )


def _value(env: Mapping[str, str], name: str) -> str | None:
    """The value of a variable, or the text of the file that NAME_FILE names."""
    if path := env.get(f"{name}_FILE"):
        # POLICY_FILE is itself a path: only the other names have a file variant.
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"{name}_FILE : {path} ne se lit pas ({type(error).__name__})") from error
    return env.get(name) or None


def _port(env: Mapping[str, str]) -> int:
    given = _value(env, "PORT") or "8000"
    if not given.isdecimal() or not 0 < int(given) < 65536:
        raise ConfigError(f"PORT : « {given} » n’est pas un port ; donnez un nombre de 1 à 65535")
    return int(given)


def _database_url(env: Mapping[str, str], instance: Path) -> str:
    given = _value(env, "DATABASE_URL")
    if given is None:
        return f"sqlite:///{instance / 'jalon.sqlite'}"
    try:
        url = make_url(given)
    except ArgumentError as error:
        raise ConfigError("DATABASE_URL : illisible ; attendu postgresql://utilisateur:motdepasse@hote/base") from error
    if url.get_backend_name() not in {"sqlite", "postgresql"}:
        raise ConfigError(f"DATABASE_URL : « {url.get_backend_name()} » n’est pas géré ; sqlite:/// ou postgresql://")
    return given


def _secret_key(env: Mapping[str, str], instance: Path, *, embedded: bool) -> str:
    given = _value(env, "SECRET_KEY")
    if given is not None:
        if len(given) < 32:
            raise ConfigError("SECRET_KEY : trop courte ; il faut au moins 32 caractères tirés au hasard")
        return given
    if not embedded:
        raise ConfigError("SECRET_KEY : requise avec DATABASE_URL ; au moins 32 caractères tirés au hasard")
    return keep(instance / "secret-key", lambda: secrets.token_hex(32))


def keep(path: Path, make: Callable[[], str]) -> str:
    """The text of a private file, made once: only its owner reads it, and two starts at once keep one text."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
                file.write(make())
            with contextlib.suppress(FileExistsError):
                os.link(draft, path)
            draft.unlink()
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigError(f"{path.parent} : impossible d’y écrire ({error.strerror})") from error


def _public_url(env: Mapping[str, str], port: int) -> str:
    given = _value(env, "PUBLIC_URL") or f"http://127.0.0.1:{port}"
    try:
        parts = urlsplit(given)
        if parts.scheme in {"http", "https"} and parts.hostname:
            return given.rstrip("/")
    except ValueError:
        pass
    raise ConfigError(f"PUBLIC_URL : « {given} » n’est pas une adresse ; attendu https://experimentations.ville.fr")


def _trusted_hosts(env: Mapping[str, str], public_url: str) -> tuple[str, ...]:
    given = [host.strip() for host in (_value(env, "TRUSTED_HOSTS") or "").split(",") if host.strip()]
    return tuple(given) or (urlsplit(public_url).hostname or "", *sorted(LOCAL_HOSTS))


def _policy(env: Mapping[str, str]) -> policy.Policy:
    path = Path(env.get("POLICY_FILE") or policy.DEFAULT)
    try:
        return policy.read(path)
    except policy.PolicyError as error:
        raise ConfigError(f"POLICY_FILE : {error}") from error
