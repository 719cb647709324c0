"""Forms on a phone page: for camera, position, a scan, and whatever is too long for a chat.

A submission goes the way of every message: into the inbox under a key of its link, then in its turn to the form's
handler. What cannot be right is said on the page before, with everything typed kept.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import structlog
from aiohttp import web
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.context import Context
from bot.errors import Refused
from bot.fields import check
from bot.flows import step_for
from bot.platforms.base import Chat, Inbound, Kind, Press
from bot.runtime import Runtime
from bot.web.page_answers import file_fields, raw_answers, shown, theirs
from bot.web.page_bodies import read_body
from bot.web.page_links import Grant, LinkSigner
from bot.web.page_notes import HEADERS, HERE, Note, note_page, page
from bot.web.page_views import facts, field_views
from bot.web.page_visitors import Visitors
from cards.forms import SubmitForm
from cards.model import Card
from cards.texts import say
from rules.forms import FormDef
from storage import flows, outbox, people
from storage.tables import Inbox, Person

STATIC = HERE / "static" / "page"
TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Opened:
    """A link opened by its own person: the context, the form as it stands now, and what it says about itself."""

    ctx: Context
    grant: Grant
    person: Person
    form: FormDef
    subject: str
    values: Mapping[str, Any]


class Pages:
    """GET and POST /forms/{token}, what hangs on them, and the page's files."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._services = runtime.services
        self._visitors = Visitors(runtime.services)
        self._links = LinkSigner(runtime.services.settings)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/forms/static/{name}", static),
            web.get("/forms/login/{platform}/{app}", _answered(self._visitors.arrive)),
            web.get("/forms/inside/{platform}/{app}", _answered(self._visitors.inside)),
            web.get("/forms/{token}", _answered(self.show)),
            web.post("/forms/{token}", _answered(self.submit)),
            web.get("/forms/{token}/photos/{sha256}", _answered(self.photo)),
        ]

    async def show(self, request: web.Request) -> web.StreamResponse:
        """The form with what is known filled in; after it was submitted, what became of it."""
        async with self._services.db.read() as tx:
            grant, person = await self._theirs(request, tx)
            done = await _submission(tx, grant)
            ctx = await self._runtime.dispatcher.context(tx, "page", person)
            if done is not None:
                return await self._done(ctx, grant, done)
            opened = await _open(ctx, grant, person)
            return await self._form(request, opened, opened.values, {})

    async def submit(self, request: web.Request) -> web.StreamResponse:
        """Takes the form, or shows it again with what is wrong beside what was typed."""
        self._from_our_page(request)
        async with self._services.db.read() as tx:
            grant, person = await self._theirs(request, tx)
            if await _submission(tx, grant) is not None:
                raise web.HTTPSeeOther(request.path_qs)
            form = (await self._runtime.dispatcher.context(tx, "page", person)).catalogue.form(grant.form)
        body = await read_body(request, self._services.settings.media_bytes, file_fields(form))
        raw, wrong = await raw_answers(self._services, grant, form, body)
        async with self._services.db.read() as tx:
            ctx = await self._runtime.dispatcher.context(tx, "page", person)
            opened = await _open(ctx, grant, person)
            checked = await check(ctx, opened.form, raw)
            problems = {one.field: one.message for one in checked.problems} | wrong
            if problems:
                return await self._form(request, opened, raw, problems, status=422)
        await self._hand_over(grant, raw)
        raise web.HTTPSeeOther(request.path_qs)

    async def photo(self, request: web.Request) -> web.StreamResponse:
        """A photo that is with us already, for its preview."""
        async with self._services.db.read() as tx:
            grant, _ = await self._theirs(request, tx)
        row = await theirs(self._services, grant, request.match_info["sha256"])
        if row is None or not row.mime.startswith("image/") or row.mime == "image/svg+xml":
            raise web.HTTPNotFound()
        content = await self._services.attachments.get(row.sha256)
        return web.Response(body=content, headers={**HEADERS, "Content-Type": row.mime})

    async def _theirs(self, request: web.Request, tx: AsyncSession) -> tuple[Grant, Person]:
        """The link and its person, who has it open. Raises Note for everybody and everything else."""
        grant = self._links.grant(request.match_info["token"])
        person = await people.person(tx, grant.person) if grant else None
        if grant is None or person is None:
            raise Note(404, say("pages.broken"), say("pages.broken_next"))
        user = self._visitors.user(request, grant)
        visitor = await people.by_identity(tx, grant.platform, grant.app, user)
        if visitor is None or visitor.id != person.id:
            again = "" if grant.platform == "console" else f"{request.path}?again=1"
            words = say("pages.not_yours_next", name=person.name)
            raise Note(403, say("pages.not_yours", name=person.name), words, again=again)
        if not person.active:
            raise Note(403, say("pages.left"), say("pages.left_next"))
        if self._services.clock.now() >= grant.until and await _submission(tx, grant) is None:
            raise Note(410, say("pages.expired"), say("pages.expired_next"))
        return grant, person

    def _from_our_page(self, request: web.Request) -> None:
        origin = request.headers.get("Origin")
        own = {request.host, urlsplit(self._services.settings.public_url).netloc} - {""}
        site = request.headers.get("Sec-Fetch-Site", "same-origin")
        if (origin is not None and urlsplit(origin).netloc not in own) or site not in ("same-origin", "none"):
            raise Note(403, say("pages.origin"), say("pages.origin_next"))

    async def _hand_over(self, grant: Grant, raw: Mapping[str, Any]) -> None:
        action = SubmitForm(form=grant.form, version=grant.version, about=dict(grant.about))
        inbound = Inbound(
            platform=grant.platform,
            app=grant.app,
            event_key=grant.event_key,
            kind=Kind.PRESS,
            sender=grant.user,
            chat=Chat(grant.user),
            at=self._services.clock.now(),
            press=Press(grant.card, action.wire(), shown(raw)),
        )
        try:
            await self._runtime.sink(inbound)
        except Exception as error:  # whatever kept it from being made durable: the person hears that it was not
            log.exception("page not accepted", key=inbound.event_key)
            raise Note(503, say("pages.not_kept"), "") from error

    async def _form(
        self,
        request: web.Request,
        opened: Opened,
        values: Mapping[str, Any],
        problems: Mapping[str, str],
        *,
        status: int = 200,
    ) -> web.Response:
        ctx, form = opened.ctx, opened.form
        inputs = await ctx.forms.inputs(ctx, form, values, problems=problems)
        return page(
            "form.html",
            status,
            form=form,
            fields=field_views(form, inputs),
            subject=opened.subject,
            person=opened.person.name,
            until=ctx.moment(opened.grant.until),
            wrong=say("pages.wrong", count=len(problems)) if problems else "",
            here=request.path_qs,
            photos=f"/forms/{request.match_info['token']}/photos",
            query=f"?{request.query_string}" if request.query_string else "",
            limit=self._services.settings.media_bytes,
        )

    async def _done(self, ctx: Context, grant: Grant, row: Inbox) -> web.Response:
        form = ctx.catalogue.form(grant.form)
        press = Inbound.from_json(json.loads(row.payload)).press
        inputs = await ctx.forms.inputs(ctx, form, press.answers if press else {})
        return page(
            "note.html",
            title=say("pages.done", form=form.title),
            words=say(f"pages.done_{row.state}", at=ctx.moment(row.received_at)),
            tone="warn" if row.state == "parked" else "good",
            facts=facts(inputs),
            again="",
        )


async def _open(ctx: Context, grant: Grant, person: Person) -> Opened:
    """Raises Note when what the form is about is over."""
    try:
        form = ctx.catalogue.form(grant.form)
        subject = await _subject(ctx, grant)
        values = await _values(ctx, grant)
    except Refused as refused:
        raise Note(409, say("pages.over"), refused.text) from refused
    return Opened(ctx, grant, person, form, subject, values)


async def _subject(ctx: Context, grant: Grant) -> str:
    """What a step's form is about, as its card says it: 李雷 · 宏达机械. Raises Refused for a step that is over."""
    if "flow_step" not in grant.about:
        return ""
    step = await step_for(ctx, int(grant.about["flow_step"]))
    return str((await flows.instance(ctx.tx, step.instance_id)).context.get("subject", ""))


async def _values(ctx: Context, grant: Grant) -> dict[str, Any]:
    """What is known: from the link, and from the card as it stands now. Raises Refused for a card that is over."""
    card = await outbox.card(ctx.tx, grant.card) if grant.card else None
    if card is None:
        return dict(grant.values)
    if card.state != "live":
        raise Refused(say("pages.over_next"))
    standing = {entry.name: entry.value for entry in Card.model_validate(card.card).inputs if entry.value}
    return {**grant.values, **standing}


async def _submission(tx: AsyncSession, grant: Grant) -> Inbox | None:
    """The inbox row of what was submitted with this link."""
    query = select(Inbox).where(
        Inbox.platform == grant.platform, Inbox.app == grant.app, Inbox.event_key == grant.event_key
    )
    return (await tx.scalars(query)).first()


async def static(request: web.Request) -> web.StreamResponse:
    """GET /forms/static/{name}"""
    path = STATIC / request.match_info["name"]
    if path.parent != STATIC or path.suffix not in TYPES or not path.is_file():
        raise web.HTTPNotFound()
    content = path.read_bytes()
    tag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
    headers = {**HEADERS, "Cache-Control": "no-cache", "ETag": tag}
    if request.headers.get("If-None-Match") == tag:
        return web.Response(status=304, headers=headers)
    return web.Response(body=content, headers={**headers, "Content-Type": TYPES[path.suffix]})


def _answered(handler: Handler) -> Handler:
    """Says on a page what cannot be done."""

    async def answered(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except Note as note:
            return note_page(note)

    return answered


def routes(runtime: Runtime) -> list[web.RouteDef]:
    return Pages(runtime).routes()
