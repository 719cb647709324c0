"""WeCom's envelope from the platform's side, written apart from the product's so that the two can disagree."""

from __future__ import annotations

import base64
import hashlib
import secrets
import struct

from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes


def sign(token: str, timestamp: str, nonce: str, encrypt: str) -> str:
    return hashlib.sha1("".join(sorted([token, timestamp, nonce, encrypt])).encode()).hexdigest()


def encrypt(text: str, aes_key: str, receiver: str, prefix: bytes | None = None) -> str:
    """base64(AES-256-CBC(16 random bytes + length + text + receiver)), padded to 32 bytes."""
    raw = text.encode()
    plain = (prefix or secrets.token_bytes(16)) + struct.pack(">I", len(raw)) + raw + receiver.encode()
    return base64.b64encode(encrypt_bytes(plain, base64.b64decode(aes_key + "="))).decode()


def decrypt(cipher: str, aes_key: str) -> tuple[str, str]:
    """(text, receiver). Raises ValueError when it is damaged."""
    plain = decrypt_bytes(base64.b64decode(cipher), base64.b64decode(aes_key + "="))
    (length,) = struct.unpack(">I", plain[16:20])
    if 20 + length > len(plain):
        raise ValueError("length beyond the buffer")
    return plain[20 : 20 + length].decode(), plain[20 + length :].decode()


def encrypt_bytes(plain: bytes, key: bytes) -> bytes:
    padder = padding.PKCS7(256).padder()
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return encryptor.update(padder.update(plain) + padder.finalize()) + encryptor.finalize()


def decrypt_bytes(cipher: bytes, key: bytes) -> bytes:
    decryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
    unpadder = padding.PKCS7(256).unpadder()
    padded = decryptor.update(cipher) + decryptor.finalize()
    return unpadder.update(padded) + unpadder.finalize()
