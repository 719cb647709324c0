"""What the running app has seen of DingTalk lately; read by the doctor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(slots=True)
class Health:
    """Moments are aware UTC, None when it has not happened since start."""

    connected_at: datetime | None = None
    """When the long connection was opened; None while it is down."""
    heard_at: datetime | None = None
    """The last message, press or event."""
    aside: bool = False
    """The product runs in another process: what only that can see is not judged here."""
    elsewhere: bool = False
    """Another process holds the app's long connection and sends for it."""
    quota_at: datetime | None = None
    """When DingTalk last said that the month's quota is used up."""
    card_route: str = ""
    """Why DingTalk did not take the address for presses on cards; empty when nothing is wrong."""
