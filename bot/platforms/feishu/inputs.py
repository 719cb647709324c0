"""The inputs of a neutral card as Feishu's form components (card JSON 2.0)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from bot.platforms.feishu.markup import plain
from bot.platforms.feishu.press import component_name
from bot.platforms.text import shorten
from cards.model import Input, InputKind, Option
from cards.sources import source_line

ON_CARD = frozenset(
    {
        InputKind.CHOICE,
        InputKind.MULTI_CHOICE,
        InputKind.TEXT,
        InputKind.LONG_TEXT,
        InputKind.NUMBER,
        InputKind.DATE,
        InputKind.DATETIME,
    }
)
MAX_INPUT = 1000
"""Characters an input component can hold."""

MAX_PLACEHOLDER = 100

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}$")
_DATETIME = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}$")

_ASKED_IN_WORDS: Mapping[InputKind, str] = {
    InputKind.PHOTO: "拍照，把照片发到这里",
    InputKind.FILE: "把文件发到这里",
    InputKind.POSITION: "发送「位置」",
    InputKind.CODE: "扫码，或把编号发到这里",
}


def draw_input(field: Input, most_options: int) -> list[dict[str, Any]]:
    """The components of one input: its label, what is wrong with it, the field itself, where its value came from.

    An empty list means it cannot stand on the card; `in_words` then says how to fill it.
    """
    draw = _DRAWN.get(field.kind)
    if draw is None or not _holds(field, most_options):
        return []
    label = plain(f"{field.label}{' *' if field.required else ''}", color="grey")
    problem = [plain(f"⚠ {field.problem}", "notation", "red")] if field.problem else []
    source = (
        [plain(f"来自：{source_line(field.source)}", "notation", "grey")] if field.source and field.source.text else []
    )
    # Feishu takes `required` for true in a multi-select that does not say; so it is always said.
    component = {
        "name": component_name(field.name, field.kind),
        "required": field.required,
        "width": "fill",
        **draw(field),
    }
    return [label, *problem, component, *source]


def _holds(field: Input, most_options: int) -> bool:
    """Whether its component takes all there is to choose from, and all that stands in it already."""
    if field.kind in (InputKind.CHOICE, InputKind.MULTI_CHOICE):
        return 0 < len(field.options) <= most_options
    return len(field.value) <= MAX_INPUT


def in_words(field: Input) -> str:
    """How to fill what the card cannot hold: "现场照片（拍照，把照片发到这里）"."""
    return f"{field.label}（{_ASKED_IN_WORDS.get(field.kind, '直接发文字给我')}）"


def filled(field: Input) -> str:
    """The value as people read it; empty when there is none."""
    labels = {option.value: option.label for option in field.options}
    values = (field.value,) if isinstance(field.value, str) else field.value
    return "、".join(labels.get(value, value).replace("T", " ") if value else "" for value in values)


def _placeholder(field: Input, otherwise: str) -> dict[str, Any]:
    return {"tag": "plain_text", "content": shorten(field.placeholder or otherwise, MAX_PLACEHOLDER, len, "…")}


def _options(options: tuple[Option, ...]) -> list[dict[str, Any]]:
    """Values must be unique on Feishu; of two alike the first stays."""
    unique = {option.value: option.label for option in reversed(options)}
    kept = {option.value: unique[option.value] for option in options}
    return [{"text": {"tag": "plain_text", "content": label}, "value": value} for value, label in kept.items()]


def _choice(field: Input) -> dict[str, Any]:
    known = {option.value for option in field.options}
    initial = {"initial_option": field.value} if field.value in known else {}
    return {
        "tag": "select_static",
        "placeholder": _placeholder(field, "请选择"),
        "options": _options(field.options),
        **initial,
    }


def _multi_choice(field: Input) -> dict[str, Any]:
    known = {option.value for option in field.options}
    given = (field.value,) if isinstance(field.value, str) else field.value
    return {
        "tag": "multi_select_static",
        "placeholder": _placeholder(field, "请选择，可多选"),
        "options": _options(field.options),
        "selected_values": [value for value in given if value in known],
    }


def _text(field: Input) -> dict[str, Any]:
    most = min(max(field.max_length or MAX_INPUT, 1), MAX_INPUT)
    hint = f"不超过 {most} 字" if field.max_length else "请输入"
    value = str(field.value)
    return {
        "tag": "input",
        "input_type": "text",
        "max_length": max(most, len(value)),  # who has to shorten it must see all of it
        "default_value": value,
        "placeholder": _placeholder(field, hint),
    }


def _long_text(field: Input) -> dict[str, Any]:
    return {**_text(field), "input_type": "multiline_text", "rows": 3, "auto_resize": True}


def _number(field: Input) -> dict[str, Any]:
    return {**_text(field), "placeholder": _placeholder(field, "请输入数字")}


def _date(field: Input) -> dict[str, Any]:
    # Feishu refuses the whole card for a date it cannot read; the field then starts empty.
    initial = {"initial_date": field.value} if _DATE.match(str(field.value)) else {}
    return {"tag": "date_picker", "placeholder": _placeholder(field, "请选择日期"), **initial}


def _datetime(field: Input) -> dict[str, Any]:
    given = str(field.value).replace("T", " ")[:16]
    initial = {"initial_datetime": given} if _DATETIME.match(given) else {}
    return {"tag": "picker_datetime", "placeholder": _placeholder(field, "请选择日期和时间"), **initial}


_DRAWN: Mapping[InputKind, Callable[[Input], dict[str, Any]]] = {
    InputKind.CHOICE: _choice,
    InputKind.MULTI_CHOICE: _multi_choice,
    InputKind.TEXT: _text,
    InputKind.LONG_TEXT: _long_text,
    InputKind.NUMBER: _number,
    InputKind.DATE: _date,
    InputKind.DATETIME: _datetime,
}
