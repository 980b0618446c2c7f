"""What counts as an answer: a required text is not met by spaces, dashes or "N/A"."""

import re
import unicodedata

# Tried on the forms of neighbouring registers: these are what people type to get past a required field.
# "Aucun", "néant" and "rien" are not here: « Écarts au protocole : aucun » is an answer.
_NOTHING = frozenset(
    "na|n a|nc|n c|nd|n d|so|s o|null|none|tbd|todo|xxx|sans objet|a completer|a definir|a preciser|a venir"
    "|non renseigne|non communique|non determine|voir plus tard".split("|")
)
_UNITS = frozenset("%‰€°")


def fold(text: str) -> str:
    """Lower case, without accents, ligatures or punctuation: the form in which texts are compared and found."""
    text = text.replace("œ", "oe").replace("Œ", "oe").replace("æ", "ae").replace("Æ", "ae")
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(re.sub(r"[\W_]+", " ", bare.casefold()).split())


def said(text: str | None) -> bool:
    """Whether a text says something: not spaces, dashes, one letter held down, nor a way of saying nothing."""
    if not text:
        return False
    if any(c in _UNITS for c in text):
        return True
    folded = fold(text)
    held_down = len(folded) > 2 and len(set(folded)) == 1
    return bool(folded) and not held_down and folded not in _NOTHING


def clean(text: str) -> str:
    """A text as it is kept: line ends unified, control characters gone, no space at either end."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cs"}).strip()


def typeset(text: str) -> str:
    """French spacing: no-break spaces before ; : ! ? » and after «, a typographic apostrophe between letters."""
    text = re.sub(r"(?<=\w)'(?=\w)", "’", text)
    text = re.sub(r" (?=[;!?])", "\u202f", text)
    text = re.sub(r" (?=[:»€%])", "\u00a0", text)
    return text.replace("« ", "«\u00a0")
