"""Hosts, sizes and contents of what people send."""

from __future__ import annotations

import pytest

from bot.errors import MediaRefused
from bot.platforms.media import as_media, check_host, sniff

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00"
AMR = b"#!AMR\n\x3c\x91"


@pytest.mark.parametrize(
    ("content", "kind", "mime"),
    [
        (JPEG, "photo", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n\x00", "photo", "image/png"),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "photo", "image/webp"),
        (b"RIFF\x10\x00\x00\x00WAVEfmt ", "voice", "audio/wav"),
        (b"\x00\x00\x00\x18ftypheic", "photo", "image/heic"),
        (b"\x00\x00\x00\x18ftypM4A ", "voice", "audio/mp4"),
        (b"\x00\x00\x00\x18ftypisom", "file", "video/mp4"),
        (b"OggS\x00\x02", "voice", "audio/ogg"),
        (AMR, "voice", "audio/amr"),
        (b"\x02#!SILK_V3", "voice", "audio/silk"),
        (b"ID3\x03", "voice", "audio/mpeg"),
        (b"\xff\xfb\x90\x64", "voice", "audio/mpeg"),
        (b"%PDF-1.7", "file", "application/pdf"),
        (b"PK\x03\x04", "file", "application/zip"),
        (b"<svg onload=alert(1)>", "file", "application/octet-stream"),
        (b"", "file", "application/octet-stream"),
    ],
)
def test_content_says_what_it_is(content: bytes, kind: str, mime: str) -> None:
    found = sniff(content)
    assert (found.kind, found.mime) == (kind, mime)


@pytest.mark.parametrize(
    "url",
    [
        "https://open.feishu.cn/open-apis/x",
        "https://open.feishu.cn:443/x",
        "https://OPEN.feishu.cn/x",
        "https://a.oss.aliyuncs.com/x?sign=1",
        "http://127.0.0.1:8080/x",
    ],
)
def test_the_platforms_own_hosts_are_allowed(url: str) -> None:
    check_host(url, {"open.feishu.cn", ".aliyuncs.com", "127.0.0.1:8080"})


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/open.feishu.cn",
        "https://open.feishu.cn.evil.example/x",
        "https://open.feishu.cn@evil.example/x",
        "https://user@open.feishu.cn/x",
        "https://open.feishu.cn:8443/x",
        "https://notaliyuncs.com/x",
        "http://127.0.0.1:8081/x",
        "http://127.0.0.1/x",
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "ftp://open.feishu.cn/x",
        "https://open.feishu.cn:port/x",
        "",
    ],
)
def test_every_other_address_is_refused(url: str) -> None:
    with pytest.raises(MediaRefused, match="不在平台自己的服务器"):
        check_host(url, {"open.feishu.cn", ".aliyuncs.com", "127.0.0.1:8080"})


def test_media_is_named_and_typed_by_its_content() -> None:
    photo = as_media(JPEG, kind="photo", mime="application/json", limit=100)
    assert (photo.name, photo.mime) == ("photo.jpg", "image/jpeg")
    report = as_media(b"a,b", kind="file", name="客户.csv", mime="text/csv", limit=100)
    assert (report.name, report.mime) == ("客户.csv", "text/csv")


@pytest.mark.parametrize(
    ("content", "kind", "words"),
    [
        (b"", "photo", "0 字节"),
        (JPEG * 20, "photo", "上限"),
        (AMR, "photo", "不是能打开的图片"),
        (b"MZ\x90", "photo", "不是能打开的图片"),
        (JPEG, "voice", "不是能播放的录音"),
    ],
)
def test_what_it_is_not_is_refused_in_words(content: bytes, kind: str, words: str) -> None:
    with pytest.raises(MediaRefused, match=words):
        as_media(content, kind=kind, limit=100)  # type: ignore[arg-type]  # a table cannot spell the literal
