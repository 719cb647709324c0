"""One loaded speech model: samples in, transcript out. Runs inside a worker process."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from transcription.audio import RATE, Samples, Unheard, samples
from transcription.normal import normal
from transcription.pieces import LONGEST, PAUSE, WHOLE, Piece, pieces
from transcription.transcript import Segment, Transcript
from transcription.words import load

SILENCE = "这段语音里没有听到人说话。请靠近话筒再说一次，或者打字。"
UNCLEAR = "这段声音没有听清（可能是杂音或音乐）。请再说一次，或者打字。"
PAD = 0.3
_VAD = {"min_silence_duration_ms": 700, "speech_pad_ms": int(PAD * 1000)}
_SPARSE, _SPARSE_FROM = 2.2, 8.0
"""Characters a second below which a piece of that many seconds was not heard to its end; people say four to six."""
_NO_SPEECH = 0.75
_UNSURE = -1.0
_REPEATED = 2.4


class Model(Protocol):
    """The part of faster-whisper's model that is used."""

    def transcribe(self, audio: Samples, **options: Any) -> tuple[Iterable[Any], Any]:
        """Segments and information about a recording."""
        ...


def load_model(folder: Path, *, device: str, compute_type: str, threads: int) -> Model:
    """faster-whisper's model of a local folder."""
    from faster_whisper import WhisperModel

    model: Model = WhisperModel(
        str(folder), device=device, compute_type=compute_type, cpu_threads=threads, local_files_only=True
    )
    return model


def listen(model: Model, data: bytes, hotwords: Sequence[str], longest: float) -> Transcript:
    """The transcript of a recording; its `problem` says why there is none."""
    try:
        sound = samples(data, longest)
    except Unheard as reason:
        return Transcript("", problem=str(reason))
    duration = len(sound) / RATE
    heard = _at_once(model, sound, hotwords) if duration <= WHOLE else _in_pieces(model, sound, hotwords)
    if heard is None:
        return Transcript("", duration=duration, problem=SILENCE)
    segments = _turns([segment for segment in heard if _is_speech(segment)])
    text = "".join(segment.text for segment in segments)
    if not re.search(r"\w", text):
        return Transcript("", duration=duration, problem=UNCLEAR)
    return Transcript(text, segments, duration)


def _at_once(model: Model, sound: Samples, hotwords: Sequence[str]) -> list[Any] | None:
    """Everything of a short recording; None where nobody speaks."""
    heard, info = model.transcribe(sound, **options(hotwords))
    return None if getattr(info, "duration_after_vad", 1.0) <= 0 else list(heard)


def _in_pieces(model: Model, sound: Samples, hotwords: Sequence[str]) -> list[Any] | None:
    """A longer recording turn by turn, the seconds counted from its beginning; None where nobody speaks."""
    found: list[Any] = []
    cut = pieces(speech_in(sound), PAD)
    for piece in cut:
        found += [_later(segment, piece.start) for segment in _piece(model, sound, piece, hotwords)]
    return found if cut else None


def _piece(model: Model, sound: Samples, piece: Piece, hotwords: Sequence[str]) -> list[Any]:
    """One piece. Where far too little came back, the prompt has ended it: once more without."""
    part = sound[int(piece.start * RATE) : int(piece.end * RATE)]
    asked = options(hotwords) | {"vad_filter": False, "vad_parameters": None}
    heard = list(model.transcribe(part, **asked)[0])
    if piece.seconds < _SPARSE_FROM or _letters(heard) >= _SPARSE * piece.seconds:
        return heard
    again = list(model.transcribe(part, **(asked | {"initial_prompt": None}))[0])
    return max(heard, again, key=_letters)


def _letters(heard: Sequence[Any]) -> int:
    return sum(len(segment.text) for segment in heard)


def _later(segment: Any, by: float) -> Any:
    return replace(segment, start=segment.start + by, end=segment.end + by)


def speech_in(sound: Samples) -> list[Piece]:
    """Where somebody speaks, with PAD seconds around it."""
    from faster_whisper.vad import VadOptions, get_speech_timestamps

    found = get_speech_timestamps(sound, VadOptions(**_VAD, max_speech_duration_s=LONGEST))
    return [Piece(one["start"] / RATE, one["end"] / RATE) for one in found]


def options(hotwords: Sequence[str]) -> dict[str, Any]:
    """How the model is asked: Mandarin, the trade's words as prompt, silence cut out, no memory of its own slips."""
    return {
        "language": "zh",
        "beam_size": 5,
        "temperature": [0.0, 0.4],
        "condition_on_previous_text": False,
        "initial_prompt": load("speech")["prompt"],
        "hotwords": " ".join(hotwords) or None,
        "vad_filter": True,
        "vad_parameters": _VAD,
        "no_speech_threshold": 0.6,
    }


@cache
def _invented() -> re.Pattern[str]:
    return re.compile("|".join(load("speech")["invented"]), re.IGNORECASE)


def _is_speech(segment: Any) -> bool:
    if _invented().search(normal(segment.text)):
        return False
    if segment.compression_ratio > _REPEATED:
        return False
    return not (segment.no_speech_prob > _NO_SPEECH and segment.avg_logprob < -0.5) and segment.avg_logprob > _UNSURE


def _turns(heard: list[Any]) -> tuple[Segment, ...]:
    """Segments that end in punctuation, counted up as speakers where a long pause lies between."""
    found: list[Segment] = []
    for segment in heard:
        text = tidy(segment.text)
        if not text:
            continue
        turn = found[-1].speaker + (segment.start - found[-1].end > PAUSE - 2 * PAD) if found else 0
        found.append(Segment(text, float(segment.start), float(segment.end), speaker=int(turn)))
    return tuple(found)


def tidy(text: str) -> str:
    """Simplified characters and Chinese punctuation, one stop at the end."""
    plain = normal(text.strip()).replace(",", "，").replace("?", "？").replace("!", "！").replace(";", "；")
    plain = re.sub(r"[:：\ue000-\uf8ff]+(?!\d)", "，", plain)
    plain = re.sub(r"(?<=[^\x00-\x7f])[ ](?=[^\x00-\x7f])|(?<=[^\x00-\x7f]) (?=\d)", "，", plain)
    plain = re.sub(r"[，、]+(?=[。！？，])|(?<=[。！？，])[，、]+", "", plain).strip("，、 ")
    return plain if not plain or plain[-1] in "。！？" else plain + "。"
