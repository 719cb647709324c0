"""Proposals of a language model: only what the rules left empty, only what stands in the message."""

from __future__ import annotations

import json
import traceback
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from tests.harness.language_model import KEY, LanguageModel
from tests.transcription.conftest import NOW
from transcription.draft import Draft
from transcription.lexicon import Lexicon
from transcription.proposer import PROPOSED, ModelSilent, ProposerSettings, ask, merged
from transcription.transcript import Segment, Transcript
from transcription.understanding import understand

TEXT = "江南纺织老板松口了，钱的事他来想办法"


@pytest.fixture
async def model() -> AsyncIterator[LanguageModel]:
    async with LanguageModel() as running:
        yield running


def draft(lexicon: Lexicon) -> Draft:
    return understand(TEXT, now=NOW, lexicon=lexicon).drafts[0]


def test_a_fitting_proposal_fills_an_empty_slot(lexicon: Lexicon) -> None:
    slot = merged(draft(lexicon), {"signal": {"value": "积极", "words": "松口了"}}, TEXT).slots["signal"]
    assert (slot.value, slot.words, slot.confidence) == ("积极", "松口了", PROPOSED)
    assert TEXT[slot.start : slot.end] == "松口了"


@pytest.mark.parametrize(
    "proposal",
    [
        {"signal": {"value": "非常积极", "words": "松口了"}},
        {"signal": {"value": "积极", "words": "很开心"}},
        {"signal": "积极"},
        {"signal": {"value": 1, "words": "松口了"}},
        {"contact": {"value": "王总", "words": "老板"}},
        {"next_at": {"value": "2026-05-20", "words": "江南"}},
        {"customer": {"value": "江南纺织", "words": "江南纺织"}},
        {"unknown": {"value": "x", "words": "老板"}},
    ],
)
def test_everything_else_is_refused(lexicon: Lexicon, proposal: dict[str, Any]) -> None:
    before = draft(lexicon)
    assert merged(before, proposal, TEXT).slots == before.slots


def test_a_proposal_of_a_recording_knows_its_seconds(lexicon: Lexicon) -> None:
    heard = Transcript(TEXT, (Segment(TEXT, 0.0, float(len(TEXT))),), float(len(TEXT)))
    slot = merged(draft(lexicon), {"signal": {"value": "积极", "words": "松口了"}}, TEXT, heard).slots["signal"]
    assert slot.seconds == (6.0, 9.0)


def test_what_is_heard_is_never_proposed_over(lexicon: Lexicon) -> None:
    before = understand("江南纺织今天已报价", now=NOW, lexicon=lexicon).drafts[0]
    after = merged(before, {"action": {"value": "已寄样", "words": "今天"}}, "江南纺织今天已报价")
    assert after.value("action") == "已报价"


def settings(model: LanguageModel, **more: Any) -> ProposerSettings:
    return ProposerSettings(model.address, "small", key=KEY, **more)


@pytest.mark.parametrize("fence", ["{}", "```json\n{}\n```", "<think>松口是积极</think>好的：{}"])
async def test_over_the_wire(model: LanguageModel, fence: str) -> None:
    model.says(fence.replace("{}", json.dumps({"signal": {"value": "积极", "words": "松口了"}})))
    async with aiohttp.ClientSession() as session:
        found = await ask(TEXT, settings(model), session)
    assert found == {"signal": {"value": "积极", "words": "松口了"}}
    (asked,) = model.asked
    assert asked.body["model"] == "small"
    assert asked.body["messages"][-1]["content"] == TEXT
    assert asked.headers["Authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [
        ({"content": "没有"}, "回答里没有 JSON"),
        ({"content": "{坏的"}, "回答里没有 JSON"),
        ({"content": '["积极"]'}, "回答里没有 JSON"),
        ({"raw": "<html>"}, "回答的格式不对"),
        ({"raw": '{"choices": []}'}, "回答的格式不对"),
        ({"raw": "[" * 100_000}, "回答的格式不对"),
        ({"status": 500}, "HTTP 500"),
        ({"status": 401}, "HTTP 401"),
        ({"status": 302}, "HTTP 302"),
        ({"hangs": True}, "0.2 秒内没有回答"),
    ],
)
async def test_a_useless_answer_names_the_host_and_no_secret(
    model: LanguageModel, trouble: dict[str, Any], reason: str
) -> None:
    model.does(**trouble)
    async with aiohttp.ClientSession() as session:
        with pytest.raises(ModelSilent) as silent:
            await ask(TEXT, settings(model, timeout=0.2 if "hangs" in trouble else 5.0), session)
    assert str(silent.value) == f"语言模型 127.0.0.1：{reason}"
    assert KEY not in "".join(traceback.format_exception(silent.value))


async def test_no_network() -> None:
    own = ProposerSettings("http://127.0.0.1:9/v1", "small", key=KEY)
    async with aiohttp.ClientSession() as session:
        with pytest.raises(ModelSilent, match="连不上") as silent:
            await ask(TEXT, own, session)
    assert KEY not in repr(own)
    assert KEY not in "".join(traceback.format_exception(silent.value))
