"""An aibot's callback whose inner length points beyond its end was taken as if it were whole.

The receiver behind the text is empty for an aibot, and behind the end there is nothing either: the two looked alike.
"""

from __future__ import annotations

import base64
import struct

import pytest

from bot.errors import InboundRefused
from bot.platforms.wecom.crypto import Envelope
from tests.emulators.wecom import crypt

KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"


@pytest.mark.parametrize("receiver", ["", "ww0123456789abcdef"])
@pytest.mark.parametrize("length", [3, 200, 2**31, 2**32 - 1])
def test_length_beyond_the_end_is_refused(receiver: str, length: int) -> None:
    envelope = Envelope("QDG6eK", KEY, receiver)
    plain = bytes(16) + struct.pack(">I", length) + b"{}"
    encrypt = base64.b64encode(crypt.encrypt_bytes(plain, base64.b64decode(KEY + "="))).decode()
    with pytest.raises(InboundRefused, match="解不开"):
        envelope.open(encrypt, envelope.signature("1", "2", encrypt), "1", "2")


@pytest.mark.parametrize("pads", [bytes([0]), bytes([33]), bytes([5, 4, 3]), bytes([1, 32])])
def test_padding_that_is_none_is_refused(pads: bytes) -> None:
    envelope = Envelope("QDG6eK", KEY, "")
    body = bytes(16) + struct.pack(">I", 2) + b"{}"
    whole = body + bytes(-(len(body) + len(pads)) % 32) + pads
    cipher = crypt.encrypt_bytes(whole, base64.b64decode(KEY + "="))[: len(whole)]
    encrypt = base64.b64encode(cipher).decode()
    with pytest.raises(InboundRefused, match="解不开"):
        envelope.open(encrypt, envelope.signature("1", "2", encrypt), "1", "2")
