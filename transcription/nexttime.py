"""The next follow-up time among the times of a message, and the day an honest refusal ends."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache

from transcription.cues import TIME
from transcription.message import Candidate, Message
from transcription.support import is_request
from transcription.when import Found
from transcription.words import load

_WISHED = re.compile(r"(想要?|要求?|希望|需要?)[^，。；]{0,3}$")
_BY = r"(最好|希望|争取|尽量|务必|最晚|最迟|赶在|必须|不晚于|不能晚于)[^，。；]{0,2}$"
_TOLD = re.compile(r"[^，]{0,4}(提出|说|讲|问|表示|反馈|告诉|通知|要求|来电|打来)")
"""After 今天: what they told us today is no plan."""
_DELIVERY = re.compile(r"(交货|供货|到货|交付|上线|投产|装好|送到)")


@cache
def _words(field: str) -> re.Pattern[str]:
    return re.compile(load("next")[field])


def next_times(message: Message) -> list[Candidate]:
    """Candidates for the next follow-up in order; the assembly takes the surest."""
    return [_candidate(message, time) for time in dated(message) if _is_next(message, time)]


def dated(message: Message) -> list[Found]:
    """The times of a message; a clock in the clause after a day is that day's: 明天去，早上九点."""
    found: list[Found] = []
    for time in message.times:
        last = found[-1] if found else None
        if last is not None and (moment := _sameday(message, last, time)) is not None:
            found[-1] = replace(last, when=replace(last.when, minute=moment))
        elif last is not None and (moment := _later_that_day(message, last, time)) is not None:
            found.append(replace(time, when=replace(last.when, minute=moment), bare=False))
        else:
            found.append(time)
    return found


def _sameday(message: Message, last: Found, time: Found) -> datetime | None:
    """The moment on the day of the time before that a bare clock means: its hour, or its corrected hour."""
    if not time.bare or time.when.minute is None:
        return None
    mended = last.when.minute is not None and re.search(
        rf"{load('next')['correction']}[^。]{{0,3}}$", message.plain[last.end : time.start]
    )
    if not mended and not _continues(message, last, time):
        return None
    return datetime.combine(last.when.day, time.when.minute.timetz())


def _later_that_day(message: Message, last: Found, time: Found) -> datetime | None:
    """周五：上午九点去一家，下午四点去另一家: the second hour is of that day too."""
    first, second = last.when.minute, time.when.minute
    if not time.bare or first is None or second is None or last.when.day <= message.now.date():
        return None
    moment = datetime.combine(last.when.day, second.timetz())
    said = message.plain[time.start : time.start + 2]
    return moment if said in ("上午", "下午", "中午", "晚上", "傍晚", "早上") and moment > first else None


def _continues(message: Message, last: Found, time: Found) -> bool:
    if last.bare or last.when.last is not None or last.when.minute is not None or last.when.past:
        return False
    gap = message.clauses.at(time.start) - message.clauses.at(last.start)
    between = message.masked[last.end : time.start]
    return gap <= 1 and last.when.day > message.now.date() and not re.search("了|完", between)


def protections(message: Message) -> list[Candidate]:
    """Until when a customer is not to be pressed: 冻结到第三季度 ends on the first day of that quarter."""
    found = []
    for time in message.times:
        if is_until(message, time):
            day = time.when.day
            found.append(Candidate("until", day, time.start, time.end, 0.85))
    return found


def is_until(message: Message, time: Found) -> bool:
    """Whether a time is the end of a freeze."""
    clause = message.clause_of(time.start)
    before, after = (message.masked[clause.start : time.start], message.masked[time.end : clause.end])
    return bool(_words("until").search(before) or _words("until_after").search(after))


def _is_next(message: Message, time: Found) -> bool:
    clause = message.clause_of(time.start)
    if time.when.past or time.when.point is None or is_until(message, time):
        return False
    if is_request(message, clause) and not _own_follow(message, time):
        return False
    if _is_cancelled(message, time) or is_wanted_by(message, time):
        return False
    before, after = _around(message, time)
    return not _is_background(before, after) and _is_ahead(message, time, before, after)


def _around(message: Message, time: Found) -> tuple[str, str]:
    clause = message.clause_of(time.start)
    return message.masked[clause.start : time.start], message.masked[time.end : clause.end]


def _is_background(before: str, after: str) -> bool:
    """Done already, somebody's absence, the content of a demand, or a guess."""
    arranged = _words("arranged").search(before[-8:]) or _words("arranged").search(after[:8])
    if _words("done").search(after) and not arranged:
        return True
    if re.search("本来|原本|原定|原计划", before):
        return True
    if _WISHED.search(before) and _DELIVERY.match(after):
        return True
    if _words("absent").search(after) and not re.search(r"再|后|联系|跟", after):
        return True
    if _words("waited").search(before) and re.match(r"(才|左右|吧|了|$)", after):
        return True
    return bool(
        _words("content").search(before)
        or (_words("guessed").search(before) and re.match("[到道](?!账|访|场|款)", after))
    )


def is_wanted_by(message: Message, time: Found) -> bool:
    """Whether a time in the clause after a request says by when it is wanted."""
    number = message.clauses.at(time.start)
    clause = message.clauses.all[number]
    after = message.masked[time.end : clause.end]
    asked = number > 0 and is_request(message, message.clauses.all[number - 1])
    if message.plain[time.start : time.end].endswith("前") and time.end - time.start == clause.end - clause.start:
        return asked  # 请售后安排，这周五前
    hurry = re.search(
        _BY,
        message.masked[clause.start : time.start],
    )
    return asked and bool(hurry or _words("wanted_by").search(after))


def _is_cancelled(message: Message, time: Found) -> bool:
    """Whether what follows in the sentence takes the time back."""
    number = message.clauses.at(time.start)
    following = message.clauses.all[number : number + 3]
    rest = message.masked[time.end : following[-1].end]
    return bool(_words("cancelled").search(rest)) and TIME not in rest


def _own_follow(message: Message, time: Found) -> bool:
    """约技术部周三一起去 asks and plans at once: the time belongs to the visit."""
    clause = message.clause_of(time.start)
    return bool(
        re.search(
            r"一起去|陪同|陪我|一起拜访|跟我去|同去|一块去|陪访|到现场|上门", message.masked[time.end : clause.end]
        )
    )


def _is_ahead(message: Message, time: Found, before: str, after: str) -> bool:
    """Today counts only where something is still to be done then; other days count unless denied."""
    if re.search(r"(不|别|取消)[^，]{0,3}$", before[-4:]) and not re.search(r"(不如|不然|不过)", before):
        return False
    if re.match(r"(不|没|别)(见|去|来|用|能|行|约|方便)", after):
        return False
    if time.when.minute is None and time.when.day == message.now.date() and _TOLD.match(after):
        return False
    rolled = time.bare and time.when.day > message.now.date()
    if not rolled and (time.when.day > message.now.date() or time.when.minute is not None):
        return not (time.bare and time.when.minute is None)
    text = before + "|" + after
    return bool(
        re.search(
            r"再|还要|(?<!开)会(?!议)|得|要(?![了的])|准备|去|打算|\|[^，]*(跟进|回复|回电|打电话|联系|给他|给客户)",
            text,
        )
    ) and not re.search(r"去了|要了|\|(又|[^，]{0,3}说)", text)


def _candidate(message: Message, time: Found) -> Candidate:
    clause = message.clause_of(time.start)
    around = message.masked[clause.start : clause.end]
    sure = 0.9 if _words("follow").search(around) else 0.75
    value = time.when.point
    assert value is not None
    return Candidate("next_at", value, time.start, time.end, sure, note=_provisional(value, message))


def _provisional(value: date | datetime, message: Message) -> str:
    far = value.date() if isinstance(value, datetime) else value
    return "时间在半年以后，请确认" if far - message.now.date() > timedelta(days=183) else ""
