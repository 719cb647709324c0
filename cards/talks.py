"""沟通摘要: what a longer recording held, in the customer's own words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cards.model import Block, Card, Tag, Tags, Text, Tone
from cards.texts import say


@dataclass(frozen=True, slots=True)
class Said:
    """Words of the talk; `at` is their second in the recording, None where it is not known."""

    words: str
    at: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Talk:
    """A summary as its card says it. `marks`: kind (价格, 竞品, 犹豫) and how often."""

    quotes: Sequence[Said]
    needs: Sequence[Said]
    blocker: Said | None
    marks: Sequence[tuple[str, int]]


def summary(talk: Talk) -> Card:
    """原话金句, 隐性需求, 下一步卡点, and how often price, competitors and hesitation came up."""
    blocks: list[Block] = []
    if talk.marks:
        blocks.append(
            Tags(
                tags=tuple(
                    Tag(text=say("talks.mark", kind=kind, count=count), tone=Tone.WARN) for kind, count in talk.marks
                )
            )
        )
    for title, said in (("talks.quotes", talk.quotes), ("talks.needs", talk.needs)):
        if said:
            blocks.append(Text(text=f"**{say(title)}**\n" + "\n".join(_line(one) for one in said)))
    if talk.blocker is not None:
        blocks.append(Text(text=f"**{say('talks.blocker')}**\n{_line(talk.blocker)}"))
    return Card(title=say("talks.title"), blocks=tuple(blocks))


def _line(said: Said) -> str:
    if said.at is None:
        return f"“{said.words}”"
    return f"“{said.words}” {say('talks.at', second=round(said.at[0]))}"
