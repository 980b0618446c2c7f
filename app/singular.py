"""The singular of a unit that people typed in the plural: French says « 0 foyer » and « 1 logement vide »."""

from __future__ import annotations

import re
from functools import lru_cache

_SAME = frozenset(
    ["accès", "avis", "bas", "bois", "bras", "bus", "cas", "colis", "concours", "corps", "cours", "décès", "devis",
     "discours", "divers", "dos", "excès", "fois", "frais", "français", "gaz", "gras", "gris", "gros", "lux", "mauvais",
     "mois", "os", "parcours", "pas", "pays", "permis", "plus", "poids", "précis", "progrès", "puits", "recours",
     "refus", "relais", "repas", "sens", "souris", "succès", "talus", "tapis", "temps", "tiers", "très", "univers",
     "virus", "épais"]
)  # fmt: skip
"""Words that end in « s » in the singular too."""
_FROM_HERE = re.compile(r"\s(?:par|de|du|des|en|à|au|aux|sur|sous|pour|dans|chez|avec|sans|qui|que|ou|et|/)\s|\sd[’']")
"""What follows says of what, or how: it does not agree."""
_IRREGULAR = {"lieux": "lieu", "milieux": "milieu", "jeux": "jeu", "feux": "feu"}


@lru_cache(maxsize=1024)
def singular(unit: str) -> str:
    """« personnes par heure » gives « personne par heure ». What has no singular that is sure is left as it is."""
    found = _FROM_HERE.search(unit)
    counted, rest = (unit[: found.start()], unit[found.start() :]) if found else (unit, "")
    words = [_one(word) for word in counted.split(" ")]
    return unit if None in words else " ".join(filter(None, words)) + rest


def _one(word: str) -> str | None:
    if len(word) < 3 or not word.isalpha() or word.casefold() in _SAME or word[-1] not in "sx":
        return word
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word.endswith("eaux"):
        return word[:-1]
    return word[:-1] if word[-1] == "s" and not word.isupper() and not word.endswith("ss") else None
