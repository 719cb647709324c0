"""The names a sender may speak of: customers, contacts, products, competitors."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from transcription import pinyin
from transcription.names import brand, short_forms
from transcription.normal import normal


@dataclass(frozen=True, slots=True)
class Entry:
    """A canonical name with the other names it goes by: short, old, misheard."""

    name: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Called:
    """One way to call an entry. `given` where somebody wrote it down, not derived; `core` is its brand's length."""

    words: str
    names: tuple[str, ...]
    given: bool
    core: int


@dataclass(frozen=True)
class Index:
    """All ways to call the entries of one kind, by spelling and by sound."""

    spelled: Mapping[str, Called]
    sounding: Mapping[tuple[str, ...], tuple[Called, ...]]
    lengths: tuple[int, ...]

    @classmethod
    def over(cls, entries: Iterable[Entry], *, companies: bool) -> Index:
        """The index of some entries; company names get their short forms."""
        callings = _callings(entries, companies=companies)
        sounds: dict[tuple[str, ...], list[Called]] = defaultdict(list)
        for called in callings.values():
            for one in _blurred(pinyin.key(called.words)):
                sounds[one].append(called)
        lengths = sorted({len(words) for words in callings}, reverse=True)
        return cls(callings, {key: tuple(found) for key, found in sounds.items()}, tuple(lengths))

    def alike(self, words: str) -> tuple[Called, ...]:
        """What sounds like the words, at most one syllable of a long name apart."""
        found: dict[str, Called] = {}
        for one in _blurred(pinyin.key(words)):
            found.update((called.words, called) for called in self.sounding.get(one, ()))
        return tuple(found.values())


@dataclass(frozen=True)
class Lexicon:
    """Built once for a team and reused; the index over it is made on first use."""

    customers: tuple[Entry, ...] = ()
    contacts: tuple[Entry, ...] = ()
    products: tuple[Entry, ...] = ()
    competitors: tuple[Entry, ...] = ()

    @cached_property
    def customer_index(self) -> Index:
        """Customers by spelling and sound."""
        return Index.over(self.customers, companies=True)

    @cached_property
    def competitor_index(self) -> Index:
        """Competitors by spelling and sound."""
        return Index.over(self.competitors, companies=True)

    @cached_property
    def contact_index(self) -> Index:
        """Contacts by spelling and sound."""
        return Index.over(self.contacts, companies=False)

    @cached_property
    def product_index(self) -> Index:
        """Products by spelling and sound."""
        return Index.over(self.products, companies=False)

    def prepare(self) -> None:
        """Makes every index now, so that the first message does not wait for it."""
        for _ in (self.customer_index, self.competitor_index, self.contact_index, self.product_index):
            pass

    def hotwords(self, limit: int = 60) -> tuple[str, ...]:
        """Names to whisper to the speech model, customers first."""
        everything = (*self.customers, *self.competitors, *self.contacts, *self.products)
        return tuple(dict.fromkeys(entry.name for entry in everything))[:limit]


def _callings(entries: Iterable[Entry], *, companies: bool) -> dict[str, Called]:
    """Every way to call the entries; a full or given name wins over a derived one of another entry."""
    given: dict[str, list[str]] = defaultdict(list)
    derived: dict[str, list[str]] = defaultdict(list)
    cores: dict[str, int] = {}
    for entry in entries:
        for words in (entry.name, *entry.aliases):
            _note(given, cores, normal(words), entry.name, companies)
        if companies:
            for words in short_forms(normal(entry.name)):
                _note(derived, cores, words, entry.name, companies)
    callings = {words: Called(words, tuple(names), False, cores[words]) for words, names in derived.items()}
    return callings | {words: Called(words, tuple(names), True, cores[words]) for words, names in given.items()}


def _note(where: dict[str, list[str]], cores: dict[str, int], words: str, name: str, companies: bool) -> None:
    if name not in where[words]:
        where[words].append(name)
    cores[words] = len(brand(words)) if companies else len(words)


def _blurred(key: tuple[str, ...]) -> Iterable[tuple[str, ...]]:
    """The key itself, and for four syllables and more the key with each one left open."""
    yield key
    if len(key) >= 4:
        for place in range(len(key)):
            yield (*key[:place], "?", *key[place + 1 :])
