"""Pushes envelopes to the app's callback address, encrypted and signed; checks the address as the console does."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from datetime import timedelta
from typing import Any

import aiohttp
from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from tests.emulators.feishu.delivery import Outcome, within_time
from tests.emulators.feishu.world import World

CHALLENGE_WITHIN = timedelta(seconds=1)


def encrypted(plain: bytes, key: str, iv: bytes | None = None) -> str:
    iv = iv or os.urandom(16)
    pad = padding.PKCS7(128).padder()
    lock = Cipher(algorithms.AES(hashlib.sha256(key.encode()).digest()), modes.CBC(iv)).encryptor()
    return base64.b64encode(iv + lock.update(pad.update(plain) + pad.finalize()) + lock.finalize()).decode()


def signed(world: World, body: bytes, *, timestamp: int | None = None) -> dict[str, str]:
    """The three headers of a push, now by the world's clock."""
    stamp = str(int(world.clock.now().timestamp()) if timestamp is None else timestamp)
    nonce = world.new("nonce")
    digest = hashlib.sha256((stamp + nonce + world.app.encrypt_key).encode() + body).hexdigest()
    return {"X-Lark-Request-Timestamp": stamp, "X-Lark-Request-Nonce": nonce, "X-Lark-Signature": digest}


def request_of(world: World, envelope: dict[str, Any]) -> tuple[bytes, dict[str, str]]:
    """Body and headers of one push; in the clear and unsigned where the app has no key."""
    plain = json.dumps(envelope, ensure_ascii=False).encode()
    if not world.app.encrypt_key:
        return plain, {"Content-Type": "application/json;charset=utf-8"}
    body = json.dumps({"encrypt": encrypted(plain, world.app.encrypt_key)}).encode()
    return body, {"Content-Type": "application/json;charset=utf-8", **signed(world, body)}


class Webhook:
    def __init__(self, world: World) -> None:
        self.world = world
        self._session: aiohttp.ClientSession | None = None

    @property
    def session(self) -> aiohttp.ClientSession:
        self._session = self._session or aiohttp.ClientSession()
        return self._session

    async def carry(self, envelope: dict[str, Any]) -> Outcome:
        body, headers = request_of(self.world, envelope)
        return await within_time(self.world, self._post(body, headers))

    async def verify(self) -> bool:
        """What saving the address in the console does: a challenge that must come back. It is not signed."""
        challenge = self.world.new("challenge")
        asked = {"challenge": challenge, "token": self.world.app.verification_token, "type": "url_verification"}
        key, plain = self.world.app.encrypt_key, json.dumps(asked).encode()
        body = json.dumps({"encrypt": encrypted(plain, key)}).encode() if key else plain
        posting = self._post(body, {"Content-Type": "application/json;charset=utf-8"})
        outcome = await within_time(self.world, posting, CHALLENGE_WITHIN)
        return outcome.accepted and json.loads(outcome.answer) == {"challenge": challenge}

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def _post(self, body: bytes, headers: dict[str, str]) -> Outcome:
        try:
            url = self.world.app.callback_url
            async with self.session.post(url, data=body, headers=headers, allow_redirects=False) as response:
                answer = await response.read()
        except aiohttp.ClientConnectionError:
            return Outcome(False, error=200342)
        return Outcome(response.status == 200, answer, 0 if response.status == 200 else 200671)
