"""From a callback's bytes to verified plaintext: what both lines of WeCom share."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.errors import InboundRefused
from bot.platforms.base import Chat, Inbound, Kind
from bot.platforms.wecom.crypto import Envelope
from bot.platforms.wecom.xml import BadXml, parse_xml, word

PLATFORM = "wecom"

BODY_BYTES = 1024 * 1024
"""A callback carries text and ids, never media; nothing genuine comes near this."""


@dataclass(frozen=True, slots=True)
class Seal:
    """The query of a callback."""

    signature: str
    timestamp: str
    nonce: str

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Seal:
        """Raises InboundRefused (400) when a part is missing."""
        parts = [query.get(name, "") for name in ("msg_signature", "timestamp", "nonce")]
        if not all(parts):
            raise InboundRefused(
                "地址里没有 msg_signature、timestamp 或 nonce：看反向代理有没有去掉地址里的参数", status=400
            )
        return cls(*parts)

    def check_age(self, now: datetime, window: timedelta) -> None:
        """Raises InboundRefused when the timestamp is further than `window` from `now`, before or after."""
        try:
            sent = datetime.fromtimestamp(int(self.timestamp), UTC)
        except (ValueError, OverflowError, OSError) as error:
            raise InboundRefused("timestamp is not unix seconds", status=400) from error
        if abs(now - sent) > window:
            away = round(abs(now - sent).total_seconds())
            raise InboundRefused(f"时间戳与本机相差 {away} 秒，当作重放拒绝：打开时间同步（NTP）")


def open_echo(query: Mapping[str, str], envelope: Envelope, now: datetime, window: timedelta) -> str:
    """The plaintext to return to the console's URL check. Raises InboundRefused."""
    seal = Seal.of(query)
    seal.check_age(now, window)
    # A proxy that decodes the query once too often turns base64's "+" into a space.
    echo = query.get("echostr", "").replace(" ", "+")
    if not echo:
        raise InboundRefused("echostr is missing from the query", status=400)
    return envelope.open(echo, seal.signature, seal.timestamp, seal.nonce)


def open_xml(body: bytes, query: Mapping[str, str], envelope: Envelope, now: datetime, window: timedelta) -> str:
    """The inner XML of a self-built app's callback. Raises InboundRefused."""
    seal = Seal.of(query)
    seal.check_age(now, window)
    try:
        encrypt = word(parse_xml(body), "Encrypt")
    except BadXml as error:
        raise InboundRefused(f"the body is not WeCom's envelope: {error}", status=400) from error
    return _opened(encrypt, seal, envelope)


def open_json(body: bytes, query: Mapping[str, str], envelope: Envelope, now: datetime, window: timedelta) -> str:
    """The inner JSON of an aibot's callback. Raises InboundRefused."""
    seal = Seal.of(query)
    seal.check_age(now, window)
    try:
        outer = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise InboundRefused("the body is not JSON", status=400) from error
    encrypt = outer.get("encrypt") if isinstance(outer, dict) else None
    return _opened(encrypt if isinstance(encrypt, str) else "", seal, envelope)


def unreadable(app: str, raw: str, now: datetime) -> Inbound:
    """Authentic bytes that we cannot read: kept as they are, under a key a repeat has again."""
    return Inbound(PLATFORM, app, fingerprint(raw), Kind.UNSUPPORTED, "", Chat(""), now, text=raw)


def fingerprint(plain: str) -> str:
    """Key of an event: WeCom gives events no id, and FromUserName+CreateTime swallows two presses in one second."""
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()[:40]


def _opened(encrypt: str, seal: Seal, envelope: Envelope) -> str:
    if not encrypt:
        raise InboundRefused("内容没有加密：后台的接收方式要选加密的", status=400)
    return envelope.open(encrypt, seal.signature, seal.timestamp, seal.nonce)
