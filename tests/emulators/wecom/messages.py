"""message/send, update and recall (reference §4, §5.4)."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web

from tests.emulators.wecom.api import ApiError, Json, read_json
from tests.emulators.wecom.card_rules import INTERACTIVE, CardRefused, check_card
from tests.emulators.wecom.state import App, CardCopy, Seen, Tenant, User, Window

WORDS_BYTES = {"text": 2048, "markdown": 2048}
MEDIA_KINDS = frozenset({"image", "voice", "file", "video"})
ZONE = ZoneInfo("Asia/Shanghai")
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


class Messages:
    """What a self-built app sends to people."""

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant
        self._pace = Window(tenant.clock, (30, MINUTE), (1000, HOUR))
        self._seen_requests: dict[str, datetime] = {}
        self._spent: Counter[tuple[int, date]] = Counter()
        self.accounts: int | None = None
        """How many accounts the enterprise has, for the day's quota; None: no quota."""
        self.times: list[tuple[datetime, str]] = []
        """(moment, user) of every message that reached a phone."""

    async def send(self, request: web.Request, app: App) -> Json:
        body = await read_json(request)
        if body.get("agentid") != app.agent:
            raise ApiError(301002, "agentid does not belong to the token")
        wanted = [user for user in str(body.get("touser", "")).split("|") if user]
        if not wanted or len(wanted) > 1000:
            raise ApiError(82001, "touser takes 1 to 1000 members")
        if wanted == ["@all"]:
            wanted = [person.id for person in self._tenant.users.values() if person.visible]
        people = [person for user in wanted if (person := self._tenant.person(user)) is not None and person.visible]
        invalid = "|".join(user.lower() for user in wanted if self._tenant.person(user) not in people)
        if not people:
            raise ApiError(81013, "all recipients are invalid")
        unlicensed = "|".join(person.id.lower() for person in people if not person.licensed)
        message = self._tenant.number("MSG")
        answer: Json = {"msgid": message, "invaliduser": invalid, "unlicenseduser": unlicensed}
        if self._is_repeat(body):
            return answer
        receivers = [person for person in people if person.licensed]
        self._spend_quota(app, len(receivers))
        answer |= self._deliver(app, message, str(body.get("msgtype")), body, receivers)
        self._remember(body)
        return answer

    def _spend_quota(self, app: App, count: int) -> None:
        """200 recipient-times a natural day for each account; over it the day is closed."""
        if self.accounts is None:
            return
        day = (app.agent, self._tenant.clock.now().astimezone(ZONE).date())
        if self._spent[day] + count > self.accounts * 200:
            raise ApiError(45009, "api freq out of limit: the day's quota is used up")
        self._spent[day] += count

    async def update(self, request: web.Request, app: App) -> Json:
        body = await read_json(request)
        users = [str(user) for user in body.get("userids", [])]
        if (not users and not body.get("atall")) or len(users) > 1000:
            raise ApiError(82001, "userids takes 1 to 1000 members")
        if body.get("agentid") != app.agent:
            raise ApiError(42015, "the card was sent by another app")
        template = body.get("template_card")
        if template is not None:
            _check(template, update=True)
        card = self._tenant.spend(str(body.get("response_code", "")))
        if card is None:
            raise ApiError(42022, "response_code is used or expired")
        holders = {user.lower(): user for user in card.copies or {}} | {
            user.lower(): user for user in self._holders(card)
        }
        invalid = [user.lower() for user in users if user.lower() not in holders]
        for user in users or self._holders(card):
            if user.lower() in holders:
                change = template or {**card.sent, "replace_text": body["button"]["replace_name"]}
                card.copies[user] = change
        card.edits += 1
        return {"invaliduser": invalid}

    async def recall(self, request: web.Request, app: App) -> Json:
        message, now = str((await read_json(request)).get("msgid", "")), self._tenant.clock.now()
        found = [seen for inbox in self._tenant.inbox.values() for seen in inbox if seen.id == message]
        if not found or now - found[0].at > timedelta(hours=24):
            raise ApiError(40058, "msgid is unknown, or older than 24 hours")
        for inbox in self._tenant.inbox.values():
            inbox[:] = [seen for seen in inbox if seen.id != message]
        self._tenant.recalled.add(message)
        return {}

    def _is_repeat(self, body: Json) -> bool:
        """The same JSON again within its interval is taken and not shown."""
        if not body.get("enable_duplicate_check"):
            return False
        now = self._tenant.clock.now()
        interval = timedelta(seconds=min(int(body.get("duplicate_check_interval", 1800)), 4 * 3600))
        before = self._seen_requests.get(_digest(body))
        return before is not None and now - before < interval

    def _remember(self, body: Json) -> None:
        """Only what was taken is a repeat when it comes again."""
        self._seen_requests[_digest(body)] = self._tenant.clock.now()

    def _deliver(self, app: App, message: str, kind: str, body: Json, people: list[User]) -> Json:
        card = None
        payload: Json = body.get(kind) or {}
        if kind == "template_card":
            card = self._card(app, payload)
            payload = {}
        elif kind in WORDS_BYTES:
            payload = {"content": words(payload, WORDS_BYTES[kind])}
        elif kind not in MEDIA_KINDS:
            raise ApiError(40008, "invalid message type")
        media = self._media(payload) if kind in MEDIA_KINDS else None
        for person in people:
            if not self._pace.admits(f"{app.agent}/{person.id}"):
                # No error, no trace: this is what makes pacing necessary.
                self._tenant.dropped[person.id] += 1
                continue
            seen = Seen(person.id, kind, message, self._tenant.clock.now(), payload, card)
            if media is not None:
                seen.media, seen.name = media.content, media.name
            self._tenant.show(seen)
            self.times.append((self._tenant.clock.now(), person.id))
        calls_back = card is not None and (card.sent["card_type"] in INTERACTIVE or "action_menu" in card.sent)
        return {"response_code": self._tenant.new_code(card)} if card is not None and calls_back else {}

    def _card(self, app: App, template: Any) -> CardCopy:
        _check(template)
        if (template["card_type"] in INTERACTIVE or "action_menu" in template) and not app.callback:
            raise ApiError(40058, "an app without a callback cannot send interactive cards")
        task = str(template.get("task_id", ""))
        if task and (str(app.agent), task) in self._tenant.tasks:
            raise ApiError(42014, "task_id is used")
        card = CardCopy(task, "app", template)
        if task:
            self._tenant.tasks[str(app.agent), task] = card
        return card

    def _media(self, payload: Any) -> Any:
        media = self._tenant.media.get(str((payload or {}).get("media_id", "")))
        if media is None or media.until < self._tenant.clock.now():
            raise ApiError(40007, "invalid media_id")
        return media

    def _holders(self, card: CardCopy) -> list[str]:
        return [seen.user for inbox in self._tenant.inbox.values() for seen in inbox if seen.card is card]


def _digest(body: Json) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


def words(payload: Any, most: int) -> str:
    """The text as the platform cuts it: by bytes, without a word."""
    content = (payload or {}).get("content", "")
    if not content:
        raise ApiError(44004, "empty content")
    return str(content).encode()[:most].decode(errors="ignore")


def _check(template: Any, *, update: bool = False) -> None:
    try:
        check_card(template, "app", update=update)
    except CardRefused as error:
        raise ApiError(error.code, error.message) from error
