"""The hand-written codec against known bytes and against the protobuf library."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.feishu.frames import CONTROL, DATA, Frame, FrameError, decode, encode, ping
from bot.platforms.feishu.parts import Assembly
from tests.emulators.feishu import wire

NOW = datetime(2026, 3, 2, tzinfo=UTC)
EVENT = Frame(
    DATA,
    1,
    {"type": "event", "message_id": "m1", "sum": "1", "seq": "0", "trace_id": "t1"},
    b"{}",
    seq_id=1,
    log_id=2,
)
EVENT_BYTES = (
    "08011002180120012a0d0a047479706512056576656e742a100a0a6d6573736167655f696412026d312a080a0373756d1201312a080a03"
    "7365711201302a0e0a0874726163655f69641202743142027b7d"
)
VECTORS = [
    (ping(1), "08001000180120002a0c0a0474797065120470696e67"),
    (Frame(CONTROL, 1, {"type": "pong"}), "08001000180120002a0c0a04747970651204706f6e67"),
    (EVENT, EVENT_BYTES),
]


@pytest.mark.parametrize(("frame", "known"), VECTORS)
def test_known_frames_both_ways(frame: Frame, known: str) -> None:
    assert encode(frame).hex() == known
    assert decode(bytes.fromhex(known)) == frame


frames = st.builds(
    Frame,
    method=st.integers(0, 1),
    service=st.integers(-(2**31), 2**31 - 1),
    headers=st.dictionaries(st.text(max_size=10), st.text(max_size=20), max_size=5),
    payload=st.binary(max_size=300),
    seq_id=st.integers(0, 2**64 - 1),
    log_id=st.integers(0, 2**64 - 1),
    payload_encoding=st.none() | st.text(max_size=8),
    payload_type=st.none() | st.text(max_size=8),
    log_id_new=st.none() | st.text(max_size=8),
)


@given(frames)
def test_any_frame_survives_both_codecs(frame: Frame) -> None:
    data = encode(frame)
    assert decode(data) == frame
    parsed = wire.Frame.FromString(data)
    assert (parsed.service, parsed.method, parsed.payload) == (frame.service, frame.method, frame.payload)
    assert wire.headers_of(parsed) == frame.headers
    assert decode(parsed.SerializeToString()) == frame


@given(st.binary(max_size=200))
def test_noise_is_a_frame_error_or_a_frame(data: bytes) -> None:
    try:
        decode(data)
    except FrameError:
        return


@given(st.integers(0, 70))
def test_a_frame_cut_anywhere_never_passes_for_the_whole(cut: int) -> None:
    data = encode(EVENT)
    try:
        assert decode(data[:cut]) != EVENT
    except FrameError:
        return


@pytest.mark.parametrize(
    "data", [b"\x08", b"\x08" + b"\xff" * 11, b"\x42\x05ab", b"\x0b", b"\x20\x01\x2a\x03\x0a\x01\xff", b""]
)
def test_what_is_no_frame_says_so(data: bytes) -> None:
    with pytest.raises(FrameError):
        decode(data)


def _part(index: int, count: int, payload: bytes, key: str = "m1") -> Frame:
    return Frame(DATA, headers={"message_id": key, "sum": str(count), "seq": str(index)}, payload=payload)


def test_parts_in_any_order_make_the_whole_once() -> None:
    assembly = Assembly()
    assert assembly.add(_part(2, 3, b"c"), NOW) is None
    assert assembly.add(_part(0, 3, b"a"), NOW) is None
    assert assembly.add(_part(0, 3, b"a"), NOW) is None  # a repeated part is no new one
    assert assembly.add(_part(1, 3, b"b"), NOW) == b"abc"
    assert assembly.add(_part(1, 3, b"b"), NOW) is None


def test_an_incomplete_message_is_forgotten_after_five_seconds() -> None:
    assembly = Assembly()
    assembly.add(_part(0, 2, b"a"), NOW)
    assert assembly.add(_part(1, 2, b"b"), NOW + timedelta(seconds=6)) is None


def test_a_crowd_of_incomplete_messages_is_bounded() -> None:
    assembly = Assembly()
    for number in range(600):
        assembly.add(_part(0, 2, b"x" * 100, f"m{number}"), NOW)
    assert len(assembly._partial) <= 257


@pytest.mark.parametrize(
    ("count", "index"), [("0", "0"), ("2", "2"), ("-1", "0"), ("1000", "1"), ("two", "1"), ("2", "-1")]
)
def test_parts_that_make_no_sense_are_refused(count: str, index: str) -> None:
    with pytest.raises(FrameError):
        Assembly().add(Frame(DATA, headers={"message_id": "m", "sum": count, "seq": index}), NOW)
