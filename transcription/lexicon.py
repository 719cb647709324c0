"""The names a sender may speak of: customers, contacts, products, competitors."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """A canonical name with the other names it goes by: short, old, misheard."""

    name: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Lexicon:
    """Built once for a team and reused; the index over it is made on first use."""

    customers: tuple[Entry, ...] = ()
    contacts: tuple[Entry, ...] = ()
    products: tuple[Entry, ...] = ()
    competitors: tuple[Entry, ...] = ()
