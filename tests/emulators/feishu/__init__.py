"""A Feishu to test against: real encryption and signatures, tokens that die, limits, repeats, refused cards."""

from __future__ import annotations

from tests.emulators.feishu.actor import ClientRefused, Pressed
from tests.emulators.feishu.seen import Seen
from tests.emulators.feishu.server import FeishuEmulator
from tests.emulators.feishu.world import ADMIN_SCOPES, World

__all__ = ["ADMIN_SCOPES", "ClientRefused", "FeishuEmulator", "Pressed", "Seen", "World"]
