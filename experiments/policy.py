"""The local rules (everything marked L in the domain), read from one commented file and checked on start."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache
from pathlib import Path
from string import Formatter
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from .siret import is_siret

DEFAULT = Path(__file__).with_name("policy.toml")

Count = Annotated[int, Meta(ge=1)]
Place = Annotated[int, Meta(ge=0, le=9)]


class PolicyError(Exception):
    """A policy file that cannot be used; its text is one line that names the file and the key."""


class Duration(Struct, forbid_unknown_fields=True, frozen=True):
    ceiling_months: dict[str, Count]
    midterm_from_months: Count
    evaluation_days_before_end: Annotated[int, Meta(ge=0)]


class Extension(Struct, forbid_unknown_fields=True, frozen=True):
    times: Annotated[int, Meta(ge=0, le=1)]
    share: Annotated[float, Meta(gt=0, le=1)]
    asked_days_before_end: Annotated[int, Meta(ge=0)]

    @property
    def percent(self) -> int:
        """The share, in hundredths."""
        return round(self.share * 100)


class Purchase(Struct, forbid_unknown_fields=True, frozen=True):
    ceiling_euros: Count


class Opinions(Struct, forbid_unknown_fields=True, frozen=True):
    days: Count


class Publication(Struct, forbid_unknown_fields=True, frozen=True):
    weeks_after_decision: Count


class Duties(Struct, forbid_unknown_fields=True, frozen=True):
    dates_days: Count
    validation_working_days: Count
    review_months: Count
    follow_up_months: Count


class Reminders(Struct, forbid_unknown_fields=True, frozen=True):
    days_before: tuple[Annotated[int, Meta(ge=0, le=3650)], ...]
    then_every_days: Count
    escalate_after: Count
    from_hour: Annotated[int, Meta(ge=0, le=23)]
    until_hour: Annotated[int, Meta(ge=1, le=24)]
    retried_hours: Count


class Voices(Struct, forbid_unknown_fields=True, frozen=True):
    erased_months_after_reply: Count
    erased_months_after_receipt: Count
    network_hour: Count
    network_day: Count
    everyone_hour: Count
    unconfirmed_days: Count


class Collectivity(Struct, forbid_unknown_fields=True, frozen=True):
    siret: str
    bodies: tuple[str, ...]


class Policy(Struct, forbid_unknown_fields=True, frozen=True):
    """The whole file. Durations are in the unit their name says; `share` is a part of 1."""

    duration: Duration
    extension: Extension
    purchase: Purchase
    opinions: Opinions
    publication: Publication
    duties: Duties
    reminders: Reminders
    voices: Voices
    policies: dict[str, str]
    communes: dict[str, str]
    tiles: dict[str, tuple[Place, Place]] = {}
    """Where each commune stands on the schematic map: column, then row; no map without it."""
    collectivities: dict[str, Collectivity] = {}
    """Whose acts are on record, by name, and which bodies take them; the authority alone without it."""

    def taken_by(self, body: str) -> tuple[str, str] | None:
        """The name and the SIRET of the collectivity whose body took an act; None when no rule names it."""
        for name, one in self.collectivities.items():
            if _key(body) in map(_key, one.bodies):
                return name, one.siret
        return None

    def ceiling(self, basis: str) -> int:
        """The longest duration in months, extension included, for a legal basis."""
        return self.duration.ceiling_months[basis]


def _key(body: str) -> str:
    return " ".join(body.split()).casefold()


def read(path: Path = DEFAULT) -> Policy:
    """Read and check a policy file; PolicyError says in one line what is wrong with it."""
    try:
        policy = msgspec.toml.decode(path.read_bytes(), type=Policy)
    except (OSError, msgspec.MsgspecError, ValueError) as error:
        raise PolicyError(f"{path.name} : {' '.join(str(error).split())}") from error
    missing = {"none", "article-72", "article-37-1"} - policy.duration.ceiling_months.keys()
    if missing:
        raise PolicyError(f"{path.name} : duration.ceiling_months : il manque {', '.join(sorted(missing))}")
    if not policy.policies or not policy.communes:
        raise PolicyError(f"{path.name} : policies et communes ne peuvent pas être vides")
    if stray := policy.tiles.keys() - policy.communes.keys():
        raise PolicyError(f"{path.name} : tiles nomme une commune inconnue, {sorted(stray)[0]}")
    if policy.reminders.from_hour >= policy.reminders.until_hour:
        raise PolicyError(f"{path.name} : reminders.from_hour doit précéder until_hour")
    if policy.voices.erased_months_after_reply > policy.voices.erased_months_after_receipt:
        raise PolicyError(f"{path.name} : voices : la réponse ne peut garder plus longtemps que la réception")
    if list(policy.reminders.days_before) != sorted(set(policy.reminders.days_before), reverse=True):
        raise PolicyError(f"{path.name} : reminders.days_before va du plus lointain au plus proche, sans doublon")
    _check_collectivities(path.name, policy.collectivities)
    return policy


def _check_collectivities(file: str, known: dict[str, Collectivity]) -> None:
    bodies = [_key(body) for one in known.values() for body in one.bodies]
    if twice := next((body for body in bodies if bodies.count(body) > 1), None):
        raise PolicyError(f"{file} : collectivities : « {twice} » y est deux fois")
    for name, one in known.items():
        if not is_siret(one.siret):
            raise PolicyError(f"{file} : collectivities : « {one.siret} » n’est pas le SIRET de {name}")


_current: Policy | None = None


def current() -> Policy:
    """The policy in force: the file given to `use`, or the default one."""
    global _current
    if _current is None:
        _current = read()
    return _current


class _Agreed(Formatter):
    """What stands after the colon is the word counted, alone then several: it agrees with its figure."""

    def __init__(self, singular: Collection[int]) -> None:
        self._singular = singular

    def format_field(self, value: Any, spec: str) -> str:
        one, _, many = spec.partition("|")
        return f"{value} {one if value in self._singular else many}" if many else str(super().format_field(value, spec))


_AGREED = _Agreed((0, 1))
_IN_ENGLISH = _Agreed((1,))


@lru_cache(maxsize=256)
def in_force(sentence: str, *, english: bool = False) -> str:
    """A sentence with the figures of the policy in force: « {rule.opinions.days:jour|jours} »."""
    return (_IN_ENGLISH if english else _AGREED).format(sentence, rule=current())


def use(policy: Policy) -> None:
    """Put a policy in force for this process (once, on start)."""
    global _current
    _current = policy
    in_force.cache_clear()
