"""What a person does on the page, as neutral Inbound values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.platforms.base import Chat, Inbound, Kind, MediaRef, Position, Press
from bot.platforms.console.answers import Problem
from storage.tables import ConsoleMessage

NAME = "console"

MENTION = re.compile(r"@跟进[\s\u2005:：,，]*")
"""Addressing the bot in a group, with what people put after a name (chat apps put a four-per-em space)."""


def inbound_of(row: ConsoleMessage, app: str, title: str) -> Inbound:
    """The message or press kept in `row`. Its event key is the row's key, so a repeated POST is a repeat for the sink too."""
    scope, _, place = row.conversation.partition(":")
    chat = Chat(place, "group" if scope == "group" else "direct", title if scope == "group" else "")
    said = str(row.body.get("text", ""))
    in_group = chat.kind == "group"
    return Inbound(
        platform=NAME,
        app=app,
        event_key=row.key,
        kind=Kind(row.kind),
        sender=row.author,
        chat=chat,
        at=row.at,
        text=MENTION.sub("", said, count=1).strip() if in_group else said,
        media=_media(row),
        position=_position(row.body.get("position")),
        press=_press(row),
        mentioned=in_group and MENTION.search(said) is not None,
        message_id=str(row.body.get("card_message", row.id)),
    )


def entered(user: str, app: str, now: datetime) -> Inbound:
    """Somebody opens their empty chat; once a person, however often the page says so."""
    return Inbound(NAME, app, f"entered:{user}", Kind.ENTERED, user, Chat(user), now)


def position_of(given: Any) -> dict[str, Any]:
    """A checked position. Raises Problem 400 when it is nowhere on earth."""
    fields: Mapping[str, Any] = given if isinstance(given, dict) else {}
    latitude, longitude = _number(fields.get("latitude")), _number(fields.get("longitude"))
    if latitude is None or longitude is None or abs(latitude) > 90 or abs(longitude) > 180:
        raise Problem(400, "position", "位置没有取到：纬度应在 -90 到 90 之间，经度应在 -180 到 180 之间。")
    accuracy = _number(fields.get("accuracy"))
    address = str(fields.get("address") or "")[:200]
    return {"latitude": latitude, "longitude": longitude, "accuracy": accuracy, "address": address}


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) < 1e9 else None


def _media(row: ConsoleMessage) -> tuple[MediaRef, ...]:
    body = row.body
    if row.kind not in ("voice", "photo", "file"):
        return ()
    return (MediaRef(body["sha256"], row.kind, body["name"], body["mime"], body["size"], body.get("seconds")),)  # type: ignore[arg-type]


def _position(fields: Mapping[str, Any] | None) -> Position | None:
    return Position(**fields) if fields else None


def _press(row: ConsoleMessage) -> Press | None:
    if row.kind != Kind.PRESS:
        return None
    return Press(row.body["card_key"], row.body["action"], row.body["answers"])
