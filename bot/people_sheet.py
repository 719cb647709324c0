"""The people of a company as an Excel file: the form to fill in, and reading it back with every error by its row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import xlsxwriter
from python_calamine import CalamineError, CalamineWorkbook

from cards.texts import say
from rules.listing import ROLES, Account, Row, tidy_email, tidy_mobile

COLUMNS = ("姓名", "手机", "邮箱", "角色", "部门", "团队", "上级", "钉钉", "企业微信", "飞书")
PLATFORMS = {"钉钉": "dingtalk", "企业微信": "wecom", "飞书": "feishu"}
SHEET = "人员"
APP = "main"
"""The app an account is of where the settings name none yet; what the install guides call it."""

MOST = 5_000
MOBILE = (7, 15)
"""Digits of a telephone number, the longest as in E.164."""

LONGEST = 80


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows, or what is wrong with the file in words: then nothing of it counts."""

    rows: tuple[Row, ...] = ()
    problems: tuple[str, ...] = ()


def read(content: bytes, apps: Mapping[str, str]) -> Sheet:
    """`apps`: platform to the app the accounts are of. Row keys are Excel's row numbers."""
    try:
        book = CalamineWorkbook.from_object(BytesIO(content))
        names = book.sheet_names
        table = book.get_sheet_by_name(SHEET if SHEET in names else names[0]).to_python(skip_empty_area=False)
    except (CalamineError, IndexError, ValueError, OSError):
        return Sheet(problems=(say("directory.not_excel"),))
    lines = [[_text(cell) for cell in line] for line in table]
    filled = [(number, line) for number, line in enumerate(lines, start=1) if any(line)]
    if len(filled) < 2:
        return Sheet(problems=(say("directory.empty_sheet"),))
    if len(filled) > MOST:
        return Sheet(problems=(say("directory.long_sheet", most=MOST),))
    return _read(filled, apps)


def _read(filled: list[tuple[int, list[str]]], apps: Mapping[str, str]) -> Sheet:
    header = filled[0][1]
    problems = _header_problems(header)
    if problems:
        return Sheet(problems=tuple(problems))
    rows: list[Row] = []
    for number, line in filled[1:]:
        cells = {name: cell for name, cell in zip(header, line, strict=False) if name}
        problems += [say("directory.row", row=number, words=words) for words in _wrong(cells)]
        rows.append(_row(str(number), cells, apps))
    return Sheet(problems=tuple(problems)) if problems else Sheet(tuple(rows))


def _header_problems(header: Sequence[str]) -> list[str]:
    unknown = [name for name in header if name and name not in COLUMNS]
    double = sorted({name for name in header if name and header.count(name) > 1})
    if "姓名" not in header:
        return [say("directory.no_names", columns=COLUMNS)]
    if unknown or double:
        return [say("directory.columns", unknown=unknown, double=double, columns=COLUMNS)]
    return []


def _wrong(cells: Mapping[str, str]) -> list[str]:
    """What is wrong with one row."""
    problems = [] if cells["姓名"] else [say("directory.no_name")]
    role, mobile, email = (cells.get(name, "") for name in ("角色", "手机", "邮箱"))
    if role and role not in ROLES:
        problems.append(say("team.unknown_role", word=role, known=list(ROLES)))
    if mobile and not MOBILE[0] <= sum(letter.isdigit() for letter in tidy_mobile(mobile)) <= MOBILE[1]:
        problems.append(say("directory.bad_mobile", word=mobile))
    if email and ("@" not in email or " " in email):
        problems.append(say("directory.bad_email", word=email))
    problems += [
        say("directory.long", column=name, most=LONGEST) for name, cell in cells.items() if len(cell) > LONGEST
    ]
    return problems


def _row(key: str, cells: Mapping[str, str], apps: Mapping[str, str]) -> Row:
    accounts: frozenset[Account] = frozenset(
        (platform, apps.get(platform, APP), cells[column])
        for column, platform in PLATFORMS.items()
        if cells.get(column)
    )
    return Row(
        key=key,
        name=cells["姓名"],
        mobile=tidy_mobile(cells.get("手机", "")),
        email=tidy_email(cells.get("邮箱", "")),
        department=cells.get("部门", ""),
        role=ROLES.get(cells.get("角色", ""), ""),
        team=cells.get("团队", ""),
        superior=cells.get("上级", ""),
        accounts=accounts,
    )


def _text(cell: Any) -> str:
    """A cell as it reads: a number that stands for a mobile has no decimals."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip() if cell is not None else ""


def template() -> bytes:
    """The form: empty, with roles to choose from, mobiles kept as text, and a page that says what goes where."""
    content = BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        bold, text = book.add_format({"bold": True, "bottom": 1}), book.add_format({"num_format": "@"})
        sheet = book.add_worksheet(SHEET)
        sheet.set_column(0, len(COLUMNS) - 1, 16, text)
        sheet.write_row(0, 0, COLUMNS, bold)
        sheet.freeze_panes(1, 0)
        role = COLUMNS.index("角色")
        sheet.data_validation(
            1, role, MOST, role, {"validate": "list", "source": [one for one in ROLES if one != "vp"]}
        )
        notes = book.add_worksheet(say("directory.notes_title"))
        notes.set_column(0, 0, 12)
        notes.set_column(1, 1, 80)
        for number, column in enumerate(COLUMNS):
            notes.write_row(number, 0, (column, say("directory.note", column=column)))
    return content.getvalue()
