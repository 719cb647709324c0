"""Where a longer recording is cut."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from tests.transcription.sounds import tone, wav
from tests.transcription.test_listener import FakeModel, Heard, Info
from transcription import listener
from transcription.listener import SILENCE, listen
from transcription.pieces import Piece, pieces

PAD = 0.3


@pytest.mark.parametrize(
    ("speech", "cut"),
    [
        ([], []),
        ([(0, 8)], [(0, 8)]),
        ([(0, 8), (8.5, 12)], [(0, 12)]),
        ([(0, 8), (10, 18), (20, 27)], [(0, 8), (10, 18), (20, 27)]),
        ([(0, 8), (8.4, 14), (14.2, 20)], [(0, 14), (14.2, 20)]),
        ([(0, 6), (8, 9), (11, 12)], [(0, 12)]),
        ([(0, 1), (3, 9)], [(0, 9)]),
        ([(0, 15), (15, 30), (30, 33)], [(0, 15), (15, 30), (30, 33)]),
    ],
)
def test_cuts(speech: list[tuple[float, float]], cut: list[tuple[float, float]]) -> None:
    assert [(one.start, one.end) for one in pieces([Piece(*one) for one in speech], PAD)] == cut


@dataclass
class Copying(FakeModel):
    """Hears one stretch in each piece, as long as the piece."""

    def __init__(self, *texts: str) -> None:
        super().__init__()
        self.texts, self.prompts = list(texts), []

    def transcribe(self, audio: Any, **options: Any) -> tuple[Any, Info]:
        self.prompts.append(options["initial_prompt"] is not None)
        return [Heard(self.texts.pop(0), 0.0, len(audio) / 16_000)], Info()


@pytest.fixture
def speech(monkeypatch: pytest.MonkeyPatch) -> list[Piece]:
    found = [Piece(1.0, 7.0), Piece(10.0, 19.0)]
    monkeypatch.setattr(listener, "speech_in", lambda sound: found)
    return found


def test_every_turn_is_heard_with_its_own_seconds(speech: list[Piece]) -> None:
    model = Copying("今天拜访了宏达机械的王经理", "他说价格太高了要再考虑一下等领导批了再说吧")
    heard = listen(model, wav(tone(20.0)), (), 60)
    assert [(one.speaker, one.start, one.end) for one in heard.segments] == [(0, 1.0, 7.0), (1, 10.0, 19.0)]
    assert heard.seconds(0, len(heard.segments[0].text)) == (1.0, 7.0)
    assert model.prompts == [True, True]


def test_what_the_prompt_has_cut_short_is_heard_again_without_it(speech: list[Piece]) -> None:
    model = Copying("今天拜访了宏达机械的王经理", "再跟进", "下周三再跟进他们还问了博创的报价和账期")
    heard = listen(model, wav(tone(20.0)), (), 60)
    assert heard.segments[1].text == "下周三再跟进他们还问了博创的报价和账期。"
    assert model.prompts == [True, True, False]


def test_a_long_silence_gets_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listener, "speech_in", lambda sound: [])
    assert listen(FakeModel(Heard("谢谢观看")), wav(tone(20.0)), (), 60).problem == SILENCE
