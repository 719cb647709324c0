"""A message as the person sees it on the phone: words, fields, buttons."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.emulators.feishu.card_schema import FIELDS, tagged
from tests.emulators.feishu.world import Message

_MARKUP = re.compile(r"</?(?:font|text_tag|at|a|link)[^>]*>|\*\*")


@dataclass(frozen=True)
class Seen:
    id: str
    kind: str
    at: datetime
    text: str
    """Everything readable, one line per paragraph."""
    buttons: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    """Names of the components to fill."""
    card: Any = None
    edits: int = 0
    mine: bool = False
    """Written by the person, not by the bot."""

    @property
    def title(self) -> str:
        return self.text.partition("\n")[0]


def see(message: Message, bot: str) -> Seen:
    mine = message.sender != bot
    if message.kind != "interactive":
        return Seen(message.id, message.kind, message.at, _words(message), edits=message.edits, mine=mine)
    everything = list(tagged(message.content))
    return Seen(
        message.id,
        "card",
        message.at,
        "\n".join(_lines(message.content)),
        tuple(one["text"]["content"] for one in everything if one["tag"] == "button"),
        tuple(one["name"] for one in everything if one["tag"] in FIELDS),
        message.content,
        message.edits,
        mine,
    )


def _words(message: Message) -> str:
    content = message.content
    if message.kind == "post":
        body = content.get("zh_cn", content)
        return "\n".join(
            [body.get("title", ""), *("".join(tag.get("text", "") for tag in line) for line in body["content"])]
        ).strip()
    return str(content.get("text", "") or f"[{message.kind}]")


def _lines(card: dict[str, Any]) -> Iterator[str]:
    """Title first, then every paragraph in reading order; buttons and placeholders are not prose."""
    yield card["header"]["title"]["content"]
    for element in _shown(card["body"]["elements"]):
        if element["tag"] == "div":
            yield element["text"]["content"]
        elif element["tag"] == "markdown":
            yield html.unescape(_MARKUP.sub("", element["content"]))
        elif element["tag"] == "table":
            yield " | ".join(column["display_name"] for column in element["columns"])
            for row in element["rows"]:
                yield " | ".join(str(row.get(column["name"], "")) for column in element["columns"])
        elif element["tag"] == "img":
            yield f"[图片：{element['alt']['content']}]"


def _shown(elements: Any) -> Iterator[dict[str, Any]]:
    for element in elements:
        yield element
        for inner in ("elements", "columns"):
            yield from _shown(element.get(inner, ()) if element["tag"] != "table" else ())
