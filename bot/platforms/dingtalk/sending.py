"""Texts, markdown, link cards and files to a person or a group, by session webhook or by the robot's API."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import PurePath
from typing import Any

from bot.errors import Permanent, RetryAfter, Unreachable
from bot.platforms.base import Address, FileBody
from bot.platforms.dingtalk.api import Api
from bot.platforms.dingtalk.cards import LinkMessage
from bot.platforms.dingtalk.codes import error_of
from bot.platforms.dingtalk.settings import DingTalkSettings
from bot.platforms.dingtalk.webhooks import Webhooks
from bot.platforms.media import sniff

PIECE_BYTES, PIECE_CHARS = 11_000, 3_800
"""msgParam may have 15,000 bytes in groups; connectors split at about 3,800 characters, whatever these are."""

FILE_BYTES = 20 * 1024 * 1024
"""Upload limit of images and files (open.dingtalk.com, "上传媒体文件")."""

FLOW_CONTROL = timedelta(minutes=1)
BY_WEBHOOK = "webhook"
"""Message id of what went through a session webhook, which tells none."""

FILE_TYPES = frozenset({"xlsx", "pdf", "zip", "rar", "doc", "docx"})
"""What sampleFile can carry; everything else travels in a zip."""
PICTURE_TYPES = frozenset({"image/jpeg", "image/gif", "image/png", "image/bmp"})

_WEBHOOK_CONTENT = ("430101", "430102", "430103", "430104")


@dataclass(frozen=True, slots=True)
class Message:
    """One robot message in both of its forms."""

    key: str
    param: Mapping[str, str]
    webhook: Mapping[str, Any] | None = None
    """The body for a session webhook; None where it has no such type."""


class Sender:
    """Delivers robot messages for one app. DingTalk knows no key for them: a repeat is a second message."""

    def __init__(self, settings: DingTalkSettings, api: Api, webhooks: Webhooks) -> None:
        self._settings = settings
        self._api = api
        self._webhooks = webhooks

    async def deliver(self, to: Address, message: Message) -> str:
        """The message's id. Raises the typed errors; a person out of reach is Unreachable though HTTP says 200."""
        if await self.answered(to, message):
            return BY_WEBHOOK
        body = {
            "robotCode": self._settings.robot,
            "msgKey": message.key,
            "msgParam": json.dumps(dict(message.param), ensure_ascii=False),
        }
        if to.group:
            group = {"openConversationId": to.group, **body}
            return _id(await self._api.new("POST", "/v1.0/robot/groupMessages/send", group))
        answer = await self._api.new("POST", "/v1.0/robot/oToMessages/batchSend", {"userIds": [to.user], **body})
        if to.user in (answer.get("invalidStaffIdList") or ()):
            raise Unreachable(f"{to.user} 不在应用的可见范围内，或已离职")
        if to.user in (answer.get("flowControlledStaffIdList") or ()):
            raise RetryAfter(f"钉钉对 {to.user} 限流", FLOW_CONTROL)
        return _id(answer)

    async def file(self, to: Address, body: FileBody) -> str:
        """Pictures as pictures, files of other types than DingTalk's in a zip. Raises Permanent above 20 MB."""
        found = sniff(body.content)
        if body.picture and found.mime in PICTURE_TYPES and len(body.content) <= FILE_BYTES:
            name = f"{PurePath(body.name).stem or 'picture'}{found.extension}"  # DingTalk goes by the name
            media = await self._api.upload("image", name, found.mime, body.content)
            return await self.deliver(to, Message("sampleImageMsg", {"photoURL": media}))
        name, content = _packed(body)
        if len(content) > FILE_BYTES:
            raise Permanent(f"{body.name} 有 {len(content) / 1048576:.0f} MB，钉钉最多 20 MB")
        media = await self._api.upload("file", name, "application/octet-stream", content)
        param = {"mediaId": media, "fileName": name, "fileType": PurePath(name).suffix.lstrip(".").lower()}
        return await self.deliver(to, Message("sampleFile", param))

    async def answered(self, to: Address, message: Message) -> bool:
        """Whether a session webhook took it. A refused webhook is forgotten; refused content is final."""
        chat = to.group or to.user
        url = self._webhooks.take(chat) if message.webhook is not None else None
        if url is None:
            return False
        refusal = await self._api.webhook(url, message.webhook or {})
        if refusal is None:
            return True
        if refusal.is_any(_WEBHOOK_CONTENT):
            raise error_of(refusal)
        self._webhooks.forget(chat)
        return False


def text_message(text: str) -> Message:
    return Message("sampleText", {"content": text}, {"msgtype": "text", "text": {"content": text}})


def markdown_message(title: str, text: str) -> Message:
    given = {"title": title, "text": text}
    return Message("sampleMarkdown", given, {"msgtype": "markdown", "markdown": given})


def link_card(card: LinkMessage) -> Message:
    """An ActionCard with one to five vertical buttons; plain markdown without links."""
    head = {"title": card.title, "text": card.text}
    match card.links:
        case ():
            return Message("sampleMarkdown", head, {"msgtype": "markdown", "markdown": head})
        case ((label, url),):
            single = {**head, "singleTitle": label, "singleURL": url}
            return Message("sampleActionCard", single, {"msgtype": "actionCard", "actionCard": single})
    several = {f"actionTitle{number}": label for number, (label, _) in enumerate(card.links, 1)}
    several |= {f"actionURL{number}": url for number, (_, url) in enumerate(card.links, 1)}
    buttons = [{"title": label, "actionURL": url} for label, url in card.links]
    webhook = {"msgtype": "actionCard", "actionCard": {**head, "btnOrientation": "0", "btns": buttons}}
    return Message(f"sampleActionCard{len(card.links)}", {**head, **several}, webhook)


def escaped_bytes(text: str) -> int:
    """Size of `text` inside the JSON of msgParam."""
    return len(json.dumps(text, ensure_ascii=False).encode("utf-8", "surrogatepass")) - 2


def piece_size(text: str) -> int:
    """How much of PIECE_BYTES `text` takes, by its bytes or by its characters, whichever is more."""
    return max(escaped_bytes(text), len(text) * PIECE_BYTES // PIECE_CHARS)


def _packed(body: FileBody) -> tuple[str, bytes]:
    if PurePath(body.name).suffix.lstrip(".").lower() in FILE_TYPES:
        return body.name, body.content
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(PurePath(body.name).name or "file", body.content)
    return f"{PurePath(body.name).stem or 'file'}.zip", packed.getvalue()


def _id(answer: Mapping[str, Any]) -> str:
    return str(answer.get("processQueryKey") or "")
