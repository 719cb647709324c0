"""Texts as Feishu's messages: made harmless, then split where they are long, by the size they have on the wire."""

from __future__ import annotations

import json
from typing import Any

from bot.platforms.base import Body, MarkdownBody, TextBody
from bot.platforms.feishu.markup import defuse, defuse_links
from bot.platforms.text import split_text

TEXT_BYTES = 20 * 1024
"""Feishu takes 150 KB of text; nobody reads that in one bubble."""

MARKDOWN_BYTES = 24 * 1024
"""Of the 30 KB a rich-text message may have, markup included."""

Message = tuple[str, dict[str, Any]]
"""The message type, and its content."""


def messages(body: TextBody | MarkdownBody) -> list[Message]:
    """At least one."""
    if isinstance(body, TextBody):
        parts = split_text(defuse_links(defuse(body.text)), TEXT_BYTES, on_the_wire)
        return [("text", {"text": part}) for part in parts or [" "]]
    parts = split_text(defuse(body.text), MARKDOWN_BYTES, on_the_wire)
    return [("post", _post(body.title, part)) for part in parts or [" "]]


def weight(body: Body) -> int:
    """How many messages a push becomes."""
    return len(messages(body)) if isinstance(body, TextBody | MarkdownBody) else 1


def on_the_wire(text: str) -> int:
    """Bytes of a text inside JSON, where a quote or a line break is two."""
    return len(json.dumps(text, ensure_ascii=False).encode("utf-8", "surrogatepass"))


def _post(title: str, text: str) -> dict[str, Any]:
    return {"zh_cn": {"title": title, "content": [[{"tag": "md", "text": text}]]}}
