"""What is erased, day by day, once it has served its purpose: what people from outside have left with us."""

from __future__ import annotations

import logging
from datetime import datetime

from sqlalchemy.orm import Session

from . import followers, knocks, voices
from .ladder import paris_day

log = logging.getLogger(__name__)


def sweep(session: Session, now: datetime) -> int:
    """Look for all of it; 1, for it was done. Does not commit."""
    erased = voices.erase(session, paris_day(now)) + followers.erase(session, now) + knocks.erase(session, now)
    if erased:
        log.info("erasure: %s", erased)
    return 1
