"""What the house promises about itself: conventions that matter are sentences, and they fail."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from importlib import metadata
from pathlib import Path

import pytest

from app.commands.handbook import put_into
from experiments import handbook
from experiments.duties import DUTIES
from experiments.lifecycle import LIFECYCLE
from experiments.vocabulary import Status

ROOT = Path(__file__).parents[2]
CODE = ("experiments", "app", "bench")
LONGEST = 300
LONGER: dict[str, str] = {}
"""The modules that may be longer, each with its reason."""


@cache
def tracked() -> tuple[Path, ...]:
    """The files that git keeps; without git, those of the folders."""
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        folders = (*CODE, "templates", "tests", "migrations")
        return tuple(
            path for folder in folders for path in (ROOT / folder).rglob("*.*") if "__pycache__" not in str(path)
        )
    return tuple(ROOT / name for name in done.stdout.split("\0") if name and (ROOT / name).is_file())


def modules(*folders: str) -> list[Path]:
    return [path for folder in folders or CODE for path in sorted((ROOT / folder).rglob("*.py"))]


def texts() -> Iterator[tuple[str, str]]:
    for path in tracked():
        try:
            yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def writes_status(tree: ast.AST) -> Iterator[int]:
    """The lines that give a status to something, however it is written."""
    for node in ast.walk(tree):
        targets: list[ast.expr] = []
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, ast.AugAssign | ast.AnnAssign | ast.For):
            targets = [node.target]
        yield from (leaf.lineno for target in targets for leaf in ast.walk(target) if _is_status(leaf))
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in {"values", "update"} and any(k.arg == "status" for k in node.keywords):
                yield node.lineno
            if name in {"setattr", "set_committed_value"} and any(
                isinstance(a, ast.Constant) and a.value == "status" for a in node.args
            ):
                yield node.lineno


def _is_status(leaf: ast.AST) -> bool:
    """A status being written; that of `self` is no column: what the trace alone says is recomputed beside (audit)."""
    if not isinstance(leaf, ast.Attribute) or leaf.attr != "status" or not isinstance(leaf.ctx, ast.Store):
        return False
    return not (isinstance(leaf.value, ast.Name) and leaf.value.id == "self")


def test_only_cross_writes_the_status() -> None:
    found = {}
    for path in modules("experiments", "app"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if lines := list(writes_status(tree)):
            found[str(path.relative_to(ROOT))] = lines
    assert list(found) == ["experiments/gates.py"]
    tree = ast.parse((ROOT / "experiments/gates.py").read_text(encoding="utf-8"))
    cross = next(n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == "cross")
    assert list(writes_status(cross)) == found["experiments/gates.py"]
    assert len(found["experiments/gates.py"]) == 1


@pytest.mark.parametrize(
    "line",
    ["x.status = s", "x.a, x.status = 1, 2", "x.status: S = s", "update(X).values(status=s)", "setattr(x, 'status', s)",
     "for x.status in s: pass"],
)  # fmt: skip
def test_the_test_above_sees_every_way_to_write_it(line: str) -> None:
    assert list(writes_status(ast.parse(line))) == [1]


def test_a_file_is_born_a_draft_and_nowhere_else() -> None:
    born = [
        str(path.relative_to(ROOT))
        for path in modules("experiments", "app")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Experiment"
    ]
    assert born == ["experiments/editing.py"]


ASKED_IN_TEMPLATES = {"files/overview.html": 1}
"""Where a template asks for a status by its name: a decision that is late is said where the end is said."""


ASK_BY_THEMSELVES = {"app/auth.py", "app/sample/__init__.py"}
"""What asks of its own tables: sessions, keys, failed attempts; and the demonstration, as it loads."""


def test_the_web_asks_of_the_register_by_functions_of_the_domain() -> None:
    asking = {
        str(path.relative_to(ROOT))
        for path in modules("app")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and "sqlalchemy" in (node.module or "")
        if any(name.name == "select" for name in node.names)
    }
    assert asking == ASK_BY_THEMSELVES


def test_templates_leave_the_rules_to_the_domain() -> None:
    named = re.compile(r"Status\.[A-Z]+|status(?:_code)? *[!=]=|\bin \(?[\"'](?:" + "|".join(Status) + ")")
    found = {}
    for path in sorted((ROOT / "templates").rglob("*.html")):
        bits = re.findall(r"{[{%].*?[%}]}", path.read_text(encoding="utf-8"), re.DOTALL)
        if count := sum(bool(named.search(bit)) for bit in bits):
            found[str(path.relative_to(ROOT / "templates"))] = count
    assert found == ASKED_IN_TEMPLATES


def test_no_gate_is_named_in_a_template() -> None:
    """Buttons, labels and forms come from the table of gates. The first is a link, the second where a text begins."""
    found = {
        (str(path.relative_to(ROOT / "templates")), gate)
        for path in sorted((ROOT / "templates").rglob("*.html"))
        for gate in LIFECYCLE
        if re.search(rf"(?<!anchor=)[\"'/]{gate}[\"'/]", path.read_text(encoding="utf-8"))
    }
    assert found <= {("files/write_part.html", "evaluate"), ("parts/pole.html", "start")}


def test_the_day_of_a_moment_is_the_day_in_paris() -> None:
    """Moments are kept in UTC: their `.date()` is the day before, for an hour or two of each night."""
    reading = [path for path in modules("experiments", "app") if ".date()" in path.read_text(encoding="utf-8")]
    assert [path.name for path in reading] == ["ladder.py"]


def test_no_module_is_a_drawer_for_everything() -> None:
    assert not [path for path in modules() if path.stem in {"utils", "util", "helpers", "common", "misc", "tools"}]


def test_modules_stay_short() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in modules()
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST
    }
    assert set(long) == set(LONGER), long


def test_every_module_opens_with_a_sentence() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in modules()
        if path.read_text(encoding="utf-8").strip()
        and not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert silent == []


def test_no_file_names_a_machine_a_registry_or_a_secret() -> None:
    folders = re.compile("|".join(("/" + "work/", "/" + "root/", r"/home/\w", "/" + "Users/")))
    registries = re.compile("|".join(("pypi" + r"\.org", "python" + "hosted", r"index-url\s*=?\s*http")))
    secrets = re.compile(
        "BEGIN [A-Z ]*PRIVATE" + r" KEY-----\s*[A-Za-z0-9+/]{20}|gh[pousr]_[A-Za-z0-9]{30}|AKIA[0-9A-Z]{16}"
    )
    found = [
        f"{name}: {match.group()}"
        for name, text in texts()
        for pattern in (folders, registries, secrets)
        if (match := pattern.search(text))
    ]
    assert found == []


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-dev.txt"])
def test_a_lock_carries_hashes_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.strip().startswith("#")]
    assert lines
    for line in lines:
        assert re.match(r"[a-z0-9._\[\]-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", line, re.IGNORECASE), line
        assert "://" not in line


def test_the_development_lock_holds_all_of_the_other_one() -> None:
    def pins(lock: str) -> set[str]:
        return set(re.findall(r"^([a-z0-9._-]+==[^ ;\\\n]+)", (ROOT / lock).read_text(encoding="utf-8"), re.M | re.I))

    assert pins("requirements.txt") <= pins("requirements-dev.txt")


@pytest.mark.parametrize("module", ["app.serve", "bench.__main__"])
def test_what_serves_and_what_measures_need_no_tool_of_development(module: str) -> None:
    """« ./run serve » and « ./run bench » install requirements.txt, and nothing more."""
    served = pinned("requirements.txt")
    absent = [
        name for name, owners in metadata.packages_distributions().items() if not served & set(map(plain, owners))
    ]
    assert "pytest" in absent
    program = f"import sys; sys.modules.update(dict.fromkeys({absent})); import {module}"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def plain(distribution: str) -> str:
    """Its name, as everybody may write it."""
    return re.sub(r"[-_.]+", "-", distribution).lower()


def pinned(lock: str) -> set[str]:
    """What a lock installs."""
    names = re.findall(r"^([a-z0-9._-]+)(?:\[.*\])?==", (ROOT / lock).read_text(encoding="utf-8"), re.M | re.I)
    return set(map(plain, names))


def test_readme_shows_the_lifecycle_as_it_is() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert put_into(readme, "handbook", handbook.text()) == readme, "./run flask handbook"
    for gate in LIFECYCLE.values():
        assert gate.label in handbook.text()
    for rule in DUTIES.values():
        assert f"| {rule.task.label} | {rule.act} |" in readme


def test_nothing_is_fetched_from_elsewhere() -> None:
    """Pages, styles and scripts name no other server."""
    outside = re.compile(
        r"(?:src|href|action)=\"(?:https?:)?//|@import|url\(\s*[\"']?https?:|fetch\([\"']http|integrity="
    )
    found = [
        str(path.relative_to(ROOT))
        for folder in ("templates", "app/static")
        for path in (ROOT / folder).rglob("*.*")
        if path.suffix in {".html", ".css", ".js"} and outside.search(path.read_text(encoding="utf-8"))
    ]
    assert found == []
