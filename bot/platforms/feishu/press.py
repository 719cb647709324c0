"""A pressed button, back from Feishu: what we put into it, and what the person filled in.

A button's value on the wire is {"k": card key, "g": 1 in a group, "a": the neutral action}. The name of a component is
the input's own name behind a letter that tells its kind, because Feishu writes dates in a format of its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bot.platforms.base import Press
from cards.model import InputKind

_DATE = re.compile(r"^(\d{4}-\d{2}-\d{2})(?: [+-]\d{4})?$")
_DATETIME = re.compile(r"^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2})(?: [+-]\d{4})?$")


def value_of(card_key: str, action: Mapping[str, Any], *, group: bool) -> dict[str, Any]:
    """What a button carries. Feishu hands it back untouched."""
    return {"k": card_key, "a": dict(action), **({"g": 1} if group else {})}


def component_name(name: str, kind: InputKind) -> str:
    """What an input is called on the card."""
    return {InputKind.DATE: "d_", InputKind.DATETIME: "t_"}.get(kind, "v_") + name


def read_press(event: Mapping[str, Any]) -> tuple[Press, bool]:
    """The press in a `card.action.trigger` event, and whether it happened in a group.

    A value that is not ours (another sender's card, a string) gives a press without card or action.
    """
    action = event.get("action") or {}
    value = action.get("value")
    value = value if isinstance(value, dict) else {}
    wire = value.get("a")
    press = Press(
        card=str(value.get("k", "")),
        action=wire if isinstance(wire, dict) else {},
        answers=dict(_answer(name, given) for name, given in (action.get("form_value") or {}).items()),
        reply_token=str(event.get("token", "")),
    )
    return press, value.get("g") == 1


def _answer(name: str, given: Any) -> tuple[str, str | list[str]]:
    """The input's own name and its neutral value.

    The offset Feishu appends is the phone's zone of the moment, not a chosen one: a time the person left as we wrote it
    would come back shifted if it were applied, so the clock face is what counts.
    """
    if isinstance(given, list):
        return name[2:], [str(one) for one in given]
    text = "" if given is None else str(given)
    if name.startswith("d_") and (day := _DATE.match(text)):
        text = day[1]
    elif name.startswith("t_") and (moment := _DATETIME.match(text)):
        text = f"{moment[1]}T{moment[2]}"
    return name[2:] if name[:2] in ("d_", "t_", "v_") else name, text
