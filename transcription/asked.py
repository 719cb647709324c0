"""Questions as they are asked of the records, with or without a question mark: the whole sentence tells."""

from __future__ import annotations

import re
from functools import cache

from transcription.message import Message
from transcription.questions import question
from transcription.words import load

KINDS = ("team", "untouched", "people", "rivals", "policies", "rivals_everywhere", "records", "other")
"""Forms of asked.yaml, in the order in which they are tried."""

_ENDS = "，。！？!?. "


def asked_kind(message: Message) -> str | None:
    """What a message asks for, empty where it asks something else, None where it tells."""
    plain = _with_names_masked(message)
    kind = next((kind for kind in KINDS if asked_form(kind).search(plain)), None)
    if kind is not None:
        return kind
    meant = question(message)
    return None if meant is None else meant.kind


def asked_words(message: Message) -> str:
    """The question without its closing signs."""
    return message.plain.strip(_ENDS)


@cache
def asked_form(name: str) -> re.Pattern[str]:
    """One form of config/lexicon/asked.yaml."""
    return re.compile(load("asked")[name])


def _with_names_masked(message: Message) -> str:
    """The words with each customer as C and each competitor as R, as asked.yaml has it."""
    text = message.plain
    places = [("C", one.start, one.end) for one in message.mentions]
    places += [("R", one.start, one.end) for one in message.rivals]
    for letter, start, end in sorted(places, key=lambda place: place[1], reverse=True):
        text = f"{text[:start]}{letter}{text[end:]}"
    return text.strip(_ENDS)
