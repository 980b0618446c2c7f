"""The singular of a unit that people typed in the plural: French says « 0 foyer » and « 1 logement vide »."""

from __future__ import annotations

import re
from functools import lru_cache

_SAME = frozenset(
    ["avis", "bas", "bois", "bonus", "bras", "campus", "cas", "colis", "compromis", "concours", "consensus", "corps",
     "cours", "cursus", "devis", "discours", "divers", "dos", "engrais", "épais", "fois", "fonds", "frais",
     "français", "gaz", "gras", "gris", "gros", "jus", "lux", "malus", "marais", "matelas", "mauvais", "mois", "os",
     "palais", "parcours", "pas", "pays", "permis", "plus", "poids", "précis", "printemps", "processus", "puits",
     "recours", "refus", "relais", "repas", "secours", "sens", "souris", "surplus", "talus", "tapis", "tas", "temps",
     "terminus", "tiers", "univers", "virus"]
)  # fmt: skip
"""Words that end in « s » in the singular too."""
_ENDINGS = ("ès", "bus")
"""So do accès, procès, minibus, abribus."""
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
    if len(word) < 3 or not word.isalpha() or word[-1] not in "sx" or word.endswith(_ENDINGS):
        return word
    if word.casefold() in _SAME:
        return word
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word.endswith("eaux"):
        return word[:-1]
    return word[:-1] if word[-1] == "s" and not word.isupper() and not word.endswith("ss") else None
