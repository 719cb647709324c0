"""The names a speaker may say, as an index the understanding can use; built once and kept until a name is added."""

from __future__ import annotations

import asyncio

from sqlalchemy.ext.asyncio import AsyncSession

from storage import customers
from storage.tables import Person
from transcription.lexicon import Entry, Lexicon

Mark = tuple[int, ...]

HOTWORDS = 60
"""Names given to the speech model; more of them make it hear names everywhere."""
SHARES = (30, 12, 9, 9)
"""Of customers, contacts, competitors and products, where there are more than fit."""


class Lexicons:
    """One lexicon for the company: a rep may speak of a colleague's customer, and is then told whose it is."""

    def __init__(self) -> None:
        self._mark: Mark | None = None
        self._lexicon = Lexicon()

    async def load(self, tx: AsyncSession) -> Lexicon:
        mark = await customers.lexicon_mark(tx)
        if mark != self._mark:
            lexicon = await _build(tx)
            await asyncio.to_thread(lexicon.prepare)  # a tenth of a second for 2,000 customers: the chat goes on
            self._lexicon, self._mark = lexicon, mark
        return self._lexicon

    async def hotwords(self, tx: AsyncSession, speaker: Person) -> list[str]:
        """The names this speaker is likeliest to say, at most HOTWORDS of them: their customers, lately touched ones
        first, these customers' people, competitors, products. Many of one kind leave room for the others.
        """
        own = [touched.customer for touched in reversed(await customers.owned(tx, speaker.id))]
        own = own or await customers.visible(tx, speaker)
        order = {customer.id: place for place, customer in enumerate(own)}
        known = [one for one in await customers.contacts(tx) if one.customer_id in order and one.left_at is None]
        known.sort(key=lambda one: order[one.customer_id])
        kinds = [
            [customer.name for customer in own],
            [contact.name for contact in known],
            await customers.competitors(tx),
            await customers.products(tx),
        ]
        return _shared(kinds)


def _shared(kinds: list[list[str]]) -> list[str]:
    """Each kind up to its share, then more of what is left, in the order of the kinds."""
    lists = [list(dict.fromkeys(names)) for names in kinds]
    kept = [names[:share] for names, share in zip(lists, SHARES, strict=True)]
    room = HOTWORDS - sum(len(names) for names in kept)
    for place, names in enumerate(lists):
        more = names[len(kept[place]) :][:room]
        kept[place] += more
        room -= len(more)
    return list(dict.fromkeys(name for names in kept for name in names))


async def _build(tx: AsyncSession) -> Lexicon:
    other_names = await customers.aliases(tx)
    return Lexicon(
        customers=tuple(
            Entry(customer.name, tuple(other_names.get(customer.id, ()))) for customer in await customers.everything(tx)
        ),
        contacts=tuple(Entry(name) for name in dict.fromkeys(contact.name for contact in await customers.contacts(tx))),
        products=tuple(Entry(name) for name in await customers.products(tx)),
        competitors=tuple(Entry(name) for name in await customers.competitors(tx)),
    )
