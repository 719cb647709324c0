"""Makes a message ready for its handler: media fetched and kept under their hash, speech turned into words.

This is the slow part and holds no transaction. What it finds is kept, so that a retry repeats nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot.context import Message
from bot.errors import Credentials, MediaRefused, Permanent
from bot.platforms.base import Address, Annotates, Hints, Inbound, Kind, MediaRef, Platform
from bot.platforms.media import as_media, is_sound
from bot.proposals import proposals_for
from bot.services import Services
from cards.texts import say
from storage import attachments, outbox, people
from storage.outbox import Push, Receiver
from storage.pictures import examine
from storage.tables import Attachment, TranscriptRow
from transcription.transcript import Transcript, from_plain

log = structlog.get_logger()


class Intake:
    def __init__(self, services: Services) -> None:
        self._services = services

    async def ready(self, inbound: Inbound) -> Message:
        """The message with its media kept and its speech as text. Media that is no use becomes a `problem` in words."""
        message = await self._taken_in(inbound)
        if message.problem:
            return message
        return replace(message, proposals=await self._proposed(inbound, message))

    async def _proposed(self, inbound: Inbound, message: Message) -> Mapping[str, Any]:
        """What may be wrong with the language model is never a message's trouble."""
        if not self._services.proposals.model:
            return {}
        try:
            async with self._services.aside():
                return await proposals_for(self._services, inbound, message.text, message.transcript)
        except Exception as error:  # noqa: BLE001 - a proposal is worth no message
            log.warning("no proposals", error=type(error).__name__)
            return {}

    async def _taken_in(self, inbound: Inbound) -> Message:
        try:
            kept = [await self._keep(inbound, ref) for ref in inbound.media]
        except (MediaRefused, Permanent, Credentials) as error:
            if words := "".join(ref.words for ref in inbound.media):
                log.warning("recording not to be had", error=str(error))
                return Message(words)  # what the platform itself heard is better than asking again
            if not isinstance(error, MediaRefused):
                raise
            return Message(inbound.text, problem=str(error))
        if not kept or not _is_spoken(inbound, kept[0]):
            return Message(inbound.text, attachments=tuple(kept))
        transcript = await self._listen(inbound, kept[0].sha256)
        spoken = transcript.text or inbound.media[0].words
        await self._annotate(inbound, spoken)
        return Message(
            spoken,
            transcript,
            kept[0].sha256,
            tuple(kept),
            "" if spoken else transcript.problem or "没听清，能再说一遍吗？",
        )

    async def _keep(self, inbound: Inbound, ref: MediaRef) -> Attachment:
        services = self._services
        fetched = await self._platform(inbound).client.fetch(ref)
        media = as_media(
            fetched.content,
            kind=ref.kind,
            name=ref.name or fetched.name,
            mime=fetched.mime,
            limit=services.settings.media_bytes,
        )
        sha256 = await services.attachments.put(media.content, name=media.name, mime=media.mime)
        picture = await asyncio.to_thread(examine, media.content) if ref.kind == "photo" else None
        async with services.db.write() as tx:
            sender = await people.by_identity(tx, inbound.platform, inbound.app, inbound.sender)
            row = Attachment(
                sha256=sha256,
                kind="voice" if is_sound(media.content, media.name) else ref.kind,
                name=media.name[:200],
                mime=media.mime[:64],
                size=len(media.content),
                seconds=ref.seconds,
                fingerprint=picture.fingerprint if picture else "",
                taken_at=picture.taken_at if picture else None,
                person_id=sender.id if sender else None,
                created_at=services.clock.now(),
            )
            return await attachments.remember(tx, row)

    def _platform(self, inbound: Inbound) -> Platform:
        return self._services.platforms[(inbound.platform, inbound.app)]

    async def _listen(self, inbound: Inbound, sha256: str) -> Transcript:
        services = self._services
        if not services.settings.speech.enabled:
            return Transcript("", problem=say("runtime.speech_off"))
        async with services.db.read() as tx:
            heard = await tx.get(TranscriptRow, sha256)
            if heard is not None:
                return from_plain(heard.body)
            hotwords = await self._hotwords(tx, inbound)
        await self._hint(inbound, say("runtime.listening"))
        slow = asyncio.Event()
        async with services.aside(), asyncio.TaskGroup() as group:
            telling = group.create_task(self._tell_when(slow, inbound))
            transcript = await services.transcriber.transcribe(
                services.attachments.path(sha256),
                hotwords=hotwords,
                sender=f"{inbound.platform}:{inbound.sender}",
                on_progress=lambda _: slow.set(),
            )
            telling.cancel()
        log.info(
            "transcribed", seconds=transcript.duration, characters=len(transcript.text), problem=transcript.problem
        )
        if transcript.text:
            await self._note(sha256, transcript, services.clock.now())
        return transcript

    async def _hint(self, inbound: Inbound, words: str) -> None:
        """What the bot is doing, where the chat can show it."""
        client = self._platform(inbound).client
        if isinstance(client, Hints):
            await client.hint(Address(inbound.platform, inbound.app, user=inbound.sender), words)

    async def _tell_when(self, slow: asyncio.Event, inbound: Inbound) -> None:
        """A recording that takes its time: the sender is told once, where the chat does not show it by itself."""
        await slow.wait()
        if isinstance(self._platform(inbound).client, Hints):
            return
        async with self._services.db.write() as tx:
            speaker = await people.by_identity(tx, inbound.platform, inbound.app, inbound.sender)
            if speaker is not None:
                # The message itself is handled later; its sender is where they speak now.
                await people.seen(tx, inbound.platform, inbound.app, inbound.sender, self._services.clock.now())
                words = Push(
                    to=Receiver(person_id=speaker.id),
                    kind="text",
                    payload={"text": say("runtime.still_listening")},
                    key=f"slow:{inbound.platform}:{inbound.event_key}"[:80],
                    urgent=True,
                )
                await outbox.enqueue(tx, words, self._services.clock.now())
        self._services.wake()

    async def _annotate(self, inbound: Inbound, words: str) -> None:
        """What was heard, under the recording, where the chat can show it there."""
        client = self._platform(inbound).client
        if isinstance(client, Annotates) and inbound.message_id:
            await client.annotate(inbound.message_id, words)

    async def _hotwords(self, tx: AsyncSession, inbound: Inbound) -> list[str]:
        speaker = await people.by_identity(tx, inbound.platform, inbound.app, inbound.sender)
        return [] if speaker is None else await self._services.lexicons.hotwords(tx, speaker)

    async def _note(self, sha256: str, transcript: Transcript, now: datetime) -> None:
        async with self._services.db.write() as tx:
            if await tx.get(TranscriptRow, sha256) is None:
                tx.add(TranscriptRow(sha256=sha256, body=asdict(transcript), at=now))


def _is_spoken(inbound: Inbound, kept: Attachment) -> bool:
    """A voice note, or a recording sent as a file: what is longer than the chat records comes like that."""
    return inbound.kind is Kind.VOICE or (inbound.kind is Kind.FILE and kept.kind == "voice")
