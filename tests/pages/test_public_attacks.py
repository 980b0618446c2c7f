"""How the public side was broken into, each time as it happened."""

from collections.abc import Callable

from experiments.vocabulary import Status
from tests.pages.visitor import Visitor

Make = Callable[..., str]


def test_what_one_person_did_is_not_told_to_the_next_visitor(awa: Visitor, visitor: Visitor, make: Make) -> None:
    # The page kept for everybody was the one drawn for whoever had just signed out.
    make(Status.RUNNING)
    awa.posted("/espace/compte/sessions")
    for path in ("/", "/retards", "/en/"):
        assert "sessions sont fermées" not in awa.page(path).text
        assert "sessions sont fermées" not in visitor.page(path).text
    there = awa.posted("/deconnexion").headers["Location"]
    assert "Vous êtes déconnecté." in awa.page(there).text
    assert "déconnecté" not in visitor.page("/").text
