"""What the address of a list asks for: the filters, the way to look at what they keep, the place in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from urllib.parse import quote_plus

from experiments import search
from experiments.filters import STANDING, Filters
from experiments.lists import Place
from experiments.policy import current as policy
from experiments.publishing import NO_DEROGATION, SOME_DEROGATION
from experiments.vocabulary import PUBLIC, DerogationKind, Outcome, RuleLevel, Status
from experiments.words import clean, fold

from . import places
from .i18n import Typed, later, to
from .i18n import gettext as _

LONGEST = 200
"""Characters of an answer to a filter: nobody searches for more, and whoever sends a novel gets an answer too."""
YEAR = re.compile(r"(19|20)\d\d", re.ASCII)

GROUPS = {
    "": later("En ce moment"),
    "overdue": later("Échues, sans évaluation"),
    "past": later("Passées"),
    "refused": later("Refusées"),
    "all": later("Toutes"),
}
STATUSES = GROUPS | {str(status): status.label for status in Status if status in PUBLIC}
DEROGATIONS = {
    SOME_DEROGATION: later("Au moins une règle écartée"),
    NO_DEROGATION: later("Aucune règle écartée"),
    **{str(level): level.label for level in RuleLevel},
    # Alone in a list, « Arrêté » reads as a trial that was stopped.
    str(RuleLevel.ORDER): later("Un arrêté"),
    **{str(kind): kind.label for kind in DerogationKind if kind is not DerogationKind.ORDINARY},
}
OUTCOMES = {str(one): one.label for one in Outcome if one not in (Outcome.AUTHORISATION, Outcome.REFUSAL)}
HEADINGS = {
    "": later("Ce que l’on essaie ici"), "overdue": later("Ce que l’on essaie ici"),
    "past": later("Ce que l’on a essayé ici"), "refused": later("Ce que l’on a refusé d’essayer ici"),
    "all": later("Toutes les expérimentations"),
}  # fmt: skip
"""Above each group of statuses."""
PROMISED = later("Chaque expérimentation a une fin ferme, une évaluation et une décision.")
LEADS = {"refused": later("Une proposition refusée reste au registre, avec l’acte et ses motifs.")}
"""What is promised of each: nothing is to come of what was refused."""
VIEW = "vue"
"""The way to look at a list, as addresses name it."""
VIEWS = {"": later("Liste"), "frise": later("Frise"), "carte": later("Carte")}
NAMES = {
    "text": "q", "status": "statut", "commune": "commune", "policy": "politique", "organisation": "organisme",
    "period": "annee", "derogation": "derogation", "outcome": "suite",
}  # fmt: skip
"""The filters, as addresses name them."""


@lru_cache(maxsize=4096)
def _pair(name: str, value: str) -> str:
    return f"{name}={quote_plus(value)}" if value else ""


def _address(pairs: Iterable[str], page: str = "/") -> str:
    kept = "&".join(filter(None, pairs))
    return to(f"{page}?{kept}" if kept else page)


@dataclass(frozen=True)
class Widening:
    """One filter less: what is then shown, and where."""

    label: str
    url: str


@dataclass(frozen=True)
class Asked:
    """What an address asks of the list: what was understood, what was not, the view and the place in it."""

    filters: Filters
    unknown: tuple[str, ...] = ()
    view: str = ""
    after: Place | None = None

    def url(self, *, view: str | None = None, after: str = "") -> str:
        """The address of the list with these filters, seen in this way (its own by default), from a place on."""
        return _address([*self._given.values(), self._seen(view), _pair("page", after)])

    def heading(self) -> str:
        """What stands above the list."""
        status = self.filters.status
        group = next((group for group, some in STANDING.items() if status in some), "")
        words = HEADINGS.get(status, HEADINGS[group])
        return _(words)

    def lead(self) -> str:
        """What stands under the heading."""
        return _(LEADS.get(self.filters.status, PROMISED))

    def to_narrow(self) -> str:
        """The address of the page that says how this list may be narrowed."""
        return _address([*self._given.values(), self._seen(None)], "/filtres")

    def having(self, field: str, value: str) -> str:
        """The address of the list with one filter more, or other; with one less when the value is empty."""
        return self.ways(field)(value)

    def without(self, field: str) -> str:
        """The address of the list with one filter less."""
        return self.having(field, "")

    def ways(self, field: str, *, view: str | None = None) -> Callable[[str], str]:
        """The address of the list for each value of one filter: what a hundred of them share is written once."""
        place = [*NAMES].index(field)
        given = [*self._given.values()]
        before = "".join(f"{pair}&" for pair in given[:place] if pair)
        after = "".join(f"&{pair}" for pair in (*given[place + 1 :], self._seen(view)) if pair)
        rest, start = _address([before.rstrip("&"), after.lstrip("&")]), to("/")
        return lambda value: f"{start}?{before}{_pair(NAMES[field], value)}{after}" if value else rest

    @cached_property
    def _given(self) -> dict[str, str]:
        """What its filters say in an address, in the order of NAMES."""
        return {field: _pair(name, getattr(self.filters, field)) for field, name in NAMES.items()}

    def _seen(self, view: str | None) -> str:
        return _pair(VIEW, self.view if view is None else view)

    def chosen(self) -> list[tuple[str, str]]:
        """The filters that narrow the list, in words, each with its field."""
        f = self.filters
        words = {
            "text": f.text and _("« %(text)s »", text=f.text),
            "status": f.status and _("statut « %(status)s »", status=_(STATUSES[f.status]).lower()),
            "commune": policy().communes.get(f.commune, ""),
            "policy": f.policy and _(policy().policies[f.policy]),
            "organisation": Typed(f.organisation),
            "period": f.period and _("en %(year)s", year=f.period),
            "derogation": f.derogation and _(DEROGATIONS[f.derogation]),
            "outcome": f.outcome and _(OUTCOMES[f.outcome]),
        }
        return [(field, said) for field, said in words.items() if said]

    def widenings(self) -> list[Widening]:
        """The ways to find more: each filter left out in turn, then all of them."""
        f = self.filters
        labels = {
            "text": _("Sans ces mots"),
            "commune": _("Dans toutes les communes"),
            "policy": _("Pour toutes les politiques publiques"),
            "organisation": _("Pour tous les organismes"),
            "period": _("Quelle que soit l’année"),
            "derogation": _("Quelles que soient les règles écartées"),
            "outcome": _("Quelle que soit la suite donnée"),
        }
        found = [Widening(label, self.without(field)) for field, label in labels.items() if getattr(f, field)]
        if f.status != "all":
            found.append(Widening(_("Quel que soit le statut"), self.having("status", "all")))
        return found if f == Filters() else [*found, Widening(_("Tout ce qui est en cours"), to("/"))]


_UNKNOWN = {
    "status": later("« %(given)s » n’est pas un statut du registre : voici ce qui est en cours."),
    "commune": later("« %(given)s » n’est pas une commune du registre : les voici toutes."),
    "policy": later("« %(given)s » n’est pas une politique publique du registre : les voici toutes."),
    "period": later("« %(given)s » n’est pas une année : les voici toutes."),
    "derogation": later("« %(given)s » n’est pas un rang de règle : les voici tous."),
    "outcome": later("« %(given)s » n’est pas une suite donnée : les voici toutes."),
    "view": later("« %(given)s » n’est pas une façon de voir le registre : voici la liste."),
}


def read(args: Mapping[str, str]) -> Asked:
    """What an address asks for; what it does not say right is set aside, and said."""
    unknown: list[str] = []

    def given(name: str) -> str:
        return clean(args.get(name, "")[:LONGEST])

    def chosen(field: str, choices: Mapping[str, str], name: str = "") -> str:
        said = given(name or NAMES[field])
        found = _choice(said, choices)
        if found is None:
            unknown.append(_(_UNKNOWN[field], given=said))
        return found or ""

    text = given("q")
    if text and not search.asked(text):
        unknown.append(_("« %(text)s » ne contient aucun mot : rien n’est cherché.", text=text))
        text = ""
    year = given(NAMES["period"])
    if year and not YEAR.fullmatch(year):
        sentence = _UNKNOWN["period"]
        unknown.append(_(sentence, given=year))
        year = ""
    filters = Filters(
        text=text,
        status=chosen("status", STATUSES),
        commune=chosen("commune", policy().communes),
        policy=chosen("policy", policy().policies),
        organisation=given(NAMES["organisation"]),
        period=year,
        derogation=chosen("derogation", DEROGATIONS),
        outcome=chosen("outcome", OUTCOMES),
    )
    view = chosen("view", VIEWS, VIEW)
    return Asked(filters, tuple(unknown), view, places.read(args.get("page", "")))


def _choice(given: str, choices: Mapping[str, str]) -> str | None:
    """The code of a choice, said by its code or by its name: « 44109 », « Nantes », « nantes »."""
    if not given or given in choices:
        return given
    wanted = fold(given)
    return next((code for code, label in choices.items() if wanted and fold(label) == wanted), None)
