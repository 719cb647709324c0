"""Groups of a self-built app: chats it made itself (appchat), and group webhooks. Both only speak, neither listens."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from bot.errors import CardExpired, Permanent
from bot.platforms.base import CardBody, FileBody, MarkdownBody, Outgoing, Receipt, TextBody, UpdateBody
from bot.platforms.repeats import each, file_perhaps_twice, perhaps_twice
from bot.platforms.text import split_text
from bot.platforms.wecom.api import Api, form
from bot.platforms.wecom.settings import WeComSettings
from bot.platforms.wecom.upload import MEGABYTE, check_file
from bot.platforms.wecom.words import Dialect, fit_markdown, message, safe_text, titled

WEBHOOK = "webhook:"
"""Prefix of a group address that names a webhook of the settings; anything else is a chatid."""

TEXT_BYTES = 2048
DOUBT_BYTES = 64
"""Room for the line that says it may be a repeat."""
WEBHOOK_MARKDOWN_BYTES = 4096
WEBHOOK_IMAGE_BYTES = 2 * MEGABYTE
NAME_CHARS = 50


class Groups:
    """Sends to groups and looks after those the app made. There is no duplicate check here: a repeat of unknown fate
    says that it may be one."""

    def __init__(self, settings: WeComSettings, api: Api) -> None:
        self._settings = settings
        self._api = api

    async def send(self, push: Outgoing) -> Receipt:
        """Cards become words: no group of a self-built app can show one that is pressed (reference §5.6)."""
        to_webhook = push.to.group.startswith(WEBHOOK)
        match push.body:
            case TextBody(text):
                await self._say(push, "text", safe_text(text), TEXT_BYTES)
            case MarkdownBody(title, text):
                await self._say_markdown(push, fit_markdown(titled(title, text), _dialect(to_webhook)))
            case CardBody(card, _):
                await self._say_markdown(push, message(card, _dialect(to_webhook)))
            case UpdateBody():
                raise CardExpired("messages in a WeCom group cannot be changed")
            case FileBody():
                await self._file(push, push.body)
        return Receipt("")

    async def create(self, name: str, people: Sequence[str], *, owner: str = "", chatid: str = "") -> str:
        """A new group's chatid. Needs 2 to 2000 people and an app whose visible range is the whole enterprise."""
        wanted: dict[str, Any] = {"name": name[:NAME_CHARS], "userlist": list(people), "owner": owner, "chatid": chatid}
        answer = await self._api.post("appchat/create", {key: value for key, value in wanted.items() if value})
        return str(answer["chatid"])

    async def change(self, chatid: str, *, name: str = "", add: Sequence[str] = (), remove: Sequence[str] = ()) -> None:
        wanted: dict[str, Any] = {"name": name[:NAME_CHARS], "add_user_list": list(add), "del_user_list": list(remove)}
        await self._api.post(
            "appchat/update", {"chatid": chatid, **{key: value for key, value in wanted.items() if value}}
        )

    async def members(self, chatid: str) -> Sequence[str]:
        answer = await self._api.get("appchat/get", chatid=chatid)
        return [str(user) for user in answer["chat_info"]["userlist"]]

    async def _say_markdown(self, push: Outgoing, text: str) -> None:
        to_webhook = push.to.group.startswith(WEBHOOK)
        kind, limit = ("markdown_v2", WEBHOOK_MARKDOWN_BYTES) if to_webhook else ("markdown", TEXT_BYTES)
        await self._say(push, kind, text, limit)

    async def _say(self, push: Outgoing, kind: str, text: str, limit: int) -> None:
        async def one(words: str, place: int, doubtful: bool) -> str:
            await self._post(push.to.group, kind, {"content": perhaps_twice(words) if doubtful else words})
            return ""

        await each(push, split_text(text, limit - DOUBT_BYTES), one)

    async def _file(self, push: Outgoing, body: FileBody) -> None:
        group, kind = push.to.group, check_file(body)
        if push.begun is not None:
            await self._post(group, "text", {"content": safe_text(file_perhaps_twice(body))})
        if not group.startswith(WEBHOOK):
            media = await self._api.upload(kind, body.name, body.mime, body.content)
            await self._post(group, kind, {"media_id": media})
        elif kind == "image" and len(body.content) <= WEBHOOK_IMAGE_BYTES:
            digest = hashlib.md5(body.content, usedforsecurity=False).hexdigest()
            await self._post(group, "image", {"base64": base64.b64encode(body.content).decode(), "md5": digest})
        else:
            answer = await self._api.plain(
                "webhook/upload_media", form(body.name, body.mime, body.content), key=self._key(group), type="file"
            )
            await self._post(group, "file", {"media_id": answer["media_id"]})

    async def _post(self, group: str, kind: str, payload: Mapping[str, Any]) -> None:
        if group.startswith(WEBHOOK):
            await self._api.plain("webhook/send", {"msgtype": kind, kind: payload}, key=self._key(group))
        else:
            await self._api.post("appchat/send", {"chatid": group, "msgtype": kind, kind: payload})

    def _key(self, group: str) -> str:
        name = group.removeprefix(WEBHOOK)
        if name not in self._settings.webhooks:
            known = "、".join(self._settings.webhooks) or "无"
            raise Permanent(f"设置里没有名为「{name}」的群消息推送；现有：{known}")
        return self._settings.webhooks[name].get_secret_value()


def _dialect(to_webhook: bool) -> Dialect:
    return Dialect.FULL if to_webhook else Dialect.APP
