"""`python -m tests.emulators.feishu [port]`: a Feishu by hand, with a page to chat through."""

from __future__ import annotations

import asyncio
import sys

from bot.clock import SystemClock
from tests.emulators.feishu.server import FeishuEmulator

PORT = 9101


async def serve(port: int, callback: str = "") -> None:
    """Until interrupted. `callback`: where events go; empty: by long connection."""
    async with FeishuEmulator(SystemClock(), port=port) as feishu:
        sales = feishu.department("销售部")
        manager = feishu.person("王主管", department=sales, title="主管")
        feishu.person("李雷", superior=manager, department=sales, title="销售")
        app = feishu.world.app
        app.callback_url = callback
        print(
            f"飞书模拟器：{feishu.url}  base_url={feishu.url} app_id={app.app_id} app_secret={app.secret} encrypt_key={app.encrypt_key}",
            flush=True,
        )
        await asyncio.Event().wait()


if __name__ == "__main__":
    try:
        asyncio.run(serve(int(sys.argv[1]) if len(sys.argv) > 1 else PORT))
    except KeyboardInterrupt:
        print("再见")
