"""The links of a follower's mails: signed, so that nobody confirms or leaves for somebody else."""

from __future__ import annotations

from itsdangerous import BadData, URLSafeSerializer


def _signer(secret: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt="jalon.follower")


def key_of(nonce: str, secret: str) -> str:
    """What stands in an address for a follower."""
    made: str | bytes = _signer(secret).dumps(nonce)
    return made if isinstance(made, str) else made.decode()


def nonce_of(key: str, secret: str) -> str | None:
    """The follower that it stands for; None when it is not of our making."""
    try:
        found = _signer(secret).loads(key)
    except BadData:
        return None
    return found if isinstance(found, str) else None
