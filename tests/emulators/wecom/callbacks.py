"""The platform calling us: signed, encrypted, impatient, repeating (reference §2)."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import aiohttp

from bot.clock import Clock
from tests.emulators.wecom import crypt

PATIENCE = timedelta(seconds=5)
CHECK_PATIENCE = timedelta(seconds=1)
TRIES = 3


@dataclass(slots=True)
class Outcome:
    """What became of one callback: the status of each try (0: no answer in time), and the decrypted reply, if any."""

    plain: str
    statuses: list[int] = field(default_factory=list)
    reply: str = ""

    @property
    def accepted(self) -> bool:
        return bool(self.statuses) and self.statuses[-1] == 200


@dataclass(frozen=True, slots=True)
class Target:
    """Where an app or robot wants to be called, and with which secrets."""

    url: str
    token: str
    aes_key: str
    receiver: str
    json: bool = False


class Callbacks:
    """Delivers callbacks. `copies` > 1 repeats each accepted one; `held` collects them for another order."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._session: aiohttp.ClientSession | None = None
        self._nonce = ""
        self.copies = 1
        self.held: list[tuple[Target, str]] | None = None
        self.outcomes: list[Outcome] = []

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def verify(self, target: Target) -> tuple[int, str]:
        """The console's URL check: (status, "ok" or what was answered instead); status 0 after a second without answer."""
        echo = secrets.token_hex(10)
        query, cipher = self.seal(target, echo)
        status, body = await self._in_time(self._get(target.url, query | {"echostr": cipher}), CHECK_PATIENCE)
        return status, "ok" if body == echo.encode() else body.decode(errors="replace")

    async def push(self, target: Target, plain: str, *, tries: int = TRIES) -> Outcome:
        """Delivers `plain` until it is answered 200, at most `tries` times."""
        if self.held is not None:
            self.held.append((target, plain))
            return Outcome(plain)
        outcome = Outcome(plain)
        self.outcomes.append(outcome)
        copies = self.copies
        while copies > 0 and len(outcome.statuses) < tries * self.copies:
            status, body = await self._try(target, plain)
            outcome.statuses.append(status)
            copies -= status == 200
            outcome.reply = _reply(target, body, self._nonce) if status == 200 and body else outcome.reply
        return outcome

    async def release(self, *, backwards: bool = False) -> list[Outcome]:
        """Delivers what was held, the last first if asked."""
        held, self.held = self.held or [], None
        return [await self.push(target, plain) for target, plain in (reversed(held) if backwards else held)]

    async def _try(self, target: Target, plain: str) -> tuple[int, bytes]:
        """(status, body); 0 when nothing came in time. Timestamp, nonce and ciphertext are new each time.

        A connection that is refused or dies is tried again no sooner than one that is slow: what is documented is the
        patience, and that users see about 15 s for all three.
        """
        query, cipher = self.seal(target, plain)
        self._nonce = query["nonce"]
        return await self._in_time(self._call(target, query, cipher), PATIENCE)

    async def _in_time(self, calling: Coroutine[Any, Any, tuple[int, bytes]], most: timedelta) -> tuple[int, bytes]:
        """The call's answer; (0, b"") when it does not come within `most`, and then nobody listens any more."""
        call, patience = asyncio.ensure_future(calling), asyncio.ensure_future(self._clock.sleep(most))
        waiting: list[asyncio.Future[Any]] = [call, patience]
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        if call.done() and call.exception() is not None:
            await patience
        for one in waiting:
            one.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        answered = call.done() and not call.cancelled() and call.exception() is None
        return call.result() if answered else (0, b"")

    async def _get(self, url: str, query: dict[str, str]) -> tuple[int, bytes]:
        async with self._client().get(url, params=query) as answer:
            return answer.status, await answer.read()

    async def _call(self, target: Target, query: dict[str, str], cipher: str) -> tuple[int, bytes]:
        async with self._client().post(target.url, params=query, data=envelope(target, cipher)) as answer:
            return answer.status, await answer.read()

    def seal(self, target: Target, plain: str) -> tuple[dict[str, str], str]:
        timestamp, nonce = str(int(self._clock.now().timestamp())), secrets.token_hex(5)
        cipher = crypt.encrypt(plain, target.aes_key, target.receiver)
        signature = crypt.sign(target.token, timestamp, nonce, cipher)
        return {"msg_signature": signature, "timestamp": timestamp, "nonce": nonce}, cipher

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession()
        return self._session


def envelope(target: Target, cipher: str) -> str:
    if target.json:
        return json.dumps({"encrypt": cipher})
    return xml({"ToUserName": target.receiver, "Encrypt": cipher, "AgentID": "0"})


def _reply(target: Target, body: bytes, asked: str) -> str:
    """The plaintext of a reply; checks its signature as the platform would. `asked` is the nonce of the callback."""
    if target.json:
        sealed = json.loads(body)
        cipher, signature = sealed["encrypt"], sealed["msgsignature"]
        timestamp, nonce = str(sealed["timestamp"]), sealed["nonce"]
        assert nonce == asked, "an aibot's reply must carry the nonce of the request"
    else:
        root = ElementTree.fromstring(body)
        cipher, signature, timestamp, nonce = (
            root.findtext(name) or "" for name in ("Encrypt", "MsgSignature", "TimeStamp", "Nonce")
        )
    assert crypt.sign(target.token, timestamp, nonce, cipher) == signature, "the reply's signature does not fit"
    text, receiver = crypt.decrypt(cipher, target.aes_key)
    assert receiver == target.receiver, "the reply is for somebody else"
    return text


def xml(fields: dict[str, Any]) -> str:
    """WeCom's XML: text in CDATA, numbers bare, lists as repeated elements, dicts nested."""
    return f"<xml>{_inner(fields)}</xml>"


def _inner(fields: dict[str, Any]) -> str:
    made = []
    for name, value in fields.items():
        for one in value if isinstance(value, list) else [value]:
            made.append(f"<{name}>{_value(one)}</{name}>")
    return "".join(made)


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return _inner(value)
    if isinstance(value, int | float):
        return str(value)
    return "<![CDATA[" + str(value).replace("]]>", "]]]]><![CDATA[>") + "]]>"
