"""/why: which flow, rule or schedule made the last push, in which version, with which inputs, on which clock."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.commands import wrong
from bot.context import Context
from bot.errors import Refused
from bot.router import Router
from cards import why as cards
from cards.texts import say
from handlers import private
from storage import flows, why
from storage.calendars import restore
from storage.tables import Outbox

router = Router("why")


@router.command("why", "最近一条推送为什么发给我", "/why", "/why 2（再往前一条）")
async def command(ctx: Context, words: list[str]) -> None:
    if words and not (words[0].isdigit() and int(words[0]) > 0):
        raise wrong(ctx, "why", say("why.number", word=words[0]))
    number = int(words[0]) if words else 1
    pushes = await why.with_reason(ctx.tx, ctx.actor.id)
    if number > len(pushes):
        raise Refused(say("why.none", count=len(pushes)))
    push = pushes[number - 1]
    reason = cards.Reason(_title(push), _trigger(push.why), await _facts(ctx, push))
    await private.answer(ctx, cards.why_card(reason))


def _title(push: Outbox) -> str:
    """What the push said in its first line."""
    if push.kind == "card":
        return str(push.payload["card"]["title"])
    return str(push.payload.get("text") or push.payload.get("name", "")).partition("\n")[0]


def _trigger(reason: Mapping[str, Any]) -> str:
    return say("why.trigger", kind=reason.get("kind", ""), title=reason.get("title", ""), about=reason.get("about", ""))


async def _facts(ctx: Context, push: Outbox) -> list[tuple[str, str]]:
    """Whatever the reason knows, in words; what it does not know is left out."""
    reason = push.why
    said = {
        "版本": say("why.version", version=reason["version"]) if reason.get("version") else "",
        "规则": str(reason.get("sentence", "")),
        "时限": str(reason.get("limit", "")),
        "开始计时": _moment(ctx, reason.get("opened_at")),
        "到期": _moment(ctx, reason.get("due_at")),
        "工作时间": await _calendar(ctx, reason),
        "定在": _moment(ctx, reason.get("at")),
        "推送时间": ctx.moment(push.created_at),
        "先留着": say("why.held", at=ctx.moment(push.not_before)) if push.not_before > push.created_at else "",
    }
    inputs = [(str(key), str(value)) for key, value in (reason.get("inputs") or {}).items()]
    return [*inputs, *[(label, words) for label, words in said.items() if words]]


async def _calendar(ctx: Context, reason: Mapping[str, Any]) -> str:
    """The hours the step's clock runs on: the snapshot taken when it started."""
    if reason.get("kind") != "flow" or "工作" not in str(reason.get("limit", "")):
        return ""
    steps = await flows.steps(ctx.tx, int(reason["flow_id"]))
    calendar = restore(steps[-1].calendar)
    spans = "、".join(f"{start:%H:%M}-{end:%H:%M}" for start, end in calendar.normal_hours)
    return say("why.hours", spans=spans)


def _moment(ctx: Context, text: Any) -> str:
    return ctx.moment(datetime.fromisoformat(str(text))) if text else ""
