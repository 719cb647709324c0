"""WeCom's callback envelope (signature and AES) and the encryption of aibot media.

The AES layer is wechatpy's; around it stand the checks it lacks: a constant-time signature comparison, and one error
for everything a hostile body makes it raise.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import struct
from dataclasses import dataclass

from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from wechatpy.enterprise.crypto import PrpCrypto  # type: ignore[import-untyped, unused-ignore]  # ships no types
from wechatpy.enterprise.exceptions import InvalidCorpIdException  # type: ignore[import-untyped, unused-ignore]

from bot.errors import InboundRefused, MediaRefused

BLOCK_BITS = 256
"""PKCS#7 pads to 32 bytes here, not to AES's 16 (reference §2.4)."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """An encrypted reply and what goes beside it."""

    encrypt: str
    signature: str
    timestamp: str
    nonce: str


class Envelope:
    """Opens and seals callbacks of one app. `receiver` is the corpid, or empty for an aibot."""

    def __init__(self, token: str, aes_key: str, receiver: str) -> None:
        self._token = token
        self._receiver = receiver
        self._aes = PrpCrypto(base64.b64decode(aes_key + "="))

    def signature(self, timestamp: str, nonce: str, encrypt: str) -> str:
        """sha1 over the four strings sorted byte-wise (reference §2.3), lower-case hex."""
        parts = sorted(_bytes(text) for text in (self._token, timestamp, nonce, encrypt))
        return hashlib.sha1(b"".join(parts), usedforsecurity=False).hexdigest()

    def open(self, encrypt: str, signature: str, timestamp: str, nonce: str) -> str:
        """The plaintext. Raises InboundRefused for a wrong signature, broken ciphertext or another receiver."""
        expected = self.signature(timestamp, nonce, encrypt)
        if not hmac.compare_digest(expected.encode(), _bytes(signature)):
            raise InboundRefused("msg_signature does not fit: check Token, and that no proxy changed the query")
        try:
            return str(self._aes.decrypt(encrypt, self._receiver))
        except InvalidCorpIdException as error:
            raise InboundRefused("the message is for another corpid: check corp_id") from error
        except (ValueError, IndexError, struct.error) as error:
            # What wechatpy lets through for bad base64, length, padding and UTF-8.
            raise InboundRefused("the message cannot be decrypted: check EncodingAESKey") from error

    def seal(self, text: str, timestamp: str, nonce: str) -> Sealed:
        encrypt = self._aes.encrypt(text, self._receiver).decode()
        return Sealed(encrypt, self.signature(timestamp, nonce, encrypt), timestamp, nonce)


def _bytes(text: str) -> bytes:
    """A query may carry bytes that are no UTF-8; they arrive as lone surrogates and must not crash the check."""
    return text.encode("utf-8", "surrogatepass")


def new_nonce() -> str:
    """A random nonce for something we seal ourselves."""
    return secrets.token_hex(8)


def decrypt_media(content: bytes, aes_key: str) -> bytes:
    """An aibot picture or file. `aes_key` is base64 of 32 bytes, padding optional (reference §7.4).

    Raises MediaRefused when the key or the bytes are damaged.
    """
    try:
        key = base64.b64decode(aes_key + "=" * (-len(aes_key) % 4))
        decryptor = Cipher(algorithms.AES256(key), modes.CBC(key[:16])).decryptor()
        padded = decryptor.update(content) + decryptor.finalize()
        unpadder = padding.PKCS7(BLOCK_BITS).unpadder()
        return unpadder.update(padded) + unpadder.finalize()
    except ValueError as error:
        raise MediaRefused("文件解密失败，请重新发送一次。") from error
