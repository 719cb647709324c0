"""Robot messages: 1:1, group, session webhook, recall and read state, DING."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.emulators.dingtalk.refusals import NewRefused, OldRefused
from tests.emulators.dingtalk.world import Message, Shown, World

if TYPE_CHECKING:
    from tests.emulators.dingtalk.server import DingTalkEmulator

MSG_KEYS: dict[str, set[str]] = {
    "sampleText": {"content"},
    "sampleMarkdown": {"title", "text"},
    "sampleImageMsg": {"photoURL"},
    "sampleLink": {"text", "title", "picUrl", "messageUrl"},
    "sampleActionCard": {"title", "text", "singleTitle", "singleURL"},
    **{
        f"sampleActionCard{count}": {"title", "text"}
        | {f"actionTitle{number}" for number in range(1, count + 1)}
        | {f"actionURL{number}" for number in range(1, count + 1)}
        for count in range(2, 6)
    },
    "sampleActionCard6": {"title", "text", "buttonTitle1", "buttonUrl1", "buttonTitle2", "buttonUrl2"},
    "sampleAudio": {"mediaId", "duration"},
    "sampleFile": {"mediaId", "fileName", "fileType"},
    "sampleVideo": {"duration", "videoMediaId", "videoType", "picMediaId", "height", "width"},
}
FILE_TYPES = {"xlsx", "pdf", "zip", "rar", "doc", "docx"}
PARAM_BYTES = 15_000
WEBHOOK_PER_MINUTE = 20
WEBHOOK_LIFE = timedelta(minutes=90)


class Robot:
    """The robot's endpoints on one emulator."""

    def __init__(self, emulator: DingTalkEmulator) -> None:
        self._e = emulator
        self.sessions: dict[str, tuple[str, str, datetime]] = {}
        """Session to (user, group or "", expiry)."""
        self._used: dict[str, list[datetime]] = {}
        self.flow_controlled: set[str] = set()
        self.unsafe = "违禁词"
        """A message with this word is refused by the content check."""

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/v1.0/robot/oToMessages/batchSend", self.batch_send),
            web.post("/v1.0/robot/groupMessages/send", self.group_send),
            web.post("/robot/sendBySession", self.by_session),
            web.post("/v1.0/robot/otoMessages/batchRecall", self.recall),
            web.post("/v1.0/robot/groupMessages/recall", self.recall),
            web.get("/v1.0/robot/oToMessages/readStatus", self.read_status),
            web.post("/v1.0/robot/groupMessages/query", self.group_query),
            web.post("/v1.0/robot/ding/send", self.ding),
            web.post("/v1.0/robot/ding/recall", self.recall_ding),
            web.post("/v1.0/robot/emotion/reply", self.react),
            web.post("/v1.0/robot/emotion/recall", self.react),
        ]

    async def batch_send(self, request: web.Request) -> web.Response:
        body = await request.json()
        param = self._check(body)
        users = body.get("userIds")
        if not isinstance(users, list) or not users:
            raise NewRefused("invalidParameter.userIds.empty")
        if len(users) > 20:
            raise NewRefused("invalidParameter.userIds.overMax")
        bad = [user for user in users if user not in self._e.world.people or self._e.world.people[user].outside]
        slow = [user for user in users if user in self.flow_controlled]
        reached = [user for user in users if user not in bad and user not in slow]
        key = self._keep(Message(self._e.access.fresh("pqk"), reached, "", body["msgKey"], param)) if reached else ""
        return web.json_response({"processQueryKey": key, "invalidStaffIdList": bad, "flowControlledStaffIdList": slow})

    async def group_send(self, request: web.Request) -> web.Response:
        body = await request.json()
        param = self._check(body)
        if len(body["msgParam"].encode()) > PARAM_BYTES:
            raise NewRefused("invalidParameter.msgParam.tooLong")
        group = self._e.world.conversations.get(body.get("openConversationId", ""))
        if group is None or group.kind != "2":
            raise NewRefused("invalid.openConversationId")
        if not group.robot:
            raise NewRefused("resource.not.found", "robot 不存在")
        message = Message(self._e.access.fresh("pqk"), [], group.id, body["msgKey"], param)
        return web.json_response({"processQueryKey": self._keep(message)})

    async def by_session(self, request: web.Request) -> web.Response:
        session = request.query.get("session", "")
        user, group, until = self.sessions.get(
            session, ("", "", datetime.min.replace(tzinfo=self._e.clock.now().tzinfo))
        )
        now = self._e.clock.now()
        if now >= until:
            raise OldRefused(300001, "token is not exist")
        used = self._used[group or user] = [
            at for at in self._used.get(group or user, []) if now - at < timedelta(minutes=1)
        ]
        if len(used) >= WEBHOOK_PER_MINUTE:
            raise OldRefused(410100, "发送速度太快而限流")
        used.append(now)
        key, param, at = _webhook_message(await request.json())
        if self.unsafe in json.dumps(param, ensure_ascii=False):
            raise OldRefused(430102, "消息文本不安全")
        message = Message(self._e.access.fresh("hook"), [user], group, key, param, by_webhook=True, at=at)
        if group:
            message.to = []
        self._keep(message)
        return web.json_response({"errcode": 0, "errmsg": "ok"})

    def open_session(self, user: str, group: str) -> tuple[str, int]:
        """A session webhook for one conversation and its expiry in ms."""
        session = self._e.access.fresh("session")
        until = self._e.clock.now() + WEBHOOK_LIFE
        self.sessions[session] = (user, group, until)
        return f"{self._e.url}/robot/sendBySession?session={session}", int(until.timestamp() * 1000)

    async def recall(self, request: web.Request) -> web.Response:
        body = await request.json()
        done, failed = [], {}
        if len(body["processQueryKeys"]) > 20:
            raise NewRefused("invalidParameter.processQueryKeys.overMax")
        for key in body["processQueryKeys"]:
            message = self._e.world.message(key)
            if message is None or message.by_webhook:
                failed[key] = "not found"
            else:
                message.recalled = True
                done.append(key)
        return web.json_response({"successResult": done, "failedResult": failed})

    async def read_status(self, request: web.Request) -> web.Response:
        message = self._found(request.query.get("processQueryKey", ""))
        read = [
            {
                "userId": user,
                "name": self._e.world.people[user].name,
                "readStatus": "READ" if user in message.read else "UNREAD",
            }
            for user in message.to
        ]
        return web.json_response(
            {"sendStatus": "RECALLED" if message.recalled else "SUCCESS", "messageReadInfoList": read}
        )

    async def group_query(self, request: web.Request) -> web.Response:
        message = self._found((await request.json()).get("processQueryKey", ""))
        status = "RECALLED" if message.recalled else "SUCCESS"
        return web.json_response({"sendStatus": status, "readUserIds": sorted(message.read), "hasMore": False})

    async def ding(self, request: web.Request) -> web.Response:
        body = await request.json()
        if len(body["receiverUserIdList"]) > (200 if body["remindType"] == 1 else 20):
            raise NewRefused("ding.receivercount.limit")
        number = self._e.access.fresh("ding")
        self._e.world.dings.append({**body, "openDingId": number})
        return web.json_response({"openDingId": number, "failedList": {}})

    async def recall_ding(self, request: web.Request) -> web.Response:
        number = (await request.json()).get("openDingId")
        if number not in [ding["openDingId"] for ding in self._e.world.dings]:
            raise NewRefused("resource.not.found")
        self._e.world.dings = [ding for ding in self._e.world.dings if ding["openDingId"] != number]
        return web.json_response({"openDingId": number})

    async def react(self, request: web.Request) -> web.Response:
        """A reaction beside somebody's message, or taken away again."""
        body = await request.json()
        if body.get("robotCode") != self._e.robot_code or not body.get("openMsgId") or body.get("emotionType") != 2:
            raise NewRefused("miss.param")
        return web.json_response({"success": True})

    def _found(self, key: str) -> Message:
        message = self._e.world.message(key)
        if message is None:
            raise NewRefused("resource.not.found")
        return message

    def _check(self, body: dict[str, Any]) -> dict[str, Any]:
        """Robot, key and parameters of a send. Raises NewRefused."""
        if not body.get("robotCode"):
            raise NewRefused("invalidParameter.robotCode.empty")
        if body["robotCode"] != self._e.robot_code:
            raise NewRefused("invalidParameter.robotCode.notExsit")
        if body.get("msgKey") not in MSG_KEYS:
            raise NewRefused("invalidParameter.msgKey.invalid")
        if body.get("userIds") == []:
            raise NewRefused("invalidParameter.userIds.empty")
        try:
            param = json.loads(body["msgParam"])
        except (KeyError, TypeError, ValueError):
            raise NewRefused("invalidParameter.msgParam.invalid") from None
        self._check_param(body["msgKey"], param)
        return dict(param)

    def _check_param(self, key: str, param: Any) -> None:
        needed = MSG_KEYS[key]
        if not isinstance(param, dict) or not needed <= param.keys():
            raise NewRefused("invalidParameter.msgParam.invalid", f"{key} needs {sorted(needed)}")
        if not all(isinstance(value, str) and value for name, value in param.items() if name in needed):
            raise NewRefused("invalidParameter.msgParam.invalid", "values must be non-empty strings")
        media = param.get("mediaId") or param.get("videoMediaId")
        if key in ("sampleAudio", "sampleVideo") and media not in self._e.world.media:
            raise NewRefused("msg.unsupport", "media id")
        if key == "sampleFile" and (param["fileType"] not in FILE_TYPES or param["mediaId"] not in self._e.world.media):
            raise NewRefused("msg.unsupport", "file type or media id")
        self._safe(param)

    def _safe(self, param: dict[str, Any]) -> None:
        if self.unsafe in json.dumps(param, ensure_ascii=False):
            raise NewRefused("contain.notAllowed.text", "内容包含不合适的文字")

    def _keep(self, message: Message) -> str:
        message.sent = self._e.clock.now()
        self._e.world.history.append(message)
        self._e.changed()
        return message.id


def _webhook_message(body: dict[str, Any]) -> tuple[str, dict[str, Any], list[str]]:
    """A session webhook's body as one of the robot's message keys. Raises OldRefused."""
    given = body.get("at") or {}
    at = list(given.get("atUserIds") or ())
    if len(at) + len(given.get("atMobiles") or ()) > 50:
        raise OldRefused(40035, "最多 @ 50 人")
    match body:
        case {"msgtype": "text", "text": {"content": str(content)}} if content:
            return "sampleText", {"content": content}, at
        case {"msgtype": "markdown", "markdown": {"title": str(title), "text": str(text)}} if title and text:
            return "sampleMarkdown", {"title": title, "text": text}, at
        case {"msgtype": "actionCard", "actionCard": {"singleTitle": str(), "singleURL": str()} as card}:
            return "sampleActionCard", dict(card), at
        case {"msgtype": "actionCard", "actionCard": {"title": title, "text": text, "btns": [*buttons]}}:
            param = {"title": title, "text": text}
            for number, button in enumerate(buttons, 1):
                param |= {f"actionTitle{number}": button["title"], f"actionURL{number}": button["actionURL"]}
            return f"sampleActionCard{len(buttons)}", param, at
        case {"msgtype": "link", "link": {"title": str(), "text": str(), "messageUrl": str()} as link} if not at:
            return "sampleLink", {"picUrl": "", **link}, at
        case {"msgtype": "feedCard", "feedCard": {"links": [{"title": str(title), "messageURL": str()}, *_]}} if not at:
            return "feedCard", {"title": title, "text": ""}, at
        case {"msgtype": "text" | "markdown" | "actionCard" | "link" | "feedCard"}:
            raise OldRefused(40035, "缺少参数")
    raise OldRefused(400105, "不支持的消息类型")


def draw_message(world: World, message: Message) -> Shown:
    """A robot message as its receivers see it."""
    param = message.param
    shown = Shown(
        message.id, "markdown", param.get("text", ""), param.get("title", ""), message.chat, recalled=message.recalled
    )
    shown.at = message.sent
    shown.line = shown.title
    match message.key:
        case "sampleText":
            shown.kind, shown.text = "text", param["content"]
        case "sampleImageMsg":
            shown.kind, shown.content = "picture", world.media.get(param["photoURL"], ("", b""))[1]
        case "sampleFile":
            shown.kind, shown.title, shown.content = "file", param["fileName"], world.media[param["mediaId"]][1]
        case "sampleActionCard":
            shown.links = {param["singleTitle"]: param["singleURL"]}
        case key if key.startswith("sampleActionCard"):
            shown.links = {
                param[f"actionTitle{n}"]: param[f"actionURL{n}"] for n in range(1, 6) if f"actionTitle{n}" in param
            }
    return shown
