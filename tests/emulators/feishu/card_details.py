"""The smaller parts of a card 2.0 and what Feishu refuses about them; card_schema.py checks the components themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from tests.emulators.feishu.answers import Refusal

MAX_DEPTH = 5
"""Containers within containers."""

HEADER = {"title", "subtitle", "template", "text_tag_list", "i18n_text_tag_list", "icon", "padding"}
BODY = {"direction", "padding", "elements", "horizontal_align", "vertical_align"}
BODY |= {"horizontal_spacing", "vertical_spacing"}
BEHAVIORS: Mapping[str, set[str]] = {
    "callback": {"type", "value"},
    "open_url": {"type", "default_url", "pc_url", "ios_url", "android_url"},
}
CONTAINERS = {"column_set", "form", "collapsible_panel", "interactive_container"}
INITIAL = {"date_picker": "initial_date", "picker_time": "initial_time", "picker_datetime": "initial_datetime"}
_ID = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,19}")


def refuse(code: int, words: str) -> Refusal:
    return Refusal(230099, f"Failed to create card content, ext=ErrCode: {code}; ErrMsg: {words}; ")


def only(part: Mapping[str, Any], known: Iterable[str], where: str) -> None:
    """Card 2.0 takes no attribute it does not know."""
    unknown = set(part) - set(known)
    if unknown:
        raise refuse(200621, f"unknown property {sorted(unknown)} in {where}")


def check_header(header: Mapping[str, Any]) -> None:
    only(header, HEADER, "header")
    for name in ("title", "subtitle"):
        if name in header:
            check_text(header[name], f"header {name}")
    if len(header.get("text_tag_list", ())) > 3:
        raise refuse(200621, "more than 3 text tags")


def check_text(text: Any, where: str) -> None:
    if not isinstance(text, dict) or text.get("tag") not in ("plain_text", "lark_md"):
        raise refuse(200621, f"{where} must be plain_text or lark_md")


def check_details(element: Mapping[str, Any]) -> None:
    """What any component may carry."""
    tag = element["tag"]
    if tag == "div":
        check_text(element.get("text"), "div text")
    if "confirm" in element:
        only(element["confirm"], {"title", "text"}, "confirm")
    for behavior in element.get("behaviors", ()):
        if behavior.get("type") not in BEHAVIORS:
            raise refuse(200621, f"behavior {behavior.get('type')}")
        only(behavior, BEHAVIORS[behavior["type"]], "behavior")
    for option in element.get("options", ()):
        only(option, {"text", "value", "icon"}, "option")
    if element.get("input_type", "text") not in ("text", "multiline_text", "password"):
        raise refuse(200621, f"input_type {element['input_type']}")
    if element.get("form_action_type", "submit") not in ("submit", "reset"):
        raise refuse(200621, f"form_action_type {element['form_action_type']}")
    if tag in INITIAL and not element.get(INITIAL[tag]) and not element.get("placeholder"):
        raise refuse(200621, f"{tag} without placeholder and initial value")


def check_ids(elements: Iterable[Mapping[str, Any]]) -> None:
    """Unique, a letter first, at most 20 characters."""
    ids = [element["element_id"] for element in elements if "element_id" in element]
    if len(ids) != len(set(ids)) or not all(_ID.fullmatch(one) for one in ids):
        raise refuse(200621, "element_id")


def check_depth(elements: Iterable[Any], above: int = 0) -> None:
    for element in elements:
        depth = above + (element.get("tag") in CONTAINERS)
        if depth > MAX_DEPTH:
            raise refuse(200621, f"containers nest deeper than {MAX_DEPTH}")
        for inner in ("elements", "columns"):
            check_depth(element.get(inner, ()) if element.get("tag") != "table" else (), depth)
