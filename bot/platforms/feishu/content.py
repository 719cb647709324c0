"""What a Feishu message says, by its type: words, pictures, sound, a place."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from bot.platforms.base import Kind, MediaRef, Position
from bot.platforms.feishu.storable import clean

_IN_A_POST: Mapping[str, tuple[tuple[str, Literal["photo", "file"], str], ...]] = {
    "img": (("image_key", "photo", "image"),),
    "media": (("file_key", "file", "file"),),
}
"""What a post may hold besides words: the key's name, what it is to us, what it is to the download."""

_MENTION = re.compile(r"@_user_\d+|@_all\b")


@dataclass(frozen=True, slots=True)
class Content:
    kind: Kind
    text: str = ""
    media: tuple[MediaRef, ...] = ()
    position: Position | None = None


def read_content(message: Mapping[str, Any], names: Mapping[str, str]) -> Content:
    """The content of an `im.message.receive_v1` message. `names` gives what stands for each mention key.

    Types we have no use for come back as UNSUPPORTED with Feishu's own JSON as text. Raises ValueError, KeyError or
    TypeError for content that is not as documented.
    """
    reader = _READERS.get(str(message.get("message_type")))
    if reader is None:
        return Content(Kind.UNSUPPORTED, str(message.get("content", "")))
    return reader(clean(json.loads(message["content"])), str(message["message_id"]), names)


def _text(content: dict[str, Any], message_id: str, names: Mapping[str, str]) -> Content:
    return Content(Kind.TEXT, _named(content["text"], names))


def _post(content: dict[str, Any], message_id: str, names: Mapping[str, str]) -> Content:
    lines = ["".join(_span(tag, names) for tag in line) for line in content["content"]]
    text = "\n".join(line for line in (content.get("title", ""), *lines) if line.strip()).strip()
    media = tuple(
        _media(tag[key], kind, message_id, resource)
        for line in content["content"]
        for tag in line
        for key, kind, resource in _IN_A_POST.get(str(tag.get("tag")), ())
    )
    pictures_only = not text and all(one.kind == "photo" for one in media)
    return Content(Kind.PHOTO if media and pictures_only else Kind.TEXT, text, media)


def _image(content: dict[str, Any], message_id: str, names: Mapping[str, str]) -> Content:
    return Content(Kind.PHOTO, media=(_media(content["image_key"], "photo", message_id, "image"),))


def _audio(content: dict[str, Any], message_id: str, names: Mapping[str, str]) -> Content:
    sound = MediaRef(
        content["file_key"],
        "voice",
        seconds=float(content.get("duration", 0)) / 1000,
        context={"message_id": message_id, "type": "file"},
    )
    return Content(Kind.VOICE, media=(sound,))


def _file(content: dict[str, Any], message_id: str, names: Mapping[str, str]) -> Content:
    name = str(content.get("file_name", ""))
    return Content(Kind.FILE, media=(_media(content["file_key"], "file", message_id, "file", name),))


def _location(content: dict[str, Any], message_id: str, names: Mapping[str, str]) -> Content:
    place = Position(float(content["latitude"]), float(content["longitude"]), address=str(content.get("name", "")))
    if not (abs(place.latitude) <= 90 and abs(place.longitude) <= 180):  # also false for not-a-number
        raise ValueError(f"no place on earth: {place.latitude}, {place.longitude}")
    return Content(Kind.POSITION, position=place)


_READERS: Mapping[str, Callable[[dict[str, Any], str, Mapping[str, str]], Content]] = {
    "text": _text,
    "post": _post,
    "image": _image,
    "audio": _audio,
    "file": _file,
    "media": _file,  # a video: kept as a file
    "location": _location,
}


def _media(key: str, kind: Any, message_id: str, resource: str, name: str = "") -> MediaRef:
    return MediaRef(key, kind, name=name, context={"message_id": message_id, "type": resource})


def _span(tag: Mapping[str, Any], names: Mapping[str, str]) -> str:
    match tag.get("tag"):
        case "at":
            return names.get(str(tag.get("user_id")), f"@{tag.get('user_name', '')}")
        case "a":
            return f"{tag.get('text', '')} {tag.get('href', '')}".strip()
        case "emotion":
            return f"[{tag.get('emoji_type', '')}]"
    return _named(str(tag.get("text", "")), names)


def _named(text: str, names: Mapping[str, str]) -> str:
    """`text` with mention keys replaced by names; the bot's own name is "" and takes its blank with it."""
    return _MENTION.sub(lambda found: names.get(found[0], found[0]), text).strip()


def mention_names(mentions: Sequence[Mapping[str, Any]], own: Callable[[Mapping[str, Any]], bool]) -> dict[str, str]:
    """Mention key to what is read in its place: "@王主管", and nothing for the bot itself."""
    names = {str(mention["key"]): "" if own(mention) else f"@{mention.get('name', '')}" for mention in mentions}
    return {"@_all": "@所有人", **names}
