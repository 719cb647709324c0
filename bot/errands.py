"""Errands: what has to be fetched from outside before it can be written down, e.g. a platform's whole directory.

An errand is a row in the inbox like any message, so it survives a crash and is tried again. Fetching holds no
transaction; what follows from it is one, together with the errand's being done. Errands of one name run one after
another.
"""

from __future__ import annotations

import json
from typing import Any

from bot.context import Context
from storage import inbox
from storage.inbox import Received

PLATFORM = "genjin"
"""Where an errand comes from, in the inbox."""


async def send(ctx: Context, name: str, wanted: dict[str, Any], *, key: str) -> None:
    """Sends one with the transaction. `key` makes it the same one when it is sent again."""
    mailbox = f"{PLATFORM}:{name}"
    payload = json.dumps(wanted, ensure_ascii=False)
    await inbox.post(ctx.tx, Received(PLATFORM, name, key, mailbox, payload, ctx.now))
    ctx.services.wake_mailbox(mailbox)
