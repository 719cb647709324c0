"""Pictures for tests: real JPEGs, different from each other unless the seed is the same."""

from __future__ import annotations

import io
import random

from PIL import Image


def photo(seed: int = 1, *, side: int = 96, quality: int = 85) -> bytes:
    """A JPEG with big coloured patches that depend on the seed."""
    chance = random.Random(seed)
    small = Image.new("RGB", (12, 12))
    small.putdata([(chance.randrange(256), chance.randrange(256), chance.randrange(256)) for _ in range(144)])
    out = io.BytesIO()
    small.resize((side, side), Image.Resampling.BICUBIC).save(out, "JPEG", quality=quality)
    return out.getvalue()
