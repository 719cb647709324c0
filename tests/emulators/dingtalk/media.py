"""Files: uploaded by the app, and sent by people."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from aiohttp import web

from tests.emulators.dingtalk.refusals import NewRefused, OldRefused

if TYPE_CHECKING:
    from tests.emulators.dingtalk.server import DingTalkEmulator

MEGABYTE = 1024 * 1024
UPLOADS = {
    "image": (20 * MEGABYTE, {"jpg", "jpeg", "gif", "png", "bmp"}),
    "voice": (2 * MEGABYTE, {"amr", "mp3", "wav"}),
    "video": (20 * MEGABYTE, {"mp4"}),
    "file": (20 * MEGABYTE, {"doc", "docx", "xls", "xlsx", "ppt", "pptx", "zip", "pdf", "rar"}),
}
URL_LIFE = timedelta(minutes=10)


class Files:
    def __init__(self, emulator: DingTalkEmulator) -> None:
        self._e = emulator
        self.elsewhere = ""
        """When set, download addresses point there (to see whether the app goes there)."""
        self._urls: dict[str, tuple[str, datetime]] = {}

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/media/upload", self.upload),
            web.post("/v1.0/robot/messageFiles/download", self.download),
            web.get("/file/{key}", self.file),
        ]

    async def upload(self, request: web.Request) -> web.Response:
        limit, formats = UPLOADS[request.query["type"]]
        part = await (await request.multipart()).next()
        if part is None or getattr(part, "name", "") != "media":
            raise OldRefused(40035, "缺少 media")
        name, content = part.filename or "", bytes(await part.read())  # type: ignore[union-attr]  # a body part, not a nested multipart
        if name.rpartition(".")[2].lower() not in formats:
            raise OldRefused(40004, "不合法的媒体文件类型")
        if not content or len(content) > limit:
            raise OldRefused(40006, "不合法的文件大小")
        media_id = "@" + self._e.access.fresh("media")
        self._e.world.media[media_id] = (name, content)
        return web.json_response(
            {"errcode": 0, "errmsg": "ok", "type": request.query["type"], "media_id": media_id, "created_at": 0}
        )

    async def download(self, request: web.Request) -> web.Response:
        body = await request.json()
        if body.get("robotCode") != self._e.robot_code or body.get("downloadCode") not in self._e.world.files:
            raise NewRefused("invalidParameter.robotCode.downloadCode")
        key = self._e.access.fresh("url")
        self._urls[key] = (body["downloadCode"], self._e.clock.now() + URL_LIFE)
        return web.json_response({"downloadUrl": f"{self.elsewhere or self._e.url}/file/{key}?Expires=1"})

    async def file(self, request: web.Request) -> web.Response:
        code, until = self._urls.get(request.match_info["key"], ("", self._e.clock.now()))
        if self._e.clock.now() >= until:
            return web.Response(
                status=403, text="<Error><Code>AccessDenied</Code></Error>", content_type="application/xml"
            )
        return web.Response(body=self._e.world.files[code], content_type="application/octet-stream")
