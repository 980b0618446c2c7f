"""The open data say what the register says, exactly, to whoever reads it by program; and harm nobody's spreadsheet."""

import csv
import json
from collections.abc import Callable, Iterator
from hashlib import sha256
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import jsonschema
import pyshacl
import pytest
import rdflib
from sqlalchemy import select

from app.commands.handbook import put_into
from app.config import ConfigError, load_config
from app.db import Database
from experiments import documents, publications
from experiments.exports import schema, writing
from experiments.exports.forms import JSON, PEOPLE, PROGRAMS, exact, forms_of, path_of, schema_of
from experiments.exports.tables import TABLES
from experiments.model import Person
from experiments.policy import current as policy
from experiments.vocabulary import Status
from tests.builders import TODAY, an_experiment
from tests.conftest import ENGINES
from tests.domain import table_schema
from tests.domain.exported import BY, FORMULA, SITE, TRAPS, Exported

VCARD = "http://www.w3.org/2006/vcard/ns#"
ROOT = Path(__file__).parents[2]
ALL = [*TABLES.values()]


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
