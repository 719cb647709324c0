"""appchat and group webhooks (reference §6)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from datetime import timedelta

from aiohttp import web

from tests.emulators.wecom.api import ApiError, Json, read_json
from tests.emulators.wecom.card_rules import CardRefused, check_card
from tests.emulators.wecom.media import MediaCalls
from tests.emulators.wecom.messages import words
from tests.emulators.wecom.state import App, CardCopy, Group, Seen, Tenant, Window

CHAT_KINDS = frozenset({"text", "markdown", "image", "voice", "video", "file", "textcard", "news", "mpnews"})


class AppChats:
    """Groups an app has made itself."""

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant
        self._made = Window(tenant.clock, (1000, timedelta(days=1)))
        self._pace = Window(tenant.clock, (200, timedelta(minutes=1)), (10_000, timedelta(days=1)))

    async def create(self, request: web.Request, app: App) -> Json:
        body = await read_json(request)
        members = [str(user) for user in body.get("userlist", [])]
        chat = str(body.get("chatid") or self._tenant.number("CHAT"))
        if not app.root_visible:
            raise ApiError(60011, "no privilege: the visible range must be the root department")
        if not 2 <= len(members) <= 2000:
            raise ApiError(86006, "userlist takes 2 to 2000 members")
        if not re.fullmatch(r"[0-9a-zA-Z]{1,32}", chat) or chat in self._tenant.groups:
            raise ApiError(86215, "chatid is illegal or exists")
        if any(self._tenant.person(user) is None for user in members):
            raise ApiError(86216, "illegal member")
        if body.get("owner") and body["owner"] not in members:
            raise ApiError(86207, "the owner is not in userlist")
        if not self._made.admits("create"):
            raise ApiError(45009, "api freq out of limit: 1000 groups a day")
        self._tenant.groups[chat] = Group(
            chat, str(body.get("name", ""))[:50], members, app.agent, str(body.get("owner", ""))
        )
        return {"chatid": chat}

    async def update(self, request: web.Request, app: App) -> Json:
        body = await read_json(request)
        group = self._group(str(body.get("chatid", "")), app)
        gone = set(body.get("del_user_list", []))
        group.members = [user for user in group.members if user not in gone] + list(body.get("add_user_list", []))
        group.name = str(body.get("name") or group.name)
        return {}

    async def get(self, request: web.Request, app: App) -> Json:
        group = self._group(request.query.get("chatid", ""), app)
        return {"chat_info": {"chatid": group.id, "name": group.name, "owner": group.owner, "userlist": group.members}}

    async def send(self, request: web.Request, app: App) -> Json:
        body = await read_json(request)
        group = self._group(str(body.get("chatid", "")), app)
        kind = str(body.get("msgtype"))
        if kind not in CHAT_KINDS:
            raise ApiError(40008, "invalid message type: groups take no template_card")
        seen = Seen("", kind, "", self._tenant.clock.now(), group=group.id)
        if kind in ("text", "markdown"):
            seen.body = {"content": words(body.get(kind), 2048)}
        else:
            media = self._tenant.media.get(str((body.get(kind) or {}).get("media_id", "")))
            if media is None:
                raise ApiError(40007, "invalid media_id")
            seen.media, seen.name = media.content, media.name
        self._tenant.inbox[f"group:{group.id}"].append(seen)
        for member in group.members:
            if not self._pace.admits(f"{app.agent}/{member}"):
                # It stands in the group, but this member never sees it, and nobody is told.
                self._tenant.dropped[member] += 1
        return {}

    def _group(self, chat: str, app: App) -> Group:
        group = self._tenant.groups.get(chat)
        if group is None:
            raise ApiError(86003, "chatid not found")
        if group.agent != app.agent:
            raise ApiError(86008, "the group was not created by this app")
        return group


class Webhooks:
    """The key is the only secret; 20 messages a minute."""

    def __init__(self, tenant: Tenant, media: MediaCalls) -> None:
        self._tenant = tenant
        self._media = media
        self._pace = Window(tenant.clock, (20, timedelta(minutes=1)))
        self._uploads: dict[str, str] = {}

    async def send(self, request: web.Request) -> Json:
        key = self._key(request)
        body = await read_json(request)
        if not self._pace.admits(key):
            raise ApiError(45009, "api freq out of limit")
        kind = str(body.get("msgtype"))
        seen = Seen("", kind, "", self._tenant.clock.now(), group=f"webhook:{key}")
        self._fill(seen, kind, body.get(kind) or {}, key)
        self._tenant.webhooks[key].append(seen)
        return {}

    async def upload(self, request: web.Request) -> Json:
        key = self._key(request)
        answer = await self._media.take(request, request.query.get("type", ""))
        self._uploads[answer["media_id"]] = key
        return answer

    def _fill(self, seen: Seen, kind: str, payload: Json, key: str) -> None:
        if kind in ("text", "markdown", "markdown_v2"):
            seen.body = {"content": words(payload, 2048 if kind == "text" else 4096)}
        elif kind == "image":
            seen.media = _image(payload)
        elif kind in ("file", "voice"):
            if self._uploads.get(str(payload.get("media_id"))) != key:
                raise ApiError(40007, "invalid media_id: only for the webhook it was uploaded to")
            media = self._tenant.media[payload["media_id"]]
            seen.media, seen.name = media.content, media.name
        elif kind == "template_card":
            seen.card = _notice(payload)
        else:
            raise ApiError(40008, "invalid message type")

    def _key(self, request: web.Request) -> str:
        key = request.query.get("key", "")
        if key not in self._tenant.webhooks:
            raise ApiError(93000, "invalid webhook url")
        return key


def _image(payload: Json) -> bytes:
    try:
        content = base64.b64decode(payload.get("base64", ""), validate=True)
    except binascii.Error as error:
        raise ApiError(40123, "image is invalid") from error
    if not content or len(content) > 2 * 1024 * 1024 or hashlib.md5(content).hexdigest() != payload.get("md5"):
        raise ApiError(40123, "image is invalid")
    return content


def _notice(template: Json) -> CardCopy:
    try:
        check_card(template, "app")
    except CardRefused as error:
        raise ApiError(error.code, error.message) from error
    if not str(template["card_type"]).endswith("_notice"):
        raise ApiError(40058, "group webhooks take notice cards only")
    return CardCopy("", "app", template)
