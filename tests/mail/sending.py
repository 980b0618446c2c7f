"""A mail to send, and the way to send it, as the tests of the transport have them."""

import re
import ssl
from email.message import EmailMessage

from app.mail.transport import Answer, Smtp

SENDER = "Métropole, numérique <jalon@ville.fr>"
TO = "marie@ville.fr"
SHORT = 0.3
BADLY_TYPESET = re.compile(r" [;:!?»]|« |\w'\w|[^ \u00a0\u202f][;!?]")


def message(name: str = "one", **headers: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = '"Métropole, numérique" <jalon@ville.fr>'
    mail["To"] = TO
    mail["Subject"] = headers.pop("Subject", "Échéance dans 30 jours")
    mail["Message-ID"] = f"<{name}@ville.fr>"
    for header, value in headers.items():
        mail[header.replace("_", "-")] = value
    mail.set_content("Bonjour,\n\nL’évaluation est à verser : déjà prête ?\n")
    return mail


def smtp(url: str, **more: float | ssl.SSLContext | None) -> Smtp:
    return Smtp(url, SENDER, **{"connect_seconds": 2, "answer_seconds": 2, **more})  # type: ignore[arg-type]


def send(url: str, **more: float | ssl.SSLContext | None) -> Answer:
    """One mail on a connection of its own."""
    with smtp(url, **more) as transport:
        return transport.deliver(message(), TO)
