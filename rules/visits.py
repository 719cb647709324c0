"""Which evidence a visit still lacks. The sets are configuration; evidence goes by the names of form fields."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from rules.errors import RulesError

Requirement = tuple[str, ...]
"""One piece of evidence, or several of which any one will do."""

VERIFIED, INCOMPLETE = "verified", "incomplete"
OR = "|"


class UnknownKind(RulesError):
    """No evidence set for this kind of visit."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """`missing` in the order asked for; the visit counts in no result while there is any."""

    missing: tuple[Requirement, ...]

    @property
    def state(self) -> str:
        return INCOMPLETE if self.missing else VERIFIED

    def said(self, titles: Mapping[str, str]) -> str:
        """门头照片、拜访记录或语音备忘; empty when nothing is missing. `titles` are what people call each piece."""
        return "、".join("或".join(titles.get(name, name) for name in any_of) for any_of in self.missing)


def requirements(kind: str, sets: Mapping[str, Iterable[str]]) -> tuple[Requirement, ...]:
    """What a visit of that kind has to bring; `notes|voice` in a set means either will do.

    Raises:
        UnknownKind: there is no set for this kind.
    """
    if kind not in sets:
        raise UnknownKind(f"没有「{kind}」这种拜访；现有：{'、'.join(sets)}")
    return tuple(tuple(entry.split(OR)) for entry in sets[kind])


def judge(required: Iterable[Requirement], given: Collection[str]) -> Verdict:
    """What is still missing when the evidence named in `given` is there."""
    have = set(given)
    return Verdict(tuple(any_of for any_of in required if have.isdisjoint(any_of)))
