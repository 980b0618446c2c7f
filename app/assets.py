"""Static files at addresses that hold their content's hash; the style sheet is one file made of its parts."""

from __future__ import annotations

import gzip
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, Response, abort, request

FOLDER = Path(__file__).with_name("static")
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


@dataclass(frozen=True)
class Asset:
    address: str
    content: bytes
    packed: bytes
    type: str


def style_sheet() -> str:
    """Tokens, base, layout, the parts in order, print: without comments nor needless space."""
    css = FOLDER / "css"
    files = [css / "tokens.css", css / "base.css", css / "layout.css", *sorted((css / "parts").glob("*.css"))]
    text = "\n".join(file.read_text(encoding="utf-8") for file in (*files, css / "print.css"))
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    # What is between quotes is said to people: it keeps its spaces.
    return "".join(bit if bit.startswith('"') else _squeeze(bit) for bit in re.split(r'("[^"\n]*")', text)).strip()


def _squeeze(css: str) -> str:
    css = re.sub(r"\s*([{};,>])\s*", r"\1", re.sub(r"\s+", " ", css))
    return css.replace(": ", ":").replace(";}", "}")


def _asset(name: str, content: bytes) -> Asset:
    stem, dot, suffix = name.rpartition(".")
    digest = hashlib.sha256(content).hexdigest()[:10]
    kind = _TYPES[dot + suffix] + "; charset=utf-8"
    return Asset(f"/assets/{stem}-{digest}.{suffix}", content, gzip.compress(content, mtime=0), kind)


def init_app(app: Flask) -> None:
    """Read every static file once; serve each with its type, for ever."""
    found = {
        str(path.relative_to(FOLDER)): _asset(str(path.relative_to(FOLDER)), path.read_bytes())
        for path in sorted(FOLDER.rglob("*"))
        if path.suffix in {".js", ".svg"}
    }
    found["site.css"] = _asset("site.css", style_sheet().encode())
    by_address = {asset.address: asset for asset in found.values()}

    @app.get("/assets/<path:_name>")
    def asset(_name: str) -> Response:
        kept = by_address.get(request.path) or abort(404)
        packed = "gzip" in request.headers.get("Accept-Encoding", "")
        response = Response(kept.packed if packed else kept.content, content_type=kept.type)
        if packed:
            response.headers["Content-Encoding"] = "gzip"
        response.headers["Vary"] = "Accept-Encoding"
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response

    app.jinja_env.globals["asset"] = lambda name: found[name].address
