"""From the bytes of a callback to the event inside, once it is sure that Feishu sent them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.errors import InboundRefused
from bot.platforms.feishu.crypto import Undecryptable, decrypt, same, signature
from bot.platforms.feishu.settings import FeishuSettings
from bot.platforms.feishu.storable import clean, storable

MAX_BODY = 1024 * 1024
"""No event of Feishu's comes near 1 MiB; what does is not worth decrypting."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """An authentic event: its JSON (empty when the plaintext is no JSON object), and the text it was parsed from."""

    fields: dict[str, Any]
    raw: str

    @property
    def challenge(self) -> str | None:
        """What the console wants echoed when the callback address is saved; None for every other event."""
        return str(self.fields.get("challenge", "")) if self.fields.get("type") == "url_verification" else None

    @property
    def tenant(self) -> str:
        """The company it happened in; empty when the event does not say."""
        header = self.fields.get("header")
        return str(header.get("tenant_key") or "") if isinstance(header, dict) else ""


def open_envelope(body: bytes, headers: Mapping[str, str], settings: FeishuSettings, now: datetime) -> Envelope:
    """The event in a signed and encrypted callback. `headers` is case-insensitive (aiohttp's is).

    Raises:
        InboundRefused: 413 too large, 400 not JSON, 401 for everything that is not provably Feishu's: plain where
            ciphertext is due, wrong or missing signature, outside the time window, another app, wrong token.
    """
    if len(body) > MAX_BODY:
        raise InboundRefused("body over 1 MiB", 413)
    outer = _json_object(body)
    encrypted = outer.get("encrypt")
    if not isinstance(encrypted, str):
        raise InboundRefused("plain body where ciphertext is due")
    signed = _check_signature(body, headers, settings, now)
    envelope = _decrypted(encrypted, settings)
    # The address check of the console is the one thing Feishu does not sign; it is answered, never handed on.
    if not signed and envelope.challenge is None:
        raise InboundRefused("not signed")
    if envelope.fields:
        _check_addressee(envelope.fields, settings)
    return envelope


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        outer = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise InboundRefused("not JSON", 400) from error
    if not isinstance(outer, dict):
        raise InboundRefused("not a JSON object", 400)
    return outer


def _check_signature(body: bytes, headers: Mapping[str, str], settings: FeishuSettings, now: datetime) -> bool:
    """True: signed and fresh; False: no signature at all. Raises InboundRefused for a wrong or old one."""
    given = headers.get("X-Lark-Signature", "")
    if not given:
        return False
    timestamp, nonce = headers.get("X-Lark-Request-Timestamp", ""), headers.get("X-Lark-Request-Nonce", "")
    if not same(given, signature(timestamp, nonce, settings.encrypt_key.get_secret_value(), body)):
        raise InboundRefused("wrong signature")
    try:
        at = datetime.fromtimestamp(int(timestamp), UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise InboundRefused("signature without a time") from error
    if not now - settings.signature_age <= at <= now + settings.signature_ahead:
        raise InboundRefused(f"signature of {at.isoformat()} is outside the time window")
    return True


def _decrypted(encrypted: str, settings: FeishuSettings) -> Envelope:
    try:
        plain = decrypt(encrypted, settings.encrypt_key.get_secret_value())
        plain.decode()  # one wrong key in 256 leaves a valid padding, but never valid UTF-8
    except (Undecryptable, UnicodeDecodeError) as error:
        raise InboundRefused("not decryptable") from error
    return parse(plain)


def parse(authentic: bytes) -> Envelope:
    """The event in bytes that are certainly Feishu's. What is no JSON object keeps its text and has no fields."""
    raw = storable(authentic.decode("utf-8", "replace"))
    try:
        fields = clean(json.loads(raw))
    except (ValueError, RecursionError):
        fields = None
    return Envelope(fields if isinstance(fields, dict) else {}, raw)


def _check_addressee(fields: Mapping[str, Any], settings: FeishuSettings) -> None:
    header = fields.get("header")
    header = header if isinstance(header, dict) else {}
    app_id = header.get("app_id")
    if app_id is not None and app_id != settings.app_id:
        raise InboundRefused("meant for another app")
    token = settings.verification_token.get_secret_value()
    if token and not same(str(header.get("token", fields.get("token", ""))), token):
        raise InboundRefused("wrong verification token")
