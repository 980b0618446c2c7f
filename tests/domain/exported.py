"""A register of every kind of file, exported to a folder once for all the tests that read what it says."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from app.db import Database
from experiments import declared as d
from experiments import publishing, voices
from experiments.exports import writing
from experiments.exports.columns import Table
from experiments.exports.forms import PROGRAMS, path_of
from experiments.exports.publisher import Publisher
from experiments.model import Reply
from experiments.model.voice import Decline
from experiments.vocabulary import Status
from tests import citizens
from tests.builders import TODAY, an_experiment, complete, cross, noon
from tests.domain import table_schema

SITE = "https://experimentations.exemple.fr"
BY = Publisher("Métropole d’Exemple", SITE, "24440040400129", contact="registre@exemple.fr")
FORMULA = '=HYPERLINK("https://exemple.fr";"Gagné")'
# One text a table, each of the ways to reach a formula: at once, after spaces, after another separator, full-width.
TRAPS = {"title": FORMULA, "summary": "Voir,=cmd|' /C calc'!A0", "hypothesis": "＝1+1", "problem": " \u00a0@SUM(1)",
         "people": "-1+1", "place": "+33 2 40 00 00 00"}  # fmt: skip


class Exported:
    """A register of every kind of file, and the folder that it was exported to."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database, self.folder = database, folder
        with database.changing() as session:
            for status in (Status.DECIDED, Status.CLOSED, Status.SUSPENDED, Status.REFUSED):
                an_experiment(session, status)
            trapped = {d.Identity: d.Identity(**{**as_dict(complete(TODAY)[d.Identity]), **TRAPS})}
            running = an_experiment(session, Status.RUNNING, written=trapped)
            self.trapped = running.number
            lead = running.involved[0].person
            session.add(Reply(experiment_id=running.id, at=noon(TODAY), text="L’étude arrive.", by_id=lead.id))
            session.flush()
            publishing.publish(session, running)
            self.heard = running.number
            for text, answer in (("=Trop de bruit", "@Vérifié"), ("Merci", ""), ("Retirée depuis", "Une réponse")):
                voice = citizens.a_voice(session, running, text + " le soir", on=TODAY)
                voices.publish(session, voice, voice.text, sure=False, today=TODAY)
                if answer:
                    voices.answer(session, voice, answer, today=TODAY)
            voices.decline(session, voice, Decline.PERSONAL, sure=True, today=TODAY)
            citizens.a_voice(session, running, "Pas encore lue par l’équipe", on=TODAY)
            self.draft = an_experiment(session, Status.DRAFT).number
            self.counted = an_experiment(session, Status.SUBMITTED).number
            cross(session, an_experiment(session, Status.SUBMITTED), "return")
            withdrawn = an_experiment(session, Status.SUBMITTED)
            cross(session, withdrawn, "withdraw")
            self.withdrawn = withdrawn.number
        with database.public() as public:
            self.written = writing.export(public, folder, BY)

    def read(self, address: str) -> bytes:
        return (self.folder / address.lstrip("/")).read_bytes()

    def json(self, address: str) -> Any:
        return json.loads(self.read(address), parse_float=Decimal, parse_int=Decimal)

    def rows(self, table: Table) -> list[dict[str, str]]:
        return table_schema.read(self.folder / path_of(table, PROGRAMS).lstrip("/"))


def as_dict(content: Any) -> dict[str, Any]:
    return {name: getattr(content, name) for name in content.__struct_fields__}
