"""A card that can no longer be changed is sent anew, live, where that is news; a group is not told again."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.errors import CardExpired, SentAsWords
from cards.model import Button, Card
from storage.tables import CardSent, Group, Outbox, Person
from tests.harness.team import Team

DRAFT = Card(title="这样记，对吗？", buttons=(Button(label="确认", action={"a": "progress.confirm", "draft": 1}),))


async def shown(team: Team, thread: str = "") -> CardSent:
    """A card on the rep's phone."""
    services = team.app.services
    async with services.db.write() as tx:
        ctx = await team.app.runtime.dispatcher.context(tx, "test")
        rep = (await tx.scalars(select(Person).where(Person.name == "李雷"))).one()
        sent = await ctx.push(rep, DRAFT, thread=thread, urgent=True)
    await team.app.runtime.settle()
    assert sent is not None
    return sent


async def redrawn(team: Team, sent: CardSent, new: Card, error: Exception) -> None:
    async with team.app.services.db.write() as tx:
        ctx = await team.app.runtime.dispatcher.context(tx, "test")
        await ctx.redraw(await tx.get_one(CardSent, sent.key), new)
    team.platform.client.fail_next.append(error)
    await team.app.runtime.settle()


async def states(team: Team) -> list[str]:
    async with team.app.services.db.read() as tx:
        return [row.state for row in (await tx.scalars(select(Outbox).order_by(Outbox.id))).all()]


async def test_an_expired_card_comes_anew_and_can_be_pressed(team: Team) -> None:
    sent = await shown(team)
    await redrawn(team, sent, DRAFT.model_copy(update={"lead": "还差一点"}), CardExpired("14 days"))
    assert [one.card_key for one in team.rep.messages] == [sent.key, sent.key]
    assert await states(team) == ["sent", "superseded", "sent"], "the change itself is no failure anybody has to retry"


async def test_with_a_newer_card_about_it_the_old_one_stays_as_it_is(team: Team) -> None:
    first, _ = await shown(team, "step:1"), await shown(team, "step:1")
    await redrawn(team, first, Card(title="已超时"), CardExpired("spent"))
    assert len(team.rep.messages) == 2


@pytest.mark.parametrize(
    ("new", "said_again"),
    [
        (DRAFT.model_copy(update={"lead": "同一件事"}), False),
        (DRAFT.model_copy(update={"buttons": ()}), False),
        (DRAFT.model_copy(update={"title": "已记下"}), True),
        (DRAFT.model_copy(update={"buttons": (Button(label="撤销", action={"a": "x"}),)}), True),
    ],
)
async def test_words_are_said_again_only_when_they_say_more(team: Team, new: Card, said_again: bool) -> None:
    sent = await shown(team)
    await redrawn(team, sent, new, SentAsWords("text"))
    keys = [one.card_key for one in team.rep.messages]
    assert len(keys) == 1 + said_again and len(set(keys)) == len(keys), "the old words never mean the new buttons"
    async with team.app.services.db.read() as tx:
        assert (await tx.get_one(CardSent, sent.key)).state == ("closed" if said_again else "live")


@pytest.mark.parametrize("first", ["card", "words"])
@pytest.mark.parametrize(
    ("new", "shown_again"),
    [
        (Card(title="已记下"), False),
        (DRAFT.model_copy(update={"lead": "还差一点"}), False),
        (DRAFT.model_copy(update={"buttons": (Button(label="撤销", action={"a": "x"}),)}), True),
    ],
)
async def test_beside_a_message_that_says_it_only_what_can_be_pressed_comes_anew(
    team: Team, first: str, new: Card, shown_again: bool
) -> None:
    """In whichever order the handler does the two."""
    sent = await shown(team)
    async with team.app.services.db.write() as tx:
        ctx = await team.app.runtime.dispatcher.context(tx, "test")
        rep = (await tx.scalars(select(Person).where(Person.name == "李雷"))).one()
        for what in ("card", "words") if first == "card" else ("words", "card"):
            if what == "card":
                await ctx.redraw(await tx.get_one(CardSent, sent.key), new)
            else:
                await ctx.push(rep, "记下了，王主管会在 15:30 前答复", urgent=True)
    team.platform.client.fail_updates = CardExpired("spent")
    await team.app.runtime.settle()
    again = [one for one in team.rep.messages if one.card_key == sent.key]
    assert len(again) == 1 + shown_again
    assert any("记下了" in one.words for one in team.rep.messages)


async def test_a_group_is_not_told_again(team: Team) -> None:
    async with team.app.services.db.write() as tx:
        ctx = await team.app.runtime.dispatcher.context(tx, "test")
        await ctx.post((await tx.scalars(select(Group))).one(), DRAFT)
    await team.app.runtime.settle()
    async with team.app.services.db.read() as tx:
        sent = (await tx.scalars(select(CardSent))).one()
    await redrawn(team, sent, Card(title="已记下"), CardExpired("spent"))
    assert len(team.group) == 1
