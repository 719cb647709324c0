"""今日拜访: start, arrive, leave. What is missing makes the visit 待验证, and the manager is told."""

from __future__ import annotations

from typing import Any

from bot.context import Context, Message
from bot.errors import NotYours, Refused
from bot.fields import customer_meant
from bot.forms import Asking, Submitted
from bot.pictures import on_record
from bot.router import Router
from cards import visits as cards
from cards.texts import say
from cards.visits import CompleteVisit, StartVisit
from handlers.visit_words import form_lacking, missing_words, required, shown, titles
from rules import visits as rules
from rules.answers import plain
from rules.places import Position, distance, is_far
from storage import people, visits
from storage.tables import Attachment, Customer, Event, Interaction, Visit

FLOW = "visit"
PHOTOS = ("photo", "front", "display", "shelf")
WORDS = ("今日拜访", "开始拜访", "去拜访", "拜访打卡", "打卡")

router = Router("visits")


@router.command("visit", "开始今日拜访", "/visit", "/visit 客户名")
async def command(ctx: Context, words: list[str]) -> None:
    await _begin(ctx, " ".join(words))


@router.says(rank=30)
async def by_words(ctx: Context, message: Message) -> bool:
    """今日拜访, alone or with a customer's name behind it."""
    said = message.text.strip().rstrip("。！!")
    word = next((word for word in WORDS if said == word or said.startswith(f"{word} ")), None)
    if word is None:
        return False
    await _begin(ctx, said.removeprefix(word).strip())
    return True


@router.pressed(StartVisit)
async def by_button(ctx: Context, press: StartVisit) -> None:
    await _ask(ctx, {"customer": press.customer} if press.customer else {})


@router.submitted("visit_start")
async def start(ctx: Context, submitted: Submitted) -> None:
    """The rep is on the way: the visit is a record and its flow asks for arrival."""
    await _refuse_second(ctx)
    customer = await ctx.tx.get_one(Customer, submitted.values["customer"])
    kind = submitted.values["kind"]
    visit = Visit(
        person_id=ctx.actor.id, customer_id=customer.id, kind=kind, started_at=ctx.now, evidence={}, missing=[]
    )
    ctx.tx.add(visit)
    await ctx.tx.flush()
    context = {"subject": customer.name, "ask": say("visits.on_the_way"), "facts": [["类型", kind]]}
    flow = await ctx.flows.start(
        ctx, FLOW, about=("visit", visit.id), reporter=ctx.actor, context=context, payload={"kind": kind}
    )
    visit.flow_id = flow.id
    await ctx.event("visit.started", ("visit", visit.id), {"customer": customer.id, "kind": kind})


@router.on("flow.answered")
async def step_done(ctx: Context, event: Event) -> None:
    """Arrived, left or cancelled: the visit's record follows its flow."""
    if event.payload["flow"] != FLOW or event.subject_id is None:
        return
    visit = await visits.of_flow(ctx.tx, event.subject_id)
    if visit is None:
        return
    given = {key: event.payload[key] for key in titles(ctx) if event.payload.get(key)}
    if event.payload["choice"] == "cancelled":
        visit.state = "cancelled"
        await ctx.event("visit.cancelled", ("visit", visit.id))
    elif event.payload["choice"] == "left":
        await _leave(ctx, visit, given)
    else:
        await _arrive(ctx, visit, given)


@router.says(rank=10)
async def evidence_by_message(ctx: Context, message: Message) -> bool:
    """A photo or a position sent in chat belongs to the visit under way, or completes one of today's."""
    assert ctx.inbound is not None
    photos = [attachment for attachment in message.attachments if attachment.kind == "photo"]
    if not photos and ctx.inbound.position is None and not message.audio:
        return False
    visit = await _wanting(ctx)
    if visit is None:
        return await _unexpected(ctx, message)
    if message.audio:
        visit.evidence = {**visit.evidence, "voice": [message.audio]}
        await _judge_again(ctx, visit)
        return False
    taken = await _take(ctx, visit, photos)
    await ctx.reply(say("visits.taken", taken=taken, missing=missing_words(ctx, visit)))
    await _judge_again(ctx, visit)
    return True


@router.pressed(CompleteVisit)
async def complete(ctx: Context, press: CompleteVisit) -> None:
    """Asks for the first form that holds something the visit still lacks, with what is there already filled in."""
    visit = await visits.visit_for(ctx.tx, ctx.actor, press.visit)
    if visit is None or visit.person_id != ctx.actor.id:
        raise NotYours("这次拜访")
    form = form_lacking(ctx, visit)
    if form is None or visit.state != "incomplete":
        raise Refused(say("visits.nothing_missing"))
    known = {field.name: shown(visit.evidence.get(field.name)) for field in form.fields}
    await ctx.forms.ask(
        ctx, Asking(form.name, values=known, about={"visit": visit.id}, lead=say("visits.complete_lead"))
    )


@router.submitted("visit_arrive")
@router.submitted("visit_arrive_store")
@router.submitted("visit_arrive_goods")
@router.submitted("visit_leave")
async def completed(ctx: Context, submitted: Submitted) -> None:
    """What was missing has been added by hand."""
    visit = await visits.visit_for(ctx.tx, ctx.actor, int(submitted.about["visit"]))
    if visit is None or visit.person_id != ctx.actor.id:
        raise NotYours("这次拜访")
    given = {name: plain(value) for name, value in submitted.values.items()}
    photos = {name: _keys(given[name]) for name in PHOTOS if name in given}
    await _refuse_used(ctx, visit, [key for keys in photos.values() for key in keys])
    visit.evidence = {**visit.evidence, **given, **photos}
    visit.next_at = submitted.values.get("next_at", visit.next_at)
    await _judge_again(ctx, visit)
    if visit.state == "incomplete":
        await _report(ctx, visit)


async def _begin(ctx: Context, name: str) -> None:
    await _refuse_second(ctx)
    if not name:
        await _ask(ctx, {})
        return
    meant = await customer_meant(ctx, name)
    if meant.id is None:
        raise Refused(meant.problem)
    await _ask(ctx, {"customer": meant.id})


async def _ask(ctx: Context, values: dict[str, Any]) -> None:
    kind = ctx.catalogue.form("visit_start").field("kind").options[0]
    await ctx.forms.ask(ctx, Asking("visit_start", values={"kind": kind, **values}, lead=say("visits.ask")))


async def _refuse_second(ctx: Context) -> None:
    """One visit at a time: the one under way is shown again."""
    visit = await visits.under_way(ctx.tx, ctx.actor.id)
    if visit is None or visit.flow_id is None:
        return
    customer = await ctx.tx.get_one(Customer, visit.customer_id)
    raise Refused(say("visits.under_way", customer=customer.name, since=ctx.moment(visit.started_at)))


async def _arrive(ctx: Context, visit: Visit, given: dict[str, Any]) -> None:
    photos = {name: _keys(given[name]) for name in PHOTOS if name in given}
    await _refuse_used(ctx, visit, [key for keys in photos.values() for key in keys])
    visit.arrived_at = ctx.now
    visit.evidence = {**visit.evidence, **given, **photos}
    await ctx.event("visit.arrived", ("visit", visit.id), {"given": sorted(given)})
    await _flag_distance(ctx, visit)


async def _leave(ctx: Context, visit: Visit, given: dict[str, Any]) -> None:
    visit.left_at = ctx.now
    visit.evidence = {**visit.evidence, **given}
    if given.get("next_at"):
        visit.next_at = ctx.now.fromisoformat(given["next_at"])
    verdict = rules.judge(required(ctx, visit.kind), visit.evidence)
    visit.state, visit.missing = verdict.state, [list(any_of) for any_of in verdict.missing]
    ctx.tx.add(
        Interaction(
            customer_id=visit.customer_id,
            person_id=visit.person_id,
            kind="visit",
            at=ctx.now,
            note=str(given.get("solved", visit.kind)),
            source_kind="visit",
            source_id=visit.id,
        )
    )
    await ctx.event("visit.finished", ("visit", visit.id), {"state": visit.state, "missing": visit.missing})
    await ctx.event("contact.made", ("customer", visit.customer_id), {"by": "visit"})
    await _report(ctx, visit)


async def _report(ctx: Context, visit: Visit) -> None:
    """The rep sees how the visit stands; the manager hears of one that lacks something."""
    customer = await ctx.tx.get_one(Customer, visit.customer_id)
    missing = missing_words(ctx, visit)
    following = ctx.moment(visit.next_at) if visit.next_at else ""
    card = cards.finished(visit.id, customer.name, missing=missing, following=following)
    await ctx.reply(card, thread=thread(visit.id))
    superior = await people.superior(ctx.tx, ctx.actor)
    if missing and superior is not None:
        why = {"kind": "visit", "title": "待验证", "visit": visit.id, "missing": visit.missing}
        await ctx.push(
            superior, cards.incomplete(ctx.actor.name, customer.name, missing), why=why, thread=thread(visit.id)
        )


async def _wanting(ctx: Context) -> Visit | None:
    """The visit under way, else the newest of today's that still lacks something."""
    open_visit = await visits.under_way(ctx.tx, ctx.actor.id)
    if open_visit is not None:
        return open_visit
    midnight = ctx.local(ctx.now).replace(hour=0, minute=0, second=0, microsecond=0)
    waiting = await visits.incomplete(ctx.tx, ctx.actor.id, midnight)
    return waiting[0] if waiting else None


async def _unexpected(ctx: Context, message: Message) -> bool:
    if message.audio:
        return False
    await ctx.reply(say("visits.kept"))
    return True


async def _take(ctx: Context, visit: Visit, photos: list[Attachment]) -> str:
    """Puts what came where it is missing; gives what it was taken for."""
    assert ctx.inbound is not None
    if ctx.inbound.position is not None:
        place = ctx.inbound.position
        given = {"latitude": place.latitude, "longitude": place.longitude, "accuracy": place.accuracy}
        visit.evidence = {**visit.evidence, "position": given}
        await _flag_distance(ctx, visit)
        return titles(ctx)["position"]
    await _refuse_used(ctx, visit, [photo.sha256 for photo in photos])
    wanted = [name for any_of in required(ctx, visit.kind) for name in any_of if name in PHOTOS]
    name = next((name for name in wanted if name not in visit.evidence), wanted[0] if wanted else PHOTOS[0])
    visit.evidence = {**visit.evidence, name: [*_keys(visit.evidence.get(name)), *(photo.sha256 for photo in photos)]}
    return titles(ctx)[name]


async def _judge_again(ctx: Context, visit: Visit) -> None:
    """A visit that is over and lacked something may be complete now."""
    if visit.state != "incomplete":
        return
    verdict = rules.judge(required(ctx, visit.kind), visit.evidence)
    visit.missing = [list(any_of) for any_of in verdict.missing]
    if verdict.missing:
        return
    visit.state = verdict.state
    await ctx.event("visit.completed", ("visit", visit.id))
    customer = await ctx.tx.get_one(Customer, visit.customer_id)
    rep = await people.person(ctx.tx, visit.person_id)
    mine = cards.finished(visit.id, customer.name)
    theirs = cards.completed(rep.name if rep else "", customer.name)
    await ctx.redraw_thread(
        thread(visit.id), lambda holder: mine if holder and holder.id == visit.person_id else theirs
    )


async def _refuse_used(ctx: Context, visit: Visit, keys: list[str]) -> None:
    """A picture that proved an earlier visit proves nothing here; the earlier one is named."""
    for key in keys:
        used = await visits.used_before(ctx.tx, await on_record(ctx, key), but=visit.id)
        if used is not None:
            earlier, customer = used
            raise Refused(say("visits.used", customer=customer.name, at=ctx.moment(earlier.started_at)))


async def _flag_distance(ctx: Context, visit: Visit) -> None:
    """An arrival far from the customer's address is told to the rep and the manager, not refused."""
    customer = await ctx.tx.get_one(Customer, visit.customer_id)
    given = visit.evidence.get("position")
    if not given or customer.latitude is None or customer.longitude is None:
        return
    here, there = Position(**given), Position(customer.latitude, customer.longitude)
    if not is_far(here, there, float(ctx.catalogue.setting("visits")["far"])):
        return
    metres = round(distance(here, there))
    await ctx.event("visit.far", ("visit", visit.id), {"metres": metres})
    await ctx.reply(say("visits.far", customer=customer.name, metres=metres))
    superior = await people.superior(ctx.tx, ctx.actor)
    if superior is not None:
        await ctx.push(
            superior,
            cards.far(ctx.actor.name, customer.name, metres),
            why={"kind": "visit", "title": "位置偏离", "metres": metres},
        )


def thread(visit_id: int) -> str:
    return f"visit:{visit_id}"


def _keys(value: Any) -> list[str]:
    return list(value) if isinstance(value, list | tuple) else [value] if isinstance(value, str) else []
