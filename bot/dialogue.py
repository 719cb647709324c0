"""Fields asked question by question in chat, for platforms whose cards cannot hold them.

Two things are asked about: a form nobody has a card of, and the inputs of a card that did not stand on it. Of a card
the press that needed them is done again at the end, with the answers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from bot import presses
from bot.context import Context, Message
from bot.fields import check, offered
from bot.forms import Asking, capabilities, shown_value
from bot.router import Router
from bot.web.page_links import asked_by, worth_a_page
from cards.fallback import value_words
from cards.model import Card, Input, InputKind, Option
from cards.texts import say
from rules.forms import Field, FieldKind, FormDef
from storage import conversations, outbox

CANCEL = {"取消", "算了", "不填了"}
BACK = {"上一步", "返回", "改上一个"}
SKIP = {"无", "没有", "跳过", "-", "不填"}
KEEP = {"不变", "保留", "不改", "对"}
ENOUGH = {"完成", "好了", "就这样"}
PATIENCE = timedelta(hours=12)
"""A dialogue left alone this long is over: what is said next morning is a new message."""

State = dict[str, Any]

router = Router("dialogue")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a dialogue asks about."""

    form: FormDef
    options: Mapping[str, Sequence[Option]]
    present: Mapping[str, str] = field(default_factory=dict)
    """What stands in a field now, in words; it may be kept."""
    values: Mapping[str, Any] = field(default_factory=dict)


class Dialogue:
    """Keeps {form, answers, asked, about} or {card, action, ask, answers, asked} as the conversation's state."""

    async def begin(self, ctx: Context, form: FormDef, asking: Asking) -> None:
        """Asks the first field that has no value yet; what was understood already is not asked again."""
        answers = {name: shown_value(value) for name, value in asking.values.items() if value not in (None, "")}
        about = {"form": form.name, "about": dict(asking.about)}
        await self._next(ctx, _fresh(ctx, about, answers), asking.lead or asking.title or form.title)

    async def revise(self, ctx: Context, action: Mapping[str, Any], left_out: Sequence[str]) -> None:
        """改一下: every field of the pressed card, what is missing or wrong first; then the card is submitted."""
        inputs = _inputs(ctx)
        missing = [one.name for one in inputs if one.problem or (one.required and not one.value)]
        order = [*missing, *(one.name for one in inputs if one.name not in missing and one.name in left_out)]
        await self._about_card(ctx, action, order, say("forms.revising"))

    async def complete(self, ctx: Context, action: Mapping[str, Any], wanted: Sequence[str]) -> None:
        """The pressed card lacks something: that is asked, then the press is done."""
        await self._offer_page(ctx, action, wanted)
        problems = [one.problem for one in _inputs(ctx) if one.name in wanted and one.problem]
        await self._about_card(ctx, action, wanted, "\n".join(problems) or say("forms.completing"))

    async def hear(self, ctx: Context, message: Message, state: State) -> None:
        """An answer to the question that stands."""
        words = message.text.strip()
        if words in CANCEL:
            await conversations.keep(ctx.tx, ctx.actor.id, {}, ctx.now)
            await ctx.reply(say("forms.left_as_is" if "card" in state else "forms.cancelled"))
        elif words in BACK and len(state["asked"]) > 1:
            state["asked"].pop()
            state["answers"].pop(state["asked"].pop(), None)
            await self._next(ctx, state)
        else:
            await self._take(ctx, message, state)

    async def _take(self, ctx: Context, message: Message, state: State) -> None:
        asked = await _asked(ctx, state)
        standing = asked.form.field(state["asked"][-1])
        words = message.text.strip()
        if words in ENOUGH and asked.present.get(standing.name):
            state["ask"] = [name for name in state["ask"] if name in state["answers"]]
        elif words in KEEP and asked.present.get(standing.name):
            state["answers"][standing.name] = asked.values[standing.name]
        else:
            answer = _answer(ctx, standing, asked.options.get(standing.name, ()), message)
            problem = await _problem(ctx, asked.form, standing, answer)
            if problem:
                await ctx.reply(problem)
                return
            state["answers"][standing.name] = answer
        await self._next(ctx, state)

    async def _about_card(self, ctx: Context, action: Mapping[str, Any], order: Sequence[str], intro: str) -> None:
        assert ctx.card is not None
        about = {"card": ctx.card.key, "action": dict(action), "ask": list(order)}
        # A card in a group is filled in by whoever pressed it, in their own chat.
        await self._next(replace(ctx, group=None), _fresh(ctx, about, {}), intro)

    async def _offer_page(self, ctx: Context, action: Mapping[str, Any], wanted: Sequence[str]) -> None:
        """What the chat is asked for now may be easier on the phone page."""
        inputs = [one for one in _inputs(ctx) if one.name in wanted]
        asked = await asked_by(ctx, action) if worth_a_page(inputs, await capabilities(ctx)) else None
        if asked is not None and ctx.card is not None:
            form, about = asked
            await ctx.forms.offer_page(ctx, form, about, {}, card=ctx.card.key)

    async def _next(self, ctx: Context, state: State, intro: str = "") -> None:
        asked = await _asked(ctx, state)
        waiting = [one for one in asked.form.fields if one.name not in state["answers"]]
        if waiting:
            state["asked"].append(waiting[0].name)
            await conversations.keep(ctx.tx, ctx.actor.id, state, ctx.now)
            await ctx.reply(f"{intro}\n{_question(asked, waiting[0])}".strip())
            return
        await conversations.keep(ctx.tx, ctx.actor.id, {}, ctx.now)
        problems = await (self._press_again(ctx, state) if "card" in state else self._submit(ctx, state))
        if problems:
            for name in problems:
                state["answers"].pop(name, None)
            await self._next(ctx, state, "\n".join(problems.values()))

    async def _submit(self, ctx: Context, state: State) -> dict[str, str]:
        return await ctx.forms.accept(ctx, state["form"], state["answers"], state["about"])

    async def _press_again(self, ctx: Context, state: State) -> dict[str, str]:
        """Gives what the card now says is wrong, by field; those are asked again."""
        again = await presses.replay(ctx, state["card"], state["action"], state["answers"])
        wrong = {one.name: one.problem for one in _inputs(again) if one.problem}
        state["ask"] = [*(name for name in state["ask"] if name not in wrong), *wrong]
        return wrong


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


def _fresh(ctx: Context, about: State, answers: Mapping[str, Any]) -> State:
    return {**about, "answers": dict(answers), "asked": [], "at": ctx.now.isoformat()}


async def _asked(ctx: Context, state: State) -> Asked:
    if "card" not in state:
        form = ctx.catalogue.form(state["form"])
        return Asked(form, await offered(ctx, form, {}))
    card = await outbox.card(ctx.tx, state["card"])
    inputs = {one.name: one for one in Card.model_validate(card.card).inputs} if card is not None else {}
    named = [inputs[name] for name in state["ask"] if name in inputs]
    form = FormDef("card", "", 0, tuple(_field(one) for one in named))
    options = {one.name: one.options for one in named}
    present = {one.name: value_words(one) for one in named if not one.problem}
    return Asked(form, options, present, {one.name: one.value for one in named})


def _field(entry: Input) -> Field:
    """A card's input as a question. Choices of records (customers, people) may also be answered by another name."""
    of_records = any(option.value != option.label for option in entry.options)
    kind = FieldKind.TEXT if of_records or not _kind_stands(entry) else FieldKind(entry.kind.value)
    return Field(
        entry.name,
        entry.label,
        kind,
        required=entry.required,
        options=() if kind is FieldKind.TEXT else tuple(option.value for option in entry.options),
        max_length=entry.max_length,
        placeholder=entry.placeholder,
    )


def _kind_stands(entry: Input) -> bool:
    return bool(entry.options) or entry.kind not in (InputKind.CHOICE, InputKind.MULTI_CHOICE)


def _inputs(ctx: Context) -> tuple[Input, ...]:
    """The inputs of the card being handled, as it stands now; none when it is over."""
    if ctx.card is None or ctx.card.state != "live":
        return ()
    return Card.model_validate(ctx.card.card).inputs


def _question(asked: Asked, standing: Field) -> str:
    options = [option.label for option in asked.options.get(standing.name, ())] or list(standing.options)
    present = asked.present.get(standing.name, "")
    question = say(
        "forms.question",
        title=standing.title,
        number=[one.name for one in asked.form.fields].index(standing.name) + 1,
        count=len(asked.form.fields),
        required=standing.required,
        options=options,
        present=present,
        hint=standing.placeholder or standing.help,
    )
    return f"{question}\n{say('forms.question_end', present=present)}"


def _answer(ctx: Context, standing: Field, options: Sequence[Option], message: Message) -> Any:
    """What the message answers: an option by number or name, media, a position, or the words."""
    if standing.kind in (FieldKind.PHOTO, FieldKind.FILE):
        return tuple(attachment.sha256 for attachment in message.attachments)
    if standing.kind is FieldKind.POSITION and ctx.inbound is not None and ctx.inbound.position is not None:
        place = ctx.inbound.position
        return f"{place.latitude},{place.longitude}" + (f",{place.accuracy}" if place.accuracy is not None else "")
    words = message.text.strip()
    values = [option.value for option in options] or list(standing.options)
    if words in SKIP and not standing.required and words not in values:
        return ""
    labelled = {option.label: option.value for option in options}
    if words.isdigit() and 0 < int(words) <= len(values):
        return values[int(words) - 1]
    return labelled.get(words, words)


async def _problem(ctx: Context, form: FormDef, standing: Field, answer: Any) -> str:
    single = FormDef(form.name, form.title, form.version, (standing,))
    checked = await check(ctx, single, {standing.name: answer})
    return checked.problems[0].message if checked.problems else ""
