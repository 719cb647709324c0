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


def text_pieces(text: str) -> list[str]:
    """What goes into each text message, at least one."""
    return split_text(defuse_links(defuse(text)), TEXT_BYTES, on_the_wire) or [" "]


def post_pieces(text: str) -> list[str]:
    """What goes into each rich-text message, at least one."""
    return split_text(defuse(text), MARKDOWN_BYTES, on_the_wire) or [" "]


def text(piece: str) -> Message:
    return "text", {"text": piece}


def post(title: str, piece: str) -> Message:
    return "post", {"zh_cn": {"title": title, "content": [[{"tag": "md", "text": piece}]]}}


def weight(body: Body) -> int:
    """How many messages a push becomes."""
    match body:
        case TextBody(words):
            return len(text_pieces(words))
        case MarkdownBody(_, words):
            return len(post_pieces(words))
    return 1


def on_the_wire(text: str) -> int:
    """Bytes of a text inside JSON, where a quote or a line break is two."""
    return len(json.dumps(text, ensure_ascii=False).encode("utf-8", "surrogatepass"))
