"""What a message tells of a customer's world: its people, competitors' moves, policies. Each with its words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from transcription.key_people import handed_over, told_of_people
from transcription.message import Candidate, Message
from transcription.policies import told_of_policies
from transcription.records import assemble
from transcription.rival_moves import told_of_rivals
from transcription.told import Told
from transcription.transcript import Transcript


@dataclass(frozen=True, slots=True)
class Finding:
    """Something for a customer's file. `seconds` where it was spoken."""

    told: Told
    words: str
    seconds: tuple[float, float] | None = None

    def to_json(self) -> dict[str, Any]:
        """As it is kept with a draft."""
        told = self.told
        price = None if told.price is None else str(told.price)
        plain = {key: getattr(told, key) for key in ("kind", "name", "news", "title", "department", "before", "after")}
        return plain | {
            "span": [told.start, told.end],
            "price": price,
            "words": self.words,
            "seconds": list(self.seconds) if self.seconds else None,
        }

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> Finding:
        fields = dict(plain)
        words, seconds, (start, end) = fields.pop("words"), fields.pop("seconds"), fields.pop("span")
        price = fields.pop("price")
        told = Told(**fields, start=start, end=end, price=None if price is None else Decimal(price))
        return cls(told, words, (seconds[0], seconds[1]) if seconds else None)


def find(message: Message, transcript: Transcript | None = None) -> tuple[tuple[Finding, ...], ...]:
    """The findings of each draft of the message, in the order of its drafts.

    `message` is read from the text as understood, so that the seconds of `transcript` are those of its positions.
    """
    told = [*told_of_people(message), *told_of_rivals(message), *told_of_policies(message)]
    groups = [handed_over(group) for group in _shared_out(message, told)]
    return tuple(tuple(_finding(message, one, transcript) for one in group) for group in groups)


def _finding(message: Message, told: Told, transcript: Transcript | None) -> Finding:
    seconds = transcript.seconds(told.start, told.end) if transcript else None
    return Finding(told, message.text[told.start : told.end], seconds)


def _shared_out(message: Message, told: Sequence[Told]) -> list[list[Told]]:
    """Each customer of the message with what is told of it, by the same rule as the slots of its records."""
    if not message.mentions:
        return [list(told)]
    numbered = [Candidate(str(number), number, one.at, one.at + 1, 1.0) for number, one in enumerate(told)]
    drafts = assemble(message, numbered)
    return [[told[slot.value] for key, slot in draft.slots.items() if key.isdigit()] for draft in drafts]
