"""`python -m tests.emulators.wecom [--line app|aibot] [--port N] [--callback URL]` starts it to chat by hand."""

from __future__ import annotations

import argparse
import asyncio

from bot.clock import SystemClock
from tests.emulators.wecom.emulator import WeComEmulator

PORT = 8713


async def serve(port: int, callback: str = "") -> None:
    """The self-built app, which is called back; without an address the robot on its long connection."""
    await run("app" if callback else "aibot", port, callback)


async def run(line: str, port: int, callback: str) -> None:
    """Serves until interrupted, with a small sales team in it."""
    emulator = WeComEmulator(SystemClock(), line=line)
    emulator.department(2, "华东一组", leaders=["wang"])
    emulator.user("lilei", "李雷", departments=[2], leader="wang", position="销售")
    emulator.user("wang", "王主管", departments=[2], leader="chen", position="主管")
    emulator.user("chen", "陈总监", position="总监")
    await emulator.start(port)
    emulator.calls_at(callback)
    print(f"企业微信模拟器：{emulator.url}")
    for name, value in emulator.settings().model_dump(exclude_defaults=True).items():
        shown = value.get_secret_value() if hasattr(value, "get_secret_value") else value
        print(f"  {name}: {shown}", flush=True)
    await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--line", choices=["app", "aibot"], default="app")
    parser.add_argument("--port", type=int, default=PORT)
    parser.add_argument(
        "--callback", default="", help="address of /callbacks/wecom/{app}; empty for the long connection"
    )
    given = parser.parse_args()
    asyncio.run(run(given.line, given.port, given.callback))


if __name__ == "__main__":
    main()
