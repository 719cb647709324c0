"""A self-built app's decrypted XML as neutral messages (reference §3)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Literal

import structlog

from bot.platforms.base import Chat, Inbound, Kind, MediaRef, Position
from bot.platforms.wecom.inbound import PLATFORM, fingerprint, unreadable
from bot.platforms.wecom.notices import notice
from bot.platforms.wecom.press import read_press
from bot.platforms.wecom.xml import BadXml, Element, parse_xml, word

log = structlog.get_logger(__name__)

Fields = dict[str, Any]
MIMES = {"amr": "audio/amr", "speex": "audio/speex"}

Reader = Callable[[Element], Fields | None]
"""The fields of Inbound that a message or event fills; None when it is no person's message."""


def read_app(plain: str, app: str, now: datetime) -> Inbound | None:
    """The message; None for events that are none. Never raises: what cannot be read is kept as UNSUPPORTED."""
    try:
        root = parse_xml(plain)
        return _read(root, plain, app)
    except (BadXml, ValueError, OverflowError, OSError) as error:
        log.warning("wecom.unreadable", app=app, reason=str(error))
        return unreadable(app, plain, now)


def _read(root: Element, plain: str, app: str) -> Inbound | None:
    kind, sender, message = word(root, "MsgType").lower(), word(root, "FromUserName"), word(root, "MsgId")
    reader = EVENTS.get(word(root, "Event").lower(), _notice) if kind == "event" else MESSAGES.get(kind, _unknown)
    fields = reader(root)
    if fields is None:
        return None
    at = datetime.fromtimestamp(int(word(root, "CreateTime")), UTC)
    person = "" if sender == "sys" else sender
    key = f"{sender.lower()}:{message}" if message else fingerprint(plain)
    return Inbound(PLATFORM, app, key, sender=person, chat=Chat(person), at=at, message_id=message, **fields)


def _text(root: Element) -> Fields:
    return {"kind": Kind.TEXT, "text": root.findtext("Content") or ""}


def _media(kind: Kind, ref_kind: Literal["voice", "photo", "file"], name: str = "") -> Reader:
    def read(root: Element) -> Fields:
        ref = word(root, "MediaId")
        if not ref:
            raise ValueError(f"a {kind} message without MediaId")
        return {"kind": kind, "media": (MediaRef(ref, ref_kind, name, MIMES.get(word(root, "Format").lower(), "")),)}

    return read


def _position(prefix: str) -> Reader:
    def read(root: Element) -> Fields:
        latitude, longitude = float(word(root, prefix + "Location_X")), float(word(root, prefix + "Location_Y"))
        address = word(root, prefix + "Label") or word(root, prefix + "Poiname")
        return {"kind": Kind.POSITION, "position": Position(latitude, longitude, address=address), "text": address}

    return read


def _link(root: Element) -> Fields:
    parts = (word(root, "Title"), word(root, "Description"), word(root, "Url"))
    return {"kind": Kind.TEXT, "text": "\n".join(part for part in parts if part)}


def _unknown(root: Element) -> Fields:
    return {"kind": Kind.UNSUPPORTED, "text": f"{word(root, 'MsgType')} {word(root, 'Content')}".strip()}


def _entered(root: Element) -> Fields:
    return {"kind": Kind.ENTERED}


def _menu(root: Element) -> Fields | None:
    """A menu item's key is the command it stands for."""
    return {"kind": Kind.TEXT, "text": word(root, "EventKey")} if word(root, "EventKey") else None


def _scanned(root: Element) -> Fields:
    return {"kind": Kind.TEXT, "text": word(root, "ScanCodeInfo/ScanResult")}


def _pressed(root: Element) -> Fields | None:
    selected = [
        (word(item, "QuestionKey"), [(option.text or "").strip() for option in item.findall("OptionIds/OptionId")])
        for item in root.findall("SelectedItems/SelectedItem")
    ]
    press = read_press(word(root, "EventKey"), word(root, "TaskId"), selected, word(root, "ResponseCode"))
    return None if press is None else {"kind": Kind.PRESS, "press": press}


def _joined_or_left(root: Element) -> Fields:
    """The member came into the app's visible range or left it."""
    return {"kind": Kind.DIRECTORY, "text": f"{word(root, 'Event')} {word(root, 'FromUserName')}"}


def _contact(root: Element) -> Fields:
    whom = word(root, "UserID") or word(root, "Id") or word(root, "TagId")
    return {"kind": Kind.DIRECTORY, "text": f"{word(root, 'ChangeType')} {whom}".strip()}


def _notice(root: Element) -> Fields | None:
    """What the platform says about the app itself; None for every other event."""
    words = notice(word(root, "Event").lower(), word(root, "EffectTime"))
    if not words:
        log.debug("wecom.event_ignored", name=word(root, "Event"))
    return {"kind": Kind.NOTICE, "text": words} if words else None


MESSAGES: dict[str, Reader] = {
    "text": _text,
    "image": _media(Kind.PHOTO, "photo"),
    "voice": _media(Kind.VOICE, "voice"),
    "video": _media(Kind.FILE, "file", "视频.mp4"),
    "file": _media(Kind.FILE, "file"),
    "location": _position(""),
    "link": _link,
}

EVENTS: dict[str, Reader] = {
    "enter_agent": _entered,
    "click": _menu,
    "scancode_push": _scanned,
    "scancode_waitmsg": _scanned,
    "location_select": _position("SendLocationInfo/"),
    "template_card_event": _pressed,
    "template_card_menu_event": _pressed,
    "subscribe": _joined_or_left,
    "unsubscribe": _joined_or_left,
    "change_contact": _contact,
}
"""Everything else (LOCATION reports, opened links, approvals of other apps …) is no message to us."""
