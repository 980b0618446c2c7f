"""What residents say of the experiments of the demonstration, and what the teams make of it. All of it is made up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from experiments import voices
from experiments.model import Experiment, Voice
from experiments.model.voice import Decline, VoiceKind
from experiments.obligations import Language

from ..clock import PARIS
from .days import Days, after
from .story import Scene, Step
from .words import invented, set_in_type

K = VoiceKind
ANSWERED = 4
"""Days after which a team reads and answers."""


class Street:
    """People who write from outside: `file` is the key of an experiment, "" for an obstacle on the site itself.

    Those of a file that is made up whole need not say so again.
    """

    def __init__(self) -> None:
        self.steps: list[Step] = []

    def says(
        self, day: date, file: str, kind: VoiceKind, text: str, *, published: bool = True, answer: str = "",
        declined: Decline | None = None, email: str = "", known: bool = False,
    ) -> None:  # fmt: skip
        """Somebody says this. It is published as it is, and perhaps answered; declined; or left to be read.

        `known`: the file is made up whole. Times follow each other: what is said first is numbered first.
        """
        said, told = (set_in_type(one if known or not one else invented(one)) for one in (text, answer))
        at = datetime.combine(day, time(18, 10), PARIS) + timedelta(minutes=len(self.steps))
        heard: list[Voice] = []

        def hear(on: Scene) -> None:
            on.session.flush()
            about = voices.subject(on.session, _number(on.files.get(file)))
            heard.append(
                voices.hear(on.session, about, kind, said, email, language=Language.FRENCH, today=on.today)
            )  # fmt: skip

        def settle(on: Scene) -> None:
            if declined:
                voices.decline(on.session, heard[0], declined, sure=False, today=on.today)
                return
            voices.publish(on.session, heard[0], said, sure=False, today=on.today)
            if told:
                voices.answer(on.session, heard[0], told, today=on.today)

        self._add(at, hear)
        if published or declined:
            self._add(
                datetime.combine(after(day, ANSWERED), time(11), PARIS) + timedelta(minutes=len(self.steps)), settle
            )

    def _add(self, at: datetime, play: Callable[[Scene], None]) -> None:
        self.steps.append(Step(at, play))


def _number(x: Experiment | None) -> str:
    return x.number if x else ""


def street(days: Days) -> Street:
    """What is said on the running experiments: answered, published alone, declined, still to be read."""
    said = Street()
    _internet(said, days)
    _streets(said, days)
    said.says(
        days.ago(37), "eau", K.QUESTION,
        "Si je refuse les conseils, ma facture est-elle regardée quand même par le programme ?",
        answer="Non. Seuls les foyers qui ont accepté sont comptés dans l'essai, et l'agent qui relit les conseils ne "
        "sait pas de quel foyer il s'agit.",
    )  # fmt: skip
    said.says(
        days.ago(3), "eau", K.REACTION,
        "Le conseil reçu parlait d'un jardin. J'habite au quatrième étage, sans balcon.", published=False,
    )  # fmt: skip
    said.says(
        days.ago(13), "bruit", K.QUESTION, known=True,
        text="Plus rien n'est affiché le lundi, et le bruit a repris sous nos fenêtres. Quand reprenez-vous ?",
        answer="Deux boîtiers gardaient dix secondes de son : tous sont arrêtés, le temps de les vérifier. La fin "
        "prévue ne change pas ; ce qui n'aura pas été mesuré sera dit dans l'évaluation.",
    )  # fmt: skip
    said.says(
        days.ago(8), "pluie", K.QUESTION, known=True,
        text="La date de fin est passée et rien n'est dit aux parents. Qui décide de la suite, et quand ?",
    )  # fmt: skip
    said.says(
        days.ago(2), "", K.OBSTACLE, "Sur mon téléphone, avec le texte agrandi, je n'arrive pas à lire la frise.",
        published=False,
    )  # fmt: skip
    return said


def _internet(said: Street, days: Days) -> None:
    """Port-Boyer: the longest, and the one people speak of most."""
    said.says(
        days.ago(214), "internet", K.REACTION,
        "Très content de l'accès à 2,90 €. Ma fille fait ses devoirs à la maison, plus dans la voiture.",
    )  # fmt: skip
    said.says(
        days.ago(121), "internet", K.QUESTION, "Que deviennent mes données si j'arrête l'abonnement ?",
        answer="L'opérateur les efface un an après la fin de l'abonnement, comme la loi le lui demande. La métropole "
        "et l'évaluateur ne reçoivent que des totaux par cage d'escalier.",
    )  # fmt: skip
    said.says(
        days.ago(86), "internet", K.REACTION,
        "La permanence est le mardi matin : qui travaille ne peut jamais y aller.",
        answer="C'est juste. Une seconde permanence a lieu le jeudi de 17 h à 19 h, au pied de la tour 3.",
    )  # fmt: skip
    said.says(
        days.ago(45), "internet", K.MISTAKE,
        "La fiche dit que chaque hall a son affiche. Il n'y en a pas dans le mien depuis l'été.",
        answer="Merci. Les affiches ont été reposées dans les six halls où elles manquaient.",
    )  # fmt: skip
    said.says(
        days.ago(24), "internet", K.REACTION,
        "On nous demande encore six mois sans dire combien coûtera l'abonnement ensuite. C'est cela qu'il faut écrire.",
    )  # fmt: skip
    said.says(
        days.ago(16), "internet", K.REACTION, "Et les travaux de l'ascenseur, c'est pour quand ?",
        declined=Decline.OFF_TOPIC,
    )  # fmt: skip
    # A number set apart for fiction: whoever moderates sees that it is pointed out.
    said.says(
        days.ago(4), "internet", K.REACTION,
        "Le boîtier clignote en rouge depuis lundi, personne ne répond. Rappelez-moi au 06 39 98 12 34.",
        published=False, email="riveraine@demo.example",
    )  # fmt: skip
    said.says(
        days.ago(1), "internet", K.QUESTION, "L'évaluation sera-t-elle présentée aux locataires avant le vote ?",
        published=False,
    )  # fmt: skip


def _streets(said: Street, days: Days) -> None:
    said.says(
        days.ago(52), "rues", K.REACTION,
        "Les bancs face à face, c'est bien. Mais le soir il n'y a toujours pas de lumière de ce côté de la place.",
        answer="L'éclairage ne fait pas partie de l'essai. La remarque est jointe au dossier de l'évaluatrice.",
    )  # fmt: skip
    said.says(
        days.ago(29), "rues", K.REACTION,
        "Pour la première fois, ma mère reste dehors l'après-midi. Ne les retirez pas sans nous demander.",
    )  # fmt: skip
    said.says(
        days.ago(5), "rues", K.REACTION, "Un des bancs est déjà cassé, et l'autre est pris par les mêmes.",
        published=False,
    )  # fmt: skip
