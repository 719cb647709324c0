"""Where the long connection is to be opened, and why Feishu would not have it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp

from bot.errors import Credentials, DeliveryError, RetryAfter
from bot.platforms.feishu.settings import FeishuSettings
from bot.platforms.http import Http

PING_EVERY = timedelta(seconds=120)
BUSY_CODES = frozenset({1, 1000040343, 1000040345})
TOO_MANY = "1000040350"


@dataclass(frozen=True, slots=True)
class Endpoint:
    url: str
    service: int
    ping_every: timedelta


async def discover(http: Http, settings: FeishuSettings) -> Endpoint:
    """Asks for an address. Raises RetryAfter (busy) or Credentials (the app may not, or its secret is wrong)."""
    secret = {"AppID": settings.app_id, "AppSecret": settings.app_secret.get_secret_value()}
    reply = await http.call("POST", f"{settings.base_url}/callback/ws/endpoint", json=secret, headers={"locale": "zh"})
    answer = reply.json()
    code = answer.get("code")
    if code in BUSY_CODES or reply.status >= 500:
        raise RetryAfter(f"long connection: code {code} {answer.get('msg', '')}")
    if code != 0:
        raise Credentials(
            f"飞书不给长连接地址（code {code} {answer.get('msg', '')}）。请核对 App ID 和 App Secret；"
            "长连接只用于企业自建应用，并要在「事件与回调」里选「使用长连接接收」"
        )
    return _endpoint(answer.get("data") or {}, settings)


def ping_interval(config: Mapping[str, Any], known: timedelta) -> timedelta:
    """The heartbeat a ClientConfig asks for; `known` where it says nothing sensible."""
    seconds = config.get("PingInterval")
    return timedelta(seconds=seconds) if isinstance(seconds, int) and 1 <= seconds <= 3600 else known


def config_in(payload: bytes) -> Mapping[str, Any]:
    """The ClientConfig a pong may carry; empty when it carries none."""
    try:
        config = json.loads(payload or b"{}")
    except ValueError:
        return {}
    return config if isinstance(config, dict) else {}


def refusal(error: aiohttp.WSServerHandshakeError) -> DeliveryError:
    """What a refused handshake means; Feishu explains itself in headers of its own."""
    headers: Mapping[str, str] = error.headers or {}
    status, why = headers.get("Handshake-Status", str(error.status)), headers.get("Handshake-Msg", "")
    if headers.get("Handshake-Autherrcode") == TOO_MANY:
        return RetryAfter(f"too many long connections for this app: {why}", timedelta(minutes=1))
    if status == "403":
        return Credentials(f"飞书拒绝了长连接（{status} {why}）。请确认应用已启用，并已发布版本")
    return RetryAfter(f"long connection refused: {status} {why}")


def _endpoint(data: Mapping[str, Any], settings: FeishuSettings) -> Endpoint:
    url = str(data.get("URL", ""))
    parts = urlsplit(url)
    secure = parts.scheme == "wss" or (parts.scheme == "ws" and settings.base_url.startswith("http://"))
    service = parse_qs(parts.query).get("service_id", [""])[0]
    if not secure or not service.isdecimal():
        raise RetryAfter(f"long connection: no usable address ({parts.scheme}://{parts.hostname})")
    return Endpoint(url, int(service), ping_interval(data.get("ClientConfig") or {}, PING_EVERY))
