"""The HTTP side: every platform's callbacks and pages, health, and figures for monitoring."""

from __future__ import annotations

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from bot.figures import REGISTRY, refresh
from bot.runtime import Runtime
from bot.web import pages
from storage.migrating import version

BODY_LIMIT = 64 * 1024 * 1024
"""Bytes. Platforms set their own, lower ones; this only bounds what is read at all."""

RUNTIME = web.AppKey("runtime", Runtime)


def web_app(runtime: Runtime) -> web.Application:
    """The application; the runtime is started and closed by whoever serves it."""
    app = web.Application(client_max_size=BODY_LIMIT)
    app[RUNTIME] = runtime
    app.add_routes([web.get("/healthz", healthz), web.get("/readyz", readyz), web.get("/metrics", metrics)])
    app.add_routes(pages.routes(runtime))
    for platform in runtime.services.platforms.values():
        app.add_routes(platform.routes(runtime.sink))
    return app


async def healthz(request: web.Request) -> web.Response:
    """The process answers."""
    return web.json_response({"status": "ok"})


async def readyz(request: web.Request) -> web.Response:
    """Messages can be taken: the database answers and has the newest schema."""
    here, newest = await version(request.app[RUNTIME].services.db)
    ready = here == newest
    return web.json_response(
        {"status": "ok" if ready else "schema is old", "schema": here}, status=200 if ready else 503
    )


async def metrics(request: web.Request) -> web.Response:
    await refresh(request.app[RUNTIME].services)
    return web.Response(body=generate_latest(REGISTRY), headers={"Content-Type": CONTENT_TYPE_LATEST})
