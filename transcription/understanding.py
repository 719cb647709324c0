"""From one message to its draft records."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from transcription.clauses import split
from transcription.competitors import competitors
from transcription.cues import CUSTOMER, MONEY, PERSON, RIVAL, TIME
from transcription.draft import Draft, Slot
from transcription.lexicon import Lexicon
from transcription.mentions import mentions
from transcription.message import Message
from transcription.normal import normal
from transcription.people import people
from transcription.prices import sums
from transcription.questions import Question, is_smalltalk, question
from transcription.recognise import candidates
from transcription.records import assemble
from transcription.repair import Mended, repair, typed
from transcription.transcript import Segment, Transcript
from transcription.when import find_when
from transcription.workdays import Workdays, default_workdays

Intent = Literal["record", "question", "smalltalk", "unknown"]


_BETWEEN_WORDS = re.compile(
    r"(?<=[^\x00-\x7f])[ \t/|](?=[^\x00-\x7f])|(?<=[^\x00-\x7f])/(?=\d)|[☑✅✔❌✖|｜]"
    r"|(?<=[\dwk%])[ \t](?=[^\x00-\x7f月日号点万千百元块台套折个天年周期楼])"
)
"""What stands for a comma: blanks and slashes between words, ticks and crosses."""
_MENDED = 0.85
"""Highest confidence of a slot whose words were mended."""


@dataclass(frozen=True, slots=True)
class Understanding:
    """What a message means. `text` is the message as understood; spans point into it."""

    text: str
    intent: Intent
    drafts: tuple[Draft, ...] = ()
    question: Question | None = None
    mended: tuple[Mended, ...] = ()


def understand(
    text: str,
    *,
    now: datetime,
    lexicon: Lexicon,
    transcript: Transcript | None = None,
    calendar: Workdays | None = None,
) -> Understanding:
    """The drafts in one message; `now` is aware and gives the zone that times are spoken in.

    With a transcript the text counts as heard: homophones of names are repaired more readily, and slots know their
    seconds.
    """
    mended: tuple[Mended, ...] = ()
    if transcript is not None:
        text, mended = repair(normal(text), lexicon)
    else:
        text, mended = typed(text)
    message = read(text, now=now, lexicon=lexicon, calendar=calendar, heard=transcript is not None)
    asked = question(message)
    if asked is not None:
        return Understanding(message.text, "question", question=asked)
    drafts = assemble(message, candidates(message))
    if not drafts:
        return Understanding(message.text, "smalltalk" if is_smalltalk(message) else "unknown")
    return Understanding(
        message.text, "record", tuple(_traced(draft, transcript, mended) for draft in drafts), mended=mended
    )


def warm_up(now: datetime) -> None:
    """Reads the word lists and dictionaries that typed and heard messages need, so that the first rep does not wait."""
    said = "今天拜访了王经理，竞品压价，下周三再跟进。"
    heard = Transcript(said, (Segment(said, 0.0, 4.0),), 4.0)
    for transcript in (None, heard):
        understand(heard.text, now=now, lexicon=Lexicon(), transcript=transcript)


def read(text: str, *, now: datetime, lexicon: Lexicon, calendar: Workdays | None, heard: bool) -> Message:
    """A message with its clauses, customers, people and times found."""
    calendar = calendar or default_workdays()
    plain = _BETWEEN_WORDS.sub("，", normal(text))
    found = mentions(plain, lexicon.customer_index, heard=heard)
    masked = _masked(plain, [(mention.start, mention.end) for mention in found], CUSTOMER)
    times = find_when(masked, now, calendar)
    masked = _masked(masked, [(time.start, time.end) for time in times], TIME)
    persons = people(text, masked)
    masked = _masked(masked, [(person.start, person.end) for person in persons], PERSON)
    masked = _masked(masked, [(each.start, each.end) for each in sums(masked)], MONEY)
    rivals = competitors(text, masked, lexicon.competitor_index, heard=heard)
    masked = _masked(masked, [(rival.start, rival.end) for rival in rivals], RIVAL)
    return Message(text, plain, masked, split(plain), found, persons, times, rivals, now, lexicon, calendar)


def _masked(text: str, spans: list[tuple[int, int]], mask: str) -> str:
    for start, end in spans:
        text = text[:start] + mask * (end - start) + text[end:]
    return text


def _traced(draft: Draft, transcript: Transcript | None, mended: tuple[Mended, ...]) -> Draft:
    """The draft with the seconds of each slot, and what was heard or written where its words were mended."""
    if transcript is None and not mended:
        return draft
    return Draft({key: _with_evidence(slot, transcript, mended) for key, slot in draft.slots.items()})


def _with_evidence(slot: Slot, transcript: Transcript | None, mended: tuple[Mended, ...]) -> Slot:
    if transcript is not None:
        slot = replace(slot, seconds=transcript.seconds(slot.start, slot.end))
    touched = [one for one in mended if one.start < slot.end and slot.start < one.start + len(one.heard)]
    if not touched or slot.note:
        return slot
    heard = slot.words
    for one in touched:
        place = max(0, one.start - slot.start)
        heard = heard[:place] + one.heard + heard[place + len(one.heard) :]
    verb = "听到" if transcript is not None else "写的是"
    return replace(slot, confidence=min(slot.confidence, _MENDED), note=f"{verb}“{heard}”，改为“{slot.words}”")
