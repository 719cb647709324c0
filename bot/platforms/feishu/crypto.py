"""Feishu's encryption and signature of pushed events (open platform docs, "Encrypt Key").

`encrypt` = base64(iv ‖ AES-256-CBC(SHA-256(encrypt key), iv, PKCS7(plaintext))), the iv being the first 16 bytes.
The signature is hex SHA-256 over timestamp ‖ nonce ‖ encrypt key ‖ raw body.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 16


class Undecryptable(ValueError):
    """Not a ciphertext of this key. Says no more: which step failed would help somebody who guesses."""


def cipher_key(encrypt_key: str) -> bytes:
    """The 32 bytes AES works with."""
    return hashlib.sha256(encrypt_key.encode()).digest()


def decrypt(encrypted: str, encrypt_key: str) -> bytes:
    """The plaintext of an `encrypt` field. Raises Undecryptable."""
    try:
        whole = base64.b64decode(encrypted, validate=True)
        unlock = Cipher(algorithms.AES(cipher_key(encrypt_key)), modes.CBC(whole[:BLOCK])).decryptor()
        padded = unlock.update(whole[BLOCK:]) + unlock.finalize()
        unpad = padding.PKCS7(BLOCK * 8).unpadder()
        return unpad.update(padded) + unpad.finalize()
    except ValueError as error:
        raise Undecryptable("not a ciphertext of this key") from error


def signature(timestamp: str, nonce: str, encrypt_key: str, body: bytes) -> str:
    """What `X-Lark-Signature` must be, lower-case hex."""
    # Headers may carry any byte; Python keeps what is not UTF-8 as surrogates.
    return hashlib.sha256((timestamp + nonce + encrypt_key).encode("utf-8", "surrogateescape") + body).hexdigest()


def same(given: str, expected: str) -> bool:
    """Compares in constant time, whatever characters were given."""
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), expected.encode("utf-8", "surrogatepass"))
