"""Every French sentence of the public side has its English, which says the same thing with the same values."""

import ast
import re
from functools import cache
from pathlib import Path

import polib
import pytest
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg

from app.i18n import ENGLISH, NAMES, Catalogue, French, has_english, key
from experiments.vocabulary import Word

ROOT = Path(__file__).parents[2]
VALUES = re.compile(r"%\(\w+\)[sd]|%%")
LINKS = re.compile(r"href=\"[^\"]*\"|</?(?:a|strong|code|em)\b")
INSIDE = {"account", "administration", "agenda", "api", "desk", "files", "gates", "letters", "mail", "parts", "voices",
          "webhooks"}  # fmt: skip
"""Folders of templates that are not of the public side, in French alone, or shared with the staff."""
IN_THE_STREET = "public/poster.html"


def ids(message: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (message,) if isinstance(message, str) else tuple(message[:2])


@cache
def sentences() -> dict[tuple[str, ...], str]:
    """All that the sources say, each with one place where it is said."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    keywords = {**DEFAULT_KEYWORDS, "later": None, "rich": None}
    found = extract_from_dir(ROOT, methods, options, keywords, directory_filter=outside)
    return {ids(message): f"{name}:{line}" for name, line, message, _comments, _context in found}


def outside(folder: str | Path) -> bool:
    return Path(folder).name not in {".venv", "instance", "node_modules", ".git", "__pycache__", "tests", "bench"}


@cache
def catalogue() -> polib.POFile:
    return polib.pofile(str(ENGLISH))


def known() -> dict[tuple[str, ...], polib.POEntry]:
    return {ids((e.msgid, e.msgid_plural) if e.msgid_plural else e.msgid): e for e in catalogue()}


def test_every_sentence_has_its_english() -> None:
    """CONTRIBUTING.md says how the catalogue is brought up to date."""
    missing = [f"{place}: {' / '.join(one)}" for one, place in sentences().items() if one not in known()]
    assert missing == []
    assert [e.msgid for e in catalogue() if not e.translated() or e.fuzzy] == []


def test_no_sentence_hides_where_the_extraction_does_not_look() -> None:
    """It reads neither the inside of an f-string, nor a name: `_(WORDS["open"])` would give it « open »."""
    speaking = {"_", "ngettext", "rich", "later"}
    hidden = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in sorted((ROOT / "app").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for call in (ast.walk(node) if isinstance(node, ast.JoinedStr) else [node])
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in speaking
        and ((isinstance(node, ast.JoinedStr) and literal(call)) or subscripted(call))
    ]  # fmt: skip
    assert hidden == []


def literal(call: ast.Call) -> bool:
    return any(isinstance(argument, ast.Constant) for argument in call.args)


def subscripted(call: ast.Call) -> bool:
    """Whether the sentence is looked for by a name in words."""
    return any(
        isinstance(argument, ast.Subscript) and isinstance(argument.slice, ast.Constant) for argument in call.args[:1]
    )


def test_no_english_is_kept_for_what_is_no_longer_said() -> None:
    assert [one for one in known() if one not in sentences()] == []
    assert catalogue().obsolete_entries() == []


def test_no_sentence_is_there_twice() -> None:
    """Nor would it be after the next extraction: « 2 jours » with a no-break space is « 2 jours » with another one."""
    assert len(known()) == len(catalogue())
    assert [one for one in (*known(), *sentences()) if one != tuple(map(key, one))] == []


def test_both_languages_hold_the_same_values_and_links() -> None:
    wrong = []
    for (french, *_), entry in known().items():
        for english in entry.msgstr_plural.values() or [entry.msgstr]:
            for what in (VALUES, LINKS):
                if sorted(set(what.findall(key(french)))) != sorted(set(what.findall(english))):
                    wrong.append(f"{french} / {english}")
    # One may be said in words where the other counts.
    assert [w for w in wrong if "%(num)s" not in w] == []


def test_the_english_is_typeset_as_english() -> None:
    french_ways = re.compile(r"[«»]|[\s\u00a0\u202f][:;!?](?:\s|$)|'|(?<!=)\"(?![>#/%h])|\.\.\.")
    texts = [t for e in catalogue() for t in e.msgstr_plural.values() or [e.msgstr]]
    markup = re.compile(r"<[^>]+>")
    assert [t for t in texts if french_ways.search(markup.sub("", t))] == []


def test_words_can_stand_in_a_template() -> None:
    """There, a lone percent sign would be read as the beginning of a value."""
    kinds, labels = [Word], []
    while kinds:
        kinds += (kind := kinds.pop()).__subclasses__()
        labels += [word.label for word in kind]
    assert labels
    assert [label for label in labels if "%" in label] == []


def test_public_templates_speak_the_language_of_the_page() -> None:
    """Filters that only know French are for the staff; an address that exists in both languages goes through `to()`."""
    french = re.compile(r"\|\s*(?:date_fr|moment_fr|hour_fr|number_fr|day_month|plural)\b|\bplural\(")
    found = []
    for path in sorted((ROOT / "templates").rglob("*.html")):
        name = str(path.relative_to(ROOT / "templates"))
        if name.partition("/")[0] in INSIDE or name == IN_THE_STREET:
            continue
        text = path.read_text(encoding="utf-8")
        found += [f"{name}: {match.group()}" for match in french.finditer(text)]
        links = re.findall(r"(?:href|action)=\"(/[^\"]*)", re.sub(r"{{.*?}}", "1", text))
        found += [f"{name}: {link}" for link in links if has_english(link)]
    assert found == []


@pytest.mark.parametrize(
    ("count", "french", "english"), [(0, "0 jour", "0 days"), (1, "1 jour", "1 day"), (2, "2 jours", "2 days")]
)
def test_each_language_counts_as_it_does(count: int, french: str, english: str) -> None:
    sentence = "%(num)s\u00a0jour", "%(num)s\u00a0jours"
    for words, expected in ((French(), french), (Catalogue(ENGLISH), english)):
        assert (words.ngettext(*sentence, count) % {"num": count}).replace("\u00a0", " ") == expected
    assert set(NAMES) == {"fr", "en"}
