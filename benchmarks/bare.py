"""The yardstick: a bare aiohttp server that reads JSON and answers 200. python -m benchmarks.bare PORT"""

from __future__ import annotations

import sys

from aiohttp import web


async def answer(request: web.Request) -> web.Response:
    await request.json()
    return web.json_response({"ok": True})


async def ready(request: web.Request) -> web.Response:
    return web.json_response({"status": "ok"})


def main(port: int) -> None:
    app = web.Application()
    app.add_routes([web.post("/callbacks/bench", answer), web.get("/readyz", ready)])
    web.run_app(app, host="127.0.0.1", port=port, print=None, access_log=None)


if __name__ == "__main__":
    main(int(sys.argv[1]))
