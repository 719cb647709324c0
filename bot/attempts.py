"""Attempts to send, noted with the push before they are made: after a crash it is known which may have arrived."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.clock import Clock
from bot.errors import Unanswered
from bot.platforms.base import Address, Notes, Platform
from storage import outbox
from storage.database import Database
from storage.tables import Outbox


class RowNotes(Notes):
    """Notes kept with the push itself, which outlive the process."""

    def __init__(self, db: Database, clock: Clock, row: Outbox) -> None:
        super().__init__(row.notes or {})
        self._db = db
        self._clock = clock
        self._row = row.id
        self._settled = row.begun_at is None

    async def keep(self, name: str, value: str) -> None:
        """What was under way is settled by it; what follows begins now."""
        async with self._db.write() as tx:
            await outbox.note(tx, self._row, name, value, self._clock.now())
        await super().keep(name, value)
        self._settled = True

    def refused(self, error: Exception) -> bool:
        """Whether this attempt certainly did not arrive, and no earlier one is in doubt."""
        return self._settled and not isinstance(error, Unanswered)


async def begin(
    db: Database,
    clock: Clock,
    platforms: Mapping[tuple[str, str], Platform],
    chosen: Sequence[tuple[Outbox, Address | None]],
) -> None:
    """Notes that attempts begin, in one transaction for all; not where every repeat is recognised anyway."""
    noted = [row.id for row, address in chosen if address is not None and _forgets(platforms, address)]
    if noted:
        async with db.write() as tx:
            await outbox.begin(tx, noted, clock.now())


def _forgets(platforms: Mapping[tuple[str, str], Platform], address: Address) -> bool:
    platform = platforms.get((address.platform, address.app))
    return platform is not None and not platform.client.capabilities.remembers
