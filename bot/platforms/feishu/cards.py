"""Draws the neutral card as Feishu card JSON 2.0: a form where there is something to fill, verbs below.

Feishu refuses a card over 30 KB or 200 elements as a whole. So a card is drawn with less and less in it until it
fits, and says at its end what it left out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.platforms.feishu.blocks import Budget, Element, draw_block
from bot.platforms.feishu.inputs import draw_input, filled, in_words
from bot.platforms.feishu.markup import paragraph, plain, without_bold
from bot.platforms.feishu.press import value_of
from bot.platforms.text import shorten
from cards.fallback import without
from cards.model import Block, Button, Card, Input, Style, Table, Tone

MAX_BYTES = 30 * 1024
ROOM = 2 * 1024
"""Feishu counts more than was sent (style tags); how much more is not published."""

MAX_ELEMENTS = 200
MAX_TABLES = 5
MAX_INPUTS = 20
MAX_OPTIONS = 100
MAX_BUTTONS = 10
MAX_LABEL = 100

BUDGETS = (
    Budget(4000, 50, MAX_OPTIONS, 100, columns=True),
    Budget(4000, 50, MAX_OPTIONS, 100),
    Budget(1500, 20, MAX_OPTIONS, 60),
    Budget(600, 10, 60, 30),
    Budget(200, 5, 30, 20),
    Budget(80, 3, 10, 8),
    Budget(40, 0, 0, 0),
)

_TEMPLATES: Mapping[Tone, str] = {Tone.PLAIN: "blue", Tone.GOOD: "green", Tone.WARN: "orange", Tone.LATE: "red"}
_TYPES: Mapping[Style, str] = {Style.DEFAULT: "default", Style.PRIMARY: "primary_filled", Style.DANGER: "danger"}


@dataclass(frozen=True, slots=True)
class Drawn:
    """The JSON Feishu takes, and the names of the inputs that found no place on the card."""

    text: str
    left_out: tuple[str, ...] = ()


def draw(card: Card, card_key: str, *, group: bool = False, pictures: Mapping[str, str] | None = None) -> Drawn:
    """The card as Feishu takes it. What is left out of it stands there as words, with a button to correct it.

    `pictures` maps attachment keys to image keys; a picture without one is named in words.
    """
    left_out: tuple[str, ...] = ()
    while True:
        rest = without(card, left_out) if left_out else card
        drawn = _fitting(rest, card_key, group, pictures or {})
        more = tuple(name for name in drawn.left_out if name not in left_out)
        if not more:
            standing = {field.name for field in rest.inputs if field.name not in drawn.left_out}
            return Drawn(drawn.text, tuple(name for name in left_out if name not in standing))
        left_out += more


def _fitting(card: Card, card_key: str, group: bool, pictures: Mapping[str, str]) -> Drawn:
    """With as much in it as fits."""
    for budget in BUDGETS:
        drawing = _Drawing(card, card_key, group, pictures, budget)
        drawn = drawing.whole()
        text = json.dumps(drawn, ensure_ascii=False, separators=(",", ":"))
        if len(text.encode("utf-8", "replace")) <= MAX_BYTES - ROOM and elements(drawn) <= MAX_ELEMENTS:
            return Drawn(text, drawing.left_out)
    bare = Card(title=shorten(card.title, 100, len), tone=card.tone, lead="内容太长，飞书卡片放不下。")
    return Drawn(json.dumps(_Drawing(bare, card_key, group, {}, BUDGETS[-1]).whole(), ensure_ascii=False))


def elements(drawn: Any) -> int:
    """How many elements and components Feishu counts: everything with a tag."""
    if isinstance(drawn, dict):
        return ("tag" in drawn) + sum(elements(part) for part in drawn.values())
    return sum(elements(part) for part in drawn) if isinstance(drawn, list) else 0


class _Drawing:
    """One card under one budget."""

    def __init__(self, card: Card, card_key: str, group: bool, pictures: Mapping[str, str], budget: Budget) -> None:
        self._card = card
        self._key = card_key
        self._group = group
        self._pictures = pictures
        self._budget = budget
        self._tables = 0
        self._blocks = 0
        self._inputs = 0
        self._not_shown = 0
        self._asked: list[Input] = []

    @property
    def left_out(self) -> tuple[str, ...]:
        """Names of the inputs that are not on the card, once it is drawn."""
        return tuple(field.name for field in self._asked)

    def whole(self) -> Element:
        card = self._card
        title = {"tag": "plain_text", "content": shorten(without_bold(card.title), 200, len)}
        summary = shorten(without_bold(card.line()), 100, len)
        return {
            "schema": "2.0",
            "config": {"update_multi": True, "enable_forward_interaction": False, "summary": {"content": summary}},
            "header": {"title": title, "template": _TEMPLATES[card.tone]},
            "body": {"elements": self._body()},
        }

    def _body(self) -> list[Element]:
        lead = [paragraph(shorten(self._card.lead, self._budget.chars, len))] if self._card.lead else []
        buttons = self._card.buttons[:MAX_BUTTONS]
        submits = [button for button in buttons if button.submits and button.action is not None]
        body = self._with_form(submits) if submits and self._card.inputs else self._read_only()
        below = [button for button in buttons if button not in submits or not self._card.inputs]
        return [*lead, *body, *self._tail(), *self._row(below, 100)]

    def _with_form(self, submits: list[Button]) -> list[Element]:
        """What comes before the first input, a form down to the last one with its buttons, and the rest."""
        blocks = self._card.blocks
        at = [number for number, block in enumerate(blocks) if isinstance(block, Input)]
        before, within, after = blocks[: at[0]], blocks[at[0] : at[-1] + 1], blocks[at[-1] + 1 :]
        head = [part for block in before for part in self._block(block, table=True)]
        fields = [part for block in within for part in self._field_or_block(block)]
        form = {"tag": "form", "name": "form", "elements": [*fields, *self._row(submits, 0, submit=True)]}
        return [*head, form, *(part for block in after for part in self._block(block, table=True))]

    def _read_only(self) -> list[Element]:
        """Without a button that sends them, inputs are only shown as they are filled."""
        out: list[Element] = []
        for block in self._card.blocks:
            if isinstance(block, Input):
                out.append(plain(f"{block.label}：{shorten(filled(block), self._budget.chars, len) or '未填'}"))
            else:
                out += self._block(block, table=True)
        return out

    def _field_or_block(self, block: Block) -> list[Element]:
        if not isinstance(block, Input):
            return self._block(block, table=False)
        drawn = draw_input(block, self._budget.options) if self._inputs < MAX_INPUTS else []
        if not drawn:
            self._asked.append(block)
            value = filled(block)
            return [plain(f"{block.label}：{shorten(value, self._budget.chars, len)}")] if value else []
        self._inputs += 1
        return drawn

    def _block(self, block: Block, *, table: bool) -> list[Element]:
        if self._blocks >= self._budget.blocks:
            self._not_shown += 1
            return []
        self._blocks += 1
        table = table and self._tables < MAX_TABLES
        self._tables += table and isinstance(block, Table)
        return draw_block(block, self._budget, self._pictures, table=table)

    def _tail(self) -> list[Element]:
        """What is not on the card, in words."""
        out = []
        if self._asked:
            out.append(
                plain("这些不在卡片上填：" + "；".join(in_words(field) for field in self._asked), color="orange")
            )
        if self._not_shown:
            out.append(plain(f"内容较长，还有 {self._not_shown} 段没有显示", "notation", "grey"))
        hidden = len(self._card.buttons) - MAX_BUTTONS
        if hidden > 0:
            out.append(
                plain(
                    "还可以直接回复：" + "、".join(button.label for button in self._card.buttons[MAX_BUTTONS:]),
                    "notation",
                )
            )
        return out

    def _row(self, buttons: list[Button], first: int, *, submit: bool = False) -> list[Element]:
        """Buttons side by side, wrapping on a phone."""
        drawn = [self._button(button, f"b{first + number}", submit) for number, button in enumerate(buttons)]
        columns = [{"tag": "column", "width": "auto", "elements": [button]} for button in drawn]
        return [{"tag": "column_set", "flex_mode": "flow", "columns": columns}] if columns else []

    def _button(self, button: Button, name: str, submit: bool) -> Element:
        drawn: Element = {
            "tag": "button",
            "name": name,
            "text": {"tag": "plain_text", "content": shorten(button.label, MAX_LABEL, len, "…")},
            "type": _TYPES[button.style],
        }
        if button.confirm:
            title, text = ({"tag": "plain_text", "content": words} for words in ("请确认", button.confirm))
            drawn["confirm"] = {"title": title, "text": text}
        if submit:
            drawn["form_action_type"] = "submit"
        return {**drawn, "behaviors": [self._behavior(button)]}

    def _behavior(self, button: Button) -> Element:
        if button.action is None:
            return {"type": "open_url", "default_url": button.url}
        return {"type": "callback", "value": value_of(self._key, button.action, group=self._group)}
