"""The neutral card as a WeCom template card (reference §5).

Five kinds exist and none is a form. Which one is drawn follows from what must be pressed:

* one button that submits, several dropdowns -> multiple_interaction (3 dropdowns, nothing beside them);
* one button that submits, one list of ticks -> vote_interaction;
* any other buttons -> button_interaction (6 buttons, one dropdown, six rows, a paragraph);
* no buttons -> text_notice where there is an address to open, otherwise plain words.

A button is never given up for a dropdown. Fields without a place are left to the runtime and named on the card;
what is too long is shortened with a tail that says so, and sent whole in a message before the card.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from bot.platforms.text import shorten, utf8
from bot.platforms.wecom.press import BLANK, NOTHING, OPTION_BYTES, button_key, question_key
from bot.platforms.wecom.words import display, field_line, how_to_fill, lines_of, other_ways, without_bold
from cards.model import Button, Card, Facts, Input, InputKind, Style, Tone

CardKind = Literal["multiple_interaction", "vote_interaction", "button_interaction", "text_notice"]
Json = dict[str, Any]

BUTTONS, ROWS, LINKS, DROPDOWNS = 6, 6, 3, 3
KEY_CHARS = 5
BUTTON_CHARS = 10
DROPDOWN_OPTIONS = 9
"""Ten, less the blank one that keeps WeCom from choosing the first by itself."""
TICK_OPTIONS = 20


@dataclass(frozen=True, slots=True)
class Profile:
    """What a line of WeCom shows before it cuts, in characters, and what it can press."""

    title: int
    desc: int
    paragraph: int
    value: int
    option: int
    link: int
    url_buttons: bool
    greys: bool
    """Whether an update may grey the buttons (`replace_text`)."""
    styles: Mapping[Style, int] = field(default_factory=dict)


APP = Profile(36, 44, 160, 30, 16, 18, True, True, {Style.PRIMARY: 1, Style.DEFAULT: 2, Style.DANGER: 4})
AIBOT = Profile(26, 30, 112, 26, 10, 13, False, False, {Style.PRIMARY: 1, Style.DEFAULT: 4, Style.DANGER: 3})

_COLOURS = {Tone.PLAIN: 0, Tone.GOOD: 3, Tone.WARN: 1, Tone.LATE: 2}
"""desc_color of `source`: grey, green, black, red."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Which kind of card, and what found a place on it."""

    kind: CardKind
    inputs: tuple[Input, ...] = ()
    buttons: tuple[tuple[str, Button], ...] = ()
    links: tuple[Button, ...] = ()
    spare: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True)
class Drawn:
    """A template card, the fields it holds and could not take, and whether it shows less than the card says."""

    template: Json
    standing: tuple[str, ...]
    left_out: tuple[str, ...]
    shortened: bool


def plan(card: Card, profile: Profile) -> Plan:
    """What of `card` stands where. Pure: the runtime may ask it before sending."""
    keyed = [
        (button_key(place, button), button) for place, button in enumerate(card.buttons) if button.action is not None
    ]
    links = tuple(button for button in card.buttons if button.url)
    room = BUTTONS - (len(links) if profile.url_buttons else 0)
    buttons = tuple((key, button) for key, button in keyed if key is not None)[: max(room, 1)]
    placed = {key for key, _ in buttons}
    spare = tuple(button for key, button in keyed if key not in placed)
    if not buttons:
        return Plan("text_notice", links=links, spare=spare)
    submits = any(button.submits for _, button in buttons)
    dropdowns = [one for one in card.inputs if submits and _fits(one, InputKind.CHOICE, DROPDOWN_OPTIONS)]
    ticks = [one for one in card.inputs if submits and _fits(one, InputKind.MULTI_CHOICE, TICK_OPTIONS)]
    if len(buttons) == 1 and not links and not spare:
        if len(dropdowns) > 1:
            return Plan("multiple_interaction", _neediest(dropdowns, DROPDOWNS), buttons)
        if ticks and not dropdowns:
            return Plan("vote_interaction", (ticks[0],), buttons)
    return Plan("button_interaction", _neediest(dropdowns, 1), buttons, links, spare)


def draw(
    card: Card, profile: Profile, task: str, *, card_url: str = "", update: bool = False, alone: bool = False
) -> Drawn | None:
    """The template card; None when WeCom has no kind for it (nothing to press and no address to open).

    `card_url` opens when a notice is touched. An `update` of a card without buttons is always possible.
    `alone`: no message can go before the card, so it does not point to one.
    """
    made = plan(card, profile)
    if made.kind == "text_notice" and not (made.links or card_url):
        if not update:
            return None
        made = Plan("button_interaction", spare=made.spare)
    rows, lines = _content(card, made, profile)
    left_out = [one for one in card.inputs if one not in made.inputs]
    # A finished card keeps its fields as facts; only what can still be submitted is asked for.
    lines += [text for text in (how_to_fill(left_out) if made.buttons else "", other_ways(made.spare)) if text]
    has_body = made.kind in _WITH_BODY
    # Cards of dropdowns or ticks have no paragraph: what there is to say stands under the title.
    lead = without_bold(card.lead)
    desc = lead if has_body else "；".join(text for text in (lead, *lines) if text)
    template, shortened = _frame(card, made, profile, desc, update)
    if has_body:
        shortened |= _body(template, rows, lines, profile, alone=alone or update)
    template |= _pressable(made, profile, task, card_url)
    return Drawn(template, tuple(one.name for one in made.inputs), tuple(one.name for one in left_out), shortened)


_WITH_BODY = ("button_interaction", "text_notice")


def _neediest(dropdowns: Sequence[Input], most: int) -> tuple[Input, ...]:
    """Those with a problem or still empty before those already filled; on the card in their own order."""
    needed = sorted(dropdowns, key=lambda one: bool(display(one)) and not one.problem)[:most]
    return tuple(one for one in dropdowns if one in needed)


def _fits(one: Input, kind: InputKind, most: int) -> bool:
    values = [option.value for option in one.options]
    sized = all(0 < utf8(value) <= OPTION_BYTES and value != BLANK for value in values)
    return one.kind is kind and 0 < len(values) <= most and sized and len(set(values)) == len(values)


def _content(card: Card, made: Plan, profile: Profile) -> tuple[list[Json], list[str]]:
    """Rows of label and value, and lines for the paragraph; what does not suit a row becomes a line."""
    rows: list[Json] = []
    lines: list[str] = []
    if made.links and not profile.url_buttons and made.kind != "text_notice":
        rows += [
            {"type": 1, "keyname": "打开", "value": shorten(one.label, profile.value, len), "url": one.url}
            for one in made.links[:LINKS]
        ]
    room = ROWS if made.kind in _WITH_BODY else 0
    for label, value, line in _entries(card, made):
        short = 0 < len(label) <= KEY_CHARS and len(value) <= profile.value and "\n" not in value
        if short and len(rows) < room:
            rows.append({"keyname": label, "value": value})
        else:
            lines.append(line)
    lines += [f"「{button.label}」：{button.confirm}" for _, button in made.buttons if button.confirm]
    return rows, lines


def _entries(card: Card, made: Plan) -> list[tuple[str, str, str]]:
    """Every piece of the body as (label, value, whole line); label is empty for what is no pair."""
    found: list[tuple[str, str, str]] = []
    for block in card.blocks:
        if isinstance(block, Facts):
            found += [(fact.label, fact.value, f"{fact.label}：{fact.value}") for fact in block.facts]
        elif isinstance(block, Input):
            line = field_line(block)
            bare = not (block.source or block.problem)
            if line and not (block in made.inputs and bare):
                found.append((block.label if bare else "", display(block), line))
        else:
            found += [("", "", line) for line in lines_of(block)]
    return found


def _frame(card: Card, made: Plan, profile: Profile, desc: str, update: bool) -> tuple[Json, bool]:
    """Kind, source and title; True when something of them was cut."""
    title = {"title": shorten(card.title, profile.title, len, "…"), "desc": shorten(desc, profile.desc, len, "…")}
    template: Json = {
        "card_type": made.kind,
        "source": {"desc": "跟进", "desc_color": _COLOURS[card.tone]},
        "main_title": {name: text for name, text in title.items() if text},
    }
    if update and not made.buttons and profile.greys and made.kind == "button_interaction":
        template["replace_text"] = "已更新"
    return template, title != {"title": card.title, "desc": desc}


def _body(template: Json, rows: Sequence[Json], lines: Sequence[str], profile: Profile, *, alone: bool) -> bool:
    """Puts rows and paragraph on the card; True when the paragraph was cut."""
    paragraph = "\n".join(line for line in lines if line)
    tail = "…（内容较长，未显示完）" if alone else "…（全文见上一条）"
    if rows:
        template["horizontal_content_list"] = list(rows)
    if paragraph:
        template["sub_title_text"] = shorten(paragraph, profile.paragraph, len, tail)
    return len(paragraph) > profile.paragraph


def _pressable(made: Plan, profile: Profile, task: str, card_url: str) -> Json:
    match made.kind:
        case "multiple_interaction":
            return {
                "select_list": [_dropdown(one, profile) for one in made.inputs],
                "submit_button": _submit(made),
                "task_id": task,
            }
        case "vote_interaction":
            return {"checkbox": _ticks(made.inputs[0], profile), "submit_button": _submit(made), "task_id": task}
        case "text_notice":
            return _notice(made, profile, card_url)
    buttons = [_button(key, button, profile) for key, button in made.buttons]
    if profile.url_buttons:
        buttons += [
            {"type": 1, "text": shorten(one.label, BUTTON_CHARS, len, "…"), "style": 2, "url": one.url}
            for one in made.links
        ]
    parts: Json = {
        "button_list": buttons[:BUTTONS]
        or [{"text": "已更新", "style": profile.styles[Style.DEFAULT], "key": NOTHING}],
        "task_id": task,
    }
    if made.inputs:
        parts["button_selection"] = _dropdown(made.inputs[0], profile)
    return parts


def _notice(made: Plan, profile: Profile, card_url: str) -> Json:
    opens = made.links[0].url if made.links else card_url
    parts: Json = {"card_action": {"type": 1, "url": opens}}
    if made.links:
        parts["jump_list"] = [
            {"type": 1, "title": shorten(one.label, profile.link, len, "…"), "url": one.url}
            for one in made.links[:LINKS]
        ]
    return parts


def _button(key: str, button: Button, profile: Profile) -> Json:
    return {"text": shorten(button.label, BUTTON_CHARS, len, "…"), "style": profile.styles[button.style], "key": key}


def _submit(made: Plan) -> Json:
    key, button = made.buttons[0]
    return {"text": shorten(button.label, BUTTON_CHARS, len, "…"), "key": key}


def _dropdown(one: Input, profile: Profile) -> Json:
    options = [{"id": option.value, "text": shorten(option.label, profile.option, len, "…")} for option in one.options]
    chosen = (
        one.value if isinstance(one.value, str) and any(option.value == one.value for option in one.options) else BLANK
    )
    return {
        "question_key": question_key(one),
        "title": shorten(one.label, 13, len, "…"),
        "option_list": [{"id": BLANK, "text": "未选"}, *options],
        "selected_id": chosen,
    }


def _ticks(one: Input, profile: Profile) -> Json:
    ticked = {one.value} if isinstance(one.value, str) else set(one.value)
    options = [
        {
            "id": option.value,
            "text": shorten(option.label, profile.option + 1, len, "…"),
            "is_checked": option.value in ticked,
        }
        for option in one.options
    ]
    return {"question_key": question_key(one), "option_list": options, "mode": 1}
