"""A change of a card that a limit held back, and that a newer change replaced, was waited for for ever: time stood still
in scenarios, and in operation the sender went round without a pause."""

from __future__ import annotations

from datetime import timedelta

from bot.platforms.base import Limit
from cards.model import Card
from storage.tables import CardSent, Person
from tests.harness.team import Team


async def test_what_is_not_there_any_more_is_not_waited_for(team: Team) -> None:
    client = team.platform.client
    client.capabilities = client.capabilities.__class__(limits=(Limit("card", 1, timedelta(seconds=10)),))
    services, runtime = team.app.services, team.app.runtime
    async with services.db.write() as tx:
        ctx = await runtime.dispatcher.context(tx, "test")
        sent = await ctx.push(await tx.get_one(Person, 3), Card(title="一"), urgent=True)
    await runtime.settle()
    assert sent is not None
    for title in ("二", "三", "四"):
        async with services.db.write() as tx:
            ctx = await runtime.dispatcher.context(tx, "test")
            await ctx.redraw(await tx.get_one(CardSent, sent.key), Card(title=title))
        await runtime.settle()
    await team.clock.forward(seconds=10)
    assert runtime.sender.next_at is None
    (card,) = team.rep.messages
    assert card.card is not None and card.card.title == "四"
