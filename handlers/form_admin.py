"""/form: an admin changes a form's options and required fields; each change is a version, live at once."""

from __future__ import annotations

from collections.abc import Callable

from bot.catalogue import change
from bot.commands import wrong
from bot.context import Context
from bot.errors import Refused
from bot.router import Router
from cards import form_admin as cards
from cards.texts import say
from rules.errors import RulesError
from rules.forms import Field, FieldKind, FormDef
from storage import definitions, people

LONGEST_OPTION = 20
WITH_OPTION = ("add-option", "remove-option")
CHANGES = (*WITH_OPTION, "require", "optional")

Change = Callable[[FormDef, str, str], FormDef]

router = Router("form_admin")


@router.command(
    "form",
    "表单的字段、选项和必填",
    "/form show 客户推进（不写名字看全部）",
    "/form add-option 客户推进 阻碍因素 换人",
    "/form remove-option 客户推进 阻碍因素 换人",
    "/form require 客户推进 下次跟进",
    "/form optional 客户推进 下次跟进",
    changes=CHANGES,
)
async def command(ctx: Context, words: list[str]) -> None:
    match words:
        case [] | ["show"]:
            await ctx.reply(cards.forms_card(list(ctx.catalogue.forms.values())))
        case ["show", *name]:
            await show(ctx, ctx.catalogue.form(" ".join(name)))
        case [verb, *rest] if verb in CHANGES:
            await edit(ctx, verb, rest)
        case _:
            raise wrong(ctx, "form", say("form_admin.unknown", word=" ".join(words)))


async def show(ctx: Context, form: FormDef, lead: str = "") -> None:
    newest = await definitions.newest(ctx.tx, "form", form.name)
    by = await people.person(ctx.tx, newest.person_id) if newest is not None and newest.person_id else None
    made = cards.Made(by.name if by else "", ctx.moment(newest.at)) if newest is not None else cards.Made()
    await ctx.reply(cards.form_card(form, made, lead))


async def edit(ctx: Context, verb: str, words: list[str]) -> None:
    """One change to one field. The old versions stay: a card drawn from one of them is still accepted."""
    with_option = verb in WITH_OPTION
    count = 2 if with_option else 1
    if len(words) not in (count, count + 1):
        raise wrong(ctx, "form", say("form_admin.usage", verb=verb, option=with_option))
    form = ctx.catalogue.form(words[0]) if len(words) > count else _form_with(ctx, verb, words[0])
    title, option = words[-count], words[-1] if with_option else ""
    if len(option) > LONGEST_OPTION:
        raise Refused(say("form_admin.long_option", option=option, count=len(option), most=LONGEST_OPTION))
    try:
        field = form.field(title)
        _check(verb, field)
        changed = EDITS[verb](form, field.name, option)
    except RulesError as error:
        raise Refused(str(error)) from error
    note = f"{verb} {' '.join(words)}"
    await change(ctx.tx, "form", form.name, changed.to_dict(), by=ctx.actor.id, now=ctx.now, note=note)
    lead = say(f"form_admin.{SAID[verb]}", field=field.title, option=option)
    await ctx.event("form.changed", ("form", None), {"form": form.title, "version": changed.version, "text": lead})
    await show(ctx, changed, lead)


EDITS: dict[str, Change] = {
    "add-option": lambda form, field, option: form.with_option(field, option),
    "remove-option": lambda form, field, option: form.without_option(field, option),
    "require": lambda form, field, _: form.with_required(field, True),
    "optional": lambda form, field, _: form.with_required(field, False),
}
SAID = {"add-option": "option_added", "remove-option": "option_removed", "require": "required", "optional": "optional"}


def _check(verb: str, field: Field) -> None:
    """A record without its customer is nobody's."""
    if verb == "optional" and field.required and field.kind is FieldKind.CUSTOMER:
        raise Refused(say("form_admin.needed", field=field.title))


def _form_with(ctx: Context, verb: str, field: str) -> FormDef:
    """The one form that has this field, where the form was not named."""
    found = [form for form in ctx.catalogue.forms.values() if field in {one.title for one in form.fields}]
    if not found:
        raise Refused(say("form_admin.no_field", field=field))
    if len(found) > 1:
        raise Refused(say("form_admin.which_form", field=field, forms=[form.title for form in found], verb=verb))
    return found[0]
