"""The speech worker pool: sound in, transcript out, the chat stays responsive."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from transcription.transcript import Transcript


@dataclass(frozen=True, slots=True)
class SpeechSettings:
    """How to listen. Times in seconds."""

    folder: Path
    model: str = "base"
    device: str = "cpu"
    compute_type: str = "int8"
    workers: int = 1
    threads: int = 2
    longest: float = 600.0
    timeout: float = 300.0


class Transcriber:
    """Turns recordings into transcripts in worker processes, fair between senders."""

    def __init__(self, settings: SpeechSettings) -> None:
        self._settings = settings

    async def start(self) -> None:
        """Start the worker processes."""

    async def close(self) -> None:
        """Stop the worker processes; waiting recordings get a sentence."""

    async def transcribe(
        self,
        audio: bytes | Path,
        *,
        hotwords: Sequence[str] = (),
        sender: str = "",
        on_progress: Callable[[float], None] | None = None,
    ) -> Transcript:
        """The transcript of one recording; `on_progress` is called with the seconds waited, first after 5 s."""
        return Transcript(text="", problem="语音识别还没有准备好，请先打字。")
