"""What a clause means by likeness to labelled examples, where no cue word says it.

A linear model over runs of one to three characters of the masked clause, one independent label each (see LABELS). It
was trained by `scripts/train_clauses.py` from the examples in `config/examples/` and the messages in `tests/corpus/`;
`config/examples/clauses.npz` holds its weights.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np

from transcription.cues import MASKS
from transcription.errors import BadLexicon
from transcription.message import Message

LABELS: Mapping[str, tuple[str, ...]] = {
    "action": ("已拜访", "已报价", "已寄样", "已签合同", "已约拜访"),
    "obstacle": ("客户预算冻结", "技术参数未确认", "竞品压价", "内部流程卡点"),
    "decision": ("已明确采购意向", "需技术验证", "预算未批复", "已选竞品"),
    "signal": ("积极", "风险", "模糊"),
}
"""The values the classifier knows, by slot."""

WEIGHTS = ("examples", "clauses.npz")
LONGEST = 3
SCALE = 4.0
"""What the square root of the number of known runs is divided into, so that short and long clauses compare."""
_LETTERS = "CPTMR"


@dataclass(frozen=True, slots=True)
class Reading:
    """How likely a stretch of one or two clauses, `start` to `end`, says that `slot` is `value` (0 to 1)."""

    slot: str
    value: str
    start: int
    end: int
    likely: float


@dataclass(frozen=True, slots=True)
class Unit:
    """A stretch the model reads: one clause, or two where the second names no other customer."""

    start: int
    end: int
    words: str


@dataclass(frozen=True)
class Classifier:
    """The trained weights: a row a run of characters, a column a label."""

    rows: Mapping[str, int]
    weights: np.ndarray[Any, np.dtype[np.float32]]
    bias: np.ndarray[Any, np.dtype[np.float32]]
    labels: tuple[tuple[str, str], ...]

    def likely(self, words: str) -> Sequence[float]:
        """A probability for each label, 0 to 1; all low where nothing of the words is known."""
        known = [row for run in runs(words) if (row := self.rows.get(run)) is not None]
        if not known:
            return [0.0] * len(self.labels)
        total = self.bias + self.weights[known].sum(axis=0) * (SCALE / math.sqrt(len(known)))
        return [1 / (1 + math.exp(-float(one))) if one > -30 else 0.0 for one in total]


def readings(message: Message) -> list[Reading]:
    """Every label for every stretch of a message."""
    model = classifier()
    return [
        Reading(slot, value, unit.start, unit.end, share)
        for unit in units(message)
        for (slot, value), share in zip(model.labels, model.likely(unit.words), strict=True)
    ]


def units(message: Message) -> Iterator[Unit]:
    """The clauses of a message, and each two of them that speak of one customer."""
    clauses = message.clauses.all
    for number, clause in enumerate(clauses):
        yield Unit(clause.start, clause.end, plain(message.masked[clause.start : clause.end]))
        following = clauses[number + 1] if number + 1 < len(clauses) else None
        if following is not None and not _names_another(message, following.start, following.end):
            both = f"{message.masked[clause.start : clause.end]}，{message.masked[following.start : following.end]}"
            yield Unit(clause.start, following.end, plain(both))


def _names_another(message: Message, start: int, end: int) -> bool:
    return any(start <= mention.start < end for mention in message.mentions)


def plain(masked: str) -> str:
    """Each masked name, time, person, sum or competitor as one capital letter."""
    for mask, letter in zip(MASKS.values(), _LETTERS, strict=True):
        masked = re.sub(f"{mask}+", letter, masked)
    return masked


def runs(words: str) -> Iterable[str]:
    """The different runs of one to three characters, with the edges of the stretch as characters of their own."""
    words = f"^{words}$"
    return {words[at : at + length] for length in range(1, LONGEST + 1) for at in range(len(words) - length + 1)}


@cache
def classifier() -> Classifier:
    """The shipped weights, read once.

    Raises:
        BadLexicon: the file is missing or no such file.
    """
    path = resources.files("config").joinpath(*WEIGHTS)
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
            labels = tuple((slot, value) for slot, _, value in (str(one).partition(":") for one in kept["labels"]))
            rows = {str(run): row for row, run in enumerate(str(kept["runs"]).split("\n"))}
            return Classifier(rows, kept["weights"].astype(np.float32), kept["bias"].astype(np.float32), labels)
    except (OSError, ValueError, KeyError) as error:
        raise BadLexicon(f"句意模型 {'/'.join(WEIGHTS)} 读不出来：{error}；请重新安装") from error
