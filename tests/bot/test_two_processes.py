"""Two processes before one platform: one connection, every push once, and somebody there whatever becomes of the other."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from bot.leases import TTL
from tests.harness.company import PEOPLE
from tests.harness.house import House, Node, open_house
from tests.harness.sockets import DingTalkSocket, FeishuSocket, Line, RobotSocket, until

SAID = "宏达机械今天已报价，客户嫌价格高，竞品压价，希望总监帮忙申请特价"
LINES: dict[str, Callable[[], Line]] = {"feishu": FeishuSocket, "dingtalk": DingTalkSocket, "wecom": RobotSocket}
USERS = [user for user, *_ in PEOPLE]


@pytest.fixture(params=LINES)
async def house(request: pytest.FixtureRequest, tmp_path: Path, database_url: str) -> AsyncIterator[House]:
    async with open_house(tmp_path, database_url, LINES[request.param]()) as opened:
        yield opened


@pytest.fixture
async def first(house: House) -> Node:
    return await house.process()


@pytest.fixture
async def second(house: House, first: Node) -> Node:
    return await house.process()


async def is_answered(house: House, user: str = "lilei") -> None:
    """What is said there now is answered, once."""
    before = len(house.shown(user))
    await house.line.says(user, "/help")
    await house.settle()
    assert len(house.shown(user)) == before + 1, house.shown(user)


async def test_one_connection_however_many_processes(house: House, first: Node, second: Node) -> None:
    await house.forward(40, lambda: (house.line.connections, first.holds, second.holds) == (1, True, False))
    assert house.line.opened == 1
    await is_answered(house)
    await house.line.says("lilei", SAID)
    await house.settle()
    (draft,) = [words for words in house.shown("lilei") if "这样记，对吗？" in words]
    assert "竞品压价" in draft


async def test_whoever_ends_is_followed_at_once(house: House, first: Node, second: Node) -> None:
    await house.stops(first)
    assert house.line.connections == 0, "the old connection is gone before the new one comes"
    await house.settle()
    await until(lambda: house.line.connections == 1)
    assert second.holds
    await is_answered(house)


async def test_whoever_hangs_is_followed_when_the_lease_has_lapsed_and_stops_when_it_wakes(
    house: House, first: Node, second: Node
) -> None:
    await house.forward(3)
    first.hangs = True
    await house.push(USERS, "六点的汇总")
    await house.forward(11, lambda: not second.holds)
    assert house.shown("lilei") == []
    await house.forward(int(TTL.total_seconds()) - 11)
    assert second.holds and not first.holds
    await house.settle()
    await until(lambda: house.line.opened == 2)
    await house.settle()
    assert [house.shown(user) for user in USERS] == [["六点的汇总"]] * len(USERS)

    first.hangs = False
    await house.settle()
    await until(lambda: house.line.connections == 1)
    await house.push(USERS, "又一条")
    await house.forward(5)
    assert [house.shown(user) for user in USERS] == [["六点的汇总", "又一条"]] * len(USERS)
    assert (first.holds, second.holds, house.line.connections) == (False, True, 1)
    await is_answered(house)


async def test_nothing_is_sent_twice_while_both_are_busy(house: House, first: Node, second: Node) -> None:
    for number in range(5):
        await house.push(USERS, f"第{number}条")
    await house.settle()
    await house.forward(60)
    assert [house.shown(user) for user in USERS] == [[f"第{number}条" for number in range(5)]] * len(USERS)


async def test_nothing_is_sent_twice_or_lost_when_it_changes_hands(house: House, first: Node, second: Node) -> None:
    """What the one has begun it ends; what it has not begun the other does."""
    for number in range(4):
        await house.push(USERS, f"第{number}条")
    await first.app.runtime.sender.pump()
    await house.stops(first)
    await house.forward(60)
    assert [house.shown(user) for user in USERS] == [[f"第{number}条" for number in range(4)]] * len(USERS)


async def test_the_doctor_says_who_holds_it_whoever_is_asked(house: House, first: Node, second: Node) -> None:
    await house.forward(90)
    told = [{line.what: (line.state, line.words) for line in await node.app.examine()} for node in (first, second)]
    (holder,) = {words for lines in told for what, words in lines.items() if what.endswith("main · 收发")}
    run = first.app.runtime.leases.holder
    assert holder == ("ok", f"由 {run.host} 的进程 {run.pid} 负责，今天 10:00起")
    connection = next(words for what, words in told[1].items() if "长连接" in what + words[1])
    assert connection[0] == "ok" and "另一个进程" in connection[1]
    assert not any("另一个进程" in words for _, words in told[0].values())
    await house.stops(first)
    await house.settle()
    await until(lambda: house.line.connections == 1)
    assert not any("另一个进程" in line.words for line in await second.app.examine())
