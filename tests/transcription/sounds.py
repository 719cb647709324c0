"""Sounds made for the tests."""

from __future__ import annotations

import io
import struct
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


def speex(seconds: int) -> bytes:
    """Ogg Speex, narrowband, of frames that carry no sound: there is a decoder for it, and no encoder."""
    head = b"Speex   " + b"1.2".ljust(20, b"\0")
    head += struct.pack("<13i", 1, 80, 8000, 0, 4, 1, -1, 160, 0, 1, 0, 0, 0)
    comment = struct.pack("<I", 4) + b"test" + struct.pack("<I", 0)
    silent = b"\x03\xff"  # submode 0, then the terminator
    pages = [_page(0, 0, 2, [head]), _page(1, 0, 0, [comment])]
    count = seconds * 50
    for number in range(0, count, 50):
        last = number + 50 >= count
        pages.append(_page(2 + number // 50, (number + 50) * 160, 4 if last else 0, [silent] * 50))
    return b"".join(pages)


def _page(number: int, granule: int, flags: int, packets: list[bytes]) -> bytes:
    """One Ogg page (RFC 3533) of whole packets shorter than 255 bytes."""
    lengths = bytes(len(packet) for packet in packets)
    head = struct.pack("<4sBBqIIIB", b"OggS", 0, flags, granule, 7, number, 0, len(packets)) + lengths
    page = bytearray(head + b"".join(packets))
    page[22:26] = struct.pack("<I", _checksum(bytes(page)))
    return bytes(page)


def _checksum(page: bytes) -> int:
    crc = 0
    for byte in page:
        crc ^= byte << 24
        for _ in range(8):
            crc = (crc << 1 ^ 0x04C11DB7 if crc & 0x80000000 else crc << 1) & 0xFFFFFFFF
    return crc
