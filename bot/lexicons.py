"""The names a speaker may say, as an index the understanding can use; built once and kept until a name is added."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from storage import customers
from storage.tables import Person
from transcription.lexicon import Entry, Lexicon

Mark = tuple[int, ...]


class Lexicons:
    """One lexicon for the company: a rep may speak of a colleague's customer, and is then told whose it is."""

    def __init__(self) -> None:
        self._mark: Mark | None = None
        self._lexicon = Lexicon()

    async def load(self, tx: AsyncSession) -> Lexicon:
        mark = await customers.lexicon_mark(tx)
        if mark != self._mark:
            self._lexicon, self._mark = await _build(tx), mark
        return self._lexicon

    async def hotwords(self, tx: AsyncSession, speaker: Person) -> list[str]:
        """Names this speaker is likely to say, likeliest first: their customers, contacts, competitors, products."""
        own = [touched.customer for touched in await customers.owned(tx, speaker.id)]
        ids = {customer.id for customer in own}
        known = [contact.name for contact in await customers.contacts(tx) if contact.customer_id in ids]
        return [
            *(customer.name for customer in own),
            *known,
            *await customers.competitors(tx),
            *await customers.products(tx),
        ]


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
