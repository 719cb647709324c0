"""The official SDK in a process of its own (its WebSocket client owns the event loop and cannot be stopped).

Reads one JSON command a line from standard input and writes one JSON answer a line; `listen` never returns.
"""

# mypy: disable-error-code="import-untyped"

from __future__ import annotations

import base64
import io
import json
import sys
import warnings
from typing import Any

warnings.simplefilter("ignore")  # the SDK's own deprecations are not ours to mend

import lark_oapi as lark  # noqa: E402 - after silencing it
from lark_oapi.api.application.v6 import ListScopeRequest as GrantedScopes  # noqa: E402
from lark_oapi.api.contact.v3 import (  # noqa: E402
    BatchUserRequest,
    ChildrenDepartmentRequest,
    FindByDepartmentUserRequest,
    GetDepartmentRequest,
    ListScopeRequest,
)
from lark_oapi.api.im.v1 import (  # noqa: E402
    CreateFileRequest,
    CreateFileRequestBody,
    CreateImageRequest,
    CreateImageRequestBody,
    CreateMessageRequest,
    CreateMessageRequestBody,
    GetMessageResourceRequest,
    P2ImMessageReceiveV1,
    PatchMessageRequest,
    PatchMessageRequestBody,
)
from lark_oapi.core.model import RawRequest  # noqa: E402
from lark_oapi.event.callback.model.p2_card_action_trigger import (  # noqa: E402
    P2CardActionTrigger,
    P2CardActionTriggerResponse,
)

OTHERS = (
    "application_bot_menu_v6",
    "im_chat_access_event_bot_p2p_chat_entered_v1",
    "im_chat_member_bot_added_v1",
    "im_chat_member_bot_deleted_v1",
    "im_chat_disbanded_v1",
    "im_message_recalled_v1",
    "contact_user_updated_v3",
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


def told(event: Any) -> None:
    """Any other event: what it says, as the SDK's own model reads it."""
    say({"told": json.loads(lark.JSON.marshal(event.event))})


def handler(encrypt_key: str, token: str) -> lark.EventDispatcherHandler:
    builder = lark.EventDispatcherHandler.builder(encrypt_key, token)
    builder = builder.register_p2_im_message_receive_v1(heard).register_p2_card_action_trigger(pressed)
    for name in OTHERS:
        builder = getattr(builder, f"register_p2_{name}")(told)
    return builder.build()


def send(asked: dict[str, Any]) -> None:
    client = client_of(asked)
    body = CreateMessageRequestBody.builder().receive_id(asked["to"]).msg_type(asked["kind"]).content(asked["content"])
    request = CreateMessageRequest.builder().receive_id_type("open_id").request_body(body.uuid(asked["uuid"]).build())
    sent = client.im.v1.message.create(request.build())
    say({"code": sent.code, "msg": sent.msg, "id": sent.data.message_id if sent.data else ""})
    if asked.get("patch") and sent.data:
        new = PatchMessageRequestBody.builder().content(asked["patch"]).build()
        patch = PatchMessageRequest.builder().message_id(sent.data.message_id).request_body(new).build()
        say({"code": client.im.v1.message.patch(patch).code})


def client_of(asked: dict[str, Any]) -> lark.Client:
    return lark.Client.builder().app_id(asked["app_id"]).app_secret(asked["secret"]).domain(asked["url"]).build()


def upload(asked: dict[str, Any]) -> None:
    """A picture and a file; gives their keys."""
    client = client_of(asked)
    # As tuples, because the SDK gives a bare file object no name, and Feishu wants one.
    picture = ("a.jpg", io.BytesIO(base64.b64decode(asked["picture"])), "image/jpeg")
    document = ("b.pdf", io.BytesIO(b"%PDF-"), "application/pdf")
    image = CreateImageRequestBody.builder().image_type("message").image(picture).build()
    sent = client.im.v1.image.create(CreateImageRequest.builder().request_body(image).build())
    file = CreateFileRequestBody.builder().file_type("pdf").file_name("b.pdf").file(document).build()
    kept = client.im.v1.file.create(CreateFileRequest.builder().request_body(file).build())
    assert sent.data and kept.data, (sent.code, sent.msg, kept.code, kept.msg)
    say({"image": sent.data.image_key, "file": kept.data.file_key})


def download(asked: dict[str, Any]) -> None:
    request = GetMessageResourceRequest.builder().message_id(asked["message"]).file_key(asked["key"])
    got = client_of(asked).im.v1.message_resource.get(request.type("image").build())
    say({"code": got.code, "content": base64.b64encode(got.file.read()).decode() if got.file else ""})


def look(asked: dict[str, Any]) -> None:
    """The directory, the app's permissions and the bot, as our adapter asks for them."""
    client, contact = client_of(asked), client_of(asked).contact.v3
    seen = contact.scope.list(ListScopeRequest.builder().department_id_type("open_department_id").build())
    (department,) = seen.data.department_ids
    named = contact.department.get(GetDepartmentRequest.builder().department_id(department).build())
    children = contact.department.children(ChildrenDepartmentRequest.builder().department_id(department).build())
    direct = contact.user.find_by_department(FindByDepartmentUserRequest.builder().department_id(department).build())
    batch = contact.user.batch(BatchUserRequest.builder().user_ids([direct.data.items[0].open_id]).build())
    granted = client.application.v6.scope.list(GrantedScopes.builder().build())
    info = lark.BaseRequest.builder().http_method(lark.HttpMethod.GET).uri("/open-apis/bot/v3/info")
    bot = client.request(info.token_types({lark.AccessTokenType.TENANT}).build())
    say(
        {
            "department": named.data.department.name,
            "children": [one.name for one in children.data.items or ()],
            "people": [one.name for one in direct.data.items],
            "batch": [(one.name, one.leader_user_id, one.mobile) for one in batch.data.items],
            "granted": "im:message" in [one.scope_name for one in granted.data.scopes if one.grant_status == 1],
            "bot": json.loads(bot.raw.content)["bot"]["open_id"],
        }
    )


def dispatch(asked: dict[str, Any]) -> None:
    request = RawRequest()
    request.uri, request.body, request.headers = "/", asked["body"].encode(), asked["headers"]
    answer = handler(asked["encrypt_key"], asked["token"]).do(request)
    say({"status": answer.status_code, "content": json.loads(answer.content)})


def listen(asked: dict[str, Any]) -> None:
    lark.ws.Client(asked["app_id"], asked["secret"], event_handler=handler("", ""), domain=asked["url"]).start()


for line in sys.stdin:
    command = json.loads(line)
    {
        "send": send,
        "upload": upload,
        "download": download,
        "look": look,
        "dispatch": dispatch,
        "listen": listen,
    }[command.pop("do")](command)
