"""What the environment says; a missing or wrong value is one line that names it."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.headerregistry import Address
from pathlib import Path
from urllib.parse import unquote, urlsplit

from email_validator import EmailNotValidError, validate_email
from flask import current_app
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from experiments import policy
from experiments.exports.publisher import LICENCES, OPEN, Licence, Publisher
from experiments.siret import is_siret
from experiments.words import whole

from . import authority

ROOT = Path(__file__).resolve().parent.parent
LOCAL_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})
_NAMED = re.compile(r'"?([^<>"]*?)"?\s*<([^<>]+)>', re.DOTALL)
SMTP_PORTS = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}


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
    mail_from: str
    trace_key: str | None = None
    # It may hold a password, which no report of an error shows.
    smtp_url: str | None = field(default=None, repr=False)
    heartbeat_url: str | None = None
    remind_queue: bool = False
    authority: authority.Authority = field(default_factory=authority.Authority)
    siret: str = ""
    licence: Licence = OPEN

    @property
    def is_local(self) -> bool:
        """Whether only this machine is meant to reach it: the demonstration register loads nowhere else."""
        return (urlsplit(self.public_url).hostname or "") in LOCAL_HOSTS

    @property
    def is_https(self) -> bool:
        return self.public_url.startswith("https://")

    @property
    def publisher(self) -> Publisher:
        """Who publishes the open data."""
        return Publisher(self.authority_name, self.public_url, self.siret, self.licence, self.authority.contact)


def current() -> Config:
    """The settings of the application that answers."""
    found: Config = current_app.config["JALON"]
    return found


def load_config(env: Mapping[str, str] | None = None) -> Config:
    """Read and check the environment. Raises ConfigError."""
    env = os.environ if env is None else env
    instance = Path(_value(env, "INSTANCE_DIR") or ROOT / "instance")
    port = _port(env)
    database_url = _database_url(env, instance)
    public_url = _public_url(env, port)
    smtp_url = _smtp_url(env)
    return Config(
        database_url=database_url,
        secret_key=_secret_key(env, instance, embedded=database_url.startswith("sqlite")),
        public_url=public_url,
        trusted_hosts=_trusted_hosts(env, public_url),
        authority_name=_value(env, "AUTHORITY_NAME") or "Nantes Métropole et Ville de Nantes",
        policy=_policy(env),
        instance=instance,
        port=port,
        mail_from=_mail_from(env, public_url, required=smtp_url is not None),
        trace_key=_value(env, "TRACE_KEY"),
        smtp_url=smtp_url,
        heartbeat_url=_heartbeat_url(env),
        remind_queue=_remind_queue(env, database_url),
        authority=_authority(env),
        siret=_siret(env),
        licence=_licence(env),
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
    port = whole(given, 5)
    if port is None or not 0 < port < 65536:
        raise ConfigError(f"PORT : « {given} » n’est pas un port ; donnez un nombre de 1 à 65535")
    return port


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


@dataclass(frozen=True)
class Relay:
    """What SMTP_URL says of the server that takes the mails."""

    scheme: str
    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)


def relay(url: str) -> Relay:
    """The server that an address such as SMTP_URL names. Raises ConfigError."""
    try:
        parts = urlsplit(url)
        port = SMTP_PORTS[parts.scheme] if parts.port is None else parts.port
        user, password = (unquote(text or "", errors="strict") for text in (parts.username, parts.password))
        rest = parts.path.strip("/") or parts.query or parts.fragment
        if (
            parts.hostname
            and port
            and bool(user) == bool(password)
            and not rest
            and (user + password + url).isprintable()
        ):
            return Relay(parts.scheme, parts.hostname, port, user, password)
    except (ValueError, KeyError):
        pass
    raise ConfigError(
        "SMTP_URL : illisible ; attendu smtp+starttls://utilisateur:motdepasse@hote:587 (ou smtps://, smtp://), "
        "les signes du mot de passe encodés (%40 pour @)"
    )


def _smtp_url(env: Mapping[str, str]) -> str | None:
    given = _value(env, "SMTP_URL")
    if given is not None:
        relay(given)
    return given


def _mail_from(env: Mapping[str, str], public_url: str, *, required: bool) -> str:
    given = _value(env, "MAIL_FROM")
    if given is None:
        if required:
            raise ConfigError("MAIL_FROM : requise avec SMTP_URL ; par exemple Jalon <jalon@ville.fr>")
        return f"Registre des expérimentations <jalon@{_own_domain(public_url)}>"
    named = _NAMED.fullmatch(given)
    name, address = named.groups() if named else ("", given)
    try:
        found = validate_email(address, check_deliverability=False, globally_deliverable=False, allow_smtputf8=False)
        bare = found.ascii_email or found.normalized
        return str(Address(name, addr_spec=bare)) if name else bare
    except (EmailNotValidError, ValueError) as error:
        shown = " ".join(given.split())
        raise ConfigError(f"MAIL_FROM : « {shown} » n’est pas une adresse ; attendu Jalon <jalon@ville.fr>") from error


def _own_domain(public_url: str) -> str:
    """The domain of the site, or one that names this machine where the site has a number instead of a name."""
    host = urlsplit(public_url).hostname or ""
    is_name = host not in LOCAL_HOSTS and re.fullmatch(r"[a-z0-9.-]*[a-z]", host)
    return host if is_name else "localhost.localdomain"


def _remind_queue(env: Mapping[str, str], database_url: str) -> bool:
    given = _value(env, "REMIND_QUEUE") or ""
    if given not in ("", "procrastinate"):
        raise ConfigError(f"REMIND_QUEUE : « {given} » n’est pas gérée ; seule « procrastinate » l’est, ou rien")
    if given and not database_url.startswith("postgresql"):
        raise ConfigError("REMIND_QUEUE : la file d’attente demande PostgreSQL ; voyez DATABASE_URL")
    return bool(given)


def _heartbeat_url(env: Mapping[str, str]) -> str | None:
    given = _value(env, "HEARTBEAT_URL")
    if given is None:
        return None
    try:
        parts = urlsplit(given)
        if parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0 and given.isprintable():
            return given
    except ValueError:
        pass
    # Such an address is often a secret in itself: it is not repeated.
    raise ConfigError("HEARTBEAT_URL : illisible ; attendu https://…, l’adresse qu’un moniteur attend d’entendre")


def _authority(env: Mapping[str, str]) -> authority.Authority:
    try:
        return authority.read(lambda name: _value(env, name))
    except authority.AuthorityError as error:
        raise ConfigError(str(error)) from error


def _siret(env: Mapping[str, str]) -> str:
    given = (_value(env, "AUTHORITY_SIRET") or "").replace(" ", "")
    if given and not is_siret(given):
        raise ConfigError(f"AUTHORITY_SIRET : « {given} » n’est pas un SIRET ; attendu ses 14 chiffres")
    return given


def _licence(env: Mapping[str, str]) -> Licence:
    given = _value(env, "DATA_LICENCE") or "lo"
    if given not in LICENCES:
        raise ConfigError(f"DATA_LICENCE : « {given} » n’est pas gérée ; lo (Licence Ouverte 2.0) ou odbl")
    return LICENCES[given]


def _policy(env: Mapping[str, str]) -> policy.Policy:
    path = Path(env.get("POLICY_FILE") or policy.DEFAULT)
    try:
        return policy.read(path)
    except policy.PolicyError as error:
        raise ConfigError(f"POLICY_FILE : {error}") from error
