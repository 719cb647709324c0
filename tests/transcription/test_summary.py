from __future__ import annotations

from datetime import datetime

from tests.transcription.conftest import NOW
from transcription.lexicon import Lexicon
from transcription.message import Message
from transcription.summary import summarise
from transcription.transcript import Segment, Transcript, Word
from transcription.understanding import read

TALK = "周厂长说你们的机器不错就是价格太贵了。他担心以后换零件麻烦。现在用的机器太慢了。博世也来谈过。嗯嗯我再考虑考虑。合同卡在集团审批。"


def message(lexicon: Lexicon, text: str = TALK, now: datetime = NOW) -> Message:
    return read(text, now=now, lexicon=lexicon, calendar=None, heard=False)


def test_summary_holds_quotes_needs_and_the_blocker(lexicon: Lexicon) -> None:
    summary = summarise(message(lexicon))
    assert "你们的机器不错就是价格太贵了" in [quote.words for quote in summary.quotes]
    assert [need.words for need in summary.needs] == ["担心以后换零件麻烦", "现在用的机器太慢"]
    assert summary.blocker is not None
    assert summary.blocker.words == "卡在集团审批"


def test_marks_are_counted(lexicon: Lexicon) -> None:
    summary = summarise(message(lexicon))
    assert summary.count("价格") >= 2
    assert summary.count("竞品") == 1
    assert summary.count("犹豫") >= 1
    assert all(TALK[mark.excerpt.start : mark.excerpt.end] == mark.excerpt.words for mark in summary.marks)


def test_seconds_and_pace_come_from_the_words(lexicon: Lexicon) -> None:
    half = len(TALK) // 2
    words = (Word(TALK[:half], 0.0, 5.0), Word(TALK[half:], 5.0, 20.0))
    transcript = Transcript(TALK, (Segment(TALK, 0.0, 20.0, words),), 20.0)
    marks = summarise(message(lexicon), transcript).marks
    assert marks[0].pace is not None
    assert marks[-1].pace is not None
    assert marks[0].pace > 1 > marks[-1].pace
    assert all(mark.excerpt.seconds is not None for mark in marks)


def test_nothing_said_gives_nothing(lexicon: Lexicon) -> None:
    summary = summarise(message(lexicon, "你好"))
    assert (summary.quotes, summary.needs, summary.blocker, summary.marks) == ((), (), None, ())
