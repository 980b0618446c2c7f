"""The open data say what the register says, exactly, to whoever reads it by program; and harm nobody's spreadsheet."""

import csv
import json
import sqlite3
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC
from decimal import Decimal
from hashlib import sha256
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import jsonschema
import pyshacl
import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text

from app.commands.handbook import put_into
from app.config import ConfigError, load_config
from app.db import Database
from experiments import declared as d
from experiments import documents, publications, publishing, queries, voices
from experiments.exports import schema, writing
from experiments.exports.columns import Table
from experiments.exports.forms import JSON, PEOPLE, PROGRAMS, Batch, exact, forms_of, harmless, path_of, schema_of
from experiments.exports.publisher import Publisher
from experiments.exports.tables import TABLES
from experiments.model import Person, Publication, Reply
from experiments.model.voice import Decline
from experiments.policy import current as policy
from experiments.vocabulary import Status
from tests import citizens
from tests.builders import TODAY, an_experiment, complete, cross, noon
from tests.conftest import ENGINES
from tests.domain import table_schema

SITE = "https://experimentations.exemple.fr"
BY = Publisher("Métropole d’Exemple", SITE, "24440040400129", contact="registre@exemple.fr")
VCARD = "http://www.w3.org/2006/vcard/ns#"
ROOT = Path(__file__).parents[2]
ALL = [*TABLES.values()]
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


@pytest.fixture(scope="module", params=ENGINES)
def exported(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Exported]:
    with request.getfixturevalue(request.param).fresh() as url:
        database = Database(url)
        yield Exported(database, tmp_path_factory.mktemp("donnees"))
        database.engine.dispose()
        database.public_engine.dispose()


def test_every_table_is_what_its_schema_says(exported: Exported) -> None:
    tables = {table.name: exported.rows(table) for table in ALL}
    assert all(tables.values())
    for table in ALL:
        alone = json.loads(exported.read(schema_of(table)))
        assert "foreignKeys" not in alone, "a validator that has one table refuses the keys of others"
        assert [*table_schema.problems(tables[table.name], alone, {})] == [], table.name
    joined = json.loads(exported.read("/donnees/datapackage.json"))["resources"]
    assert [one["name"] for one in joined if "foreignKeys" in one["schema"]] == [t.name for t in ALL if t.joins]
    for one in joined:
        assert [*table_schema.problems(tables[one["name"]], one["schema"], tables)] == [], one["name"]


@pytest.mark.parametrize(
    ("column", "value"),
    [("statut", "running "), ("numero", "26-1"), ("fin_ferme", "30/06/2026"), ("demonstration", ""),
     ("cout_prevu", "48 000"), ("personnes_max", "1,5"), ("s_ecarte", "non"), ("numero", "2026-001")],
)  # fmt: skip
def test_the_reader_of_schemas_sees_what_is_wrong(column: str, value: str) -> None:
    blank = {column.name: "" for column in TABLES["experimentations"].columns}
    good = blank | {"numero": "2026-001", "statut": "draft", "statut_libelle": "Brouillon", "demonstration": "false"}
    told = schema.table_schema(TABLES["experimentations"], BY)
    other = good | {"numero": "2026-002"}
    assert [*table_schema.problems([good, other], told, {})] == []
    assert [*table_schema.problems([good, other | {column: value}], told, {})]
    lost = {"numero": "2026-003", "identifiant": "2026-003-44109", "code_commune": "44109", "nom_commune": "Nantes"}
    [joined] = [one["schema"] for one in schema.package(BY)["resources"] if one["name"] == "communes"]
    assert [*table_schema.problems([lost], joined, {"experimentations": [good]})] == ["numero: nobody is 2026-003"]


def test_the_three_forms_of_a_table_hold_the_same_values(exported: Exported) -> None:
    for table in ALL:
        open_rows = [list(row.values()) for row in exported.rows(table)]
        people = exported.read(path_of(table, PEOPLE))
        assert people.startswith(b"\xef\xbb\xbf")
        cells = list(csv.reader(StringIO(people.decode("utf-8-sig"), newline=""), delimiter=";"))
        assert cells[0] == [column.name for column in table.columns]
        assert len(cells) == len(open_rows) + 1
        if JSON in forms_of(table):
            found = exported.json(path_of(table, JSON))["rows"]
            assert [[_text(value) for value in row.values()] for row in found] == open_rows
            assert list(found[0]) == cells[0]


def _text(value: Any) -> str:
    """A value of JSON as the CSV for programs writes it; moments are texts there already."""
    return exact(value)


def test_every_document_is_there_byte_for_byte_and_as_its_schema_says(exported: Exported) -> None:
    whole = exported.read("/experimentations.json")
    with exported.database.public() as public:
        texts = [text for _, text in documents.some(public, told=False)]
    assert whole.endswith(b'"experiments":[\n' + ",\n".join(texts).encode() + b"\n]}\n")
    told = json.loads(exported.read("/donnees/schema-json.json"))
    check = jsonschema.Draft202012Validator(told)
    register = json.loads(whole)
    assert [*check.iter_errors(register)] == []
    wrongs = (
        (("status",), "open"),
        (("parts", "identite", "people_max"), "cent"),
        (("decisions", 0, "act", "signed_on"), 2026),
        (("steps", 0, "entry", "seq"), "un"),
    )
    for path, wrong in wrongs:
        spoilt = json.loads(whole)
        at: Any = spoilt["experiments"][0]
        for step in path[:-1]:
            at = at[step]
        at[path[-1]] = wrong
        assert [*check.iter_errors(spoilt)], path


def test_of_a_proposal_that_is_only_counted_the_data_say_nothing_more(exported: Exported) -> None:
    rows = {row["numero"]: row for row in exported.rows(TABLES["experimentations"])}
    assert exported.draft not in rows
    for number, status in ((exported.counted, "submitted"), (exported.withdrawn, "withdrawn")):
        said = {name: value for name, value in rows[number].items() if value}
        assert said.pop("soumise_le")
        assert said.pop("statut") == status
        assert set(said) == {"numero", "statut_libelle", "demonstration"}
        named = [table.name for table in ALL if any(row["numero"] == number for row in exported.rows(table))]
        assert named == ["experimentations", "statuts"]


@pytest.mark.only("sqlite")
def test_an_evaluation_that_waits_for_its_decision_is_said_to_be_withheld_as_its_page_says(register: Database) -> None:
    with register.changing() as session:
        waiting, told = (an_experiment(session, status).number for status in (Status.EVALUATED, Status.DECIDED))
    with register.public() as public:
        rows = {number: [dict(zip(("numero", "identifiant", "quoi", "fondement"), line, strict=False))
                         for line in TABLES["reserves"].lines(publications.one(public, number), BY)]
                for number in (waiting, told)}  # type: ignore[arg-type]  # fmt: skip
    said = {"numero": waiting, "identifiant": f"{waiting}-finale-1", "quoi": "L’évaluation, version 1",
            "fondement": "preparatory"}  # fmt: skip
    assert said in rows[waiting]
    assert all(row["fondement"] != "preparatory" for row in rows[told])


def test_no_person_is_named_anywhere(exported: Exported) -> None:
    with exported.database.reading() as session:
        people = session.execute(select(Person.name, Person.email)).all()
    assert people
    words = [word.encode() for person in people for word in (person.email, person.name)]
    for path in exported.written:
        content = path.read_bytes()
        assert [word for word in words if word in content] == [], path.name


def test_no_cell_for_people_runs_in_a_spreadsheet(exported: Exported) -> None:
    table = TABLES["experimentations"]
    text = exported.read(path_of(table, PEOPLE)).decode("utf-8-sig")
    names, *lines = csv.reader(StringIO(text, newline=""), delimiter=";")
    row = next(dict(zip(names, line, strict=True)) for line in lines if line[0] == exported.trapped)
    assert row["titre"] == f"'{FORMULA}"
    assert row["resume"] == "Voir,'=cmd|' /C calc'!A0"
    assert (row["hypothese"], row["personnes"], row["lieu"]) == ("'＝1+1", "'-1+1", "'+33 2 40 00 00 00")
    # Whatever separator a spreadsheet takes, no cell begins as a formula.
    for separator in ";,\t|":
        cells = [cell for line in csv.reader(StringIO(text, newline=""), delimiter=separator) for cell in line]
        assert [cell for cell in cells if cell.lstrip()[:1] in "=+-@＝＋－＠" and cell.strip()] == []
    exact_row = next(row for row in exported.rows(table) if row["numero"] == exported.trapped)
    assert (exact_row["titre"], exact_row["resume"]) == (FORMULA, TRAPS["summary"])


@pytest.mark.parametrize(
    ("value", "cell"),
    [("=1+1", "'=1+1"), ("\t=1", "'\t'=1"), ("\r@x", "'\r'@x"), ("a\n- b", "a\n'- b"), ("＠x", "'＠x"),
     ("un - deux = trois", "un - deux = trois"), ("a ; -b", "a ;' -b"), (Decimal("-3.50"), "-3,50"), (-4, "-4"),
     ("\u200b\ufeff=1+1", "'\u200b\ufeff=1+1"), (True, "oui"), (None, ""), ("", "")],
)  # fmt: skip
def test_a_cell_for_people(value: Any, cell: str) -> None:
    assert harmless(value) == cell


class Rows(Batch):
    """These rows, whatever the table."""

    def __init__(self, rows: list[list[Any]]) -> None:
        super().__init__([], BY)
        self.rows = rows

    def lines(self, table: Table) -> list[list[Any]]:
        return self.rows


_texts = st.text(st.sampled_from("ab é’;,|\t\r\n\"'=-+@−\u200b\u00a0"), max_size=8)
_values = st.one_of(
    _texts, st.none(), st.booleans(), st.integers(), st.decimals(allow_nan=False, allow_infinity=False), st.dates(),
    st.datetimes(timezones=st.just(UTC)), st.sampled_from(Status),
)  # fmt: skip


@given(st.lists(st.lists(_values, min_size=3, max_size=3), max_size=4))
def test_rows_looked_at_as_a_whole_are_those_that_the_csv_module_writes_cell_by_cell(rows: list[list[Any]]) -> None:
    for form, write, separator in ((PEOPLE, harmless, ";"), (PROGRAMS, exact, ",")):
        expected = StringIO()
        csv.writer(expected, delimiter=separator).writerows(map(write, row) for row in rows)
        assert form.rows(TABLES["communes"], Rows(rows)).decode() == expected.getvalue()


def test_what_residents_said_is_there_as_it_was_published_and_no_more(exported: Exported) -> None:
    table = TABLES["observations"]
    rows = exported.rows(table)
    assert [(x["texte"], x["reponse"], x["retrait_motif"]) for x in rows] == [
        ("=Trop de bruit le soir", "@Vérifié", ""), ("Merci le soir", "", ""), ("", "", "personal"),
    ]  # fmt: skip
    assert {x["numero"] for x in rows} == {exported.heard}
    assert [bool(x["retiree_le"]) for x in rows] == [False, False, True]
    assert "'=Trop de bruit le soir;'@Vérifié" in exported.read(path_of(table, PEOPLE)).decode()
    for address in (path_of(table, form) for form in forms_of(table)):
        for unread in ("Pas encore lue", "Retirée depuis", "jo@exemple.fr"):
            assert unread not in exported.read(address).decode()


def test_what_residents_said_is_read_bite_by_bite(exported: Exported, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "HEARD", 1)
    address, file = "/donnees/observations.json", BytesIO()
    with exported.database.public() as public:
        writing.fill(public, {address: file}, BY)
    assert file.getvalue() == exported.read(address)


def _catalogue(exported: Exported, change: Callable[[dict[str, Any]], object]) -> rdflib.Graph:
    told = json.loads(exported.read("/donnees/catalogue.jsonld"))
    change(told)
    return rdflib.Graph().parse(data=json.dumps(told), format="json-ld")


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")  # by rdflib itself
def test_the_catalogue_is_one_that_portals_take(exported: Exported) -> None:
    shapes = rdflib.Graph().parse(Path(__file__).with_name("dcat_ap.ttl"))
    graph = _catalogue(exported, lambda told: None)
    holds, _, report = pyshacl.validate(graph, shacl_graph=shapes)
    assert holds, report
    dcat = rdflib.Namespace("http://www.w3.org/ns/dcat#")
    files = {str(url).removeprefix(SITE) for url in graph.objects(None, dcat.downloadURL)}
    reports = {one for one in files if one.startswith("/bilan/")}
    assert {f"/bilan/{TODAY.year}.json", f"/bilan/{TODAY.year}.csv"} <= reports
    (service,) = graph.subjects(rdflib.RDF.type, dcat.DataService)
    assert str(graph.value(service, dcat.endpointDescription)) == f"{SITE}/api/v1/openapi.json"
    assert {str(one) for one in graph.objects(None, dcat.contactPoint / rdflib.URIRef(VCARD + "hasEmail"))} == {
        "mailto:registre@exemple.fr"
    }
    assert str(graph.value(service, rdflib.DCTERMS.identifier)) == f"{SITE}/donnees/api"
    data = rdflib.URIRef(f"{SITE}/donnees#jeu")
    assert len([*graph.objects(data, rdflib.DCTERMS.spatial)]) == len(policy().communes)
    assert len([*graph.objects(data, rdflib.DCTERMS.temporal / dcat.startDate)]) == 1
    assert files - reports == {*writing.FILES}


def _spoil(told: dict[str, Any]) -> None:
    """Take something from each thing that the catalogue names; the rest of it stays what it was."""
    data, reports = told["dcat:dataset"]
    for place, name in (
        (told, "dct:publisher"), (data, "dct:description"), (told["dcat:service"][0], "dct:identifier"),
        (data["dcat:distribution"][0], "dcat:accessURL"), (reports, "dct:temporal"), (reports, "dcat:contactPoint"),
        (told["dcat:themeTaxonomy"], "dct:title"),
    ):  # fmt: skip
        del place[name]
    data["dcat:theme"]["@id"] = f"{SITE}/themes/eau"
    data["dcat:distribution"][1]["dcatap:availability"] = {"@id": f"{SITE}/demain", "@type": "skos:Concept"}
    data["dct:accessRights"] = "public"
    told["dct:language"] = {"@id": told["dct:language"]["@id"].replace("FRA", "fr"), "@type": "dct:LinguisticSystem"}
    told["dct:license"] = {"@id": f"{SITE}/licence", "@type": "dct:LicenseDocument"}


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")  # by rdflib itself
def test_a_catalogue_spoilt_in_each_of_its_parts_is_refused_for_each(exported: Exported) -> None:
    shapes = rdflib.Graph().parse(Path(__file__).with_name("dcat_ap.ttl"))
    spoilt = _catalogue(exported, _spoil)
    holds, report, _ = pyshacl.validate(spoilt, shacl_graph=shapes)
    assert not holds
    named = rdflib.URIRef("http://www.w3.org/ns/shacl#resultPath")
    assert {path.n3(spoilt.namespace_manager) for path in report.objects(None, named)} == {
        "dct:publisher", "dct:description", "dct:identifier", "dcat:accessURL", "dct:temporal", "dcat:contactPoint",
        "dct:title", "dcat:theme", "skos:prefLabel", "dcatap:availability", "dct:accessRights", "dct:language",
        "dct:type",
    }  # fmt: skip


def test_the_package_names_every_table_and_the_decisions_join_the_deliberations(exported: Exported) -> None:
    package = json.loads(exported.read("/donnees/datapackage.json"))
    assert {resource["path"].removeprefix(SITE) for resource in package["resources"]} == {
        path_of(table, PROGRAMS) for table in ALL
    }
    signed = [row for row in exported.rows(TABLES["decisions"]) if row["issue"] == "generalisation"]
    assert [row["DELIB_ID"] for row in signed] == ["2026-117-decide-generalise"] * 2
    assert {(row["COLL_SIRET"], row["COLL_NOM"]) for row in signed} == {("24440040400129", "Métropole d’Exemple")}
    assert all(row["DELIB_DATE"] and row["DELIB_OBJET"] for row in signed)


def test_a_schema_says_of_itself_what_a_directory_of_schemas_asks(exported: Exported) -> None:
    package = json.loads(exported.read("/donnees/datapackage.json"))
    for table in ALL:
        told = json.loads(exported.read(schema_of(table)))
        assert told["path"] == SITE + schema_of(table)
        assert [one["path"] for one in told["resources"]] == [SITE + path_of(table, PROGRAMS)]
        assert {"title", "description", "homepage", "created", "lastModified"} <= {key for key in told if told[key]}
        assert told["version"] == package["version"]
        assert told["contributors"] == [{"title": BY.name, "role": "publisher"}]
    assert json.loads(exported.read("/donnees/decisions.schema.json"))["sources"]


def test_other_columns_are_another_version_of_the_schema() -> None:
    told = [
        (t.name, t.key, t.joins, [(c.name, c.kind, c.pattern, c.required, [*c.words]) for c in t.columns]) for t in ALL
    ]
    shape = sha256(json.dumps(told).encode()).hexdigest()[:16]
    assert (schema.VERSION, schema.CHANGED, shape) == ("0.1.0", "2026-11-28", "1cdb50c93f8fb9ab"), "say so in schema.py"


def test_a_step_names_its_act_or_the_reason_that_it_has_without_one(exported: Exported) -> None:
    acts = {row["identifiant"]: row for row in exported.rows(TABLES["decisions"])}
    steps = exported.rows(TABLES["statuts"])
    named = [row for row in steps if row["decision"]]
    assert {row["decision"] for row in named} == {*acts}
    assert len(named) == len(acts)
    kinds = {(row["etape"], acts[row["decision"]]["issue"]) for row in named}
    assert kinds >= {("refuse", "refusal"), ("decide-generalise", "generalisation")}
    assert all(row["date"] == acts[row["decision"]]["inscrite_le"] for row in named)
    suspended = [row["motif"] for row in steps if row["etape"] == "suspend"]
    assert suspended
    assert all(suspended)
    assert not [row for row in steps if row["motif"] and row["etape"] not in ("suspend", "resume")]


class Watched(BytesIO):
    """A file that does something when it is first written to."""

    def __init__(self, first: Callable[[], object]) -> None:
        super().__init__()
        self.first: Callable[[], object] | None = first

    def write(self, data: Any, /) -> int:
        first, self.first = self.first, None
        if first:
            first()
        return super().write(data)


def test_a_file_tells_one_moment_even_while_the_register_changes(register: Database) -> None:
    with register.changing() as session:
        number = an_experiment(session, Status.RUNNING).number

    def change() -> None:
        with register.changing() as session:
            x = queries.file(session, number, for_change=True)
            assert x is not None
            cross(session, x, "suspend", on=TODAY)
            an_experiment(session, Status.AUTHORISED)

    before, after = Watched(change), BytesIO()
    for file in (before, after):
        with register.public() as public:
            writing.fill(public, {"/experimentations.json": file}, BY)
    told, later = (json.loads(file.getvalue()) for file in (before, after))
    assert [x["status"] for x in told["experiments"]] == ["running"]
    assert [x["status"] for x in later["experiments"]] == ["suspended", "authorised"]
    assert told["trace"]["entries"] == told["experiments"][0]["steps"][-1]["seq"]
    assert told["version"] < later["version"]


def _copy(database: Database, first: int, last: int) -> None:
    """More rows like the only one there was at first: nothing but what is public of it, and no file behind."""
    kept = [c.name for c in Publication.__table__.columns if c.computed is None]
    new = {"id": "id + n", "number": f"'9' || substr(CAST(n + {10**5} AS text), 4) || '-' || (100000 + n)"}
    series = f"WITH RECURSIVE s(n) AS (SELECT {first} UNION ALL SELECT n + 1 FROM s WHERE n < {last})"
    values = ", ".join(new.get(name, name) for name in kept)
    insert = f"INSERT INTO publications ({', '.join(kept)}) {series} SELECT {values} FROM publications, s WHERE id = 1"
    if database.engine.dialect.name == "sqlite":
        with closing(sqlite3.connect(database.engine.url.database or "")) as connection, connection:
            connection.execute(insert)
    else:
        with database.engine.begin() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            connection.execute(text(insert))


class Nowhere:
    def write(self, data: bytes, /) -> None: ...


def _peak(database: Database) -> int:
    tracemalloc.start()
    try:
        with database.public() as public:
            writing.fill(public, {"/experimentations.json": Nowhere(), "/donnees/criteres.csv": Nowhere()}, BY)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_does_not_grow_with_the_register(register: Database) -> None:
    with register.changing() as session:
        an_experiment(session, Status.CLOSED)
    _copy(register, 1, 300)
    small = _peak(register)
    _copy(register, 301, 1200)
    assert _peak(register) < 1.3 * small


class Full:
    """A disk with room for little more than the head of a file."""

    room = 2000

    def write(self, data: bytes, /) -> None:
        self.room -= len(data)
        if self.room < 0:
            raise OSError("No space left on device")


def test_a_file_that_cannot_be_written_leaves_the_session_as_good_as_before(register: Database) -> None:
    with register.changing() as session:
        an_experiment(session, Status.CLOSED)
    _copy(register, 1, 300)
    with register.public() as public:
        with pytest.raises(OSError, match="No space"):
            writing.fill(public, {"/experimentations.json": Full()}, BY)
        public.rollback()
        assert len(documents.some(public, told=False, limit=1000)) == 301


def test_a_folder_is_written_whole_or_not_at_all(register: Database, tmp_path: Path) -> None:
    with register.changing() as session:
        an_experiment(session, Status.RUNNING)
    (tmp_path / "experimentations.json").write_text("hier")
    (tmp_path / "donnees").write_text("un fichier où il faut un dossier")
    with register.public() as public, pytest.raises(OSError, match="donnees"):
        writing.export(public, tmp_path, BY)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["donnees", "experimentations.json"]
    assert (tmp_path / "experimentations.json").read_text() == "hier"
    (tmp_path / "donnees").unlink()
    with register.public() as public:
        written = writing.export(public, tmp_path, BY)
    assert sorted(path for path in tmp_path.rglob("*") if path.is_file()) == sorted(written)
    assert json.loads((tmp_path / "experimentations.json").read_bytes())["experiments"]


def test_the_documentation_shows_the_tables_as_they_are() -> None:
    kept = (ROOT / "docs" / "schema-experimentations.md").read_text(encoding="utf-8")
    assert put_into(kept, "schema", schema.manual()) == kept, "./run flask handbook"
    assert all(f"### `{table.name}`" in kept for table in ALL)


def test_the_settings_of_the_data_are_checked(tmp_path: Path) -> None:
    env = {"DATABASE_URL": "sqlite:////dev/null", "SECRET_KEY": "x" * 32, "INSTANCE_DIR": str(tmp_path)}
    assert load_config(env).publisher.licence.code == "etalab-2.0"
    set_up = load_config(env | {"DATA_LICENCE": "odbl", "AUTHORITY_SIRET": "244 400 404 00129"}).publisher
    assert (set_up.licence.code, set_up.siret) == ("ODbL-1.0", "24440040400129")
    for name, value in (
        ("DATA_LICENCE", "cc0"),
        ("AUTHORITY_SIRET", "24440040400128"),
        ("AUTHORITY_SIRET", "244400404"),
        ("AUTHORITY_SIRET", "²4440040400129"),
    ):
        with pytest.raises(ConfigError, match=name):
            load_config(env | {name: value})
