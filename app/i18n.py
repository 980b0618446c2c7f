"""The languages of the public side: French, and English under /en; the address says which, and nothing else does.

`_("La phrase française")` gives the words of the page's language. What is between /en and the rest of an address is
taken off before Flask reads it: a page has one route, and `request.path` is the same in both languages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, lru_cache
from gettext import NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from flask import Flask, abort, redirect, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

from experiments.words import later as later
from experiments.words import typeset

ENGLISH = Path(__file__).with_name("translations") / "en" / "LC_MESSAGES" / "messages.po"
NAMES = {"fr": "Français", "en": "English"}
INSIDE = ("/espace", "/connexion", "/deconnexion", "/demonstration", "/agenda", "/api", "/assets", "/donnees/api",
          "/health")  # fmt: skip
"""Where these addresses lead there is one language, French, or none."""
_BELOW = tuple(f"{one}/" for one in INSIDE)
F = TypeVar("F", bound=Callable[..., Any])
FOR_PROGRAMS = frozenset({"/trace/checkpoint"})
"""What is no page although its address has no suffix."""
FOR_THE_STREET = ("/affiche",)
"""How the addresses of posters end: they hang in a French street."""
OF_LANGUAGE = "of_language"
"""What marks a function of the templates whose answer hangs on the language and on what it is given (of_language)."""
_spoken: ContextVar[str] = ContextVar("spoken", default="fr")
_SPACES = str.maketrans("\u00a0\u202f", "  ")


class English:
    """Take /en off the addresses that begin with it, and remember it."""

    def __init__(self, wsgi_app: Callable[..., Iterable[bytes]]) -> None:
        self.wsgi_app = wsgi_app

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path != "/en" and not path.startswith("/en/"):
            return self.wsgi_app(environ, start_response)
        environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + "/en"
        environ["PATH_INFO"] = path.removeprefix("/en") or "/"
        # A page is whole before it leaves: nothing is said after this.
        with speaking("en"):
            return self.wsgi_app(environ, start_response)


def of_language(function: F) -> F:
    """A function of the templates that says the same in a language, whenever it is asked: where it is given words that
    are written in a template, it is asked once, when the template is compiled for that language.
    """
    setattr(function, OF_LANGUAGE, True)
    return function


@of_language
def lang() -> str:
    """The language of the page: « fr » or « en ». Outside any page, French."""
    # A page asks some two hundred times: nothing is looked up here.
    return _spoken.get()


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """`with speaking("en"):` for words that leave by another door than a page: a mail, a file."""
    token = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(token)


def has_english(path: str) -> bool:
    """Whether what is at this address exists in both languages; files have one address."""
    bare = path.partition("?")[0].partition("#")[0]
    return (
        bare not in INSIDE
        and not bare.startswith(_BELOW)
        and bare not in FOR_PROGRAMS
        and not bare.endswith(FOR_THE_STREET)
        and "." not in bare.rpartition("/")[2]
    )


@of_language
def to(path: str) -> str:
    """The address of a page in the language of this one: « /retards » is « /en/retards » on an English page."""
    return in_language(path, lang())


def in_language(path: str, language: str) -> str:
    """The address of a page in a language; what has no English keeps its address."""
    return f"/en{path}" if language == "en" and has_english(path) else path


def addresses() -> dict[str, str]:
    """The address of this page in each language; nothing when it has but one."""
    if request.url_rule is None or request.method not in ("GET", "HEAD") or not has_english(request.path):
        return {}
    # As it was sent: what stands in it may be no character of a page, or end its path sooner.
    here = f"{quote(request.path)}?{request.query_string.decode()}".rstrip("?")
    return {language: in_language(here, language) for language in NAMES}


def elsewhere() -> tuple[str, str]:
    """The other language, and the address of the same page in it, or of its home."""
    other = "fr" if lang() == "en" else "en"
    return other, addresses().get(other) or in_language("/", other)


class French(NullTranslations):
    """French is the language of the source: the sentence itself, typeset; zero counts as one."""

    def gettext(self, message: str) -> str:
        return typeset(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return typeset(msgid1 if abs(n) < 2 else msgid2)


@lru_cache(maxsize=4096)
def key(message: str) -> str:
    """A French sentence as the catalogue knows it: however its spaces and apostrophes were typed."""
    return typeset(message).translate(_SPACES)


class Catalogue(NullTranslations):
    """English, by the French sentence; one that has no English stays French."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        with path.open("rb") as file:
            known = read_po(file, locale="en")
        self.known = set[str]()
        for message in known:
            ids = (message.id,) if isinstance(message.id, str) else tuple(message.id)
            if message.id:
                self.known.update(map(key, ids))
                message.id = tuple(map(key, ids)) if len(ids) > 1 else key(ids[0])
        compiled = BytesIO()
        write_mo(compiled, known)
        compiled.seek(0)
        self._read = Translations(compiled)
        self._read.add_fallback(French())

    def gettext(self, message: str) -> str:
        # No words stay none: to a catalogue they ask for its own header.
        found: str = self._read.gettext(key(message)) if message else ""
        return found

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        found: str = self._read.ngettext(key(msgid1), key(msgid2), n)
        return found


@cache
def _english() -> Catalogue:
    """Read once for the process: no compiled file is kept anywhere."""
    return Catalogue(ENGLISH)


_FRENCH = French()


def _words(language: str) -> NullTranslations:
    return _english() if language == "en" else _FRENCH


def gettext(message: str, **values: object) -> str:
    """The words of the page's language for a French sentence; in it `%(name)s` stands for the value of that name."""
    found = _found(message, lang())
    return found % values if values else found


@lru_cache(maxsize=4096)
def _found(message: str, language: str) -> str:
    return _words(language).gettext(message)


def ngettext(one: str, many: str, count: int, **values: object) -> str:
    """The same for what is counted; `%(num)s` is the count, unless it is given."""
    return _words(lang()).ngettext(one, many, count) % {"num": count, **values}


def rich(message: str, **values: object) -> Markup:
    """The same for a sentence that holds HTML; what is put into it is escaped."""
    return Markup(gettext(message)) % values  # noqa: S704 - the sentence is ours


@lru_cache(maxsize=4096)
def _shown(message: str, language: str) -> Markup:
    """A sentence in a template. Only one of the catalogue may hold HTML: whatever else comes through is escaped."""
    found = _words(language).gettext(message)
    return Markup(found) if key(message) in _english().known else escape(found)  # noqa: S704


@of_language
def _in_template(message: str, **values: object) -> Markup:
    found = _shown(message, lang())
    return found % values if values else found


def _counted(one: str, many: str, count: int, **values: object) -> Markup:
    found = _words(lang()).ngettext(one, many, count)
    return (Markup(found) if key(one) in _english().known else escape(found)) % {"num": count, **values}  # noqa: S704


class Typed(str):
    """What somebody typed: it stays in French, and an English page says so to whoever reads it aloud."""

    __slots__ = ()

    def __html__(self) -> Markup:
        plain = escape(str.__str__(self))
        # A figure or a sign is of no language: « % » would only change the voice that reads it.
        has_words = lang() == "en" and any(map(str.isalpha, self))
        return Markup('<span lang="fr">{}</span>').format(plain) if has_words else plain


@of_language
def in_french() -> Markup:
    """The attribute of an element whose words are in French whatever the page: « <p{{ in_french() }}> »."""
    return Markup(' lang="fr"') if lang() == "en" else Markup("")


def init_app(app: Flask) -> None:
    app.wsgi_app = English(app.wsgi_app)  # type: ignore[method-assign]
    app.jinja_env.globals.update(_=_in_template, gettext=_in_template, ngettext=_counted)
    app.jinja_env.globals.update(
        lang=lang, to=to, addresses=addresses, elsewhere=elsewhere, in_french=in_french, language_names=NAMES
    )
    app.jinja_env.filters["as_typed"] = Typed
    app.jinja_env.tests["typed"] = lambda value: isinstance(value, Typed)

    @app.before_request
    def one_address() -> ResponseReturnValue | None:
        # A file, or a page of the staff, asked for in English: it has its own address.
        if lang() == "fr" or request.url_rule is None or has_english(request.url_rule.rule):
            return None
        if request.method not in ("GET", "HEAD"):
            abort(404)
        return redirect(request.full_path.rstrip("?"), 301)
