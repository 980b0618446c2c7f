"""What a program is told: the public facts of a gate, under a stable name, signed as Standard Webhooks says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from standardwebhooks import Webhook as Signer

from experiments.deliveries import Parcel
from experiments.vocabulary import Status

TRIAL = "trial"


class Proof(msgspec.Struct):
    """The entry of the trace that the message tells of: its number, and the fingerprint of its exact bytes."""

    seq: int
    hash: str


class Crossed(msgspec.Struct):
    """A gate crossed by an experiment that the public may know."""

    number: str
    gate: str
    status: Status
    status_label: str
    url: str
    api_url: str
    trace: Proof


class Message(msgspec.Struct):
    """What is sent. A trial has no `data` to speak of."""

    type: str
    timestamp: str
    data: Any


class _Line(msgspec.Struct):
    """What is read of an entry of the trace."""

    seq: int
    at: str
    experiment: str
    event: str
    to: Status


def write(parcel: Parcel, public_url: str) -> bytes:
    """The message, the same at each try."""
    if parcel.entry is None:
        told = {"message": "Essai envoyé depuis l’administration du registre", "url": public_url}
        return msgspec.json.encode(Message(TRIAL, _moment(parcel.made_at), told))
    line = msgspec.json.decode(parcel.entry, type=_Line)
    return msgspec.json.encode(_crossed(line, parcel.hash, public_url))


def _crossed(line: _Line, fingerprint: str, public_url: str) -> Message:
    data = Crossed(
        number=line.experiment, gate=line.event, status=line.to, status_label=line.to.label,
        url=f"{public_url}/experimentations/{line.experiment}",
        api_url=f"{public_url}/api/v1/experiments/{line.experiment}", trace=Proof(line.seq, fingerprint),
    )  # fmt: skip
    return Message(f"experiment.{line.event}", line.at, data)


def example(public_url: str) -> Message:
    """What the documentation shows."""
    return _crossed(
        _Line(12, "2026-03-02T08:30:00Z", "2026-014", "authorise", Status.AUTHORISED), "9f86d0…", public_url
    )


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def headers(key: str, secrets: Sequence[str], body: bytes, now: datetime) -> dict[str, str]:
    """The name, the moment of this try, and one signature for each secret that is still valid."""
    signed = [Signer(one).sign(key, now.astimezone(UTC), body.decode()) for one in secrets]
    return {
        "Content-Type": "application/json",
        "User-Agent": "Jalon-Webhooks/1",
        "webhook-id": key,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signed),
    }
