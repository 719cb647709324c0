"""DingTalk's robot messages and subscribed events as neutral values. The payload is the same by Stream and by HTTP."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from bot.platforms.base import Chat, Inbound, Kind, MediaRef, Press
from bot.platforms.dingtalk.marks import read_tap
from bot.platforms.dingtalk.press import PLATFORM

QUOTA = "20001"
"""Error code of a message that came without its content because the monthly push quota is used up."""

DIRECTORY_EVENTS = frozenset(
    {
        "user_add_org", "user_modify_org", "user_leave_org", "user_active_org",
        "org_dept_create", "org_dept_modify", "org_dept_remove",
    }
)  # fmt: skip

RAW_CHARS = 4000

_MENTION = re.compile(r"^\s*@[^\s，。,]{1,20}(\s+|$)")
"""In a group a rich text may keep the mention of the robot, as a part of its own, that plain texts arrive without."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a message says, before it becomes an Inbound."""

    kind: Kind
    text: str = ""
    media: tuple[MediaRef, ...] = ()
    reply_to: str = ""


def message_of(payload: Mapping[str, Any], app: str, now: datetime) -> Inbound:
    """A robot message. One that cannot be read becomes UNSUPPORTED with its raw text, never an error."""
    try:
        return _message(payload, app)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, OSError):
        return unreadable(payload, app, now)


def unreadable(payload: Mapping[str, Any], app: str, now: datetime) -> Inbound:
    """Authentic bytes we do not understand, kept as they came."""
    raw = json.dumps(payload, ensure_ascii=False, sort_keys=True, default=str)
    given = payload.get("msgId")
    key = (
        given if isinstance(given, str) and given else hashlib.sha256(raw.encode("utf-8", "surrogatepass")).hexdigest()
    )
    ours = _staff(payload) or str(payload.get("userId") or "")
    sender = ours or str(payload.get("senderId") or "")
    return Inbound(
        PLATFORM,
        app,
        f"msg:{key}",
        Kind.WITHHELD if out_of_quota(payload) else Kind.UNSUPPORTED,
        sender,
        Chat(sender),
        now,
        raw[:RAW_CHARS],
        message_id=str(given or ""),
        outside=not ours,
    )


def out_of_quota(payload: Mapping[str, Any]) -> bool:
    """Whether DingTalk withheld the content because the organisation's push quota is used up."""
    return str(payload.get("errorCode") or payload.get("errCode") or "") == QUOTA


def event_of(kind: str, data: Mapping[str, Any], app: str, key: str, at: datetime) -> Inbound | None:
    """A subscribed event, or None for one that changes nothing for us (somebody read a message, a title changed).

    Field names begin with a small letter by Stream and with a capital by HTTP.
    """
    given = {name[:1].lower() + name[1:]: value for name, value in data.items()}
    group = str(given.get("openConversationId") or "")
    raw = json.dumps(data, ensure_ascii=False, sort_keys=True, default=str)[:RAW_CHARS]
    inbound = Inbound(
        PLATFORM,
        app,
        f"event:{key}",
        Kind.DIRECTORY,
        "",
        Chat(group, "group" if group else "direct"),
        at,
        f"{kind} {raw}",
    )
    if kind in DIRECTORY_EVENTS:
        return inbound
    if kind == "chat_disband" and group:
        return replace(inbound, kind=Kind.BOT_REMOVED)
    if kind == "robot_msg_recall":
        return replace(inbound, kind=Kind.RECALLED, sender=str(given.get("userId") or ""))
    return None


def instant(milliseconds: Any, otherwise: datetime) -> datetime:
    """A platform time in ms as aware UTC; `otherwise` when it is none."""
    try:
        return datetime.fromtimestamp(int(milliseconds) / 1000, UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return otherwise


def _message(payload: Mapping[str, Any], app: str) -> Inbound:
    """Raises what message_of catches."""
    ours = _staff(payload)
    sender = ours or _word(payload["senderId"])
    chat = _chat(payload, sender)
    at = datetime.fromtimestamp(int(payload["createAt"]) / 1000, UTC)
    content = Content(Kind.WITHHELD) if out_of_quota(payload) else _content(payload)
    inbound = Inbound(
        PLATFORM, app, f"msg:{_word(payload['msgId'])}", content.kind, sender, chat, at, content.text, content.media,
        mentioned=chat.kind == "group" and payload.get("isInAtList") is not False,
        reply_to=content.reply_to,
        message_id=payload["msgId"],
        outside=not ours,
    )  # fmt: skip
    tap = read_tap(content.text) if content.kind is Kind.TEXT else None
    return inbound if tap is None else replace(inbound, kind=Kind.PRESS, press=Press(tap[0], {"button": tap[1]}))


def _staff(payload: Mapping[str, Any]) -> str:
    """The sender's user id; "" for somebody of another organisation, whose user ids may be the same as ours.

    It is missing as well while the app is not published, or not to this person.
    """
    home, theirs = payload.get("chatbotCorpId"), payload.get("senderCorpId")
    return "" if home and theirs and home != theirs else str(payload.get("senderStaffId") or "")


def _chat(payload: Mapping[str, Any], sender: str) -> Chat:
    """A 1:1 conversation is answered by the person's id; its conversation id is good for nothing."""
    if str(payload["conversationType"]) == "2":
        return Chat(_word(payload["conversationId"]), "group", str(payload.get("conversationTitle") or ""))
    return Chat(sender)


def _content(payload: Mapping[str, Any]) -> Content:
    reader = _READERS.get(str(payload.get("msgtype")))
    if reader is not None:
        return reader(payload)
    words = (payload.get("content") or {}).get("unknownMsgType")
    return Content(
        Kind.UNSUPPORTED, str(words) if words else json.dumps(payload, ensure_ascii=False, sort_keys=True)[:RAW_CHARS]
    )


def _text(payload: Mapping[str, Any]) -> Content:
    text = payload["text"]
    quoted = text.get("repliedMsg") or {}
    return Content(Kind.TEXT, _word(text["content"]).strip(), reply_to=str(quoted.get("msgId") or ""))


def _picture(payload: Mapping[str, Any]) -> Content:
    return Content(Kind.PHOTO, media=(_photo(payload["content"]),))


def _rich(payload: Mapping[str, Any]) -> Content:
    parts = payload["content"]["richText"]
    texts = [part["text"] for part in parts if isinstance(part.get("text"), str)]
    if texts[1:] and str(payload["conversationType"]) == "2":
        texts[0] = _MENTION.sub("", texts[0])
    words = "".join(texts).strip()
    photos = tuple(_photo(part) for part in parts if part.get("downloadCode") or part.get("pictureDownloadCode"))
    return Content(Kind.PHOTO if photos and not words else Kind.TEXT, words, photos)


def _audio(payload: Mapping[str, Any]) -> Content:
    content = payload["content"]
    seconds = float(content["duration"]) / 1000 if content.get("duration") is not None else None
    words = str(content.get("recognition") or "")
    return Content(Kind.VOICE, media=(MediaRef(_word(content["downloadCode"]), "voice", seconds=seconds, words=words),))


def _video(payload: Mapping[str, Any]) -> Content:
    content = payload["content"]
    name = f"video.{content.get('videoType') or 'mp4'}"
    return Content(Kind.FILE, media=(MediaRef(_word(content["downloadCode"]), "file", name),))


def _file(payload: Mapping[str, Any]) -> Content:
    content = payload["content"]
    return Content(
        Kind.FILE, media=(MediaRef(_word(content["downloadCode"]), "file", str(content.get("fileName") or "")),)
    )


def _photo(content: Mapping[str, Any]) -> MediaRef:
    return MediaRef(_word(content.get("downloadCode") or content["pictureDownloadCode"]), "photo")


def _word(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise TypeError(f"expected a string, got {type(value).__name__}")
    return value


_READERS: Mapping[str, Callable[[Mapping[str, Any]], Content]] = {
    "text": _text,
    "picture": _picture,
    "richText": _rich,
    "audio": _audio,
    "video": _video,
    "file": _file,
}
