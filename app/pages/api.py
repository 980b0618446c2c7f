"""The API: what the public sees, and with a key what its owner sees; gates are crossed through the one judge."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

import msgspec
from flask import Blueprint, Response, abort, request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import HTTPException, Unauthorized

from app import asked as addresses
from app import auth, clock, db, downloads, named_answers, openapi, shapes
from app import representations as as_json
from app.asked import NAMES, VIEW
from app.config import current as config
from app.errors import problem
from app.file_history import changed_since
from app.keeping import kept
from experiments import gates, lists, publications, queries, voices
from experiments.gates import Gate, Refused, Stale, examine
from experiments.lifecycle import LIFECYCLE
from experiments.model import Experiment, Person
from experiments.policies import may_see, roles_of
from experiments.words import whole

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")

PAGE, MOST = 50, 100
"""Lines of a page: those of one that says nothing, and the most that may be asked for."""
PAGING = ("cursor", "limit")
COLON = "\u00a0:"


def _answer(content: msgspec.Struct, status: int = 200) -> Response:
    return Response(msgspec.json.encode(content), status, content_type="application/json")


def _refuse(status: int, detail: str) -> HTTPException:
    """An answer that says what is wrong, to be raised."""
    titles = {400: "Demande non comprise", 422: "Corps illisible"}
    return HTTPException(response=problem(status, titles[status], detail=detail))


# Who asks -------------------------------------------------------------------------------------------------------------


def _caller() -> Person | None:
    """Whose key came with the request; None without a key. A key that opens nothing is refused, not ignored."""
    if "Authorization" not in request.headers:
        return None
    given = request.authorization
    person = auth.by_token(db.session(), given.token) if given and given.type == "bearer" and given.token else None
    return person or _demand_key()


def _demand_key() -> Any:
    raise Unauthorized("Donnez une clé valable : Authorization: Bearer …", www_authenticate=WWWAuthenticate("bearer"))


def _file_for(person: Person, number: str, *, for_change: bool = False) -> Experiment | None:
    x = queries.file(db.session(), number, for_change=for_change)
    return x if x is not None and may_see(person, x) else None


# What is read ---------------------------------------------------------------------------------------------------------


@blueprint.get("/experiments")
def list_experiments() -> Response:
    """The public list, or with `scope=mine` the files of whoever asks."""
    _refuse_unknown(*NAMES.values(), *openapi.ALIASES, "scope", *PAGING)
    person, scope = _caller(), request.args.get("scope", "")
    if scope not in {"", "mine"}:
        raise _refuse(400, "« scope » ne connaît que « mine »")
    if scope == "mine":
        return _mine(person or _demand_key())
    return _public_list() if person else _same_for_all(_public_list)


def _same_for_all(view: Callable[..., Response], *given: object) -> Response:
    """What anybody reads is kept, by proxies too: whoever shows a key is answered apart."""
    answer: Response = kept(view)(*given)
    answer.vary.add("Authorization")
    return answer


def _public_list() -> Response:
    given = {openapi.ALIASES.get(name, name): value for name, value in request.args.items() if name != VIEW}
    asked = addresses.read(given)
    if asked.unknown:
        # The page goes on to say what it shows instead; nothing is shown here.
        raise _refuse(400, " ".join(sentence.rpartition(COLON)[0] + "." for sentence in asked.unknown))
    rows = lists.following(db.public(), asked.filters, clock.today(), after=_cursor(), limit=_limit())
    return _page(rows)


def _mine(person: Person) -> Response:
    if (openapi.ALIASES.keys() | set(NAMES.values())) & request.args.keys():
        raise _refuse(400, "« scope=mine » donne tous vos dossiers : il ne se combine pas avec un filtre")
    return _page(queries.rows_of(db.session(), person, after=_cursor() or 0, limit=_limit()))


def _cursor() -> int | None:
    cursor = request.args.get("cursor")
    if not cursor:
        return None
    if (number := whole(cursor, 9)) is None:
        raise _refuse(400, "« cursor » : reprenez l’adresse donnée par « next »")
    return number


def _limit() -> int:
    number = whole(request.args.get("limit", str(PAGE)), 3)
    if number is None or not 1 <= number <= MOST:
        raise _refuse(400, f"« limit » : un nombre de lignes, de 1 à {MOST}")
    return number


def _refuse_unknown(*known: str) -> None:
    """A name that is not understood would be a filter forgotten. How the page shows its list changes nothing here."""
    unknown = [f"« {name[:40]} »" for name in request.args if name not in {*known, VIEW}]
    if unknown:
        raise _refuse(400, f"Paramètre inconnu : {', '.join(unknown[:5])}. Les paramètres sont : {', '.join(known)}")
    given = [openapi.ALIASES.get(name, name) for name, _value in request.args.items(multi=True)]
    if twice := next((name for name in given if given.count(name) > 1), ""):
        # One of its values would be a filter forgotten just as well.
        raise _refuse(400, f"« {twice} » est donné plusieurs fois : une seule valeur est lue")


def _page(rows: Sequence[Any]) -> Response:
    shown, following = _shown(rows)
    today = clock.today()
    return _answer(shapes.Page([as_json.summary(row, config().public_url, today) for row in shown], following))


def _shown(rows: Sequence[Any]) -> tuple[Sequence[Any], str | None]:
    """The rows of this page, of which one more tells that there is another; the address of that."""
    shown, following = rows[: _limit()], None
    if len(rows) > len(shown):
        following = f"{config().public_url}{request.path}?{urlencode({**request.args, 'cursor': shown[-1].id})}"
    return shown, following


@blueprint.get("/experiments/<number:number>")
def read_experiment(number: str) -> Response:
    """One experiment: its public side, and its file for whoever may see it."""
    person = _caller()
    x = _file_for(person, number) if person else None
    if person and x:
        told = publications.one(db.public(), number)
        return _answer(as_json.file(x, told, config().public_url, clock.today(), person))
    return _published(number) if person else _same_for_all(_published, number)


def _published(number: str) -> Response:
    told = publications.one(db.public(), number) or abort(404)
    return _answer(as_json.public(told, config().public_url, clock.today()))


@blueprint.get("/experiments/<number:number>/observations")
def list_observations(number: str) -> Response:
    """What residents said of an experiment and everybody reads, a page at a time."""
    _refuse_unknown(*PAGING)
    return _published_voices(number) if _caller() else _same_for_all(_published_voices, number)


def _published_voices(number: str) -> Response:
    if voices.subject(db.public(), number) is None:
        abort(404)
    before = _cursor()
    found = voices.published(
        db.public(), number, before=voices.LAST if before is None else before, limit=_limit() + 1
    )  # fmt: skip
    shown, following = _shown(found)
    return _answer(shapes.Observations([as_json.observation(number, row) for row in shown], following))


@blueprint.get("/experiments/<number:number>/gates")
def list_gates(number: str) -> Response:
    """Every gate: whether it leaves from here, who opens it, what is missing."""
    person = _caller() or _demand_key()
    x = _file_for(person, number) or abort(404)
    roles, today = roles_of(person, x), clock.today()
    ways = [as_json.way(x, examine(gate, x, roles, today), config().public_url) for gate in LIFECYCLE.values()]
    return _answer(shapes.Ways(x.number, x.status, x.version, ways))


@blueprint.get("/openapi.json")
def describe() -> Response:
    """The API, described."""
    answer = downloads.told_once(Response(openapi.document(config().public_url), content_type="application/json"))
    answer.headers["Cache-Control"] = "public, no-cache"
    return answer


# What is done ---------------------------------------------------------------------------------------------------------


@blueprint.post("/experiments/<number:number>/gates/<gate:gate>")
def cross_gate(number: str, gate: Gate) -> Response:
    """Cross a gate, or say everything that stands in the way."""
    person = _caller() or _demand_key()
    given = _body()
    seen = given.pop("version", None)
    x = _file_for(person, number, for_change=True) or abort(404)
    before = x.version
    try:
        answers = named_answers.read(gate.asks, given)
        entry = gates.cross(
            db.session(), x, gate, person, answers, seen=seen, now=clock.now(), today=clock.today()
        )  # fmt: skip
    except named_answers.Unreadable as error:
        raise _refuse(422, str(error)) from error
    except Refused as refused:
        return _shut(x, refused.verdict)
    except Stale as stale:
        changed = changed_since(db.session(), x, stale.seen)
        return problem(
            409, "Le dossier a changé depuis que vous l’avez lu", version=x.version, changed=changed, missing=[]
        )
    db.session().commit()
    crossed = shapes.Crossed(x.number, gate.name, x.status, x.status.label, x.version, entry.seq, entry.hash)
    return _answer(crossed, 201 if x.version != before else 200)


def _body() -> dict[str, Any]:
    try:
        given = msgspec.json.decode(request.get_data() or b"{}", type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _refuse(422, "Un objet JSON est attendu") from error
    if type(given.get("version")) not in {int, type(None)}:
        raise _refuse(422, "« version » : un nombre entier est attendu")
    return given


def _shut(x: Experiment, verdict: gates.Verdict) -> Response:
    lacking = as_json.missing(x, verdict, config().public_url)
    if not verdict.may_open:
        return problem(403, "Accès refusé", detail=as_json.refusal(verdict))
    return problem(409, "Ce jalon reste fermé", detail=as_json.refusal(verdict), version=x.version, missing=lacking)
