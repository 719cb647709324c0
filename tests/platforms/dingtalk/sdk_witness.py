"""Runs DingTalk's official Stream SDK against an address and prints what it saw, one JSON object a line.

Started by test_dingtalk_sdk.py in a process of its own: the SDK reads its address at import and blocks its loop.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import dingtalk_stream  # type: ignore[import-untyped, unused-ignore]  # ships no types
from dingtalk_stream import AckMessage


def tell(kind: str, **what: Any) -> None:
    sys.stdout.write(json.dumps({"kind": kind, **what}, ensure_ascii=False) + "\n")
    sys.stdout.flush()


class Bot(dingtalk_stream.ChatbotHandler):  # type: ignore[misc, unused-ignore]  # the SDK has no type information
    async def process(self, callback: Any) -> tuple[int, str]:
        message = dingtalk_stream.ChatbotMessage.from_dict(callback.data)
        tell("bot", text=message.text.content, sender=message.sender_staff_id, id=message.message_id)
        if message.text.content == "卡片":
            card = dingtalk_stream.AICardReplier(self.dingtalk_client, message)
            tell("card_sent", id=card.create_and_send_card(TEMPLATE, {"flowStatus": "3", "msgTitle": "来自 SDK"}))
        else:
            self.reply_text("收到 " + message.text.content, message)
        return AckMessage.STATUS_OK, "OK"


class Cards(dingtalk_stream.CallbackHandler):  # type: ignore[misc, unused-ignore]  # the SDK has no type information
    async def process(self, callback: Any) -> tuple[int, dict[str, Any]]:
        message = dingtalk_stream.CardCallbackMessage.from_dict(callback.data)
        tell("card", user=message.user_id, track=message.card_instance_id, content=message.content)
        return AckMessage.STATUS_OK, {}


class Events(dingtalk_stream.EventHandler):  # type: ignore[misc, unused-ignore]  # the SDK has no type information
    async def process(self, event: Any) -> tuple[int, str]:
        tell("event", type=event.headers.event_type, data=event.data)
        return AckMessage.STATUS_OK, "OK"


TEMPLATE = "382e4302-551d-4880-bf29-a30acfab2e71.schema"

if __name__ == "__main__":
    client = dingtalk_stream.DingTalkStreamClient(dingtalk_stream.Credential(sys.argv[1], sys.argv[2]))
    client.register_callback_handler(dingtalk_stream.ChatbotMessage.TOPIC, Bot())
    client.register_callback_handler(dingtalk_stream.CallbackHandler.TOPIC_CARD_CALLBACK, Cards())
    client.register_all_event_handler(Events())
    tell("token", token=client.get_access_token())
    client.start_forever()
