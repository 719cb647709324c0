"""What people themselves said: the platforms hand it to the app, and the person's own screen shows it too."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Spoken:
    """One message of a person's own. `chat` is a group, or empty for the chat with the bot."""

    id: str
    user: str
    kind: str
    """text, picture, voice, file or position."""
    at: datetime
    text: str = ""
    content: bytes = b""
    chat: str = ""

    def drawn(self) -> dict[str, Any]:
        """As a page draws it."""
        at = self.at.isoformat()
        return {"id": self.id, "mine": True, "kind": self.kind, "text": self.text, "media": self.id, "at": at}
