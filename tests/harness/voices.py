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
        self.turns: dict[bytes, Transcript] = {}
        self.hotwords: list[Sequence[str]] = []

    def says_in_turns(self, content: bytes, turns: Sequence[tuple[str, float, float]]) -> None:
        """Several stretches with their seconds, each another turn of the talk."""
        segments = tuple(Segment(text, start, end, speaker=turn) for turn, (text, start, end) in enumerate(turns))
        self.turns[content] = Transcript("".join(one.text for one in segments), segments, segments[-1].end)

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
        self.hotwords.append(hotwords)
        content = await asyncio.to_thread(audio.read_bytes) if isinstance(audio, Path) else audio
        if content in self.turns:
            return self.turns[content]
        text = self.hears.get(content)
        if text is None:
            return Transcript("", problem="这段录音里没有听到说话声，请再录一次。")
        return Transcript(text, (Segment(text, 0.0, self.seconds),), self.seconds)
