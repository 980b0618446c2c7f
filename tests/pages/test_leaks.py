"""Nothing private leaks: a mark is planted in all that is private, then every public address is read for it.

The addresses are those of the application itself: a new public page is looked at without being listed here.
"""

import re
from collections.abc import Iterator

from flask import Flask
from sqlalchemy import Text, inspect, select, update

from app import clock
from app.db import Database
from app.i18n import INSIDE, has_english
from experiments.model import Base, Experiment, Opinion, WrittenPart
from experiments.parts import DECLARED
from experiments.public_access import TABLES
from experiments.published import TOLD
from experiments.vocabulary import Status
from tests.domain.guards_off import take_down
from tests.pages.conftest import Build
from tests.pages.visitor import Visitor

MARK = "Zéphyrine7481"
PUBLISHED_WHOLE = {*TABLES, "decisions", "evaluations"}
"""Tables whose texts are meant for the public, some of them later."""
MIXED = {"experiments", "written_parts"}


def plant(register: Database) -> int:
    """Write the mark wherever nobody outside should read; how many columns hold it."""
    planted = 0
    with register.changing() as session:
        take_down(session.connection())
        for table in Base.metadata.sorted_tables:
            if table.name in PUBLISHED_WHOLE | MIXED:
                continue
            for column in table.columns:
                free = isinstance(column.type, Text) or column.name in ("name", "function", "email", "value", "label")
                if free and not column.foreign_keys and not column.primary_key and not column.unique:
                    session.execute(update(table).values({column.name: MARK}))
                    planted += 1
        inside = select(Experiment.id).where(Experiment.status.not_in(TOLD))
        facts = dict.fromkeys(("title", "summary", "organisation", "place", "found_by"), MARK)
        session.execute(update(Experiment).where(Experiment.id.in_(inside)).values(facts))
        declared = [part.slug for part in DECLARED]
        session.execute(update(WrittenPart).where(WrittenPart.experiment_id.in_(inside)).values(text=f'"{MARK}"'))
        being_written = WrittenPart.slug.not_in([*declared, "lancement", "prolongation", "cloture", "suivi"])
        session.execute(update(WrittenPart).where(being_written).values(text=f'"{MARK}"'))
    return planted


def addresses(app: Flask, numbers: list[str]) -> Iterator[str]:
    """Every address that somebody may read without signing in, in both languages."""
    for rule in app.url_map.iter_rules():
        outside = not any(rule.rule == one or rule.rule.startswith(f"{one}/") for one in INSIDE if one != "/api")
        if "GET" not in (rule.methods or ()) or not (outside or rule.rule.startswith("/api/")):
            continue
        arguments = rule.arguments
        paths = [rule.rule]
        if "number" in arguments:
            paths = [rule.rule.replace("<number:number>", number) for number in numbers]
        for path in paths:
            if path.endswith(".pdf"):
                continue  # The press prints the page that is read here.
            path = re.sub(r"<int[^>]*:year>", str(clock.today().year), path)
            yield path
            if has_english(path) and not path.startswith("/api"):
                yield f"/en{path}"


def test_what_is_private_is_in_no_public_answer(app: Flask, register: Database, make: Build, visitor: Visitor) -> None:
    numbers = [make(status) for status in Status if status is not Status.WITHDRAWN]
    assert plant(register) > 12
    with register.reading() as session:
        assert inspect(register.engine).has_table("publications")
        assert session.scalar(select(Opinion.text)) == MARK
    read = 0
    for path in addresses(app, numbers):
        answer = visitor.client.get(path)
        text = answer.get_data(as_text=True)
        assert MARK not in text, path
        assert "@exemple.fr>" not in text, path
        read += answer.status_code == 200
    assert read > 40
    for query in (f"?q={MARK}", f"?q={MARK}&statut=all", f"?organisme={MARK}&statut=all"):
        assert "0 expérimentation" in visitor.client.get(f"/{query}").get_data(as_text=True).replace("\u00a0", " ")
