"""What a search finds, and what a filter keeps: both are words, the same on the two databases.

A word is indexed by its stem, with its accents and without: « évaluée » and « evaluees » meet. A filter is a word that
nobody types: « fc44109 » is Nantes.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from threading import Lock

from snowballstemmer import stemmer

from .words import fold

_WORD = re.compile(r"[^\W_]+")
_STEMMER, _TURN = stemmer("french"), Lock()
"""It holds the word that it cuts: two threads at once would spoil each other's, and what is found is kept."""
MOST_WORDS = 8
"""Of a search: nobody types more, and whoever sends a novel gets an answer too."""


@lru_cache(maxsize=50_000)
def stems(word: str) -> frozenset[str]:
    """The stems of a word, folded: as typed, without its accents, and without the plural that the stemmer keeps."""
    bare = fold(word).split()
    singular = [one[:-1] for one in bare if len(one) > 3 and one[-1] in "sx"]  # « vélos », « cargos »
    with _TURN:
        typed = fold(_STEMMER.stemWord(word.casefold())).split()
        cut = _STEMMER.stemWords((*bare, *singular))
    return frozenset(map(_plain, (*typed, *cut))) - {""}


def words_of(*texts: str) -> set[str]:
    """What texts are found by."""
    return {stem for text in texts for word in _split(text) for stem in stems(word)}


def _split(text: str) -> list[str]:
    # What an apostrophe cuts off (« l’école ») says nothing.
    whole = _WORD.findall(text.replace("œ", "oe").replace("Œ", "Oe"))
    return [word for word in whole if len(word) > 1 or word.isdigit()]


def _plain(word: str) -> str:
    """A word of the index: letters without accents and figures, nothing that a query would read as its own."""
    return re.sub(r"[^0-9a-z]", "", word)


def asked(text: str) -> list[frozenset[str]]:
    """A search, as the sets of stems of which one each must be found."""
    words = list(dict.fromkeys(_split(text)))[:MOST_WORDS]
    return [kept for word in words if (kept := stems(word))]


def either(words: Sequence[frozenset[str]]) -> list[frozenset[str]]:
    """The same search, for which one of its words is enough; a figure or a short word would find too much."""
    long = [stem for some in words for stem in some if len(stem) > 3 and not stem.isdigit()]
    return [frozenset(long)] if long else []


def facet(kind: str, value: str) -> str:
    """The word of a filter: its kind is one letter, its value a code or a name."""
    plain = _plain(fold(value).replace(" ", ""))
    return f"f{kind}{plain if len(plain) < 24 else hashlib.sha256(plain.encode()).hexdigest()[:12]}"


GROUP, STATUS, COMMUNE, POLICY, ORGANISATION, YEAR, DEROGATION, OUTCOME = "g", "s", "c", "p", "o", "y", "d", "r"
LISTED = facet(GROUP, "listed")
"""Whatever has a page."""


def query(engine: str, needed: Iterable[Iterable[str]]) -> str:
    """Words of which one each must be found, as a database asks for them. The words are ours: nothing to escape."""
    either, both = (" OR ", " AND ") if engine == "sqlite" else (" | ", " & ")
    return both.join(f"({either.join(sorted(some))})" for some in needed)
