"""What the doctor wants to know of an app that only its callbacks, its connection and its calls can tell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass
class Health:
    last_inbound: datetime | None = None
    connected_since: datetime | None = None
    """When the long connection was opened; None while there is none."""
    skew: timedelta | None = None
    """Our clock minus Feishu's, from the last answer that told its time."""
    tenant: str = ""
    """The company the app belongs to, from the first event that told."""
    aside: bool = False
    """The product runs in another process: what only that can see is not judged here."""
    elsewhere: bool = False
    """Another process holds the app's long connection and sends for it."""
    refused: int = 0
    """Callbacks turned away since start-up."""
