"""A speech worker process: frames of JSON on standard input, frames of JSON on standard output.

Run as `python -m transcription.worker`. A frame is a length of four bytes, big endian, and that many bytes; a request is
a JSON frame followed by a frame with the recording.
"""

from __future__ import annotations

import json
import os
import struct
import sys
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO

from transcription.listener import Model, listen, load_model
from transcription.transcript import Transcript, from_plain

_HEAD = struct.Struct(">I")
_NICE = 10


def frame(data: bytes) -> bytes:
    """The bytes with their length before them."""
    return _HEAD.pack(len(data)) + data


def pack(transcript: Transcript) -> bytes:
    """A transcript as JSON."""
    return json.dumps(asdict(transcript), ensure_ascii=False).encode()


def unpack(data: bytes) -> Transcript:
    """A transcript from its JSON."""
    return from_plain(json.loads(data))


def serve(requests: BinaryIO, answers: BinaryIO, model: Model) -> None:
    """Answer requests until the input ends."""
    while (head := _read(requests)) is not None and (data := _read(requests)) is not None:
        asked = json.loads(head)
        transcript = listen(model, data, asked["hotwords"], asked["longest"])
        answers.write(frame(pack(transcript)))
        answers.flush()


def _read(stream: BinaryIO) -> bytes | None:
    head = stream.read(_HEAD.size)
    if len(head) < _HEAD.size:
        return None
    data = stream.read(_HEAD.unpack(head)[0])
    return data if len(data) == _HEAD.unpack(head)[0] else None


def main(arguments: list[str]) -> None:
    """Load the model named by folder, device, compute type and threads, say ready, and serve."""
    os.nice(_NICE)  # the chat goes first
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints must not look like an answer
    folder, device, compute_type, threads = arguments
    model = load_model(Path(folder), device=device, compute_type=compute_type, threads=int(threads))
    answers.write(frame(b"{}"))
    answers.flush()
    serve(sys.stdin.buffer, answers, model)


if __name__ == "__main__":
    main(sys.argv[1:])
