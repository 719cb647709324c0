"""What came through the door: is it from the platform's own host, and is it what it says it is?"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from bot.errors import MediaRefused
from bot.platforms.base import Media


@dataclass(frozen=True, slots=True)
class Sniffed:
    """What the first bytes say, whatever name and header claim."""

    kind: Literal["voice", "photo", "file"]
    mime: str
    extension: str


PLAIN_FILE = Sniffed("file", "application/octet-stream", "")

# Leading bytes of each format, from its specification (RFC 2083, 4867, 3533; ISO 32000; JFIF; GIF89a; TIFF 6.0 …).
_MAGIC: tuple[tuple[int, bytes, Sniffed], ...] = (
    (0, b"\xff\xd8\xff", Sniffed("photo", "image/jpeg", ".jpg")),
    (0, b"\x89PNG\r\n\x1a\n", Sniffed("photo", "image/png", ".png")),
    (0, b"GIF87a", Sniffed("photo", "image/gif", ".gif")),
    (0, b"GIF89a", Sniffed("photo", "image/gif", ".gif")),
    (8, b"WEBP", Sniffed("photo", "image/webp", ".webp")),
    (0, b"BM", Sniffed("photo", "image/bmp", ".bmp")),
    (0, b"II*\x00", Sniffed("photo", "image/tiff", ".tiff")),
    (0, b"MM\x00*", Sniffed("photo", "image/tiff", ".tiff")),
    (4, b"ftypheic", Sniffed("photo", "image/heic", ".heic")),
    (4, b"ftypmif1", Sniffed("photo", "image/heic", ".heic")),
    (0, b"OggS", Sniffed("voice", "audio/ogg", ".ogg")),
    (0, b"#!AMR", Sniffed("voice", "audio/amr", ".amr")),
    (0, b"\x02#!SILK", Sniffed("voice", "audio/silk", ".silk")),
    (0, b"#!SILK", Sniffed("voice", "audio/silk", ".silk")),
    (8, b"WAVE", Sniffed("voice", "audio/wav", ".wav")),
    (0, b"fLaC", Sniffed("voice", "audio/flac", ".flac")),
    (0, b"ID3", Sniffed("voice", "audio/mpeg", ".mp3")),
    (4, b"ftypM4A", Sniffed("voice", "audio/mp4", ".m4a")),
    (0, b"\x1aE\xdf\xa3", Sniffed("voice", "audio/webm", ".webm")),
    (4, b"ftyp", Sniffed("file", "video/mp4", ".mp4")),
    (0, b"%PDF-", Sniffed("file", "application/pdf", ".pdf")),
    (0, b"PK\x03\x04", Sniffed("file", "application/zip", ".zip")),
)


def sniff(content: bytes) -> Sniffed:
    """What `content` is by its leading bytes; a plain file when they say nothing."""
    for offset, magic, found in _MAGIC:
        if content.startswith(magic, offset):
            return found
    if len(content) > 1 and content[0] == 0xFF and content[1] & 0xF6 == 0xF0:
        return Sniffed("voice", "audio/aac", ".aac")  # ADTS: twelve sync bits, layer 0
    if len(content) > 1 and content[0] == 0xFF and content[1] & 0xE6 == 0xE2:
        return Sniffed(
            "voice", "audio/mpeg", ".mp3"
        )  # MPEG layer III without an ID3 tag: eleven sync bits and the layer
    return PLAIN_FILE


def is_sound(content: bytes, name: str = "") -> bool:
    """Whether a file is a recording; an MP4 by its name, as it may hold a film."""
    found = sniff(content)
    return found.kind == "voice" or (found.mime == "video/mp4" and name.lower().endswith((".m4a", ".aac", ".m4b")))


def check_host(url: str, hosts: Collection[str]) -> None:
    """Raises MediaRefused unless `url` lies on one of `hosts`.

    A host is "api.example.com", ".example.com" for its subdomains, or "127.0.0.1:8080"; without a port it stands for
    the scheme's own.
    """
    parts = urlsplit(url)
    try:
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        host, port = "", None
    place = host if port in (None, {"http": 80, "https": 443}.get(parts.scheme)) else f"{host}:{port}"
    known = any(place == allowed or (allowed.startswith(".") and place.endswith(allowed)) for allowed in hosts)
    if parts.scheme not in ("http", "https") or not host or parts.username is not None or not known:
        raise MediaRefused("文件地址不在平台自己的服务器上，没有下载。")


def as_media(
    content: bytes, *, kind: Literal["voice", "photo", "file"], name: str = "", mime: str = "", limit: int
) -> Media:
    """A received file, named and typed by its content. Raises MediaRefused (in words for its sender).

    A photo must be a picture and a voice note must be sound; a file may be anything. `limit` is in bytes.
    """
    if not content:
        raise MediaRefused("文件是空的（0 字节），请重新发送。")
    if len(content) > limit:
        raise MediaRefused(f"文件有 {len(content) / 1048576:.1f} MB，超过 {limit // 1048576} MB 的上限；请压缩后再发。")
    found = sniff(content)
    if kind == "photo" and found.kind != "photo":
        raise MediaRefused("收到的不是能打开的图片，请重新拍照或换成 JPG、PNG 再发。")
    if kind == "voice" and found.kind != "voice" and found.mime != "video/mp4":
        raise MediaRefused("收到的不是能播放的录音，请重新录一段。")
    known = found is not PLAIN_FILE and not (kind == "file" and name)
    return Media(content, name or f"{kind}{found.extension}", found.mime if known or not mime else mime)
