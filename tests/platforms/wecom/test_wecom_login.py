"""Who opened a page, and the signature a page needs."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest

from bot.errors import Permanent, Refused
from bot.platforms.wecom.login import Login, ticket_signature
from tests.platforms.wecom.desk import Desk

TICKET = "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg"


def login(desk: Desk) -> Login:
    assert desk.platform.login is not None
    return desk.platform.login


@pytest.mark.parametrize("fragment", ["", "#/form/1"])
def test_published_vector_of_the_page_signature(fragment: str) -> None:
    url = "http://mp.weixin.qq.com?params=value" + fragment
    assert ticket_signature(TICKET, "Wm3WZYTPz0wzccnW", 1414587457, url) == "0f9de62fce790f9a083d5c99e95740ceb90c27ed"


async def test_the_whole_way_round(desk: Desk) -> None:
    url = login(desk).address("https://genjin.example.com/pages/f?x=1", "abc123")
    assert url.endswith("#wechat_redirect") and f"agentid={desk.settings.agent_id}" in url
    async with aiohttp.ClientSession() as session:
        visit = url.partition("#")[0] + "&as_user=lilei"
        async with session.get(visit, allow_redirects=False) as answer:
            back = urlsplit(answer.headers["Location"])
    query = parse_qs(back.query)
    assert back.netloc == "genjin.example.com" and query["state"] == ["abc123"]
    assert await login(desk).person(query["code"][0]) == "lilei"
    with pytest.raises(Permanent, match="40029"):
        await login(desk).person(query["code"][0])


async def test_code_lives_five_minutes(desk: Desk) -> None:
    code = desk.emulator.login.code_for("lilei")
    await desk.forward(minutes=5)
    with pytest.raises(Permanent, match="40029"):
        await login(desk).person(code)


async def test_stranger_is_told_in_words(desk: Desk) -> None:
    with pytest.raises(Refused, match="本企业成员"):
        await login(desk).person(desk.emulator.login.code_for("stranger"))


async def test_page_config_asks_for_one_ticket(desk: Desk) -> None:
    first = await login(desk).page_config("https://genjin.example.com/f#top")
    await login(desk).page_config("https://genjin.example.com/g")
    assert desk.emulator.faults.calls["get_jsapi_ticket"] == 1
    expected = ticket_signature(
        desk.emulator.login.ticket, first["nonceStr"], first["timestamp"], "https://genjin.example.com/f"
    )
    assert first["signature"] == expected and first["corpId"] == desk.settings.corp_id
