"""A neutral card in words: lines for a template card's text areas, and whole messages in WeCom's three markdowns."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from enum import StrEnum

from cards.model import Block, Button, Card, Chain, Due, Fact, Facts, Input, InputKind, Picture, Table, Tags, Text, Tone
from cards.sources import source_line


class Dialect(StrEnum):
    APP = "app"
    """Bold, links, quotes, three colours; no lists, tables or code blocks (reference §4.1)."""
    FULL = "full"
    """aibot markdown and webhook markdown_v2: lists and tables too, no colours."""
    PLAIN = "plain"
    """Text messages, also shown in the WeChat plugin."""


_COUNTED = {InputKind.PHOTO: "已收到 {} 张照片", InputKind.FILE: "已收到 {} 个文件"}

_LOOKALIKES = str.maketrans({"<": "＜", ">": "＞", "[": "［", "]": "］", "`": "｀", "*": "＊", "#": "＃", "|": "｜"})
"""WeCom documents no escape, so what would format or mention is replaced by its full-width twin."""

_COLOURS = {Tone.GOOD: "info", Tone.WARN: "warning", Tone.LATE: "warning"}


def escape(text: str) -> str:
    """User text for markdown: nothing in it formats, links or mentions."""
    return text.translate(_LOOKALIKES)


def safe_text(text: str) -> str:
    """User text for a text message, where only `<a href>` and `<@userid>` are active."""
    return re.sub(r"<(?=/?a|@)", "＜", text, flags=re.IGNORECASE)


def without_bold(text: str) -> str:
    return text.replace("**", "")


def display(field: Input) -> str:
    """A field's value as a person reads it: option labels, not values; counts, not attachment keys."""
    values = [field.value] if isinstance(field.value, str) else list(field.value)
    values = [value for value in values if value]
    if not values:
        return ""
    if field.kind in _COUNTED:
        return _COUNTED[field.kind].format(len(values))
    if field.kind is InputKind.POSITION:
        return "已定位"
    labels = {option.value: option.label for option in field.options}
    return "、".join(
        labels.get(value, value.replace("T", " ") if field.kind is InputKind.DATETIME else value) for value in values
    )


def lines_of(block: Block) -> list[str]:
    """A block as plain lines; facts and fields have their own places and give none here."""
    match block:
        case Text():
            return without_bold(block.text).splitlines()
        case Tags():
            return [" ".join(f"［{tag.text}］" for tag in block.tags)]
        case Chain():
            return [" › ".join(f"{link.who} {link.what}".strip() for link in block.links)]
        case Due():
            return [block.text]
        case Picture():
            return [f"［图片］{block.alt}"]
        case Table():
            return [" ｜ ".join(row) for row in (block.columns, *block.rows)]
    return []


def field_line(field: Input) -> str:
    """What is known of a field: value, where it came from, what was wrong with it; empty when nothing is."""
    value = display(field)
    text = f"{field.label}：{value}" if value else ""
    if value and field.source is not None:
        text += f"（{source_line(field.source)}）"
    if field.problem:
        text = f"{text or field.label}；{field.problem}"
    return text


def how_to_fill(left_out: Iterable[Input]) -> str:
    """What is still empty and cannot stand on the card, and how it will be asked; empty when nothing is."""
    names = "、".join(field.label + ("" if field.required else "（选填）") for field in left_out if not display(field))
    return f"还要填：{names}（按下按钮后，我在对话里逐项问你）" if names else ""


def other_ways(spare: Iterable[Button]) -> str:
    """Buttons that found no place."""
    names = "".join(f"「{button.label}」" for button in spare)
    return f"卡片放不下的操作：{names}，可直接打字告诉我" if names else ""


def message(card: Card, dialect: Dialect, *, without: Collection[str] = ()) -> str:
    """The whole card as one message, links included, actions not. `without` names fields shown elsewhere."""
    parts = [_strong(card.title, dialect)]
    parts += [_said(card.lead, dialect)] if card.lead else []
    for block in card.blocks:
        parts += _message_lines(block, dialect, without)
    parts += [link(button.label, button.url, dialect) for button in card.buttons if button.url]
    return "\n".join(parts)


def link(label: str, url: str, dialect: Dialect) -> str:
    if dialect is Dialect.PLAIN:
        return f"{label}：{url}"
    return f"[{escape(label)}]({url})"


def fit_markdown(text: str, dialect: Dialect) -> str:
    """Our own markdown (bold, lists, links, tables) for what `dialect` shows."""
    if dialect is Dialect.FULL:
        return text.replace("<", "＜")
    lines = [
        _simple(line)
        for line in text.replace("<", "＜").splitlines()
        if not re.fullmatch(r"[\s|:-]*-{2,}[\s|:-]*|```.*", line)
    ]
    fitted = "\n".join(lines)
    return fitted if dialect is Dialect.APP else _plain(fitted)


def titled(title: str, text: str) -> str:
    """The title as the first, bold line."""
    return f"**{title}**\n{text}" if title else text


def _message_lines(block: Block, dialect: Dialect, without: Collection[str]) -> list[str]:
    match block:
        case Facts():
            return [_fact(fact, dialect) for fact in block.facts]
        case Input():
            line = "" if block.name in without else field_line(block)
            return [_said(line, dialect)] if line else []
        case Table() if dialect is Dialect.FULL:
            rows = [" | ".join(escape(cell) for cell in row) for row in (block.columns, *block.rows)]
            return ["", f"| {rows[0]} |", "|" + " --- |" * len(block.columns), *(f"| {row} |" for row in rows[1:]), ""]
        case Text() if dialect is not Dialect.PLAIN and block.text.count("**") % 2 == 0:
            return ["**".join(escape(piece) for piece in block.text.split("**"))]
    return [_said(line, dialect) for line in lines_of(block)]


def _fact(fact: Fact, dialect: Dialect) -> str:
    value = _said(fact.value, dialect)
    if dialect is Dialect.APP and fact.tone in _COLOURS:
        value = f'<font color="{_COLOURS[fact.tone]}">{value}</font>'
    return f"{_said(fact.label, dialect)}：{value}"


def _said(text: str, dialect: Dialect) -> str:
    return safe_text(text) if dialect is Dialect.PLAIN else escape(text)


def _strong(text: str, dialect: Dialect) -> str:
    return safe_text(text) if dialect is Dialect.PLAIN else f"**{escape(text)}**"


def _simple(line: str) -> str:
    """One line of markdown in WeCom's app subset."""
    if line.lstrip().startswith("|"):
        return " ｜ ".join(cell.strip() for cell in line.strip().strip("|").split("|"))
    line = re.sub(r"^(\s*)[-*+] ", r"\1· ", line)
    return re.sub(r"!\[([^\]]*)\]", r"[\1]", line)


def _plain(text: str) -> str:
    text = re.sub(r"\[([^\]]+)\]\(([^)]+)\)", r"\1：\2", text)
    return without_bold(re.sub(r"^#{1,6} ", "", text, flags=re.MULTILINE))
