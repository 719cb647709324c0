"""A speech worker without a model: what it is sent decides how it behaves."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

from transcription.transcript import Segment, Transcript
from transcription.worker import _read, frame, pack


def main(marks: Path) -> None:
    answers = sys.stdout.buffer
    answers.write(frame(b"{}"))
    answers.flush()
    while (head := _read(sys.stdin.buffer)) is not None and (data := _read(sys.stdin.buffer)) is not None:
        order = data.decode()
        with (marks / "order").open("a") as log:
            log.write(order + "\n")
        if order == "crash" or (order == "crash once" and not (marks / "crashed").exists()):
            (marks / "crashed").touch()
            os._exit(9)
        if order == "hang":
            time.sleep(60)
        while order.startswith("wait") and not (marks / "go").exists():
            time.sleep(0.01)
        text = f"{order}:{','.join(json.loads(head)['hotwords'])}"
        answers.write(frame(pack(Transcript(text, (Segment(text, 0, 1),), 1.0))))
        answers.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
