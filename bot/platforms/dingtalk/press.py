"""Card callbacks: who pressed what on which of our cards, with what filled in."""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.platforms.base import Chat, Inbound, Kind, Press
from bot.platforms.dingtalk import forms, marks
from bot.platforms.dingtalk.ladder import Rung

PLATFORM = "dingtalk"

REPEATED_AFTER = tuple(timedelta(seconds=seconds) for seconds in (0, 16, 60, 76))
"""When an equal press is the same one: a double tap, or what DingTalk sends again after about 16 s or 60 s. At any
other moment somebody presses again and means it: the buttons of a menu stay."""
SLACK = timedelta(seconds=3)

REMEMBERED = 2000


class PressMemory:
    """Gives a repeated press the key of the first, because a repeat may come under a new message id."""

    def __init__(self) -> None:
        self._recent: OrderedDict[str, tuple[str, datetime]] = OrderedDict()

    def key(self, digest: str, key: str, now: datetime) -> str:
        """The key of the press that this one repeats, or `key` when it repeats none."""
        first = self._recent.get(digest)
        if first is not None and any(abs(now - first[1] - after) <= SLACK for after in REPEATED_AFTER):
            return first[0]
        self._recent[digest] = (key, now)
        self._recent.move_to_end(digest)
        while len(self._recent) > REMEMBERED:
            self._recent.popitem(last=False)
        return key


def press_of(data: Mapping[str, Any], app: str, frame: str, at: datetime, memory: PressMemory) -> Inbound:
    """The press in a callback. `frame` identifies the delivery. The actor is `userId`, never anything on the card.

    Raises KeyError, TypeError, ValueError for a callback that has no card or no person.
    """
    track_id, user = _word(data["outTrackId"]), _word(data["userId"])
    track = marks.Track.read(track_id)
    params = _params(data)
    filled = forms.as_object(params.get("form"))
    press = Press(track.card, _action(data, params), forms.answers(filled))
    chat = Chat(_word(data.get("spaceId") or ""), "group") if track.group else Chat(user)
    key = memory.key(_digest(track_id, user, data), f"card:{frame}", at)
    return Inbound(PLATFORM, app, key, Kind.PRESS, user, chat, at, press=press, message_id=track_id)


def _action(data: Mapping[str, Any], params: Mapping[str, Any]) -> dict[str, Any]:
    """The action from the form, from the button's parameters, or from the component's id."""
    for mark in (forms.chosen_action(params), str(params.get("id") or ""), *_action_ids(data)):
        action = marks.read_action(mark)
        if action:
            return action
    return {}


def _params(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """`params` inside cardPrivateData or beside it; an answer may carry only `content` or only `value`."""
    for name in ("content", "value"):
        content = forms.as_object(data.get(name))
        private = forms.as_object(content.get("cardPrivateData"))
        params = forms.as_object(private.get("params")) or forms.as_object(content.get("params"))
        if params:
            return params
    return {}


def _action_ids(data: Mapping[str, Any]) -> list[str]:
    for name in ("content", "value"):
        content = forms.as_object(data.get(name))
        found = forms.as_object(content.get("cardPrivateData")).get("actionIds") or content.get("actionIds")
        if isinstance(found, list):
            return [str(action) for action in found]
    return []


def _digest(track_id: str, user: str, data: Mapping[str, Any]) -> str:
    pressed = json.dumps([track_id, user, _action_ids(data), dict(_params(data))], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(pressed.encode("utf-8", "surrogatepass")).hexdigest()


def _word(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"expected a string, got {type(value).__name__}")
    return value


def answer(data: Mapping[str, Any]) -> dict[str, Any]:
    """What DingTalk gets back at once: something harmless, for an empty answer makes some components show a failure.

    The true new state follows as an update for everybody, once the press was handled.
    """
    rung = marks.Track.read(str(data.get("outTrackId", ""))).rung
    params = {"flowStatus": "3"} if rung is Rung.BUTTONS else {"gj_seen": "true"}
    return {
        "cardUpdateOptions": {"updateCardDataByKey": True, "updatePrivateDataByKey": True},
        "cardData": {"cardParamMap": params},
    }
