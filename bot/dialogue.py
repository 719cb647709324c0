"""A form asked question by question in chat, for platforms whose cards cannot hold its fields."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.context import Context, Message
from bot.fields import check, offered
from bot.forms import Asking, shown_value
from bot.router import Router
from cards.texts import say
from rules.forms import Field, FieldKind, FormDef
from storage import conversations

CANCEL = {"取消", "算了", "不填了"}
BACK = {"上一步", "返回", "改上一个"}
SKIP = {"无", "没有", "跳过", "-", "不填"}
PATIENCE = timedelta(hours=12)
"""A dialogue left alone this long is over: what is said next morning is a new message."""

router = Router("dialogue")


class Dialogue:
    """Keeps {form, answers, index, about} as the conversation's state."""

    async def begin(self, ctx: Context, form: FormDef, asking: Asking) -> None:
        """Asks the first field that has no value yet; what was understood already is not asked again."""
        answers = {name: shown_value(value) for name, value in asking.values.items() if value not in (None, "")}
        state = {
            "form": form.name,
            "answers": answers,
            "about": dict(asking.about),
            "asked": [],
            "at": ctx.now.isoformat(),
        }
        intro = asking.lead or asking.title or form.title
        await self._next(ctx, form, state, intro)

    async def hear(self, ctx: Context, message: Message, state: dict[str, Any]) -> None:
        """An answer to the question that stands."""
        form = ctx.catalogue.form(state["form"])
        words = message.text.strip()
        if words in CANCEL:
            await conversations.keep(ctx.tx, ctx.actor.id, {}, ctx.now)
            await ctx.reply(say("forms.cancelled"))
            return
        if words in BACK and len(state["asked"]) > 1:
            state["asked"].pop()
            again = state["asked"].pop()
            state["answers"].pop(again, None)
            await self._next(ctx, form, state)
            return
        field = form.field(state["asked"][-1])
        answer = await _answer(ctx, form, field, message)
        problem = await _problem(ctx, form, field, answer)
        if problem:
            await ctx.reply(problem)
            return
        state["answers"][field.name] = answer
        await self._next(ctx, form, state)

    async def _next(self, ctx: Context, form: FormDef, state: dict[str, Any], intro: str = "") -> None:
        waiting = [field for field in form.fields if field.name not in state["answers"]]
        if waiting:
            state["asked"].append(waiting[0].name)
            await conversations.keep(ctx.tx, ctx.actor.id, state, ctx.now)
            await ctx.reply(f"{intro}\n{await _question(ctx, form, waiting[0])}".strip())
            return
        await conversations.keep(ctx.tx, ctx.actor.id, {}, ctx.now)
        problems = await ctx.forms.accept(ctx, form.name, state["answers"], state["about"])
        if problems:
            for name in problems:
                state["answers"].pop(name, None)
            await self._next(ctx, form, state, "\n".join(problems.values()))


@router.says(rank=0)
async def answer(ctx: Context, message: Message) -> bool:
    """While a dialogue goes on, what is said is its answer; a command still is a command (handled before)."""
    state = await conversations.state(ctx.tx, ctx.actor.id)
    if not state or ctx.group is not None:
        return False
    if ctx.now - ctx.now.fromisoformat(state["at"]) > PATIENCE:
        await conversations.keep(ctx.tx, ctx.actor.id, {}, ctx.now)
        return False
    await ctx.services.dialogue.hear(ctx, message, state)
    return True


async def _question(ctx: Context, form: FormDef, field: Field) -> str:
    number = [one.name for one in form.fields].index(field.name) + 1
    options = [option.label for option in (await offered(ctx, form, {})).get(field.name, ())] or list(field.options)
    question = say(
        "forms.question",
        title=field.title,
        number=number,
        count=len(form.fields),
        required=field.required,
        options=options,
        hint=field.placeholder or field.help,
    )
    return f"{question}\n{say('forms.question_end')}"


async def _answer(ctx: Context, form: FormDef, field: Field, message: Message) -> Any:
    """What the message answers: an option by number or name, media, a position, or the words."""
    if field.kind in (FieldKind.PHOTO, FieldKind.FILE):
        return tuple(attachment.sha256 for attachment in message.attachments)
    if field.kind is FieldKind.POSITION and ctx.inbound is not None and ctx.inbound.position is not None:
        place = ctx.inbound.position
        return f"{place.latitude},{place.longitude}" + (f",{place.accuracy}" if place.accuracy is not None else "")
    words = message.text.strip()
    if words in SKIP and not field.required and words not in field.options:
        return ""
    if not words.isdigit():
        return words
    options = (await offered(ctx, form, {})).get(field.name) or field.options
    chosen = int(words) - 1
    if 0 <= chosen < len(options):
        option = options[chosen]
        return option if isinstance(option, str) else option.value
    return words


async def _problem(ctx: Context, form: FormDef, field: Field, answer: Any) -> str:
    single = FormDef(form.name, form.title, form.version, (field,))
    checked = await check(ctx, single, {field.name: answer})
    return checked.problems[0].message if checked.problems else ""
