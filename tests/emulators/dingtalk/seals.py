"""DingTalk's side of signatures and envelopes, written from its documentation apart from the adapter's."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import struct

from Crypto.Cipher import AES


def robot_sign(stamp: str, app_secret: str) -> str:
    mac = hmac.new(app_secret.encode(), digestmod=hashlib.sha256)
    mac.update(stamp.encode() + b"\n" + app_secret.encode())
    return base64.b64encode(mac.digest()).decode("ascii")


def card_sign(stamp: str, api_secret: str) -> str:
    return base64.b64encode(hmac.new(api_secret.encode(), stamp.encode(), hashlib.sha256).digest()).decode("ascii")


def event_sign(token: str, stamp: str, nonce: str, encrypt: str) -> str:
    return hashlib.sha1("".join(sorted([token, stamp, nonce, encrypt])).encode()).hexdigest()


def encrypt(aes_key: str, owner: str, message: bytes) -> str:
    key = base64.b64decode(aes_key + "=")
    plain = secrets.token_bytes(16) + struct.pack(">I", len(message)) + message + owner.encode()
    pad = 32 - len(plain) % 32
    return base64.b64encode(AES.new(key, AES.MODE_CBC, key[:16]).encrypt(plain + bytes([pad] * pad))).decode("ascii")


def decrypt(aes_key: str, owner: str, sealed: str) -> bytes:
    """The message; raises ValueError for one that is not sealed for `owner`."""
    key = base64.b64decode(aes_key + "=")
    plain = AES.new(key, AES.MODE_CBC, key[:16]).decrypt(base64.b64decode(sealed))
    plain = plain[: -plain[-1]]
    (size,) = struct.unpack(">I", plain[16:20])
    if plain[20 + size :] != owner.encode():
        raise ValueError("sealed for another app")
    return plain[20 : 20 + size]
