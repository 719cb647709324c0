"""The corpus format: messages with the records that must come out, and how well they do."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from transcription.draft import Draft
from transcription.errors import BadCorpus
from transcription.lexicon import Entry, Lexicon

SLOTS = ("customer", "contact", "action", "obstacle", "support", "next_at", "decision", "signal", "price", "competitor")

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Corpus:
    """A corpus file: the moment it is spoken in, its names, its messages."""

    now: datetime
    lexicon: Lexicon
    lines: tuple[Mapping[str, Any], ...]


@dataclass(slots=True)
class Tally:
    """Right, wrong, missed and invented values of one slot."""

    right: int = 0
    wrong: int = 0
    missed: int = 0
    invented: int = 0

    @property
    def precision(self) -> float:
        """Share of given values that are right."""
        given = self.right + self.wrong + self.invented
        return self.right / given if given else 1.0

    @property
    def recall(self) -> float:
        """Share of expected values that were found."""
        expected = self.right + self.wrong + self.missed
        return self.right / expected if expected else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0

    @property
    def wrong_rate(self) -> float:
        """Share of given values that are wrong: another value, or one where none belongs."""
        given = self.right + self.wrong + self.invented
        return (self.wrong + self.invented) / given if given else 0.0


@dataclass(slots=True)
class Score:
    """The tallies of a run."""

    slots: dict[str, Tally] = field(default_factory=lambda: {slot: Tally() for slot in SLOTS})
    exact: int = 0
    records: int = 0
    messages: int = 0
    exact_messages: int = 0

    def total(self) -> Tally:
        """All slots together."""
        tallies = self.slots.values()
        return Tally(
            sum(one.right for one in tallies),
            sum(one.wrong for one in tallies),
            sum(one.missed for one in tallies),
            sum(one.invented for one in tallies),
        )

    def add(self, expected: Sequence[Record], given: Sequence[Record]) -> bool:
        """Count one message; returns whether all of it is right."""
        pairs = _paired(expected, given)
        exact = [self._count(want, got) for want, got in pairs]
        self.records += len(expected)
        self.exact += sum(ok for ok, (want, _) in zip(exact, pairs, strict=True) if want)
        self.messages += 1
        self.exact_messages += all(exact)
        return all(exact)

    def _count(self, want: Record, got: Record) -> bool:
        ok = True
        for slot in SLOTS:
            verdict = _verdict(slot, want.get(slot), got.get(slot))
            if verdict:
                setattr(self.slots[slot], verdict, getattr(self.slots[slot], verdict) + 1)
                ok = ok and verdict == "right"
        return ok


def read_corpus(path: Path, now: datetime | None = None) -> Corpus:
    """A corpus file; `now` replaces the moment of its meta line.

    Raises:
        BadCorpus: a line is no JSON object, or neither the file nor the caller gives a moment.
    """
    written = enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
    lines = [_line(path, number, text) for number, text in written if text.strip()]
    meta = lines[0]["meta"] if lines and "meta" in lines[0] else {}
    moment = now or (datetime.fromisoformat(meta["now"]) if "now" in meta else None)
    if moment is None or moment.tzinfo is None:
        raise BadCorpus(f"{path} 的第一行没有带时区的 now；请用 --now 2026-03-11T10:00:00+08:00 给出")
    return Corpus(moment, lexicon_of(meta), tuple(line for line in lines if "meta" not in line))


def lexicon_of(meta: Mapping[str, Any]) -> Lexicon:
    """The names of a meta line: each list holds names, or objects with name and aliases."""
    kinds = ("customers", "contacts", "products", "competitors")
    return Lexicon(**{kind: tuple(_entry(item) for item in meta.get(kind, ())) for kind in kinds})


def _entry(item: str | Mapping[str, Any]) -> Entry:
    return Entry(item) if isinstance(item, str) else Entry(item["name"], tuple(item.get("aliases", ())))


def _line(path: Path, number: int, text: str) -> dict[str, Any]:
    try:
        line = json.loads(text)
    except ValueError as error:
        raise BadCorpus(f"{path} 第 {number} 行不是 JSON：{error}") from error
    if not isinstance(line, dict):
        raise BadCorpus(f"{path} 第 {number} 行应是一个对象")
    return line


def as_record(draft: Draft) -> dict[str, Any]:
    """A draft in the corpus format, absent and unsettled slots left out."""
    record = {slot: _plain(draft.value(slot)) for slot in SLOTS if slot != "price" and draft.value(slot) is not None}
    price = {key: _plain(draft.value(key)) for key in ("deal", "target") if draft.value(key) is not None}
    return record | ({"price": price} if price else {})


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def _paired(expected: Sequence[Record], given: Sequence[Record]) -> list[tuple[Record, Record]]:
    """Records of the same customer together; the rest in order, then the unmatched with nothing."""
    rest = list(given)
    pairs: list[tuple[Record, Record]] = []
    for want in expected:
        match = next((got for got in rest if got.get("customer") == want.get("customer")), None)
        if match is None and rest and len(expected) == len(given) == 1:
            match = rest[0]
        if match is not None:
            rest.remove(match)
        pairs.append((want, match or {}))
    return pairs + [({}, got) for got in rest]


def _verdict(slot: str, want: Any, got: Any) -> str:
    if want is None:
        return "" if got is None else "invented"
    if got is None:
        return "missed"
    if slot == "support":
        wanted = [want] if isinstance(want, str) else want
        return "right" if all(word in got for word in wanted) else "wrong"
    return "right" if want == got else "wrong"


def table(score: Score) -> Iterable[str]:
    """The score as lines of text."""
    yield f"{'slot':<12}{'n':>5}{'precision':>11}{'recall':>9}{'F1':>8}{'wrong':>8}"
    for name, tally in (*score.slots.items(), ("all", score.total())):
        count = tally.right + tally.wrong + tally.missed
        yield f"{name:<12}{count:>5}{tally.precision:>11.3f}{tally.recall:>9.3f}{tally.f1:>8.3f}{tally.wrong_rate:>8.3f}"
    yield f"exact records {score.exact}/{score.records}, exact messages {score.exact_messages}/{score.messages}"
