"""Feishu, DingTalk and WeCom beside the demo: its people on all of them, and a page that shows the four chats at once."""

from __future__ import annotations

from tests.emulators.together.company import around

__all__ = ["around"]
