"""The emulator refuses what DingTalk refuses; otherwise everything proved against it would prove nothing."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from tests.emulators.dingtalk import CLIENT_ID, CLIENT_SECRET, CannotPress, DingTalkEmulator

CREATE = "/v1.0/card/instances/createAndDeliver"
GENERAL = "382e4302-551d-4880-bf29-a30acfab2e71.schema"
GOOD: dict[str, Any] = {
    "cardTemplateId": GENERAL,
    "outTrackId": "t1",
    "callbackType": "STREAM",
    "cardData": {"cardParamMap": {"flowStatus": "3", "msgTitle": "t"}},
    "openSpaceId": "dtv1.card//IM_ROBOT.lilei",
    "imRobotOpenSpaceModel": {"supportForward": False},
    "imRobotOpenDeliverModel": {"spaceType": "IM_ROBOT"},
}
TEXT = {"robotCode": CLIENT_ID, "userIds": ["lilei"], "msgKey": "sampleText", "msgParam": '{"content":"x"}'}


async def call(
    ding: DingTalkEmulator, path: str, body: dict[str, Any], *, token: str = "", method: str = "POST"
) -> tuple[int, Any]:
    headers = {"x-acs-dingtalk-access-token": token or ding.access.token()[0]}
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, ding.url + path, json=body, headers=headers) as answer,
    ):
        return answer.status, await answer.json()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"cardTemplateId": ""}, "param.cardTemplateIdEmpty"),
        ({"outTrackId": ""}, "param.outTrackIdEmpty"),
        ({"cardTemplateId": "nobodys.schema"}, "param.templateNotExist"),
        ({"openSpaceId": "IM_ROBOT.lilei"}, "param.openSpaceIdInvalid"),
        ({"openSpaceId": "dtv1.card//IM_ROBOT.nobody"}, "param.userIdNotExist"),
        ({"imRobotOpenDeliverModel": None}, "param.openDeliverModelEmpty"),
        ({"imRobotOpenSpaceModel": {}}, "param.empty"),
        ({"cardData": {"cardParamMap": {"x": 1}}}, "MissingStringValue"),
        ({"cardData": {"cardParamMap": {"x": True}}}, "MissingStringValue"),
        ({"cardData": {"cardParamMap": {"x": "长" * 3001}}}, "param.cardDataInvalid"),
        ({"cardData": {"cardParamMap": {"变" * 34: "x"}}}, "param.cardDataInvalid"),
        ({"cardData": {"cardParamMap": {"x": "违禁词"}}}, "param.contentUnsafe"),
    ],
)
async def test_bad_cards_are_refused(change: dict[str, Any], code: str, ding: DingTalkEmulator) -> None:
    status, answer = await call(ding, CREATE, {**GOOD, **change})
    assert (status, answer["code"]) == (400, code)
    assert ding.inbox("lilei") == []


async def test_a_track_is_used_once(ding: DingTalkEmulator) -> None:
    assert (await call(ding, CREATE, GOOD))[0] == 200
    assert (await call(ding, CREATE, GOOD))[1]["code"] == "param.cardAlreadyExist"


async def test_an_update_overwrites_unless_asked_otherwise(ding: DingTalkEmulator) -> None:
    await call(ding, CREATE, GOOD)
    change = {"outTrackId": "t1", "cardData": {"cardParamMap": {"msgTitle": "neu"}}}
    await call(
        ding, "/v1.0/card/instances", {**change, "cardUpdateOptions": {"updateCardDataByKey": True}}, method="PUT"
    )
    assert ding.inbox("lilei")[0].title == "neu"
    await call(ding, "/v1.0/card/instances", change, method="PUT")
    assert ding.inbox("lilei")[0].title == "", "flowStatus is gone, the card is blank"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"robotCode": ""}, "invalidParameter.robotCode.empty"),
        ({"robotCode": "other"}, "invalidParameter.robotCode.notExsit"),
        ({"userIds": []}, "invalidParameter.userIds.empty"),
        ({"userIds": ["lilei"] * 21}, "invalidParameter.userIds.overMax"),
        ({"msgKey": "sampleVoice"}, "invalidParameter.msgKey.invalid"),
        ({"msgParam": "x"}, "invalidParameter.msgParam.invalid"),
        ({"msgParam": "{}"}, "invalidParameter.msgParam.invalid"),
        ({"msgKey": "sampleFile", "msgParam": '{"mediaId":"@x","fileName":"a.txt","fileType":"txt"}'}, "msg.unsupport"),
    ],
)
async def test_bad_messages_are_refused(change: dict[str, Any], code: str, ding: DingTalkEmulator) -> None:
    status, answer = await call(ding, "/v1.0/robot/oToMessages/batchSend", {**TEXT, **change})
    assert (status, answer["code"]) == (400, code)


async def test_without_a_good_token_nothing_goes(ding: DingTalkEmulator) -> None:
    assert (await call(ding, CREATE, GOOD, token="nonsense"))[1]["code"] == "InvalidAuthentication"


async def test_the_token_stays_the_same_while_it_lives(ding: DingTalkEmulator) -> None:
    body = {"appKey": CLIENT_ID, "appSecret": CLIENT_SECRET}
    first, second = [await call(ding, "/v1.0/oauth2/accessToken", body, token="-") for _ in range(2)]
    assert first == second


async def test_messages_can_be_recalled_and_their_reading_seen(ding: DingTalkEmulator) -> None:
    _, sent = await call(ding, "/v1.0/robot/oToMessages/batchSend", TEXT)
    key = sent["processQueryKey"]
    body = {"robotCode": CLIENT_ID, "processQueryKeys": [key, "unknown"]}
    _, recalled = await call(ding, "/v1.0/robot/otoMessages/batchRecall", body)
    assert recalled == {"successResult": [key], "failedResult": {"unknown": "not found"}}
    assert ding.inbox("lilei")[0].recalled


async def test_groups_carry_no_voice(ding: DingTalkEmulator) -> None:
    group = ding.group("群", ["lilei"])
    with pytest.raises(CannotPress):
        await ding.sends("lilei", {"msgtype": "audio", "content": {}}, group)


async def test_the_page_shows_a_chat(ding: DingTalkEmulator) -> None:
    await call(ding, CREATE, GOOD)
    async with aiohttp.ClientSession() as session:
        async with session.get(ding.url + "/") as page:
            assert "/emulator/static/page.js" in await page.text()
        async with session.get(ding.url + "/emulator/state?user=lilei") as answer:
            state = await answer.json()
    assert (state["platform"], [card["title"] for card in state["messages"]]) == ("dingtalk", ["t"])
