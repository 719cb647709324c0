"""Starts the platforms' emulators from the source tree: one, to try an adapter by hand, or all around the demo."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Protocol, cast

from aiohttp import web

from bot.clock import Clock

if TYPE_CHECKING:
    from bot.app import App

PLATFORMS = ("feishu", "dingtalk", "wecom")
ROOT = Path(__file__).resolve().parent.parent


class Emulated(Protocol):
    """The emulated platforms, with the demo's people on them."""

    def settings(self) -> dict[str, dict[str, dict[str, Any]]]:
        """The apps as `platforms` of the settings names them."""
        ...

    def routes(self, app: App) -> Sequence[web.RouteDef]:
        """The page that shows them beside the web chat."""
        ...

    async def connect(self, url: str) -> None:
        """The product listens there."""
        ...


Around = Callable[[Clock, Mapping[str, Any]], AbstractAsyncContextManager[Emulated]]
"""Starts them on the demo's clock with the demo company's people."""


class NoEmulator(Exception):
    """There is no such emulator here. The text says what to do."""


def start(platform: str, port: int | None, callback: str, *, root: Path = ROOT) -> None:
    """Serves until Ctrl-C. Raises NoEmulator outside a checkout, or for a platform nobody emulates."""
    if platform not in PLATFORMS:
        raise NoEmulator(f"没有 {platform} 的模拟器；可以是 {'、'.join(PLATFORMS)}")
    emulator = _load(f"{platform}.__main__", root)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(emulator.serve(emulator.PORT if port is None else port, callback))


def side_by_side(*, root: Path = ROOT) -> Around:
    """All of them around the demo. Raises NoEmulator outside a checkout."""
    return cast(Around, _load("together", root).around)


def _load(module: str, root: Path) -> ModuleType:
    if not (root / "tests" / "emulators").is_dir():
        raise NoEmulator("模拟器只在源码目录里有：取得源码，在它的目录里运行 make setup，再执行这条命令")
    sys.path.insert(0, str(root))
    return importlib.import_module(f"tests.emulators.{module}")
