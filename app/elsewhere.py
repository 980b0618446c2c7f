"""Programs that run in pages of other sites may read what is public, and nothing that a session or a key opens."""

from __future__ import annotations

from flask import Flask, Response, request

OPEN = frozenset({
    "api.list_experiments", "api.read_experiment", "api.list_observations", "api.describe", "trace.lines",
    "trace.checkpoint", "trace.program",
    "report.as_json", "report.as_csv", "feeds.register", "feeds.experiment", "calendars.register",
    "calendars.experiment", "public.reason",
})  # fmt: skip
"""With all of the blueprint of the open data. No view of these reads a session."""


def _is_open() -> bool:
    # A key is not for pages of other sites: no preflight allows it, and what it opens is not told to be readable.
    return "Authorization" not in request.headers and (request.endpoint in OPEN or request.blueprint == "data")


def init_app(app: Flask) -> None:
    @app.after_request
    def tell(response: Response) -> Response:
        if _is_open():
            response.headers["Access-Control-Allow-Origin"] = "*"
            response.headers["Access-Control-Expose-Headers"] = "ETag, Link"
            if request.method == "OPTIONS":
                response.headers["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
                response.headers["Access-Control-Allow-Headers"] = "If-None-Match"
                response.headers["Access-Control-Max-Age"] = "86400"
        return response
