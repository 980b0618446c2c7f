"""Who publishes the data, and what anyone may do with it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Licence:
    """One of the two licences of CRPA D323-2-1. `code` is its name in the list of SPDX."""

    code: str
    title: str
    url: str


OPEN = Licence("etalab-2.0", "Licence Ouverte 2.0", "https://www.etalab.gouv.fr/licence-ouverte-open-licence")
SHARED = Licence("ODbL-1.0", "ODbL 1.0", "https://opendatacommons.org/licenses/odbl/1-0/")
LICENCES = {"lo": OPEN, "odbl": SHARED}


@dataclass(frozen=True)
class Publisher:
    """The authority that answers for the register; `siret` is empty where it is not said. `url`: where the site is."""

    name: str
    url: str
    siret: str = ""
    licence: Licence = OPEN
    contact: str = ""
    """Where to write; empty where it is not said."""
