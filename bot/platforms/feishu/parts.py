"""Messages that Feishu cut into several frames, put together again."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.platforms.feishu.frames import Frame, FrameError

KEEP = timedelta(seconds=5)
"""How long a message may stay incomplete; the official client waits as long. Feishu sends it again afterwards."""

MOST_PARTS = 64
MOST_MESSAGES = 256


@dataclass
class _Partial:
    began: datetime
    parts: dict[int, bytes] = field(default_factory=dict)


class Assembly:
    """Holds the parts that came and gives the whole payload with the last one."""

    def __init__(self) -> None:
        self._partial: dict[str, _Partial] = {}

    def add(self, frame: Frame, now: datetime) -> bytes | None:
        """The whole payload, or None while parts are missing. Raises FrameError for headers that make no sense."""
        try:
            count, index = int(frame.headers.get("sum", "1")), int(frame.headers.get("seq", "0"))
        except ValueError as error:
            raise FrameError("sum and seq are not numbers") from error
        if not (0 < count <= MOST_PARTS and 0 <= index < count):
            raise FrameError(f"part {index} of {count}")
        if count == 1:
            return frame.payload
        return self._collect(frame, count, index, now)

    def _collect(self, frame: Frame, count: int, index: int, now: datetime) -> bytes | None:
        self._forget(now)
        key = frame.headers.get("message_id", "")
        partial = self._partial.setdefault(key, _Partial(now))
        partial.parts[index] = frame.payload
        if len(partial.parts) < count:
            return None
        del self._partial[key]
        return b"".join(partial.parts[number] for number in range(count))

    def _forget(self, now: datetime) -> None:
        late = [key for key, partial in self._partial.items() if now - partial.began > KEEP]
        crowd = list(self._partial)[: max(0, len(self._partial) - MOST_MESSAGES)]
        for key in {*late, *crowd}:
            del self._partial[key]
