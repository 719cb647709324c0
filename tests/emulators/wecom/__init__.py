"""A WeCom of our own: enough of the platform to try the adapter against, and as strict as the real one."""

from tests.emulators.wecom.emulator import WeComEmulator
from tests.emulators.wecom.state import Seen

__all__ = ["Seen", "WeComEmulator"]
