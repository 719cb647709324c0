"""What a photo says of itself: a fingerprint that survives re-encoding and resizing, and when it was taken."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import UTC, datetime

from PIL import ExifTags, Image, UnidentifiedImageError

SIDE = 8
"""A difference hash compares 9 × 8 grey samples: 64 bits."""


@dataclass(frozen=True, slots=True)
class Examined:
    """`fingerprint`: 16 hex digits (difference hash). `taken_at`: from EXIF where it names its zone, else None."""

    fingerprint: str
    taken_at: datetime | None


def examine(content: bytes) -> Examined | None:
    """None when the picture cannot be opened."""
    try:
        with Image.open(io.BytesIO(content)) as picture:
            return Examined(_fingerprint(picture), _taken_at(picture))
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError):
        return None


def _fingerprint(picture: Image.Image) -> str:
    grey = picture.convert("L").resize((SIDE + 1, SIDE), Image.Resampling.LANCZOS)
    samples = grey.tobytes()
    bits = 0
    for row in range(SIDE):
        for column in range(SIDE):
            at = row * (SIDE + 1) + column
            bits = bits << 1 | (samples[at] > samples[at + 1])
    return f"{bits:016x}"


def distance(one: str, other: str) -> int:
    """How many of the 64 bits differ; up to about 6 is the same picture re-encoded."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def _taken_at(picture: Image.Image) -> datetime | None:
    exif = picture.getexif().get_ifd(ExifTags.IFD.Exif)
    taken, zone = exif.get(ExifTags.Base.DateTimeOriginal), exif.get(ExifTags.Base.OffsetTimeOriginal)
    if not taken or not zone:
        return None
    try:
        return datetime.strptime(f"{taken} {zone}", "%Y:%m:%d %H:%M:%S %z").astimezone(UTC)
    except ValueError:
        return None
