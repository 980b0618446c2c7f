"""A deliberation on record finds its own line in the data set « délibérations », never that of another act."""

import csv
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from msgspec.structs import replace

from app.db import Database
from experiments import policy
from experiments.exports import writing
from experiments.exports.publisher import Publisher
from experiments.vocabulary import ActKind, Status
from tests.builders import TODAY, answers_for, cross, ready_for

METROPOLIS, CITY = "24440040400129", "21440109300015"
BY = Publisher("La métropole et la ville", "https://experimentations.exemple.fr", METROPOLIS)
BOARD, COUNCIL = "Bureau métropolitain", "Conseil municipal"
# Two collectivities, one file, as a metropolis and its city publish them: each has its own numbers.
PUBLISHED = """\
COLL_NOM;COLL_SIRET;DELIB_ID;DELIB_DATE;DELIB_MATIERE_CODE;DELIB_MATIERE_NOM;DELIB_OBJET;BUDGET_ANNEE;BUDGET_NOM;\
PREF_ID;PREF_DATE;VOTE_EFFECTIF;VOTE_REEL;VOTE_POUR;VOTE_CONTRE;VOTE_ABSTENTION;DELIB_URL
Métropole;24440040400129;2026-117;2026-03-20;8.4;AMENAGEMENT;Ombres;;;PREF044;2026-03-25;98;90;90;0;0;
Ville;21440109300015;2026-117;2026-03-27;8.1;ENSEIGNEMENT;Repas;;;PREF044;2026-04-02;69;60;58;2;0;
Métropole;24440040400129;2026-118;2026-03-20;7.10;FINANCES;Un emprunt;;;PREF044;2026-03-25;98;90;80;10;0;
"""


@pytest.fixture
def two_of_them() -> Iterator[None]:
    ours = policy.current()
    bodies = {"Métropole": (METROPOLIS, BOARD), "Ville": (CITY, COUNCIL)}
    policy.use(replace(ours, collectivities={
        name: policy.Collectivity(siret, (body,)) for name, (siret, body) in bodies.items()
    }))  # fmt: skip
    yield
    policy.use(ours)


def _decided(register: Database, *acts: tuple[ActKind, str, str]) -> list[dict[str, str]]:
    """The rows of a register where these acts authorised, each by its kind, its number and its body."""
    file = BytesIO()
    with register.changing() as session:
        for kind, number, body in acts:
            act = replace(answers_for("authorise"), act=kind, number=number, body=body)
            x = ready_for(session, "authorise", today=TODAY)
            cross(session, x, "authorise", answers=act)
            assert x.status is Status.AUTHORISED
    with register.public() as public:
        writing.fill(public, {"/donnees/decisions.ouvert.csv": file}, BY)
    return [*csv.DictReader(StringIO(file.getvalue().decode()))]


@pytest.mark.usefixtures("two_of_them")
def test_a_deliberation_joins_its_own_and_an_order_of_the_same_number_none(register: Database) -> None:
    rows = _decided(
        register, (ActKind.DELIBERATION, "2026-117", BOARD), (ActKind.DELIBERATION, "2026-117", "conseil  municipal"),
        (ActKind.ORDER, "2026-118", BOARD), (ActKind.DELIBERATION, "2026-117", "Conseil d’administration"),
    )  # fmt: skip
    known = csv.DictReader(StringIO(PUBLISHED), delimiter=";")
    with closing(sqlite3.connect(":memory:")) as database:
        for table, lines in (("mine", rows), ("theirs", [*known])):
            database.execute(f"CREATE TABLE {table} ({','.join(lines[0])})")  # type: ignore[arg-type]
            holes = ",".join("?" * len(lines[0]))
            database.executemany(f"INSERT INTO {table} VALUES ({holes})", [[*line.values()] for line in lines])
        joined = database.execute(
            "SELECT acte_numero, instance, theirs.DELIB_OBJET FROM mine JOIN theirs USING (COLL_SIRET, DELIB_ID)"
            " ORDER BY acte_numero, instance"
        ).fetchall()
    assert joined == [("2026-117", BOARD, "Ombres"), ("2026-117", "conseil  municipal", "Repas")]
    assert [row["COLL_SIRET"] for row in rows] == [METROPOLIS, CITY, METROPOLIS, ""], "none rather than a wrong one"
    assert [row["COLL_NOM"] for row in rows] == ["Métropole", "Ville", "Métropole", BY.name]
    order = rows[2]
    assert (order["DELIB_ID"], order["DELIB_DATE"], order["DELIB_OBJET"]) == ("", "", "")
    assert order["acte_numero"] == "2026-118"
    assert order["acte_le"] == TODAY.isoformat()
    assert order["acte_objet"]


def test_the_register_of_one_collectivity_gives_its_number_to_every_act(register: Database) -> None:
    [row] = _decided(register, (ActKind.DELIBERATION, "2026-117", COUNCIL))
    assert (row["COLL_NOM"], row["COLL_SIRET"]) == (BY.name, METROPOLIS)


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ({"Ville": (CITY[:-1] + "6", COUNCIL)}, "n’est pas le SIRET de Ville"),
        ({"Ville": (CITY, COUNCIL), "Métropole": (METROPOLIS, COUNCIL.upper())}, "deux fois"),
    ],
)
def test_collectivities_that_cannot_be_told_apart_are_refused(
    rules: dict[str, tuple[str, str]], said: str, tmp_path: Path
) -> None:
    file = tmp_path / "policy.toml"
    more = "".join(
        f'\n[collectivities."{name}"]\nsiret = "{siret}"\nbodies = ["{body}"]\n'
        for name, (siret, body) in rules.items()
    )
    file.write_text(policy.DEFAULT.read_text(encoding="utf-8") + more, encoding="utf-8")
    with pytest.raises(policy.PolicyError, match=said):
        policy.read(file)


def test_the_example_of_the_local_rules_can_be_used_as_it_stands(tmp_path: Path) -> None:
    before, opens, example = policy.DEFAULT.read_text(encoding="utf-8").partition("# [collectivities.")
    file = tmp_path / "policy.toml"
    file.write_text(before + (opens + example).replace("\n# ", "\n").removeprefix("# "), encoding="utf-8")
    rules = policy.read(file)
    assert rules.taken_by("Conseil municipal") == ("Ville de Nantes", CITY)
    assert rules.taken_by("Conseil métropolitain") == ("Nantes Métropole", METROPOLIS)
    assert rules.taken_by("Conseil départemental") is None
