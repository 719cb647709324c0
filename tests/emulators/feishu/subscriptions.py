"""Which events reach an app: an event that none of the app's permissions covers cannot be subscribed, so it never comes.

The permissions are those of the events' own pages in the open platform's documentation, any one of which is enough.
"""

from __future__ import annotations

from typing import Any

from tests.emulators.feishu.world import World

GROUPS = ("im:chat.members:bot_access", "im:chat", "im:chat:readonly")
CONTACTS = ("contact:contact.base:readonly", "contact:contact:readonly_as_app", "contact:contact:access_as_app")
SCOPES: dict[str, tuple[str, ...]] = {
    "im.chat.member.bot.added_v1": GROUPS,
    "im.chat.member.bot.deleted_v1": GROUPS,
    "im.chat.disbanded_v1": ("im:chat", "im:chat:readonly"),
    "im.chat.access_event.bot_p2p_chat_entered_v1": ("im:chat.access_event.bot_p2p_chat:read",),
}
DIRECT = ("im:message.p2p_msg:readonly", "im:message.p2p_msg")
ADDRESSED = ("im:message.group_at_msg:readonly", "im:message.group_at_msg", "im:message.group_msg")
OVERHEARD = ("im:message.group_msg",)


def reaches(world: World, event_type: str, event: dict[str, Any]) -> bool:
    """Whether the app hears of this at all."""
    scopes = _of_message(event, world.app.bot) if event_type == "im.message.receive_v1" else SCOPES.get(event_type)
    if scopes is None and event_type.startswith("contact."):
        scopes = CONTACTS
    return scopes is None or bool(world.app.scopes.intersection(scopes))


def _of_message(event: dict[str, Any], bot: str) -> tuple[str, ...]:
    message = event["message"]
    if message.get("chat_type") != "group":
        return DIRECT
    addressed = any(mention["id"].get("open_id") == bot for mention in message.get("mentions", ()))
    return ADDRESSED if addressed else OVERHEARD
