"""What the secrets of webhooks are sealed with."""

from __future__ import annotations

from functools import lru_cache

from app.config import Config
from experiments.sealing import Seal

PURPOSE = "jalon.webhook"


@lru_cache(maxsize=4)
def _seal(secret_key: str) -> Seal:
    return Seal(secret_key, PURPOSE)


def seal_of(config: Config) -> Seal:
    """That of this register: drawn from SECRET_KEY, which changes it."""
    return _seal(config.secret_key)
