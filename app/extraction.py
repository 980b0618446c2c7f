"""What is to be translated, each sentence as the catalogue knows it, however its spaces were typed where it is said.

pybabel does not find the words of the domain by itself: they are translated where they are shown.
"""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from typing import IO, Any, BinaryIO

from babel.messages.extract import extract_python
from jinja2.ext import babel_extract

from .i18n import key

Found = tuple[int, None, str, list[str]]


def code(file: BinaryIO, keywords: Any, comments: Any, options: Any) -> Iterator[Any]:
    """The sentences of a Python file."""
    yield from map(_typed, extract_python(file, keywords, comments, options))


def page(file: BinaryIO, keywords: Any, comments: Any, options: Any) -> Iterator[Any]:
    """The sentences of a template."""
    yield from map(_typed, babel_extract(file, keywords, comments, options))


def _typed(found: Any) -> Any:
    """The same sentence in a template and in Python, where its no-break spaces are written, is one."""
    line, function, said, comments = found
    if isinstance(said, tuple):
        said = tuple(key(part) if isinstance(part, str) else part for part in said)
    return line, function, key(said) if isinstance(said, str) else said, comments


def words(file: IO[bytes], _keywords: Any, _comments: Any, options: Any) -> Iterator[Found]:
    """The label of each word, the title and the unit of each question, what is said of a gate once crossed, what a
    group of questions and a table are called.
    """
    for node in ast.walk(ast.parse(file.read())):
        if isinstance(node, ast.ClassDef):
            yield from _members(node)
        elif isinstance(node, ast.Dict):
            yield from (
                _found(value)
                for key, value in zip(node.keys, node.values, strict=True)
                if isinstance(key, ast.Attribute) and getattr(key.value, "id", "") == "Role" and _is_text(value)
            )
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("ask", "later"):
            yield from (_found(value) for value in node.args[:1] if _is_text(value))
            yield from (_found(k.value) for k in node.keywords if k.arg == "unit" and _is_text(k.value))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Gate":
            yield from (_found(k.value) for k in node.keywords if k.arg == "past" and _is_text(k.value))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Table":
            yield from (_found(value) for value in node.args[1:3] if _is_text(value))


def _members(node: ast.ClassDef) -> Iterator[Found]:
    for line in node.body:
        if isinstance(line, ast.Assign) and isinstance(line.value, ast.Tuple) and _is_word(node):
            yield from (_found(label) for label in line.value.elts[1:2] if _is_text(label))
        elif isinstance(line, ast.AnnAssign) and getattr(line.target, "id", "") == "label" and _is_text(line.value):
            yield _found(line.value)


def _is_word(node: ast.ClassDef) -> bool:
    return any(isinstance(base, ast.Name) and base.id == "Word" for base in node.bases)


def _is_text(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and bool(node.value)


def _found(node: ast.expr | None) -> Found:
    assert isinstance(node, ast.Constant)
    return node.lineno, None, key(str(node.value)), []


def policy(file: IO[bytes], _keywords: Any, _comments: Any, options: Any) -> Iterator[Found]:
    """The names of the public policies, as the register comes; those of an authority stay in French."""
    lines = file.read().decode()
    for name in tomllib.loads(lines)["policies"].values():
        yield lines[: lines.index(name)].count("\n") + 1, None, key(name), []
