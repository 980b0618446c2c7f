"""Refait le bilan d’une année des seules données ouvertes d’un registre Jalon, avec Python seul, et compare.

python recalculer.py https://registre.exemple.fr 2025    lit les tables du site, et le bilan qu’il publie
python recalculer.py dossier 2025                        lit un dossier écrit par « flask export » : rien à comparer
… --le 2026-01-31     le jour du bilan (sinon celui du bilan publié, ou aujourd’hui)
Code de sortie : 0 si chaque chiffre est retrouvé, 1 sinon. Un jour est un jour de Paris ; les tables disent l’heure en
temps universel.
"""

import argparse
import csv
import json
import sys
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path
from statistics import median
from typing import NamedTuple
from urllib.request import urlopen
from zoneinfo import ZoneInfo

UNDER_WAY = ("authorised", "running", "suspended", "evaluating", "evaluated")
OVER = ("refused", "withdrawn", "closed", "draft")
FORCES = ("ahead", "in-force", "frozen", "unused", "over", "permanent")
ENDINGS = ("generalisation", "partial", "abandonment")
PARIS = ZoneInfo("Europe/Paris")
FEW = 5
"""Sous tant de valeurs, pas de médiane."""


def day(moment):
    """Le jour de Paris d’une heure universelle."""
    return datetime.strptime(moment, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).astimezone(PARIS).date()


def on(cell):
    return date.fromisoformat(cell) if cell else None


class Data:
    """Les tables, du site ou d’un dossier : chacune par le numéro de l’expérimentation."""

    def __init__(self, source):
        self.source = source.rstrip("/")
        self.main = {row["numero"]: row for row in self.rows("/experimentations.ouvert.csv")}
        names = ("statuts", "decisions", "evaluations", "derogations", "parties-prenantes")
        self.tables = {name: defaultdict(list) for name in names}
        for name, found in self.tables.items():
            for row in self.rows(f"/donnees/{name}.ouvert.csv"):
                found[row["numero"]].append(row)

    def weeks(self):
        """De la décision à la publication de l’évaluation : la règle locale, que disent aussi les données."""
        return int(json.loads(self.read("/donnees/datapackage.json"))["publication_weeks"])

    def read(self, address):
        if "://" not in self.source:
            return Path(self.source + address).read_text(encoding="utf-8")
        with urlopen(self.source + address, timeout=60) as answer:
            return answer.read().decode()

    def rows(self, address):
        return list(csv.DictReader(StringIO(self.read(address), newline="")))

    def of(self, table, number):
        return self.tables[table].get(number, [])

    def words(self, table, column):
        """Les valeurs possibles d’une colonne, que dit le schéma de sa table."""
        fields = json.loads(self.read(f"/donnees/{table}.schema.json"))["fields"]
        return next(list(one["constraints"]["enum"]) for one in fields if one["name"] == column)


class Period(NamedTuple):
    """L’année, jusqu’au jour du bilan si elle n’est pas finie."""

    first: date
    last: date
    made_on: date

    def holds(self, when):
        return when is not None and self.first <= when <= self.last

    def past(self, when):
        return self.holds(when) and when != self.made_on


class Life:
    """Une expérimentation, telle qu’elle était au dernier jour de la période."""

    def __init__(self, row, data, period, weeks):
        self.row, self.number, self.period = row, row["numero"], period
        known = [(one["etape"], day(one["date"]), one["vers"]) for one in data.of("statuts", self.number)]
        self.steps = [one for one in known if one[0] != "open" and one[1] <= period.last]
        self.acts = [one for one in data.of("decisions", self.number) if day(one["inscrite_le"]) <= period.last]
        seen = [one for one in data.of("evaluations", self.number) if day(one["versee_le"]) <= period.last]
        self.final = [one for one in seen if one["intermediaire"] == "false"]
        self.interim = [one for one in seen if one["intermediaire"] == "true"]
        self.submitted = self.first("submit")
        self.status, self.before = self.status_on(period.last), self.status_on(period.first - timedelta(1))
        self.periods = [one for one in self.acts if one["fin"]]
        self.end = on(self.periods[-1]["fin"]) if self.periods else None
        self.ending = next((one for one in self.acts if one["issue"] in ENDINGS), None)
        self.decided = day(self.ending["inscrite_le"]) if self.ending else None
        self.field = date_until(row["terrain_fini_le"], period.last)
        self.derogations = data.of("derogations", self.number) if self.end else []
        self.stakeholders = data.of("parties-prenantes", self.number) if self.end else []
        signed = on(self.ending["acte_le"]) or self.decided if self.ending else None
        self.publication_due = signed + timedelta(weeks=weeks) if signed else None
        self.published = on(row["evaluation_publiee_le"]) if row["statut"] == "closed" else None
        self.evaluated = day(self.final[0]["versee_le"]) if self.final else None
        self.midterm = day(self.interim[0]["versee_le"]) if self.interim else None
        self.late = self.status in UNDER_WAY and self.end is not None and period.last > self.end
        self.overrun = max(0, ((self.decided or period.last) - self.end).days) if self.end else 0

    def first(self, event):
        return next((when for name, when, _ in self.steps if name == event), None)

    def last(self, event):
        return next((when for name, when, _ in reversed(self.steps) if name == event), None)

    def status_on(self, when):
        return next((to for _, crossed, to in reversed(self.steps) if crossed <= when), "")

    @property
    def counts(self):
        """Si elle est de ce bilan : soumise avant sa fin, et pas déjà finie avant son début."""
        if self.submitted is None:
            return False
        still = self.steps[-1][1] >= self.period.first or self.status not in OVER
        return still or self.period.holds(self.end) or self.period.holds(self.publication_due)

    @property
    def evaluation_due(self):
        """Une prolongation la déplace : avant elle, c’est la première date qui vaut."""
        if self.end is None:
            return None
        moved = on(self.row["fin_ferme"]) != self.end
        return on(self.row["evaluation_due_avant_le" if moved else "evaluation_due_le"]) or self.end

    @property
    def midterm_due(self):
        start = on(self.row["debut"])
        if start is None or self.end is None:
            return None
        if fixed := on(self.row["mi_parcours_le"]):
            return fixed
        # L’évaluation à mi-parcours est due à partir d’un an, jour pour jour ; pour l’article 72, toujours.
        year = date(start.year + 1, start.month, min(start.day, 28) if start.month == 2 else start.day)
        is_due = self.row["base_juridique"] == "article-72" or self.end + timedelta(1) >= year
        return start + (self.end - start) // 2 if is_due else None

    @property
    def came_to_nothing(self):
        """L’essai s’est terminé avant ce jour, et rien n’était versé : l’évaluation finale la remplace."""
        return self.midterm is None and self.field is not None and self.field < self.midterm_due

    def force(self, rule):
        """Où en est une règle écartée."""
        today, starts = self.period.last, on(rule["debut"])
        if self.status == "closed":
            return "permanent" if rule["sort"] == "permanent" else "over"
        if any(today > one for one in (on(rule["fin"]), self.end) if one):
            return "over"
        if self.status == "suspended":
            return "frozen"
        if self.field:
            return "unused"
        return "ahead" if self.status == "authorised" or (starts and today < starts) else "in-force"


def date_until(cell, until):
    found = on(cell)
    return found if found and found <= until else None


def reckon(data, period, weeks):
    """Tous les chiffres, dans l’ordre du bilan : code, valeur, numérateur, dénominateur."""
    lives = [one for row in data.main.values() if (one := Life(row, data, period, weeks)).counts]
    yield from proposals(lives, data, period)
    yield from promises(lives, data, period)
    yield from items(lives, data, period)
    yield from money(lives, period)


def counted(code, lives, kept):
    found = sum(1 for one in lives if kept(one))
    return code, Decimal(found), found, len(lives)


def conducted(lives, period):
    """Ouvertes (autorisées, sans décision de suite) à un moment de la période."""
    return [one for one in lives if one.before in UNDER_WAY or period.holds(one.first("authorise"))]


def proposals(lives, data, period):
    proposed = [one for one in lives if period.holds(one.submitted)]
    yield counted("proposed", lives, lambda x: x in proposed)
    for status in data.words("statuts", "vers"):
        yield counted(f"fate.{status}", proposed, lambda x, to=status: x.status == to)
    yield counted("refused", lives, lambda x: period.holds(x.first("refuse")))
    yield counted("withdrawn", lives, lambda x: period.holds(x.first("withdraw")))
    yield counted("returned", lives, lambda x: period.holds(x.last("return")))
    decided = [one for one in lives if period.holds(one.decided)]
    yield counted("under-way.before", lives, lambda x: x.before in UNDER_WAY)
    yield counted("authorised", lives, lambda x: period.holds(x.first("authorise")))
    yield counted("decided", lives, lambda x: x in decided)
    yield counted("under-way", lives, lambda x: x.status in UNDER_WAY)
    yield counted("suspended", conducted(lives, period), lambda x: period.holds(x.last("suspend")))
    for issue in ENDINGS:
        yield counted(f"outcome.{issue}", decided, lambda x, issue=issue: x.ending["issue"] == issue)
    for verdict in data.words("evaluations", "verdict"):
        yield counted(f"verdict.{verdict}", decided, lambda x, told=verdict: told in read_by(x))
    yield counted("departs", decided, lambda x: x.ending["s_ecarte"] == "true")


def read_by(life):
    """Le verdict de l’évaluation sur laquelle la décision est prise."""
    seen = (life.ending or {}).get("evaluation")
    return [one["verdict"] for one in life.final if one["identifiant"] == seen]


def kept(done, due):
    return done is not None and due is not None and done <= due


def promises(lives, data, period):
    ended = [one for one in lives if period.past(one.end)]
    yield counted("promise.field", ended, lambda x: kept(x.field, x.end))
    yield counted("promise.evaluated", ended, lambda x: kept(x.evaluated, x.end))
    yield counted("promise.decided", ended, lambda x: kept(x.decided, x.end))
    due = [one for one in lives if period.past(one.evaluation_due)]
    yield counted("promise.due", due, lambda x: kept(x.evaluated, x.evaluation_due))
    half = [one for one in lives if period.past(one.midterm_due) and not one.came_to_nothing]
    yield counted("promise.midterm", half, lambda x: kept(x.midterm, x.midterm_due))
    published = [one for one in lives if period.past(one.publication_due)]
    yield counted("promise.published", published, lambda x: kept(x.published, x.publication_due))
    yield counted(
        "extended", conducted(lives, period), lambda x: any(period.holds(day(a["inscrite_le"])) for a in x.periods[1:])
    )
    under_way = [one for one in lives if one.status in UNDER_WAY]
    yield counted("overdue", under_way, lambda x: x.late and not x.final)
    yield counted("undecided", under_way, lambda x: x.late and x.final)
    days = [one.overrun for one in lives if period.holds(one.decided) or one.late]
    yield "overrun", Decimal(str(median(days))) if len(days) >= FEW else None, len(days), len(days)
    stopped = [one for one in lives if period.holds(one.first("stop"))]
    yield counted("stopped", conducted(lives, period), lambda x: x in stopped)
    for reason in data.words("decisions", "arret_motif"):
        yield counted(f"stop.{reason}", stopped, lambda x, why=reason: any(a["arret_motif"] == why for a in x.acts))


def items(lives, data, period):
    """Les règles écartées et les parties prenantes se comptent elles-mêmes, non les expérimentations."""
    during = conducted(lives, period)
    yield counted("derogating", during, lambda x: x.derogations)
    rules = [(rule, life.force(rule)) for life in during for rule in life.derogations]
    for code, column in (("level", "rang"), ("kind", "nature")):
        for word in data.words("derogations", column):
            yield share(f"{code}.{word}", [rule[column] == word for rule, _ in rules])
    for force in FORCES:
        yield share(f"force.{force}", [one == force for _, one in rules])
    associated = [row for life in during for row in life.stakeholders]
    for code, column in (("who", "nature"), ("how", "association")):
        for word in data.words("parties-prenantes", column):
            yield share(f"{code}.{word}", [row[column] == word for row in associated])
    proofs = [bool(row["preuve"] and date_until(row["preuve_le"], period.last)) for row in associated]
    yield share("proved", proofs)


def share(code, found):
    return code, Decimal(sum(found)), sum(found), len(found)


def money(lives, period):
    granted = [one.row for one in lives if period.holds(one.first("authorise"))]
    decided = [one.row for one in lives if period.holds(one.decided)]
    for code, column in (("authority", "prevu"), ("partners", "partenaires"), ("grants", "subventions")):
        yield added(f"cost.{code}", granted, f"cout_{column}", f"cout_{column}")
    yield added("spent.planned", decided, "cout_prevu", "cout_reel")
    yield added("spent", decided, "cout_reel", "cout_reel")


def added(code, rows, column, said):
    """La somme d’une colonne, de ceux qui en disent une autre."""
    found = [Decimal(row[column] or 0) for row in rows if row[said]]
    return code, sum(found, Decimal(0)) if found else None, len(found), len(rows)


def compared(mine, theirs):
    """Les chiffres qui diffèrent de ceux du bilan publié."""
    told = {
        one["code"]: (one["value"] and Decimal(one["value"]), one["numerator"], one["denominator"])
        for one in theirs["figures"]
    }
    again = {code: (value, *counts) for code, value, *counts in mine}
    lost = [f"{code} : absent des données" for code in told.keys() - again.keys()]
    return lost + [f"{code} : {again[code]} ici, {told[code]} dans le bilan" for code in again
                   if code not in told or again[code] != told[code]]  # fmt: skip


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source")
    parser.add_argument("year", type=int)
    parser.add_argument("--le", type=date.fromisoformat, metavar="JOUR")
    asked = parser.parse_args(arguments)
    try:
        data, report = Data(asked.source), None
        if "://" in data.source and not asked.le:
            report = json.loads(data.read(f"/bilan/{asked.year}.json"))
        made_on = date.fromisoformat(report["made_on"]) if report else asked.le or datetime.now(PARIS).date()
        period = Period(date(asked.year, 1, 1), min(date(asked.year, 12, 31), made_on), made_on)
        figures = [*reckon(data, period, data.weeks())]
    except (OSError, ValueError, KeyError) as error:
        print(f"NON. {error!r}", file=sys.stderr)
        return 1
    for code, value, numerator, denominator in figures:
        print(f"{code};{'' if value is None else value};{numerator};{denominator}")
    differ = compared(figures, report) if report else []
    said = "Rien à comparer." if report is None else "Tout concorde." if not differ else "NON."
    print(f"{len(figures)} chiffres. {said}", *differ, sep="\n", file=sys.stderr)
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
