"""How a neutral button, field and card name travel through a template card and back in the event of a press.

WeCom returns three strings: the button's key (1024 bytes), the card's task_id (128 bytes, one use per app) and per
selector its question_key with the chosen option ids (128 bytes each). Everything the runtime needs is in them, so a
press can be read without looking anything up.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bot.errors import Permanent
from bot.platforms.base import Press
from bot.platforms.text import utf8
from cards.model import Button, Input, InputKind

KEY_BYTES = 1024
OPTION_BYTES = 128
TASK_BYTES = 128

NOTHING = "nothing"
"""Key of a button that only shows a state (aibot cards cannot be greyed)."""

BLANK = "_blank"
"""Id of the option "not chosen": WeCom preselects the first option, and a wrong value is worse than none."""

_TASK_ID = re.compile(r"[0-9A-Za-z_@-]{1,128}", re.ASCII)
_SUBMITS, _PLAIN = "s", "p"
_ONE, _MANY = "c", "m"


def button_key(place: int, button: Button) -> str | None:
    """The key of the button at `place`; None when its action does not fit. Keys on one card never repeat."""
    wire = json.dumps(button.action, ensure_ascii=False, separators=(",", ":"))
    key = f"{place}{_SUBMITS if button.submits else _PLAIN}{wire}"
    return key if utf8(key) <= KEY_BYTES else None


def question_key(field: Input) -> str:
    return f"{_MANY if field.kind is InputKind.MULTI_CHOICE else _ONE}:{field.name}"


def task_id(card_key: str, message_key: str) -> str:
    """A task_id that a repeat of the same push has again and no other push has.

    Repeats then carry the same JSON (suppressed by the duplicate check) or are refused as already sent.

    Raises:
        Permanent: `card_key` holds characters WeCom does not take, or is too long.
    """
    made = f"{card_key}@{hashlib.sha256(message_key.encode()).hexdigest()[:16]}"
    if not _TASK_ID.fullmatch(made):
        raise Permanent(
            f"card key {card_key!r} does not fit a task_id: letters, digits, _ and -, at most {TASK_BYTES - 17}"
        )
    return made


def details_of(receipt: Mapping[str, Any]) -> Mapping[str, Any]:
    """The details of a receipt, given whole or as its details alone."""
    inner = receipt.get("details")
    return inner if isinstance(inner, Mapping) else receipt


def card_key(task: str) -> str:
    """Our key for the card behind a task_id; empty for a card that is not ours."""
    return task.rpartition("@")[0]


def read_press(key: str, task: str, selected: Iterable[tuple[str, Sequence[str]]], reply_token: str) -> Press | None:
    """The neutral press; None for the button that does nothing. A foreign key becomes an action nobody knows."""
    if key == NOTHING:
        return None
    submits, action = _read_key(key)
    answers = dict(_answers(selected)) if submits else {}
    return Press(card_key(task), action, answers, reply_token)


def _read_key(key: str) -> tuple[bool, Mapping[str, Any]]:
    parts = re.fullmatch(r"\d+([sp])(.*)", key, re.DOTALL)
    try:
        action = json.loads(parts[2]) if parts else None
    except ValueError:
        action = None
    if parts is None or not isinstance(action, dict):
        return False, {"a": "", "key": key}
    return parts[1] == _SUBMITS, action


def _answers(selected: Iterable[tuple[str, Sequence[str]]]) -> Iterable[tuple[str, str | list[str]]]:
    for question, ids in selected:
        kind, _, name = question.partition(":")
        chosen = [option for option in ids if option and option != BLANK]
        if kind == _MANY:
            yield name, chosen
        elif chosen:
            yield name, chosen[0]
        else:
            yield name, ""
