"""The mails of the demonstration: without a server they are files, and everybody may read them there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import ParamSpec

from flask import Blueprint, Response, abort, make_response, render_template
from flask.typing import ResponseReturnValue

from app.config import current as config
from app.mail import kept
from app.mail.blocks import LinkedText
from app.mail.letter import CALENDAR
from app.security import CSP

from . import shell
from .paging import page_asked

bp = Blueprint("letters", __name__, url_prefix="/demonstration/courriers")

PAGE = 50
FRAMING = f"{CSP}; frame-src 'self'"
FRAMED = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'"
"""What a mail may do in its frame: nothing but be read."""

P = ParamSpec("P")


@bp.app_template_global("mails_are_shown")
def mails_are_shown() -> bool:
    """Whether mails are files that concern nobody: a demonstration, on this machine, without a server of mails."""
    return shell.is_demonstration() and config().is_local and config().smtp_url is None


def shown(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """A page that only the demonstration has."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        if not mails_are_shown():
            abort(404)
        return view(*args, **kwargs)

    return guarded


def _folder() -> Path:
    return config().instance / "mail"


def _mail(name: str) -> kept.KeptMail:
    return kept.kept(_folder(), name) or abort(404)


@bp.get("")
@shown
def index() -> ResponseReturnValue:
    """The mails, the newest first."""
    found = kept.names(_folder())
    pages = max(1, -(-len(found) // PAGE))
    page = min(pages, page_asked())
    mails = kept.headings(_folder(), found[(page - 1) * PAGE : page * PAGE])
    return render_template("letters/list.html", mails=mails, count=len(found), page=page, pages=pages)


@bp.get("/<name>")
@shown
def mail(name: str) -> ResponseReturnValue:
    """One mail: its headings, its text, and its HTML in a frame."""
    found = _mail(name)
    page = make_response(render_template("letters/mail.html", mail=found, lines=_lines(found.text)))
    page.headers["Content-Security-Policy"] = FRAMING
    return page


def _lines(text: str) -> Sequence[LinkedText]:
    """The lines of a text; one that is an address of this site leads there."""
    site = config().public_url
    return [
        LinkedText(line, line.strip().removeprefix(site)) if line.strip().startswith(f"{site}/") else LinkedText(line)
        for line in text.rstrip().split("\n")
    ]


@bp.get("/<name>/html")
@shown
def html(name: str) -> ResponseReturnValue:
    """The HTML of a mail, for the frame."""
    found = _mail(name)
    if not found.html:
        abort(404)
    return Response(found.html, content_type="text/html; charset=utf-8", headers={"Content-Security-Policy": FRAMED})


@bp.get("/<name>/courrier.eml")
@shown
def file(name: str) -> ResponseReturnValue:
    """The file of a mail, as a server would have received it."""
    found = kept.content(_folder(), name)
    if found is None:
        abort(404)
    return _download(found, "message/rfc822", "courrier.eml")


@bp.get(f"/<name>/{CALENDAR}")
@shown
def calendar(name: str) -> ResponseReturnValue:
    """The dates attached to a mail."""
    return _download(_mail(name).calendar or abort(404), "text/calendar; charset=utf-8", CALENDAR)


def _download(content: bytes, kind: str, name: str) -> Response:
    kept_as = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, content_type=kind, headers=kept_as)
