"""Request bodies, read no further than their cap."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import BodyPartReader, web

from bot.platforms.console.answers import Problem

FIELD_BYTES = 4 * 1024
"""A form field that is not the file: an id, a conversation, seconds."""


@dataclass(slots=True)
class Upload:
    """A multipart form with one file."""

    fields: dict[str, str] = field(default_factory=dict)
    content: bytes | None = None
    name: str = ""
    mime: str = ""


async def json_body(request: web.Request, limit: int) -> dict[str, Any]:
    """A JSON object of at most `limit` bytes. Raises Problem 400, 413 or 415."""
    if request.content_type != "application/json":
        raise Problem(415, "content_type", "提交的格式不对：应为 JSON。")
    _check_length(request, limit)
    try:
        body = json.loads(await _at_most(request.content.read, limit))
    except ValueError as error:
        raise Problem(400, "json", "提交的内容不完整，请刷新页面再试。") from error
    if not isinstance(body, dict):
        raise Problem(400, "json", "提交的内容不完整，请刷新页面再试。")
    return body


async def upload_body(request: web.Request, limit: int) -> Upload:
    """A multipart form whose file has at most `limit` bytes. Raises Problem 400 or 413."""
    _check_length(request, limit + 16 * FIELD_BYTES)
    upload = Upload()
    try:
        async for part in await request.multipart():
            if isinstance(part, BodyPartReader):
                await _take(part, upload, limit)
    except ValueError as error:
        raise Problem(400, "multipart", "上传中断了，请再发一次。") from error
    return upload


def text_of(body: dict[str, Any], name: str, *, longest: int) -> str:
    """A required string field. Raises Problem 400 when it is missing, empty or too long."""
    value = body.get(name)
    if not isinstance(value, str) or not value.strip():
        raise Problem(400, "missing", f"缺少「{name}」，请刷新页面再试。")
    if len(value) > longest:
        raise Problem(413, "too_long", f"内容有 {len(value)} 个字，最多 {longest} 个；请分几条发。")
    return value


async def _take(part: BodyPartReader, upload: Upload, limit: int) -> None:
    if part.name != "file":
        upload.fields[part.name or ""] = (await _at_most(part.read_chunk, FIELD_BYTES)).decode(errors="replace")
        return
    upload.name = (part.filename or "")[:200]
    upload.mime = part.headers.get("Content-Type", "").partition(";")[0][:64]
    upload.content = await _at_most(part.read_chunk, limit)


async def _at_most(read: Any, limit: int) -> bytes:
    taken = bytearray()
    while chunk := await read(64 * 1024):
        taken += chunk
        if len(taken) > limit:
            raise _too_large(limit)
    return bytes(taken)


def _check_length(request: web.Request, limit: int) -> None:
    if (request.content_length or 0) > limit:
        raise _too_large(limit)


def _too_large(limit: int) -> Problem:
    cap = f"{limit / 1048576:.0f} MB" if limit >= 1048576 else f"{limit // 1024} KB"
    return Problem(413, "too_large", f"内容太大，超过了 {cap} 的上限，没有收下；请压缩或分几次发。")
