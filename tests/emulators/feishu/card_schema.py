"""What Feishu accepts as a card: JSON 2.0 with its components, their attributes, and the limits of a whole card.

The attributes are those of the component pages of the open platform's documentation (card JSON 2.0). Refusals come as
230099 with a sub-code in the text, as Feishu writes them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from tests.emulators.feishu.answers import Refusal
from tests.emulators.feishu.card_details import (
    BODY,
    check_depth,
    check_details,
    check_header,
    check_ids,
    only,
    refuse,
)

MAX_BYTES = 30 * 1024
MAX_ELEMENTS = 200

_COMMON = "tag element_id margin"
_INTERACTIVE = f"{_COMMON} name required disabled width behaviors confirm placeholder"
ATTRIBUTES: dict[str, set[str]] = {
    tag: set(words.split())
    for tag, words in {
        "plain_text": "tag element_id content text_size text_color text_align lines i18n_content",
        "lark_md": "tag element_id content text_size text_color text_align lines i18n_content",
        "text_tag": "tag element_id text color",
        "standard_icon": "tag token color",
        "custom_icon": "tag img_key",
        "markdown": f"{_COMMON} content text_size text_align icon",
        "div": f"{_COMMON} width text icon",
        "hr": _COMMON,
        "img": f"{_COMMON} img_key alt title scale_type size transparent preview corner_radius",
        "column_set": f"{_COMMON} horizontal_spacing horizontal_align flex_mode background_style action columns",
        "column": f"{_COMMON} background_style width weight horizontal_spacing horizontal_align vertical_align "
        "vertical_spacing direction padding action elements",
        "form": f"{_COMMON} direction horizontal_spacing vertical_spacing horizontal_align vertical_align padding name "
        "elements",
        "button": f"{_COMMON} type size width text icon hover_tips disabled disabled_tips confirm behaviors name "
        "required form_action_type",
        "select_static": f"{_INTERACTIVE} type initial_option initial_index options",
        "multi_select_static": f"{_INTERACTIVE} type selected_values options",
        "input": f"{_INTERACTIVE} default_value disabled_tips max_length input_type rows auto_resize max_rows show_icon "
        "label label_position value",
        "date_picker": f"{_INTERACTIVE} initial_date",
        "picker_time": f"{_INTERACTIVE} initial_time",
        "picker_datetime": f"{_INTERACTIVE} initial_datetime",
        "table": f"{_COMMON} page_size row_height row_max_height freeze_first_column header_style columns rows",
        "collapsible_panel": f"{_COMMON} expanded background_color header border vertical_spacing padding elements",
    }.items()
}
_TOP = {"schema", "config", "card_link", "header", "body"}
_CONFIG = {
    "update_multi",
    "enable_forward",
    "enable_forward_interaction",
    "width_mode",
    "summary",
    "streaming_mode",
    "streaming_config",
    "style",
    "use_custom_translation",
    "locales",
    "wide_screen_mode",
}
_TEMPLATES = {
    "blue",
    "wathet",
    "turquoise",
    "green",
    "yellow",
    "orange",
    "red",
    "carmine",
    "violet",
    "purple",
    "indigo",
    "grey",
    "default",
}
_BUTTON_TYPES = {
    "default",
    "primary",
    "danger",
    "text",
    "primary_text",
    "danger_text",
    "primary_filled",
    "danger_filled",
    "laser",
}
FIELDS = {"select_static", "multi_select_static", "input", "date_picker", "picker_time", "picker_datetime"}


def check_card(content: str) -> dict[str, Any]:
    """The card in `content`. Raises Refusal as the real one would."""
    if len(content.encode()) > MAX_BYTES:
        raise Refusal(230025, "The length of the message content reaches its limit.")
    try:
        card = json.loads(content)
    except ValueError as error:
        raise refuse(200621, "parse card json err") from error
    if not isinstance(card, dict) or card.get("schema") != "2.0":
        raise refuse(200621, "this emulator takes cards of schema 2.0 only")
    only(card, _TOP, "card")
    only(card.get("config", {}), _CONFIG, "config")
    if card.get("config", {}).get("update_multi") is not True:
        raise Refusal(230001, "Your request contains an invalid request parameter, ext=update_multi must be true")
    only(card.get("body", {}), BODY, "body")
    check_header(card.get("header", {}))
    if card.get("header", {}).get("template", "default") not in _TEMPLATES:
        raise refuse(200550, "header template")
    elements = list(tagged(card))
    if len(elements) > MAX_ELEMENTS:
        raise refuse(11310, "element exceeds the limit")
    for element in elements:
        _check_element(element)
    check_ids(elements)
    check_depth(card.get("body", {}).get("elements", []))
    _check_shape(card)
    return card


def tagged(part: Any) -> Iterator[dict[str, Any]]:
    """Every element and component, outside in."""
    if isinstance(part, dict):
        if "tag" in part:
            yield part
        for name, value in part.items():
            if name not in ("value", "rows"):
                yield from tagged(value)
    elif isinstance(part, list):
        for one in part:
            yield from tagged(one)


def _check_element(element: dict[str, Any]) -> None:
    tag = element["tag"]
    if tag not in ATTRIBUTES:
        raise refuse(200861, f"not support tag: {tag}")
    only(element, ATTRIBUTES[tag], tag)
    if len(element.get("placeholder", {}).get("content", "")) > 100:
        raise refuse(200621, "placeholder over 100 characters")
    if tag in ("plain_text", "markdown") and not isinstance(element.get("content"), str):
        raise refuse(200621, f"{tag} without content")
    check_details(element)
    check = _CHECKS.get(tag)
    if check is not None:
        check(element)
    for name, pattern in (("initial_date", r"\d{4}-\d\d-\d\d"), ("initial_datetime", r"\d{4}-\d\d-\d\d \d\d:\d\d")):
        if name in element and not re.fullmatch(pattern, element[name]):
            raise refuse(200621, name)


def _check_input(field: dict[str, Any]) -> None:
    most = field.get("max_length", 1000)
    if not 1 <= most <= 1000 or len(field.get("default_value", "")) > most:
        raise refuse(200621, "max_length of input, or default_value longer than it")


def _check_image(image: dict[str, Any]) -> None:
    if not str(image.get("img_key", "")).startswith("img_"):
        raise refuse(200570, "invalid image key")


def _check_button(button: dict[str, Any]) -> None:
    if button.get("type", "default") not in _BUTTON_TYPES or not button.get("text", {}).get("content"):
        raise refuse(200621, "button type or text")
    if len(button["text"]["content"]) > 100:
        raise refuse(200621, "button text over 100 characters")
    if "confirm" in button and not button["confirm"].get("title"):
        raise refuse(200621, "confirm without title")
    for behavior in button.get("behaviors", ()):
        if behavior.get("type") == "callback" and not isinstance(behavior.get("value"), dict):
            raise refuse(200621, "callback value")
        if behavior.get("type") == "open_url" and not behavior.get("default_url"):
            raise refuse(200621, "open_url without default_url")


def _check_options(element: dict[str, Any]) -> None:
    values = [option["value"] for option in element.get("options", ())]
    if not values or len(set(values)) != len(values) or not all(isinstance(value, str) and value for value in values):
        raise refuse(200621, "option values must be unique strings")
    initial = element.get("selected_values", [element["initial_option"]] if "initial_option" in element else [])
    if not set(initial) <= set(values):
        raise refuse(200621, "initial option is none of the options")


def _check_table(table: dict[str, Any]) -> None:
    names = {column["name"] for column in table.get("columns", ())}
    if not names or not 1 <= table.get("page_size", 5) <= 10:
        raise refuse(200914, "table columns or page size")
    if any(set(row) - names for row in table.get("rows", ())):
        raise refuse(200915, "table rows")


_CHECKS: dict[str, Callable[[dict[str, Any]], None]] = {
    "button": _check_button,
    "input": _check_input,
    "img": _check_image,
    "table": _check_table,
    "select_static": _check_options,
    "multi_select_static": _check_options,
}


def _check_shape(card: dict[str, Any]) -> None:
    """What depends on where a component stands."""
    root = card.get("body", {}).get("elements", [])
    everything = list(tagged(root))
    tables = [element for element in everything if element["tag"] == "table"]
    if len(tables) > 5 or any(table not in root for table in tables):
        raise refuse(11310, "table number over limit or table not at the root")
    forms = [element for element in everything if element["tag"] == "form"]
    names = [element["name"] for element in everything if element.get("name") and element["tag"] != "column"]
    if len(names) != len(set(names)):
        raise refuse(200621, "name not unique in card")
    for form in forms:
        if form not in root or not form.get("name"):
            raise refuse(200621, "form must be at the root and have a name")
        inside = list(tagged(form["elements"]))
        if not any(one.get("form_action_type") == "submit" for one in inside):
            raise refuse(200621, "form without a submit button")
        if any(one["tag"] in FIELDS | {"button"} and not one.get("name") for one in inside):
            raise refuse(200530, "form component without name")
    in_forms = {id(element) for form in forms for element in tagged(form)}
    loose = [element for element in everything if id(element) not in in_forms]
    if any(element["tag"] == "multi_select_static" or element.get("required") for element in loose):
        raise refuse(200621, "component belongs into a form")


__all__ = ["FIELDS", "check_card", "refuse", "tagged"]
