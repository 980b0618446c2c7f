"""The report in brief, drawn from its figures, with the agreements that each language asks for."""

from __future__ import annotations

from babel.lists import format_list

from app import wording
from app.i18n import gettext as _
from app.i18n import lang, ngettext
from experiments.report import Report
from experiments.vocabulary import PUBLIC, Status
from experiments.words import inside
from experiments.years import Held

from .cells import ENOUGH, ratio, spelt, unmeasured


def summary(report: Report) -> list[str]:
    """What one reads when one reads nothing else."""
    return [_proposed(report), _under_way(report), _promises(report), _decided(report), _standing(report)]


def _listed(parts: list[str]) -> str:
    """« une a été autorisée, deux ont été refusées et une attend une réponse »."""
    return format_list(parts, locale=lang())


def _proposed(report: Report) -> str:
    count, year = report["proposed"].numerator, str(report.year)
    fates = {status: report[f"fate.{status}"].numerator for status in Status}
    accepted, refused = sum(fates[status] for status in PUBLIC), fates[Status.REFUSED]
    withdrawn, waiting = fates[Status.WITHDRAWN], fates[Status.SUBMITTED] + fates[Status.DRAFT]
    if count == 0:
        return _("En %(year)s, aucune proposition n’a été déposée.", year=year)
    if count == 1:
        return _one_proposed(year, accepted, refused, withdrawn)
    known = {"year": year, "count": spelt(count)}
    if accepted == count:
        return _("En %(year)s, %(count)s propositions ont été déposées ; toutes ont été autorisées.", **known)
    if refused == count:
        return _("En %(year)s, %(count)s propositions ont été déposées ; toutes ont été refusées.", **known)
    if waiting == count:
        return _("En %(year)s, %(count)s propositions ont été déposées ; toutes attendent une réponse.", **known)
    parts = [
        ngettext("%(num)s a été autorisée", "%(num)s ont été autorisées", accepted, num=spelt(accepted)),
        ngettext("%(num)s a été refusée", "%(num)s ont été refusées", refused, num=spelt(refused)),
        ngettext("%(num)s a été retirée", "%(num)s ont été retirées", withdrawn, num=spelt(withdrawn)),
        ngettext("%(num)s attend une réponse", "%(num)s attendent une réponse", waiting, num=spelt(waiting)),
    ]
    said = [part for part, n in zip(parts, (accepted, refused, withdrawn, waiting), strict=True) if n]
    return _("En %(year)s, %(count)s propositions ont été déposées : %(fates)s.", fates=_listed(said), **known)


def _one_proposed(year: str, accepted: int, refused: int, withdrawn: int) -> str:
    if accepted:
        return _("En %(year)s, une seule proposition a été déposée ; elle a été autorisée.", year=year)
    if refused:
        return _("En %(year)s, une seule proposition a été déposée ; elle a été refusée.", year=year)
    if withdrawn:
        return _("En %(year)s, une seule proposition a été déposée ; elle a été retirée.", year=year)
    return _("En %(year)s, une seule proposition a été déposée ; elle attend une réponse.", year=year)


def _under_way(report: Report) -> str:
    ended = report.named(report["stopped"].numbers)
    late = sum(x.was_stopped_late for x in ended)
    return " ".join(filter(None, (_open(report), _stopped(len(ended) - late), _stopped_late(late))))


def _stopped(count: int) -> str:
    return ngettext(
        "Une expérimentation a été arrêtée avant son terme.",
        "%(num)s expérimentations ont été arrêtées avant leur terme.", count, num=spelt(count).capitalize(),
    ) if count else ""  # fmt: skip


def _stopped_late(count: int) -> str:
    return ngettext(
        "Une expérimentation a été arrêtée après son terme.",
        "%(num)s expérimentations ont été arrêtées après leur terme.", count, num=spelt(count).capitalize(),
    ) if count else ""  # fmt: skip


def _open(report: Report) -> str:
    before, running = report["under-way.before"].numerator, report["under-way"].numerator
    authorised, decided = report["authorised"].numerator, report["decided"].numerator
    now = ngettext(
        "%(num)s expérimentation était ouverte (autorisée, sans décision de suite)",
        "%(num)s expérimentations étaient ouvertes (autorisées, sans décision de suite)", running, num=spelt(running),
    )  # fmt: skip
    begun = ngettext("%(num)s a été autorisée", "%(num)s ont été autorisées", authorised, num=spelt(authorised))
    over = ngettext("%(num)s a reçu sa décision", "%(num)s ont reçu leur décision", decided, num=spelt(decided))
    known = {
        "day": wording.day(report.until),
        "now": now if running else _("aucune expérimentation n’était ouverte"),
        "begun": begun if authorised else _("aucune n’a été autorisée"),
        "over": over if decided else _("aucune n’a reçu sa décision"),
    }
    if running == before == 0:
        return _("Au %(day)s, %(now)s, comme au début de l’année ; entre-temps, %(begun)s et %(over)s.", **known)
    if running == before:
        return _("Au %(day)s, %(now)s, autant qu’au début de l’année ; entre-temps, %(begun)s et %(over)s.", **known)
    return _(
        "Au %(day)s, %(now)s, contre %(before)s au début de l’année ; entre-temps, %(begun)s et %(over)s.",
        before=spelt(before) if before else _("aucune"), **known,
    )  # fmt: skip


def _promises(report: Report) -> str:
    return " ".join(filter(None, (_in_time(report), _worst(report))))


def _worst(report: Report) -> str:
    """The promise that was kept least, unless it is one that the sentence before tells of."""
    promised = [one for one in report.group("promise") if one.denominator]
    least = min((one.numerator / one.denominator for one in promised), default=1)
    worst = [one for one in promised if one.code not in _IN_TIME and one.numerator / one.denominator == least]
    if least == 1 or not worst:
        return ""
    one = max(worst, key=lambda figure: figure.denominator)
    if one.denominator == 1:
        return _("Promesse non tenue : %(promise)s.", promise=inside(_(one.label)))
    none = _("aucune sur %(total)s", total=spelt(one.denominator))
    kept = _among(one.numerator, one.denominator) if one.numerator else none
    return _("La promesse la moins tenue : %(promise)s, %(kept)s.", promise=inside(_(one.label)), kept=kept)


def _in_time(report: Report) -> str:
    due = report["promise.evaluated"].denominator
    evaluated, decided = report["promise.evaluated"].numerator, report["promise.decided"].numerator
    if due == 0:
        return _("Dans cette période, aucune n’arrivait à son terme.")
    if due == 1 and decided:
        return _("Dans cette période, une seule arrivait à son terme : elle a été évaluée et décidée à temps.")
    if due == 1 and evaluated:
        return _("Dans cette période, une seule arrivait à son terme : elle a été évaluée à temps, mais pas décidée.")
    if due == 1:
        return _("Dans cette période, une seule arrivait à son terme : elle n’a été ni évaluée ni décidée à temps.")
    if not evaluated:
        return _(
            "Dans cette période, %(count)s arrivaient à leur terme : aucune n’a été évaluée ni décidée à temps.",
            count=spelt(due),
        )
    return _(
        "Dans cette période, %(count)s arrivaient à leur terme : l’évaluation est venue à temps pour "
        "%(evaluated)s, la décision pour %(decided)s.",
        count=spelt(due), evaluated=_among(evaluated, due), decided=_among(decided, due),
    )  # fmt: skip


_IN_TIME = ("promise.evaluated", "promise.decided")


def _among(kept: int, total: int) -> str:
    if kept == total:
        return _("toutes")
    # In one manner both: « deux sur quatre », « 2 sur 12 ».
    say = spelt if total < ENOUGH else wording.number
    return _("%(kept)s sur %(total)s", kept=say(kept), total=say(total)) if kept else _("aucune")


def _decided(report: Report) -> str:
    decided = report["decided"].numbers
    return " ".join(filter(None, (_conclusions(report), _blind(len(unmeasured(report, decided)), len(decided)))))


def _blind(count: int, total: int) -> str:
    """What a council must know before it follows such a verdict."""
    if count == total == 1:
        return _("L’évaluation sur laquelle elle repose rend son verdict sans aucune mesure publiée.")
    return ngettext(
        "Une repose sur un verdict rendu sans aucune mesure publiée.",
        "%(num)s reposent sur un verdict rendu sans aucune mesure publiée.", count, num=spelt(count).capitalize(),
    ) if count else ""  # fmt: skip


def _conclusions(report: Report) -> str:
    count, gaps = report["decided"].numerator, report["departs"].numerator
    if count == 0:
        return _("Aucune décision de suite n’a été prise.")
    general, partial, abandoned = (one.numerator for one in report.group("outcome"))
    parts = (
        (general, ngettext("une généralisation", "%(num)s généralisations", general, num=spelt(general))),
        (partial, ngettext("un maintien partiel", "%(num)s maintiens partiels", partial, num=spelt(partial))),
        (abandoned, ngettext("un abandon", "%(num)s abandons", abandoned, num=spelt(abandoned))),
    )
    said = _listed([part for number, part in parts if number])
    if count == 1 and gaps:
        return _("Une décision de suite a été prise, %(kinds)s ; elle s’écarte de l’évaluation ou de l’engagement "
                 "préalable, et dit pourquoi.", kinds=said)  # fmt: skip
    if count == 1:
        return _("Une décision de suite a été prise, %(kinds)s ; elle suit l’évaluation et l’engagement préalable.",
                 kinds=said)  # fmt: skip
    gap = ngettext(
        "une s’écarte de l’évaluation ou de l’engagement préalable, et dit pourquoi",
        "%(num)s s’écartent de l’évaluation ou de l’engagement préalable, et disent pourquoi", gaps, num=spelt(gaps),
    )  # fmt: skip
    none = _("aucune ne s’écarte de l’évaluation ni de l’engagement préalable")
    return _("%(count)s décisions de suite ont été prises : %(kinds)s ; %(gap)s.", count=spelt(count).capitalize(),
             kinds=said, gap=gap if gaps else none)  # fmt: skip


def _standing(report: Report) -> str:
    late, rules = report["overdue"].numerator, report["force.in-force"].numerator
    overdue = ngettext(
        "%(num)s expérimentation avait passé sa fin ferme sans être évaluée",
        "%(num)s expérimentations avaient passé leur fin ferme sans être évaluées",
        late, num=spelt(late),
    )  # fmt: skip
    in_force = ngettext(
        "%(num)s dérogation était en vigueur", "%(num)s dérogations étaient en vigueur", rules, num=spelt(rules)
    )
    standing = _(
        "Au %(day)s, %(overdue)s, et %(rules)s.",
        day=wording.day(report.until),
        overdue=overdue if late else _("aucune expérimentation n’avait passé sa fin ferme sans être évaluée"),
        rules=in_force if rules else _("aucune dérogation n’était en vigueur"),
    )
    return " ".join(filter(None, (standing, _owed(len(report.late)))))


def _owed(count: int) -> str:
    return ngettext(
        "Un engagement envers le public était en retard.", "%(num)s engagements envers le public étaient en retard.",
        count, num=spelt(count).capitalize(),
    ) if count else ""  # fmt: skip


def of_a_year(held: dict[Held, int], *, is_over: bool) -> str:
    """« 4 propositions, 4 autorisations, 1 décision de suite ; évaluations versées … : 1 sur 1 », of what is kept."""
    proposed, authorised, refused, decided, ending, in_time = (held.get(what, 0) for what in Held)
    parts = (
        (proposed, ngettext("%(num)s proposition", "%(num)s propositions", proposed)),
        (authorised, ngettext("%(num)s autorisation", "%(num)s autorisations", authorised)),
        (refused, ngettext("%(num)s refus", "%(num)s refus", refused)),
        (decided, ngettext("%(num)s décision de suite", "%(num)s décisions de suite", decided)),
    )
    said = ", ".join(part for number, part in parts if number) or _("ni proposition, ni décision")
    if not (is_over and ending):  # Before its last day, a year does not know what will be in time.
        return said
    kept = ratio(in_time, ending)
    return _("%(said)s ; évaluations versées au plus tard à la fin ferme : %(kept)s", said=said, kept=kept)
