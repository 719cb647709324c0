"""漏斗: what became of a stall, and an opportunity that moved."""

from __future__ import annotations

from cards.model import Card, Tone
from cards.texts import say


def closed(line: str, word: str, lead: str) -> Card:
    """停滞提醒 · 天宇科技 · 谈判 · 已有新联系."""
    title = say("funnel.closed", line=line, word=word)
    return Card(title=title, lead=lead, tone=Tone.GOOD, summary=title)


def moved(customer: str, before: str, after: str, stayed: str) -> Card:
    """已到 报价 · 宏达机械."""
    title = say("funnel.moved", customer=customer, after=after)
    return Card(title=title, lead=say("funnel.moved_lead", before=before, stayed=stayed), tone=Tone.GOOD, summary=title)
