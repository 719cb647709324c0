"""The features. Each module has one router; this gathers them."""

from __future__ import annotations

from bot.router import Router
from handlers import (
    audit,
    calendar,
    customer_file,
    customers,
    day,
    digest,
    digest_groups,
    directory,
    doctor,
    export,
    form_admin,
    funnel,
    help,
    learning,
    limits,
    me,
    progress,
    questions,
    rule_commands,
    rules,
    support,
    talks,
    team,
    todo,
    trail,
    visits,
    who,
    why,
)

FEATURES = (
    audit,
    calendar,
    customer_file,
    customers,
    day,
    digest,
    digest_groups,
    directory,
    doctor,
    export,
    form_admin,
    funnel,
    help,
    learning,
    limits,
    me,
    progress,
    questions,
    rule_commands,
    rules,
    support,
    talks,
    team,
    todo,
    trail,
    visits,
    who,
    why,
)


def routers() -> list[Router]:
    """One router a feature, in no particular order: what comes first is said by each handler's rank."""
    return [feature.router for feature in FEATURES]
