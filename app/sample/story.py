"""A story is what people did on one file, day by day; stories are played together, in the order of the days.

Each step is a verb of the domain or a gate crossed by somebody who may: nothing is written that people could not
have written themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple, Protocol, TypeVar

from sqlalchemy.orm import Session

from experiments import declared as d
from experiments import editing, opinions, replies
from experiments import reported as r
from experiments.acts import Act, Nothing, Reason
from experiments.content import Content
from experiments.gates import cross
from experiments.ladder import paris_day
from experiments.lifecycle import LIFECYCLE
from experiments.model import Experiment
from experiments.parts import BY_CONTENT, Writer
from experiments.vocabulary import ActKind, OpinionKind, OpinionSense, Part

from ..clock import PARIS
from .people import Cast
from .words import LABEL, in_french, set_in_type

BY_LEAD = frozenset({"submit", "withdraw", "start", "finish"})

A = TypeVar("A", bound=Act)


@dataclass
class Scene:
    """Where a step is played: who is there, and what day it is in the story."""

    session: Session
    cast: Cast
    files: dict[str, Experiment]
    now: datetime

    @property
    def today(self) -> date:
        return paris_day(self.now)


class Step(NamedTuple):
    at: datetime
    play: Callable[[Scene], None]


class Story:
    """What happens to one file. `key` is its name in the code; the people are keys of the cast."""

    def __init__(
        self,
        key: str,
        *,
        lead: str = "porteur",
        evaluator: str = "evaluateur",
        chief: str = "valideur",
        contributor: str = "",
        deputy: str = "",
        head: str = "",
    ) -> None:
        self.key, self.lead, self.evaluator, self.chief = key, lead, evaluator, chief
        self.others = {Part.CONTRIBUTOR: contributor, Part.EVALUATOR: evaluator, Part.DEPUTY: deputy, Part.HEAD: head}
        self.steps: list[Step] = []

    def _add(self, day: date, play: Callable[[Scene], None]) -> None:
        # Half past nine, then every seven minutes: nobody does two things at once.
        at = datetime.combine(day, time(9, 30), PARIS)
        if self.steps and self.steps[-1].at >= at:
            at = self.steps[-1].at + timedelta(minutes=7)
            if paris_day(at) != day:
                raise ValueError(f"{self.key}: {day} comes after a later step")
        self.steps.append(Step(at, play))

    def open(self, day: date, identity: d.Identity) -> None:
        """Open the file, name its people, and write who and what."""
        title = set_in_type(identity.title)

        def play(on: Scene) -> None:
            on.files[self.key] = editing.open_experiment(
                on.session, on.cast[self.lead], title, f"demonstration-{self.key}", now=on.now, today=on.today,
                demonstration=True,
            )  # fmt: skip

        self._add(day, play)
        for part, who in self.others.items():
            if who:
                self._name(day, who, part)
        self.write(day, identity)

    def _name(self, day: date, who: str, part: Part) -> None:
        def play(on: Scene) -> None:
            editing.name(on.session, on.files[self.key], on.cast[self.lead], on.cast[who], part, now=on.now)

        self._add(day, play)

    def write(self, day: date, *contents: Content, by: str = "") -> None:
        """Write parts of the file: the evaluator's own, or the team's."""
        for content in contents:
            self._write(day, in_french(content), by)

    def _write(self, day: date, content: Content, by: str) -> None:
        part = BY_CONTENT[type(content)]
        who = by or (self.evaluator if part.writer is Writer.EVALUATOR else self.lead)

        def play(on: Scene) -> None:
            editing.write(on.session, on.files[self.key], on.cast[who], part, content, seen=None, now=on.now)

        self._add(day, play)

    def ask_opinion(self, day: date, adviser: str, kind: OpinionKind, question: str) -> None:
        def play(on: Scene) -> None:
            opinions.ask(
                on.session, on.files[self.key], on.cast[self.lead], on.cast[adviser], kind, set_in_type(question),
                now=on.now, today=on.today,
            )  # fmt: skip

        self._add(day, play)

    def give_opinion(self, day: date, adviser: str, sense: OpinionSense, text: str) -> None:
        """Give the opinion asked of this adviser, on the file as it then reads."""

        def play(on: Scene) -> None:
            x = on.files[self.key]
            asked = next(o for o in x.opinions if o.involvement.person_id == on.cast[adviser].id)
            opinions.give(on.session, x, on.cast[adviser], asked, sense, set_in_type(text), seen=None, now=on.now)

        self._add(day, play)

    def record_interim(self, day: date, interim: r.Interim) -> None:
        self.write(day, interim)

        def play(on: Scene) -> None:
            editing.record_interim(on.session, on.files[self.key], on.cast[self.evaluator], now=on.now)

        self._add(day, play)

    def review(self, day: date) -> None:
        """Read the record again, and say that it is up to date."""

        def play(on: Scene) -> None:
            editing.review(on.session, on.files[self.key], on.cast[self.lead], now=on.now, today=on.today)

        self._add(day, play)

    def reply(self, day: date, text: str) -> None:
        """Answer in public to what is late."""

        def play(on: Scene) -> None:
            replies.reply(on.session, on.files[self.key], on.cast[self.lead], set_in_type(text), now=on.now)

        self._add(day, play)

    def ask_extension(self, day: date, request: r.ExtensionRequest) -> None:
        self.write(day, request)

        def play(on: Scene) -> None:
            editing.ask_extension(on.session, on.files[self.key], on.cast[self.lead], now=on.now, today=on.today)

        self._add(day, play)

    def cross(self, day: date, gate: str, answers: Content | None = None, *, by: str = "") -> None:
        """Cross a gate, by whoever usually opens it unless somebody else is named."""
        who = by or (self.lead if gate in BY_LEAD else self.evaluator if gate == "evaluate" else self.chief)
        said = in_french(answers or Nothing())

        def play(on: Scene) -> None:
            cross(
                on.session, on.files[self.key], LIFECYCLE[gate], on.cast[who], said, seen=None, now=on.now,
                today=on.today,
            )  # fmt: skip

        self._add(day, play)


def act(form: type[A], day: date, rank: int, about: str, *, law: str, facts: str, **more: Any) -> A:
    """An act signed and in force on one day. All acts of the demonstration are made up, and numbered so."""
    usual = {"act": ActKind.DECISION, "body": "Bureau métropolitain", "capacity": "Vice-présidence au numérique"}
    if more.get("act") is ActKind.ORDER:  # One person signs it: no assembly.
        usual["body"] = "Présidence de Nantes Métropole"
    return form(
        number=f"{day.year}-{rank:03d} {LABEL}", object=f"{about} {LABEL}", signed_on=day, effective_on=day,
        law=law, facts=facts, **(usual | more),
    )  # fmt: skip


def because(reason: str) -> Reason:
    return Reason(reason=reason)


class InSteps(Protocol):
    """Whatever happened in steps."""

    steps: list[Step]


def in_order(stories: Iterable[InSteps]) -> list[Step]:
    """Every step of every story, in the order in which they happened: the trace is one chain."""
    return sorted((step for story in stories for step in story.steps), key=lambda step: step.at)
