"""The key that signs the head of the trace: given by TRACE_KEY, or made once and kept beside the register."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from experiments import checkpoint

from .config import Config, ConfigError, keep


@lru_cache(maxsize=4)
def _load(pem: str, source: str) -> RSAPrivateKey:
    try:
        return checkpoint.load(pem)
    except checkpoint.KeyUnusable as error:
        raise ConfigError(f"{source} : attendu une clé privée RSA d’au moins 2048 bits, au format PEM") from error


def key(config: Config) -> RSAPrivateKey:
    """The key of this register, made at the first need; two processes at once keep the same. Raises ConfigError."""
    if config.trace_key:
        return _load(config.trace_key, "TRACE_KEY")
    file = config.instance / "trace-key.pem"
    return _load(keep(file, checkpoint.new_key), str(file))


def check(config: Config) -> None:
    """Refuse on start a key that was given and cannot sign. Raises ConfigError."""
    if config.trace_key:
        key(config)


def signed(config: Config, size: int, head: str, now: datetime) -> dict[str, Any]:
    """The checkpoint of this head; one signature a minute at most, however many ask for it."""
    return _signed(key(config), size, head, now.replace(second=0, microsecond=0))


@lru_cache(maxsize=1)
def _signed(private: RSAPrivateKey, size: int, head: str, at: datetime) -> dict[str, Any]:
    return checkpoint.sign(private, size, head, at)
