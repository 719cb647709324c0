"""The cue and trade words of config/lexicon, read once."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

import yaml

from transcription.errors import BadLexicon


@cache
def load(name: str) -> dict[str, Any]:
    """The mapping in config/lexicon/<name>.yaml.

    Raises:
        BadLexicon: the file is missing or is not a mapping.
    """
    path = resources.files("config").joinpath("lexicon", f"{name}.yaml")
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise BadLexicon(f"词表 {name}.yaml 读不出来：{error}；请检查 config/lexicon") from error
    if not isinstance(content, dict):
        raise BadLexicon(f"词表 {name}.yaml 应是一个映射，现在是 {type(content).__name__}")
    return content
