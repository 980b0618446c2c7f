"""The compass for artificial intelligence, tried by the authority on its own projects: generalised, and closed."""

from __future__ import annotations

from datetime import date

from experiments import declared as d
from experiments import reported as r
from experiments.acts import Act, Conclusion
from experiments.vocabulary import (
    ActKind,
    Association,
    DerogationFate,
    Finding,
    Method,
    Promise,
    RuleLevel,
    StakeholderKind,
)

from .days import Days
from .forms import METROPOLIS, UP, criterion, euros, unmeasured, who
from .story import Story, act
from .words import invented

STARTS, ENDS = date(2024, 3, 28), date(2025, 8, 31)
CONSULTED = Association.CONSULTED

IDENTITY = d.Identity(
    title="Doctrine et boussole de l'IA",
    summary="La collectivité essaie sur ses propres projets une boussole de sept critères qui dit quand l'intelligence "
    "artificielle est utile et acceptable. Annoncée en mars 2024, elle entre dans la charte en 2025.",
    policy="organisation",
    problem="Les services reçoivent des offres d'intelligence artificielle sans règle commune pour dire oui ou non "
    "(fictif). 79 % des Français s'inquiètent de ses effets (stratégie numérique responsable, 2024).",
    hypothesis="Sept critères, posés avant chaque projet, suffisent à écarter ce qui ne sert pas et à améliorer le "
    "reste.",
    description="La boussole demande : pas d'identification biométrique ni de données sensibles ; la conformité au "
    "droit et à la cybersécurité ; un meilleur service public ; de meilleures conditions de travail ; la sobriété "
    "énergétique ; la transparence ; un bénéfice par rapport à une solution sans IA. Elle est essayée en 2024 sur les "
    "projets de Nantes Métropole et de la Ville, pendant que les habitants débattent : « Nantes débat de l'IA ».\n\n"
    "Ce qui est publié : l'annonce du 28 mars 2024, l'essai tout au long de 2024, les sept critères, le débat, la "
    "charte révisée présentée au conseil en juin 2025. Ce qui est inventé pour la démonstration : les contacts, le "
    "rôle exact des partenaires, les jours exacts, les numéros d'actes, et tout texte ou chiffre suivi de la mention "
    "(fictif).",
    novelty=invented(
        "Les chartes publiées ailleurs énonçaient des principes ; celle-ci est essayée avant d'être votée."
    ),
    why_experiment="Une règle essayée sur des projets réels montre ce qui est trop vague, trop long ou oublié.",
    alternatives=invented(
        "S'en tenir au règlement européen : il protège, mais ne dit pas si un projet est utile. Interdire : simple, "
        "mais les usages se feraient sans règle."
    ),
    organisation="Nantes Métropole et Ville de Nantes",
    department="Direction du numérique",
    function="Responsable de la stratégie de la donnée",
    mailbox="charte-donnee@demo.example",
    communes=["44109"],
    place="Services de la métropole et de la ville",
    people="Agents porteurs d'un projet d'intelligence artificielle",
)

DURATION = d.Duration(
    starts_on=STARTS, ends_on=ENDS, midterm_on=date(2024, 12, 6), evaluation_due_on=date(2025, 5, 30),
    decision_due_on=date(2025, 6, 30), decision_body="Conseil métropolitain",
    reason="L'essai court tout au long de 2024 ; le conseil se prononce en juin 2025. L'été 2025 sert de marge "
    "(fictif).",
)  # fmt: skip

DEROGATIONS = d.Derogations(
    items=[
        d.Derogation(
            id="procedure",
            rule="Procédure interne d'instruction des projets numériques ; article non publié",
            level=RuleLevel.INTERNAL,
            basis=invented("Note de la direction générale, qui ouvre l'essai."),
            scope="Les projets d'IA passent par la boussole avant l'instruction ordinaire.",
            starts_on=STARTS,
            ends_on=ENDS,
            interest="Trier les projets avant d'y passer du temps et de l'argent.",
            harmless=invented("La boussole ajoute une exigence et n'en retire aucune."),
            safeguards=invented("Un refus est motivé ; le service peut représenter son projet."),
            reasons=invented(
                "En droit, la règle est interne et l'autorité qui l'a prise peut l'aménager. En fait, les projets "
                "arrivaient plus vite que l'instruction."
            ),
        )
    ]
)

STAKEHOLDERS = d.Stakeholders(
    items=[
        who("habitants", "Habitants, « Nantes débat de l'IA »", StakeholderKind.RESIDENTS, CONSULTED,
            "Disent ce qu'ils attendent et ce qu'ils "
            "refusent.", "Débat ouvert au printemps 2024 ; jour inventé (fictif)",
            date(2024, 3, 28)),
        who("services", "Services porteurs d'un projet", StakeholderKind.AGENTS, Association.CO_DESIGN,
            invented("Passent leurs projets à la boussole et disent ce qui bloque."), invented("Note de lancement"),
            date(2024, 3, 4)),
        who("dpo", "Mission protection des données", StakeholderKind.DPO, CONSULTED,
            invented("Relit chaque projet qui traite des données personnelles."), invented("Note de la mission"),
            date(2024, 3, 6)),
    ],
    information=invented("Avant tout projet d'IA, sept questions vous sont posées. Elles sont publiques."),
    withdrawal=invented("Un service peut retirer son projet ; l'instruction ordinaire reste ouverte."),
    alternative=invented("L'instruction ordinaire des projets numériques."),
)  # fmt: skip

PROTOCOL = d.Protocol(
    criteria=[
        criterion("passes", "Sert-elle vraiment ?", "Projets passés à la boussole", "projets", UP, start=0, target=20,
                  threshold=5, source="Registre de la mission numérique", when="Chaque trimestre"),
        criterion("changes", "Change-t-elle les projets ?", "Part des projets modifiés ou retirés", "%", UP, start=0,
                  target=30, threshold=5, source="Registre de la mission numérique", when="Fin 2024"),
        criterion("delai", "Est-elle assez rapide ?", "Part des avis rendus en moins d'un mois", "%", UP, start=0,
                  target=80, threshold=40, source="Registre de la mission numérique", when="Fin 2024"),
    ],
    method=Method.QUALITATIVE,
    comparison=invented("Les projets instruits en 2023, avant la boussole."),
    evaluator=invented("Inspection indépendante du numérique"),
    interests=invented("Aucun."),
    effects=d.PlannedEffects(
        cost=invented("Temps passé par projet, des deux côtés."),
        quality=invented("Ce que les projets retenus ont apporté aux usagers."),
        organisation=invented("Délai ajouté à l'instruction."),
        finances=invented("Dépenses évitées par les projets retirés."),
    ),
    if_confirmed=Promise.GENERALISATION,
    if_refuted=Promise.ABANDONMENT,
    if_inconclusive=Promise.PARTIAL,
)  # fmt: skip

COSTS = d.Costs(
    **euros(authority=30000),
    rollout="Non publié.",
    leaving="Aucun équipement. Coût non publié : le montant prévu est inventé (fictif).",
)

PUBLICATION = d.Publication(
    plain="Aucune décision sur une personne n'est prise par une machine seule. Avant d'utiliser l'IA, les services "
    "répondent à sept questions que chacun peut lire.",
    notice="Débat public « Nantes débat de l'IA ».",
)

LAUNCH = r.Launch(
    agreements=invented("Aucune convention : l'essai est interne."),
    informed_on=date(2024, 3, 28),
    informed_how="Annonce publique du 28 mars 2024.",
)

EVALUATION = r.Evaluation(
    results=[unmeasured(key) for key in ("passes", "changes", "delai")],
    limits="Aucun chiffre n'est publié sur les projets passés à la boussole.",
    departures=invented("Aucun."),
    remarks="Les habitants ont débattu des usages de l'IA (publié). "
    + invented("Ils demandent que les refus soient publiés autant que les projets retenus."),
    effects=r.ObservedEffects(
        cost="Non publié.",
        quality="Non publié.",
        organisation=invented("Trois semaines de plus, en moyenne, avant de lancer un projet."),
        finances="Non publié.",
        agents=invented("Des agents plus à l'aise pour dire non à un fournisseur."),
        environment="La sobriété énergétique est l'un des sept critères (publié) ; effet non mesuré.",
        equity=invented("Deux projets corrigés parce qu'ils laissaient des habitants de côté."),
        privacy="L'identification biométrique est exclue (publié).",
        undesired=invented("De petits projets ont renoncé avant même de demander."),
    ),
    verdict=Finding.CONFIRMED,
    summary=invented("La boussole a servi sur des projets réels et les a changés. Elle peut devenir la règle."),
)

CLOSING = r.Closing(
    fates=[
        r.Fate(
            id="f-procedure", derogation="procedure", fate=DerogationFate.PERMANENT,
            act="Charte métropolitaine de la donnée et de l'IA, juin 2025, principe 10",
        )
    ],
    data=invented("Aucune donnée personnelle ; les fiches des projets sont archivées."),
    equipment="Aucun équipement.",
    told_on=date(2025, 7, 10),
    lessons=invented(
        "Demander d'abord si l'on peut faire sans IA : c'est la question qui change le plus les projets. Publier les "
        "refus."
    ),
    published_on=date(2025, 7, 10),
    attested=True,
)  # fmt: skip


def stories(_days: Days) -> list[Story]:
    story = Story("boussole", chief="valideur2")
    story.open(date(2024, 2, 5), IDENTITY)
    story.write(date(2024, 3, 7), DURATION, DEROGATIONS, STAKEHOLDERS, PROTOCOL, COSTS, PUBLICATION)
    story.cross(date(2024, 3, 8), "submit")
    granted, decided = date(2024, 3, 22), date(2025, 6, 26)
    story.cross(
        granted, "authorise",
        act(Act, granted, 30, "Essai d'une boussole de l'IA sur les projets de la collectivité", law=METROPOLIS,
            facts=invented("L'essai est interne, réversible et public.")),
    )  # fmt: skip
    story.write(date(2024, 3, 28), LAUNCH)
    story.cross(date(2024, 3, 28), "start")
    story.cross(date(2025, 4, 30), "finish")
    story.write(date(2025, 5, 26), EVALUATION)
    story.cross(date(2025, 5, 27), "evaluate")
    story.cross(
        decided, "decide-generalise",
        act(Conclusion, decided, 74, "Charte métropolitaine de la donnée et de l'IA", law=METROPOLIS,
            act=ActKind.DELIBERATION, body="Conseil métropolitain",
            facts="La charte révisée, présentée au conseil en juin 2025, fait de la boussole son principe 10 (publié). "
            + invented("Le jour et le numéro de l'acte sont inventés.")),
    )  # fmt: skip
    story.write(date(2025, 7, 15), CLOSING)
    story.cross(date(2025, 7, 21), "close")
    return [story]
