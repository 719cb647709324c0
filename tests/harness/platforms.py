"""People at the three platforms: the phones of their emulators, driven as scenarios drive the web chat's.

A driver starts one emulator, says how the product is configured for it, and shows each person's chat as `Delivered`
messages, so that `Actor.gets` and `Team.nobody_else_heard_anything` read it as they read the web chat.
"""

from __future__ import annotations

import asyncio
import re
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.app import App
from bot.clock import VirtualClock
from bot.platforms.base import Address
from bot.platforms.dingtalk.template import template
from tests.emulators.dingtalk import DingTalkEmulator
from tests.emulators.dingtalk import Shown as DingTalkShown
from tests.emulators.dingtalk.push import HttpPush
from tests.emulators.dingtalk.world import Conversation
from tests.emulators.feishu import FeishuEmulator
from tests.emulators.feishu.card_schema import FIELDS, tagged
from tests.emulators.feishu.world import Chat as FeishuChat
from tests.emulators.wecom import Seen as WeComSeen
from tests.emulators.wecom import WeComEmulator
from tests.emulators.wecom.card_rules import selectors
from tests.harness.company import PEOPLE
from tests.harness.platform import Delivered

GROUP = "east"
AES_KEY = "o1w0aum42yaptlz8alnhwikjd3jenzt9cb9wmzptgus"

Answers = Mapping[str, Any]


@dataclass
class Screen(Delivered):
    """A message as the platform shows it to one person."""

    buttons: Sequence[str] = ()
    fields: Sequence[str] = ()
    """Names of the inputs that can be filled in on it."""
    ref: Any = None


@dataclass
class Reads:
    """What `Team` looks at: everything delivered so far, messages keeping their identity from look to look."""

    driver: Driver
    known: dict[tuple[str, str], Screen] = field(default_factory=dict)

    @property
    def messages(self) -> list[Delivered]:
        shown: list[Delivered] = []
        for user in (*(person[0] for person in PEOPLE), ""):
            for screen in self.driver.group() if not user else self.driver.inbox(user):
                shown.append(self._same(user, screen))
        return shown

    def _same(self, user: str, screen: Screen) -> Screen:
        key = (user, screen.card_key)
        known = self.known.setdefault(key, screen)
        known.words, known.buttons, known.fields, known.ref = screen.words, screen.buttons, screen.fields, screen.ref
        return known


class Driver(ABC):
    """One platform with the company on it."""

    name: str
    app = "main"
    holds_position = True
    """Whether the chat can send where one stands."""
    cards_change = True
    """Whether a card can change without being pressed."""
    repeats_after = timedelta(0)
    """How long the platform waits before it hands over again what was not accepted."""

    def __init__(self) -> None:
        self.client = Reads(self)
        self.kept = 0
        """Messages in the product's inbox, where nobody answers for them."""

    async def heard(self, said: Awaitable[object]) -> None:
        """Waits for what is said over a connection to be in the inbox: nobody answers for it."""
        before = self.kept
        await said
        async with asyncio.timeout(10):
            while self.kept == before:  # noqa: ASYNC110 - conditions of another's making have no event to wait for
                await asyncio.sleep(0)

    @abstractmethod
    async def start(self, clock: VirtualClock) -> Mapping[str, Any]:
        """Starts the emulator with its people; gives the app's settings."""

    async def attach(self, app: App) -> None:
        """The product is open. Whoever holds a connection lets it be opened now."""
        return

    async def passes(self, clock: VirtualClock, to: datetime) -> None:
        """Time passes until then with nothing falling due on the way. Connections live through it beat by beat."""
        return

    @abstractmethod
    async def connect(self, url: str) -> None:
        """The product listens at this address."""

    async def online(self) -> None:
        """Returns when what people say can reach the product, which is at once where it is called."""
        return

    @abstractmethod
    async def close(self) -> None: ...

    @abstractmethod
    def inbox(self, user: str) -> list[Screen]: ...

    @abstractmethod
    def group(self) -> list[Screen]: ...

    @abstractmethod
    async def says(self, user: str, text: str, *, group: bool = False) -> None: ...

    @abstractmethod
    async def sends_photo(self, user: str, content: bytes) -> None: ...

    @abstractmethod
    async def stands_at(self, user: str, latitude: float, longitude: float) -> None: ...

    @abstractmethod
    async def presses(self, user: str, screen: Screen, label: str, answers: Answers) -> None: ...


class Feishu(Driver):
    """By webhook, so that a clock that stands still needs no heartbeat."""

    name = "feishu"
    repeats_after = timedelta(seconds=15)
    by_webhook = True

    async def start(self, clock: VirtualClock) -> Mapping[str, Any]:
        self.emulator = await FeishuEmulator(clock).__aenter__()
        self.emulator.world.limits = False
        for user, name, *_ in PEOPLE:
            self.emulator.person(name, open_id=user)
        members = [user for user, *_ in PEOPLE]
        self.emulator.world.chats[GROUP] = FeishuChat(GROUP, "group", members, "华东一组")
        return dict(self.emulator.settings(long_connection=not self.by_webhook, webhook=self.by_webhook))

    async def connect(self, url: str) -> None:
        self.emulator.world.app.callback_url = f"{url}/callbacks/feishu/{self.app}"

    async def close(self) -> None:
        await self.emulator.__aexit__()

    def inbox(self, user: str) -> list[Screen]:
        return [self._screen(user, seen) for seen in self.emulator.inbox(user) if not seen.mine]

    def group(self) -> list[Screen]:
        return [self._screen("", seen) for seen in self.emulator.group_chat(GROUP) if not seen.mine]

    def _screen(self, user: str, seen: Any) -> Screen:
        to = Address(self.name, self.app, user=user, group="" if user else GROUP)
        filled = [_feishu_value(one) for one in tagged(seen.card) if one["tag"] in FIELDS] if seen.card else []
        # A station of a chain stands on its own line there, who and what a dot apart.
        stations = seen.text.partition("\n")[2].replace(" · ", " ")
        words = _flat("\n".join([seen.text, stations, *filled, *seen.buttons]))
        fields = [one[2:] for one in seen.fields]
        return Screen(to, words, card_key=seen.id, buttons=seen.buttons, fields=fields, ref=seen)

    async def says(self, user: str, text: str, *, group: bool = False) -> None:
        await self.emulator.says(user, text, chat=GROUP if group else "")

    async def sends_photo(self, user: str, content: bytes) -> None:
        await self.emulator.sends_photo(user, content)

    async def stands_at(self, user: str, latitude: float, longitude: float) -> None:
        await self.emulator.sends_position(user, latitude, longitude)

    async def presses(self, user: str, screen: Screen, label: str, answers: Answers) -> None:
        pressed = await self.emulator.presses(user, screen.ref, label, answers)
        assert pressed.error == 0, f"the client shows error {pressed.error}"


class FeishuLine(Feishu):
    """By long connection."""

    by_webhook = False

    async def connect(self, url: str) -> None:
        """It calls us."""

    async def online(self) -> None:
        await self.emulator.stream.connected()


class DingTalk(Driver):
    """By HTTP callbacks; with the imported form template, or (`bare`) with nothing but text and tapped links."""

    name = "dingtalk"
    holds_position = False
    repeats_after = timedelta(seconds=16)
    by_stream = False

    def __init__(self, *, form: bool = True, cards: bool = True) -> None:
        super().__init__()
        self._form, self._cards = form, cards

    async def start(self, clock: VirtualClock) -> Mapping[str, Any]:
        self.emulator = DingTalkEmulator(clock)
        self.emulator.access.qps = None
        await self.emulator.start()
        for user, name, *_ in PEOPLE:
            self.emulator.person(user, name)
        members = [user for user, *_ in PEOPLE]
        self.emulator.world.conversations[GROUP] = Conversation(GROUP, "2", "华东一组", members)
        changes: dict[str, Any] = {"stream": self.by_stream, "event_token": "tok", "event_aes_key": AES_KEY}
        changes |= {"card_route_key": "genjin", "card_api_secret": "card-secret", "answer_by_webhook": self.by_stream}
        changes |= {"form_template": {"template_id": self.emulator.import_template(template())}} if self._form else {}
        changes |= {} if self._cards else {"button_template": ""}
        return dict(self.emulator.settings(**changes))

    async def connect(self, url: str) -> None:
        address = f"{url}/callbacks/dingtalk/{self.app}"
        self.emulator.http = HttpPush(self.emulator, address, "tok", AES_KEY)
        self.emulator.cards.routes_by_key["genjin"] = (address, "card-secret")

    async def close(self) -> None:
        await self.emulator.close()

    def inbox(self, user: str) -> list[Screen]:
        return [self._screen(user, shown) for shown in self.emulator.inbox(user) if not shown.chat]

    def group(self) -> list[Screen]:
        return [self._screen("", shown) for shown in self.emulator.inbox(PEOPLE[0][0]) if shown.chat]

    def _screen(self, user: str, shown: DingTalkShown) -> Screen:
        to = Address(self.name, self.app, user=user, group="" if user else GROUP)
        fields = [one for one in shown.fields if one.name not in ("gj_body",)]
        filled = [f"{one.label} {_dingtalk_value(one)}".strip() for one in fields]
        words = _flat("\n".join([shown.title, shown.text, *filled, *shown.labels]))
        choices = [text for one in fields if one.name == "gj_action" for _, text in one.options]
        names = [one.name for one in fields if one.name != "gj_action"]
        return Screen(to, words, card_key=shown.id, buttons=[*choices, *shown.labels], fields=names, ref=shown)

    async def says(self, user: str, text: str, *, group: bool = False) -> None:
        await self.emulator.says(user, text, GROUP if group else "")

    async def sends_photo(self, user: str, content: bytes) -> None:
        await self.emulator.sends_photo(user, content)

    async def stands_at(self, user: str, latitude: float, longitude: float) -> None:
        raise AssertionError("DingTalk's chat sends no position")

    async def presses(self, user: str, screen: Screen, label: str, answers: Answers) -> None:
        shown: DingTalkShown = screen.ref
        if label not in shown.labels:  # one of several submitting buttons is a choice in the form
            await self.emulator.presses(user, shown, "提交", {**answers, "处理": label})
            return
        await self.emulator.presses(user, shown, label, answers)


class DingTalkStream(DingTalk):
    """By long connection, and with answers by session webhook left on as an installation has it."""

    by_stream = True

    async def connect(self, url: str) -> None:
        """It calls us."""

    async def online(self) -> None:
        await self.emulator.gateway.connected.wait()


class WeCom(Driver):
    """The self-built app."""

    name = "wecom"
    repeats_after = timedelta(seconds=5)
    line = "app"

    async def start(self, clock: VirtualClock) -> Mapping[str, Any]:
        self.emulator = WeComEmulator(clock, line=self.line)
        for user, name, *_ in PEOPLE:
            self.emulator.user(user, name)
        await self.emulator.start()
        self.emulator.group(GROUP, "华东一组", [user for user, *_ in PEOPLE])
        return dict(self.emulator.settings())

    async def connect(self, url: str) -> None:
        self.emulator.calls_at(f"{url}/callbacks/wecom/{self.app}")

    async def close(self) -> None:
        await self.emulator.close()

    def inbox(self, user: str) -> list[Screen]:
        """The whole text that goes before a shortened card belongs to it."""
        screens: list[Screen] = []
        before = ""
        for seen in self.emulator.inbox(user):
            if seen.card is None and _belongs_to_next(self.emulator.inbox(user), seen):
                before = seen.text
                continue
            screens.append(self._screen(user, seen, before))
            before = ""
        return screens

    def group(self) -> list[Screen]:
        return [self._screen("", seen, "") for seen in self.emulator.group_inbox(GROUP)]

    def _screen(self, user: str, seen: WeComSeen, before: str) -> Screen:
        to = Address(self.name, self.app, user=user, group="" if user else GROUP)
        fields = [one["question_key"].partition(":")[2] for one in selectors(seen.template)] if seen.card else []
        words = _flat("\n".join([before, seen.text, *seen.buttons]))
        key = seen.card.task if seen.card else f"{seen.id}{seen.at.timestamp()}{seen.text[:40]}"
        return Screen(to, words, card_key=key, buttons=seen.buttons, fields=fields, ref=seen)

    async def says(self, user: str, text: str, *, group: bool = False) -> None:
        await self.emulator.says(user, text)

    async def sends_photo(self, user: str, content: bytes) -> None:
        await self.emulator.sends_photo(user, content)

    async def stands_at(self, user: str, latitude: float, longitude: float) -> None:
        await self.emulator.shares_position(user, latitude, longitude)

    async def presses(self, user: str, screen: Screen, label: str, answers: Answers) -> None:
        await self.emulator.presses(user, screen.ref, label, answers)


class WeComRobot(WeCom):
    """The intelligent robot on its long connection. Its cards change only in answer to a press."""

    holds_position = False
    cards_change = False
    line = "aibot"

    async def start(self, clock: VirtualClock) -> Mapping[str, Any]:
        given = await super().start(clock)
        for user, *_ in PEOPLE:
            self.emulator.sockets.talked.add((self.emulator.bot.id, user))
        return given

    async def connect(self, url: str) -> None:
        await self.emulator.sockets.connected()

    async def says(self, user: str, text: str, *, group: bool = False) -> None:
        await self.heard(self.emulator.says(user, text, group=GROUP if group else ""))

    async def sends_photo(self, user: str, content: bytes) -> None:
        await self.heard(self.emulator.sends_photo(user, content))

    async def presses(self, user: str, screen: Screen, label: str, answers: Answers) -> None:
        await self.heard(self.emulator.presses(user, screen.ref, label, answers))


class WeComRobotElsewhere(WeComRobot):
    """With the product in another process, whose inbox nobody watches. What comes of a torn connection is not
    documented: here it hands over again."""

    async def start(self, clock: VirtualClock) -> Mapping[str, Any]:
        given = await super().start(clock)
        self.emulator.sockets.repeats = True
        return given

    async def heard(self, said: Awaitable[object]) -> None:
        await said


class WeComCalledRobot(WeCom):
    """The robot by URL callbacks: it can only answer, once for each message, at an address that comes with it."""

    line = "aibot"

    async def start(self, clock: VirtualClock) -> Mapping[str, Any]:
        return {**await super().start(clock), "long_connection": False}


def _belongs_to_next(inbox: Sequence[WeComSeen], seen: WeComSeen) -> bool:
    """A card that had to be shortened comes after all of it in words."""
    at = next(place for place, one in enumerate(inbox) if one is seen)
    following = inbox[at + 1] if at + 1 < len(inbox) else None
    if following is None or following.card is None:
        return False
    sent = following.card.sent
    title, _, cut = str(sent["main_title"]["title"]).partition("…")
    shortened = str(sent.get("sub_title_text", "")).endswith("（全文见上一条）")
    return shortened or (not cut and title != sent["main_title"]["title"] and title in seen.text)


def _feishu_value(component: Mapping[str, Any]) -> str:
    """What stands in a component, as the person reads it."""
    chosen = component.get("selected_values") or [component.get("initial_option")]
    labels = [one["text"]["content"] for one in component.get("options", []) if one["value"] in chosen]
    typed = [component.get(name) for name in ("default_value", "initial_date", "initial_datetime")]
    return "、".join([*labels, *(str(one) for one in typed if one)])


def _dingtalk_value(one: Any) -> str:
    """What stands in a field, as the person reads it."""
    given = one.value.get("value") if isinstance(one.value, dict) else one.value
    labels = dict(one.options)
    values = given if isinstance(given, list) else [given]
    return "、".join(str(labels.get(value, value)) for value in values if value is not None)


def _flat(words: str) -> str:
    """Without bold marks, and with the label and its value a blank apart, as the web chat's words have it."""
    plain = re.sub(r"\*\*|^#+ |[✓▶🔴🟡🟢] ", "", words.replace("  \n  ", "\n"), flags=re.MULTILINE)
    return re.sub(r"(?<=\S)：(?=\S)", "：", plain)
