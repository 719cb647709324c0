"""An optional language model behind an OpenAI-compatible address that may propose what the rules left empty.

Off by default. A proposal is only taken for an empty slot, only where its words stand in the message, only with a value
the rules themselves could give, and always below the confidence that files without asking.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from transcription.cues import cues
from transcription.draft import Draft, Slot
from transcription.errors import TranscriptionError
from transcription.transcript import Transcript

PROPOSED = 0.55
"""Confidence of a proposal: shown filled in with a request to check it, never filed by itself."""

NOTE = "语言模型建议"
_LONGEST_VALUE = 50
_ANSWER_BYTES = 64 * 1024
_TOKENS = 500
_CHOICES = {"action": "actions", "obstacle": "obstacles", "decision": "decisions", "signal": "signals"}
_WORDS = ("contact", "support", "competitor")
_TASK = (
    "你从销售的一句话里找出客户推进记录的字段。只用原话里明确说了的内容，没有说的字段不要给。"
    '只输出一个 JSON 对象，键为字段名，值为 {{"value": …, "words": 原话里的依据}}。字段与允许的值：{choices}；'
    "contact（客户方的人，照原话）、support（需要支持的事项，照原话，最多 50 字）、competitor（竞品名，照原话）。"
)


class ModelSilent(TranscriptionError):
    """The language model gave no usable answer. Says the host and the reason, never the key or what was asked."""


@dataclass(frozen=True, slots=True)
class ProposerSettings:
    """Where the model is. `address` ends before `/chat/completions`; `timeout` is in seconds."""

    address: str
    model: str
    key: str = field(default="", repr=False)
    timeout: float = 3.0


def lacking(draft: Draft) -> bool:
    """Whether there is a slot that the model may propose for."""
    return any(key not in draft.slots for key in (*_CHOICES, *_WORDS))


def merged(draft: Draft, proposals: Mapping[str, Any], text: str, transcript: Transcript | None = None) -> Draft:
    """The draft with each acceptable proposal in a slot that was empty."""
    slots = dict(draft.slots)
    for key, proposal in proposals.items():
        slot = _checked(key, proposal, text, transcript)
        if slot is not None and key not in slots:
            slots[key] = slot
    return Draft(slots)


async def ask(text: str, settings: ProposerSettings, session: aiohttp.ClientSession) -> Mapping[str, Any]:
    """What the model proposes for a message, unchecked.

    Raises:
        ModelSilent: it did not answer in time, or not with a JSON object; the caller goes on without.
    """
    choices = "；".join(f"{key}（{'、'.join(_values(key))}）" for key in _CHOICES)
    system = _TASK.format(choices=choices)
    return _object(await _complete([("system", system), ("user", text)], _TOKENS, settings, session), settings)


async def answers(settings: ProposerSettings, session: aiohttp.ClientSession) -> None:
    """Asks for one word. Raises ModelSilent when none comes."""
    await _complete([("user", "回答：好")], 1, settings, session)


def _checked(key: str, proposal: Any, text: str, transcript: Transcript | None) -> Slot | None:
    if not isinstance(proposal, Mapping):
        return None
    value, words = proposal.get("value"), proposal.get("words")
    if not isinstance(value, str) or not isinstance(words, str) or not words.strip() or words not in text:
        return None
    if key in _CHOICES:
        allowed = value in _values(key)
    else:
        allowed = key in _WORDS and bool(value.strip()) and value in text and len(value) <= _LONGEST_VALUE
    if not allowed:
        return None
    start = text.index(words)
    seconds = transcript.seconds(start, start + len(words)) if transcript else None
    return Slot(value, words, start, start + len(words), PROPOSED, seconds=seconds, note=NOTE)


def _values(key: str) -> tuple[str, ...]:
    return tuple(cue.value for cue in cues(_CHOICES[key]))


async def _complete(
    messages: list[tuple[str, str]], tokens: int, settings: ProposerSettings, session: aiohttp.ClientSession
) -> str:
    """The text of one completion. Redirects are not followed: the key is for this address."""
    body = {
        "model": settings.model,
        "messages": [{"role": role, "content": content} for role, content in messages],
        "temperature": 0,
        "max_tokens": tokens,
    }
    headers = {"Authorization": f"Bearer {settings.key}"} if settings.key else {}
    request = session.post(
        f"{settings.address.rstrip('/')}/chat/completions",
        json=body,
        headers=headers,
        allow_redirects=False,
        timeout=aiohttp.ClientTimeout(total=settings.timeout),
    )
    try:
        async with request as response:
            if response.status != 200:
                raise _silent(settings, f"HTTP {response.status}")
            answer = json.loads(await response.content.read(_ANSWER_BYTES))
            return str(answer["choices"][0]["message"]["content"])
    except TimeoutError:
        raise _silent(settings, f"{settings.timeout:g} 秒内没有回答") from None
    except aiohttp.ClientError as error:  # its text may hold the request's headers
        raise _silent(settings, f"连不上（{type(error).__name__}）") from None
    except (ValueError, LookupError, TypeError, RecursionError):
        raise _silent(settings, "回答的格式不对") from None


def _object(answer: str, settings: ProposerSettings) -> Mapping[str, Any]:
    """The JSON object of an answer, also where it stands among words or in a code fence."""
    start, end = answer.find("{"), answer.rfind("}")
    try:
        found = json.loads(answer[start : end + 1]) if 0 <= start < end else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise _silent(settings, "回答里没有 JSON")
    return found


def _silent(settings: ProposerSettings, reason: str) -> ModelSilent:
    return ModelSilent(f"语言模型 {urlsplit(settings.address).hostname or '?'}：{reason}")
