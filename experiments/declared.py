"""What a team declares before the start, in the order of Principle 9: the questions of each part.

A question says why it is asked (its source) and gives an example, often drawn from a published experiment.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated as A
from typing import ClassVar

from .content import Content, Item, ask, many
from .protocol import Criterion, PlannedEffects, Protocol
from .vocabulary import Association, Basis, DerogationKind, Ground, RuleLevel, StakeholderKind, Untouchable

__all__ = [
    "Costs",
    "Criterion",
    "Derogation",
    "Derogations",
    "Duration",
    "Identity",
    "PlannedEffects",
    "Protocol",
    "Publication",
    "Stakeholder",
    "Stakeholders",
    "Withheld",
]

# fmt: off

class Identity(Content):
    title: A[str, ask(
        "Titre", "Public, en langage courant, 100 caractères au plus.",
        "Internet solidaire à Port-Boyer",
        kind="line", longest=100)] = ""
    summary: A[str, ask(
        "Résumé", "Ce qu’un habitant lit en premier, 400 caractères au plus.",
        "Mille foyers du parc social reçoivent un accès internet à 2,90 € par mois, un prêt d’équipement et une "
        "formation.",
        longest=400)] = ""
    policy: A[str, ask(
        "Politique publique servie", "Charte, principe 9 : l’expérimentation sert une politique publique.",
        list_="policies")] = ""
    problem: A[str, ask(
        "Problème", "Ce qui ne va pas aujourd’hui, avec un chiffre si possible.",
        "14 % des habitants des quartiers prioritaires se disent en difficulté avec les outils numériques.")] = ""
    hypothesis: A[str, ask(
        "Hypothèse", "Ce que l’expérimentation doit confirmer ou infirmer.",
        "Un accès à moins de 3 € par mois, avec un accompagnement, fait reculer le non-équipement.")] = ""
    description: A[str, ask(
        "Description", "Ce qui sera fait, où, avec qui. Publiée.",
        "Deux antennes sur les toits de quatre immeubles, un boîtier par logement, deux permanences.")] = ""
    novelty: A[str, ask(
        "Ce qui est nouveau, et les essais déjà menés ailleurs", "Pour ne pas refaire ce qui est connu.",
        "Un premier essai a porté sur 200 logements en 2022.")] = ""
    why_experiment: A[str, ask(
        "Pourquoi une expérimentation plutôt qu’une étude ou un déploiement",
        "Conseil d’État, étude de 2019 : l’expérimentation est faite pour apprendre.",
        "Une étude ne dirait pas si les foyers s’abonnent ; un déploiement coûterait cher si c’était non.")] = ""
    alternatives: A[str, ask(
        "Autres solutions envisagées, dont la plus simple, avec leur coût",
        "« Pourquoi pas un arbre ? » : la question sera posée en public.",
        "Planter deux arbres d’alignement : ombre au bout de dix ans, coût non chiffré.")] = ""
    organisation: A[str, ask(
        "Organisme porteur", "Qui répond de l’expérimentation.",
        "Nantes Métropole",
        kind="line", longest=120)] = ""
    department: A[str, ask(
        "Direction ou service", "Le service qui tient le dossier au quotidien.",
        "Direction des usages numériques",
        kind="line", longest=120)] = ""
    function: A[str, ask(
        "Fonction de la personne responsable",
        "Une fonction, jamais un nom : cette ligne est publique (CRPA L312-1-2).",
        "Responsable de l’inclusion numérique",
        kind="line", longest=120)] = ""
    mailbox: A[str, ask(
        "Boîte générique", "Où un habitant écrit. Une adresse de service, pas de personne.",
        "inclusion-numerique@exemple.fr",
        kind="email", longest=200)] = ""
    communes: A[list[str], ask("Communes concernées", "Au moins une.", list_="communes")] = many()
    place: A[str, ask(
        "Lieu précis", "Un quartier, une rue, un équipement.",
        "Quartier Port-Boyer",
        kind="line", longest=200)] = ""
    people: A[str, ask(
        "Personnes concernées", "Qui est touché par l’essai, qu’il y participe ou non.",
        "Locataires de Nantes Métropole Habitat",
        kind="line", longest=200)] = ""
    people_max: A[int | None, ask(
        "Nombre maximal de personnes", "L’ampleur est bornée, comme la durée.",
        "1000")] = None


class Duration(Content):
    starts_on: A[date | None, ask("Début prévu", "La fenêtre autorisée commence ce jour-là.")] = None
    ends_on: A[date | None, ask(
        "Fin ferme",
        "Charte, principe 9 : durée limitée. Une date, jamais « 18 mois ». Ensuite, les dérogations cessent.")] = None
    reason: A[str, ask(
        "Pourquoi cette durée et pas plus", "Une durée plus longue que nécessaire n’est plus une expérimentation.",
        "Deux hivers, pour comparer les consommations à saison égale.")] = ""
    basis: A[Basis, ask("Base juridique", "Elle fixe le plafond de la durée.")] = Basis.NONE
    midterm_on: A[date | None, ask(
        "Évaluation à mi-parcours",
        "Demandée à partir de la durée que fixe la règle locale, et par la loi pour l’article 72 quelle que soit la "
        "durée (CGCT LO1113-5) ; elle fonde toute prolongation.")] = None
    evaluation_due_on: A[date | None, ask(
        "Évaluation remise au plus tard le",
        "Avant le terme, pour que la décision s’appuie sur elle (CGCT LO1113-6).")] = None
    decision_due_on: A[date | None, ask(
        "Décision attendue le",
        "Avant le terme : sans décision, l’expérimentation devient irrégulière (CGCT LO1113-6).")] = None
    decision_body: A[str, ask(
        "Instance qui décidera", "Chacun sait dès le début qui tranchera à la fin.",
        "Conseil métropolitain",
        kind="line", longest=120)] = ""


class Derogation(Item):
    label: ClassVar[str] = "Dérogation"
    added: ClassVar[str] = "une dérogation"
    kind: A[DerogationKind, ask(
        "Nature",
        "L’achat innovant et l’occupation du domaine public ont leurs propres conditions.")] = DerogationKind.ORDINARY
    rule: A[str, ask(
        "Règle écartée", "Le texte et l’article exacts : on ne déroge qu’à ce qui est nommé.",
        "Règlement de voirie métropolitain, article 14",
        kind="line", longest=300)] = ""
    level: A[RuleLevel | None, ask("Rang de la règle", "Le rang dit qui peut autoriser la dérogation.")] = None
    untouchable: A[Untouchable, ask(
        "Touche-t-elle à l’un de ces points ?",
        "Aucune expérimentation locale ne peut y déroger ; mieux vaut le savoir avant.")] = Untouchable.NONE
    basis: A[str, ask(
        "Ce qui permet d’y déroger", "Le texte qui habilite (loi, délibération, article du règlement lui-même).",
        "Délibération 2025-112, article 3")] = ""
    scope: A[str, ask(
        "Qui peut faire quoi, et où", "Une dérogation vaut pour des personnes et des lieux nommés.",
        "La navette peut circuler sur la piste cyclable du quai, entre 11 h et 14 h.")] = ""
    starts_on: A[date | None, ask("Du", "Chaque dérogation a son propre calendrier.")] = None
    ends_on: A[date | None, ask("Au", "Au plus tard à la fin de l’expérimentation.")] = None
    interest: A[str, ask(
        "Intérêt général servi et circonstances locales",
        "Ce que la règle écartée permet d’essayer, et pourquoi ici.",
        "Le quai est trop étroit pour une voie dédiée ; l’essai sert la desserte du quartier.")] = ""
    harmless: A[str, ask(
        "Pourquoi elle ne nuit ni au droit de l’Union, ni à la sécurité, ni à la proportion",
        "Une dérogation reste proportionnée et sûre.",
        "La vitesse est limitée à 18 km/h et le trafic de la piste est compté.")] = ""
    safeguards: A[str, ask(
        "Garanties", "Ce qui protège les personnes pendant l’essai.",
        "Un opérateur à bord peut arrêter le véhicule à tout instant.")] = ""
    reasons: A[str, ask(
        "Motifs de droit et de fait", "CRPA L211-3 et L211-5 : une dérogation est motivée par écrit.",
        "Article 14 du règlement de voirie ; la navette ne peut rouler que là où la piste passe.")] = ""
    amount: A[Decimal | None, ask(
        "Achat : montant hors taxes", "Sous le plafond de l’achat innovant (CCP R2122-9-1).",
        "48000",
        unit="€")] = None
    operator: A[str, ask(
        "Achat ou occupation : opérateur", "Le cumul des achats se suit par opérateur.",
        "Société Qoontoo",
        kind="line", longest=200)] = ""
    domain_title: A[str, ask(
        "Domaine public : titre d’occupation", "CG3P L2122-1 : nul n’occupe sans titre.",
        "Convention d’occupation temporaire du 3 mai 2022",
        kind="line", longest=200)] = ""
    domain_fee: A[str, ask(
        "Domaine public : redevance, ou motif de la gratuité", "CG3P L2125-1.",
        "Gratuité : l’occupation sert directement l’intérêt du public.")] = ""
    domain_publicity: A[str, ask(
        "Domaine public : publicité préalable, ou motif de son absence", "CG3P L2122-1-1 et L2122-1-3.",
        "Avis publié quinze jours ; aucune autre candidature.")] = ""


class Derogations(Content):
    none: A[bool, ask(
        "Aucune dérogation",
        "La plupart des expérimentations n’en ont pas besoin : dites-le et dites pourquoi.")] = False
    none_reason: A[str, ask(
        "Pourquoi aucune dérogation n’est nécessaire",
        "« Aucune » se motive aussi : c’est ce qui montre que la question a été posée.",
        "L’offre relève du droit commun : le tarif est librement fixé par l’opérateur.")] = ""
    items: A[list[Derogation], ask("Dérogations", "Charte, principe 9 : pratiques dérogatoires précisées.")] = many()


class Stakeholder(Item):
    label: ClassVar[str] = "Partie prenante"
    added: ClassVar[str] = "une partie prenante"
    name: A[str, ask(
        "Qui", "Un organisme ou un groupe, pas une personne.",
        "Locataires du quartier",
        kind="line", longest=200)] = ""
    kind: A[StakeholderKind | None, ask("Nature", "Pour voir d’un coup d’œil qui manque autour de la table.")] = None
    association: A[Association | None, ask(
        "Comment elle est associée", "Informer n’est pas consulter, consulter n’est pas décider ensemble.")] = None
    role: A[str, ask(
        "Ce qu’elle fait ou apporte", "Ce que l’on attend d’elle, et ce qu’elle peut attendre.",
        "Prêt d’équipement, 750 000 €",
        longest=1000)] = ""
    evidence: A[str, ask(
        "Preuve de l’association", "Compte rendu, délibération, courrier : ce qui montre que cela a eu lieu.",
        "Compte rendu de la réunion de locataires",
        longest=1000)] = ""
    evidence_on: A[date | None, ask("Date de la preuve", "Une association qui a eu lieu a une date.")] = None


class Stakeholders(Content):
    items: A[list[Stakeholder], ask(
        "Parties prenantes", "Charte, principe 9 : au moins une au-delà du porteur.")] = many()
    information: A[str, ask(
        "Information des participants, en mots simples", "Ce que chacun lit avant de participer.",
        "Vous payez 2,90 € par mois. Vous arrêtez quand vous voulez. Personne ne lit ce que vous consultez.")] = ""
    withdrawal: A[str, ask(
        "Comment refuser ou se retirer", "Publié.",
        "Un courriel à la boîte générique suffit ; l’offre ordinaire reste ouverte.")] = ""
    alternative: A[str, ask(
        "Ce qui est proposé à qui refuse", "Un choix n’est libre que s’il en existe un autre.",
        "L’offre ordinaire des opérateurs, et l’accueil numérique de la maison de quartier.")] = ""


class Costs(Content):
    authority: A[Decimal | None, ask(
        "Coût prévu pour la collectivité", "Ce que paient les habitants ; zéro est une réponse.",
        "120000",
        unit="€")] = None
    partners: A[Decimal | None, ask(
        "Apport prévu des partenaires", "Ce que chacun apporte se sait.",
        "40000",
        unit="€")] = None
    grants: A[Decimal | None, ask(
        "Subventions prévues", "Un financement extérieur a un terme, lui aussi.",
        "750000",
        unit="€")] = None
    rollout: A[str, ask(
        "Coût d’une généralisation", "Ce qu’il faudrait payer si cela réussit.",
        "9 € par foyer et par mois, soit 1,1 M€ par an pour 10 000 foyers.",
        longest=2000)] = ""
    leaving: A[str, ask(
        "Coût d’une sortie", "Ce qu’il faudrait payer pour arrêter et remettre en état.",
        "Dépose des antennes : 14 000 €.",
        longest=2000)] = ""
    actual: A[Decimal | None, ask(
        "Coût réel pour la collectivité", "À compléter à la fin.",
        "131500",
        unit="€")] = None
    actual_note: A[str, ask(
        "Écart entre prévu et réel", "L’écart entre prévu et réel sert à la décision, et aux essais suivants.",
        "Deux antennes de plus que prévu.",
        longest=2000)] = ""


class Withheld(Item):
    label: ClassVar[str] = "Réserve"
    added: ClassVar[str] = "une réserve"
    what: A[str, ask(
        "Ce qui n’est pas publié", "Ce qui est caché se dit, pour qu’on puisse le contester.",
        "Plan des capteurs",
        kind="line", longest=300)] = ""
    ground: A[Ground | None, ask("Fondement", "Ce qui est réservé est affiché comme tel, avec son fondement.")] = None
    until: A[date | None, ask("Jusqu’au", "Un secret a une fin, lui aussi.")] = None


class Publication(Content):
    plain: A[str, ask(
        "En mots simples : ce qui change pour les gens",
        "Charte, principe 9 : transparence. Ouvre la page publique dès l’autorisation.",
        "Rien ne change pour qui ne souscrit pas. Les autres paient 2,90 € par mois pendant dix-huit mois.")] = ""
    notice: A[str, ask(
        "Comment les habitants en sont informés sur place", "Tout le monde ne lit pas un registre en ligne.",
        "Affiche dans chaque hall, réunion publique.",
        longest=2000)] = ""
    withheld: A[list[Withheld], ask("Ce qui n’est pas publié", "Seulement ce qu’un secret légal protège.")] = many()
