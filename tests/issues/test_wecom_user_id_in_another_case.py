"""WeCom's user ids have no case: somebody entered as LiLei in the sheet was a stranger when the callback said lilei."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage import people
from storage.tables import Identity
from tests.harness.team import Team


@pytest.mark.parametrize(("platform", "known"), [("wecom", True), ("feishu", False)])
async def test_case_means_nothing_at_wecom_and_everything_elsewhere(company: Team, platform: str, known: bool) -> None:
    now, later = company.clock.now(), company.clock.now() + timedelta(hours=1)
    async with company.app.services.db.write() as tx:
        rep = await people.by_identity(tx, "console", "web", company.rep.user)
        assert rep is not None
        tx.add(Identity(person_id=rep.id, platform=platform, app="main", user="LiLei", last_seen_at=now))
        await tx.flush()
        found = await people.by_identity(tx, platform, "main", "lilei")
        assert (found is not None and found.id == rep.id) is known
        assert await people.by_identity(tx, platform, "other", "LiLei") is None
        await people.seen(tx, platform, "main", "lilei", later)
        seen = {entry.last_seen_at for entry in await people.identities(tx, rep.id) if entry.platform == platform}
        assert seen == {later if known else now}
