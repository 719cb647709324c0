"""Sounds made for the tests."""

from __future__ import annotations

import io
import wave

import av
import numpy as np

from transcription.audio import RATE, Samples


def tone(seconds: float, loud: float = 0.3, pitch: float = 220.0) -> Samples:
    """A sine."""
    moments = np.arange(int(seconds * RATE)) / RATE
    return (loud * np.sin(2 * np.pi * pitch * moments)).astype(np.float32)


def noise(seconds: float, loud: float = 0.05) -> Samples:
    """White noise, the same each time."""
    return (loud * np.random.default_rng(7).standard_normal(int(seconds * RATE))).astype(np.float32)


def wav(sound: Samples) -> bytes:
    """The samples as a WAV file."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((sound * 32767).astype(np.int16).tobytes())
    return out.getvalue()


def encoded(sound: Samples, container: str, codec: str, rate: int = RATE) -> bytes:
    """The samples in another format."""
    out = io.BytesIO()
    with av.open(out, "w", format=container) as file:
        stream = file.add_stream(codec, rate=rate)
        stream.layout = "mono"
        frame = av.AudioFrame.from_ndarray((sound[None, :] * 32767).astype(np.int16), format="s16", layout="mono")
        frame.sample_rate = RATE
        resampler = av.AudioResampler(format=stream.format, layout="mono", rate=rate, frame_size=stream.frame_size)
        for piece in (*resampler.resample(frame), *resampler.resample(None)):
            file.mux(stream.encode(piece))
        file.mux(stream.encode(None))
    return out.getvalue()
