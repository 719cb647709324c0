"""Files up and down, with the checks of size, type and ownership."""

from __future__ import annotations

from aiohttp import BodyPartReader, web

from bot.platforms.media import sniff
from tests.emulators.feishu.answers import Refusal, ok
from tests.emulators.feishu.auth import need
from tests.emulators.feishu.world import Blob, World

IMAGE_BYTES, FILE_BYTES = 10 * 1024 * 1024, 30 * 1024 * 1024
DOWNLOAD_BYTES = 100 * 1024 * 1024
FILE_TYPES = {"opus", "mp4", "pdf", "doc", "xls", "ppt", "stream"}


class Media:
    def __init__(self, world: World) -> None:
        self.world = world

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/open-apis/im/v1/images", self.image),
            web.post("/open-apis/im/v1/files", self.file),
            web.get("/open-apis/im/v1/messages/{id}/resources/{key}", self.resource),
        ]

    async def image(self, request: web.Request) -> web.Response:
        fields = await self._form(request, "image", IMAGE_BYTES)
        if fields.get("image_type") != b"message":
            raise Refusal(234001, "Invalid request param. image_type")
        if sniff(fields["image"]).kind != "photo":
            raise Refusal(234011, "Can't recognize the image format.")
        return ok({"image_key": self._keep("img_v3_", fields, "image", "image").key})

    async def file(self, request: web.Request) -> web.Response:
        fields = await self._form(request, "file", FILE_BYTES)
        if fields.get("file_type", b"").decode() not in FILE_TYPES or not fields.get("file_name"):
            raise Refusal(234001, "Invalid request param. file_type or file_name")
        return ok({"file_key": self._keep("file_v3_", fields, "file", "file").key})

    async def resource(self, request: web.Request) -> web.StreamResponse:
        need(self.world, "im:message", "im:message:readonly", "im:message.history:readonly")
        blob = self.world.blobs.get(request.match_info["key"])
        if blob is None or blob.message != request.match_info["id"]:
            raise Refusal(234003, "File not in message.")
        if request.query.get("type") != blob.kind:
            raise Refusal(234001, "Invalid request param. type")
        if not self.world.chats[self.world.messages[blob.message].chat].bot_in:
            raise Refusal(234004, "The app is not in the chat.")
        if len(blob.content) > DOWNLOAD_BYTES:
            raise Refusal(234037, "Downloaded file size exceeds limit.")
        if self.world.messages[blob.message].deleted:
            raise Refusal(230110, "The message has been deleted.")
        return web.Response(body=blob.content, content_type=blob.mime)

    async def _form(self, request: web.Request, part: str, limit: int) -> dict[str, bytes]:
        need(self.world, "im:resource", "im:resource:upload")
        fields: dict[str, bytes] = {}
        async for field in await request.multipart():
            if not isinstance(field, BodyPartReader):
                raise Refusal(234001, "Invalid request param. nested multipart")
            fields[field.name or ""] = bytes(await field.read())
            if field.name == part and not field.filename:
                raise Refusal(234001, "Invalid request param. no file name")
        if part not in fields:
            raise Refusal(234001, "Invalid request param.")
        if not fields[part]:
            raise Refusal(234010, "File's size can't be 0.")
        if len(fields[part]) > limit:
            raise Refusal(234006, "The file size exceed the max value.")
        return fields

    def _keep(self, prefix: str, fields: dict[str, bytes], part: str, kind: str) -> Blob:
        name = fields.get("file_name", b"").decode()
        blob = Blob(self.world.new(prefix), fields[part], name, sniff(fields[part]).mime, by_bot=True)
        blob.kind = "image" if kind == "image" else "file"
        self.world.blobs[blob.key] = blob
        return blob
