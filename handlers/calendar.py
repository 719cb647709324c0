"""/calendar: the company's working days and hours. A change is live at once; running clocks keep what they have."""

from __future__ import annotations

from datetime import date
from typing import Any

from bot.catalogue import change
from bot.commands import wrong
from bot.context import Context
from bot.errors import Refused
from bot.router import Router
from cards import calendar as cards
from cards.texts import say
from handlers.spoken_dates import day_meant, month_meant
from handlers.timetable import live_at_once
from rules.errors import RulesError
from rules.hours import parse_interval
from rules.month import month_of
from rules.phrasing import day as said
from storage import calendars, clocks

SETTING = "calendar"

router = Router("calendar")


@router.command(
    "calendar",
    "工作日历：假日、调休、工作时间",
    "/calendar show 2026-10（不写月份就是本月）",
    "/calendar add-workday 2026-10-10（公司这天上班，可写几天）",
    "/calendar add-holiday 2026-12-31（公司这天放假，可写几天）",
    "/calendar remove 2026-12-31（恢复为国家日历）",
    "/calendar hours 09:00-12:00 13:30-18:00",
    changes=("add-workday", "add-holiday", "remove", "hours"),
)
async def command(ctx: Context, words: list[str]) -> None:
    match words:
        case [] | ["show"]:
            await show(ctx, ctx.local(ctx.now).date())
        case ["show", month]:
            first = month_meant(ctx, month)
            if first is None:
                raise wrong(ctx, "calendar", say("calendar.month", word=month))
            await show(ctx, first)
        case ["add-workday" | "add-holiday" | "remove" as verb, *days]:
            await set_days(ctx, verb, days)
        case ["hours", *spans]:
            await set_hours(ctx, spans)
        case _:
            raise wrong(ctx, "calendar", say("calendar.unknown", word=" ".join(words)))


async def show(ctx: Context, day: date, lead: str = "") -> None:
    """The month this day lies in."""
    first = day.replace(day=1)
    hours = "、".join(ctx.catalogue.setting(SETTING)["hours"])
    await ctx.reply(cards.month_card(first, month_of(first, ctx.calendar), hours, lead))


async def set_days(ctx: Context, verb: str, words: list[str]) -> None:
    """Company days: worked, off, or as the state says again."""
    days = [_day(ctx, word) for word in words]
    if not days:
        raise wrong(ctx, "calendar", say("calendar.which_day", verb=verb))
    for day in days:
        _check(ctx, verb, day)
    setting = dict(ctx.catalogue.setting(SETTING))
    named = {day.isoformat() for day in days}
    for kind in ("extra_workdays", "extra_holidays"):
        setting[kind] = [str(one) for one in setting.get(kind, ()) if str(one) not in named]
    target = {"add-workday": "extra_workdays", "add-holiday": "extra_holidays"}.get(verb)
    if target:
        setting[target] = sorted([*setting[target], *named])
    key = {"add-workday": "added_workday", "add-holiday": "added_holiday", "remove": "removed"}[verb]
    today = ctx.local(ctx.now).date()
    named_days = "、".join(said(one, today) for one in days)
    lead = say(f"calendar.{key}", days=named_days, running=await clocks.running(ctx.tx))
    await _take_effect(ctx, setting, lead, days[0])


async def set_hours(ctx: Context, words: list[str]) -> None:
    """The hours of an ordinary workday."""
    if not words:
        raise wrong(ctx, "calendar", say("calendar.hours_usage"))
    setting = dict(ctx.catalogue.setting(SETTING))
    before = setting["hours"]
    try:
        setting["hours"] = [f"{start:%H:%M}-{end:%H:%M}" for start, end in map(parse_interval, words)]
        calendars.from_setting(setting, ctx.services.settings.zone)
    except RulesError as error:
        raise Refused(str(error)) from error
    hours = "、".join(setting["hours"])
    if setting["hours"] == list(before):
        raise Refused(say("calendar.hours_same", hours=hours))
    running = await clocks.running(ctx.tx)
    lead = say("calendar.hours_changed", hours=hours, before="、".join(before), running=running)
    await _take_effect(ctx, setting, lead, ctx.local(ctx.now).date())


async def _take_effect(ctx: Context, setting: dict[str, Any], lead: str, month: date) -> None:
    note = ctx.message.text.strip() if ctx.message else ""
    await change(ctx.tx, "setting", SETTING, setting, by=ctx.actor.id, now=ctx.now, note=note)
    await ctx.event("calendar.changed", ("setting", None), {"text": lead})
    current = await live_at_once(ctx, every_job=True)
    await show(current, month, lead)


def _day(ctx: Context, word: str) -> date:
    day = day_meant(ctx, word)
    if day is None:
        raise wrong(ctx, "calendar", say("calendar.unread", word=word))
    return day


def _check(ctx: Context, verb: str, day: date) -> None:
    """Raises Refused when nothing would change, or the day is over."""
    today = ctx.local(ctx.now).date()
    if day < today:
        raise Refused(say("calendar.past", day=said(day, today)))
    calendar = ctx.calendar
    own = day in calendar.extra_workdays or day in calendar.extra_holidays
    refusals = {
        "add-workday": ("calendar.works_already", calendar.is_workday(day)),
        "add-holiday": ("calendar.off_already", not calendar.is_workday(day)),
        "remove": ("calendar.not_own", not own),
    }
    key, refused = refusals[verb]
    if refused:
        raise Refused(say(key, day=said(day, today)))
