"""The signed head of the trace: whoever keeps one can show, later, that the past was rewritten.

RSA with PKCS#1 v1.5 and SHA-256, because a verifier with the standard library alone checks it with one `pow`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

ALGORITHM = "RSASSA-PKCS1-v1_5-SHA-256"
BITS = 3072


class KeyUnusable(Exception):
    """A text that is no private RSA key of a sufficient size."""


def new_key() -> str:
    """A private key, in PEM."""
    return (
        rsa.generate_private_key(public_exponent=65537, key_size=BITS)
        .private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        .decode()
    )  # fmt: skip


def load(pem: str) -> rsa.RSAPrivateKey:
    """The key that a PEM text holds. Raises KeyUnusable."""
    try:
        key = serialization.load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise KeyUnusable from error
    if not isinstance(key, rsa.RSAPrivateKey) or key.key_size < 2048:
        raise KeyUnusable
    return key


def message(size: int, head: str, at: str) -> bytes:
    """The exact bytes that are signed; the verifier writes them again from what the checkpoint says."""
    return f"jalon-trace\n{size}\n{head}\n{at}\n".encode()


def sign(key: rsa.RSAPrivateKey, size: int, head: str, at: datetime) -> dict[str, Any]:
    """What is published: how many entries, the hash of the last one, when, and the signature of all three."""
    moment = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    public = key.public_key().public_numbers()
    signature = key.sign(message(size, head, moment), padding.PKCS1v15(), hashes.SHA256())
    return {
        "size": size,
        "head": head,
        "at": moment,
        "algorithm": ALGORITHM,
        "key": {"n": f"{public.n:x}", "e": public.e},
        "signature": signature.hex(),
    }
