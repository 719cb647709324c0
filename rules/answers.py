"""Checks what a person entered into a form: typed values, or problems that say what is wrong and what to do."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from datetime import UTC, date, datetime, time, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any

from rules.calendar import CHINA
from rules.forms import CHOICES, MOMENTS, NUMBERS, TEXTS, Field, FieldKind, FormDef
from rules.phrasing import day, moment
from rules.places import Position

_UNITS = {"": 1, "千": 1000, "万": 10_000, "百万": 1_000_000, "千万": 10_000_000, "亿": 100_000_000}
_NUMBER = re.compile(r"[¥￥]?([+-]?\d+(?:\.\d+)?)(千万|百万|万|亿|千)?(?:元|块|块钱|人民币)?(%)?")
_DIGITS = 30  # nobody sells for more; a longer exponent would only cost memory
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_ASKING = {
    FieldKind.CHOICE: "请选一个",
    FieldKind.MULTI_CHOICE: "请至少选一个",
    FieldKind.DATE: "请选日期",
    FieldKind.DATETIME: "请选时间",
    FieldKind.CUSTOMER: "请选客户",
    FieldKind.PERSON: "请选人",
    FieldKind.PHOTO: "请拍照上传",
    FieldKind.FILE: "请上传文件",
    FieldKind.POSITION: "请点定位",
    FieldKind.CODE: "请扫码",
}
_COUNTED = {FieldKind.PHOTO: "张", FieldKind.FILE: "个文件", FieldKind.CUSTOMER: "个客户", FieldKind.PERSON: "人"}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one field (`field` is its name), in words for the person who filled it in."""

    field: str
    message: str


@dataclass(frozen=True, slots=True)
class Checked:
    """`values` by field name, typed: text, tuple of texts, Decimal (money in yuan), date, aware UTC datetime, Position,
    or identifiers as given (a tuple with `multiple`). `extra` holds answers to fields this version no longer has.
    """

    values: Mapping[str, Any]
    problems: tuple[Problem, ...] = ()
    extra: Mapping[str, Any] = attribute(default_factory=dict)


class _Wrong(Exception):
    """Carries the message of a problem out of a reader."""


def check(form: FormDef, answers: Mapping[str, Any], now: datetime, zone: tzinfo = CHINA) -> Checked:
    """Reads every answer by its field's kind. A moment without a zone is meant in `zone`.

    Nothing is raised for what people enter: each wrong answer is a `Problem` and the right ones are still values.
    """
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for field in form.fields:
        try:
            value = _read(field, answers.get(field.name), now, zone)
        except _Wrong as wrong:
            problems.append(Problem(field.name, str(wrong)))
        else:
            values |= {} if value is None else {field.name: value}
    known = {field.name for field in form.fields}
    return Checked(values, tuple(problems), {name: answer for name, answer in answers.items() if name not in known})


def problem_with(field: Field, answer: Any, now: datetime, zone: tzinfo = CHINA) -> Problem | None:
    """What is wrong with a single answer, for a dialogue that asks question by question; None when it is right."""
    try:
        _read(field, answer, now, zone)
    except _Wrong as wrong:
        return Problem(field.name, str(wrong))
    return None


def plain(value: Any) -> Any:
    """A typed value as JSON: decimals as text, dates and moments in ISO form, positions as objects."""
    match value:
        case Decimal():
            return str(value)
        case date():
            return value.isoformat()
        case Position():
            return {"latitude": value.latitude, "longitude": value.longitude, "accuracy": value.accuracy}
        case tuple():
            return [plain(each) for each in value]
    return value


def _read(field: Field, answer: Any, now: datetime, zone: tzinfo) -> Any:
    """The typed value, or None where an optional field was left empty."""
    if isinstance(answer, str):
        answer = answer.strip()
    if answer is None or answer in ("", [], (), {}):
        if field.required:
            raise _Wrong(_missing(field))
        return None
    return _READERS[field.kind](field, answer, now, zone)


def _missing(field: Field) -> str:
    if field.kind is FieldKind.CHOICE:
        return f"「{field.title}」还没选；请从 {'、'.join(field.options)} 中选一个"
    return f"「{field.title}」还没有；{_ASKING.get(field.kind, '请填写')}"


def _choice(field: Field, answer: Any, now: datetime, zone: tzinfo) -> str:
    chosen = str(answer)
    if chosen not in field.options:
        raise _Wrong(f"「{field.title}」没有「{chosen}」这个选项；可选：{'、'.join(field.options)}")
    return chosen


def _multi_choice(field: Field, answer: Any, now: datetime, zone: tzinfo) -> tuple[str, ...]:
    given = re.split(r"\s*[、,，;；]\s*", answer) if isinstance(answer, str) else list(answer)
    return tuple(dict.fromkeys(_choice(field, each, now, zone) for each in given if each))


def _text(field: Field, answer: Any, now: datetime, zone: tzinfo) -> str:
    text = str(answer)
    limit = field.max_length
    if limit is not None and len(text) > limit:
        over = len(text) - limit
        raise _Wrong(f"「{field.title}」最多 {limit} 个字，现在 {len(text)} 个，请删去 {over} 个")
    return text


def _number(field: Field, answer: Any, now: datetime, zone: tzinfo) -> Decimal:
    number = read_number(str(answer))
    if number is None or isinstance(answer, bool):
        example = "120000 或 12万" if field.kind is FieldKind.MONEY else "12 或 1.5"
        raise _Wrong(f"「{field.title}」要填数字，看不懂「{answer}」；例如 {example}")
    unit = " 元" if field.kind is FieldKind.MONEY else ""
    if field.minimum is not None and number < field.minimum:
        raise _Wrong(f"「{field.title}」最小 {field.minimum:f}{unit}，现在 {number:f}{unit}；请改大一些")
    if field.maximum is not None and number > field.maximum:
        raise _Wrong(f"「{field.title}」最大 {field.maximum:f}{unit}，现在 {number:f}{unit}；请改小一些")
    return number


def read_number(text: str) -> Decimal | None:
    """1,200; 12万; ¥3.5万元; 50% (0.5). None for anything else."""
    bare = unicodedata.normalize("NFKC", text).replace(",", "").replace(" ", "")
    found = _NUMBER.fullmatch(bare)
    if len(bare) > _DIGITS:
        return None
    if found is None:
        return _exact(bare)
    return Decimal(found[1]) * _UNITS[found[2] or ""] / (100 if found[3] else 1)


def _exact(text: str) -> Decimal | None:
    """A float may be written 1e-05."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number.adjusted()) < _DIGITS else None


def _date(field: Field, answer: Any, now: datetime, zone: tzinfo) -> date:
    today = now.astimezone(zone).date()
    given = _read_day(answer, zone)
    if given is None:
        raise _Wrong(f"「{field.title}」要填日期，看不懂「{answer}」；例如 {today.isoformat()}")
    if field.future and given < today:
        raise _Wrong(f"「{field.title}」是 {day(given, today)}，已经过去了；请选今天或以后的日期")
    return given


def _datetime(field: Field, answer: Any, now: datetime, zone: tzinfo) -> datetime:
    given = _read_moment(answer, zone)
    if given is None:
        example = f"{now.astimezone(zone):%Y-%m-%d} 15:00"
        raise _Wrong(f"「{field.title}」要填时间，看不懂「{answer}」；例如 {example}")
    if field.future and given <= now:
        raise _Wrong(f"「{field.title}」是 {moment(given, now, zone)}，已经过去了；请选现在以后的时间")
    return given


def _read_day(answer: Any, zone: tzinfo) -> date | None:
    if isinstance(answer, datetime):
        return answer.astimezone(zone).date() if answer.tzinfo else answer.date()
    if isinstance(answer, date):
        return answer
    found = _DATE.fullmatch(unicodedata.normalize("NFKC", str(answer)))
    try:
        return date(*(int(part) for part in found.groups())) if found else None
    except ValueError:
        return None


def _read_moment(answer: Any, zone: tzinfo) -> datetime | None:
    if isinstance(answer, datetime):
        given = answer
    elif isinstance(answer, date):
        given = datetime.combine(answer, time(0))
    else:
        text = _DATE.sub(lambda d: f"{d[1]}-{d[2]:0>2}-{d[3]:0>2}", unicodedata.normalize("NFKC", str(answer)))
        try:
            given = datetime.fromisoformat(re.sub(r"(?<=[ T])(\d):", r"0\1:", text))
        except ValueError:
            return None
    return (given if given.tzinfo else given.replace(tzinfo=zone)).astimezone(UTC)


def _position(field: Field, answer: Any, now: datetime, zone: tzinfo) -> Position:
    try:
        given = answer if isinstance(answer, Position) else _read_position(answer)
    except (AttributeError, TypeError, ValueError, KeyError):
        given = None
    if given is None or not (abs(given.latitude) <= 90 and abs(given.longitude) <= 180):
        raise _Wrong(f"「{field.title}」不是有效的位置；请打开手机定位后再点一次")
    return given


def _read_position(answer: Any) -> Position:
    accuracy = answer.get("accuracy")
    return Position(
        float(answer["latitude"]), float(answer["longitude"]), None if accuracy is None else float(accuracy)
    )


def _identifiers(field: Field, answer: Any, now: datetime, zone: tzinfo) -> Any:
    given = tuple(answer) if isinstance(answer, list | tuple) else (answer,)
    unit = _COUNTED[field.kind]
    if not field.multiple:
        if len(given) > 1:
            raise _Wrong(f"「{field.title}」只要 1 {unit}，现在有 {len(given)} {unit}；请留下一个")
        return given[0]
    count, least, most = len(given), field.minimum, field.maximum
    if least is not None and count < least:
        raise _Wrong(f"「{field.title}」至少 {least} {unit}，现在 {count} {unit}；请再补 {least - count} {unit}")
    if most is not None and count > most:
        raise _Wrong(f"「{field.title}」最多 {most} {unit}，现在 {count} {unit}；请去掉 {count - most} {unit}")
    return given


_Reader = Callable[[Field, Any, datetime, tzinfo], Any]
_READERS: dict[FieldKind, _Reader] = {
    **dict.fromkeys(CHOICES, _choice),
    FieldKind.MULTI_CHOICE: _multi_choice,
    **dict.fromkeys(TEXTS, _text),
    **dict.fromkeys(NUMBERS, _number),
    **dict.fromkeys(MOMENTS, _date),
    FieldKind.DATETIME: _datetime,
    FieldKind.POSITION: _position,
    **dict.fromkeys(_COUNTED, _identifiers),
}
