"""What a phone page posts: a multipart form, read no further than its caps, with everything typed kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from aiohttp import BodyPartReader, web

from bot.web.page_notes import Note
from cards.texts import say

TEXT_BYTES = 64 * 1024
"""One typed field; what is longer is cut, and the form's own limit then says so in words."""
MOST_PARTS = 200
MOST_FILES = 9
"""Photos or files of one field."""
CHUNK = 64 * 1024
FIELD = "f."
"""Before the name of a field, so that none can stand for a property of the page's form (action, submit)."""
KEPT = "kept."
"""Before the name of a field: keys of its photos that an earlier try brought already."""


@dataclass(frozen=True, slots=True)
class Brought:
    """A file of the form. `content` is None when it was larger than it may be."""

    name: str
    mime: str
    content: bytes | None


@dataclass(slots=True)
class Body:
    texts: dict[str, list[str]] = field(default_factory=dict)
    files: dict[str, list[Brought]] = field(default_factory=dict)

    def typed(self, name: str) -> list[str]:
        return [text for text in self.texts.get(f"{FIELD}{name}", []) if text]

    def brought(self, name: str) -> list[Brought]:
        return self.files.get(f"{FIELD}{name}", [])

    def kept(self, name: str) -> list[str]:
        return self.texts.get(f"{KEPT}{name}", [])[:MOST_FILES]


async def read_body(request: web.Request, file_bytes: int, fields: Mapping[str, int]) -> Body:
    """The posted form. `fields` are the file fields with how many files each takes.

    Raises:
        Note: 413 when it is larger than all its fields may be together, 400 when it broke off.
    """
    cap = file_bytes * max(1, min(sum(fields.values()), MOST_FILES)) + MOST_PARTS * CHUNK
    if (request.content_length or 0) > cap:
        raise too_large(file_bytes)
    body, left = Body(), cap
    try:
        reader = await request.multipart()
        for _ in range(MOST_PARTS):
            part = await reader.next()
            if part is None:
                return body
            if isinstance(part, BodyPartReader):
                left -= await _take(part, body, file_bytes, left)
            if left < 0:
                raise too_large(file_bytes)
    except (ValueError, AssertionError, ConnectionError) as error:
        raise Note(400, say("pages.torn"), "") from error
    raise too_large(file_bytes)


async def _take(part: BodyPartReader, body: Body, file_bytes: int, left: int) -> int:
    """Reads one part; gives how many bytes it had."""
    name = part.name or ""
    if part.filename is None:
        content, size = await _at_most(part, TEXT_BYTES, left)
        text = (content or b"").decode("utf-8", errors="replace").replace("\r\n", "\n")
        body.texts.setdefault(name, []).append(text.replace("\x00", ""))
        return size
    content, size = await _at_most(part, file_bytes, left)
    if part.filename or size:  # a file field nothing was chosen for comes with an empty name
        kept = content if size <= file_bytes else None
        mime = part.headers.get("Content-Type", "").partition(";")[0]
        body.files.setdefault(name, []).append(Brought(part.filename[:200], mime[:64], kept))
    return size


async def _at_most(part: BodyPartReader, limit: int, left: int) -> tuple[bytes, int]:
    """The first `limit` bytes of a part and its whole size; the rest is read past, as far as the body may go."""
    taken, size = bytearray(), 0
    while chunk := await part.read_chunk(CHUNK):
        size += len(chunk)
        if len(taken) < limit:
            taken += chunk[: limit - len(taken)]
        if size > left:
            break
    return bytes(taken), size


def too_large(file_bytes: int) -> Note:
    return Note(413, say("pages.large", limit=max(1, file_bytes // 1048576)), "")
