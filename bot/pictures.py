"""Pictures that came with a form: opened, fingerprinted and put on record before anybody relies on them."""

from __future__ import annotations

import asyncio

from bot.context import Context
from bot.errors import MediaRefused
from bot.platforms.media import as_media
from rules.answers import Problem
from rules.forms import Field, FieldKind
from storage import attachments
from storage.pictures import examine
from storage.tables import Attachment


async def problem_with_pictures(ctx: Context, field: Field, answer: object) -> Problem | None:
    """What is wrong with the pictures of a photo field; None when each can be opened."""
    if field.kind is not FieldKind.PHOTO:
        return None
    for key in answer if isinstance(answer, list | tuple) else [answer]:
        try:
            await on_record(ctx, str(key))
        except MediaRefused as refused:
            return Problem(field.name, f"「{field.title}」{refused}")
    return None


async def on_record(ctx: Context, sha256: str) -> Attachment:
    """The attachment's row, made when this is the first we hear of it. Raises MediaRefused."""
    known = await attachments.find(ctx.tx, sha256)
    if known is not None:
        return known
    try:
        content = await ctx.services.attachments.get(sha256)
    except KeyError:
        raise MediaRefused("的照片已经找不到了，请重新拍一张") from None
    media = as_media(content, kind="photo", limit=ctx.services.settings.media_bytes)
    picture = await asyncio.to_thread(examine, content)
    if picture is None:
        raise MediaRefused("的照片打不开，请重新拍一张")
    row = Attachment(
        sha256=sha256,
        kind="photo",
        name=media.name,
        mime=media.mime,
        size=len(content),
        fingerprint=picture.fingerprint,
        taken_at=picture.taken_at,
        person_id=ctx.actor.id,
        created_at=ctx.now,
    )
    return await attachments.remember(ctx.tx, row)
