"""The callback address: POST takes events and presses, GET tells a person with a browser that the address is right."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web

from bot.clock import Clock
from bot.errors import InboundRefused
from bot.platforms.base import Sink
from bot.platforms.feishu.envelope import MAX_BODY, Envelope, open_envelope
from bot.platforms.feishu.health import Health
from bot.platforms.feishu.inbound import event_type
from bot.platforms.feishu.receive import Receiver
from bot.platforms.feishu.settings import FeishuSettings

log = structlog.get_logger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def taking(settings: FeishuSettings, receiver: Receiver, clock: Clock, health: Health, sink: Sink) -> Handler:
    """The POST handler of one app. An event is answered 200 only after `sink` returned."""

    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            body = await _body(request)
            envelope = open_envelope(body, request.headers, settings, clock.now())
        except InboundRefused as refused:
            health.refused += 1
            log.warning("callback.refused", reason=str(refused), status=refused.status, remote=request.remote)
            # One answer for every reason: which check failed is nobody's business but the log's.
            return web.json_response({"msg": "refused"}, status=refused.status)
        if envelope.challenge is not None:
            return web.json_response({"challenge": envelope.challenge})
        await receiver.take(envelope, sink)
        return web.json_response(answer_to(envelope))

    return handle


async def look(request: web.Request) -> web.StreamResponse:
    """For the admin who opens the address to see whether it reaches us."""
    return web.Response(text="跟进：这是飞书的回调地址，能打开说明网络是通的。请把它填到「事件与回调」里。")


def answer_to(envelope: Envelope) -> dict[str, str]:
    """What Feishu wants back. A press must get `{}` (the card stays as it is); the answer to an event is not read."""
    return {} if event_type(envelope) == "card.action.trigger" else {"msg": "success"}


async def _body(request: web.Request) -> bytes:
    """The raw body. Raises InboundRefused (413) before more than the limit is in memory."""
    if (request.content_length or 0) > MAX_BODY:
        raise InboundRefused("body over 1 MiB", 413)
    body = bytearray()
    async for chunk in request.content.iter_chunked(64 * 1024):
        body += chunk
        if len(body) > MAX_BODY:
            raise InboundRefused("body over 1 MiB", 413)
    return bytes(body)
