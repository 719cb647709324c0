"""Signatures and the event envelope of DingTalk.

Robot calls by HTTP are signed with the app secret, card callbacks with the secret of their registration; neither
signature covers the body, so both stand on HTTPS. Subscribed events are AES-256-CBC with a SHA-1 signature over the
ciphertext. Source: open.dingtalk.com, "机器人接收消息", "配置 HTTP 推送", "事件订阅加解密".
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from bot.errors import InboundRefused

WINDOW = timedelta(hours=1)
"""How far a signed timestamp may lie from now ("1 小时" in DingTalk's robot documentation)."""

BLOCK = 32
"""PKCS#7 block size of the event envelope; larger than AES's own 16."""

RANDOM_BYTES = 16
LENGTH_BYTES = 4


def robot_signature(timestamp: str, secret: str) -> str:
    """`sign` header of a robot call: base64(HMAC-SHA256(secret, timestamp + "\\n" + secret))."""
    return _hmac(secret, f"{timestamp}\n{secret}")


def card_signature(timestamp: str, secret: str) -> str:
    """`x-ddpaas-signature` header of a card callback: base64(HMAC-SHA256(apiSecret, timestamp))."""
    return _hmac(secret, timestamp)


def check_robot(timestamp: str, signature: str, secret: str, now: datetime) -> None:
    """Raises InboundRefused (401) unless the robot call is signed by DingTalk within the last or next hour."""
    check_time(timestamp, now)
    _same(signature, robot_signature(timestamp, secret), "robot")


def check_card(timestamp: str, signature: str, secret: str, now: datetime) -> None:
    """Raises InboundRefused (401) unless the card callback is signed with the secret of its registration."""
    if not secret:
        raise InboundRefused("card callback by HTTP without card_api_secret in the settings", 403)
    check_time(timestamp, now)
    _same(signature, card_signature(timestamp, secret), "card")


def check_time(timestamp: str, now: datetime) -> None:
    """`timestamp` is in milliseconds. Raises InboundRefused (401) when it is none or too far from `now`."""
    if not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > 16:
        raise InboundRefused("timestamp is missing or not a number")
    if abs(int(timestamp) / 1000 - now.timestamp()) > WINDOW.total_seconds():
        raise InboundRefused("timestamp is more than an hour from our clock")


@dataclass(frozen=True, slots=True)
class Sealed:
    """An encrypted event or answer as it travels."""

    encrypt: str
    signature: str
    timestamp: str
    nonce: str


class EventCipher:
    """Opens and seals event envelopes: 16 random bytes, 4-byte big-endian length, message, owner key."""

    def __init__(self, token: str, aes_key: str, owner: str) -> None:
        """`owner` is the app key for an internal app. Raises ValueError for a key that is not 43 base64 characters."""
        self._token = token
        self._owner = owner.encode()
        self._key = base64.b64decode(aes_key + "=", validate=True)
        if len(self._key) != BLOCK:
            raise ValueError("aes_key must be 43 base64 characters")

    def signature(self, timestamp: str, nonce: str, encrypt: str) -> str:
        """Lower-case hex SHA-1 of the four strings sorted and joined."""
        joined = "".join(sorted((self._token, timestamp, nonce, encrypt)))
        return hashlib.sha1(joined.encode(), usedforsecurity=False).hexdigest()

    def open(self, sealed: Sealed) -> bytes:
        """The message inside. Raises InboundRefused: 401 for a wrong signature, 400 for what does not decrypt."""
        _same(sealed.signature, self.signature(sealed.timestamp, sealed.nonce, sealed.encrypt), "event")
        plain = _unpad(self._decrypt(sealed.encrypt))
        start = RANDOM_BYTES + LENGTH_BYTES
        size = int.from_bytes(plain[RANDOM_BYTES:start], "big")
        if len(plain) < start or plain[start + size :] != self._owner:
            raise InboundRefused("event is for another app", 400)
        return plain[start : start + size]

    def seal(self, message: bytes, timestamp: str, nonce: str) -> Sealed:
        """`message` as DingTalk wants it back (and as it sends it)."""
        plain = os.urandom(RANDOM_BYTES) + len(message).to_bytes(LENGTH_BYTES, "big") + message + self._owner
        pad = BLOCK - len(plain) % BLOCK
        writer = self._cipher().encryptor()
        encrypt = base64.b64encode(writer.update(plain + bytes([pad]) * pad) + writer.finalize()).decode()
        return Sealed(encrypt, self.signature(timestamp, nonce, encrypt), timestamp, nonce)

    def _decrypt(self, encrypt: str) -> bytes:
        try:
            cipher = base64.b64decode(encrypt, validate=True)
        except (binascii.Error, ValueError) as error:
            raise InboundRefused("encrypt is not base64", 400) from error
        if not cipher or len(cipher) % 16:
            raise InboundRefused("encrypt is not whole AES blocks", 400)
        reader = self._cipher().decryptor()
        return reader.update(cipher) + reader.finalize()

    def _cipher(self) -> Cipher[modes.CBC]:
        return Cipher(algorithms.AES(self._key), modes.CBC(self._key[:16]))


def _unpad(plain: bytes) -> bytes:
    pad = plain[-1]
    if not 1 <= pad <= BLOCK or not plain.endswith(bytes([pad]) * pad):
        raise InboundRefused("event padding is wrong", 400)
    return plain[:-pad]


def _hmac(secret: str, message: str) -> str:
    return base64.b64encode(hmac.digest(secret.encode(), message.encode(), "sha256")).decode()


def _same(given: str, right: str, what: str) -> None:
    if not hmac.compare_digest(given.encode("utf-8", "replace"), right.encode()):
        raise InboundRefused(f"{what} signature is wrong")
