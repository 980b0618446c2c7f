"""The environment of the templates, which finds what every template knows in one dictionary."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from flask.templating import Environment


class OneDictionary(Environment):
    """Jinja lays over it another that stays empty here, and walks both at each import, each include, each page.

    Nobody gives globals to one template alone: they are all those of the application.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return super().make_globals(d) if d else self.globals
