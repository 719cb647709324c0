"""Pictures and files on their way up, within what Feishu takes."""

from __future__ import annotations

import io
from typing import Any

import aiohttp
import structlog

from bot.errors import Permanent
from bot.platforms.base import FileBody
from bot.platforms.feishu.api import Api
from bot.platforms.media import sniff

IMAGE_BYTES = 10 * 1024 * 1024
FILE_BYTES = 30 * 1024 * 1024
_TYPES = {".pdf": "pdf", ".doc": "doc", ".docx": "doc", ".xls": "xls", ".xlsx": "xls", ".ppt": "ppt", ".pptx": "ppt"}

log = structlog.get_logger(__name__)


async def upload(api: Api, body: FileBody) -> tuple[str, dict[str, Any]]:
    """Uploads and gives the message type and content that show it. Raises Permanent for what Feishu never takes."""
    if not body.content:
        raise Permanent(f"文件 {body.name} 是空的，飞书不接收")
    if body.picture and len(body.content) <= IMAGE_BYTES and sniff(body.content).kind == "photo":
        try:
            return "image", {"image_key": await upload_image(api, body.content)}
        except Permanent as error:  # too many pixels, say: as a file it arrives all the same
            log.warning("picture.sent_as_file", name=body.name, reason=str(error))
    if len(body.content) > FILE_BYTES:
        raise Permanent(f"文件 {body.name} 超过飞书的 30 MB 上限")
    return "file", {"file_key": await _upload_file(api, body)}


async def upload_image(api: Api, content: bytes) -> str:
    """The image key. Raises Permanent for what is no picture or too large."""
    found = sniff(content)
    if found.kind != "photo" or len(content) > IMAGE_BYTES:
        raise Permanent(f"不是图片，或超过飞书的 10 MB 上限（{found.mime}，{len(content)} 字节）")

    def form() -> aiohttp.FormData:
        fields = aiohttp.FormData({"image_type": "message"})
        fields.add_field("image", io.BytesIO(content), filename=f"image{found.extension}", content_type=found.mime)
        return fields

    answer = await api.call("POST", "/open-apis/im/v1/images", form=form)
    return str(answer["data"]["image_key"])


async def _upload_file(api: Api, body: FileBody) -> str:
    extension = "." + body.name.rpartition(".")[2].lower()

    def form() -> aiohttp.FormData:
        # "stream" for everything else: opus and mp4 would have to be sent as sound and film.
        fields = aiohttp.FormData({"file_type": _TYPES.get(extension, "stream"), "file_name": body.name})
        fields.add_field(
            "file", io.BytesIO(body.content), filename=body.name, content_type=body.mime or "application/octet-stream"
        )
        return fields

    answer = await api.call("POST", "/open-apis/im/v1/files", form=form)
    return str(answer["data"]["file_key"])


__all__ = ["FILE_BYTES", "IMAGE_BYTES", "log", "upload", "upload_image"]
