"""WeCom's callback envelope (signature and AES) and the encryption of aibot media.

wechatpy seals. Opening is done here, because wechatpy checks neither the padding nor the length inside: for an aibot,
whose receiver is empty, it takes a message whose length points beyond its end. One error stands for everything a
hostile body may hold.
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
        self._key = base64.b64decode(aes_key + "=")
        self._aes = PrpCrypto(self._key)

    def signature(self, timestamp: str, nonce: str, encrypt: str) -> str:
        """sha1 over the four strings sorted byte-wise (reference §2.3), lower-case hex."""
        parts = sorted(_bytes(text) for text in (self._token, timestamp, nonce, encrypt))
        return hashlib.sha1(b"".join(parts), usedforsecurity=False).hexdigest()

    def open(self, encrypt: str, signature: str, timestamp: str, nonce: str) -> str:
        """The plaintext. Raises InboundRefused for a wrong signature, broken ciphertext or another receiver."""
        expected = self.signature(timestamp, nonce, encrypt)
        if not hmac.compare_digest(expected.encode(), _bytes(signature)):
            raise InboundRefused("msg_signature 对不上：核对 Token，看反向代理有没有改动地址里的参数")
        try:
            text, receiver = _unpacked(_decrypted(base64.b64decode(encrypt), self._key))
        except (ValueError, struct.error) as error:
            raise InboundRefused("消息解不开：核对 EncodingAESKey") from error
        if receiver != self._receiver:
            raise InboundRefused("消息是发给另一个 corpid 的：核对 corp_id")
        return text

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
        return _decrypted(content, base64.b64decode(aes_key + "=" * (-len(aes_key) % 4)))
    except ValueError as error:
        raise MediaRefused("文件解密失败，请重新发送一次。") from error


def _decrypted(content: bytes, key: bytes) -> bytes:
    """Raises ValueError for bytes that are no whole blocks, and for wrong padding."""
    decryptor = Cipher(algorithms.AES256(key), modes.CBC(key[:16])).decryptor()
    padded = decryptor.update(content) + decryptor.finalize()
    unpadder = padding.PKCS7(BLOCK_BITS).unpadder()
    return unpadder.update(padded) + unpadder.finalize()


def _unpacked(plain: bytes) -> tuple[str, str]:
    """(text, receiver) behind sixteen random bytes and the text's length. Raises ValueError and struct.error."""
    (length,) = struct.unpack(">I", plain[16:20])
    text, receiver = plain[20 : 20 + length], plain[20 + length :]
    if len(text) != length:
        raise ValueError("the length inside points beyond the end")
    return text.decode(), receiver.decode()
