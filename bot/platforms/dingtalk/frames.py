"""Frames of DingTalk's Stream protocol (open-dingtalk/developerpedia, "Stream 模式协议")."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

BOT_TOPIC = "/v1.0/im/bot/messages/get"
CARD_TOPIC = "/v1.0/card/instances/callback"

SUBSCRIPTIONS = (
    {"type": "EVENT", "topic": "*"},
    {"type": "CALLBACK", "topic": BOT_TOPIC},
    {"type": "CALLBACK", "topic": CARD_TOPIC},
)

OK = 200
NOT_HANDLED = 404
FAILED = 500


@dataclass(frozen=True, slots=True)
class Frame:
    """One push. `data` is JSON as text, handed back unchanged for a ping."""

    type: str
    topic: str
    message_id: str
    headers: Mapping[str, Any]
    data: str


def read(text: str) -> Frame | None:
    """The frame in `text`, or None for what is none (it cannot even be refused: it has no id)."""
    try:
        found = json.loads(text)
        headers = found["headers"]
        data = found.get("data")
        return Frame(
            str(found["type"]),
            str(headers["topic"]),
            str(headers["messageId"]),
            headers,
            data if isinstance(data, str) else json.dumps(data),
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def ack(frame: Frame, code: int, data: Any, message: str = "OK") -> str:
    """The answer to `frame`; `data` is an object, or text that goes back as it is."""
    answer = {
        "code": code,
        "headers": {"messageId": frame.message_id, "contentType": "application/json"},
        "message": message,
        "data": data if isinstance(data, str) else json.dumps(data, ensure_ascii=False),
    }
    return json.dumps(answer, ensure_ascii=False)
