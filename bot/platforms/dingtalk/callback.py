"""DingTalk's calls over HTTP: robot messages, encrypted events and card presses, all at /callbacks/dingtalk/{app}."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from typing import Any

import structlog
from aiohttp import web

from bot.errors import InboundRefused
from bot.platforms.dingtalk import crypto
from bot.platforms.dingtalk.crypto import EventCipher, Sealed
from bot.platforms.dingtalk.inbound import instant
from bot.platforms.dingtalk.receiver import Receiver, object_of
from bot.platforms.dingtalk.settings import DingTalkSettings

log = structlog.get_logger(__name__)

BODY_BYTES = 1024 * 1024
NOTHING = {"msgtype": "empty"}
"""The answer to a robot message that is replied to later."""


class Callbacks:
    """Verifies and hands on. Which of the three kinds a call is, its signature's place tells."""

    def __init__(self, settings: DingTalkSettings, receiver: Receiver) -> None:
        self._settings = settings
        self._receiver = receiver
        token, key = settings.event_token.get_secret_value(), settings.event_aes_key.get_secret_value()
        self._cipher = EventCipher(token, key, settings.client_id) if key else None

    async def get(self, _: web.Request) -> web.Response:
        """For whoever opens the address in a browser to see whether it can be reached."""
        return web.Response(text="跟进：钉钉回调地址可以访问。请把它填到开发者后台。")

    async def post(self, request: web.Request) -> web.Response:
        """200 only after the sink; 401, 400, 403 or 413 for what is not DingTalk's."""
        try:
            body = await _body(request)
            return web.json_response(await self._take(request, body))
        except InboundRefused as refused:
            log.warning("dingtalk.callback_refused", reason=str(refused), status=refused.status)
            return web.json_response({"error": str(refused)}, status=refused.status)

    async def _take(self, request: web.Request, body: bytes) -> Mapping[str, Any]:
        if "msg_signature" in request.query or "signature" in request.query:
            return await self._event(request.query, body)
        if "x-ddpaas-signature" in request.headers:
            return await self._card(request.headers, body)
        return await self._message(request.headers, body)

    async def _message(self, headers: Mapping[str, str], body: bytes) -> Mapping[str, Any]:
        secret = self._settings.client_secret.get_secret_value()
        crypto.check_robot(headers.get("timestamp", ""), headers.get("sign", ""), secret, self._receiver.now())
        await self._receiver.message(object_of(body))
        return NOTHING

    async def _card(self, headers: Mapping[str, str], body: bytes) -> Mapping[str, Any]:
        stamp = headers.get("x-ddpaas-signature-timestamp", "")
        secret = self._settings.card_api_secret.get_secret_value()
        crypto.check_card(stamp, headers["x-ddpaas-signature"], secret, self._receiver.now())
        data = object_of(body)
        return await self._receiver.card(data, f"{stamp}:{_digest(body)}", instant(stamp, self._receiver.now()))

    async def _event(self, query: Mapping[str, str], body: bytes) -> Mapping[str, Any]:
        """Decrypts, hands on, and answers with an encrypted "success" (so too when the address is saved)."""
        if self._cipher is None:
            raise InboundRefused("event by HTTP without event_token and event_aes_key in the settings", 403)
        stamp = query.get("timestamp", "")
        crypto.check_time(stamp, self._receiver.now())
        encrypt = object_of(body).get("encrypt")
        if not isinstance(encrypt, str):
            raise InboundRefused("event is not encrypted", 400)
        signature = query.get("msg_signature") or query.get("signature", "")
        plain = self._cipher.open(Sealed(encrypt, signature, stamp, query.get("nonce", "")))
        data = object_of(plain)
        at = instant(data.get("TimeStamp") or data.get("timeStamp"), self._receiver.now())
        kind = str(data.get("EventType") or data.get("eventType") or "")
        if kind not in ("check_url", "check_create_suite_url", "check_update_suite_url"):
            await self._receiver.event(kind, data, _digest(plain), at)
        return self._success()

    def _success(self) -> Mapping[str, str]:
        assert self._cipher is not None
        stamp = str(int(self._receiver.now().timestamp() * 1000))
        sealed = self._cipher.seal(b"success", stamp, secrets.token_hex(8))
        return {
            "msg_signature": sealed.signature,
            "encrypt": sealed.encrypt,
            "timeStamp": sealed.timestamp,
            "nonce": sealed.nonce,
        }


async def _body(request: web.Request) -> bytes:
    """At most BODY_BYTES that are JSON; the rest is not even looked at. Raises InboundRefused (413, 400)."""
    if (request.content_length or 0) > BODY_BYTES:
        raise InboundRefused("body is larger than 1 MiB", 413)
    body = await request.content.read(BODY_BYTES + 1)
    while len(body) <= BODY_BYTES and (more := await request.content.read(BODY_BYTES + 1 - len(body))):
        body += more
    if len(body) > BODY_BYTES:
        raise InboundRefused("body is larger than 1 MiB", 413)
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise InboundRefused("body is not JSON", 400) from error
    if not isinstance(found, dict):
        raise InboundRefused("body is not a JSON object", 400)
    return body


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
