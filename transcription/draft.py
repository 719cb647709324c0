"""What understanding gives: draft records whose every field knows its words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

SLOTS = (
    "customer",
    "contact",
    "action",
    "obstacle",
    "support",
    "next_at",
    "decision",
    "signal",
    "deal",
    "target",
    "competitor",
    "kept",
    "until",
    "support_by",
    "new_customer",
)
"""Every key a draft may hold; `kept` is an honest refusal reason, `until` the day its protection ends."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One understood field with its evidence.

    `value` is None where the words were heard but not settled; then `candidates` are to be asked.
    `start` and `end` are a character span in `Understanding.text`; `seconds` the same in the recording.
    """

    value: Any
    words: str
    start: int
    end: int
    confidence: float
    candidates: tuple[str, ...] = ()
    seconds: tuple[float, float] | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """One record to be confirmed. A slot that was not heard is absent."""

    slots: Mapping[str, Slot] = field(default_factory=lambda: MappingProxyType({}))

    def value(self, key: str) -> Any:
        """The settled value of a slot, or None where it is absent or to be asked."""
        slot = self.slots.get(key)
        return None if slot is None else slot.value
