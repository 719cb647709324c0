"""Recordings in every format, and files that are none."""

from __future__ import annotations

import numpy as np
import pytest

from tests.transcription.conftest import CORPUS
from tests.transcription.sounds import encoded, speex, tone, wav
from transcription.audio import EMPTY, NOT_SOUND, RATE, Unheard, samples

LONGEST = 60.0


@pytest.mark.parametrize("name", ["dev01.amr", "dev02.opus", "dev15.amr"])
def test_recordings_of_the_platforms(name: str) -> None:
    sound = samples((CORPUS / "voice" / name).read_bytes(), LONGEST)
    assert 3 * RATE < sound.size < 10 * RATE
    assert np.abs(sound).max() <= 1.0
    assert np.abs(sound).max() > 0.05


@pytest.mark.parametrize(
    ("container", "codec", "rate"),
    [("ogg", "libopus", 48000), ("mp4", "aac", 16000), ("mp3", "libmp3lame", 16000), ("flac", "flac", 16000)],
)
def test_formats(container: str, codec: str, rate: int) -> None:
    sound = samples(encoded(tone(2.0), container, codec, rate), LONGEST)
    assert sound.size == pytest.approx(2 * RATE, rel=0.1)


def test_wideband_amr() -> None:
    """Frames of AMR-WB mode 0, as phones send them: a head of one byte and 17 bytes of bits for 20 ms."""
    sound = samples(b"#!AMR-WB\n" + (b"\x04" + bytes(range(17))) * 100, LONGEST)
    assert sound.size == pytest.approx(2 * RATE, rel=0.05)


def test_speex() -> None:
    sound = samples(speex(seconds=2), LONGEST)
    assert sound.size == pytest.approx(2 * RATE, rel=0.1)


def test_narrowband_amr_made_here() -> None:
    sound = samples(encoded(tone(2.0), "amr", "libopencore_amrnb", 8000), LONGEST)
    assert sound.size == pytest.approx(2 * RATE, rel=0.1)


def test_wav_comes_back_as_it_was() -> None:
    given = tone(1.0)
    assert np.allclose(samples(wav(given), LONGEST), given, atol=1e-3)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", EMPTY),
        (b"%PDF-1.7 not a sound at all" * 50, NOT_SOUND),
        (b"\x00" * 4000, NOT_SOUND),
        (wav(tone(0.05)), EMPTY),
        ((CORPUS / "voice" / "dev02.opus").read_bytes()[:60], NOT_SOUND),
    ],
)
def test_what_cannot_be_heard(data: bytes, sentence: str) -> None:
    with pytest.raises(Unheard, match="^" + sentence[:8]):
        samples(data, LONGEST)


def test_too_long_says_how_long_is_allowed() -> None:
    with pytest.raises(Unheard, match=r"超过 0\.05 分钟"):
        samples(wav(tone(4.0)), 3.0)
