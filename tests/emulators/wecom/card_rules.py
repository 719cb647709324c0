"""What WeCom refuses in a template card, and how a card looks after its client has cut it (reference §5)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

Json = Mapping[str, Any]
Line = Literal["app", "aibot"]

INTERACTIVE = frozenset({"button_interaction", "vote_interaction", "multiple_interaction"})

_COMMON = {"card_type", "source", "main_title"}
_ALLOWED: dict[str, set[str]] = {
    "text_notice": {
        "card_action", "action_menu", "task_id", "emphasis_content", "quote_area",
        "sub_title_text", "horizontal_content_list", "jump_list",
    },
    "news_notice": {
        "card_action", "card_image", "image_text_area", "action_menu", "task_id", "quote_area",
        "vertical_content_list", "horizontal_content_list", "jump_list",
    },
    "button_interaction": {
        "button_list", "task_id", "action_menu", "quote_area", "sub_title_text",
        "horizontal_content_list", "button_selection", "card_action", "replace_text",
    },
    "vote_interaction": {"checkbox", "submit_button", "task_id", "replace_text"},
    "multiple_interaction": {"select_list", "submit_button", "task_id", "replace_text"},
}  # fmt: skip
_REQUIRED: dict[str, set[str]] = {
    "text_notice": set(),
    "news_notice": {"main_title"},
    "button_interaction": {"main_title", "button_list", "task_id"},
    "vote_interaction": {"main_title", "checkbox", "submit_button", "task_id"},
    "multiple_interaction": {"main_title", "select_list", "submit_button", "task_id"},
}
SHOWN: dict[Line, dict[str, int]] = {
    "app": {"title": 36, "desc": 44, "paragraph": 160, "value": 30, "option": 16},
    "aibot": {"title": 26, "desc": 30, "paragraph": 112, "value": 26, "option": 10},
}
"""Characters after which the client cuts without a word."""


class CardRefused(Exception):
    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def check_card(card: Any, line: Line, *, update: bool = False) -> None:
    """Raises CardRefused with the platform's code."""
    if not isinstance(card, dict) or card.get("card_type") not in _ALLOWED:
        raise CardRefused(40058, "template_card.card_type is invalid")
    kind = card["card_type"]
    for name in _REQUIRED[kind] - card.keys():
        raise CardRefused(40058, f"template_card.{name} is missing")
    for name in card.keys() - _COMMON - _ALLOWED[kind]:
        raise CardRefused(40058, f"template_card.{name} does not belong to {kind}")
    if "replace_text" in card and (line == "aibot" or not update):
        raise CardRefused(40058, "template_card.replace_text is only for updates of app cards")
    _check_action(card, kind)
    _check_title(card, kind)
    _check_menu(card)
    _check_news(card, kind)
    _check_lists(card, line)
    _check_keys(card)
    if "task_id" in card and not re.fullmatch(r"[0-9A-Za-z_@-]{1,128}", card["task_id"], re.ASCII):
        raise CardRefused(42014, "task_id is illegal")


def _check_action(card: Json, kind: str) -> None:
    action = card.get("card_action")
    types = (1, 2) if kind.endswith("_notice") else (0, 1, 2)
    if action is None and not kind.endswith("_notice"):
        return
    opens = {1: "url", 2: "appid"}.get((action or {}).get("type", -1))
    if (action or {}).get("type") not in types or (opens and not (action or {}).get(opens)):
        raise CardRefused(42045, "template_card.card_action missing or illegal")


def _check_menu(card: Json) -> None:
    menu = card.get("action_menu")
    if menu is None:
        return
    entries = menu.get("action_list", [])
    _sized(entries, 1, 3, "action_menu.action_list")
    keys = [one.get("key") for one in entries]
    if not card.get("task_id"):
        raise CardRefused(42014, "action_menu needs a task_id")
    if any(not key or len(key.encode()) > 1024 for key in keys) or len(set(keys)) != len(keys):
        raise CardRefused(42017, "action_menu: a key is missing, too long or not unique")


def _check_news(card: Json, kind: str) -> None:
    """The pictures of a news_notice."""
    if kind != "news_notice":
        return
    ratio = (card.get("card_image") or {}).get("aspect_ratio", 1.3)
    picture = (card.get("card_image") or {}).get("url") or (card.get("image_text_area") or {}).get("image_url")
    if not picture or not 1.3 <= ratio < 2.25:
        raise CardRefused(40058, "news_notice needs card_image or image_text_area, its ratio between 1.3 and 2.25")


def _check_title(card: Json, kind: str) -> None:
    title = (card.get("main_title") or {}).get("title")
    if not title and not (kind == "text_notice" and card.get("sub_title_text")):
        raise CardRefused(40058, "template_card.main_title.title is missing")


def _check_lists(card: Json, line: Line) -> None:
    _sized(card.get("button_list", ["-"]), 1, 6, "button_list")
    _sized(card.get("horizontal_content_list", []), 0, 6, "horizontal_content_list")
    _sized(card.get("jump_list", []), 0, 3, "jump_list")
    _sized(card.get("select_list", ["-"]), 1, 3, "select_list")
    _sized(card.get("vertical_content_list", []), 0, 4, "vertical_content_list")
    for row in card.get("horizontal_content_list", []):
        _check_row(row, line)
    for jump in card.get("jump_list", []):
        _check_jump(jump, line)
    for button in card.get("button_list", []):
        if line == "aibot" and button.keys() - {"text", "style", "key"}:
            raise CardRefused(40058, "button_list: an aibot's buttons only call back")
        if not button.get("text") or (button.get("type") == 1 and not button.get("url")):
            raise CardRefused(40058, "button_list: text or url is missing")
        if button.get("style", 1) not in (1, 2, 3, 4):
            raise CardRefused(40058, "button_list.style is 1 to 4")
    for selector in selectors(card):
        _check_options(selector, 20 if selector is card.get("checkbox") else 10)
    questions = [one["question_key"] for one in selectors(card)]
    if len(set(questions)) != len(questions):
        raise CardRefused(40058, "question_key is not unique")


def _check_row(row: Json, line: Line) -> None:
    wants = {1: "url", 2: "media_id", 3: "userid"}
    if line == "aibot":
        del wants[2]
    kind = row.get("type", 0)
    if not row.get("keyname") or (kind and not row.get(wants.get(kind, ""))):
        raise CardRefused(40058, "horizontal_content_list: keyname is missing, or what its type needs")


def _check_jump(jump: Json, line: Line) -> None:
    wants = {1: "url", 2: "appid"} | ({3: "question"} if line == "aibot" else {})
    kind = jump.get("type", 0)
    if not jump.get("title") or (kind and not jump.get(wants.get(kind, ""))):
        raise CardRefused(40058, "jump_list: title is missing, or what its type needs")
    if len(str(jump.get("question", "")).encode()) > 200:
        raise CardRefused(40058, "jump_list.question has more than 200 bytes")


def _check_options(selector: Json, most: int) -> None:
    options = selector.get("option_list", [])
    _sized(options, 1, most, "option_list")
    ids = [option.get("id") for option in options]
    if any(not one or len(one.encode()) > 128 for one in ids) or len(set(ids)) != len(ids):
        raise CardRefused(40058, "option_list.id is missing, too long or not unique")
    if any(not option.get("text") for option in options):
        raise CardRefused(40058, "option_list.text is missing")
    if selector.get("mode", 0) not in (0, 1):
        raise CardRefused(40058, "checkbox.mode is 0 or 1")
    if not selector.get("question_key") or len(selector["question_key"].encode()) > 1024:
        raise CardRefused(40058, "question_key is missing or too long")


def _check_keys(card: Json) -> None:
    keys = [button.get("key") for button in card.get("button_list", []) if button.get("type", 0) == 0]
    if "submit_button" in card:
        keys.append(card["submit_button"].get("key"))
    if any(not key or len(key.encode()) > 1024 for key in keys) or len(set(keys)) != len(keys):
        raise CardRefused(42017, "a button's key is missing, too long or not unique")


def _sized(items: Sequence[Any], least: int, most: int, name: str) -> None:
    if not least <= len(items) <= most:
        raise CardRefused(40058, f"template_card.{name} takes {least} to {most}, got {len(items)}")


def selectors(card: Json) -> Iterator[Json]:
    yield from card.get("select_list", [])
    for name in ("button_selection", "checkbox"):
        if name in card:
            yield card[name]


def visible(card: Json, line: Line) -> str:
    """The card's words as the person reads them, cut where the client cuts."""
    most = SHOWN[line]
    title = card.get("main_title") or {}
    parts = [title.get("title", "")[: most["title"]], title.get("desc", "")[: most["desc"]]]
    parts += [
        f"{row['keyname'][:5]}：{row.get('value', '')[: most['value']]}"
        for row in card.get("horizontal_content_list", [])
    ]
    parts.append(card.get("sub_title_text", "")[: most["paragraph"]])
    for selector in selectors(card):
        parts.append(f"{selector.get('title', '')} {_options(selector, most['option'] + 1)}".strip())
    return "\n".join(part for part in parts if part)


def _options(selector: Json, most: int) -> str:
    return " / ".join(option["text"][:most] for option in selector["option_list"])


def labels(card: Json) -> list[str]:
    """What can be pressed, in order; a greyed card has nothing."""
    if card.get("replace_text"):
        return []
    found = [button["text"] for button in card.get("button_list", [])]
    return [*found, card["submit_button"].get("text", "提交")] if "submit_button" in card else found
