"""The links of a follower's mails: signed, so that nobody confirms, leaves or refuses for somebody else."""

from __future__ import annotations

import hmac

from itsdangerous import BadData, Signer

from experiments.followers import mailbox

FOLLOWER, BOX = "jalon.follower", "jalon.refusal"
"""What a key stands for: who follows, or a box that may refuse."""


def key_of(nonce: str, secret: str) -> str:
    """What stands in an address for a follower."""
    return _signed(nonce, secret, FOLLOWER)


def nonce_of(key: str, secret: str) -> str | None:
    """The follower that it stands for; None when it is not of our making."""
    return _read(key, secret, FOLLOWER)


def box_of(email: str, secret: str) -> str:
    """The fingerprint of the box that an address fills: without the secret, no address is found from it, nor tried."""
    return hmac.new(secret.encode(), f"{BOX}:{mailbox(email.strip())}".encode(), "sha256").hexdigest()


def refusal_key_of(email: str, secret: str) -> str:
    """What stands in an address for a box. It says nothing of who follows what, and lasts when nobody does any more."""
    return _signed(box_of(email, secret), secret, BOX)


def box_of_key(key: str, secret: str) -> str | None:
    """The box that it stands for; None when it is not of our making."""
    return _read(key, secret, BOX)


def _signer(secret: str, salt: str) -> Signer:
    # No full stop in a key: an address with one is that of a file, which has no language and stays whole in a log.
    return Signer(secret, salt=salt, sep="~")


def _signed(text: str, secret: str, salt: str) -> str:
    return _signer(secret, salt).sign(text).decode()


def _read(key: str, secret: str, salt: str) -> str | None:
    try:
        return _signer(secret, salt).unsign(key).decode()
    except (BadData, ValueError):
        return None
