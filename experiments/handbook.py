"""The table of gates as people read it: a diagram and a table for README.md, drawn from the code that runs."""

from __future__ import annotations

from .acts import Reason
from .duties import DUTIES
from .gates import Gate
from .lifecycle import LIFECYCLE
from .vocabulary import ENDED, Role, Status

_LAPSING = ", ".join(f"« {rule.task.label} »" for rule in DUTIES.values() if rule.lapses)
RULES = (
    "Une échéance se rappelle avant, le jour même, puis chaque semaine jusqu’à ce que ce soit fait ; "
    "après deux rappels sans effet, le rang suivant est prévenu aussi. "
    f"D’autres s’éteignent d’elles-mêmes ({_LAPSING}) : passé le jour, rien n’est rappelé, "
    "et le rang suivant ne l’est jamais qu’à la place de qui ne peut être joint."
)


def diagram() -> str:
    """A Mermaid diagram of the statuses, and of the gates between them."""
    lines = ["stateDiagram-v2"]
    lines += [f"    {status} : {status.label}" for status in Status]
    lines += [f"    [*] --> {Status.DRAFT}"]
    lines += [
        f"    {source} --> {gate.target} : {gate.label}" for gate in LIFECYCLE.values() for source in gate.sources
    ]
    lines += [f"    {status} --> [*]" for status in Status if status in ENDED]
    return "\n".join(lines)


def table() -> str:
    """A Markdown table: one gate a line; who is barred is said once, under it."""
    lines = [
        "| Jalon | Nom | De | Vers | Qui l’ouvre | Conditions | Ce que dit l’acte |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    barred = list(dict.fromkeys(gate.opener.none_of for gate in LIFECYCLE.values() if gate.opener.none_of))
    notes = [
        f"({i}) Jamais quelqu’un qui est aussi, pour ce dossier : {roles.label}." for i, roles in enumerate(barred, 1)
    ]
    return "\n".join(lines + [_row(gate, barred) for gate in LIFECYCLE.values()]) + "\n\n" + "\n\n".join(notes)


def _row(gate: Gate, barred: list[Role]) -> str:
    note = f" ({barred.index(gate.opener.none_of) + 1})" if gate.opener.none_of else ""
    cells = (
        f"`{gate.name}`",
        gate.label,
        ", ".join(status.label for status in gate.sources),
        gate.target.label,
        gate.opener.roles.label + note,
        str(len(gate.requires)) if gate.requires else "–",
        gate.outcome.label if gate.outcome else "un motif" if gate.asks is Reason else "–",
    )
    return f"| {' | '.join(cells)} |"


def duties() -> str:
    """A Markdown table: one duty a line, and who is told, from the first to the last resort."""
    lines = [
        "| Échéance | Ce qui est demandé | À qui, puis à qui | Tant que | Pourquoi |",
        "| --- | --- | --- | --- | --- |",
    ]
    for rule in DUTIES.values():
        ranks = ", ".join(rank.label for rank in rule.ranks)
        while_ = ", ".join(status.label for status in Status if status in rule.while_)
        lines.append(f"| {rule.task.label} | {rule.act} | {ranks} | {while_} | {rule.source} |")
    return "\n".join(lines)


def text() -> str:
    """The whole: the diagram, the gates, the duties."""
    return f"```mermaid\n{diagram()}\n```\n\n{table()}\n\n## Ce qui est dû\n\n{RULES}\n\n{duties()}"
