"""What WeCom takes as a file, checked before it is sent (reference §8)."""

from __future__ import annotations

from bot.errors import Permanent
from bot.platforms.base import FileBody
from bot.platforms.media import sniff

MEGABYTE = 1024 * 1024
LEAST_BYTES = 6
PICTURES = frozenset({"image/jpeg", "image/png"})
MOST_BYTES = {"image": 10 * MEGABYTE, "file": 20 * MEGABYTE}


def check_file(body: FileBody) -> str:
    """ "image" or "file": a picture WeCom cannot show inline goes as a file. Raises Permanent for what it refuses."""
    size = len(body.content)
    if size < LEAST_BYTES:
        raise Permanent(f"{body.name} has {size} bytes; WeCom takes no file below {LEAST_BYTES}")
    kind = "image" if body.picture and sniff(body.content).mime in PICTURES and size <= MOST_BYTES["image"] else "file"
    if size > MOST_BYTES[kind]:
        raise Permanent(f"{body.name} has {size} bytes; WeCom takes at most {MOST_BYTES[kind]}")
    return kind
