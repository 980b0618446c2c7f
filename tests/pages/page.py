"""A page as a strict reader sees it: what every page owes is checked as soon as it is read."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cached_property, lru_cache
from typing import Any

import html5lib
from lxml import etree
from lxml.etree import _Element as Element
from werkzeug.test import TestResponse

# Words that English has and French has not.
ENGLISH = frozenset(
    re.findall(
        r"\w+",
        """the and this that with not is are be been was were field required invalid error save add remove delete value
        please must submit password username sign log draft running authorised refused evaluated decided closed
        withdrawn suspended submitted true false none undefined null select choose choice open your you new choices
        token expired missing valid longer than bad request forbidden unauthorized allowed internal server""",
    )
)
FIELDS = ("input", "select", "textarea", "button")
_TOKEN = re.compile(rb'name="csrf_token" value="[\w.-]+"')
_WORDS = re.compile(rb'(?<=>)(?:[^<&]++|&#?\w+;)++|(?<==")(?:[^"&]++|&#?\w+;)*+(?=")')
# What is asked of every element of every page is asked of libxml: walking a page in Python took most of a check.
_ids = etree.XPath("//@id")
_ties = etree.XPath("//@for | //@aria-describedby | //@aria-labelledby | //@aria-controls")
_inside = etree.XPath("//a[starts-with(@href, '#') and @href != '#']/@href")
_styled = etree.XPath("//*[@style]")
_handlers = etree.XPath("//@*[starts-with(name(), 'on')]")
_aloud = etree.XSLT(
    etree.XML(
        """<stylesheet version="1.0" xmlns="http://www.w3.org/1999/XSL/Transform">
        <output method="text"/>
        <template match="script | style | code | template"><text> </text></template>
        <!-- Two blocks side by side are two texts. -->
        <template match="*"><apply-templates/><text> </text></template>
        </stylesheet>"""
    )
)
_sound: set[int] = set()
"""What was already found to owe its reader nothing: refusals say the same to many, but for the token of their forms."""
_valid: set[int] = set()
"""Marks without their words, as they were already read by a parser that forgives nothing, and takes its time."""


@lru_cache(maxsize=32)
def parsed(html: bytes) -> Element:
    """The tree of a page that is valid. Kept, for a page is checked when it comes and read afterwards."""
    marks = hash(_WORDS.sub(b"", html))
    if marks not in _valid:
        html5lib.HTMLParser(namespaceHTMLElements=False, strict=True).parse(html)
        _valid.add(marks)
    return etree.fromstring(html, parser=etree.HTMLParser(encoding="utf-8"))


class Page:
    """One answer in HTML, parsed without any forgiveness."""

    def __init__(self, answer: TestResponse, path: str) -> None:
        self.status, self.headers, self.path, self.html = answer.status_code, answer.headers, path, answer.get_data()

    @cached_property
    def tree(self) -> Element:
        return parsed(self.html)

    @cached_property
    def ids(self) -> Counter[str]:
        return Counter(filter(None, _ids(self.tree)))

    @cached_property
    def text(self) -> str:
        """All that is read, the spaces of the source folded; no-break spaces are kept."""
        return re.sub(r"[ \t\r\n]+", " ", str(_aloud(self.all("body")[0]))).strip()

    def all(self, tag: str, **attributes: str) -> list[Element]:
        """Every element of this name that has these attributes; a trailing underscore is taken off their names."""
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [e for e in self.tree.iter(tag) if all(e.get(name) == value for name, value in wanted.items())]

    def one(self, tag: str, **attributes: str) -> Element:
        found = self.all(tag, **attributes)
        assert len(found) == 1, f"{self.path}: {len(found)} <{tag} {attributes}>\n{self.text[:2000]}"
        return found[0]

    @property
    def h1(self) -> str:
        return read(self.one("h1"))

    @property
    def title(self) -> str:
        """That of the page: a drawing may have one of its own."""
        found = self.tree.findall("head/title")
        assert len(found) == 1, f"{self.path}: {len(found)} titles"
        return read(found[0])

    @property
    def links(self) -> list[str]:
        return [a.get("href", "") for a in self.tree.iter("a")]

    def by_id(self, name: str) -> Element:
        found = [e for e in self.tree.iter() if e.get("id") == name]
        assert len(found) == 1, f"{self.path}: {len(found)} elements called {name!r}"
        return found[0]

    def forms(self) -> list[Element]:
        return self.all("form")

    def form(self, action: str | None = None) -> "Form":
        """The form that posts to this address: by default the one of the page, in its main part."""
        inside = [f for f in self.one("main").iter("form") if f.get("method", "get").lower() == "post"]
        found = [f for f in inside if action is None or (f.get("action") or self.path) == action]
        assert len(found) == 1, f"{self.path}: {len(found)} forms, {[f.get('action') for f in inside]}"
        return Form(found[0], self.path)

    def check(self, *, typed: str = "") -> "Page":
        """What every page owes its reader; `typed` is what people wrote, which may be in any language."""
        said = hash((_TOKEN.sub(b"", self.html), typed, self.path.startswith("/en")))
        if said not in _sound:
            problems = list(self._problems(typed))
            assert not problems, f"{self.path} ({self.status}):\n" + "\n".join(problems)
            _sound.add(said)
        return self

    def _problems(self, typed: str) -> Iterator[str]:
        if self.tree.get("lang") != "fr" and not self.path.startswith("/en"):
            yield f"lang={self.tree.get('lang')!r}"
        if len(self.all("h1")) != 1:
            yield f"{len(self.all('h1'))} h1"
        if not self.title.strip():
            yield "no title"
        if len(self.all("main")) != 1:
            yield "no main landmark"
        yield from (f"id twice: {name}" for name, count in self.ids.items() if count > 1)
        yield from self._ties_that_hold_nothing()
        yield from self._fields()
        yield from (f"inline style: {e.tag}" for e in _styled(self.tree))
        yield from (f"inline handler: {found.getparent().tag} {found.attrname}" for found in _handlers(self.tree))
        yield from (f"inline script: {read(s)[:80]}" for s in self.all("script") if not s.get("src"))
        if not self.path.startswith("/en"):
            known = set(re.findall(r"[a-z]+", typed.lower()))
            found = set(re.findall(r"(?<![\w@./’-])[a-z]+(?![\w@/’.-]*\w)", self.text.lower())) & ENGLISH - known
            if found:
                yield f"English: {sorted(found)}"

    def _ties_that_hold_nothing(self) -> Iterator[str]:
        for found in _ties(self.tree):
            yield from (f"{found.attrname}={i!r} leads nowhere" for i in found.split() if i not in self.ids)
        yield from (f"href={href!r} leads nowhere" for href in _inside(self.tree) if href[1:] not in self.ids)

    def _fields(self) -> Iterator[str]:
        labelled = {e.get("for") for e in self.all("label")}
        for e in self.tree.iter(*FIELDS):
            if e.get("type") == "hidden":
                continue
            if e.tag == "button":
                if not read(e).strip() and not e.get("aria-label"):
                    yield "a button without a name"
            elif (
                e.get("id") not in labelled and not e.get("aria-label") and next(e.iterancestors("label"), None) is None
            ):
                yield f"no label: {e.tag} {e.get('name')}"
        for form in self.forms():
            if form.get("method", "get").lower() == "post":
                tokens = [i for i in form.iter("input") if i.get("name") == "csrf_token"]
                if len(tokens) != 1:
                    yield f"{len(tokens)} csrf_token in the form {form.get('action')}"


class Form:
    """A form as a browser fills and sends it."""

    def __init__(self, element: Element, path: str) -> None:
        self.element, self.path = element, path
        self.action = element.get("action") or path
        self.fields: list[tuple[str, str]] = [pair for e in element.iter() for pair in _sent(e)]

    def __getitem__(self, name: str) -> str:
        found = [value for key, value in self.fields if key == name]
        assert len(found) == 1, f"{self.path}: {name!r} is sent {len(found)} times"
        return found[0]

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.fields]

    @property
    def buttons(self) -> list[str]:
        return [b.get("value", "") for b in self.element.iter("button") if b.get("name") == "_action"]

    def filled(self, changes: dict[str, Any] | None = None, *, button: str = "save") -> list[tuple[str, str]]:
        """What is sent when these fields hold these texts (a list: several boxes ticked; None: not sent at all)."""
        changes = changes or {}
        unknown = [n for n in changes if n not in self.names and not self._knows(n)]
        assert not unknown, f"{self.path} has no field {unknown}"
        kept = [(name, value) for name, value in self.fields if name not in changes]
        for name, value in changes.items():
            values = value if isinstance(value, list) else [] if value is None else [value]
            kept += [(name, str(one)) for one in values]
        return [*kept, ("_action", button)] if self.buttons else kept

    def _knows(self, name: str) -> bool:
        return any(e.get("name") == name for e in self.element.iter())


def _sent(e: Element) -> Iterator[tuple[str, str]]:
    name = e.get("name")
    if not name or e.tag not in FIELDS or e.tag == "button" or e.get("disabled") is not None:
        return
    if e.tag == "textarea":
        yield name, (e.text or "").removeprefix("\n")
    elif e.tag == "select":
        options = list(e.iter("option"))
        chosen = [o for o in options if o.get("selected") is not None] or options[:1]
        yield from ((name, o.get("value", read(o))) for o in chosen)
    elif e.get("type") not in {"checkbox", "radio"} or e.get("checked") is not None:
        yield name, e.get("value", "on" if e.get("type") == "checkbox" else "")


def read(e: Element) -> str:
    """The text of an element."""
    return re.sub(r"[ \t\r\n]+", " ", "".join(e.itertext())).strip()
