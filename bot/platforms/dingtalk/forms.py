"""Inputs as fields of DingTalk's form component, and what a person filled in back into neutral answers.

Field types, defaults and the submitted shape: open.dingtalk.com, card platform, "表单".
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cards.model import Input, InputKind, Option

ACTION_FIELD = "gj_action"
"""Carries the pressed button: hidden for one submit button, a choice for several."""
BODY_FIELD = "gj_body"
"""Read-only text where the template has no variable for the body."""

MAX_FIELDS = 12
MAX_OPTIONS = 30

_TYPES = {
    InputKind.CHOICE: "SELECT",
    InputKind.MULTI_CHOICE: "MULTI_SELECT",
    InputKind.TEXT: "TEXT",
    InputKind.LONG_TEXT: "TEXT_AREA",
    InputKind.NUMBER: "NUMBER",
    InputKind.DATE: "DATE",
    InputKind.DATETIME: "DATETIME",
}
_MINUTE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?")


def fits(block: Input) -> bool:
    """Whether the form component can hold this input."""
    return block.kind in _TYPES and len(block.options) <= MAX_OPTIONS


def field(block: Input) -> dict[str, Any]:
    """One input as a form field, filled with what is known. Its name comes back as the key of the answer."""
    drawn: dict[str, Any] = {"name": block.name, "label": block.label, "type": _TYPES[block.kind]}
    if block.required:
        drawn |= {"required": True, "requiredMsg": f"请填写{block.label}"}
    if block.placeholder:
        drawn["placeholder"] = block.placeholder
    if block.options:
        drawn["options"] = [{"value": option.value, "text": option.label} for option in block.options]
    default = _default(block)
    return drawn if default is None else drawn | {"defaultValue": default}


def action_field(marks: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """The pressed button as a field. `marks` are (label, encoded action), the expected one first."""
    if len(marks) == 1:
        return {"name": ACTION_FIELD, "type": "TEXT", "hidden": True, "defaultValue": marks[0][1]}
    options = [{"value": mark, "text": label} for label, mark in marks]
    return {
        "name": ACTION_FIELD,
        "label": "处理",
        "type": "SELECT",
        "required": True,
        "requiredMsg": "请选择怎么处理",
        "options": options,
        "defaultValue": {"index": 0, "value": marks[0][1]},
    }


def body_field(text: str) -> dict[str, Any]:
    return {"name": BODY_FIELD, "label": "说明", "type": "TEXT", "readOnly": True, "defaultValue": text}


def write(fields: Iterable[Mapping[str, Any]]) -> str:
    """The value of the form variable: card parameters are strings."""
    return json.dumps({"fields": list(fields)}, ensure_ascii=False, separators=(",", ":"))


def written(text: str) -> int:
    """How many characters `text` takes inside a form variable."""
    return len(json.dumps(text, ensure_ascii=False)) - 2


def answers(form: Mapping[str, Any]) -> dict[str, str | list[str]]:
    """What was filled in, in neutral formats; our own fields left out."""
    return {str(name): _neutral(value) for name, value in form.items() if name not in (ACTION_FIELD, BODY_FIELD)}


def chosen_action(params: Mapping[str, Any]) -> str:
    """The encoded action of a submitted form, wherever the template put it; "" when it was lost on the way."""
    form, current = as_object(params.get("form")), as_object(params.get("current_form"))
    if ACTION_FIELD in form:
        return str(_neutral(form[ACTION_FIELD]))
    if params.get("action"):
        return str(params["action"])
    for drawn in current.get("fields") or ():
        if isinstance(drawn, Mapping) and drawn.get("name") == ACTION_FIELD:
            return str(_neutral(drawn.get("defaultValue")))
    return ""


def as_object(value: Any) -> Mapping[str, Any]:
    """`value` or the JSON object in it; DingTalk passes both."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return {}
    return value if isinstance(value, Mapping) else {}


def _default(block: Input) -> Any:
    if block.kind is InputKind.MULTI_CHOICE:
        values = (block.value,) if isinstance(block.value, str) else block.value
        places = [place for place in (_place(block.options, value) for value in values if value) if place is not None]
        return {"index": places, "value": [block.options[place].value for place in places]} if places else None
    value = block.value if isinstance(block.value, str) else "".join(block.value[:1])
    if block.kind is InputKind.CHOICE:
        place = _place(block.options, value)
        return None if place is None else {"index": place, "value": value}
    return value.replace("T", " ") if block.kind is InputKind.DATETIME and value else value or None


def _place(options: Sequence[Option], value: str) -> int | None:
    return next((place for place, option in enumerate(options) if option.value == value), None)


def _neutral(value: Any) -> str | list[str]:
    match value:
        case Mapping():
            return _neutral(value.get("value"))
        case bool():
            return "true" if value else "false"
        case list() | tuple():
            return [str(item) for item in value]
        case None:
            return ""
        case str() if _MINUTE.fullmatch(value):
            return value[:16].replace(" ", "T")
        case float() if value.is_integer():
            return str(int(value))
    return str(value)
