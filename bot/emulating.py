"""Starts a platform's emulator from the source tree, to try an adapter by hand."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import sys
from pathlib import Path

PLATFORMS = ("feishu", "dingtalk", "wecom")
ROOT = Path(__file__).resolve().parent.parent


class NoEmulator(Exception):
    """There is no such emulator here. The text says what to do."""


def start(platform: str, port: int | None, callback: str, *, root: Path = ROOT) -> None:
    """Serves until Ctrl-C. Raises NoEmulator outside a checkout, or for a platform nobody emulates."""
    if platform not in PLATFORMS:
        raise NoEmulator(f"没有 {platform} 的模拟器；可以是 {'、'.join(PLATFORMS)}")
    if not (root / "tests" / "emulators" / platform).is_dir():
        raise NoEmulator("模拟器只在源码目录里有：取得源码，在它的目录里运行 make setup，再执行这条命令")
    sys.path.insert(0, str(root))
    emulator = importlib.import_module(f"tests.emulators.{platform}.__main__")
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(emulator.serve(emulator.PORT if port is None else port, callback))
