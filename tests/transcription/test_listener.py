"""From a model's segments to a transcript: what is kept, what is taken for an invention."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transcription.sounds import tone, wav
from transcription.listener import SILENCE, UNCLEAR, listen, options, tidy


@dataclass
class Heard:
    text: str
    start: float = 0.0
    end: float = 1.0
    no_speech_prob: float = 0.05
    avg_logprob: float = -0.2
    compression_ratio: float = 1.2


@dataclass
class Info:
    duration_after_vad: float = 2.0


class FakeModel:
    def __init__(self, *segments: Heard, voice: float = 2.0) -> None:
        self.segments, self.voice, self.asked = segments, voice, {}

    def transcribe(self, audio: Any, **options: Any) -> tuple[Iterable[Any], Any]:
        self.asked = options
        return self.segments, Info(self.voice)


SOUND = wav(tone(2.0))


def test_text_with_its_seconds() -> None:
    heard = listen(FakeModel(Heard("今天拜访了华连", 0, 2), Heard("预算冻结", 2, 3)), SOUND, (), 60)
    assert heard.text == "今天拜访了华连。预算冻结。"
    assert heard.seconds(8, 12) == (2.0, 2.8)
    assert heard.problem is None
    assert heard.duration == pytest.approx(2.0)


def test_a_long_pause_begins_another_turn() -> None:
    heard = listen(FakeModel(Heard("你好", 0, 1), Heard("在的", 1.5, 2), Heard("那好", 5, 6)), SOUND, (), 60)
    assert [segment.speaker for segment in heard.segments] == [0, 0, 1]


def test_silence_gets_a_sentence() -> None:
    heard = listen(FakeModel(Heard("谢谢观看"), voice=0.0), SOUND, (), 60)
    assert (heard.text, heard.problem) == ("", SILENCE)


@pytest.mark.parametrize(
    "segment",
    [
        Heard("请不吝点赞 订阅 转发"),
        Heard("字幕由某某提供"),
        Heard("拜访了客户", no_speech_prob=0.9, avg_logprob=-0.8),
        Heard("拜访了客户", avg_logprob=-1.4),
        Heard("好好好好好好好", compression_ratio=3.1),
        Heard("……"),
    ],
)
def test_what_nobody_said_is_dropped(segment: Heard) -> None:
    heard = listen(FakeModel(segment), SOUND, (), 60)
    assert (heard.text, heard.problem) == ("", UNCLEAR)


def test_a_file_that_is_no_sound_gets_a_sentence() -> None:
    heard = listen(FakeModel(), b"nothing to hear here" * 9, (), 60)
    assert heard.problem is not None
    assert heard.problem.startswith("这个文件里没有")


def test_names_and_the_trades_words_are_whispered_to_the_model() -> None:
    model = FakeModel(Heard("好"))
    listen(model, SOUND, ("宏达机械", "王经理"), 60)
    assert model.asked["hotwords"] == "宏达机械 王经理"
    assert "报价" in model.asked["initial_prompt"]
    assert model.asked["vad_filter"] is True
    assert options(())["hotwords"] is None


@pytest.mark.parametrize(
    ("text", "neat"),
    [
        (" 今天拜訪了華聯 客戶預算凍結", "今天拜访了华联，客户预算冻结。"),
        ("催我们发合同：法务没审完：", "催我们发合同，法务没审完。"),
        ("报价12万 目标价15万", "报价12万，目标价15万。"),
        ("下午15:30见", "下午15:30见。"),
        ("好吗?", "好吗？"),
        ("", ""),
    ],
)
def test_tidy(text: str, neat: str) -> None:
    assert tidy(text) == neat


@given(st.text(alphabet="今天，,。:： 好12?！", max_size=20))
def test_tidy_twice_is_tidy_once(text: str) -> None:
    assert tidy(tidy(text)) == tidy(text)
