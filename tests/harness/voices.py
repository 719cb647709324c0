"""A transcriber that hears what the test says was spoken: scenarios are about what follows, not about acoustics."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

from transcription.speech import SpeechSettings, Transcriber
from transcription.transcript import Segment, Transcript


class ScriptedTranscriber(Transcriber):
    """`hears[content] = text`; anything else is silence."""

    def __init__(self) -> None:
        super().__init__(SpeechSettings(folder=Path("nowhere")))
        self.hears: dict[bytes, str] = {}
        self.calls = 0
        self.seconds = 7.0
        self.takes_until: asyncio.Event | None = None
        """While set: a recording takes its time, until then."""

    async def start(self) -> None:
        return None

    async def close(self) -> None:
        return None

    async def transcribe(
        self,
        audio: bytes | Path,
        *,
        hotwords: Sequence[str] = (),
        sender: str = "",
        on_progress: Callable[[float], None] | None = None,
    ) -> Transcript:
        self.calls += 1
        if self.takes_until is not None:
            assert on_progress is not None
            on_progress(0.5)
            await self.takes_until.wait()
        content = await asyncio.to_thread(audio.read_bytes) if isinstance(audio, Path) else audio
        text = self.hears.get(content)
        if text is None:
            return Transcript("", problem="这段录音里没有听到说话声，请再录一次。")
        return Transcript(text, (Segment(text, 0.0, self.seconds),), self.seconds)
