"""Answers a self-built app gives in the very response to a callback (reference §2.7, §5.5)."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

from tests.emulators.wecom.card_rules import CardRefused, check_card
from tests.emulators.wecom.state import CardCopy, Seen, Tenant

MEDIA = {"image": "Image", "voice": "Voice", "video": "Video"}
LISTS = frozenset(
    {"HorizontalContentList", "JumpList", "VerticalContentList", "ButtonList", "SelectList", "OptionList", "ActionList"}
)
"""Arrays are repeated elements without a wrapper."""

NUMBERS = frozenset({"Type", "Style", "Mode", "DescColor"})
FLAGS = frozenset({"IsChecked", "Disable"})
OWN_NAMES = {"CheckBox": "checkbox", "KeyName": "keyname", "UserId": "userid", "AppId": "appid", "PagePath": "pagepath"}


def apply(tenant: Tenant, user: str, plain: str, card: CardCopy | None) -> None:
    """What the person sees of it. `card` is the pressed one, of which only this person's copy changes.

    Raises AssertionError for what the platform would not show.
    """
    root = ElementTree.fromstring(plain)
    kind = root.findtext("MsgType") or ""
    assert root.findtext("FromUserName") == tenant.corp, "a passive reply comes from the corpid"
    if kind == "text":
        words = (root.findtext("Content") or "").encode()[:2048].decode(errors="ignore")
        tenant.show(Seen(user, "text", tenant.number("MSG"), tenant.clock.now(), {"content": words}))
    elif kind in MEDIA:
        media = tenant.media[root.findtext(f"{MEDIA[kind]}/MediaId") or ""]
        seen = Seen(user, kind, tenant.number("MSG"), tenant.clock.now(), media=media.content, name=media.name)
        tenant.show(seen)
    else:
        assert card is not None, f"{kind} only answers a pressed card"
        card.copies[user] = _changed(root, kind, card.copies.get(user, card.sent))
        card.edits += 1


def _changed(root: ElementTree.Element, kind: str, before: dict[str, Any]) -> dict[str, Any]:
    if kind == "update_button":
        return {**before, "replace_text": root.findtext("Button/ReplaceName") or ""}
    assert kind == "update_template_card", f"{kind} is no passive reply"
    element = root.find("TemplateCard")
    assert element is not None, "the reply has no TemplateCard"
    # The mirror has no task_id: it stays that of the card.
    template = _fields(element) | ({"task_id": before["task_id"]} if "task_id" in before else {})
    try:
        check_card(template, "app", update=True)
    except CardRefused as error:
        raise AssertionError(f"the card of a passive reply: {error.message}") from error
    return template


def _fields(element: ElementTree.Element) -> dict[str, Any]:
    """CamelCase elements as the JSON card's own names."""
    found: dict[str, Any] = {}
    for child in element:
        name = OWN_NAMES.get(child.tag) or re.sub(r"(?<!^)(?=[A-Z])", "_", child.tag).lower()
        value = _fields(child) if len(child) else _word(child)
        if child.tag in LISTS:
            found.setdefault(name, []).append(value)
        else:
            found[name] = value
    return found


def _word(child: ElementTree.Element) -> Any:
    text = (child.text or "").strip()
    if child.tag in NUMBERS:
        return int(text)
    return text in ("true", "1") if child.tag in FLAGS else text
