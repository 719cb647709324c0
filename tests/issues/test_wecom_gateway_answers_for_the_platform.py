"""A gateway's own JSON, `{"message": "bad gateway"}`, has no errcode and was taken for success: the push was lost."""

from __future__ import annotations

from typing import Any

import pytest

from bot.errors import RetryAfter
from bot.platforms.http import Http, Reply
from tests.platforms.wecom.desk import Desk, opened


class Gateway(Http):
    """Answers in the platform's place when told to."""

    speaks = False

    async def call(self, method: str, url: str, **request: Any) -> Reply:
        if self.speaks and "gettoken" not in url:
            return Reply(502, b'{"message": "bad gateway"}', {"content-type": "application/json"})
        return await super().call(method, url, **request)


@pytest.mark.parametrize("line", ["app", "aibot"])
async def test_push_that_met_a_gateway_is_tried_again(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.platforms.wecom.desk.Http", Gateway)
    more = {"long_connection": False} if line == "aibot" else {}
    async with opened(line, **more) as desk:
        await desk.emulator.says("lilei", "你好")
        gateway(desk).speaks = True
        with pytest.raises(RetryAfter):
            await desk.says("收到")
        gateway(desk).speaks = False
        await desk.emulator.says("lilei", "还在吗")
        await desk.says("收到")
        assert [one.text for one in desk.emulator.inbox("lilei")] == ["收到"]


def gateway(desk: Desk) -> Gateway:
    assert isinstance(desk.http, Gateway)
    return desk.http
