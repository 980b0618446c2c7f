"""Secrets that are used again are sealed in the database: whoever has a copy of it, and not the key, signs nothing."""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class Unsealable(Exception):
    """What was sealed with another key, or changed since."""


class Seal:
    """Closes and opens texts with a key drawn from the secret of the register, for one use that `purpose` names."""

    def __init__(self, secret_key: str, purpose: str) -> None:
        # Whatever else is signed with that secret says nothing of this key, nor this key of the secret.
        key = HKDF(hashes.SHA256(), length=32, salt=None, info=purpose.encode()).derive(secret_key.encode())
        self._fernet = Fernet(base64.urlsafe_b64encode(key))

    def close(self, text: str) -> str:
        """The text, sealed: some 60 characters more than half as long again, in ASCII."""
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """The text again. Raises Unsealable."""
        try:
            return self._fernet.decrypt(sealed).decode()
        except InvalidToken as error:
            raise Unsealable from error
