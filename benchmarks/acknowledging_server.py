"""The product's web server with one plain platform, whose mailboxes nobody drains: only taking in is measured.

python -m benchmarks.acknowledging_server FOLDER PORT
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import web

from bot.app import build
from bot.engine import Mailboxes
from bot.platforms.base import Chat, Client, Inbound, Kind, Sink
from bot.runtime import Runtime
from bot.web.server import web_app
from config.settings import Settings
from storage.database import Database
from storage.migrating import migrate


class PlainPlatform:
    """Messages as JSON, without signatures; there is nothing to send to."""

    name, app = "bench", "bench"
    alone = False
    client: Client

    def routes(self, sink: Sink) -> Sequence[web.RouteDef]:
        async def take(request: web.Request) -> web.Response:
            body = await request.json()
            event, chat = body["event_id"], body["message"]["chat_id"]
            text = body["message"]["text"]
            await sink(Inbound(self.name, self.app, event, Kind.TEXT, "rep", Chat(chat), datetime.now(UTC), text=text))
            return web.json_response({"ok": True})

        return [web.post("/callbacks/bench", take)]

    async def listen(self, sink: Sink) -> None:
        return None


def nobody_drains(runtime: Runtime) -> None:
    """Leaves what comes in where it is."""
    services, dispatcher = runtime.services, runtime.dispatcher
    runtime.mailboxes = Mailboxes(services.db, services.clock, dispatcher.handle, dispatcher.tell_parked, parallel=0)


async def main(folder: Path, port: int) -> None:
    settings = Settings(data=folder)
    db = Database(settings.database_url)
    await migrate(db)
    app = build(settings, db=db, platforms=lambda _: [PlainPlatform()])
    nobody_drains(app.runtime)
    await app.runtime.open()
    runner = web.AppRunner(web_app(app.runtime), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await asyncio.get_running_loop().create_future()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
