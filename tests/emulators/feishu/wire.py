"""The frames of the long connection through the protobuf library, so that they are not our own codec's word alone."""

from __future__ import annotations

from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

_Field = descriptor_pb2.FieldDescriptorProto
_REQUIRED, _OPTIONAL, _REPEATED = _Field.LABEL_REQUIRED, _Field.LABEL_OPTIONAL, _Field.LABEL_REPEATED
_FRAME = (
    ("SeqID", 1, _Field.TYPE_UINT64, _REQUIRED),
    ("LogID", 2, _Field.TYPE_UINT64, _REQUIRED),
    ("service", 3, _Field.TYPE_INT32, _REQUIRED),
    ("method", 4, _Field.TYPE_INT32, _REQUIRED),
    ("headers", 5, _Field.TYPE_MESSAGE, _REPEATED),
    ("payload_encoding", 6, _Field.TYPE_STRING, _OPTIONAL),
    ("payload_type", 7, _Field.TYPE_STRING, _OPTIONAL),
    ("payload", 8, _Field.TYPE_BYTES, _OPTIONAL),
    ("LogIDNew", 9, _Field.TYPE_STRING, _OPTIONAL),
)
_HEADER = (("key", 1, _Field.TYPE_STRING, _REQUIRED), ("value", 2, _Field.TYPE_STRING, _REQUIRED))


def _describe() -> type[Any]:
    file = descriptor_pb2.FileDescriptorProto(name="emulated_pbbp2.proto", package="emulated.pbbp2", syntax="proto2")
    for name, fields in (("Header", _HEADER), ("Frame", _FRAME)):
        message = file.message_type.add(name=name)
        for field, number, kind, label in fields:
            described = message.field.add(name=field, number=number, type=kind, label=label)
            if kind == _Field.TYPE_MESSAGE:
                described.type_name = ".emulated.pbbp2.Header"
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("emulated.pbbp2.Frame"))


Frame: Any = _describe()


def frame(
    method: int, headers: dict[str, str], payload: bytes = b"", *, service: int = 1, seq: int = 0, log: int = 0
) -> bytes:
    out = Frame(SeqID=seq, LogID=log, service=service, method=method, payload=payload)
    for key, value in headers.items():
        out.headers.add(key=key, value=value)
    return bytes(out.SerializeToString())


def headers_of(parsed: Any) -> dict[str, str]:
    return {header.key: header.value for header in parsed.headers}
