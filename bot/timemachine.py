"""The demo's clock, which a visitor may move forward to see what happens then."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from pathlib import Path

from bot.clock import SystemClock
from bot.runtime import Runtime
from rules.calendar import BusinessCalendar

FRIDAY = 4
HORIZON = 30


class TimeMachine:
    """Moves the clock from one due moment to the next, and remembers where it stands across restarts."""

    def __init__(self, clock: SystemClock, file: Path) -> None:
        self._clock = clock
        self._file = file
        self._runtime: Runtime | None = None

    def attach(self, runtime: Runtime) -> None:
        """The runtime to move; the web chat, which shows the clock, is made before it."""
        self._runtime = runtime

    def now(self) -> datetime:
        return self._clock.now()

    async def move(self, to: str) -> datetime:
        """Moves to "+1h", "18:00", "next-8:30" or "friday-17:00", in working days. Raises ValueError for others."""
        if self._runtime is None:
            raise RuntimeError("the clock is not attached to a runtime")
        services = self._runtime.services
        async with services.db.read() as tx:
            catalogue = await services.catalogues.load(tx)
        await self._runtime.forward(target(to, self.now(), catalogue.calendar))
        self._file.write_text(str(self._clock.offset.total_seconds()), encoding="utf-8")
        return self.now()


def target(to: str, now: datetime, calendar: BusinessCalendar) -> datetime:
    """The moment a button means. Raises ValueError."""
    if to == "+1h":
        return now + timedelta(hours=1)
    local = now.astimezone(calendar.zone)
    word, _, clock = to.rpartition("-")
    at = time.fromisoformat(clock.zfill(5))
    if word not in ("", "next", "friday"):
        raise ValueError(f"the clock cannot be moved to {to}")
    first = 1 if word == "next" else 0
    for offset in range(first, HORIZON):
        day = local.date() + timedelta(days=offset)
        moment = datetime.combine(day, at, calendar.zone)
        if moment > now and calendar.is_workday(day) and (word != "friday" or day.weekday() == FRIDAY):
            return moment
    raise ValueError(f"no working day for {to} within {HORIZON} days")


def kept(file: Path) -> timedelta | None:
    """How far ahead the clock stood when the demo last ran."""
    return timedelta(seconds=float(file.read_text(encoding="utf-8"))) if file.exists() else None
