"""What a person does in the Feishu client: fills a form, presses a button, and what the client refuses by itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tests.emulators.feishu.card_schema import FIELDS, check_card, tagged
from tests.emulators.feishu.delivery import Delivery
from tests.emulators.feishu.world import CardToken, Message, World

CARD_LIFE = timedelta(days=14)
TOKEN_LIFE = timedelta(minutes=30)
OFFSET = " +0800"


class ClientRefused(Exception):
    """The client does not even send it: a required field is empty, a text too long, an option that is not there."""


@dataclass(frozen=True)
class Pressed:
    """What the person sees after a press: a toast, or the client's error code (0: none)."""

    toast: str = ""
    error: int = 0
    token: str = ""


async def press(
    world: World, delivery: Delivery, who: str, message: Message, label: str, answers: Mapping[str, Any]
) -> Pressed:
    """Presses the button called `label`. `answers`: a field's name or label to its value, options by value or label."""
    card = message.content
    button = next((one for one in tagged(card) if one["tag"] == "button" and one["text"]["content"] == label), None)
    if button is None:
        raise ClientRefused(f"no button {label!r} on this card")
    form = next(
        (one for one in tagged(card) if one["tag"] == "form" and any(part is button for part in tagged(one))), None
    )
    form_value = _filled(form, answers) if form is not None else None
    callbacks = [one for one in button["behaviors"] if one["type"] == "callback"]
    if not callbacks:
        return Pressed()
    if world.clock.now() - message.at > CARD_LIFE:
        return Pressed(error=200080)
    token = world.new("c-")
    world.card_tokens[token] = CardToken(message.id, world.clock.now() + TOKEN_LIFE)
    action = {"value": callbacks[0]["value"], "tag": "button", "timezone": "Asia/Shanghai"}
    action |= {"form_value": form_value, "name": button["name"]} if form is not None else {}
    event = {
        "operator": {"tenant_key": "tenant", "open_id": who, "union_id": "on_" + who},
        "token": token,
        "action": action,
        "host": "im_message",
        "context": {"open_message_id": message.id, "open_chat_id": message.chat},
    }
    message.locked = True
    try:
        outcome = await delivery.callback("card.action.trigger", event)
    finally:
        message.locked = False
    world.card_tokens[token].answered = outcome.accepted
    return _show(message, outcome.answer, outcome.error, token)


def _show(message: Message, answer: Any, error: int, token: str) -> Pressed:
    if error or not isinstance(answer, dict):
        return Pressed(error=error, token=token)
    if (card := answer.get("card")) is not None:
        message.history.append(message.content)
        message.content = check_card(_json(card["data"]))
        message.edits += 1
    return Pressed(str(answer.get("toast", {}).get("content", "")), 0, token)


def _json(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False)


def _filled(form: dict[str, Any], answers: Mapping[str, Any]) -> dict[str, Any]:
    """The form's values in Feishu's formats: what was there, and what the person put in."""
    fields = _labelled(form)
    value = {field["name"]: start for field, _ in fields if (start := _start(field)) not in (None, "", [])}
    for key, given in answers.items():
        field = next(
            (one for one, label in fields if key in (one["name"], label) or one["name"].endswith(f"_{key}")), None
        )
        if field is None:
            raise ClientRefused(f"no field {key!r} on this card; there are {[label for _, label in fields]}")
        value[field["name"]] = _entered(field, given)
    empty = [label for field, label in fields if field.get("required") and value.get(field["name"]) in (None, "", [])]
    if empty:
        raise ClientRefused(f"required: {empty}")
    return value


def _labelled(form: dict[str, Any]) -> list[tuple[dict[str, Any], str]]:
    """Each field with the words above it."""
    labelled, last = [], ""
    for element in tagged(form["elements"]):
        if element["tag"] == "div" and element["text"].get("text_size", "normal") == "normal":
            last = element["text"]["content"].removesuffix(" *")
        elif element["tag"] in FIELDS:
            labelled.append((element, last))
    return labelled


def _start(field: dict[str, Any]) -> Any:
    match field["tag"]:
        case "date_picker":
            return field["initial_date"] + OFFSET if "initial_date" in field else None
        case "picker_datetime":
            return field["initial_datetime"] + OFFSET if "initial_datetime" in field else None
        case "multi_select_static":
            return field.get("selected_values")
        case "select_static":
            return field.get("initial_option")
    return field.get("default_value")


def _entered(field: dict[str, Any], given: Any) -> Any:
    match field["tag"]:
        case "select_static":
            return _option(field, given)
        case "multi_select_static":
            return [_option(field, one) for one in given]
        case "date_picker":
            return given + OFFSET
        case "picker_datetime":
            return str(given).replace("T", " ") + OFFSET
    if len(given) > field.get("max_length", 1000):
        raise ClientRefused(f"{field['name']} is longer than {field['max_length']}")
    return given


def _option(field: dict[str, Any], given: str) -> str:
    for option in field["options"]:
        if given in (option["value"], option["text"]["content"]):
            return str(option["value"])
    raise ClientRefused(
        f"{given!r} is none of the options {[option['text']['content'] for option in field['options']]}"
    )
