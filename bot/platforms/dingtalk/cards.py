"""The neutral card on each rung of the ladder: form template, general AI card, ActionCard links, numbered text."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.platforms.dingtalk import forms, markdown, marks
from bot.platforms.dingtalk.ladder import Rung
from bot.platforms.dingtalk.settings import DingTalkSettings, FormTemplate
from bot.platforms.text import shorten
from cards.model import Button, Card, Input, InputKind, Style
from cards.sources import source_line

MAX_BUTTONS = 6
"""Buttons on a general AI card; not documented, six fit a phone."""
LINK_BUTTONS = 5
"""sampleActionCard5 is the largest vertical one."""
SUMMARY_CHARS = 100
TITLE_CHARS = 60
MIN_BODY = 200
"""However large a form is, this many characters of the body stay."""

FINISHED = "3"
"""flowStatus of a general AI card; it must be repeated in every update or the card turns blank."""

_COLOURS = {Style.PRIMARY: "blue", Style.DANGER: "red", Style.DEFAULT: "gray"}
_HOW = {
    InputKind.PHOTO: "直接在对话里发照片",
    InputKind.FILE: "直接在对话里发文件",
    InputKind.POSITION: "在手机页面里定位",
    InputKind.CODE: "在手机页面里扫码",
}
_TAIL = "…（内容较长，后面已省略）"


@dataclass(frozen=True, slots=True)
class Drawn:
    """A card as parameters of a template."""

    template: str
    params: dict[str, str]
    left_out: tuple[str, ...] = ()
    """Names of inputs that do not stand on it."""


@dataclass(frozen=True, slots=True)
class LinkMessage:
    """A card as an ActionCard or, without links, as plain markdown."""

    title: str
    text: str
    links: tuple[tuple[str, str], ...] = ()
    left_out: tuple[str, ...] = field(default=())


def as_form(card: Card, template: FormTemplate, limit: int) -> Drawn:
    """The card on a form template. Inputs beyond `limit` characters are left out, from the end, and asked in words."""
    inputs = [block for block in card.inputs if forms.fits(block)][: forms.MAX_FIELDS]
    submits, others = _submits(card) if inputs else ([], list(card.buttons))
    action = [(button.label, marks.write_action(button.action or {}, _number(card, button))) for button in submits]
    text = _form_body(card, others, template, inputs)
    value = _form_value(text, inputs, action, template, limit)
    while inputs and len(value) > limit:
        inputs.pop()
        text = _form_body(card, others, template, inputs)
        value = _form_value(text, inputs, action, template, limit)
    params = _form_params(card, template, value, shorten(text, limit, len, _TAIL), action, visible=bool(inputs))
    params |= _own_buttons(card, others, template)
    return Drawn(template.template_id, params, _missing(card, inputs))


def as_buttons(card: Card, template: str, limit: int) -> Drawn:
    """The card on the general AI card: every button, and in words what has to be filled in the chat."""
    extra, others = _ai_buttons(card, limit)
    text = "\n\n".join(part for part in (_plain_body(card), *_beside(others)) if part)
    params = {
        "flowStatus": FINISHED,
        "msgTitle": shorten(card.title, TITLE_CHARS, len, "…"),
        "msgContent": shorten(text, limit, len, _TAIL),
        "sys_full_json_obj": extra,
    }
    return Drawn(template, params, _missing(card, ()))


def as_words(template: str, title: str, text: str) -> Drawn:
    """Words alone on the general AI card."""
    order = ["msgTitle", "msgContent"] if title else ["msgContent"]
    extra = json.dumps({"order": order, "msgButtons": []}, ensure_ascii=False, separators=(",", ":"))
    params = {"flowStatus": FINISHED, "msgTitle": title, "msgContent": text, "sys_full_json_obj": extra}
    return Drawn(template, params)


def as_links(card: Card, card_key: str, rung: Rung, limit: int, *, group: bool = False) -> LinkMessage:
    """The card as an ActionCard (LINKS: taps speak for the person; PAGE: only pages) or as numbered text (TEXT)."""
    links = _links(card, card_key, rung)
    numbered = [] if rung is Rung.LINKS and len(links) <= LINK_BUTTONS else _numbered(card, card_key, group)
    text = "\n\n".join(part for part in (_plain_body(card), "\n".join(numbered)) if part)
    title = shorten(markdown.escape(card.title), TITLE_CHARS, len, "…")
    full = f"### {title}\n\n{markdown.lines(text)}" if text else f"### {title}"
    return LinkMessage(
        shorten(card.line(), SUMMARY_CHARS, len, "…"),
        shorten(full, limit, len, _TAIL),
        tuple(links[:LINK_BUTTONS]),
        _missing(card, ()),
    )


def summary(card: Card) -> str:
    """The line in the chat list and on the phone's lock screen."""
    return shorten(card.line(), SUMMARY_CHARS, len, "…")


def _submits(card: Card) -> tuple[list[Button], list[Button]]:
    """Buttons that send the form (all action buttons when none says so and none else could), and the others."""
    acting = [button for button in card.buttons if button.action is not None]
    submits = [button for button in acting if button.submits] or acting[:1]
    return submits, [button for button in card.buttons if button not in submits]


def _form_value(
    text: str, inputs: Sequence[Input], action: Sequence[tuple[str, str]], template: FormTemplate, limit: int
) -> str:
    drawn = [forms.field(block) for block in inputs]
    if drawn and action:
        drawn.append(forms.action_field(action))
    if template.body or not text:
        return forms.write(drawn)
    room = max(limit - len(forms.write([*drawn, forms.body_field("")])), MIN_BODY)
    return forms.write([forms.body_field(shorten(markdown.plain(text), room, forms.written, _TAIL)), *drawn])


def _form_body(card: Card, others: Sequence[Button], template: FormTemplate, inputs: Sequence[Input]) -> str:
    """The body, problems with the last answers, where values came from, what stands elsewhere, links, typed way out."""
    placed = [button for button in others if button.action is not None][: template.buttons]
    parts = [markdown.body(card), *_problems(card), *_sources(inputs), *_instead(card, inputs), *_warnings(card)]
    parts += _beside([button for button in others if button not in placed])
    if inputs:
        parts.append("看不到表单时，直接用文字或语音回复即可。")
    return "\n\n".join(part for part in parts if part)


def _form_params(
    card: Card, template: FormTemplate, value: str, text: str, action: Sequence[tuple[str, str]], *, visible: bool
) -> dict[str, str]:
    label = action[0][0] if len(action) == 1 else "提交"
    named = {
        template.title: shorten(card.title, TITLE_CHARS, len, "…"),
        template.body: text,
        template.form: value,
        template.form_visible: "true" if visible else "false",
        template.status: template.status_open if visible and action else template.status_closed,
        template.submit_text: label if visible else "已处理",
        template.submit_action: action[0][1] if len(action) == 1 else "",
        template.action_id: action[0][1] if len(action) == 1 else "form",
        template.summary: summary(card),
    }
    return {name: given for name, given in named.items() if name}


def _own_buttons(card: Card, others: Sequence[Button], template: FormTemplate) -> dict[str, str]:
    """The template's own button places; unused ones are hidden, so an update clears what was there."""
    pressable = [button for button in others if button.action is not None][: template.buttons]
    params: dict[str, str] = {}
    for place in range(template.buttons):
        button = pressable[place] if place < len(pressable) else None
        params |= {
            f"b{place + 1}_visible": "true" if button else "false",
            f"b{place + 1}_text": button.label if button else "",
            f"b{place + 1}_action": marks.write_action(button.action or {}, _number(card, button)) if button else "",
        }
    return params


def _ai_buttons(card: Card, limit: int) -> tuple[str, list[Button]]:
    """The buttons as the general card wants them, and those that find no room in `limit` characters: a longer value
    makes the whole card blank, and nobody is told. Numbers are shorter than actions."""
    shown = list(card.buttons[:MAX_BUTTONS])
    value = _extra([_ai_button(card, button) for button in shown])
    while len(value) > limit:
        value = _extra([_ai_button(card, button, by_number=True) for button in shown])
        if len(value) > limit:
            shown.remove(max(reversed(shown), key=lambda button: len(button.url)))
    return value, [button for button in card.buttons if button not in shown]


def _extra(buttons: Sequence[Mapping[str, object]]) -> str:
    extra = {"order": ["msgTitle", "msgContent", "msgButtons"], "msgButtons": buttons}
    return json.dumps(extra, ensure_ascii=False, separators=(",", ":"))


def _ai_button(card: Card, button: Button, *, by_number: bool = False) -> dict[str, object]:
    drawn: dict[str, object] = {"text": button.label, "color": _COLOURS[button.style]}
    if button.url:
        link = marks.page_link(button.url)
        return drawn | {"url": link, "iosUrl": link}
    number = _number(card, button)
    mark = marks.number_mark(number) if by_number else marks.write_action(button.action or {}, number)
    return drawn | {"id": mark, "request": True}


def _beside(others: Sequence[Button]) -> list[str]:
    """Buttons that found no place as such: links to pages, and what can be said instead of pressing."""
    said = "、".join(button.label for button in others if button.action is not None)
    pages = [f"[{markdown.escape(button.label)}]({marks.page_link(button.url)})" for button in others if button.url]
    return [*pages, f"也可以直接回复：{said}"] if said else pages


def _links(card: Card, card_key: str, rung: Rung) -> list[tuple[str, str]]:
    if rung is Rung.TEXT:
        return []
    pages = [(button.label, marks.page_link(button.url)) for button in card.buttons if button.url]
    if rung is Rung.PAGE:
        return pages
    acting = [button for button in card.buttons if button.action is not None]
    return [(button.label, marks.tap_link(button.label, card_key, _number(card, button))) for button in acting] + pages


def _numbered(card: Card, card_key: str, group: bool) -> list[str]:
    """Buttons as lines; each line can be sent back as it stands. In a group only what addresses the robot reaches it."""
    how = "@我 回复" if group else "回复"
    lines = [
        f"{number}. {markdown.escape(button.label)}：{how} {marks.tap_code(card_key, number)}"
        for number, button in enumerate(card.buttons, 1)
        if button.action is not None
    ]
    pages = [
        f"[{markdown.escape(button.label)}]({marks.page_link(button.url)})" for button in card.buttons if button.url
    ]
    return lines + pages


def _plain_body(card: Card) -> str:
    """The body of a card without fields: what is known is shown, what is missing is asked for in words."""
    known = [
        f"{markdown.escape(block.label)}：**{markdown.escape(_shown(block))}**"
        for block in card.inputs
        if _shown(block)
    ]
    parts = [
        markdown.body(card),
        "\n".join(known),
        *_problems(card),
        *_sources(card.inputs),
        *_instead(card, ()),
        *_warnings(card),
    ]
    return markdown.lines("\n\n".join(part for part in parts if part))


def _instead(card: Card, inputs: Sequence[Input]) -> list[str]:
    """How to fill what does not stand on the card and is not known yet."""
    missing = [block for block in card.inputs if block not in inputs and not block.value]
    asked = [f"{markdown.escape(block.label)}（{_HOW.get(block.kind, '在对话里回答')}）" for block in missing]
    return ["✏️ 还要填：" + "、".join(asked)] if asked else []


def _problems(card: Card) -> list[str]:
    return [
        f"⚠️ {markdown.escape(block.label)}：{markdown.escape(block.problem)}" for block in card.inputs if block.problem
    ]


def _sources(inputs: Sequence[Input]) -> list[str]:
    return [
        f"> {markdown.escape(block.label)}：{markdown.escape(source_line(block.source))}"
        for block in inputs
        if block.source and block.source.text
    ]


def _warnings(card: Card) -> list[str]:
    """There is no confirm box on these cards: what a button cannot undo is said before it is pressed."""
    return [
        f"点“{markdown.escape(button.label)}”之前：{markdown.escape(button.confirm)}"
        for button in card.buttons
        if button.confirm
    ]


def _shown(block: Input) -> str:
    """The input's value as the person knows it; attachments by their number."""
    values = [block.value] if isinstance(block.value, str) else list(block.value)
    if block.kind in (InputKind.PHOTO, InputKind.FILE):
        return f"已收到 {len([value for value in values if value])} 个" if any(values) else ""
    labels = {option.value: option.label for option in block.options}
    return "、".join(
        labels.get(value, value.replace("T", " ") if block.kind is InputKind.DATETIME else value)
        for value in values
        if value
    )


def _missing(card: Card, inputs: Sequence[Input]) -> tuple[str, ...]:
    return tuple(block.name for block in card.inputs if block not in inputs)


def _number(card: Card, button: Button) -> int:
    """A button's number, from 1: its place on the neutral card, whatever the drawing leaves out."""
    return card.buttons.index(button) + 1


def draw(card: Card, rung: Rung, settings: DingTalkSettings) -> Drawn:
    """The card for one of the two rungs that are cards of DingTalk."""
    if rung is Rung.FORM and settings.form_template is not None:
        return as_form(card, settings.form_template, settings.card_value_chars)
    return as_buttons(card, settings.button_template, settings.card_value_chars)
