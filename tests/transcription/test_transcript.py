from __future__ import annotations

from transcription.transcript import Segment, Transcript, Word
from transcription.worker import pack, unpack

TWO = Transcript(
    "甲乙丙丁",
    (Segment("甲乙", 0.0, 2.0), Segment("丙丁", 4.0, 6.0, (Word("丙", 4.0, 4.5), Word("丁", 5.0, 6.0)))),
    6.0,
)


def test_seconds_are_shared_out_in_a_segment() -> None:
    assert TWO.seconds(0, 1) == (0.0, 1.0)
    assert TWO.seconds(1, 3) == (1.0, 4.5)


def test_words_have_their_own_seconds() -> None:
    assert TWO.seconds(3, 4) == (5.0, 6.0)


def test_outside_there_are_none() -> None:
    assert TWO.seconds(3, 9) is None
    assert TWO.seconds(2, 2) is None
    assert Transcript("").seconds(0, 1) is None


def test_a_transcript_survives_the_pipe() -> None:
    assert unpack(pack(TWO)) == TWO
