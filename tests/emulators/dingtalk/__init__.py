"""DingTalk, emulated: `python -m tests.emulators.dingtalk` starts it with a page to chat through."""

from __future__ import annotations

from tests.emulators.dingtalk.cards import CannotPress
from tests.emulators.dingtalk.server import CLIENT_ID, CLIENT_SECRET, DingTalkEmulator
from tests.emulators.dingtalk.world import CORP, Shown

__all__ = ["CLIENT_ID", "CLIENT_SECRET", "CORP", "CannotPress", "DingTalkEmulator", "Shown"]
