"""The frames of Feishu's long connection: protobuf (proto2) message `pbbp2.Frame`, written and read by hand.

Fields by number: 1 SeqID, 2 LogID (uint64), 3 service, 4 method (int32), 5 headers (repeated {1 key, 2 value}),
6 payload_encoding, 7 payload_type (string), 8 payload (bytes), 9 LogIDNew (string). The first four are required and
therefore written even when zero.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

CONTROL, DATA = 0, 1

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
_INT64 = 1 << 64


class FrameError(ValueError):
    """Not a frame: cut short, or of a wire type nobody writes."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One binary WebSocket message. Header order is kept, as an acknowledgement echoes the frame it answers."""

    method: int
    service: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    payload: bytes = b""
    seq_id: int = 0
    log_id: int = 0
    payload_encoding: str | None = None
    payload_type: str | None = None
    log_id_new: str | None = None

    @property
    def type(self) -> str:
        """event, card, ping or pong; empty when the frame does not say."""
        return self.headers.get("type", "")


def ping(service: int) -> Frame:
    return Frame(CONTROL, service, {"type": "ping"})


def encode(frame: Frame) -> bytes:
    """The frame's bytes, fields in the order of their numbers."""
    out = bytearray()
    for number, value in enumerate((frame.seq_id, frame.log_id, frame.service, frame.method), start=1):
        out += _key(number, VARINT) + _varint(value % _INT64)
    for name, text in frame.headers.items():
        out += _field(5, _field(1, name.encode()) + _field(2, text.encode()))
    for number, value_text in ((6, frame.payload_encoding), (7, frame.payload_type)):
        if value_text is not None:
            out += _field(number, value_text.encode())
    if frame.payload:
        out += _field(8, frame.payload)
    if frame.log_id_new is not None:
        out += _field(9, frame.log_id_new.encode())
    return bytes(out)


def decode(data: bytes) -> Frame:
    """The frame in `data`; unknown fields are skipped. Raises FrameError."""
    numbers = {1: 0, 2: 0, 3: 0, 4: -1}
    texts: dict[int, str] = {}
    headers: dict[str, str] = {}
    payload = b""
    for number, value in _fields(data):
        if number in numbers and isinstance(value, int):
            numbers[number] = value
        elif number == 5 and isinstance(value, bytes):
            headers.update([_header(value)])
        elif number == 8 and isinstance(value, bytes):
            payload = value
        elif number in (6, 7, 9) and isinstance(value, bytes):
            texts[number] = _text(value)
    if numbers[4] < 0:
        raise FrameError("a frame without its method")
    return Frame(
        method=_signed(numbers[4]),
        service=_signed(numbers[3]),
        headers=headers,
        payload=payload,
        seq_id=numbers[1],
        log_id=numbers[2],
        payload_encoding=texts.get(6),
        payload_type=texts.get(7),
        log_id_new=texts.get(9),
    )


def _header(data: bytes) -> tuple[str, str]:
    parts = {number: _text(value) for number, value in _fields(data) if isinstance(value, bytes)}
    return parts.get(1, ""), parts.get(2, "")


def _fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    at = 0
    while at < len(data):
        key, at = _read_varint(data, at)
        number, wire = key >> 3, key & 7
        if wire == VARINT:
            value, at = _read_varint(data, at)
            yield number, value
            continue
        if wire == BYTES:
            size, at = _read_varint(data, at)
        else:
            size = {FIXED64: 8, FIXED32: 4}.get(wire, -1)
        if size < 0 or at + size > len(data):
            raise FrameError(f"field {number} is cut short or of wire type {wire}")
        yield number, data[at : at + size]
        at += size


def _read_varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if at >= len(data):
            raise FrameError("cut short in a number")
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value % _INT64, at
    raise FrameError("a number of more than ten bytes")


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _key(number: int, wire: int) -> bytes:
    return _varint(number << 3 | wire)


def _field(number: int, content: bytes) -> bytes:
    return _key(number, BYTES) + _varint(len(content)) + content


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError as error:
        raise FrameError("text that is not UTF-8") from error


def _signed(value: int) -> int:
    """Protobuf writes a negative int32 as its 64-bit two's complement."""
    return value - _INT64 if value >= 1 << 63 else value
