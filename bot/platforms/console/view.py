"""A stored message as one person's page gets it: its attachments under addresses signed for that person."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from bot.platforms.console.signing import FileGrant, Signer
from storage.tables import ConsoleMessage

HIDDEN = ("actions", "rev")

LINES = {"voice": "[语音]", "photo": "[照片]", "file": "[文件]", "position": "[位置]"}


class View:
    """Draws messages for viewers."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer

    def message(self, row: ConsoleMessage, viewer: str) -> dict[str, Any]:
        """The JSON of a message.

        `rev` counts its changes, `key` is the page's own id of what it sent, `files` gives each attachment's address.
        """
        body = {name: value for name, value in row.body.items() if name not in HIDDEN}
        return {
            "id": row.id,
            "key": row.key.rpartition(":")[2] if row.author == viewer else "",
            "rev": row.body.get("rev", 1),
            "conversation": row.conversation,
            "author": row.author,
            "kind": row.kind,
            "at": row.at.isoformat(),
            "line": line_of(row),
            "body": body,
            "files": {sha256: self.file(viewer, sha256, name) for sha256, name in attachments_of(row.body)},
        }

    def file(self, viewer: str, sha256: str, name: str = "") -> str:
        token = self._signer.file_token(FileGrant(viewer, sha256, name))
        return f"/console/attachments/{sha256}?token={quote(token)}"


def line_of(row: ConsoleMessage) -> str:
    """One line for the list of conversations."""
    body = row.body
    if row.kind == "card":
        return str(body["card"].get("summary") or body["card"]["title"])
    if row.kind in LINES:
        return " ".join(part for part in (LINES[row.kind], str(body.get("note") or body.get("name") or "")) if part)
    return str(body.get("title") or body.get("text", "")).replace("\n", " ")[:120]


def attachments_of(body: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Every attachment a message holds, with the name it is offered under."""
    if "sha256" in body:
        yield body["sha256"], str(body.get("name", ""))
    for block in body.get("card", {}).get("blocks", ()):
        if block["block"] == "picture":
            yield block["attachment"], ""
        elif block["block"] == "input":
            yield from ((key, "") for key in _held_by_input(block))


def _held_by_input(block: dict[str, Any]) -> Iterator[str]:
    if block["kind"] in ("photo", "file"):
        value = block["value"]
        yield from ([value] if isinstance(value, str) and value else list(value))
    source = block.get("source") or {}
    if source.get("audio"):
        yield source["audio"]
