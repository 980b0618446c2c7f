"""What counts as an answer: a required text is not met by spaces, dashes or "N/A"."""

import html
import re
import unicodedata
from functools import lru_cache
from itertools import filterfalse

# Tried on the forms of neighbouring registers: these are what people type to get past a required field.
# "Aucun", "néant" and "rien" are not here: « Écarts au protocole : aucun » is an answer.
_NOTHING = frozenset(
    [
        "na",
        "n a",
        "nc",
        "n c",
        "nd",
        "n d",
        "so",
        "s o",
        "null",
        "none",
        "tbd",
        "todo",
        "xxx",
        "sans objet",
        "a completer",
        "a definir",
        "a preciser",
        "a venir",
        "non renseigne",
        "non communique",
        "non determine",
        "voir plus tard",
    ]
)
UNITS = frozenset("%‰€°")
"""The units that are one sign and no letter."""
# Letters that print nothing: fillers of the Hangul script.
_FILLERS = str.maketrans(dict.fromkeys("\u115f\u1160\u3164\uffa0", " "))
# A comment that nothing ends goes on to the end, as in a browser: each of half a million would be followed that far.
_MARKUP = re.compile(r"</?[a-zA-Z][^<>]*>|<!--.*?(?:-->|\Z)", re.DOTALL)


def fold(text: str) -> str:
    """Lower case, without accents, ligatures or punctuation: the form in which texts are compared and found."""
    text = text.replace("œ", "oe").replace("Œ", "oe").replace("æ", "ae").replace("Æ", "ae")
    bare = "".join(filterfalse(unicodedata.combining, unicodedata.normalize("NFKD", text)))
    return " ".join(re.sub(r"[\W_]+", " ", bare.casefold()).split())


# Two different words without any markup say something: no way to say nothing has two words of five letters.
_WORD = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿ]{5,}")


def said(text: str | None) -> bool:
    """Whether a text says something: not spaces, dashes, markup, one letter held down, nor a way to say nothing."""
    if text and "<" not in text and "&" not in text and _has_two_words(text):
        return True
    folded = fold(html.unescape(_MARKUP.sub(" ", text or "")).translate(_FILLERS))
    held_down = len(folded) > 2 and len(set(folded)) == 1 and folded.isalpha()
    return bool(folded) and not held_down and folded not in _NOTHING


def _has_two_words(text: str) -> bool:
    first = _WORD.search(text, 0, 200)
    second = _WORD.search(text, first.end(), 200) if first else None
    return first is not None and second is not None and first[0].lower() != second[0].lower()


def whole(text: str, figures: int) -> int | None:
    """A whole number of so many figures at most, as a form or an address gives it; None for whatever else they give."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= figures else None


def inside(label: str) -> str:
    """A label inside a sentence: without its capital."""
    return label[:1].lower() + label[1:]


def begun(label: str) -> str:
    """A label that begins a line, or a sentence."""
    return label[:1].upper() + label[1:]


TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
"""Signs that turn the writing round, theirs and that of what is beside; Arabic and Hebrew are read without them."""
_TURNING = re.compile(f"[{TURNING}]")


def straight(text: str) -> str:
    """A text without them. Hardly any holds one: to look for each is five times quicker than for all at once."""
    return _TURNING.sub("", text) if any(sign in text for sign in TURNING) else text


def clean(text: str) -> str:
    """A text as it is kept: line ends unified, no space at either end, nothing that is no character or turns others
    round.
    """
    text = straight(text).replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in text if c in "\n\t" or not _is_no_character(c)).strip()


def _is_no_character(sign: str) -> bool:
    """A control, half a character, or what Unicode will never make one: neither XML nor HTML may hold the last two."""
    return (
        unicodedata.category(sign) in {"Cc", "Cs"} or ord(sign) & 0xFFFE == 0xFFFE or "\ufdd0" <= sign <= "\ufdef"
    )  # fmt: skip


@lru_cache(maxsize=2048)
def typeset(text: str) -> str:
    """French spacing: no-break spaces before ; : ! ? », after « and n°, inside figures and hours, before degrees,
    between a count and what it counts; apostrophes that are curved.
    """
    text = re.sub(r"(?<=\w)'(?=\w)", "’", text)
    text = re.sub(r"(?<=%\(num\)s) (?=\w)", "\u00a0", text)
    text = re.sub(r" (?=[;!?])", "\u202f", text)
    text = re.sub(r" (?=[:»€]|%(?!\())", "\u00a0", text)
    text = re.sub(r"(?<=\d) (?=\d{3}(?!\d))", "\u202f", text)
    text = re.sub(r"(?<=\d) (?=°C|h\b)|(?<=\d[ \u00a0]h) (?=\d)", "\u00a0", text)
    return text.replace("« ", "«\u00a0").replace("n° ", "n°\u00a0")


def later(text: str) -> str:
    """Mark a sentence of ours that is kept now and translated where it is read; typeset."""
    return typeset(text)
