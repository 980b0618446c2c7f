"""What differs from one copy to the next: names, places, organisations; words that many, some and few of them hold."""

from __future__ import annotations

from typing import NamedTuple

from experiments.policy import current as policy

SUBJECTS = (
    "Îlots d’ombre démontables", "Rue aux écoles", "Consigne à vélos partagée", "Éclairage qui s’abaisse la nuit",
    "Compost de quartier", "Navette à la demande", "Accueil sans rendez-vous", "Jardin de pluie", "Marché du soir",
    "Atelier de réparation", "Cantine en libre choix", "Prêt de matériel sportif",
)  # fmt: skip
PLACES = ("parvis", "marché", "école", "mairie", "parc", "gare", "quai", "médiathèque", "gymnase", "crèche")
OFFICES = ("Nantes Métropole", "Ville de {}", "Centre communal d’action sociale de {}")

SYLLABLES = tuple(consonant + vowel for consonant in "bcdfgjklmnprstvz" for vowel in "aeiou")
COMMON, MIDDLING, RARE = "ombrières", "Wababaka", "Zybabana"
"""Words to search for: all of the register, one in two hundred and twenty of it hold them."""
QUARTERS, NAMESAKES = 200, 20


class Facts(NamedTuple):
    """What a copy says of its own."""

    title: str
    place: str
    organisation: str
    commune: str
    policy: str


def _name(first: str, index: int, last: str) -> str:
    """A name that is no word of French: « Zybabana »."""
    index, low = divmod(index, len(SYLLABLES))
    high = index % len(SYLLABLES)
    return f"{first}{SYLLABLES[high]}{SYLLABLES[low]}{last}"


def facts(index: int, count: int) -> Facts:
    """What the copy of this rank says, in a register of so many."""
    communes, policies = list(policy().communes.items()), list(policy().policies)
    code, commune = communes[index % len(communes)]
    street = _name("Zy", index % max(1, count // NAMESAKES), "na")
    quarter = _name("Wa", index % QUARTERS, "ka")
    place = f"{PLACES[index % len(PLACES)]} {index // len(PLACES) + 1}, rue {street}"
    office = OFFICES[index // len(communes) % len(OFFICES)]
    return Facts(
        title=f"{SUBJECTS[index % len(SUBJECTS)]}, {place}",
        place=f"{place.capitalize()}, quartier {quarter}",
        organisation=office.format(commune),
        commune=code,
        policy=policies[index // 3 % len(policies)],
    )
