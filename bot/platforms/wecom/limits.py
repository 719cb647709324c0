"""WeCom's limits as data, so that the outbox paces itself: what is over them is dropped, mostly without an error."""

from __future__ import annotations

from datetime import timedelta

from bot.platforms.base import Limit

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


A_DAY_PER_ACCOUNT = 200

APP_LIMITS = (
    Limit("receiver", 30, MINUTE, silent=True),
    Limit("receiver", 1000, HOUR, silent=True),
    # 10,000 calls a minute per API do not count message sending; this keeps a burst below the gateway's own limit.
    Limit("app", 10_000, MINUTE),
    Limit("group", 200, MINUTE, silent=True),
    Limit("webhook", 20, MINUTE),
)
"""Self-built app, its groups and webhooks (reference §4.3, §6).

Beside them stands a day's quota of 200 recipient-times for each account of the enterprise; over it the answer is 45009.
"""


def app_limits(accounts: int) -> tuple[Limit, ...]:
    """`accounts` is the enterprise's number of accounts, 0 when the settings do not say. The window slides, so that it
    keeps below the platform's natural day whenever that begins."""
    return (*APP_LIMITS, Limit("app", accounts * A_DAY_PER_ACCOUNT, DAY)) if accounts else APP_LIMITS


AIBOT_LIMITS = (
    Limit("receiver", 30, MINUTE),
    Limit("receiver", 1000, HOUR),
    Limit("group", 30, MINUTE),
    Limit("group", 1000, HOUR),
)
"""Replies and pushes together, per conversation (reference §7.4); the excess is refused with 45009."""
