"""The features. Each module has one router; this gathers them."""

from __future__ import annotations

from bot.router import Router
from handlers import (
    audit,
    calendar,
    customers,
    day,
    digest,
    form_admin,
    help,
    limits,
    me,
    progress,
    support,
    team,
    todo,
    visits,
    who,
    why,
)

FEATURES = (
    audit,
    calendar,
    customers,
    day,
    digest,
    form_admin,
    help,
    limits,
    me,
    progress,
    support,
    team,
    todo,
    visits,
    who,
    why,
)


def routers() -> list[Router]:
    """One router a feature, in no particular order: what comes first is said by each handler's rank."""
    return [feature.router for feature in FEATURES]
