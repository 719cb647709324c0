"""The official SDK in a process of its own (its WebSocket client owns the event loop and cannot be stopped).

Reads one JSON command a line from standard input and writes one JSON answer a line; `listen` never returns.
"""

# mypy: disable-error-code="import-untyped"

from __future__ import annotations

import json
import sys
import warnings
from typing import Any

warnings.simplefilter("ignore")  # the SDK's own deprecations are not ours to mend

import lark_oapi as lark  # noqa: E402 - after silencing it
from lark_oapi.api.im.v1 import (  # noqa: E402
    CreateMessageRequest,
    CreateMessageRequestBody,
    P2ImMessageReceiveV1,
    PatchMessageRequest,
    PatchMessageRequestBody,
)
from lark_oapi.core.model import RawRequest  # noqa: E402
from lark_oapi.event.callback.model.p2_card_action_trigger import (  # noqa: E402
    P2CardActionTrigger,
    P2CardActionTriggerResponse,
)


def say(answer: dict[str, Any]) -> None:
    print("WITNESS " + json.dumps(answer, ensure_ascii=False), flush=True)


def heard(event: P2ImMessageReceiveV1) -> None:
    say(
        {
            "heard": event.event.message.content,
            "id": event.event.message.message_id,
            "from": event.event.sender.sender_id.open_id,
        }
    )


def pressed(press: P2CardActionTrigger) -> P2CardActionTriggerResponse:
    say(
        {"pressed": press.event.action.value, "form": press.event.action.form_value, "by": press.event.operator.open_id}
    )
    return P2CardActionTriggerResponse({"toast": {"type": "info", "content": "收到"}})


def handler(encrypt_key: str, token: str) -> lark.EventDispatcherHandler:
    builder = lark.EventDispatcherHandler.builder(encrypt_key, token)
    return builder.register_p2_im_message_receive_v1(heard).register_p2_card_action_trigger(pressed).build()


def send(asked: dict[str, Any]) -> None:
    client = lark.Client.builder().app_id(asked["app_id"]).app_secret(asked["secret"]).domain(asked["url"]).build()
    body = CreateMessageRequestBody.builder().receive_id(asked["to"]).msg_type(asked["kind"]).content(asked["content"])
    request = CreateMessageRequest.builder().receive_id_type("open_id").request_body(body.uuid(asked["uuid"]).build())
    sent = client.im.v1.message.create(request.build())
    say({"code": sent.code, "msg": sent.msg, "id": sent.data.message_id if sent.data else ""})
    if asked.get("patch") and sent.data:
        new = PatchMessageRequestBody.builder().content(asked["patch"]).build()
        patch = PatchMessageRequest.builder().message_id(sent.data.message_id).request_body(new).build()
        say({"code": client.im.v1.message.patch(patch).code})


def dispatch(asked: dict[str, Any]) -> None:
    request = RawRequest()
    request.uri, request.body, request.headers = "/", asked["body"].encode(), asked["headers"]
    answer = handler(asked["encrypt_key"], asked["token"]).do(request)
    say({"status": answer.status_code, "content": json.loads(answer.content)})


def listen(asked: dict[str, Any]) -> None:
    lark.ws.Client(asked["app_id"], asked["secret"], event_handler=handler("", ""), domain=asked["url"]).start()


for line in sys.stdin:
    command = json.loads(line)
    {"send": send, "dispatch": dispatch, "listen": listen}[command.pop("do")](command)
