"""From an authentic event to the neutral `Inbound`. Nothing here raises: what cannot be read is kept as it came.

A direct chat is named by the person's open_id, not by Feishu's chat_id: menu events carry no chat_id, and the answer
goes to the open_id anyway, so one person's messages stay one conversation.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import structlog

from bot.platforms.base import Chat, Inbound, Kind
from bot.platforms.feishu.content import mention_names, read_content
from bot.platforms.feishu.envelope import Envelope
from bot.platforms.feishu.press import read_press

NAME = "feishu"
MAX_KEY = 200

log = structlog.get_logger(__name__)


def read(envelope: Envelope, *, app: str, bot: str, now: datetime) -> Inbound | None:
    """The message or event in `envelope`, or None when it is nothing a person did that we care for.

    `bot` is the bot's own open_id, empty while unknown. `now` stands in for a time the event does not give.
    """
    try:
        header = _header(envelope.fields)
        reader = _READERS.get(header["event_type"])
        if reader is None:
            log.debug("event.ignored", event_type=header["event_type"])
            return None
        plain = Inbound(
            NAME, app, header["event_id"], Kind.UNSUPPORTED, "", Chat(""), _at(header.get("create_time"), now)
        )
        return reader(plain, envelope.fields["event"], bot)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        log.warning("event.unreadable", error=repr(error))
        return _unreadable(envelope, app, now)


def event_type(envelope: Envelope) -> str:
    """What kind of event it says it is; empty when it does not say."""
    header = envelope.fields.get("header")
    return str(header.get("event_type", "")) if isinstance(header, dict) else ""


def _header(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    """The header of schema 2.0, or one made from what schema 1.0 has instead."""
    if "schema" in fields or "uuid" not in fields:
        header: Mapping[str, Any] = fields["header"]
        return {
            "event_id": _key(str(header["event_id"])),
            "event_type": header["event_type"],
            "create_time": header.get("create_time"),
        }
    return {
        "event_id": _key(str(fields["uuid"])),
        "event_type": fields["event"]["type"],
        "create_time": fields.get("ts"),
    }


def _key(given: str) -> str:
    """An event's id as the key of its row, which has room for so many characters; Feishu's have 32 to 40."""
    return given if len(given) <= MAX_KEY else _digest(given)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _at(stamp: Any, now: datetime) -> datetime:
    """Feishu writes seconds (10 digits), milliseconds (13) or microseconds (16); schema 1.0 seconds with a fraction."""
    whole = str(stamp or "").partition(".")[0]
    if not whole.isdecimal():
        return now
    try:
        return datetime.fromtimestamp(int(whole) / 1000 ** max(0, (len(whole) - 10) // 3), UTC)
    except (ValueError, OverflowError, OSError):
        return now


def _unreadable(envelope: Envelope, app: str, now: datetime) -> Inbound:
    """Kept under the event's id where it has one, else under the hash of what it said."""
    fields = envelope.fields
    header = fields.get("header")
    key = str(header.get("event_id", "")) if isinstance(header, dict) else str(fields.get("uuid", ""))
    key = _key(key) or _digest(envelope.raw)
    try:
        sender = str(fields["event"]["sender"]["sender_id"]["open_id"])
    except (KeyError, TypeError):
        sender = ""
    return Inbound(NAME, app, key, Kind.UNSUPPORTED, sender, Chat(sender), now, text=envelope.raw)


def _message(plain: Inbound, event: Mapping[str, Any], bot: str) -> Inbound | None:
    sender, message = event["sender"], event["message"]
    if sender.get("sender_type", "user") != "user":
        return None  # bots, ourselves among them, are not people

    def is_bot(mention: Mapping[str, Any]) -> bool:
        return mention["id"].get("open_id") == bot if bot else mention.get("mentioned_type") == "bot"

    mentions = message.get("mentions") or []
    content = read_content(message, mention_names(mentions, is_bot))
    person = str(sender["sender_id"]["open_id"])
    message_id = str(message["message_id"])
    return replace(
        plain,
        event_key=_key(message_id),  # the docs: repeats of a message keep its id, not always the event's
        kind=content.kind,
        sender=person,
        chat=Chat(str(message["chat_id"]), "group") if message.get("chat_type") == "group" else Chat(person),
        at=_at(message.get("create_time"), plain.at),
        text=content.text,
        media=content.media,
        position=content.position,
        mentioned=any(is_bot(mention) for mention in mentions),
        reply_to=str(message.get("parent_id") or ""),
        message_id=message_id,
    )


def _press(plain: Inbound, event: Mapping[str, Any], bot: str) -> Inbound:
    person, context = str(event["operator"]["open_id"]), event.get("context") or {}
    press, in_group = read_press(event)
    chat = Chat(str(context.get("open_chat_id", "")), "group") if in_group else Chat(person)
    message_id = str(context.get("open_message_id", ""))
    return replace(plain, kind=Kind.PRESS, sender=person, chat=chat, press=press, message_id=message_id)


def _menu(plain: Inbound, event: Mapping[str, Any], bot: str) -> Inbound:
    """A press on the bot's menu is the words the admin gave it, typically a slash command."""
    person = str(event["operator"]["operator_id"]["open_id"])
    return replace(plain, kind=Kind.TEXT, sender=person, chat=Chat(person), text=str(event["event_key"]))


def _entered(plain: Inbound, event: Mapping[str, Any], bot: str) -> Inbound:
    """Schema 2.0 names the person `operator_id`, the old first-contact event `operator` or `user`."""
    who = event.get("operator_id") or event.get("operator") or event["user"]
    person = str(who["open_id"])
    return replace(plain, kind=Kind.ENTERED, sender=person, chat=Chat(person))


def _group(kind: Kind) -> Callable[[Inbound, Mapping[str, Any], str], Inbound]:
    def read_group(plain: Inbound, event: Mapping[str, Any], bot: str) -> Inbound:
        chat = Chat(str(event["chat_id"]), "group", str(event.get("name") or ""))
        who = event.get("operator_id") or {}
        return replace(plain, kind=kind, sender=str(who.get("open_id") or ""), chat=chat)

    return read_group


def _recalled(plain: Inbound, event: Mapping[str, Any], bot: str) -> Inbound:
    # Neither who recalled nor the kind of chat is told; the message id finds both.
    return replace(
        plain, kind=Kind.RECALLED, chat=Chat(str(event.get("chat_id", ""))), message_id=str(event["message_id"])
    )


def _directory(words: str) -> Callable[[Inbound, Mapping[str, Any], str], Inbound]:
    return lambda plain, event, bot: replace(plain, kind=Kind.DIRECTORY, text=words)


_READERS: Mapping[str, Callable[[Inbound, Mapping[str, Any], str], Inbound | None]] = {
    "im.message.receive_v1": _message,
    "im.message.recalled_v1": _recalled,
    "card.action.trigger": _press,
    "application.bot.menu_v6": _menu,
    "im.chat.access_event.bot_p2p_chat_entered_v1": _entered,
    "p2p_chat_create": _entered,
    "im.chat.member.bot.added_v1": _group(Kind.BOT_ADDED),
    "im.chat.member.bot.deleted_v1": _group(Kind.BOT_REMOVED),
    "im.chat.disbanded_v1": _group(Kind.BOT_REMOVED),
    **{
        event: _directory(event)
        for event in (
            "contact.user.created_v3",
            "contact.user.updated_v3",
            "contact.user.deleted_v3",
            "contact.department.created_v3",
            "contact.department.updated_v3",
            "contact.department.deleted_v3",
            "contact.scope.updated_v3",
        )
    },
}
