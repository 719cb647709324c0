"""Recordings that browsers do not play (AMR from phones), as WAV."""

from __future__ import annotations

import io

import av
import structlog

from bot.platforms.media import sniff

log = structlog.get_logger(__name__)

PLAYED_BY_BROWSERS = frozenset(
    {"audio/ogg", "audio/wav", "audio/x-wav", "audio/mpeg", "audio/mp4", "audio/webm", "video/mp4"}
)


def playable(content: bytes) -> bytes:
    """The recording itself where browsers play its format, else the same sound as 16-bit mono WAV; unreadable ones as they are."""
    found = sniff(content)
    if found.kind != "voice" or found.mime in PLAYED_BY_BROWSERS:
        return content
    try:
        return _as_wav(content)
    except (av.FFmpegError, IndexError) as error:
        log.warning("recording cannot be converted for the browser", mime=found.mime, error=str(error))
        return content


def _as_wav(content: bytes) -> bytes:
    out = io.BytesIO()
    with av.open(io.BytesIO(content), "r") as source, av.open(out, "w", format="wav") as target:
        sound = source.streams.audio[0]
        stream = target.add_stream("pcm_s16le", rate=sound.rate, layout="mono")
        resampler = av.AudioResampler(format="s16", layout="mono", rate=sound.rate)
        for frame in source.decode(sound):
            for piece in resampler.resample(frame):
                target.mux(stream.encode(piece))
        target.mux(stream.encode(None))
    return out.getvalue()
