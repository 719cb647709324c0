"""An optional language model behind an OpenAI-compatible address that may propose what the rules left empty.

Off by default. A proposal is only taken for an empty slot, only where its words stand in the message, only with a value
the rules themselves could give, and always below the confidence that files without asking.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import aiohttp

from transcription.cues import cues
from transcription.draft import Draft, Slot
from transcription.errors import TranscriptionError
from transcription.understanding import Understanding

PROPOSED = 0.55
"""Confidence of a proposal: shown filled in with a question mark, never filed by itself."""

_CHOICES = {"action": "actions", "obstacle": "obstacles", "decision": "decisions", "signal": "signals"}
_WORDS = ("contact", "support", "competitor")
_TASK = (
    "你从销售的一句话里找出客户推进记录的字段。只用原话里明确说了的内容，没有说的字段不要给。"
    '只输出一个 JSON 对象，键为字段名，值为 {{"value": …, "words": 原话里的依据}}。字段与允许的值：{choices}；'
    "contact（客户方的人，照原话）、support（需要支持的事项，照原话，最多 50 字）、competitor（竞品名，照原话）。"
)


class ModelSilent(TranscriptionError):
    """The language model gave no usable answer."""


@dataclass(frozen=True, slots=True)
class ProposerSettings:
    """Where the model is. `address` ends before `/chat/completions`; `timeout` is in seconds."""

    address: str
    model: str
    key: str = ""
    timeout: float = 8.0


async def propose(
    understanding: Understanding, settings: ProposerSettings, session: aiohttp.ClientSession
) -> Understanding:
    """The understanding with the empty slots of a single draft filled from checked proposals.

    Raises:
        ModelSilent: the address did not answer in time or not with JSON; the caller goes on without.
    """
    if len(understanding.drafts) != 1:
        return understanding
    proposals = await _ask(understanding.text, settings, session)
    return replace(understanding, drafts=(merged(understanding.drafts[0], proposals, understanding.text),))


def merged(draft: Draft, proposals: Mapping[str, Any], text: str) -> Draft:
    """The draft with each acceptable proposal in a slot that was empty."""
    slots = dict(draft.slots)
    for key, proposal in proposals.items():
        slot = _checked(key, proposal, text)
        if slot is not None and key not in slots:
            slots[key] = slot
    return Draft(slots)


def _checked(key: str, proposal: Any, text: str) -> Slot | None:
    if not isinstance(proposal, Mapping):
        return None
    value, words = proposal.get("value"), proposal.get("words")
    if not isinstance(value, str) or not isinstance(words, str) or not words or words not in text:
        return None
    allowed = value in _values(key) if key in _CHOICES else key in _WORDS and value in text and len(value) <= 50
    start = text.index(words)
    return Slot(value, words, start, start + len(words), PROPOSED, note="由语言模型建议，请确认") if allowed else None


def _values(key: str) -> tuple[str, ...]:
    return tuple(cue.value for cue in cues(_CHOICES[key]))


async def _ask(text: str, settings: ProposerSettings, session: aiohttp.ClientSession) -> Mapping[str, Any]:
    choices = "；".join(f"{key}（{'、'.join(_values(key))}）" for key in _CHOICES)
    messages = [{"role": "system", "content": _TASK.format(choices=choices)}, {"role": "user", "content": text}]
    body = {"model": settings.model, "messages": messages, "temperature": 0}
    headers = {"Authorization": f"Bearer {settings.key}"} if settings.key else {}
    address = f"{settings.address.rstrip('/')}/chat/completions"
    try:
        async with session.post(
            address, json=body, headers=headers, timeout=aiohttp.ClientTimeout(total=settings.timeout)
        ) as response:
            response.raise_for_status()
            answer = json.loads((await response.json())["choices"][0]["message"]["content"])
    except (aiohttp.ClientError, TimeoutError, ValueError, LookupError, TypeError) as error:
        raise ModelSilent(f"语言模型 {settings.address} 没有给出可用的回答：{error!r}；不影响规则识别") from error
    return answer if isinstance(answer, Mapping) else {}
