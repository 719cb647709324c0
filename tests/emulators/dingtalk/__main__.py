"""Starts the emulator with a few people, and prints the settings an app needs to talk to it."""

from __future__ import annotations

import asyncio
import os
import sys

from bot.platforms.dingtalk.template import template
from tests.emulators.dingtalk.push import HttpPush
from tests.emulators.dingtalk.server import CLIENT_ID, CLIENT_SECRET, DingTalkEmulator
from tests.emulators.dingtalk.world import CORP

PORT = 8091


TOKEN, AES_KEY, CARD_SECRET = "emulated-token", "o1w0aum42yaptlz8alnhwikjd3jenzt9cb9wmzptgus", "emulated-card-secret"


async def serve(port: int, callback: str = "") -> None:
    """Until interrupted. `callback`: where messages, events and presses go; empty: by Stream."""
    emulator = DingTalkEmulator()
    await emulator.start(port)
    for user, name, manager in (
        ("lilei", "李雷", "wang"),
        ("hanmei", "韩梅梅", "wang"),
        ("wang", "王主管", "chen"),
        ("chen", "陈总监", ""),
    ):
        emulator.person(user, name, manager=manager)
    emulator.group("华东销售群", ["lilei", "hanmei", "wang"])
    number = emulator.import_template(template())
    lines = [f"钉钉模拟器：{emulator.url}", "应用的设置："]
    lines += [f"  client_id: {CLIENT_ID}", f"  client_secret: {CLIENT_SECRET}", f"  corp_id: {CORP}"]
    lines += [f"  {name}: {emulator.url}" for name in ("api_base", "oapi_base", "login_base")]
    lines += ["  form_template:", f"    template_id: {number}"]
    if callback:
        emulator.http = HttpPush(emulator, callback, TOKEN, AES_KEY)
        emulator.cards.routes_by_key["genjin"] = (callback, CARD_SECRET)
        lines += ["  stream: false", "  card_route_key: genjin", f"  card_api_secret: {CARD_SECRET}"]
        lines += [f"  event_token: {TOKEN}", f"  event_aes_key: {AES_KEY}"]
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()
    try:
        await asyncio.Event().wait()
    finally:
        await emulator.close()


if __name__ == "__main__":
    try:
        asyncio.run(serve(int(os.environ.get("PORT", PORT))))
    except KeyboardInterrupt:
        sys.exit(0)
