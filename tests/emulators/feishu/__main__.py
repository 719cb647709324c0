"""`python -m tests.emulators.feishu [port]`: a Feishu by hand, with a page to chat through."""

from __future__ import annotations

import asyncio
import sys

from bot.clock import SystemClock
from tests.emulators.feishu.server import FeishuEmulator


async def main(port: int) -> None:
    async with FeishuEmulator(SystemClock(), port=port) as feishu:
        sales = feishu.department("销售部")
        manager = feishu.person("王主管", department=sales, title="主管")
        feishu.person("李雷", superior=manager, department=sales, title="销售")
        app = feishu.world.app
        print(
            f"飞书模拟器：{feishu.url}  base_url={feishu.url} app_id={app.app_id} app_secret={app.secret}", flush=True
        )
        await asyncio.Event().wait()


if __name__ == "__main__":
    try:
        asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 9101))
    except KeyboardInterrupt:
        print("再见")
