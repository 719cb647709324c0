"""沟通摘要: what a longer recording held, in the customer's own words, and its text with what is worth a look marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from cards.model import Action, Block, Button, Card, Tag, Tags, Text, Tone
from cards.texts import say

AROUND = 8
"""Characters shown before and after a marked word."""
LISTED = 6
LONGEST = 3000
"""Characters of a recording that a card shows."""
NOTICED = 0.25
"""Change of pace worth saying."""


class ShowTranscript(Action):
    """The whole text of a recording; `audio` is its attachment's key."""

    name: ClassVar[str] = "talks.text"
    audio: str


@dataclass(frozen=True, slots=True)
class Said:
    """Words of the talk; `at` is their second in the recording, None where it is not known."""

    words: str
    at: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Marked:
    """A word about price, a competitor or hesitation, with the words around it; `pace` is 1 at the usual speed."""

    kind: str
    before: str
    words: str
    after: str
    at: tuple[float, float] | None
    pace: float | None = None


@dataclass(frozen=True, slots=True)
class Talk:
    """A summary as its card says it. `counts`: kind (价格, 竞品, 犹豫) and how often."""

    quotes: Sequence[Said]
    needs: Sequence[Said]
    blocker: Said | None
    counts: Sequence[tuple[str, int]]
    marks: Sequence[Marked] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """A stretch of the talk from a second on; `marks` are spans of its text."""

    speaker: int
    start: float
    text: str
    marks: Sequence[tuple[int, int]]


def summary(talk: Talk, audio: str = "") -> Card:
    """原话金句, 隐性需求, 下一步卡点, and where price, competitors and hesitation came up."""
    blocks: list[Block] = []
    if talk.counts:
        words = [say("talks.mark", kind=kind, count=count) for kind, count in talk.counts]
        blocks.append(Tags(tags=tuple(Tag(text=one, tone=Tone.WARN) for one in words)))
    for title, said in (("talks.quotes", talk.quotes), ("talks.needs", talk.needs)):
        if said:
            blocks.append(Text(text=f"**{say(title)}**\n" + "\n".join(_line(one) for one in said)))
    if talk.blocker is not None:
        blocks.append(Text(text=f"**{say('talks.blocker')}**\n{_line(talk.blocker)}"))
    if talk.marks:
        lines = [_marked(one) for one in talk.marks[:LISTED]]
        blocks.append(Text(text=f"**{say('talks.marks')}**\n" + "\n".join(lines), soft=True))
    buttons = (Button.does("看全文", ShowTranscript(audio=audio)),) if audio else ()
    return Card(title=say("talks.title"), blocks=tuple(blocks), buttons=buttons)


def whole(seconds: float, turns: Sequence[Turn]) -> Card:
    """录音全文: turn by turn with its second, marked words bold."""
    blocks: list[Block] = []
    shown = 0
    for place, turn in enumerate(turns):
        if shown > LONGEST:
            left = sum(len(one.text) for one in turns[place:])
            blocks.append(Text(text=say("talks.more", count=left), soft=True))
            break
        spoken = place == 0 or turn.speaker != turns[place - 1].speaker
        head = say("talks.turn", number=turn.speaker + 1, at=clock(turn.start)) if spoken else clock(turn.start)
        blocks.append(Text(text=f"{head}\n{_bold(turn)}"))
        shown += len(turn.text)
    several = len({turn.speaker for turn in turns}) > 1
    title = say("talks.whole", seconds=round(seconds))
    return Card(title=title, lead=say("talks.whole_lead", several=several), blocks=tuple(blocks), summary=title)


def clock(second: float) -> str:
    """0:07, 12:30."""
    return f"{int(second) // 60}:{int(second) % 60:02}"


def _line(said: Said) -> str:
    if said.at is None:
        return f"“{said.words}”"
    return f"“{said.words}” {say('talks.at', at=clock(said.at[0]))}"


def _marked(one: Marked) -> str:
    pace = one.pace if one.pace is not None and abs(one.pace - 1) >= NOTICED else None
    at = clock(one.at[0]) if one.at else ""
    return say("talks.marked", one=one, at=at, pace=pace, share=round(abs((pace or 1) - 1) * 100))


def _bold(turn: Turn) -> str:
    text, last = "", 0
    for start, end in sorted(turn.marks):
        if start >= last:
            text += f"{turn.text[last:start]}**{turn.text[start:end]}**"
            last = end
    return text + turn.text[last:]
