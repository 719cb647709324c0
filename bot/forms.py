"""Forms at run time: asked for on a card or question by question, checked, kept as they were given, then handled.

A submission carries the version it was drawn from. An old card is still accepted: what it lacks by now is asked for,
and nothing typed on it is lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.context import Context
from bot.errors import Refused
from bot.fallback import fits_alone
from bot.fields import Raw, check, fits, offered
from bot.platforms.base import Capabilities
from bot.router import Router
from bot.web.page_links import page_button, page_card, page_link, worth_a_page
from cards.forms import CancelForm, SubmitForm, form_card, form_inputs
from cards.model import Card, Input, Source, Tone
from cards.texts import say
from rules.answers import plain
from rules.forms import FormDef
from storage import conversations, people
from storage.tables import CardSent, Submission

router = Router("forms")


@dataclass(frozen=True, slots=True)
class Submitted:
    """A form that passed: typed values, what it is about, and the row that keeps it."""

    form: FormDef
    values: Mapping[str, Any]
    about: Mapping[str, Any]
    row: Submission


@dataclass(frozen=True, slots=True)
class Asking:
    """How to ask for a form."""

    form: str
    values: Raw = field(default_factory=dict)
    about: Mapping[str, Any] = field(default_factory=dict)
    title: str = ""
    lead: str = ""
    sources: Mapping[str, Source] = field(default_factory=dict)


class Forms:
    """The door to forms for handlers."""

    async def ask(self, ctx: Context, asking: Asking) -> None:
        """Asks the actor: on a card where their platform holds the fields or something is known to be nodded at, else
        question by question."""
        form = ctx.catalogue.form(asking.form)
        inputs = await self.inputs(ctx, form, asking.values, sources=asking.sources)
        can = await capabilities(ctx)
        if fits(inputs, can) or fits_alone(inputs, can) or any(entry.value for entry in inputs):
            card = form_card(form, inputs, asking.about, title=asking.title, lead=asking.lead)
            sent = await ctx.push(ctx.actor, card, urgent=True, form=(form.name, form.version))
            if sent is not None and worth_a_page(inputs, can):
                await self._add_page(ctx, sent, card, form, asking)
            return
        if worth_a_page(inputs, can):
            await self.offer_page(ctx, form, asking.about, asking.values)
        await ctx.services.dialogue.begin(ctx, form, asking)

    async def offer_page(
        self, ctx: Context, form: FormDef, about: Mapping[str, Any], values: Raw, *, card: str = ""
    ) -> None:
        """A card that leads to the phone page, where there is one; the questions in the chat go on beside it."""
        link = await page_link(ctx, form, about, values, card=card)
        if link:
            await ctx.push(ctx.actor, page_card(form, say("pages.offer_lead"), link), urgent=True)

    async def _add_page(self, ctx: Context, sent: CardSent, card: Card, form: FormDef, asking: Asking) -> None:
        """The button that leads to the phone page, on a card that has not left yet: the link names the card."""
        link = await page_link(ctx, form, asking.about, asking.values, card=sent.key)
        if link:
            first, *rest = card.buttons
            await ctx.redraw(sent, card.model_copy(update={"buttons": (first, page_button(link), *rest)}))

    async def inputs(
        self,
        ctx: Context,
        form: FormDef,
        values: Raw,
        *,
        problems: Mapping[str, str] | None = None,
        sources: Mapping[str, Source] | None = None,
    ) -> tuple[Input, ...]:
        """The form's inputs with values as they stand on cards."""
        shown = {name: shown_value(value) for name, value in values.items()}
        options = await offered(ctx, form, shown)
        return form_inputs(form, shown, problems=problems, sources=sources, options=options)

    async def keep(
        self, ctx: Context, form: FormDef, values: Mapping[str, Any], about: Mapping[str, Any]
    ) -> Submission:
        """Keeps a checked form as a submission."""
        row = Submission(
            form=form.name,
            version=form.version,
            person_id=ctx.actor.id,
            answers={name: plain(value) for name, value in values.items()},
            about=dict(about),
            inbox_id=ctx.inbox_id,
            at=ctx.now,
        )
        ctx.tx.add(row)
        await ctx.tx.flush()
        return row

    async def accept(self, ctx: Context, name: str, raw: Raw, about: Mapping[str, Any]) -> dict[str, str]:
        """Checks and handles a filled-in form. Gives the problems by field; empty when it was taken."""
        form = ctx.catalogue.form(name)
        checked = await check(ctx, form, raw)
        if checked.problems:
            return {problem.field: problem.message for problem in checked.problems}
        row = await self.keep(ctx, form, checked.values, about)
        handler = ctx.services.routes.forms.get(form.name)
        submitted = Submitted(form, checked.values, about, row)
        if "flow_step" in about:
            await ctx.flows.take_form(ctx, submitted.about, submitted.values)
        elif handler is not None:
            await handler(ctx, submitted)
        else:
            raise LookupError(f"no feature handles the form {form.name}")
        return {}


@router.pressed(SubmitForm)
async def submit(ctx: Context, press: SubmitForm) -> None:
    """A form's card was submitted: taken, or shown again with what is wrong beside what was typed."""
    raw = answers_of(ctx)
    problems = await ctx.forms.accept(ctx, press.form, raw, press.about)
    if ctx.card is None:
        if problems:
            raise Refused("\n".join(problems.values()))
        await _end_dialogue(ctx, press)
        return
    form = ctx.catalogue.form(press.form)
    if problems:
        inputs = await ctx.forms.inputs(ctx, form, raw, problems=problems, sources=sources_of(ctx))
        await ctx.redraw(ctx.card, form_card(form, inputs, press.about, title=ctx.card.card["title"]))
    elif ctx.card.key not in ctx.drawn:
        await ctx.redraw(ctx.card, taken(form), close=True)


@router.pressed(CancelForm)
async def cancel(ctx: Context, press: CancelForm) -> None:
    if ctx.card is not None:
        await ctx.redraw(ctx.card, Card(title=say("forms.cancelled")), close=True)


async def _end_dialogue(ctx: Context, press: SubmitForm) -> None:
    """The same form may be standing question by question in the chat: filled in on the phone page, it is over there."""
    state = await conversations.state(ctx.tx, ctx.actor.id)
    if state.get("form") == press.form and state.get("about") == press.about:
        await conversations.keep(ctx.tx, ctx.actor.id, {}, ctx.now)


def taken(form: FormDef) -> Card:
    return Card(title=f"{form.title} · 已提交", tone=Tone.GOOD)


def answers_of(ctx: Context) -> dict[str, Any]:
    """What stood in the inputs of the pressed card, with the values it was sent with where the platform left some out."""
    given = dict(ctx.inbound.press.answers) if ctx.inbound and ctx.inbound.press else {}
    if ctx.card is None:
        return given
    sent = {entry.name: entry.value for entry in Card.model_validate(ctx.card.card).inputs if entry.value}
    return {**sent, **given}


def sources_of(ctx: Context) -> dict[str, Source]:
    """Where the pressed card said its values came from."""
    if ctx.card is None:
        return {}
    return {entry.name: entry.source for entry in Card.model_validate(ctx.card.card).inputs if entry.source}


def shown_value(value: Any) -> str | tuple[str, ...]:
    """A raw answer as an input holds it."""
    if isinstance(value, list | tuple):
        return tuple(str(one) for one in value)
    return "" if value is None else str(value)


async def capabilities(ctx: Context) -> Capabilities:
    """What the actor's platform can do: the one they speak from, else the one they used last."""
    platforms = ctx.services.platforms
    if ctx.inbound is not None:
        return platforms[(ctx.inbound.platform, ctx.inbound.app)].client.capabilities
    for identity in await people.identities(ctx.tx, ctx.actor.id):
        platform = platforms.get((identity.platform, identity.app))
        if platform is not None:
            return platform.client.capabilities
    return Capabilities()
