"""Our words made safe for Feishu's three ways of writing: card markdown, `md` paragraphs and plain text messages."""

from __future__ import annotations

import re
from typing import Any

# The escapes of Feishu's rich text page ("特殊字符转义说明"), for every character its markdown gives a meaning.
_SPECIAL = {ord(sign): f"&#{ord(sign)};" for sign in "\\`*_{}[]()#+-!|<>~$:&\"'/="}
_BOLD = re.compile(r"\*\*(\S(?:[^\n]*?\S)?)\*\*")
_TAG = re.compile(r"<(?=[A-Za-z/!])")
_LINK = re.compile(r"\](?=\()")


def escape(text: str) -> str:
    """`text` as card markdown that shows exactly these characters."""
    return text.translate(_SPECIAL)


def bold_markdown(text: str) -> str:
    """Card markdown of a neutral text: **bold** stays bold, everything else shows as it is written.

    A blank is put around bold where there is none, because Feishu's renderer misses it next to Chinese punctuation.
    """
    out, at = "", 0
    for found in _BOLD.finditer(text):
        before = escape(text[at : found.start()])
        gap = "" if not (out + before) or (out + before)[-1:].isspace() else " "
        after = "" if found.end() == len(text) or text[found.end()].isspace() else " "
        out += f"{before}{gap}**{escape(found[1])}**{after}"
        at = found.end()
    return out + escape(text[at:])


def without_bold(text: str) -> str:
    """A neutral text for a place that knows no bold."""
    return _BOLD.sub(r"\1", text)


def defuse(text: str) -> str:
    """`text` for a message that understands tags: no tag of the writer's (an @everyone, say) survives."""
    return _TAG.sub("＜", text)


def defuse_links(text: str) -> str:
    """`text` for a message that understands [words](address): both are shown, so that neither lies about the other."""
    return _LINK.sub("] ", text)


def plain(text: str, size: str = "normal", color: str = "default") -> dict[str, Any]:
    """A paragraph that shows exactly `text`."""
    return {"tag": "div", "text": {"tag": "plain_text", "content": text, "text_size": size, "text_color": color}}


def paragraph(text: str, size: str = "normal", color: str = "default") -> dict[str, Any]:
    """A paragraph of a neutral text; markdown only where bold needs it."""
    if not _BOLD.search(text):
        return plain(text, size, color)
    content = bold_markdown(text)
    content = content if color == "default" else f"<font color='{color}'>{content}</font>"
    return {"tag": "markdown", "content": content, "text_size": size}
