"""The number by which France knows an authority."""

from __future__ import annotations

import re


def is_siret(text: str) -> bool:
    """Whether these are fourteen figures, of which the last checks the others (Luhn)."""
    if not re.fullmatch("[0-9]{14}", text):
        return False
    doubled = (int(figure) * (1 + place % 2) for place, figure in enumerate(reversed(text)))
    return sum(n - 9 * (n > 9) for n in doubled) % 10 == 0
