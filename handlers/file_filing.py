"""What was told of a customer's people, competitors and policies becomes rows of its file, each once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.context import Context
from rules.durations import parse_duration
from rules.key_people import LEFT, NEW_TITLE, TOOK_OVER, Called, Known, Unclear, change, meant
from storage import customer_file as file
from storage import customers, people
from storage.tables import CompetitorMove, Contact, ContactChange, Person, PolicyEffect
from transcription.findings import Finding
from transcription.person_names import parts
from transcription.rival_moves import MENTIONED
from transcription.told import PERSON, RIVAL, Told

POSTS = {"manager": ("主管", "经理", "总"), "director": ("总监", "总"), "vp": ("总", "副总", "总裁", "副总裁")}
"""How superiors are called by what they are."""

EVENTS = {"contact_change": "contact.changed", "competitor_move": "competitor.moved", "policy_effect": "policy.noted"}
UNDONE = {
    "contact_change": "contact.change_undone",
    "competitor_move": "competitor.move_undone",
    "policy_effect": "policy.undone",
}


@dataclass(frozen=True, slots=True)
class Origin:
    """The record that brings findings, whose it is and when it was made."""

    kind: str
    id: int
    customer_id: int
    person: Person
    at: datetime
    draft_id: int | None = None


async def keep(ctx: Context, origin: Origin, findings: Sequence[Finding]) -> None:
    """Files everything new in the findings."""
    for finding in findings:
        match finding.told.kind:
            case "person":
                await _keep_person(ctx, origin, finding)
            case "rival":
                await _keep_move(ctx, origin, finding)
            case _:
                await _keep_policy(ctx, origin, finding)


async def told_of_file(ctx: Context, findings: Sequence[Finding]) -> list[Finding]:
    """What a draft shows of its findings: news, and nothing of our own people."""
    shown = [one for one in findings if one.told.news not in ("", MENTIONED) or one.told.kind not in (PERSON, RIVAL)]
    return [one for one in shown if one.told.kind != PERSON or not await _is_ours(ctx, one.told, ctx.actor)]


async def _keep_person(ctx: Context, origin: Origin, finding: Finding) -> None:
    told = finding.told
    known = await _known(ctx, origin.customer_id)
    try:
        contact = meant(told.name, parts(told.name), known)
    except Unclear:
        return
    kind = change(told.news, told.title, contact)
    if kind is None or (contact is None and await _is_ours(ctx, told, origin.person)):
        return
    row = await _contact(ctx, origin, told, contact)
    before, after = (told.before, told.after) if kind in (LEFT, TOOK_OVER) else ("", "")
    if kind == NEW_TITLE:
        before, after = row.title, told.title
    _apply(row, told, kind, origin.at)
    changed = ContactChange(
        contact_id=row.id, kind=kind, before=before, after=after, made=contact is None, **_evidence(origin, finding)
    )
    await _write(ctx, changed, {"name": row.name, "kind": kind, "before": before, "after": after})


async def _contact(ctx: Context, origin: Origin, told: Told, known: Known | None) -> Contact:
    """The contact that is meant, or a new one."""
    if known is not None:
        return await ctx.tx.get_one(Contact, known.id)
    called = parts(told.name)
    full = bool(called.given and called.title)
    contact = Contact(
        customer_id=origin.customer_id,
        name=f"{called.surname}{called.given}" if full else told.name,
        title=called.title if full else "",
        department=told.department,
    )
    ctx.tx.add(contact)
    await ctx.tx.flush()
    return contact


def _apply(contact: Contact, told: Told, kind: str, at: datetime) -> None:
    contact.department = contact.department or told.department
    if kind == LEFT:
        contact.left_at = at
    elif kind == TOOK_OVER:
        contact.left_at = None
    elif kind == NEW_TITLE:
        contact.title = told.title


async def _known(ctx: Context, customer_id: int) -> list[Known]:
    leading = await file.in_charge(ctx.tx, customer_id)
    return [
        Known(one.id, one.name, parts(one.name), one.title, one.left_at is not None, one.id in leading)
        for one in await customers.contacts(ctx.tx, customer_id)
    ]


async def _is_ours(ctx: Context, told: Told, speaker: Person) -> bool:
    """Whether it is a colleague: by the whole name, or one of the speaker's superiors by surname and post."""
    if told.name in {one.name for one in await people.everybody(ctx.tx)}:
        return True
    called = parts(told.name)
    chain = await people.superiors(ctx.tx, speaker)
    return any(_by_post(called, parts(one.name), one.role) for one in chain)


def _by_post(called: Called, superior: Called, role: str) -> bool:
    return not called.given and called.surname == superior.surname and called.title in POSTS.get(role, ())


async def _keep_move(ctx: Context, origin: Origin, finding: Finding) -> None:
    told = finding.told
    since = origin.at - parse_duration(ctx.catalogue.setting("customer_file")["again"])
    lately = [one for one in await file.moves(ctx.tx, [origin.customer_id], competitor=told.name) if one.at > since]
    if any(told.news == MENTIONED or (one.kind, one.price) == (told.news, told.price) for one in lately):
        return
    row = CompetitorMove(competitor=told.name, kind=told.news, price=told.price, **_evidence(origin, finding))
    await _write(ctx, row, {"name": told.name, "kind": told.news, "price": str(told.price or "")})


async def _keep_policy(ctx: Context, origin: Origin, finding: Finding) -> None:
    told = finding.told
    on_file = [one for one in await file.policies(ctx.tx, [origin.customer_id]) if one.policy == told.name]
    if any(told.news in ("", one.effect) for one in on_file):
        return
    row = PolicyEffect(policy=told.name, effect=told.news, **_evidence(origin, finding))
    await _write(ctx, row, {"name": told.name, "effect": told.news})


def _evidence(origin: Origin, finding: Finding) -> dict[str, Any]:
    starts, ends = finding.seconds or (None, None)
    return {
        "customer_id": origin.customer_id,
        "person_id": origin.person.id,
        "at": origin.at,
        "source_kind": origin.kind,
        "source_id": origin.id,
        "draft_id": origin.draft_id,
        "words": finding.words,
        "starts": starts,
        "ends": ends,
    }


async def _write(ctx: Context, row: file.Entry, told: dict[str, Any]) -> None:
    await file.keep(ctx.tx, row)
    kind = file.KINDS[type(row)]
    payload = {"customer": row.customer_id, "source": [row.source_kind, row.source_id], **told}
    await ctx.event(EVENTS[kind], (kind, row.id), payload)
