"""The emulator refuses what DingTalk refuses; otherwise everything proved against it would prove nothing."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from bot.platforms.base import Kind
from bot.platforms.dingtalk.settings import OFFICIAL_FORM
from tests.emulators.dingtalk import CLIENT_ID, CLIENT_SECRET, CORP, CannotPress, DingTalkEmulator
from tests.platforms.dingtalk.conftest import App

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


async def test_reading_joining_and_disbanding_are_told(online: App, ding: DingTalkEmulator) -> None:
    group = ding.group("群", ["lilei"])
    text = {"robotCode": CLIENT_ID, "openConversationId": group, "msgKey": "sampleText", "msgParam": '{"content":"早"}'}
    await call(ding, "/v1.0/robot/groupMessages/send", text)
    for told in (await ding.reads("lilei", ding.inbox("lilei")[0]), await ding.joins("wang", group)):
        assert told is not None and told.accepted
    assert ding.inbox("wang") != [] and online.kept.inbounds == []
    await ding.disbands(group)
    assert (online.kept.last.kind, online.kept.last.chat.id) == (Kind.BOT_REMOVED, group)


async def test_a_token_of_an_organisation_is_the_apps_token(ding: DingTalkEmulator) -> None:
    body = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "grant_type": "client_credentials"}
    path = f"/v1.0/oauth2/{CORP}/token"
    assert (await call(ding, path, body))[1]["access_token"] == ding.access.token()[0]
    assert (await call(ding, path, {**body, "grant_type": "x"}))[1]["code"] == "unsupported.grant.type"
    assert (await call(ding, path, {**body, "client_secret": "x"}))[1]["code"] == "invalid.client"
    assert (await call(ding, "/v1.0/oauth2/dingother/token", body))[0] == 401


async def test_a_persons_token_opens_nothing_of_the_apps(ding: DingTalkEmulator) -> None:
    login = {"clientId": CLIENT_ID, "clientSecret": CLIENT_SECRET, "code": ding.contacts.code("lilei")}
    _, given = await call(ding, "/v1.0/oauth2/userAccessToken", login)
    token = given["accessToken"]
    assert (await call(ding, "/v1.0/contact/users/me", {}, token=token, method="GET"))[1]["nick"] == "李雷"
    assert (await call(ding, CREATE, GOOD, token=token))[1]["code"] == "InvalidAuthentication"
    other = ding.access.token()[0]
    assert (await call(ding, "/v1.0/contact/users/me", {}, token=other, method="GET"))[0] == 400


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"msgtype": "text", "text": {"content": "早"}, "at": {"atUserIds": ["lilei"]}}, 0),
        ({"msgtype": "link", "link": {"title": "t", "text": "x", "messageUrl": "https://e.cn"}}, 0),
        ({"msgtype": "feedCard", "feedCard": {"links": [{"title": "t", "messageURL": "https://e.cn"}]}}, 0),
        ({"msgtype": "text", "text": {"content": "早"}, "at": {"atUserIds": ["u"] * 51}}, 40035),
        ({"msgtype": "text", "text": {}}, 40035),
        ({"msgtype": "link", "link": {"title": "t"}}, 40035),
        ({"msgtype": "image", "image": {}}, 400105),
        ({"msgtype": "text", "text": {"content": "违禁词"}}, 430102),
    ],
)
async def test_session_webhooks_check_what_is_posted(body: dict[str, Any], code: int, ding: DingTalkEmulator) -> None:
    url, _ = ding.robot.open_session("lilei", "")
    status, answer = await call(ding, url.removeprefix(ding.url), body)
    assert (status, answer["errcode"]) == (200, code)


async def test_a_ding_can_be_taken_back(ding: DingTalkEmulator) -> None:
    body = {"robotCode": CLIENT_ID, "remindType": 1, "receiverUserIdList": ["lilei"], "content": "x"}
    _, sent = await call(ding, "/v1.0/robot/ding/send", body)
    number = {"robotCode": CLIENT_ID, "openDingId": sent["openDingId"]}
    assert (await call(ding, "/v1.0/robot/ding/recall", number))[0] == 200
    assert (await call(ding, "/v1.0/robot/ding/recall", number))[0] == 400
    many = {**body, "remindType": 3, "receiverUserIdList": ["lilei"] * 21}
    assert (await call(ding, "/v1.0/robot/ding/send", many))[1]["code"] == "ding.receivercount.limit"


async def test_reactions_are_taken(ding: DingTalkEmulator) -> None:
    body = {"robotCode": CLIENT_ID, "openMsgId": "m", "openConversationId": "c", "emotionType": 2}
    assert (await call(ding, "/v1.0/robot/emotion/reply", body))[0] == 200
    assert (await call(ding, "/v1.0/robot/emotion/recall", {**body, "emotionType": 1}))[0] == 400


@pytest.mark.parametrize(
    "form",
    [
        "x",
        "{}",
        '{"fields":[{"name":"a","type":"PHOTO"}]}',
        '{"fields":[{"name":"a","type":"TEXT"},{"name":"a","type":"TEXT"}]}',
    ],
)
async def test_a_form_no_client_draws_is_refused(form: str, ding: DingTalkEmulator) -> None:
    given = {"cardTemplateId": OFFICIAL_FORM.template_id, "cardData": {"cardParamMap": {"form": form}}}
    assert (await call(ding, CREATE, {**GOOD, **given}))[1]["code"] == "param.cardDataInvalid"


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
