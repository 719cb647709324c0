"""Every address of the emulated platform."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.emulators.phone.routes import page_routes
from tests.emulators.wecom.api import ApiError, Gate
from tests.emulators.wecom.contacts import Contacts
from tests.emulators.wecom.groups import AppChats, Webhooks
from tests.emulators.wecom.media import MediaCalls
from tests.emulators.wecom.page import WeComPhone

if TYPE_CHECKING:
    from tests.emulators.wecom.emulator import WeComEmulator
    from tests.emulators.wecom.state import App

LARGEST_BODY = 32 * 1024 * 1024


def server(emulator: WeComEmulator) -> web.Application:
    """REST calls, webhooks, the robot's connection and media, web login, and the page to chat by hand."""
    app = web.Application(client_max_size=LARGEST_BODY)
    gate, media = Gate(emulator.tenant, emulator.tokens, emulator.faults), MediaCalls(emulator.tenant)
    app.add_routes(_authorised(emulator, gate, media))
    app.add_routes(_open(emulator, gate, media))
    app.router.add_get("/aibot", emulator.sockets.handle)
    app.router.add_get("/connect/oauth2/authorize", emulator.login.authorize)
    app.add_routes(page_routes(WeComPhone(emulator)))
    return app


def _authorised(emulator: WeComEmulator, gate: Gate, media: MediaCalls) -> list[web.RouteDef]:
    contacts, chats, messages = Contacts(emulator.tenant), AppChats(emulator.tenant), emulator.messages
    posts = {
        "message/send": messages.send,
        "message/update_template_card": messages.update,
        "message/recall": messages.recall,
        "media/upload": media.upload,
        "user/list_id": contacts.ids,
        "appchat/create": chats.create,
        "appchat/update": chats.update,
        "appchat/send": chats.send,
    }
    gets = {
        "media/get": media.get,
        "department/list": contacts.departments,
        "department/simplelist": contacts.department_ids,
        "user/list": contacts.users,
        "department/get": contacts.department,
        "user/simplelist": contacts.names,
        "user/get": contacts.user,
        "user/getuserinfo": emulator.login.user_of_old,
        "ticket/get": emulator.login.jsapi_ticket,
        "appchat/get": chats.get,
        "getcallbackip": _addresses,
        "get_api_domain_ip": _addresses,
        "auth/getuserinfo": emulator.login.user,
        "get_jsapi_ticket": emulator.login.jsapi_ticket,
    }
    found = [web.post(f"/cgi-bin/{path}", gate.authorised(path, work)) for path, work in posts.items()]
    return found + [web.get(f"/cgi-bin/{path}", gate.authorised(path, work)) for path, work in gets.items()]


def _open(emulator: WeComEmulator, gate: Gate, media: MediaCalls) -> list[web.RouteDef]:
    """What is called without a token."""
    hooks = Webhooks(emulator.tenant, media)

    async def gettoken(request: web.Request) -> dict[str, Any]:
        return _gettoken(emulator, request)

    async def respond(request: web.Request) -> dict[str, Any]:
        return await emulator.bot_line.respond(request)

    async def file(request: web.Request) -> web.Response:
        return await emulator.bot_line.file(request)

    return [
        web.get("/cgi-bin/gettoken", gate.open("gettoken", gettoken)),
        web.post("/cgi-bin/webhook/send", gate.open("webhook/send", hooks.send)),
        web.post("/cgi-bin/webhook/upload_media", gate.open("webhook/upload_media", hooks.upload)),
        web.post("/cgi-bin/aibot/response", gate.open("aibot/response", respond)),
        web.get("/aibot-media/{file}", file),
    ]


async def _addresses(request: web.Request, app: App) -> dict[str, Any]:
    """Whence the platform calls, and where it is called."""
    return {"ip_list": ["127.0.0.1", "101.226.103.*"]}


def _gettoken(emulator: WeComEmulator, request: web.Request) -> dict[str, Any]:
    tenant = emulator.tenant
    if request.query.get("corpid") != tenant.corp:
        raise ApiError(40013, "invalid corpid")
    app = next((one for one in tenant.apps.values() if one.secret == request.query.get("corpsecret")), None)
    if app is None:
        raise ApiError(40001, "invalid credential")
    token, life = emulator.tokens.issue(app, tenant.clock.now())
    return {"access_token": token, "expires_in": life}
