"""Whether a message asks instead of telling, and what it asks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from transcription.message import Message
from transcription.support import is_request
from transcription.when_spans import shift_months, span_of_month
from transcription.words import load


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: `kind` of questions.yaml or `other`, about which customer and which days (both ends included)."""

    kind: str
    customer: str | None = None
    period: tuple[date, date] | None = None


@cache
def _form(field: str) -> re.Pattern[str]:
    return re.compile(load("questions")[field])


@cache
def _kinds() -> dict[str, re.Pattern[str]]:
    return {kind: re.compile(words) for kind, words in load("questions")["kinds"].items()}


def question(message: Message) -> Question | None:
    """The question a message is, or None where it tells something."""
    text = message.masked.strip("，。！!. ")
    known = any(form.search(text) for form in _kinds().values())
    ordered = bool(_form("orders").search(text)) and known and not _form("delegated").search(text)
    if not ordered and any(is_request(message, clause) for clause in message.clauses.all):
        return None
    if not ordered and not _asks(text):
        return None
    kind = next((kind for kind, form in _kinds().items() if form.search(text)), "other")
    settled = [mention.names[0] for mention in message.mentions if len(mention.names) == 1]
    return Question(kind, settled[0] if settled else None, period(message.plain, message.now.date()))


def is_smalltalk(message: Message) -> bool:
    """Greetings, thanks and the like."""
    return bool(_form("smalltalk").search(message.plain.strip()))


def _asks(text: str) -> bool:
    if _form("orders").search(text):
        return True
    clauses = [clause for clause in re.split(r"[，。；！,!;\n]", text) if clause]
    asking = [clause for clause in clauses if _form("asks").search(clause) and not _form("reported").search(clause)]
    if not asking:
        return False
    closing = bool(re.search(r"([?？吗]|来着)$", text)) or any(form.search(asking[-1]) for form in _kinds().values())
    return closing and len(asking) * 2 >= len(clauses)


def period(text: str, today: date) -> tuple[date, date] | None:
    """The days a question is about: 今天, 本周, 上个月, 今年."""
    monday = today - timedelta(days=today.weekday())
    month = span_of_month(today)
    last_month = span_of_month(shift_months(month[0], -1))
    spans = {
        "上个?月": last_month,
        "(这个?|本|当)月|月度": month,
        "上个?(周|星期|礼拜)": (monday - timedelta(days=7), monday - timedelta(days=1)),
        "(这个?|本)(周|星期|礼拜)": (monday, monday + timedelta(days=6)),
        "今年|本年|年度": (date(today.year, 1, 1), date(today.year, 12, 31)),
        "(这个?|本)季度": _quarter(today),
        "昨[天日]": (today - timedelta(days=1), today - timedelta(days=1)),
        "今[天日]": (today, today),
    }
    return next((span for form, span in spans.items() if re.search(form, text)), None)


def _quarter(today: date) -> tuple[date, date]:
    first = date(today.year, 3 * ((today.month - 1) // 3) + 1, 1)
    return first, shift_months(first, 3) - timedelta(days=1)
