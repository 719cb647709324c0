"""From the bytes of a recording to samples, or to a sentence that says why not."""

from __future__ import annotations

import io

import av
import numpy as np
from av.error import FFmpegError
from numpy.typing import NDArray

RATE = 16_000
"""Samples a second the speech model works with."""

Samples = NDArray[np.float32]

NOT_SOUND = "这个文件里没有能听的声音。请发语音，或 amr、opus、ogg、wav、m4a、mp3 文件。"
EMPTY = "收到的语音是空的，请再发一次。"
TOO_LONG = "录音超过 {minutes:g} 分钟，太长了。请分几段发，或只发要点。"
SHORTEST = 0.3


class Unheard(Exception):
    """The recording cannot be used; the message is a Chinese sentence for the sender."""


def samples(data: bytes, longest: float) -> Samples:
    """The sound as mono samples at RATE, between -1 and 1; `longest` in seconds.

    Raises:
        Unheard: no sound in the bytes, or more of it than allowed.
    """
    if not data:
        raise Unheard(EMPTY)
    try:
        with av.open(io.BytesIO(data), mode="r", metadata_errors="ignore") as container:
            sound = _decoded(container, longest)
    except (FFmpegError, ValueError, IndexError) as error:
        raise Unheard(NOT_SOUND) from error
    if sound.size < SHORTEST * RATE:
        raise Unheard(EMPTY)
    return sound


def _decoded(container: av.container.InputContainer, longest: float) -> Samples:
    if not container.streams.audio:
        raise Unheard(NOT_SOUND)
    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
    pieces: list[NDArray[np.int16]] = []
    heard = 0
    for frame in container.decode(audio=0):
        for piece in resampler.resample(frame):
            pieces.append(_flat(piece))
            heard += pieces[-1].size
        if heard > longest * RATE:
            raise Unheard(TOO_LONG.format(minutes=longest / 60))
    pieces += [_flat(piece) for piece in resampler.resample(None)]
    joined = np.concatenate(pieces) if pieces else np.zeros(0, dtype=np.int16)
    return joined.astype(np.float32) / 32768.0


def _flat(piece: av.AudioFrame) -> NDArray[np.int16]:
    return piece.to_ndarray().reshape(-1).astype(np.int16, copy=False)
