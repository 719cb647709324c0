"""From what a phone posted to a form's raw answers: texts as typed, photos examined and kept under their hash."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Literal

from bot.errors import MediaRefused
from bot.platforms.media import as_media
from bot.services import Services
from bot.web.page_bodies import MOST_FILES, Body, Brought
from bot.web.page_links import Grant
from cards.texts import say
from rules.forms import Field, FieldKind, FormDef
from storage import attachments
from storage.pictures import examine
from storage.tables import Attachment

FILES = (FieldKind.PHOTO, FieldKind.FILE)
SEVERAL = (*FILES, FieldKind.MULTI_CHOICE)


def file_fields(form: FormDef) -> dict[str, int]:
    """The form's file fields, and how many files each takes."""
    return {field.name: MOST_FILES if field.multiple else 1 for field in form.fields if field.kind in FILES}


async def raw_answers(
    services: Services, grant: Grant, form: FormDef, body: Body
) -> tuple[dict[str, Any], dict[str, str]]:
    """Every field's raw answer, and what is wrong with photos and files, by field in words."""
    raw: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for field in form.fields:
        given = body.typed(field.name)
        if field.kind in FILES:
            raw[field.name], problem = await _files(services, grant, field, body)
            problems |= {field.name: problem} if problem else {}
        else:
            raw[field.name] = tuple(given) if field.kind in SEVERAL else given[0] if given else ""
    return raw, problems


async def theirs(services: Services, grant: Grant, sha256: str) -> Attachment | None:
    """An attachment this person may use on this page: brought by themselves, or standing in the form they were sent."""
    async with services.db.read() as tx:
        row = await attachments.find(tx, sha256)
    sent = [key for value in grant.values.values() for key in (value if isinstance(value, list) else [value])]
    return row if row is not None and (row.person_id == grant.person or sha256 in sent) else None


async def _files(services: Services, grant: Grant, field: Field, body: Body) -> tuple[tuple[str, ...], str]:
    """Keys of a field's files. A new one takes the place of the old where there is room for one only."""
    kept = [key for key in body.kept(field.name) if await theirs(services, grant, key)]
    fresh: list[str] = []
    problem = ""
    for file in body.brought(field.name):
        try:
            fresh.append(await _keep(services, grant, field, file))
        except MediaRefused as refused:
            problem = f"「{field.title}」{refused}"
    keys = tuple(dict.fromkeys([*kept, *fresh] if field.multiple else fresh or kept))
    if len(keys) > MOST_FILES or (len(fresh) > 1 and not field.multiple):
        problem = say("pages.many", title=field.title, most=MOST_FILES if field.multiple else 1)
    return keys, problem


async def _keep(services: Services, grant: Grant, field: Field, file: Brought) -> str:
    """Raises MediaRefused for what is empty, too large, or no picture."""
    limit = services.settings.media_bytes
    kind: Literal["photo", "file"] = "photo" if field.kind is FieldKind.PHOTO else "file"
    if file.content is None:
        raise MediaRefused(f"超过 {limit // 1048576} MB 的上限，没有收下；请换小一点的")
    media = as_media(file.content, kind=kind, name=file.name, mime=file.mime, limit=limit)
    picture = await asyncio.to_thread(examine, media.content) if kind == "photo" else None
    if kind == "photo" and picture is None:
        raise MediaRefused("的照片打不开，请重新拍一张")
    sha256 = await services.attachments.put(media.content, name=media.name, mime=media.mime)
    row = Attachment(
        sha256=sha256,
        kind=kind,
        name=media.name[:200],
        mime=media.mime[:64],
        size=len(media.content),
        fingerprint=picture.fingerprint if picture else "",
        taken_at=picture.taken_at if picture else None,
        person_id=grant.person,
        created_at=services.clock.now(),
    )
    async with services.db.write() as tx:
        await attachments.remember(tx, row)
    return sha256


def shown(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Raw answers as the inbox keeps them: JSON."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in raw.items()}
