"""Is this press one that the card offers, and are its answers values that its fields can hold?"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from bot.platforms.console.answers import Problem
from storage.tables import ConsoleMessage

LONGEST_ANSWER = 4_000
"""Characters; a field's own limit is the form's business, which answers in words."""

MOST_VALUES = 50

ATTACHED = ("photo", "file")
SEVERAL = (*ATTACHED, "multi_choice")


def checked_action(card: ConsoleMessage, action: Any) -> dict[str, Any]:
    """An action that one of the card's buttons has now or had in an earlier state. Raises Problem 409 for any other."""
    if isinstance(action, dict) and action in card.body.get("actions", ()):
        return action
    raise Problem(409, "no_button", "卡片上没有这个按钮了，请看卡片现在的样子再按。")


def checked_answers(
    card: ConsoleMessage, answers: Any, *, attachments: Collection[str] | None = None
) -> dict[str, Any]:
    """The answers to the card's own fields. With `attachments`, photos and files are only those, or what the card showed.

    Raises Problem 400 for a value that no field can hold.
    """
    given: Mapping[str, Any] = answers if isinstance(answers, dict) else {}
    kept: dict[str, Any] = {}
    for field in _inputs(card):
        name = field["name"]
        if name in given:
            kept[name] = _checked(field, given[name], attachments)
    return kept


def picked_attachments(card: ConsoleMessage, answers: Mapping[str, Any]) -> list[str]:
    """The attachment keys among the answers."""
    fields = (field["name"] for field in _inputs(card) if field["kind"] in ATTACHED)
    return [key for name in fields for key in _listed(answers.get(name, ()))]


def _inputs(card: ConsoleMessage) -> Iterator[dict[str, Any]]:
    return (block for block in card.body["card"].get("blocks", ()) if block["block"] == "input")


def _checked(field: Mapping[str, Any], value: Any, attachments: Collection[str] | None) -> str | list[str]:
    values, many = _listed(value), field["kind"] in SEVERAL
    well_formed = all(isinstance(one, str) and len(one) <= LONGEST_ANSWER for one in values)
    if not well_formed or len(values) > MOST_VALUES or (isinstance(value, list) and not many):
        raise Problem(400, "answer", f"「{field['label']}」填的内容太长或格式不对，请改短一些。")
    if field["kind"] in ATTACHED and attachments is not None:
        shown = set(_listed(field["value"]))
        values = [key for key in values if key in attachments or key in shown]
    return values if many else str(value)


def _listed(value: Any) -> list[Any]:
    return [value] if not isinstance(value, list | tuple) else list(value)
