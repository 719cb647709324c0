"""A person's phone talking to a self-built app."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tests.emulators.wecom import passive
from tests.emulators.wecom.callbacks import Callbacks, Outcome, Target, xml
from tests.emulators.wecom.card_rules import selectors
from tests.emulators.wecom.state import App, CardCopy, Seen, Tenant, User

Answers = Mapping[str, str | Sequence[str]]


class AppLine:
    """What people can do in the chat with one app. There is no group: a self-built app hears none."""

    def __init__(self, tenant: Tenant, callbacks: Callbacks, app: App) -> None:
        self._tenant = tenant
        self._callbacks = callbacks
        self.app = app

    @property
    def target(self) -> Target:
        return Target(self.app.callback, self.app.token, self.app.aes_key, self._tenant.corp)

    async def says(self, user: str, text: str) -> Outcome:
        return await self._message(user, {"MsgType": "text", "Content": text})

    async def sends_voice(self, user: str, content: bytes) -> Outcome:
        media = self._tenant.keep(content, "voice.amr", "voice")
        return await self._message(user, {"MsgType": "voice", "MediaId": media, "Format": "amr"})

    async def sends_photo(self, user: str, content: bytes, name: str = "photo.jpg") -> Outcome:
        media = self._tenant.keep(content, name, "image")
        return await self._message(
            user, {"MsgType": "image", "PicUrl": f"https://example.com/{media}", "MediaId": media}
        )

    async def shares_position(self, user: str, latitude: float, longitude: float, address: str = "") -> Outcome:
        place = {"Location_X": latitude, "Location_Y": longitude, "Scale": 16, "Label": address, "AppType": "wxwork"}
        return await self._message(user, {"MsgType": "location", **place})

    async def enters(self, user: str) -> Outcome:
        return await self._event(user, "enter_agent", {"EventKey": ""})

    async def chooses(self, user: str, key: str) -> Outcome:
        """A menu item."""
        return await self._event(user, "click", {"EventKey": key})

    async def presses(self, user: str, message: Seen, label: str, answers: Answers | None = None) -> Outcome | str:
        """A button; for a link the address it opens. Raises AssertionError for what cannot be pressed."""
        template = message.template
        assert label in message.buttons, f"{user} sees no button {label!r} but {message.buttons}"
        button = next((one for one in template.get("button_list", []) if one["text"] == label), None)
        if button is not None and button.get("type") == 1:
            return str(button["url"])
        assert message.card is not None
        key = button["key"] if button is not None else template["submit_button"]["key"]
        chosen = selected(template, answers or {})
        fields: dict[str, Any] = {"EventKey": key, "TaskId": message.card.task, "CardType": template["card_type"]}
        fields["ResponseCode"] = self._tenant.new_code(message.card)
        if chosen:
            items = [{"QuestionKey": question, "OptionIds": {"OptionId": ids}} for question, ids in chosen]
            fields["SelectedItems"] = {"SelectedItem": items}
        return await self._event(user, "template_card_event", fields, message.card)

    async def opens_menu(self, user: str, message: Seen, text: str) -> Outcome:
        """An entry of the card's menu (the three dots in its corner)."""
        assert message.card is not None
        entry = next(one for one in message.template["action_menu"]["action_list"] if one["text"] == text)
        fields = {"EventKey": entry["key"], "TaskId": message.card.task, "CardType": message.template["card_type"]}
        fields["ResponseCode"] = self._tenant.new_code(message.card)
        return await self._event(user, "template_card_menu_event", fields, message.card)

    async def sends_video(self, user: str, content: bytes) -> Outcome:
        media = self._tenant.keep(content, "video.mp4", "video")
        return await self._message(user, {"MsgType": "video", "MediaId": media, "ThumbMediaId": media})

    async def shares_link(self, user: str, title: str, url: str) -> Outcome:
        link = {"Title": title, "Description": "", "Url": url, "PicUrl": ""}
        return await self._message(user, {"MsgType": "link", **link})

    async def event(self, user: str, event: str, fields: Mapping[str, Any]) -> Outcome:
        """Any other event."""
        return await self._event(user, event, fields)

    async def _message(self, user: str, fields: dict[str, Any]) -> Outcome:
        return await self._push(user, {**fields, "MsgId": int(self._tenant.number("7")[1:]) + 7_000_000_000_000})

    async def _event(self, user: str, event: str, fields: Mapping[str, Any], card: CardCopy | None = None) -> Outcome:
        return await self._push(user, {"MsgType": "event", "Event": event, **fields}, card)

    async def _push(self, user: str, fields: dict[str, Any], card: CardCopy | None = None) -> Outcome:
        person = self._tenant.person(user)
        head = {
            "ToUserName": self._tenant.corp,
            "FromUserName": person.id if person else user,
            "CreateTime": int(self._tenant.clock.now().timestamp()),
        }
        outcome = await self._callbacks.push(self.target, xml(head | fields | {"AgentID": self.app.agent}))
        if outcome.reply and person is not None:
            passive.apply(self._tenant, person.id, outcome.reply, card)
        return outcome


def selected(template: Mapping[str, Any], answers: Answers) -> list[tuple[str, list[str]]]:
    """What every selector of the card returns: the person's choice, else what the client shows chosen by itself.

    `answers` is keyed by question_key, its part after ":", or title; its values are option ids or texts.
    """
    found = []
    for selector in selectors(template):
        question = selector["question_key"]
        names = {question, question.partition(":")[2], selector.get("title", "")}
        given = next((answers[name] for name in names if name in answers), None)
        found.append((question, _ids(selector, given)))
    unknown = set(answers) - {name for one in selectors(template) for name in _names(one)}
    assert not unknown, f"the card has no selector {unknown}"
    return found


def _names(selector: Mapping[str, Any]) -> set[str]:
    question = selector["question_key"]
    return {question, question.partition(":")[2], selector.get("title", "")}


def _ids(selector: Mapping[str, Any], given: str | Sequence[str] | None) -> list[str]:
    options = selector["option_list"]
    if given is None and "mode" in selector:
        return [option["id"] for option in options if option.get("is_checked")]
    if given is None:
        ids = [option["id"] for option in options]
        # The client preselects: selected_id where it exists among the options, else the first.
        return [selector["selected_id"] if selector.get("selected_id") in ids else ids[0]]
    wanted = [given] if isinstance(given, str) else list(given)
    known = {option["id"]: option["id"] for option in options} | {option["text"]: option["id"] for option in options}
    missing = [one for one in wanted if one not in known]
    assert not missing, f"the selector has no option {missing} but {[option['text'] for option in options]}"
    return [known[one] for one in wanted]


def new_user(user: str, name: str, **more: Any) -> User:
    return User(user, name or user, **more)
