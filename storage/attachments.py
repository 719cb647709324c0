"""Bytes kept under their hash, beside the database: a file a hash, written once, synced before it counts."""

from __future__ import annotations

import asyncio
import hashlib
import os
import secrets
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from storage.tables import Attachment


class AttachmentStore:
    """Files under `folder`, two levels deep by hash."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def put(self, content: bytes, *, name: str = "", mime: str = "") -> str:
        """Keeps the bytes; gives their sha256 in hex. The same bytes are kept once."""
        return await asyncio.to_thread(self._write, content)

    async def get(self, sha256: str) -> bytes:
        """Raises KeyError when nothing is kept under this hash."""
        try:
            return await asyncio.to_thread(self.path(sha256).read_bytes)
        except FileNotFoundError as error:
            raise KeyError(sha256) from error

    def path(self, sha256: str) -> Path:
        if len(sha256) != 64 or not all(letter in "0123456789abcdef" for letter in sha256):
            raise KeyError(sha256)
        return self.folder / sha256[:2] / sha256

    def _write(self, content: bytes) -> str:
        sha256 = hashlib.sha256(content).hexdigest()
        path = self.path(sha256)
        if path.exists():
            return sha256
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{sha256}.{secrets.token_hex(4)}")
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        return sha256


async def remember(tx: AsyncSession, attachment: Attachment) -> Attachment:
    """The row of an attachment; the first one to bring these bytes keeps it."""
    known = await tx.get(Attachment, attachment.sha256)
    if known is not None:
        return known
    tx.add(attachment)
    await tx.flush()
    return attachment


async def find(tx: AsyncSession, sha256: str) -> Attachment | None:
    return await tx.get(Attachment, sha256)
