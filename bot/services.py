"""What lives as long as the process, wired once in `bot/app.py`."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.clock import Clock
from bot.platforms.base import Platform
from bot.platforms.http import Http
from bot.router import Routes
from config.settings import Settings
from storage.attachments import AttachmentStore
from storage.database import Database
from transcription.speech import Transcriber

if TYPE_CHECKING:
    from bot.catalogue import Catalogues
    from bot.dialogue import Dialogue
    from bot.flows import Flows
    from bot.forms import Forms
    from bot.lexicons import Lexicons
    from bot.proposals import Proposals


@dataclass
class Services:
    settings: Settings
    clock: Clock
    db: Database
    attachments: AttachmentStore
    transcriber: Transcriber
    catalogues: Catalogues
    lexicons: Lexicons
    routes: Routes
    flows: Flows
    forms: Forms
    dialogue: Dialogue
    proposals: Proposals
    http: Http = field(default_factory=Http)
    """One connection pool for the calls to all platforms; closed with the product."""
    platforms: dict[tuple[str, str], Platform] = field(default_factory=dict)
    wake: Callable[[], None] = lambda: None
    """Called after a transaction that wrote pushes, so that they leave at once."""
    aside: Callable[[], AbstractAsyncContextManager[None]] = nullcontext
    """Around the wait for something slow, so that those who need no such thing are served meanwhile."""
    wake_mailbox: Callable[[str], None] = lambda _: None
