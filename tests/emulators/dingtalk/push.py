"""What DingTalk pushes: robot messages, card callbacks and events, by Stream or by HTTP."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import aiohttp

from bot.platforms.dingtalk.frames import BOT_TOPIC, CARD_TOPIC
from tests.emulators.dingtalk.seals import card_sign, decrypt, encrypt, event_sign, robot_sign
from tests.emulators.dingtalk.stream import REPEAT_AFTER, Push
from tests.emulators.dingtalk.world import CORP, Conversation, Instance, Person

if TYPE_CHECKING:
    from tests.emulators.dingtalk.server import DingTalkEmulator


def robot_message(
    e: DingTalkEmulator, person: Person, group: Conversation | None, content: dict[str, Any]
) -> dict[str, Any]:
    """The payload of section 4 of DingTalk's robot documentation; `content` holds msgtype and its object."""
    webhook, until = e.robot.open_session(person.user, group.id if group else "")
    payload = {
        "conversationId": group.id if group else f"cid-direct-{person.user}",
        "conversationType": "2" if group else "1",
        "chatbotCorpId": CORP,
        "chatbotUserId": "$:LWCP_v1:$robot",
        "robotCode": e.robot_code,
        "msgId": e.access.fresh("msgId"),
        "createAt": int(e.clock.now().timestamp() * 1000),
        "senderId": f"$:LWCP_v1:${person.user}",
        "senderNick": person.name,
        "isAdmin": False,
        "sessionWebhook": webhook,
        "sessionWebhookExpiredTime": until,
    }
    if not person.outside:
        payload |= {"senderStaffId": person.user, "senderCorpId": CORP}
    payload |= content
    if group:
        robot = {"dingtalkId": "$:LWCP_v1:$robot"}
        payload |= {"conversationTitle": group.title, "isInAtList": True, "atUsers": [robot]}
    if e.push_quota is not None:
        if e.push_quota <= 0:
            for name in ("text", "content"):
                payload.pop(name, None)
            payload |= {"errorCode": "20001", "errorMessage": "quota exceeded"}
        e.push_quota -= 1
    return payload


def card_press(e: DingTalkEmulator, instance: Instance, user: str, pressed: dict[str, Any]) -> dict[str, Any]:
    content = json.dumps({"cardPrivateData": pressed}, ensure_ascii=False)
    return {
        "type": "actionCallback",
        "outTrackId": instance.id,
        "corpId": CORP,
        "userId": user,
        "userIdType": 1,
        "spaceType": "im",
        "spaceId": instance.chat or f"cid-direct-{user}",
        "extension": "{}",
        "content": content,
        "value": content,
    }


def stream_message(payload: dict[str, Any]) -> Push:
    return Push("CALLBACK", BOT_TOPIC, payload)


def stream_press(data: dict[str, Any]) -> Push:
    return Push("CALLBACK", CARD_TOPIC, data)


def stream_event(e: DingTalkEmulator, kind: str, data: dict[str, Any]) -> Push:
    headers = {
        "eventType": kind,
        "eventId": e.access.fresh("event"),
        "eventCorpId": CORP,
        "eventBornTime": str(int(e.clock.now().timestamp() * 1000)),
        "eventUnifiedAppId": "app",
    }
    return Push("EVENT", "*", data, headers)


class HttpPush:
    """HTTP mode: signed robot calls, encrypted events, signed card callbacks, posted to the app's address."""

    def __init__(self, emulator: DingTalkEmulator, address: str, token: str = "", aes_key: str = "") -> None:
        self._e = emulator
        self.address = address
        self.token = token
        self.aes_key = aes_key

    async def hand_over(self, payload: dict[str, Any]) -> None:
        """A robot message, again after 16 s and 60 s while it is not accepted, as on the long connection.

        What DingTalk does by HTTP is not documented.
        """
        if not await self._accepted(payload):
            self._e.background(self._repeat(payload))
            await asyncio.sleep(0)  # its clock starts now

    async def _repeat(self, payload: dict[str, Any]) -> None:
        for pause in REPEAT_AFTER:
            await self._e.clock.sleep(pause)
            if await self._accepted(payload):
                return

    async def _accepted(self, payload: dict[str, Any]) -> bool:
        try:
            status, _ = await self.message(payload)
        except aiohttp.ClientError:
            return False
        return status == 200

    def stamp(self) -> str:
        return str(int(self._e.clock.now().timestamp() * 1000))

    def robot_headers(self, stamp: str) -> dict[str, str]:
        return {"timestamp": stamp, "sign": robot_sign(stamp, self._e.access.client_secret)}

    async def message(self, payload: dict[str, Any]) -> tuple[int, Any]:
        return await self.post(
            json.dumps(payload, ensure_ascii=False).encode(), headers=self.robot_headers(self.stamp())
        )

    async def press(self, data: dict[str, Any], secret: str) -> tuple[int, Any]:
        stamp = self.stamp()
        headers = {"x-ddpaas-signature-timestamp": stamp, "x-ddpaas-signature": card_sign(stamp, secret)}
        return await self.post(json.dumps(data, ensure_ascii=False).encode(), headers=headers)

    def sealed_event(self, data: dict[str, Any]) -> tuple[bytes, dict[str, str]]:
        """Body and query of an encrypted event."""
        sealed = encrypt(self.aes_key, self._e.access.client_id, json.dumps(data, ensure_ascii=False).encode())
        stamp, nonce = self.stamp(), self._e.access.fresh("nonce")
        signature = event_sign(self.token, stamp, nonce, sealed)
        query = {"msg_signature": signature, "signature": signature, "timestamp": stamp, "nonce": nonce}
        return json.dumps({"encrypt": sealed}).encode(), query

    async def event(self, data: dict[str, Any]) -> tuple[int, str]:
        """Posts an event; gives the status and the opened answer, which must be "success"."""
        body, query = self.sealed_event(data)
        status, answer = await self.post(body, query=query)
        if status != 200:
            return status, ""
        right = event_sign(self.token, answer["timeStamp"], answer["nonce"], answer["encrypt"])
        if right != answer["msg_signature"]:
            return status, "answer with a wrong signature"
        return status, decrypt(self.aes_key, self._e.access.client_id, answer["encrypt"]).decode()

    async def post(
        self, body: bytes, *, headers: dict[str, str] | None = None, query: dict[str, str] | None = None
    ) -> tuple[int, Any]:
        async with aiohttp.ClientSession() as session:
            given = {"Content-Type": "application/json", **(headers or {})}
            async with session.post(self.address, data=body, headers=given, params=query) as response:
                return response.status, await response.json()
