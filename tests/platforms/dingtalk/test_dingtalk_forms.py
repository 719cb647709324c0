"""Every form of the packs can be filled in DingTalk: on the card what the form component holds, the rest in words."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.fallback import fitted
from bot.platforms.base import Address, CardBody, Inbound, Outgoing
from bot.platforms.dingtalk.ladder import CARD_INPUTS
from cards.model import Button, Card, Input, InputKind
from config.packs import load
from storage import people
from storage.tables import Inbox
from tests.emulators.dingtalk import DingTalkEmulator
from tests.harness.live import LiveTeam, open_live
from tests.harness.platforms import DingTalk

FORMS = sorted(load().forms)
TYPED = {
    InputKind.TEXT: "见了王经理",
    InputKind.LONG_TEXT: "第一行\n第二行“引号”",
    InputKind.NUMBER: "12.5",
    InputKind.DATE: "2026-03-18",
    InputKind.DATETIME: "2026-03-18T15:00",
}


@pytest.fixture
async def live(tmp_path: Path) -> AsyncIterator[LiveTeam]:
    team = await open_live(tmp_path, DingTalk())
    yield team
    await team.close()


async def inputs_of(live: LiveTeam, name: str) -> tuple[Input, ...]:
    services = live.app.services
    async with services.db.read() as tx:
        person = await people.by_identity(tx, "dingtalk", "main", "lilei")
        ctx = await live.app.runtime.dispatcher.context(tx, "test", person)
        return await ctx.forms.inputs(ctx, ctx.catalogue.form(name), {})


def entered(block: Input) -> str | list[str]:
    """What somebody fills in, as the answer has to say it."""
    values = [option.value for option in block.options]
    if block.kind is InputKind.MULTI_CHOICE:
        return values[:2]
    return values[-1] if block.kind is InputKind.CHOICE else TYPED[block.kind]


@pytest.mark.parametrize("name", FORMS)
async def test_what_is_filled_in_arrives(name: str, live: LiveTeam) -> None:
    client, ding = live.app.services.platforms["dingtalk", "main"].client, emulator(live)
    submit = Button(label="提交", action={"a": "x"}, submits=True)
    card = Card(title=name, blocks=await inputs_of(live, name), buttons=(submit,))
    fit = fitted(card, client.capabilities)
    receipt = await client.send(Outgoing("k", Address("dingtalk", "main", user="lilei"), CardBody(fit.card, "k")))
    [shown] = ding.inbox("lilei")
    asked = {*fit.left_out, *receipt.details["left_out"]}
    names = {one.name for one in shown.fields}
    on_card = {block.name: entered(block) for block in card.inputs if block.name in names}
    assert on_card.keys() | asked == {block.name for block in card.inputs}
    assert not on_card.keys() & asked
    assert {block.name for block in card.inputs if block.kind not in CARD_INPUTS} <= asked
    await ding.presses("lilei", shown, "提交", on_card)
    press = (await heard(live)).press
    assert press is not None and (press.action, press.answers) == ({"a": "x"}, on_card)


async def heard(live: LiveTeam) -> Inbound:
    """The newest message, which nobody has handled yet."""
    async with live.app.services.db.read() as tx:
        row = (await tx.scalars(select(Inbox).order_by(Inbox.id.desc()))).first()
    assert row is not None
    return Inbound.from_json(json.loads(row.payload))


def emulator(live: LiveTeam) -> DingTalkEmulator:
    found: DingTalkEmulator = live.driver.emulator  # type: ignore[attr-defined]  # this driver's is DingTalk's
    return found
