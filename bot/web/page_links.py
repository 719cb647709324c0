"""Links to the phone page: signed, for one person and one form, good for a while and for one submission."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from itsdangerous import BadSignature, URLSafeSerializer

from bot.platforms.base import Capabilities
from bot.platforms.registry import secret_of
from cards.forms import SubmitForm
from cards.model import Action, Button, Card, Input, InputKind, UnknownAction, parse_action
from cards.texts import say
from config.settings import Settings
from rules.forms import FormDef
from storage import flows, people
from storage.tables import FlowStep, Identity

if TYPE_CHECKING:
    from bot.context import Context

SALT = "phone-page"
HARD_IN_CHAT = frozenset({InputKind.PHOTO, InputKind.FILE, InputKind.POSITION, InputKind.CODE})
LONG = 8
"""Fields from which on a form is long: nobody answers that many questions in a chat."""
LONGEST = 1400
"""Characters of a token. Every platform opens addresses of 2,000; values that do not fit are typed again."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What a link allows: this person may submit this form once, until then."""

    key: str
    """Random; a submission carries it into the inbox, which takes it once."""
    person: int
    platform: str
    app: str
    user: str
    form: str
    version: int
    until: datetime
    about: Mapping[str, Any] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    card: str = ""
    """Key of the card the form stands on in the chat, if any: it is redrawn when the form was taken."""

    @property
    def event_key(self) -> str:
        return f"page:{self.key}"


ORDER = ("key", "person", "platform", "app", "user", "form", "version", "until", "about", "values", "card")
"""How a grant stands in a token, which has to be short: without names."""


class LinkSigner:
    """Makes and reads the tokens. What has been changed in any way reads as None."""

    def __init__(self, settings: Settings) -> None:
        self._serializer = URLSafeSerializer(secret_of(settings).get_secret_value(), salt=SALT)

    def token(self, grant: Grant) -> str:
        """The grant as text for an address. The longest values are left out until it is short enough."""
        values = dict(grant.values)
        while len(token := self._dump(grant, values)) > LONGEST and values:
            values.pop(max(values, key=lambda name: len(str(values[name]))))
        return token

    def grant(self, token: str) -> Grant | None:
        try:
            fields = dict(zip(ORDER, self._serializer.loads(token), strict=True))
            return Grant(**fields | {"until": datetime.fromtimestamp(fields["until"], UTC)})
        except (BadSignature, TypeError, ValueError):
            return None

    def _dump(self, grant: Grant, values: Mapping[str, Any]) -> str:
        fields = {name: getattr(grant, name) for name in ORDER}
        fields |= {"until": int(grant.until.timestamp()), "about": dict(grant.about), "values": values}
        return str(self._serializer.dumps([fields[name] for name in ORDER]))


async def page_link(
    ctx: Context, form: FormDef, about: Mapping[str, Any], values: Mapping[str, Any], *, card: str = ""
) -> str:
    """The address of the phone page for the actor; empty where the settings name no address that phones can open."""
    settings = ctx.services.settings
    place = await _place(ctx)
    if not settings.public_url or place is None:
        return ""
    until = ctx.now + timedelta(minutes=settings.page_minutes)
    known = {name: value for name, value in values.items() if value not in (None, "", [], ())}
    grant = Grant(
        secrets.token_urlsafe(12),
        ctx.actor.id,
        place.platform,
        place.app,
        place.user,
        form.name,
        form.version,
        until,
        about,
        known,
        card,
    )
    playing = f"?as={quote(place.user)}" if settings.demo and place.platform == "console" else ""
    return f"{settings.public_url.rstrip('/')}/forms/{LinkSigner(settings).token(grant)}{playing}"


def worth_a_page(inputs: Sequence[Input], can: Capabilities) -> bool:
    """Whether the phone page does better than the chat: camera, position, a scan, or many fields off the card."""
    off_card = [entry for entry in inputs if entry.kind not in can.inputs]
    return any(entry.kind in HARD_IN_CHAT for entry in off_card) or (
        len(inputs) > LONG and (bool(off_card) or len(inputs) > can.max_inputs)
    )


def page_button(link: str) -> Button:
    return Button(label=say("pages.open"), url=link)


def page_card(form: FormDef, lead: str, link: str) -> Card:
    """Offers the page beside the questions in the chat; whichever is finished first counts."""
    return Card(title=say("pages.offer", form=form.title), lead=lead, buttons=(page_button(link),))


async def asked_by(ctx: Context, wire: Mapping[str, Any]) -> tuple[FormDef, dict[str, Any]] | None:
    """The form a card's button submits and what it is about; None where it submits none."""
    try:
        action = parse_action(dict(wire))
    except UnknownAction:
        return None
    if isinstance(action, SubmitForm):
        return ctx.catalogue.form(action.form), dict(action.about)
    return await _of_step(ctx, action)


async def _of_step(ctx: Context, action: Action) -> tuple[FormDef, dict[str, Any]] | None:
    step = await ctx.tx.get(FlowStep, getattr(action, "step", 0))
    if action.name not in ("flow.answer", "flow.supply") or step is None:
        return None
    definition = flows.definition(await flows.instance(ctx.tx, step.instance_id)).step(step.name)
    choice = getattr(action, "choice", "")
    if choice:
        name, about = definition.choice(choice).form, {"flow_step": step.id, "choice": choice}
    else:
        name, about = definition.choice(step.outcome).resume_form if step.outcome else None, {"flow_step": step.id}
    return (ctx.catalogue.form(name), about) if name else None


async def _place(ctx: Context) -> Identity | None:
    """Where the actor speaks from, else where they were seen last."""
    known = await people.identities(ctx.tx, ctx.actor.id)
    if ctx.inbound is not None:
        here = (ctx.inbound.platform, ctx.inbound.app)
        known.sort(key=lambda one: (one.platform, one.app) != here)
    return known[0] if known else None
