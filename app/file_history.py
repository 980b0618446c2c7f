"""The trace of a file as those who work on it read it: with the names and the reasons that the public does not see."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from experiments import trace
from experiments.model import Entry, Experiment
from experiments.parts import BY_SLUG
from experiments.vocabulary import Finding, OpinionSense, Word

from . import history
from .templating import NBSP, hour_fr, moment_fr


def told(entries: list[Entry]) -> list[history.HistoryLine]:
    """The history of a file, in the order given."""
    return [_told(entry) for entry in entries]


def _told(entry: Entry) -> history.HistoryLine:
    public, body = history.line(entry), history.body_of(entry)
    known = {d.field: d.value for d in entry.disclosures}
    said = _text(known)
    if public.strong and "fingerprint" in body.facts:
        # What ties the act to the text that was read: the whole file, printed, ends with the same.
        said.append(f"Empreinte du dossier lu{NBSP}: {body.facts['fingerprint']}")
    return public._replace(who=_who(known, public.who), text="\n".join(said) or None, hour=hour_fr(body.at))


def _who(known: dict[str, str | None], capacity: str) -> str:
    name = (known["by"] or "nom effacé").split(" <")[0] if "by" in known else ""
    return " · ".join(part for part in (name, capacity) if part)


_WORDS: dict[str, type[Word]] = {"sense": OpinionSense, "verdict": Finding}


def _word(kind: type[Word], code: str | None) -> Word | None:
    return kind(code) if code else None


_QUOTED = {
    "reason": "",
    "text": "",
    "law": f"Motifs de droit{NBSP}: ",
    "facts": f"Motifs de fait{NBSP}: ",
    "departure": f"Pourquoi cet écart{NBSP}: ",
}


def _text(known: dict[str, str | None]) -> list[str]:
    said = [known["person"].split(" <")[0]] if known.get("person") else []  # type: ignore[union-attr]
    said += [word.label for field, kind in _WORDS.items() if (word := _word(kind, known.get(field)))]
    return said + [f"{label}«{NBSP}{known[field]}{NBSP}»" for field, label in _QUOTED.items() if known.get(field)]


def changed_since(session: Session, x: Experiment, seen: int) -> list[str]:
    """What happened to the file after the version that somebody was looking at, in sentences."""
    found: list[tuple[datetime, str]] = [
        (part.written_at, f"{part.written_by.name} a modifié «{NBSP}{BY_SLUG[part.slug].label}{NBSP}»")
        for part in x.written
        if part.at_version > seen
    ]
    for entry in trace.entries_of(session, x):
        if entry.at_version is not None and entry.at_version > seen:
            line = _told(entry)
            found.append((history.body_of(entry).at,
                          " · ".join(part for part in (line.what, line.who) if part)))  # fmt: skip
    return [f"{sentence}, le {moment_fr(at)}" for at, sentence in sorted(found)]
