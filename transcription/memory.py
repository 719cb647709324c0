"""What the reps' corrections teach: other names, and how a name was misheard."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from transcription.common import frequency
from transcription.lexicon import Entry, Lexicon
from transcription.normal import normal

Kind = Literal["customers", "contacts", "products", "competitors"]
_SHORTEST = 2
_EVERYDAY = 60


@dataclass(frozen=True, slots=True)
class Correction:
    """A rep said or was heard saying `heard`, and chose `meant` on the card. Newest last in a list of them."""

    kind: Kind
    heard: str
    meant: str


def learn(lexicon: Lexicon, corrections: Iterable[Correction]) -> Lexicon:
    """The lexicon with corrected names as aliases. The newest correction of a name wins.

    Left out: names of another entry, single characters, and everyday words, which would hit everywhere.
    """
    newest = {(one.kind, normal(one.heard).strip()): one for one in corrections}
    for (kind, heard), correction in newest.items():
        entries: tuple[Entry, ...] = getattr(lexicon, kind)
        if _teaches(heard, correction.meant, entries):
            lexicon = replace(lexicon, **{kind: tuple(_with_alias(one, heard, correction.meant) for one in entries)})
    return lexicon


def _teaches(heard: str, meant: str, entries: tuple[Entry, ...]) -> bool:
    names = {normal(entry.name): entry.name for entry in entries}
    if len(heard) < _SHORTEST or meant not in names.values() or heard in names:
        return False
    return frequency(heard) < _EVERYDAY


def _with_alias(entry: Entry, heard: str, meant: str) -> Entry:
    """The alias goes to the entry that was meant, and away from every other."""
    rest = tuple(alias for alias in entry.aliases if normal(alias) != heard)
    return replace(entry, aliases=(*rest, heard) if entry.name == meant else rest)
