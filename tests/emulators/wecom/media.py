"""media/upload and media/get (reference §8)."""

from __future__ import annotations

import re
from urllib.parse import quote

from aiohttp import BodyPartReader, web

from tests.emulators.wecom.api import ApiError, Json
from tests.emulators.wecom.state import App, Tenant

MEGABYTE = 1024 * 1024
MOST = {"image": 10 * MEGABYTE, "voice": 2 * MEGABYTE, "video": 10 * MEGABYTE, "file": 20 * MEGABYTE}
LARGEST_PART = 20 * MEGABYTE
STARTS = {"image": (b"\xff\xd8\xff", b"\x89PNG"), "voice": (b"#!AMR",)}
TYPES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG": "image/png", b"#!AMR": "audio/amr", b"%PDF": "application/pdf"}


class MediaCalls:
    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant

    async def upload(self, request: web.Request, app: App) -> Json:
        return await self.take(request, request.query.get("type", ""))

    async def take(self, request: web.Request, kind: str) -> Json:
        if kind not in MOST:
            raise ApiError(40004, "invalid media type")
        content, name = await part(request)
        if len(content) <= 5:
            raise ApiError(44001, "empty media data")
        if len(content) > MOST[kind]:
            raise ApiError(45001, "media is too big")
        if kind in STARTS and not content.startswith(STARTS[kind]):
            raise ApiError(40005, "invalid file type")
        media = self._tenant.keep(content, name, kind)
        return {"type": kind, "media_id": media, "created_at": str(int(self._tenant.clock.now().timestamp()))}

    async def get(self, request: web.Request, app: App) -> Json | web.StreamResponse:
        media = self._tenant.media.get(request.query.get("media_id", ""))
        if media is None or media.until < self._tenant.clock.now():
            raise ApiError(40007, "invalid media_id")
        content, status, headers = (
            media.content,
            200,
            {"Content-Disposition": f'attachment; filename="{quote(media.name)}"'},
        )
        wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", request.headers.get("Range", ""))
        if wanted:
            first, last = int(wanted[1]), int(wanted[2] or len(content) - 1)
            headers["Content-Range"] = f"bytes {first}-{min(last, len(content) - 1)}/{len(content)}"
            content, status = content[first : last + 1], 206
        if len(content) > LARGEST_PART:
            raise ApiError(830002, "the file is too large to be had at once, ask for a range")
        kind = next(
            (mime for start, mime in TYPES.items() if media.content.startswith(start)), "application/octet-stream"
        )
        return web.Response(body=content, status=status, content_type=kind, headers=headers)


async def part(request: web.Request) -> tuple[bytes, str]:
    """The `media` part of a multipart body, and the file name exactly as it was written."""
    try:
        reader = await request.multipart()
        field = await reader.next()
    except (ValueError, AssertionError) as error:
        raise ApiError(41005, "media data missing") from error
    if not isinstance(field, BodyPartReader) or field.name != "media":
        raise ApiError(41005, "media data missing")
    header = field.headers.get("Content-Disposition", "")
    named = re.search(r'filename="([^"]*)"', header)
    return bytes(await field.read()), named[1] if named else ""
