"""Keeps to the platforms' limits, so that a burst is spread over time instead of being refused, or dropped unseen.

Every delivery is counted when it starts, whatever becomes of it. Of a silent limit a tenth stays unused: the platform's
clock is not ours, and a delivery that was on its way when the process died is counted by nobody.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.platforms.base import Address, Limit

WEBHOOK = "webhook:"
"""How the address of a group webhook begins."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Why a delivery has to wait, and until when."""

    until: datetime
    limit: Limit


class Pacer:
    """Counts deliveries in sliding windows. Pure bookkeeping: it neither sleeps nor sends."""

    def __init__(self) -> None:
        self._times: dict[tuple[str, ...], deque[datetime]] = defaultdict(deque)
        self._longest: dict[tuple[str, str, str], timedelta] = {}

    def hold(
        self, to: Address, limits: Sequence[Limit], now: datetime, *, card: str = "", weight: int = 1
    ) -> Hold | None:
        """What stands against a delivery of `weight` messages now; the longest wait where several do. None: it may go."""
        holds = [hold for limit in limits if (hold := self._held_by(to, limit, now, card, weight)) is not None]
        return max(holds, key=lambda hold: hold.until, default=None)

    def count(self, to: Address, limits: Sequence[Limit], at: datetime, *, card: str = "", weight: int = 1) -> None:
        """A delivery of `weight` messages starts, or was made at `at` by the process before this one."""
        for scope in dict.fromkeys(limit.scope for limit in limits):
            member = _member(to, scope, card)
            if member is None:
                continue
            longest = max(limit.per for limit in limits if limit.scope == scope)
            times = self._times[to.platform, to.app, scope, member]
            times.extend([at] * weight)
            while times and at - times[0] >= longest:
                times.popleft()

    def forget(self, before: datetime) -> None:
        """Drops members nothing was sent to since; call it now and then."""
        for key in [key for key, times in self._times.items() if not times or times[-1] < before]:
            del self._times[key]

    def forget_app(self, platform: str, app: str) -> None:
        """Drops what is known of an app: another process has sent for it meanwhile."""
        for key in [key for key in self._times if key[:2] == (platform, app)]:
            del self._times[key]

    def _held_by(self, to: Address, limit: Limit, now: datetime, card: str, weight: int) -> Hold | None:
        member = _member(to, limit.scope, card)
        if member is None:
            return None
        recent = [at for at in self._times.get((to.platform, to.app, limit.scope, member), ()) if now - at < limit.per]
        allowed = usable(limit)
        too_many = len(recent) + min(weight, allowed) - allowed
        return Hold(recent[too_many - 1] + limit.per, limit) if too_many > 0 else None


def usable(limit: Limit) -> int:
    """How many deliveries of a limit we use."""
    return max(limit.count - max(limit.count // 10, 1), 1) if limit.silent else limit.count


def in_words(limit: Limit) -> str:
    """For the log: 50 per 1 s for each app."""
    return f"{usable(limit)} per {limit.per.total_seconds():g} s for each {limit.scope}"


def _member(to: Address, scope: str, card: str) -> str | None:
    """Whose count this delivery adds to; None where the limit is not about it."""
    webhook = to.group.startswith(WEBHOOK)
    members = {
        "app": "",
        "receiver": to.user or None,
        "group": to.group if to.group and not webhook else None,
        "webhook": to.group if webhook else None,
        "card": card or None,
    }
    return members[scope]
