"""What we write into a card so that its press can be understood without looking anything up."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from bot.platforms.dingtalk.ladder import Rung

MARK_CHARS = 400
"""A longer action travels as the button's number; DingTalk says nothing of a limit, values should stay small."""

_TAPPED = re.compile(r"#gj\.(\S+)\.(\d{1,2})\s*$")


@dataclass(frozen=True, slots=True)
class Track:
    """Our name for one card instance: `outTrackId` must be unique per receiver and per way of drawing."""

    card: str
    rung: Rung
    group: bool

    def write(self, receiver: str) -> str:
        """The same card for the same receiver has the same id, so a repeated create shows nothing twice."""
        digest = hashlib.sha256(receiver.encode()).hexdigest()[:8]
        return f"{self.card}.{self.rung.value}{'g' if self.group else 'd'}{digest}"

    @classmethod
    def read(cls, out_track_id: str) -> Track:
        """The track in `out_track_id`; for one that is not ours, a direct card with the whole id as key."""
        card, _, mark = out_track_id.rpartition(".")
        if not card or len(mark) != 10 or mark[0] not in {rung.value for rung in Rung}:
            return cls(out_track_id, Rung.BUTTONS, False)
        return cls(card, Rung(mark[0]), mark[1] == "g")


def write_action(action: Mapping[str, Any], number: int) -> str:
    """An action as a button's id; its number (from 1) when the action is too long."""
    plain = json.dumps(action, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    mark = "a" + base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")
    return mark if len(mark) <= MARK_CHARS else number_mark(number)


def number_mark(number: int) -> str:
    """A button's id by its number alone: the card as it was delivered says what it means."""
    return f"n{number}"


def read_action(mark: str) -> dict[str, Any]:
    """The action of a button's id; {"button": n} where only the number travelled; {} for an id that is not ours."""
    if mark[:1] == "n" and mark[1:].isdigit():
        return {"button": int(mark[1:])}
    if mark[:1] != "a":
        return {}
    try:
        found = json.loads(base64.urlsafe_b64decode(mark[1:] + "=" * (-len(mark[1:]) % 4)))
    except (binascii.Error, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def tap_link(label: str, card: str, number: int) -> str:
    """A link that sends `label` and the button's code in the tapping person's name.

    The host must be lower case and everything percent-encoded, otherwise the tap does nothing and says nothing.
    """
    return f"dtmd://dingtalkclient/sendMessage?content={quote(f'{label} {tap_code(card, number)}', safe='')}"


def tap_code(card: str, number: int) -> str:
    return f"#gj.{card}.{number}"


def read_tap(text: str) -> tuple[str, int] | None:
    """Card key and button number when `text` ends with a button's code."""
    found = _TAPPED.search(text)
    return (found[1], int(found[2])) if found else None


def page_link(url: str) -> str:
    """`url` opened inside DingTalk, beside the chat on a computer."""
    return f"dingtalk://dingtalkclient/page/link?url={quote(url, safe='')}&pc_slide=true"
