"""An aibot's JSON as neutral messages; the same bodies come over HTTP and the long connection (reference §7)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import structlog

from bot.platforms.base import Chat, Inbound, Kind, MediaRef
from bot.platforms.wecom.inbound import PLATFORM, fingerprint, unreadable
from bot.platforms.wecom.press import read_press

log = structlog.get_logger(__name__)

Body = Mapping[str, Any]
Fields = dict[str, Any]

TOKEN_MARK = "|"
"""Separates the channel's token from the pressed card's task_id, which must be repeated in the update."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What it takes to read one body: the app, its robot's name, what answers it, and the time it came."""

    app: str
    bot_name: str
    token: str
    now: datetime
    media_key: str = ""
    """The EncodingAESKey where media carry no key of their own (HTTP mode)."""


def read_aibot(plain: str, reading: Reading) -> Inbound | None:
    """The message; None for events that are none. Never raises: what cannot be read is kept as UNSUPPORTED."""
    try:
        body = json.loads(plain)
        if not isinstance(body, dict):
            raise TypeError("not an object")
        return _read(body, plain, reading)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError, OSError) as error:
        log.warning("wecom.unreadable", app=reading.app, reason=f"{type(error).__name__}: {error}")
        return unreadable(reading.app, plain, reading.now)


def _read(body: Body, plain: str, reading: Reading) -> Inbound | None:
    event = body.get("event") if body["msgtype"] == "event" else None
    fields = _event(event, reading) if event is not None else _message(body, reading)
    if fields is None:
        return None
    sender = str(body.get("from", {}).get("userid", ""))
    group = str(body.get("chatid", "")) if body.get("chattype") == "group" else ""
    chat = Chat(group, "group") if group else Chat(sender)
    # Only events carry their moment; for messages it is the moment they came.
    at = datetime.fromtimestamp(int(body["create_time"]), UTC) if "create_time" in body else reading.now
    key = str(body.get("msgid") or fingerprint(plain))
    return Inbound(
        PLATFORM, reading.app, key, sender=sender, chat=chat, at=at, mentioned=bool(group), message_id=key, **fields
    )


def _event(event: Body, reading: Reading) -> Fields | None:
    kind = event.get("eventtype")
    if kind == "enter_chat":
        return {"kind": Kind.ENTERED}
    if kind == "template_card_event":
        return _pressed(event["template_card_event"], reading)
    log.debug("wecom.event_ignored", event_type=kind)
    return None


def _pressed(event: Body, reading: Reading) -> Fields | None:
    task = str(event.get("task_id", ""))
    items = (event.get("selected_items") or {}).get("selected_item") or []
    selected = [
        (str(item["question_key"]), [str(one) for one in (item.get("option_ids") or {}).get("option_id") or []])
        for item in items
    ]
    press = read_press(str(event.get("event_key", "")), task, selected, f"{reading.token}{TOKEN_MARK}{task}")
    return None if press is None else {"kind": Kind.PRESS, "press": press}


def _message(body: Body, reading: Reading) -> Fields | None:
    reader = MESSAGES.get(str(body["msgtype"]))
    if reader is None:
        return {"kind": Kind.UNSUPPORTED, "text": str(body["msgtype"])}
    return reader(body, reading)


def _text(body: Body, reading: Reading) -> Fields:
    return {"kind": Kind.TEXT, "text": _without_mention(body["text"]["content"], body, reading)}


def _voice(body: Body, reading: Reading) -> Fields:
    """The platform hands over words, never the sound."""
    return {"kind": Kind.TEXT, "text": body["voice"]["content"]}


def _photo(body: Body, reading: Reading) -> Fields:
    return {"kind": Kind.PHOTO, "media": (_ref(body["image"], "photo", reading),)}


def _file(name: str) -> Callable[[Body, Reading], Fields]:
    def read(body: Body, reading: Reading) -> Fields:
        return {"kind": Kind.FILE, "media": (_ref(body[name], "file", reading),)}

    return read


def _mixed(body: Body, reading: Reading) -> Fields:
    items = body["mixed"]["msg_item"]
    words = " ".join(item["text"]["content"] for item in items if item["msgtype"] == "text")
    photos = tuple(_ref(item["image"], "photo", reading) for item in items if item["msgtype"] == "image")
    return {
        "kind": Kind.PHOTO if photos else Kind.TEXT,
        "text": _without_mention(words, body, reading),
        "media": photos,
    }


def _stream(body: Body, reading: Reading) -> None:
    """A poll for the next piece of a streamed reply, which we never leave open."""


def _ref(media: Body, kind: Any, reading: Reading) -> MediaRef:
    context = {"aeskey": str(media.get("aeskey") or reading.media_key)}
    return MediaRef(str(media["url"]), kind, str(media.get("filename") or media.get("name") or ""), context=context)


def _without_mention(text: str, body: Body, reading: Reading) -> str:
    """Group messages begin with "@Name "; what was said comes after it."""
    stripped = text.strip()
    if body.get("chattype") != "group" or not stripped.startswith("@"):
        return stripped
    if reading.bot_name and stripped.startswith(f"@{reading.bot_name}"):
        return stripped[len(reading.bot_name) + 1 :].strip()
    return stripped if reading.bot_name else stripped.partition(" ")[2].strip()


MESSAGES: Mapping[str, Callable[[Body, Reading], Fields | None]] = {
    "text": _text,
    "voice": _voice,
    "image": _photo,
    "file": _file("file"),
    "video": _file("video"),
    "mixed": _mixed,
    "stream": _stream,
}
