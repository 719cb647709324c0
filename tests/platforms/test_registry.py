"""Apps from the settings: several of a platform, each with its own address; mistakes named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot.app import build
from bot.clock import VirtualClock
from bot.platforms.registry import configured
from config.settings import Settings
from tests.harness.company import START
from tests.harness.voices import ScriptedTranscriber

KEY = "o1w0aum42yaptlz8alnhwikjd3jenzt9cb9wmzptgus"
FEISHU = {"app_id": "cli_1", "app_secret": "s", "encrypt_key": "k", "webhook": True}
DINGTALK = {"client_id": "ding1", "client_secret": "s"}
WECOM = {"corp_id": "ww1", "agent_id": 1, "secret": "s", "callback_token": "t", "encoding_aes_key": KEY}


def settings(folder: Path, platforms: dict[str, Any]) -> Settings:
    return Settings(data=folder, platforms=platforms)


async def never(_: object) -> bool:
    raise AssertionError("nothing is said here")


async def test_several_apps_of_each_platform_have_routes_of_their_own(tmp_path: Path) -> None:
    platforms = {
        "feishu": {"main": FEISHU, "north": FEISHU},
        "dingtalk": {"main": DINGTALK, "north": DINGTALK},
        "wecom": {"main": WECOM, "north": WECOM},
    }
    app = build(
        settings(tmp_path, platforms),
        clock=VirtualClock(START),
        transcriber=ScriptedTranscriber(),
        platforms=configured,
    )
    served = web.Application()
    for platform in app.services.platforms.values():
        served.add_routes(platform.routes(never))
    paths = sorted({resource.canonical for resource in served.router.resources()})
    assert paths == sorted(f"/callbacks/{platform}/{name}" for platform in platforms for name in ("main", "north"))
    session = app.services.http.session
    await app.close()
    assert session.closed, "the connection pool ends with the product"


@pytest.mark.parametrize(
    ("platforms", "named"),
    [
        ({"slack": {"main": {}}}, "platforms.slack.main：没有叫 slack 的平台"),
        ({"feishu": {"总部": FEISHU}}, "应用名会写在回调地址里"),
        ({"feishu": {"main": {}}}, "platforms.feishu.main 不对：app_id"),
        ({"dingtalk": {"main": {**DINGTALK, "colour": "red"}}}, "colour"),
        ({"wecom": {"main": {"corp_id": "ww1"}}}, "platforms.wecom.main 不对"),
    ],
)
async def test_a_mistake_is_named_with_its_place(platforms: dict[str, Any], named: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=named):
        build(
            settings(tmp_path, platforms),
            clock=VirtualClock(START),
            transcriber=ScriptedTranscriber(),
            platforms=configured,
        )
